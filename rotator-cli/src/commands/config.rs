//! `rotator config`: what each target of the file would do, and the file's schema. Nobody is called.

use std::ffi::OsString;

use serde_json::{Value, json};

use super::Ended;
use crate::args::{CheckArgs, ConfigArgs, ConfigCommand};
use crate::config::{Config, Laid, Wanted, Wrong, find, lay, load, schema, span};
use crate::exit::Exit;
use crate::say;

/// Checks the file, or prints its schema.
///
/// # Errors
/// [`Ended`]: there is no file, it cannot be read, or something is wrong with it.
pub fn run(args: ConfigArgs) -> Result<Exit, Ended> {
    match args.command {
        ConfigCommand::Check(args) => check(&args),
        ConfigCommand::Schema => {
            say::out(&format!("{:#}", schema::schema()));
            Ok(Exit::Done)
        }
    }
}

fn check(args: &CheckArgs) -> Result<Exit, Ended> {
    let file = find(args.config.as_deref())?;
    let laid = load(&file)?.map_err(Wrong::File).and_then(|config| whole(&config));
    match laid {
        Ok(laid) if args.json => {
            let targets: Vec<Value> = laid.iter().map(data).collect();
            let file = file.display().to_string();
            say::out(&format!(
                "{:#}",
                json!({ "version": 1, "file": file, "targets": targets, "errors": [] })
            ));
            Ok(Exit::Done)
        }
        Ok(laid) => {
            laid.iter().for_each(|laid| say::out(&sentence(laid)));
            Ok(Exit::Done)
        }
        Err(Wrong::File(faults)) if args.json => {
            let (file, errors) = (file.display().to_string(), faults.json());
            say::out(&format!(
                "{:#}",
                json!({ "version": 1, "file": file, "targets": [], "errors": errors })
            ));
            Ok(Exit::Usage)
        }
        Err(wrong) => Err(wrong.into()),
    }
}

/// As `rotate --all` would have it, with the environment.
fn whole(config: &Config) -> Result<Vec<Laid>, Wrong> {
    let line = ["rotator", "rotate", "--all"].map(OsString::from).into();
    lay(config, &Wanted { command: "rotate", line, names: Vec::new() })
}

/// One line for a person.
fn sentence(laid: &Laid) -> String {
    let Laid { assignment: one, .. } = laid;
    let name = one.target.as_deref().unwrap_or_default();
    let mut whom = format!("users on {}", one.scope.name());
    if one.scope.recursive {
        whom += " and below";
    }
    if !one.scope.include.is_empty() {
        whom += &format!(" named {}", one.scope.include.join(" or "));
    }
    if !one.scope.exclude.is_empty() {
        whom += &format!(" but {}", one.scope.exclude.join(", "));
    }
    if !one.scope.tags.is_empty() {
        let tags: Vec<_> = one.scope.tags.iter().map(|(name, value)| format!("{name}={value}")).collect();
        whom += &format!(" tagged {}", tags.join(", "));
    }
    let times = &one.args.times;
    let due =
        times.rotate_after.map_or_else(String::new, |after| format!(" once CURRENT is {} old", span(after)));
    let place = place(laid).unwrap_or_else(|| "stdout".to_owned());
    let rest = span(times.min_age);
    format!("{name}: {}, rotates {whom}{due}; pairs go to {place}; LAST rests {rest}", by(laid))
}

/// By which way the account is reached.
fn by(laid: &Laid) -> String {
    let access = &laid.assignment.access;
    let source = access.profile.as_ref().map(|profile| format!("profile {profile}"));
    match (&access.role, source) {
        (Some(role), None) => format!("as {}", role.arn),
        (Some(role), Some(source)) => format!("as {}, from {source}", role.arn),
        (None, Some(source)) => format!("by {source}"),
        (None, None) => "by the credentials at hand".to_owned(),
    }
}

/// A command line may hold what is nobody's business.
fn place(laid: &Laid) -> Option<String> {
    let place = laid.place.clone()?;
    Some(if place.starts_with("exec:") { "a command".to_owned() } else { place })
}

fn data(laid: &Laid) -> Value {
    let Laid { assignment: one, settings, .. } = laid;
    let role = one.access.role.as_ref();
    json!({
        "target": one.target, "paths": one.scope.paths, "recursive": one.scope.recursive,
        "include": one.scope.include, "exclude": one.scope.exclude,
        "tags": one.scope.tags.iter().cloned().collect::<std::collections::BTreeMap<_, _>>(),
        "role_arn": role.map(|role| &role.arn), "profile": one.access.profile,
        "region": one.access.region, "endpoint_url": one.access.endpoint_url,
        "pairs_go_to": place(laid), "ledger": super::memory_name(settings.memory),
        "min_age": span(one.args.times.min_age), "rotate_after": one.args.times.rotate_after.map(span),
        "max_users": one.args.max_users, "concurrency": one.args.concurrency, "journal": one.args.journal,
    })
}
