//! `rotator audit`: the account as it stands.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use rotator::Memory;

use super::{Ended, open, target_name, users_on};
use crate::args::{ANY, AuditArgs, Format};
use crate::audit::judge::{Looked, Terms, judge};
use crate::audit::{
    Audit, AuditedUser, Collected, OVERDUE, Outcome, collect, csv, html, json, junit, markdown, past, sarif,
    statements, text,
};
use crate::clock::whole_seconds;
use crate::exit::Exit;
use crate::failure::{Class, Failure};
use crate::history::UserHistory;
use crate::report::Teller;
use crate::say;
use crate::settings::{Settings, iam_path};
use crate::spec::diagram;
use crate::stop::Stop;
use crate::store::{Undelivered, disk};
use crate::target::Shared;
use crate::{conform, verify};

/// Reports on the account as it stands.
///
/// # Errors
/// [`Ended`].
pub async fn run(args: AuditArgs) -> Result<Exit, Ended> {
    let settings = Settings::new(&args.memory.clone().into(), &args.times, false).map_err(Ended::Usage)?;
    let path = match (&args.path, args.all) {
        (Some(path), false) => iam_path(path).map_err(Ended::Usage)?,
        (Some(_) | None, _) => "/".to_owned(),
    };
    let rotate_after = args.times.rotate_after.filter(|span| !span.is_zero());
    if args.fail_on.iter().any(|rule| rule == OVERDUE.id) && rotate_after.is_none() {
        let said = "--fail-on overdue needs --rotate-after: without it no age is too old";
        return Err(Ended::Usage(said.into()));
    }
    if args.output.is_some() && args.output == args.html {
        return Err(Ended::Usage("--output and --html name the same file".into()));
    }
    for file in args.output.iter().chain(&args.html) {
        writable(file)?;
    }
    // What cannot be read is said before the account is asked.
    let told = Told::read(&args.journal, &args.cloudtrail)?;
    let shared = open(&args.aws.clone().into(), &settings, None, Stop::default()).await?;
    let (users, left_out) = users_on(&shared.iam, &path, args.all || args.recursive).await?;
    let teller = Teller::new(false, args.json || args.format != Format::Table);
    if let Some(note) = left_out {
        teller.note(&note);
    }
    if users.is_empty() {
        return Err(Ended::Usage("No IAM Users found on PATH".into()));
    }
    let at = whole_seconds(shared.iam.clock.now());
    let all = users.len();
    let progress = |done: usize| {
        if teller.on_terminal() {
            let end =
                if done == all { "\r\x1b[K".to_owned() } else { format!("\r{done} of {all} looked at …") };
            say::err_now(&end);
        }
    };
    let Collected { looked, exit } =
        collect(&shared, &settings.policy, users, at, args.concurrency, progress).await;
    let terms = Terms {
        rotate_after,
        stray_after: settings.policy.stray_after,
        signer: signer(&shared),
        words_for: &|refusal| shared.target.words_for(refusal),
    };
    let (rules, verdicts) = judge(&looked, &terms);
    let mut users: Vec<AuditedUser> = looked.into_iter().map(|Looked { user, .. }| user).collect();
    let asked = users.len();
    if args.all {
        let bare = |user: &AuditedUser| user.keys.is_empty() && user.seen && user.note.is_none();
        let named: BTreeSet<&str> = verdicts.iter().filter_map(|verdict| verdict.user.as_deref()).collect();
        users.retain(|user| !bare(user) || named.contains(user.name.as_str()));
    }
    let without_keys = asked - users.len();
    for user in &mut users {
        let about = past::about(&told.histories, &shared.caller.account, &user.name);
        user.history = past::merge(&user.history, user.seen, &about, at);
        user.history.account = Some(shared.caller.account.clone());
    }
    let audit = Audit {
        version: env!("CARGO_PKG_VERSION"),
        account: shared.caller.account.clone(),
        caller: shared.caller.arn.clone(),
        scope: scope(&args, &path),
        at,
        sources: sources(&shared, told),
        rotate_after,
        min_age: settings.policy.min_age,
        users,
        without_keys,
        rules,
        verdicts,
        statements: statements(rotate_after),
    };
    let printed = print(&audit, if args.json { Format::Json } else { args.format })?;
    if let Some(file) = &args.html {
        // Without a memory there are no states to go through.
        let diagram = match settings.memory {
            Memory::Document => Some(diagram::svg(&diagram::DOCUMENT)),
            Memory::Ledger => Some(diagram::svg(&diagram::LEDGER)),
            Memory::Dates => None,
        };
        write(file, &html::html_with(&audit, diagram.as_deref()))?;
    }
    match &args.output {
        Some(file) => write(file, &format!("{printed}\n"))?,
        None => say::out(&printed),
    }
    tell_unseen(&audit);
    Ok(found(&audit, &args.fail_on).unwrap_or(exit).max(exit))
}

