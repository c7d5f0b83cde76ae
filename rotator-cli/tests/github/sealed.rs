//! What is sealed here is opened by libsodium, which GitHub's pages name: PyNaCl holds it. ROTATOR_TEST_PYTHON
//! names a Python that has it (`cargo xtask check stores` installs one).

use std::io::Write as _;
use std::process::{Command, Stdio};

use serde_json::{Value, json};

use crate::kit::{hub, id, open, put, secret};

/// Reads a private key and a sealed box, both as base64, and prints what is in the box.
const OPEN: &str = "
import base64, sys
from nacl.public import PrivateKey, SealedBox
key, sealed = (base64.b64decode(line, validate=True) for line in sys.stdin.read().split())
sys.stdout.buffer.write(SealedBox(PrivateKey(key)).decrypt(sealed))
";

#[tokio::test]
async fn libsodium_opens_it() {
    let Some(python) = std::env::var_os("ROTATOR_TEST_PYTHON") else {
        eprintln!("not run: ROTATOR_TEST_PYTHON names no Python with PyNaCl");
        return;
    };
    let server = hub().await;
    for n in 1..=3 {
        put(&open(&server, "acme/app"), n).await;
        let write = server.requests().into_iter().find(|request| request.method == "PUT").unwrap();
        let sealed = write.json().unwrap()["encrypted_value"].as_str().unwrap().to_owned();
        let key = server.with(|hub| aws_smithy_types::base64::encode(hub.key("acme/app").0));
        let mut child = Command::new(&python)
            .args(["-c", OPEN])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        write!(child.stdin.take().unwrap(), "{key}\n{sealed}\n").unwrap();
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success());
        let opened: Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(opened, json!({ "AccessKeyId": id(n).as_str(), "SecretAccessKey": secret(n) }));
    }
}

#[tokio::test]
async fn no_two_boxes_are_alike() {
    let server = hub().await;
    let store = open(&server, "acme/app");
    put(&store, 1).await;
    put(&store, 1).await;
    let writes = server.requests().into_iter().filter(|request| request.method == "PUT");
    let sealed: Vec<_> = writes.map(|write| write.json().unwrap()["encrypted_value"].clone()).collect();
    assert_eq!(sealed.len(), 2);
    assert_ne!(sealed[0], sealed[1]);
}
