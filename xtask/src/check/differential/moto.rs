//! moto's own server, with authentication on: an IAM that checks signatures and that none of us wrote.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use aws_sdk_iam::config::interceptors::BeforeTransmitInterceptorContextMut;
use aws_sdk_iam::config::{ConfigBag, Intercept, RuntimeComponents};
use aws_sdk_iam::error::BoxError;
use tokio::runtime::Runtime;

use crate::accounts::{Accounts, Pair};
use crate::{cargo, docker, python};

const PACKAGE: &str = "moto[server]==5.2.5";
const ADMIN: &str = "differential-admin";
const MAY_EVERYTHING: &str =
    r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}"#;
const LONGEST_START: Duration = Duration::from_secs(60);

/// A running server. It ends with its handle.
pub struct Moto {
    server: Child,
    pub endpoint: String,
    pub admin: Pair,
}

impl Moto {
    pub fn start(runtime: &Runtime) -> Result<Self> {
        ensure!(python::has_python(), "there is no `python3` here");
        let folder = cargo::target_directory()?.join("moto-5.2.5");
        let program = folder.join("bin/moto_server");
        if !program.is_file() {
            println!("xtask: installing {PACKAGE} into {}", folder.display());
            docker::silently(Command::new("python3").args(["-m", "venv"]).arg(&folder))
                .context("cannot make a Python environment for moto")?;
            let pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", PACKAGE];
            docker::silently(Command::new(folder.join("bin/python")).args(pip))
                .with_context(|| format!("cannot install {PACKAGE}"))?;
        }
        // Free at this moment; moto itself cannot be asked which port it took.
        let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port();
        let server = Command::new(program)
            .args(["--host", "127.0.0.1", "--port", &port.to_string()])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .context("cannot start moto")?;
        let endpoint = format!("http://127.0.0.1:{port}");
        let none = Pair { id: String::new(), secret: String::new() };
        let mut moto = Self { server, endpoint, admin: none };
        moto.wait(port)?;
        let accounts = Accounts::new(runtime, &moto.endpoint);
        accounts.create_user("/", ADMIN)?;
        accounts.allow(ADMIN, MAY_EVERYTHING)?;
        moto.admin = accounts.create_key(ADMIN)?;
        authenticate(port)?;
        Ok(moto)
    }

    fn wait(&mut self, port: u16) -> Result<()> {
        let begun = Instant::now();
        while TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_err() {
            if let Some(status) = self.server.try_wait()? {
                bail!("moto ended at once ({status})");
            }
            ensure!(begun.elapsed() < LONGEST_START, "moto does not start");
            std::thread::sleep(Duration::from_millis(100));
        }
        Ok(())
    }
}

impl Drop for Moto {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

/// Sends a space as `+`. A form may have `+` or `%20` there, but moto checks the signature of a body that
/// it writes anew, as the Python SDK would have.
#[derive(Debug)]
pub struct SpaceAsPlus;

impl Intercept for SpaceAsPlus {
    fn name(&self) -> &'static str {
        "SpaceAsPlus"
    }

    fn modify_before_retry_loop(
        &self,
        context: &mut BeforeTransmitInterceptorContextMut<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let request = context.request_mut();
        let Some(form) = request.body().bytes() else { return Ok(()) };
        let form = std::str::from_utf8(form)?.replace("%20", "+");
        request.headers_mut().insert("content-length", form.len().to_string());
        *request.body_mut() = form.into();
        Ok(())
    }
}

/// From here on every request must be signed with a key that exists, by its secret.
fn authenticate(port: u16) -> Result<()> {
    let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port))?;
    let request =
        "POST /moto-api/reset-auth HTTP/1.0\r\nContent-Type: text/plain\r\nContent-Length: 1\r\n\r\n0";
    stream.write_all(request.as_bytes())?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    let status = answer.lines().next().unwrap_or_default();
    ensure!(status.contains(" 200 "), "moto does not turn authentication on: {status}");
    Ok(())
}
