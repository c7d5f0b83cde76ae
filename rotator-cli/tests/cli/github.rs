//! GitHub's secrets beside the embedded account, by the built program; a job's pair is what the fake unseals.

use std::cell::RefCell;

use fakes::github::Hub;
use fakes::server::{Server, Trouble, What};
use serde_json::Value;

use crate::kit::{DAY, HOUR, Handed, World};
use crate::stores::{Place, three_rotations_in};

const TOKEN: &str = "ghp_t0ken";

thread_local! {
    /// What a job of this test's thread gets its secrets from.
    static HUB: RefCell<Option<Server<Hub>>> = const { RefCell::new(None) };
}

fn world() -> World {
    let mut hub = Hub::new(TOKEN);
    for place in ["acme/ci", "acme/app/production", "acme"] {
        hub.place(place);
    }
    let server = Server::on_a_thread(hub).unwrap();
    let mut world = World::users(&["ci"]);
    world.set("GITHUB_TOKEN", TOKEN);
    world.set("GITHUB_API_URL", &server.url());
    HUB.set(Some(server));
    world
}

fn secret(place: &str, name: &str) -> Option<String> {
    HUB.with_borrow(|server| {
        server.as_ref()?.with(|hub| hub.secret(place, name).map(|entry| entry.value.clone()))
    })
}

fn trouble(method: &'static str, path: &str) {
    let trouble = Trouble { method, path: path.to_owned(), what: What::Lost, always: false };
    HUB.with_borrow(|server| server.as_ref().unwrap().trouble(trouble));
}

fn in_json(place: &str) -> Option<Handed> {
    let value: Value = serde_json::from_str(&secret(place, "ROTATOR_CI")?).unwrap();
    let word = |name: &str| value[name].as_str().unwrap().to_owned();
    Some(Handed { user: "ci".to_owned(), id: word("AccessKeyId"), secret: word("SecretAccessKey") })
}

fn in_environment(_: &World) -> Option<Handed> {
    in_json("acme/app/production")
}

fn in_organisation(_: &World) -> Option<Handed> {
    in_json("acme")
}

fn in_two(_: &World) -> Option<Handed> {
    let (id, secret) =
        secret("acme/ci", "AWS_ACCESS_KEY_ID").zip(secret("acme/ci", "AWS_SECRET_ACCESS_KEY"))?;
    Some(Handed { user: "ci".to_owned(), id, secret })
}

#[test]
fn three_rotations_into_an_environments_secret() {
    let place = Place { options: "--store 'github:acme/app?environment=production'", read: in_environment };
    three_rotations_in(world(), place, "stores_github");
}

#[test]
fn three_rotations_into_two_secrets() {
    let place = Place { options: "--store 'github:acme/{user}?names=two'", read: in_two };
    three_rotations_in(world(), place, "stores_github_two");
}

/// The secret is there, and the variable that names its key is not: that it was written settles it.
#[test]
fn a_run_that_ends_before_the_mark() {
    let options = "--store 'github:acme?visibility=private' --settle 1s";
    let mut world = world();
    let first = world.used_key("ci", 40 * DAY);
    trouble("PATCH", "/variables/");
    world.run(&format!("rotator rotate ci {options}"));
    let current = in_organisation(&world).unwrap();
    assert!(world.works(&current) && world.works(&first));
    world.advance(3 * HOUR);
    world.run(&format!("rotator rotate ci {options}"));
    world.advance(13 * HOUR);
    assert_eq!(world.run(&format!("rotator rotate ci {options}")).code, Some(0));
    let next = in_organisation(&world).unwrap();
    assert_ne!(next, current);
    assert!(world.works(&next) && world.works(&current) && !world.works(&first));
    world.advance(HOUR);
    world.run(&format!("rotator status ci {options}"));
    world.check("stores_github_unmarked");
}

/// Half of the new pair is there: nobody can sign with it until a later run puts a whole one.
#[test]
fn a_run_that_ends_between_two_secrets() {
    let options = "--store 'github:acme/{user}?names=two' --settle 1s";
    let mut world = world();
    world.used_key("ci", 40 * DAY);
    assert_eq!(world.run(&format!("rotator rotate ci {options}")).code, Some(0));
    world.job(&in_two(&world).unwrap());
    world.advance(14 * HOUR);
    trouble("PUT", "/secrets/AWS_ACCESS_KEY_ID");
    world.run(&format!("rotator rotate ci {options}"));
    world.advance(HOUR);
    world.run(&format!("rotator status ci {options}"));
    world.advance(14 * HOUR);
    world.run(&format!("rotator rotate ci {options}"));
    world.job(&in_two(&world).unwrap());
    world.advance(HOUR);
    world.run(&format!("rotator status ci {options}"));
    world.check("stores_github_torn");
}
