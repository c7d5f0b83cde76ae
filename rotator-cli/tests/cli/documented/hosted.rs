//! GitHub and GitLab: the commands over TLS to the stand-ins, and what a workflow does with what they hold.

use fakes::github::Hub;
use fakes::gitlab::{Gitlab, Person};
use fakes::server::{Api, Server};
use fakes::tls::Authority;
use regex::Regex;
use serde_json::Value;

use super::{USERS, blocks, lines, page, shell, typed, world};
use crate::kit::{Handed, World};

/// A stand-in that the system believes as it believes the hosted service.
fn secure<A: Api>(api: A) -> (Server<A>, impl Fn() -> World) {
    let authority = Authority::new("one that the system believes");
    let server = Server::on_a_thread_tls(api, authority.server()).unwrap();
    let fresh = move || {
        let mut world = world("ci");
        world.write("authorities.pem", &authority.pem);
        let file = world.path("authorities.pem").display().to_string();
        world.set("SSL_CERT_FILE", &file);
        world
    };
    (server, fresh)
}

#[test]
fn gitlab() {
    let mut gitlab = Gitlab::default();
    for user in USERS {
        gitlab.owner("projects", &format!("acme/{user}"));
    }
    gitlab.token("glpat-t-ok-en", Person::Maintainer);
    let (server, fresh) = secure(gitlab);
    typed(&lines("gitlab.md", 2), || {
        let mut world = fresh();
        world.set("GITLAB_TOKEN", "glpat-t-ok-en");
        world.set("GITLAB_HOST", &server.url());
        world
    });
    let file = |user: &str| {
        let variable = |gitlab: &mut Gitlab| {
            gitlab.variable("projects", &format!("acme/{user}"), "AWS_SHARED_CREDENTIALS_FILE", "*").cloned()
        };
        server.with(variable).unwrap().value
    };
    assert_ne!(file(USERS[0]), file(USERS[1]));
}

const PLACE: &str = "acme/app/production";

fn hub() -> Hub {
    let mut hub = Hub::new("ghp_t0ken");
    for place in [PLACE, "acme/deploy", "acme/nightly"] {
        hub.place(place);
    }
    hub
}

fn github(server: &Server<Hub>, fresh: impl Fn() -> World) -> World {
    let mut world = fresh();
    world.set("GH_TOKEN", "ghp_t0ken");
    world.set("GITHUB_API_URL", &server.url());
    world
}

/// The pair of a step that GitHub fills, where the page has one.
#[track_caller]
fn filled(step: &Value, names: [&str; 2], fill: impl Fn(&str) -> String) -> Handed {
    let [id, secret] = names.map(|name| fill(step[name].as_str().unwrap()));
    Handed { user: "deploy".to_owned(), id, secret }
}

#[test]
fn a_workflow_reads_one_secret() {
    let (server, fresh) = secure(hub());
    let mut world = github(&server, fresh);
    for line in lines("github.md", 2) {
        assert_eq!(shell(&mut world, "sh", line).code, Some(0), "{line}");
    }
    let secret = |name: &str| server.with(|hub| hub.secret(PLACE, name).unwrap().value.clone());

    let workflow: Value = yaml_serde::from_str(blocks(page("github.md"), "yaml")[0]).unwrap();
    let job = &workflow["jobs"]["deploy"];
    assert!(PLACE.ends_with(&format!("/{}", job["environment"].as_str().unwrap())));
    let expression = Regex::new(r"^\$\{\{ fromJSON\(secrets\.(\w+)\)\.(\w+) \}\}$").unwrap();
    let pair = filled(&job["steps"][0]["with"], ["aws-access-key-id", "aws-secret-access-key"], |text| {
        let parts = expression.captures(text).unwrap();
        let document: Value = serde_json::from_str(&secret(&parts[1])).unwrap();
        document[&parts[2]].as_str().unwrap().to_owned()
    });
    world.job(&pair);

    if !std::fs::exists("/usr/bin/jq").unwrap() {
        eprintln!("not run: masking needs jq");
        return;
    }
    world.set("KEYS", &secret("ROTATOR_DEPLOY"));
    // Runners have bash, and the line takes it.
    let masked = shell(&mut world, "bash", blocks(page("github.md"), "bash")[0]);
    assert_eq!(masked.stdout, format!("::add-mask::{}\n", pair.secret));
}

#[test]
fn a_workflow_reads_two_secrets() {
    let (server, fresh) = secure(hub());
    let mut world = github(&server, fresh);
    let place = "github:acme/{user}?names=two";
    assert!(blocks(page("github.md"), "text")[0].lines().any(|line| line == place));
    assert_eq!(world.run(&format!("rotator rotate ci --store '{place}'")).code, Some(0));
    let step: Value = yaml_serde::from_str(blocks(page("github.md"), "yaml")[1]).unwrap();
    let expression = Regex::new(r"^\$\{\{ secrets\.(\w+) \}\}$").unwrap();
    let pair = filled(&step["env"], ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"], |text| {
        let name = &expression.captures(text).unwrap()[1];
        server.with(|hub| hub.secret("acme/deploy", name).unwrap().value.clone())
    });
    world.job(&pair);
}
