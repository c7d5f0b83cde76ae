//! An OpenBao in development mode, on loopback and in memory.

use std::io::{BufRead, BufReader};
use std::net::{Ipv4Addr, TcpListener};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::OnceLock;

use reqwest::Method;
use serde_json::{Value, json};
use tempfile::TempDir;

/// Its administrator's token, which is found again wherever it leaks to.
pub const ROOT: &str = "root-to+ken";

/// The server lives as long as its shell's stdin is open: until this is dropped, or the process ends in
/// whatever way.
pub struct Bao {
    pub url: String,
    /// Its home.
    _folder: TempDir,
    shell: Child,
    _said: BufReader<ChildStdout>,
}

const SHELL: &str = r#""$@" & read -r _; kill -9 $!; wait"#;

impl Bao {
    /// The one that most tests share. `None`: no server is named.
    pub fn shared() -> Option<&'static Self> {
        static SHARED: OnceLock<Option<Bao>> = OnceLock::new();
        SHARED.get_or_init(|| Self::start("http", &[])).as_ref()
    }

    /// One of its own, for a test that breaks it.
    pub fn start(scheme: &str, more: &[&str]) -> Option<Self> {
        let Some(program) = std::env::var_os("ROTATOR_TEST_BAO") else {
            println!("not run: this needs an OpenBao, which `cargo xtask check stores` brings");
            return None;
        };
        let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap().port();
        let folder = tempfile::tempdir().unwrap();
        let mut shell = Command::new("sh")
            .args(["-c", SHELL, "sh"])
            .arg(program)
            .args(["server", "-dev", "-dev-no-store-token"])
            .arg(format!("-dev-root-token-id={ROOT}"))
            .arg(format!("-dev-listen-address=127.0.0.1:{port}"))
            .args(more)
            .env("HOME", folder.path())
            .current_dir(folder.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut said = BufReader::new(shell.stdout.take().unwrap());
        let mut line = String::new();
        // The last thing that it says once it serves.
        while !line.starts_with("Root Token:") {
            line.clear();
            assert!(said.read_line(&mut line).unwrap() > 0, "OpenBao did not start");
        }
        Some(Self { url: format!("{scheme}://127.0.0.1:{port}"), _folder: folder, shell, _said: said })
    }

    /// A call by the administrator that has to succeed.
    pub async fn admin(&self, method: &str, path: &str, body: Value) -> Value {
        self.admin_in("", method, path, body).await
    }

    /// The same in a namespace.
    pub async fn admin_in(&self, namespace: &str, method: &str, path: &str, body: Value) -> Value {
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        let call =
            client.request(Method::from_bytes(method.as_bytes()).unwrap(), format!("{}/v1/{path}", self.url));
        let call = call.header("x-vault-token", ROOT).header("x-vault-namespace", namespace);
        let answer = call.json(&body).send().await.unwrap();
        let status = answer.status();
        let text = answer.text().await.unwrap();
        assert!(status.is_success(), "{method} {path}: {status} {text}");
        serde_json::from_str(&text).unwrap_or(Value::Null)
    }

    /// Mounts an engine under a name that nobody else uses.
    pub async fn mount(&self, name: &str, version: u8) {
        let engine = json!({ "type": "kv", "options": { "version": version.to_string() } });
        self.admin("POST", &format!("sys/mounts/{name}"), engine).await;
        // A new engine of version 2 is not ready at once: it says "Upgrading from non-versioned to versioned".
        if version == 2 {
            self.admin("POST", &format!("{name}/config"), json!({ "max_versions": 10 })).await;
        }
    }

    /// A token with this policy and the default one.
    pub async fn token(&self, name: &str, policy: &str) -> String {
        self.admin("POST", &format!("sys/policies/acl/{name}"), json!({ "policy": policy })).await;
        let made = self.admin("POST", "auth/token/create", json!({ "policies": [name] })).await;
        made["auth"]["client_token"].as_str().unwrap().to_owned()
    }
}

impl Drop for Bao {
    fn drop(&mut self) {
        drop(self.shell.stdin.take());
        self.shell.wait().unwrap();
    }
}
