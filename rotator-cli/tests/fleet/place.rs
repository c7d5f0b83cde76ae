//! An account in memory within the test's own process.

use std::path::Path;
use std::time::Duration;

use aws_credential_types::Credentials;
use clap::Parser;
use rotator_cli::args::{Cli, Command, RotateArgs};
use rotator_cli::assignment::{Assignment, Scope};
use rotator_cli::aws::{Access, identify};
use rotator_cli::iam::Iam;
use rotator_cli::sandbox::{Pair, Sandbox};
use secrecy::ExposeSecret;

/// Who signs, by which endpoint.
pub fn access(sandbox: &Sandbox, pair: &Pair) -> Access {
    let secret = pair.secret.expose_secret();
    Access {
        profile: None,
        region: Some("us-east-1".to_owned()),
        endpoint_url: Some(sandbox.endpoint()),
        credentials: Some(Credentials::new(&pair.id, secret, None, None, "test")),
    }
}

/// IAM as the administrator has it.
pub async fn iam(sandbox: &Sandbox) -> Iam {
    let caller = identify(&access(sandbox, sandbox.admin()), Duration::from_secs(30)).await.unwrap();
    Iam::new(&caller)
}

/// The options of a line.
pub fn args(line: &str) -> RotateArgs {
    let Command::Rotate(args) = Cli::parse_from(shell_words::split(line).unwrap()).command else {
        panic!("not a rotation: {line}");
    };
    args
}

/// A target of a configuration that says so.
pub fn target(name: &str, sandbox: &Sandbox, line: &str) -> Assignment {
    let one = Assignment::of_path(args(line)).unwrap();
    Assignment { target: Some(name.to_owned()), access: access(sandbox, sandbox.admin()), ..one }
}

/// All users right on a path.
pub fn scope(path: &str) -> Scope {
    let paths = vec![path.to_owned()];
    Scope { paths, recursive: false, include: Vec::new(), exclude: Vec::new(), shard: None }
}

/// The user names in a document of pairs.
pub fn handed(document: &Path) -> Vec<String> {
    let text = std::fs::read_to_string(document).unwrap();
    crate::kit::handed(&text).into_iter().map(|pair| pair.user).collect()
}
