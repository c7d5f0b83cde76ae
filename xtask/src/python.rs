//! The Python tool `iam-credential-rotation`, which the drop-in stands in for. It runs inside our
//! LocalStack container, where there is a Python in any case; with another endpoint, on this machine.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};

use crate::docker;
use crate::stage::Site;

const PACKAGE: &str = "iam-credential-rotation==0.2.2";
const FOLDER: &str = "/tmp/ancestor";
const INSIDE: &str = "http://127.0.0.1:4566";

pub enum Ancestor {
    Container { id: String },
    Host { folder: PathBuf, endpoint: String },
}

impl Ancestor {
    pub fn install(site: &Site, scratch: &Path) -> Result<Self> {
        let ancestor = match site.container {
            Some(id) => Self::Container { id: id.into() },
            None => Self::Host { folder: scratch.join("ancestor"), endpoint: site.endpoint.into() },
        };
        ensure!(
            site.container.is_some() || has_python(),
            "the ancestor is a Python tool: install `python3` here, or let xtask start LocalStack itself"
        );
        let folder = ancestor.folder().to_string_lossy().into_owned();
        docker::silently(&mut ancestor.program("python3", &["-m", "venv", &folder], &[]))
            .context("cannot make a Python environment for the ancestor")?;
        let pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", PACKAGE];
        docker::silently(&mut ancestor.program(&format!("{folder}/bin/python"), &pip, &[]))
            .with_context(|| format!("cannot install {PACKAGE}"))?;
        Ok(ancestor)
    }

    pub fn command(&self, args: &[&str], variables: &[(&str, &str)]) -> Command {
        let endpoint = match self {
            Self::Container { .. } => INSIDE,
            Self::Host { endpoint, .. } => endpoint,
        };
        let program = self.folder().join("bin/iam-credential-rotation");
        let variables = [&[("AWS_ENDPOINT_URL", endpoint)], variables].concat();
        self.program(&program.to_string_lossy(), args, &variables)
    }

    /// A file that the tool wrote with `-o`.
    pub fn read(&self, name: &str) -> Result<String> {
        let output = self.program("cat", &[name], &[]).output().context("cannot run `cat`")?;
        ensure!(output.status.success(), "the ancestor wrote no `{name}`");
        String::from_utf8(output.stdout).with_context(|| format!("`{name}` is not UTF-8"))
    }

    fn folder(&self) -> &Path {
        match self {
            Self::Container { .. } => Path::new(FOLDER),
            Self::Host { folder, .. } => folder,
        }
    }

    fn program(&self, program: &str, args: &[&str], variables: &[(&str, &str)]) -> Command {
        match self {
            Self::Container { id } => {
                let mut command = Command::new("docker");
                command.args(["exec", "--workdir", "/tmp"]);
                for (name, value) in variables {
                    command.args(["--env", &format!("{name}={value}")]);
                }
                command.arg(id).arg(program).args(args);
                command
            }
            Self::Host { folder, .. } => {
                let mut command = Command::new(program);
                command.args(args).current_dir(folder.parent().unwrap_or(folder));
                // The caller's own would change the story.
                command.env_remove("AWS_PROFILE").envs(variables.iter().copied());
                command
            }
        }
    }
}

pub fn has_python() -> bool {
    Command::new("python3").arg("--version").output().is_ok_and(|output| output.status.success())
}
