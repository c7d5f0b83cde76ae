//! What is run: the ancestor, the drop-in, and `rotator` with tags and with Secrets Manager.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use super::place::{PATH, SECRETS};
use crate::python::{self, Ancestor};
use crate::stage::Site;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Tool {
    /// The Python tool.
    Ancestor,
    /// Ours of that name: dates, trust.
    DropIn,
    /// `rotator rotate`, names in tags, pairs on stdout.
    Tags,
    /// `rotator rotate`, pairs and names in Secrets Manager.
    Secrets,
}

impl Tool {
    /// In the order in which they take turns.
    pub const ALL: [Self; 4] = [Self::Ancestor, Self::DropIn, Self::Tags, Self::Secrets];

    /// A stable word.
    pub fn name(self) -> &'static str {
        match self {
            Self::Ancestor => "ancestor",
            Self::DropIn => "drop-in",
            Self::Tags => "tags",
            Self::Secrets => "secrets-manager",
        }
    }

    /// Whether it remembers which key is which.
    pub fn names_keys(self) -> bool {
        match self {
            Self::Ancestor | Self::DropIn => false,
            Self::Tags | Self::Secrets => true,
        }
    }
}

/// Where they are.
pub struct Tools {
    /// The folder of the optimised binaries.
    pub binaries: PathBuf,
    /// The ancestor's program, or why there is none.
    pub ancestor: Result<PathBuf, String>,
}

impl Tools {
    /// Installs the ancestor into the scratch folder, where there is a Python.
    pub fn find(binaries: &Path, scratch: &Path) -> Self {
        Self { binaries: binaries.to_owned(), ancestor: install(binaries, scratch) }
    }

    pub fn program(&self, name: &str) -> PathBuf {
        self.binaries.join(name)
    }

    /// The program and its arguments for so many users. What is not said is as it is by itself.
    pub fn line(&self, tool: Tool, users: usize) -> Result<(PathBuf, Vec<String>)> {
        let args = |args: &[&str]| args.iter().map(|arg| (*arg).to_owned()).collect::<Vec<_>>();
        let most = format!("--max-users={users}");
        Ok(match tool {
            Tool::Ancestor => {
                let program = self.ancestor.clone().map_err(anyhow::Error::msg).context("the ancestor")?;
                (program, args(&[PATH]))
            }
            Tool::DropIn => (self.program("iam-credential-rotation"), args(&[PATH])),
            Tool::Tags => {
                let args = args(&["rotate", PATH, "--ledger=tags", "--handover=trust", &most]);
                (self.program("rotator"), args)
            }
            Tool::Secrets => {
                let store = format!("--store=secretsmanager:{SECRETS}{{user}}");
                (self.program("rotator"), args(&["rotate", PATH, &store, &most]))
            }
        })
    }
}

fn install(binaries: &Path, scratch: &Path) -> Result<PathBuf, String> {
    if !python::has_python() {
        return Err("no Python here".to_owned());
    }
    let site = Site { endpoint: "", binaries, container: None, ears: None };
    match Ancestor::install(&site, scratch) {
        Ok(_) => Ok(scratch.join("ancestor/bin/iam-credential-rotation")),
        Err(error) => Err(format!("{error:#}")),
    }
}

/// `Python 3.11.7`.
pub fn python_version() -> Option<String> {
    let asked = Command::new("python3").arg("--version").output().ok()?;
    Some(String::from_utf8_lossy(&asked.stdout).trim().to_owned()).filter(|version| !version.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_an_ancestor_only_its_own_line_is_missing() {
        let tools = Tools { binaries: PathBuf::from("/bin"), ancestor: Err("no Python here".to_owned()) };
        let error = tools.line(Tool::Ancestor, 20).unwrap_err();
        assert_eq!(format!("{error:#}"), "the ancestor: no Python here");
        let (program, args) = tools.line(Tool::Secrets, 20).unwrap();
        assert_eq!(program, PathBuf::from("/bin/rotator"));
        assert_eq!(args, ["rotate", "bench", "--store=secretsmanager:bench/{user}", "--max-users=20"]);
    }
}
