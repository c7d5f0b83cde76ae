//! Command line over environment over target over defaults over what is built in: the file's values are laid
//! under clap's definition of a command as its default values, and the command line is read again.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::parser::ValueSource;
use clap::{ArgMatches, Command, CommandFactory, FromArgMatches};

use super::fault::{Fault, Faults};
use super::file::{Config, find, load};
use super::keys::nearest;
use super::read::text;
use super::target::Target;
use super::toml::Entry;
use super::{clash, keys};
use crate::args::{Cli, PolicyArgs, RetireArgs, RotateArgs};
use crate::assignment::{Assignment, RetireTimes, Scope};
use crate::aws::Access;
use crate::commands::Ended;
use crate::settings::Settings;
use crate::store::StoreUrl;

/// Which command, and which targets.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// `rotate`, `plan`, `status`, `retire` or `policy`.
    pub command: &'static str,
    /// The whole command line, the program's name first.
    pub line: Vec<OsString>,
    /// Targets by name; none: all of them.
    pub names: Vec<String>,
}

/// Why there are no assignments.
#[derive(Debug)]
pub enum Wrong {
    /// The file is wrong.
    File(Faults),
    /// Something else is.
    Other(Ended),
}

impl From<Wrong> for Ended {
    fn from(wrong: Wrong) -> Self {
        match wrong {
            Wrong::File(faults) => Self::Usage(faults.text()),
            Wrong::Other(ended) => ended,
        }
    }
}

/// A target's assignment, and what the documents of `config check` say of it.
#[derive(Debug, Clone)]
pub struct Laid {
    /// What is to be done.
    pub assignment: Assignment,
    /// Where pairs go, as somebody wrote it.
    pub place: Option<String>,
    /// What follows from the options.
    pub settings: Settings,
}

/// What a command line asks for: a path by itself, or targets of a file.
///
/// # Errors
/// [`Ended`]: the command line or the file makes no sense.
pub fn assignments(command: &'static str, args: &RotateArgs) -> Result<Vec<Assignment>, Ended> {
    if args.path.is_some() {
        if args.fleet.config.is_some() && is_said(command, "config") {
            return Err(Ended::Usage(
                "--config is for targets: give --all or --target NAME instead of PATH".into(),
            ));
        }
        return Assignment::of_path(args.clone()).map(|one| vec![one]).map_err(Ended::Usage);
    }
    let wanted = Wanted { command, line: std::env::args_os().collect(), names: args.fleet.target.clone() };
    let file = find(args.fleet.config.as_deref())?;
    let config = load(&file)?.map_err(Wrong::File)?;
    let laid = lay(&config, &wanted)?;
    Ok(laid.into_iter().map(|laid| laid.assignment).collect())
}

/// Whether the command line itself says it, and not the environment.
fn is_said(command: &str, id: &str) -> bool {
    let matches = Cli::command().try_get_matches_from(std::env::args_os());
    let source = matches.ok().and_then(|all| all.subcommand_matches(command)?.value_source(id));
    source == Some(ValueSource::CommandLine)
}

/// The same for `retire`.
///
/// # Errors
/// [`Ended`]: the command line or the file makes no sense.
pub fn retirements(args: &RetireArgs) -> Result<Vec<Assignment>, Ended> {
    let times = RetireTimes { grace: args.grace, quarantine: args.quarantine };
    let mut all = assignments("retire", &args.common)?;
    for one in &mut all {
        one.retire.get_or_insert(times);
    }
    Ok(all)
}

/// The assignments of a file's targets, in its order.
///
/// # Errors
/// A target's name that there is not; options that do not go together.
pub fn lay(config: &Config, wanted: &Wanted) -> Result<Vec<Laid>, Wrong> {
    let faults = clash::in_file(config);
    if !faults.is_empty() {
        return Err(Wrong::File(config.faults(faults)));
    }
    for name in &wanted.names {
        if config.names().all(|known| known != name) {
            return Err(Wrong::Other(Ended::Usage(no_target(config, name))));
        }
    }
    let meant = |target: &&Target| wanted.names.is_empty() || wanted.names.contains(&target.name.value);
    let mut faults = Vec::new();
    let mut laid = Vec::new();
    for target in config.targets.iter().filter(meant) {
        match one(config, target, wanted)? {
            Ok(one) => laid.push((target, one)),
            Err(fault) => faults.push(fault),
        }
    }
    if wanted.command == "rotate" {
        faults.extend(clash::on_stdout(&laid));
    }
    if !faults.is_empty() {
        return Err(Wrong::File(config.faults(faults)));
    }
    Ok(laid.into_iter().map(|(_, laid)| laid).collect())
}

