//! Whose keys are judged.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::users::User;
use crate::failure::{Class, Failure};
use crate::names::Names;

/// What is asked for.
#[derive(Debug, Clone, Default)]
pub struct Wish {
    /// Users on this path or below it.
    pub path: Option<String>,
    /// Users of these names, `*` and `?` allowed.
    pub globs: Vec<String>,
    /// Users in this file.
    pub file: Option<PathBuf>,
    /// Users with this tag in that file: `KEY` or `KEY=VALUE`.
    pub tag: Option<String>,
}

/// Why a selection makes no sense.
#[derive(Debug)]
pub enum Bad {
    /// The command line's fault.
    Usage(String),
    /// The file's.
    File(Failure),
}

/// Who is taken.
#[derive(Debug, Default)]
pub struct Selection {
    path: Option<String>,
    names: Option<Names>,
    /// By the name in lower case; the path, where the file has it.
    listed: Option<BTreeMap<String, Option<String>>>,
}

/// Whether a user is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Taken {
    /// It is.
    Yes,
    /// It is not.
    No,
    /// Its path is asked for, and not known.
    PathUnknown,
}

impl Selection {
    /// Reads what is asked for.
    ///
    /// # Errors
    /// A pattern or a file that cannot be read.
    pub fn new(wish: &Wish) -> Result<Self, Bad> {
        let names = if wish.globs.is_empty() { None } else { Some(names(&wish.globs)?) };
        let listed = wish.file.as_ref().map(|file| listed(file, wish.tag.as_deref())).transpose()?;
        let path = wish.path.as_ref().map(|path| match path.trim_matches('/') {
            "" => "/".to_owned(),
            inner => format!("/{inner}/"),
        });
        Ok(Self { path, names, listed })
    }

    /// Whether anything was asked for.
    #[must_use]
    pub fn is_any(&self) -> bool {
        self.path.is_some() || self.names.is_some() || self.listed.is_some()
    }

    /// Whether this user is taken.
    #[must_use]
    pub fn takes(&self, user: &User) -> Taken {
        if !self.is_any() {
            return if user.changed { Taken::Yes } else { Taken::No };
        }
        let listed = self.listed.as_ref().map(|listed| listed.get(&user.name.to_lowercase()));
        if self.names.as_ref().is_some_and(|names| !names.have(&user.name)) || listed == Some(None) {
            return Taken::No;
        }
        let Some(path) = &self.path else { return Taken::Yes };
        match user.path.as_ref().or(listed.flatten().and_then(Option::as_ref)) {
            Some(own) if own.starts_with(path) => Taken::Yes,
            Some(_) => Taken::No,
            None => Taken::PathUnknown,
        }
    }
}

fn names(globs: &[String]) -> Result<Names, Bad> {
    let names = Names::new(globs).map_err(|why| Bad::Usage(format!("--user: {why}")))?;
    // IAM's names are unique without regard to case (user guide).
    Ok(names.ignoring_case())
}

#[derive(Deserialize)]
struct Document {
    #[serde(rename = "Users", alias = "UserDetailList")]
    users: Vec<Listed>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Listed {
    user_name: String,
    path: Option<String>,
    #[serde(default)]
    tags: Vec<Tag>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Tag {
    key: String,
    value: String,
}

fn listed(file: &Path, tag: Option<&str>) -> Result<BTreeMap<String, Option<String>>, Bad> {
    let doing = || format!("read the users in {}", file.display());
    let bad = |said: String| Bad::File(Failure::new(Class::Setup, doing(), said));
    let text = std::fs::read_to_string(file).map_err(|error| bad(error.to_string()))?;
    if !text.trim_start().starts_with('{') {
        if tag.is_some() {
            return Err(Bad::Usage(
                "--tag needs a file that has tags: what `aws iam get-account-authorization-details` printed"
                    .into(),
            ));
        }
        let names = text.lines().map(str::trim).filter(|name| !name.is_empty() && !name.starts_with('#'));
        return Ok(names.map(|name| (name.to_lowercase(), None)).collect());
    }
    let Document { users } = serde_json::from_str(&text).map_err(|error| bad(error.to_string()))?;
    if tag.is_some() && users.iter().all(|user| user.tags.is_empty()) {
        // ListUsers gives none (API reference).
        return Err(Bad::Usage(format!(
            "{} has no tags: `aws iam list-users` gives none, `aws iam get-account-authorization-details` does",
            file.display()
        )));
    }
    let has =
        |user: &Listed| match tag.map(|tag| tag.split_once('=').map_or((tag, None), |(k, v)| (k, Some(v)))) {
            None => true,
            Some((key, value)) => user
                .tags
                .iter()
                .any(|tag| tag.key.eq_ignore_ascii_case(key) && value.is_none_or(|value| tag.value == value)),
        };
    Ok(users.into_iter().filter(has).map(|user| (user.user_name.to_lowercase(), user.path)).collect())
}
