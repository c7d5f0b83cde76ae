//! Stores on the network, each beside the embedded account: three rotations of the built program.

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;

use fakes::kubernetes::{Cluster, decode};
use fakes::server::Server;
use serde_json::Value;

use crate::kit::{Handed, World};
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
