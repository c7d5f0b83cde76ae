//! Which LocalStack image to start: the public one, our own, or one made now.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};

use crate::{cargo, docker};

/// The last community release that runs without a token.
const PUBLIC: &str = "localstack/localstack:4.14.0";
/// The same release from its Python package.
const OWN: &str = "rotator-localstack:4.14.0";

const PUBLIC_BASE: &str = "debian:trixie-slim";
const OWN_BASE: &str = "rotator-trixie:base";

pub fn find_or_make() -> Result<String> {
    if docker::has_image(PUBLIC) || docker::pull(PUBLIC) {
        return Ok(PUBLIC.into());
    }
    if !docker::has_image(OWN) {
        build(base()?)?;
    }
    println!("xtask: using {OWN}");
    Ok(OWN.into())
}

fn base() -> Result<&'static str> {
    if docker::has_image(PUBLIC_BASE) || docker::pull(PUBLIC_BASE) {
        return Ok(PUBLIC_BASE);
    }
    if !docker::has_image(OWN_BASE) {
        bootstrap()?;
    }
    Ok(OWN_BASE)
}

/// Debian from its packages alone.
fn bootstrap() -> Result<()> {
    println!("xtask: making {OWN_BASE} with debootstrap (a minute or two, once)");
    let program = debootstrap().context(
        "no image can be pulled and `debootstrap` is missing: \
         install the Debian package debootstrap (`.ci/run` does)",
    )?;
    ensure!(
        is_root()?,
        "no image can be pulled and `debootstrap` works for root only: run this once as root"
    );
    let root = tempfile::Builder::new().prefix("rotator-base-").tempdir()?;
    docker::silently(
        Command::new(program)
            .args(["--variant=minbase", "--include=ca-certificates,python3,python3-venv"])
            .arg("trixie")
            .arg(root.path()),
    )?;
    docker::import(root.path(), OWN_BASE)
}

fn build(base: &str) -> Result<()> {
    println!("xtask: building {OWN} (a few minutes, once)");
    let fixtures = cargo::workspace().join("fixtures/localstack");
    let context = tempfile::Builder::new().prefix("rotator-image-").tempdir()?;
    for name in ["Dockerfile", "requirements.txt"] {
        copy(&fixtures.join(name), &context.path().join(name))?;
    }
    copy(&certificates()?, &context.path().join("ca-certificates.crt"))?;
    docker::silently(
        Command::new("docker")
            .args(["build", "--build-arg", &format!("BASE={base}"), "--tag", OWN])
            .arg(context.path()),
    )
}

fn copy(from: &Path, to: &Path) -> Result<()> {
    fs::copy(from, to).with_context(|| format!("cannot copy {}", from.display()))?;
    Ok(())
}

/// The bundle that this machine trusts, so that a build behind a company's proxy works as well.
fn certificates() -> Result<PathBuf> {
    let named = std::env::var_os("SSL_CERT_FILE").map(PathBuf::from);
    let usual =
        ["/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/cert.pem"];
    named
        .into_iter()
        .chain(usual.map(PathBuf::from))
        .find(|file| file.is_file())
        .context("this machine has no bundle of CA certificates: install ca-certificates")
}

/// A search path without the administrator's folders still finds it.
fn debootstrap() -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path)
        .chain(["/usr/sbin".into()])
        .map(|folder| folder.join("debootstrap"))
        .find(|file| file.is_file())
}

fn is_root() -> Result<bool> {
    let id = Command::new("id").arg("-u").output().context("cannot run `id`")?;
    Ok(id.stdout.trim_ascii() == b"0")
}
