//! moto: an IAM, STS, Secrets Manager and Parameter Store that others wrote, with its authentication turned on
//! where that matters.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use tokio::runtime::Runtime;

use crate::accounts::Pair;
use crate::{cargo, docker};

const PACKAGE: &str = "moto[server]==5.2.5";
const PATIENCE: Duration = Duration::from_secs(30);
const ADMIN: &str = "admin";

/// A server that ends when it is dropped.
pub struct Moto {
    child: Child,
    pub url: String,
    port: u16,
    /// May do everything, and is on no path that is rotated. Empty where nobody is asked who he is.
    pub admin: Pair,
}

/// The Python that has it, installed once into the target directory.
///
/// # Errors
/// There is no Python, or its package index cannot be reached.
pub fn install() -> Result<PathBuf> {
    let folder = cargo::target_directory()?.join("moto-5.2.5");
    let (program, whole) = (folder.join("bin/python"), folder.join("installed"));
    if whole.exists() {
        return Ok(program);
    }
    println!("xtask: installing {PACKAGE} into {}", folder.display());
    docker::silently(Command::new("python3").args(["-m", "venv", "--clear"]).arg(&folder))
        .context("moto needs Python: there is no `python3` here that makes environments")?;
    let pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", PACKAGE];
    docker::silently(Command::new(&program).args(pip))
        .with_context(|| format!("cannot install {PACKAGE}"))?;
    std::fs::write(whole, PACKAGE)?;
    Ok(program)
}

impl Moto {
    /// Every key may do everything, one that nobody has made too.
    pub fn open(python: &Path) -> Result<Self> {
        let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port();
        let child = Command::new(python)
            .arg(cargo::workspace().join("fixtures/moto/server.py"))
            .args(["-H", "127.0.0.1", "-p", &port.to_string()])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .context("cannot run moto")?;
        let url = format!("http://127.0.0.1:{port}");
        let mut moto = Self { child, url, port, admin: Pair { id: String::new(), secret: String::new() } };
        let started = Instant::now();
        while TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_err() {
            ensure!(moto.child.try_wait()?.is_none(), "moto ended at once");
            ensure!(started.elapsed() < PATIENCE, "moto did not listen within {PATIENCE:?}");
            thread::sleep(Duration::from_millis(50));
        }
        Ok(moto)
    }

    pub fn start(python: &Path, runtime: &Runtime) -> Result<Self> {
        let mut moto = Self::open(python)?;
        moto.admin = runtime.block_on(administrator(&moto.url))?;
        // From here on every request's signature is checked against the keys that exist.
        moto.post("/moto-api/reset-auth", "0").context("cannot turn moto's authentication on")?;
        Ok(moto)
    }

    /// Moves its clock on.
    pub fn advance(&self, by: Duration) -> Result<()> {
        self.post("/clock", &by.as_secs_f64().to_string()).context("cannot move moto's clock")
    }

    fn post(&self, path: &str, body: &str) -> Result<()> {
        let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, self.port))?;
        stream.set_read_timeout(Some(PATIENCE))?;
        write!(
            stream,
            "POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: text/plain\r\n\
             Content-Length: {}\r\nConnection: close\r\n\r\n{body}",
            body.len()
        )?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        let first = answer.lines().next().unwrap_or_default();
        ensure!(first.contains(" 200 "), "{first}");
        Ok(())
    }
}

impl Drop for Moto {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Made while nobody is asked who he is.
async fn administrator(url: &str) -> Result<Pair> {
    let nobody = Pair { id: "nobody".into(), secret: "nothing".into() };
    let iam = aws_sdk_iam::Client::new(&super::sdk::config(url, &nobody).await);
    iam.create_user().user_name(ADMIN).path("/admin/").send().await.context("cannot make moto's admin")?;
    let all = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}"#;
    let policy = iam.put_user_policy().user_name(ADMIN).policy_name("all").policy_document(all);
    policy.send().await.context("cannot give moto's admin a policy")?;
    let key = iam.create_access_key().user_name(ADMIN).send().await.context("no key for moto's admin")?;
    let key = key.access_key.context("a new key without a key")?;
    Ok(Pair { id: key.access_key_id, secret: key.secret_access_key })
}