/// Said on stderr as well: the report may go to a program, and the exit code needs its reason.
fn tell_unseen(audit: &Audit) {
    let unseen: Vec<_> =
        audit.users.iter().filter(|user| !user.seen).map(|user| user.name.as_str()).collect();
    if !unseen.is_empty() {
        let named = unseen.iter().take(5).copied().collect::<Vec<_>>().join(", ");
        let more = unseen.len().saturating_sub(5);
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        say::err(&format!("error: could not look at {named}{more}; the report's notes say why"));
    }
}

fn print(audit: &Audit, format: Format) -> Result<String, Failure> {
    let doing = "write the report";
    Ok(match format {
        Format::Table => text(audit),
        Format::Json => format!("{:#}", json(audit)),
        Format::Csv => csv(audit).map_err(|error| Failure::new(Class::Setup, doing, error.to_string()))?,
        Format::Markdown => markdown(audit),
        Format::Sarif => format!("{:#}", sarif(audit)),
        Format::Junit => {
            junit(audit).map_err(|error| Failure::new(Class::Setup, doing, error.to_string()))?
        }
    })
}

/// What `--fail-on` makes of the verdicts, said on stderr; `None` where it has nothing to say.
fn found(audit: &Audit, fail_on: &[String]) -> Option<Exit> {
    let asked = |id: &str| fail_on.iter().any(|rule| rule == ANY || rule == id);
    for (outcome, exit) in [(Outcome::Broken, Exit::Found), (Outcome::Unjudged, Exit::Unjudged)] {
        let counts = audit
            .rules
            .iter()
            .filter(|rule| asked(rule.id))
            .map(|rule| (rule.id, audit.count(rule, outcome)));
        let counts: Vec<_> = counts.filter(|(_, n)| *n > 0).map(|(id, n)| format!("{id} ({n})")).collect();
        if !counts.is_empty() {
            say::err(&format!("--fail-on: {}: {}", outcome.name(), counts.join(", ")));
            return Some(exit);
        }
    }
    None
}

fn scope(args: &AuditArgs, path: &str) -> String {
    match (args.all, args.recursive) {
        (true, _) => "every user".to_owned(),
        (false, true) => format!("users on {path} and below it"),
        (false, false) => format!("users on {path}"),
    }
}

/// The user whose long-lived key signs: `arn:aws:iam::ACCOUNT:user/PATH/NAME`.
fn signer(shared: &Shared) -> Option<String> {
    let (_, user) = shared.caller.arn.split_once(":user/")?;
    shared.caller.key.as_ref()?;
    user.rsplit('/').next().map(str::to_owned)
}

/// What is known from before today.
struct Told {
    histories: Vec<UserHistory>,
    sources: Vec<String>,
}

impl Told {
    fn read(journals: &[PathBuf], trails: &[PathBuf]) -> Result<Self, Failure> {
        let mut told = Self { histories: Vec::new(), sources: Vec::new() };
        if !journals.is_empty() {
            told.histories.extend(verify::histories(journals)?);
        }
        if !trails.is_empty() {
            told.histories.extend(conform::histories(trails)?);
        }
        let journals = journals.iter().map(|file| format!("the journal {}", file.display()));
        let trails = trails.iter().map(|file| format!("CloudTrail in {}", file.display()));
        told.sources.extend(journals.chain(trails));
        Ok(told)
    }
}

fn sources(shared: &Shared, told: Told) -> Vec<String> {
    let memory = shared.target.memory();
    let roles = match memory {
        Memory::Document => format!("roles from the store, {}", target_name(&shared.target)),
        Memory::Ledger => "roles from tags of the users".to_owned(),
        Memory::Dates => "roles from creation dates and last use".to_owned(),
    };
    let account = ["IAM's lists of users and keys".to_owned(), roles];
    account.into_iter().chain(told.sources).collect()
}

/// Whether a report may go there: a document of pairs, which `-o` names for other commands, is not replaced.
fn writable(file: &Path) -> Result<(), Failure> {
    let setup = |said: &str| Failure::new(Class::Setup, format!("write {}", file.display()), said);
    match fs::symlink_metadata(file) {
        Ok(meta) if !meta.is_file() => return Err(setup("it is not a file; name one")),
        Ok(_) => {
            let text = fs::read(file).map_err(|error| setup(&error.to_string()))?;
            if text.windows(PAIRS.len()).any(|some| some == PAIRS) {
                return Err(setup("it holds key pairs, which a report would replace; name another file"));
            }
        }
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
        Err(error) => return Err(setup(&error.to_string())),
    }
    disk::try_folder(file).map_err(|said| setup(&said))
}

/// As the documents of pairs have it.
const PAIRS: &[u8] = b"SecretAccessKey";

fn write(file: &Path, text: &str) -> Result<(), Failure> {
    disk::replace_unlocked(file, text.as_bytes()).map_err(|undelivered| match undelivered {
        Undelivered::Rejected(failure) | Undelivered::Stale(failure) | Undelivered::Unclear(failure) => {
            Failure { class: Class::Setup, ..failure }
        }
    })
}
