//! Stores on the network, each beside the embedded account: three rotations of the built program.

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;

use fakes::gitlab::{Gitlab, Person};
use fakes::kubernetes::{Cluster, decode};
use fakes::server::{Answer, Server, Trouble, What};
use serde_json::{Value, json};

use crate::kit::{DAY, HOUR, Handed, World};
use crate::stores::{Place, three_rotations_in};

/// What a service answers, asked by other means than ours. Where it is stands in the world's home.
fn ask(world: &World, path: &str, header: &str) -> Option<Value> {
    let url = world.read("address");
    let address = url.trim_start_matches("http://");
    let mut stream = TcpStream::connect(address).unwrap();
    write!(stream, "GET {path} HTTP/1.1\r\nhost: {address}\r\n{header}\r\nconnection: close\r\n\r\n")
        .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    head.starts_with("HTTP/1.1 200").then(|| serde_json::from_str(body).unwrap())
}

fn in_secret(world: &World) -> Option<Handed> {
    let secret = ask(world, "/api/v1/namespaces/ci/secrets/aws-ci", "authorization: Bearer t-ok-en")?;
    let value = |key: &str| {
        let value = secret["data"][key].as_str().unwrap();
        String::from_utf8(decode(value).unwrap()).unwrap()
    };
    let (id, secret) = (value("AWS_ACCESS_KEY_ID"), value("AWS_SECRET_ACCESS_KEY"));
    Some(Handed { user: "ci".to_owned(), id, secret })
}

#[test]
fn three_rotations_into_a_kubernetes_secret() {
    let mut cluster = Cluster::default();
    cluster.namespace("ci");
    cluster.admin("t-ok-en");
    let server = Server::on_a_thread(cluster).unwrap();
    let world = World::users(&["ci"]);
    world.write("address", &server.url());
    fs::create_dir(world.path(".kube")).unwrap();
    let kubeconfig = format!(
        "contexts: [{{name: c, context: {{cluster: c, user: u}}}}]\n\
         clusters: [{{name: c, cluster: {{server: '{}'}}}}]\nusers: [{{name: u, user: {{token: t-ok-en}}}}]\n",
        server.url()
    );
    world.write(".kube/config", &kubeconfig);
    let place = Place { options: "--store 'kubernetes:ci/aws-{user}'", read: in_secret };
    three_rotations_in(world, place, "stores_kubernetes");
}

const TOKEN: &str = "private-token: glpat-t-ok-en";

/// A variable's value, as a job has it.
fn in_variable(world: &World, name: &str) -> Option<String> {
    let path = format!("/api/v4/projects/acme%2Fapp/variables/{name}");
    Some(ask(world, &path, TOKEN)?["value"].as_str().unwrap().to_owned())
}

fn in_variable_file(world: &World) -> Option<Handed> {
    let file = in_variable(world, "AWS_SHARED_CREDENTIALS_FILE")?;
    let value = |name: &str| {
        let line = file.lines().find_map(|line| line.strip_prefix(name)).unwrap();
        line.split_once('=').unwrap().1.trim().to_owned()
    };
    let (id, secret) = (value("aws_access_key_id"), value("aws_secret_access_key"));
    Some(Handed { user: "ci".to_owned(), id, secret })
}

fn in_two_variables(world: &World) -> Option<Handed> {
    let (id, secret) =
        (in_variable(world, "AWS_ACCESS_KEY_ID")?, in_variable(world, "AWS_SECRET_ACCESS_KEY")?);
    Some(Handed { user: "ci".to_owned(), id, secret })
}

const FILE: Place = Place { options: "--store gitlab:projects/acme/app", read: in_variable_file };
const TWO: Place = Place { options: "--store 'gitlab:projects/acme/app?names=two'", read: in_two_variables };

/// A GitLab, and a world whose programs find it.
fn gitlab() -> (Server<Gitlab>, World) {
    let mut gitlab = Gitlab::default();
    gitlab.owner("projects", "acme/app");
    gitlab.token("glpat-t-ok-en", Person::Maintainer);
    let server = Server::on_a_thread(gitlab).unwrap();
    let mut world = World::users(&["ci"]);
    world.write("address", &server.url());
    world.set("GITLAB_HOST", &server.url());
    world.set("GITLAB_TOKEN", "glpat-t-ok-en");
    (server, world)
}

#[test]
fn three_rotations_into_a_gitlab_file() {
    let (_server, world) = gitlab();
    three_rotations_in(world, FILE, "stores_gitlab_file");
}

#[test]
fn three_rotations_into_two_gitlab_variables() {
    let (_server, world) = gitlab();
    three_rotations_in(world, TWO, "stores_gitlab_two");
}

/// GitLab takes the secret, and then nothing more for a while.
#[test]
fn a_pair_that_is_torn_is_said_to_be_and_replaced() {
    let (server, mut world) = gitlab();
    let line = format!("rotator rotate ci {} --settle 1s", TWO.options);
    let first = world.used_key("ci", 40 * DAY);
    assert_eq!(world.run(&line).code, Some(0));
    let before = in_two_variables(&world).unwrap();
    world.job(&before);
    world.advance(14 * HOUR);
    let answer = Answer::json(403, json!({ "message": "403 Forbidden" }));
    let path = "/AWS_ACCESS_KEY_ID".to_owned();
    server.trouble(Trouble { method: "PUT", path, what: What::Instead(answer), always: true });
    assert_ne!(world.run(&line).code, Some(0));
    let torn = in_two_variables(&world).unwrap();
    assert_eq!(torn.id, before.id);
    assert_ne!(torn.secret, before.secret);
    assert!(world.works(&before), "jobs that hold it go on");
    world.advance(HOUR);
    world.run(&format!("rotator status ci {}", TWO.options));
    world.run(&format!("rotator plan ci {}", TWO.options));
    server.calm();
    world.advance(2 * HOUR);
    for _ in 0..3 {
        world.run(&line);
        world.advance(14 * HOUR);
    }
    let after = in_two_variables(&world).unwrap();
    assert!(world.works(&after) && !world.works(&first));
    world.check("stores_gitlab_torn");
}
