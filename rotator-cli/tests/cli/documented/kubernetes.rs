//! Kubernetes: over TLS to the stand-in with its own authority, and through `kubectl proxy`.

use std::fs;
use std::net::{Ipv4Addr, TcpListener, TcpStream};

use fakes::kubernetes::{Cluster, encode};
use fakes::server::{Request, Server};
use fakes::tls::Authority;

use super::{USERS, blocks, installed, lines, page, program, shell, typed, world};
use crate::kit::World;

fn server(authority: &Authority) -> Server<Cluster> {
    let mut cluster = Cluster::default();
    cluster.namespace("ci");
    cluster.admin("t-ok-en");
    Server::on_a_thread_tls(cluster, authority.server()).unwrap()
}

/// A kubeconfig where kubectl has it.
fn kubeconfig(world: &World, server: &Server<Cluster>, authority: &Authority) {
    let (url, pem) = (server.url(), encode(authority.pem.as_bytes()));
    let text = format!(
        "apiVersion: v1\nkind: Config\ncurrent-context: c\n\
         contexts: [{{name: c, context: {{cluster: c, user: u}}}}]\n\
         clusters: [{{name: c, cluster: {{server: '{url}', certificate-authority-data: {pem}}}}}]\n\
         users: [{{name: u, user: {{token: t-ok-en}}}}]\n"
    );
    fs::create_dir(world.path(".kube")).unwrap();
    world.write(".kube/config", &text);
}

#[track_caller]
fn written(server: &Server<Cluster>) {
    for user in USERS {
        assert!(server.with(|cluster| cluster.secret("ci", &format!("aws-{user}")).is_some()), "{user}");
    }
}

#[test]
fn by_a_kubeconfig() {
    let authority = Authority::new("the cluster's");
    let server = server(&authority);
    typed(&lines("kubernetes.md", 2), || {
        let world = world("ci");
        kubeconfig(&world, &server, &authority);
        world
    });
    written(&server);
}

/// kubectl logs in, and rotator speaks to it. Only the port is another one than in the page: that one may be
/// taken on this machine.
#[test]
fn through_kubectl() {
    let Some(kubectl) = installed("ROTATOR_TEST_KUBECTL") else { return };
    let authority = Authority::new("the cluster's");
    let server = server(&authority);
    let mut world = world("machines");
    kubeconfig(&world, &server, &authority);
    program(&world, "kubectl", &kubectl);
    let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap().port();
    let block = blocks(page("kubernetes.md"), "sh")[0].replace("8001", &port.to_string());
    assert_eq!(block.lines().last(), Some("kill $!"), "or it would be waited for in vain");
    // If a line before that fails, the proxy ends all the same.
    let text = format!("trap 'kill $! 2> /dev/null || :' EXIT\n{block}\nwait $! || :");
    let ran = shell(&mut world, "sh", &text);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    written(&server);
    let bearer = |request: &Request| request.header("authorization") == Some("Bearer t-ok-en");
    assert!(server.requests().iter().all(bearer));
    let left = TcpStream::connect((Ipv4Addr::LOCALHOST, port));
    assert!(left.is_err(), "the proxy has ended");
}