fn no_target(config: &Config, name: &str) -> String {
    let file = config.file.display();
    let meant = nearest(name, config.names()).map(|near| format!("; did you mean `{near}`?"));
    let all = config.names().collect::<Vec<_>>().join(", ");
    format!("{file} has no target `{name}`{}\n next: name one of {all}", meant.unwrap_or_default())
}

/// What the file says for a target, each option once.
pub fn options<'a>(config: &'a Config, target: &'a Target) -> Vec<&'a Entry> {
    let has = |entries: &[Entry], key: &str| entries.iter().any(|entry| entry.key.value == key);
    // The question is one: where pairs go. The target's answer replaces that of the defaults, with what hangs on it.
    let (store, outfile) = (has(&target.options, "store"), has(&target.options, "outfile"));
    let replaced: &[&str] = match (has(&config.defaults, "store"), has(&config.defaults, "outfile")) {
        (true, _) if outfile => &OF_STORE,
        (_, true) if store => &OF_OUTFILE,
        (_, _) => &[],
    };
    let defaults = config.defaults.iter().filter(|entry| {
        !has(&target.options, &entry.key.value) && !replaced.contains(&entry.key.value.as_str())
    });
    target.options.iter().chain(defaults).collect()
}

/// A store, and what makes sense with it alone.
const OF_STORE: [&str; 4] = ["store", "exec-served", "with", "ledger"];
/// A document, and what makes sense with it alone.
const OF_OUTFILE: [&str; 3] = ["outfile", "handover", "ledger"];

fn one(config: &Config, target: &Target, wanted: &Wanted) -> Result<Result<Laid, Fault>, Wrong> {
    let options = options(config, target);
    let folder = config.file.parent().unwrap_or(Path::new(""));
    let under = |command: Command| {
        options.iter().fold(command, |command, entry| {
            let id = command
                .get_arguments()
                .find(|argument| argument.get_long() == Some(entry.key.value.as_str()))
                .map(|argument| argument.get_id().clone());
            match (id, text(entry)) {
                (Some(id), Some(value)) => {
                    let value = at_home(&entry.key.value, value, folder);
                    command.mut_arg(id, |argument| argument.default_value(value))
                }
                (_, _) => command,
            }
        })
    };
    let usage = |error: clap::Error| {
        let text = error.to_string();
        Wrong::Other(Ended::Usage(text.trim_start_matches("error: ").trim_end().to_owned()))
    };
    let cli = Cli::command().mut_subcommand(wanted.command, under);
    let matches = cli.try_get_matches_from(&wanted.line).map_err(usage)?;
    let Some(given) = matches.subcommand_matches(wanted.command) else {
        return Err(Wrong::Other(Ended::Usage(format!("`{}` takes no target", wanted.command))));
    };
    let (mut args, retire) = match wanted.command {
        "retire" => {
            let args = RetireArgs::from_arg_matches(given).map_err(usage)?;
            (args.common, Some(RetireTimes { grace: args.grace, quarantine: args.quarantine }))
        }
        "policy" => (PolicyArgs::from_arg_matches(given).map_err(usage)?.rotate, None),
        _ => (RotateArgs::from_arg_matches(given).map_err(usage)?, None),
    };
    replace(&mut args, given);
    let place = place(&args, given);
    let settings = match Settings::new(&args.store, &args.times, false) {
        Ok(settings) => settings,
        Err(why) => {
            let named = options.iter().find(|entry| why.contains(&format!("--{}", entry.key.value)));
            let at = named.map_or(target.at.clone(), |entry| entry.key.at.clone());
            return Ok(Err(Fault::new(at, format!("target `{}`: {why}", target.name.value))));
        }
    };
    let access = Access { role: target.role.clone(), ..args.aws.clone().into() };
    let scope = Scope {
        paths: target.paths.iter().map(|path| path.value.clone()).collect(),
        recursive: args.recursive,
        include: target.include.clone(),
        exclude: target.exclude.clone(),
        tags: target.tags.clone(),
        shard: args.fleet.shard,
    };
    let assignment = Assignment { target: Some(target.name.value.clone()), access, scope, args, retire };
    Ok(Ok(Laid { assignment, place, settings }))
}

