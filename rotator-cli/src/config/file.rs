//! Where the file is, and what it says.

use std::fs;
use std::path::{Path, PathBuf};

use super::fault::{Fault, Faults};
use super::read::{Read, read};
use super::target::Target;
use super::toml::Entry;
use crate::commands::Ended;
use crate::failure::{Class, Failure};

/// Its name.
pub const NAME: &str = "rotator.toml";

/// A file that makes sense, each target by itself.
#[derive(Debug, Clone)]
pub struct Config {
    /// Where it is.
    pub file: PathBuf,
    pub(super) text: String,
    pub(super) defaults: Vec<Entry>,
    pub(super) targets: Vec<Target>,
}

/// The file that is named, or the nearest one: in the working directory, or in a folder above it.
///
/// # Errors
/// There is none.
pub fn find(named: Option<&Path>) -> Result<PathBuf, Ended> {
    if let Some(file) = named {
        return Ok(file.to_owned());
    }
    let here = std::env::current_dir()
        .map_err(|error| Failure::new(Class::Setup, "find the working directory", error.to_string()))?;
    let above = here.ancestors().enumerate().find(|(_, folder)| folder.join(NAME).is_file());
    match above {
        Some((0, _)) => Ok(PathBuf::from(NAME)),
        Some((_, folder)) => Ok(folder.join(NAME)),
        None => Err(Ended::Usage(format!(
            "there is no {NAME} here or in a folder above: write one (docs/config.md has an example), or name it \
             with --config FILE"
        ))),
    }
}

/// Reads a file.
///
/// # Errors
/// It cannot be read; or all that is wrong with it.
pub fn load(file: &Path) -> Result<Result<Config, Faults>, Failure> {
    let doing = || format!("read {}", file.display());
    let text =
        fs::read_to_string(file).map_err(|error| Failure::new(Class::Setup, doing(), error.to_string()))?;
    Ok(match read(&text) {
        Ok(Read { defaults, targets }) => Ok(Config { file: file.to_owned(), text, defaults, targets }),
        Err(faults) => Err(Faults::new(file, &text, faults)),
    })
}

impl Config {
    /// The targets' names, in the order of the file.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.targets.iter().map(|target| target.name.value.as_str())
    }

    pub(super) fn faults(&self, faults: Vec<Fault>) -> Faults {
        Faults::new(&self.file, &self.text, faults)
    }
}
