//! One `[[target]]`, checked by itself.

use std::ops::Range;

use super::fault::Fault;
use super::toml::{At, Entry, Value};
use crate::aws::Role;
use crate::names::Names;
use crate::settings::iam_path;

/// A target as it stands in the file.
#[derive(Debug, Clone)]
pub struct Target {
    /// Its name.
    pub name: At<String>,
    /// Its paths, as IAM has them.
    pub paths: Vec<At<String>>,
    /// Globs of names, of which one must fit.
    pub include: Vec<String>,
    /// Globs of names, of which none may fit.
    pub exclude: Vec<String>,
    /// Tags that its users have.
    pub tags: Vec<(String, String)>,
    /// The role that is assumed.
    pub role: Option<Role>,
    /// Where the target begins in the text.
    pub at: Range<usize>,
    /// Its options.
    pub options: Vec<Entry>,
}

impl Target {
    /// From its entries.
    pub fn new(entries: Vec<Entry>, at: Range<usize>, faults: &mut Vec<Fault>) -> Option<Self> {
        let before = faults.len();
        let find = |key: &str| entries.iter().find(|entry| entry.key.value == key);
        let text = |key: &str| match &find(key)?.value {
            At { value: Value::Text(text), at } => Some(At { value: text.clone(), at: at.clone() }),
            At { value: Value::List(_) | Value::Pairs(_), .. } => None,
        };
        let list = |key: &str| match find(key).map(|entry| &entry.value.value) {
            Some(Value::List(list)) => list.clone(),
            Some(Value::Text(_) | Value::Pairs(_)) | None => Vec::new(),
        };
        let name = text("name");
        match &name {
            None => {
                faults.push(Fault::new(at.clone(), "a target needs a name").help("name = \"production\""));
            }
            // It is part of lines, and of journals' file names.
            Some(name) if !is_name(&name.value) => faults.push(Fault::new(
                name.at.clone(),
                "a target's name has letters, digits, `-`, `_` and `.`, and begins with a letter or a digit",
            )),
            Some(_) => {}
        }
        let paths = match (text("path"), find("paths")) {
            (Some(_), Some(paths)) => {
                faults.push(Fault::new(
                    paths.key.at.clone(),
                    "`path` and `paths` say the same: leave one away",
                ));
                Vec::new()
            }
            (Some(path), None) => vec![path],
            (None, Some(paths)) => {
                let all = list("paths");
                if all.is_empty() {
                    faults
                        .push(Fault::new(paths.value.at.clone(), "no path: this target would have no user"));
                }
                all
            }
            (None, None) => {
                faults.push(
                    Fault::new(at.clone(), "a target needs a path").help(
                        "path = \"ci\"; for all users of the account: path = \"/\" and recursive = true",
                    ),
                );
                Vec::new()
            }
        };
        let paths = paths.into_iter().filter_map(|path| match iam_path(&path.value) {
            Ok(value) => Some(At { value, at: path.at }),
            Err(why) => {
                faults.push(Fault::new(path.at, why));
                None
            }
        });
        let paths: Vec<_> = paths.collect();
        for glob in list("include").iter().chain(&list("exclude")) {
            if let Err(why) = Names::new(std::slice::from_ref(&glob.value)) {
                faults.push(Fault::new(glob.at.clone(), why));
            }
        }
        let role = role(find("role-arn"), &text, faults);
        let values = |list: Vec<At<String>>| list.into_iter().map(|glob| glob.value).collect();
        let (include, exclude) = (values(list("include")), values(list("exclude")));
        let tags = match find("tags").map(|entry| &entry.value.value) {
            Some(Value::Pairs(tags)) => tags.clone(),
            Some(Value::Text(_) | Value::List(_)) | None => Vec::new(),
        };
        let own = super::keys::own();
        let options =
            entries.into_iter().filter(|entry| own.iter().all(|key| key.name != entry.key.value)).collect();
        if faults.len() > before {
            return None;
        }
        Some(Self { name: name?, paths, include, exclude, tags, role, at, options })
    }
}

fn role(
    arn: Option<&Entry>,
    text: &impl Fn(&str) -> Option<At<String>>,
    faults: &mut Vec<Fault>,
) -> Option<Role> {
    let (external_id, session_name) = (text("external-id"), text("session-name"));
    // STS API reference, AssumeRole: the characters and lengths of both.
    if let Some(id) = &external_id
        && !fits(&id.value, 2, 1224, "_+=,.@:/-")
    {
        faults
            .push(Fault::new(id.at.clone(), "an external id has 2 to 1224 letters, digits and `_+=,.@:/-`"));
    }
    if let Some(name) = &session_name
        && !fits(&name.value, 2, 64, "_+=,.@-")
    {
        faults.push(Fault::new(name.at.clone(), "a session name has 2 to 64 letters, digits and `_+=,.@-`"));
    }
    let Some(arn) = arn else {
        for (key, given) in [("external-id", external_id), ("session-name", session_name)] {
            if let Some(given) = given {
                faults
                    .push(Fault::new(given.at, format!("`{key}` is for a role, and there is no `role-arn`")));
            }
        }
        return None;
    };
    let value = text("role-arn")?;
    let role = Role {
        arn: value.value,
        external_id: external_id.map(|id| id.value),
        session_name: session_name.map(|name| name.value),
    };
    if role.account().is_none() {
        let fault = Fault::new(arn.value.at.clone(), "this is not the ARN of an IAM role");
        faults.push(fault.help("arn:aws:iam::111122223333:role/rotator"));
        return None;
    }
    Some(role)
}

fn fits(text: &str, least: usize, most: usize, marks: &str) -> bool {
    let allowed = |c: char| c.is_ascii_alphanumeric() || marks.contains(c);
    (least..=most).contains(&text.len()) && text.chars().all(allowed)
}

fn is_name(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphanumeric()) && fits(text, 1, 64, "-_.")
}