/// A store that the command line or a variable names replaces the file's document, and the other way about,
/// with what hangs on it.
fn replace(args: &mut RotateArgs, given: &ArgMatches) {
    let said = |id: &str| {
        matches!(given.value_source(id), Some(ValueSource::CommandLine | ValueSource::EnvVariable))
    };
    // The file's command tells of the file's store.
    let is_command = matches!(args.store.store, Some(StoreUrl::Exec(_)));
    if said("store") && !is_command && !said("exec_served") {
        args.store.exec_served = None;
    }
    if args.store.store.is_none() || args.store.outfile.is_none() {
        return;
    }
    if said("outfile") && !said("store") {
        args.store.store = None;
        args.store.exec_served = args.store.exec_served.take().filter(|_| said("exec_served"));
        args.store.with = args.store.with.take().filter(|_| said("with"));
        args.store.ledger = args.store.ledger.filter(|_| said("ledger"));
    } else if said("store") && !said("outfile") {
        args.store.outfile = None;
        args.store.handover = args.store.handover.filter(|_| said("handover"));
        args.store.ledger = args.store.ledger.filter(|_| said("ledger"));
    }
}

fn place(args: &RotateArgs, given: &ArgMatches) -> Option<String> {
    let raw = |id: &str| Some(given.get_raw(id)?.next()?.to_string_lossy().into_owned());
    match &args.store.outfile {
        Some(file) => Some(file.display().to_string()),
        None if args.store.store.is_some() => raw("store"),
        None => None,
    }
}

/// A file that is named in the configuration is meant from the configuration's own folder.
fn at_home(key: &str, value: &str, folder: &Path) -> String {
    let home = |path: &str| -> Option<PathBuf> {
        let rooted = path.starts_with(['/', '~', '{']) || folder.as_os_str().is_empty();
        (!rooted).then(|| folder.join(path))
    };
    let rewritten = match key {
        "outfile" | "journal" => home(value).map(|path| path.display().to_string()),
        "store" => value.split_once(':').and_then(|(kind, path)| match kind {
            "file" | "file+aws" => home(path).map(|path| format!("{kind}:{}", path.display())),
            _ => None,
        }),
        _ => None,
    };
    rewritten.unwrap_or_else(|| value.to_owned())
}

/// For a person: `12h`.
pub fn span(span: Duration) -> String {
    // Whole units, as a person writes them: humantime would make 45 days a month and more.
    match span.as_secs() {
        days if days > 0 && days % 86_400 == 0 => format!("{}d", days / 86_400),
        hours if hours > 0 && hours % 3_600 == 0 => format!("{}h", hours / 3_600),
        minutes if minutes > 0 && minutes % 60 == 0 => format!("{}min", minutes / 60),
        seconds => format!("{seconds}s"),
    }
}

/// Every key of the file that a command has an option for.
#[must_use]
pub fn keys_of(command: &str) -> Vec<String> {
    let cli = Cli::command();
    let own = cli.find_subcommand(command).into_iter().flat_map(Command::get_arguments);
    let long: Vec<&str> = own.filter_map(|argument| argument.get_long()).collect();
    keys::options().into_iter().map(|key| key.name).filter(|name| long.contains(&name.as_str())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_meant_from_the_configurations_folder() {
        let at = |key: &str, value: &str| at_home(key, value, Path::new("/etc/rotator"));
        assert_eq!(at("journal", "a.jsonl"), "/etc/rotator/a.jsonl");
        assert_eq!(at("outfile", "/tmp/a.json"), "/tmp/a.json");
        assert_eq!(at("store", "file:keys.json"), "file:/etc/rotator/keys.json");
        assert_eq!(at("store", "file+aws:~/.aws/credentials#{user}"), "file+aws:~/.aws/credentials#{user}");
        assert_eq!(at("store", "exec:./put {user}"), "exec:./put {user}");
        assert_eq!(at("region", "eu-central-1"), "eu-central-1");
        assert_eq!(at_home("journal", "a.jsonl", Path::new("")), "a.jsonl");
    }
}
