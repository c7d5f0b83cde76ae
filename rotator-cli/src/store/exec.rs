//! Any command: `exec:COMMAND`. It gets the pair as one JSON object on its standard input, and exit code 0
//! says that the pair is stored to stay. Arguments and environment, which other processes can see, never
//! hold a secret.
//!
//! The words of the command are taken apart by a shell's quoting rules, without a shell: `$`, `;` and the
//! like mean nothing, and what `{user}`, `{path}` and `{account}` are filled with stays one argument.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::time::Duration;

use rotator::AccessKeyId;
use secrecy::ExposeSecret;
use serde_json::json;

use crate::failure::{Class, Failure};
use crate::iam::User;
use crate::redact::Redact;
use crate::secret::Pair;
use crate::ses::Extras;
use crate::store::child::run;
use crate::store::{Adapter, Promises, Reading, Serves, Tells, Undelivered, fill};

/// A command, taken apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommandLine(Vec<String>);

/// The command that stores pairs, and what it gets beside each.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The command.
    pub command: CommandLine,
    /// Beside the pair.
    pub extras: Extras,
}

/// A command that stores pairs, and perhaps one that tells which key is served.
#[derive(Debug, Clone)]
pub struct Exec {
    store: CommandLine,
    served: Option<CommandLine>,
    extras: Extras,
    account: String,
    limit: Duration,
}

/// Takes a command apart.
///
/// # Errors
/// A sentence for the command line.
pub fn parse(rest: &str) -> Result<CommandLine, String> {
    let words = shell_words::split(rest).map_err(|_| "a quotation mark in the command has no partner")?;
    match words.first() {
        Some(program) if !program.is_empty() => Ok(CommandLine(words)),
        Some(_) | None => Err("name a command, for example `/usr/local/bin/store-pair {user}`".into()),
    }
}

impl Exec {
    /// What it can and cannot do, where nothing tells which key is served.
    pub const WRITE_ONLY: Promises = Promises {
        tells: Tells::Nothing,
        // What the command makes of the pair is not known here.
        one_unit: false,
        swaps: false,
        keeps_previous: false,
        consumers: "as the command makes it",
    };
    /// The same with a command that tells it.
    pub const WITH_SERVED: Promises = Promises { tells: Tells::Key, ..Self::WRITE_ONLY };

    /// Each command may take as long as `limit`. The one that tells what is served prints one key's id, or
    /// nothing if nothing is served.
    #[must_use]
    pub fn new(place: Place, served: Option<CommandLine>, account: &str, limit: Duration) -> Self {
        let Place { command: store, extras } = place;
        Self { store, served, extras, account: account.to_owned(), limit }
    }

    fn fill(&self, command: &CommandLine, user: &User) -> Vec<String> {
        command.0.iter().map(|word| fill(word, user, &self.account)).collect()
    }

    /// The pair and what a command may want to know beside it.
    fn message(&self, user: &User, pair: &Pair, over: &Reading) -> String {
        let previous = match &over.serves {
            Serves::Key(id) => Some(id.as_str()),
            Serves::Untold | Serves::Nothing | Serves::Torn => None,
        };
        let mut message = json!({
            "Version": 1,
            "AccessKeyId": pair.id.as_str(),
            "SecretAccessKey": pair.expose_to_store(),
            "User": user.name,
            "Path": user.path,
            "Account": self.account,
            "PreviousAccessKeyId": previous,
            // The same for each attempt with this pair.
            "IdempotencyKey": format!("rotator-{}", pair.id),
        });
        if let Some(message) = message.as_object_mut() {
            message.extend(self.extras.members(pair));
        }
        format!("{message}\n")
    }
}

impl Adapter for Exec {
    fn promises(&self) -> Promises {
        if self.served.is_some() { Self::WITH_SERVED } else { Self::WRITE_ONLY }
    }

    /// The program's name only: arguments may be for nobody else.
    fn name(&self, user: &User) -> String {
        format!("exec:{}", self.fill(&self.store, user).first().map_or("", String::as_str))
    }

    async fn read(&self, user: &User) -> Result<Reading, Failure> {
        let command = self.fill(&self.store, user);
        // Before there is a key that nobody could be given.
        can_start(&command).map_err(|said| {
            Failure::new(Class::Setup, format!("find the command of {}", self.name(user)), said)
        })?;
        let Some(served) = &self.served else {
            return Ok(Reading { serves: Serves::Untold, revision: None });
        };
        let command = self.fill(served, user);
        let program = command.first().map_or("", String::as_str);
        let failure = |class, said: String| {
            Failure::new(class, format!("ask {program} what is served to {}", user.name), said)
        };
        let ran = run(&command, b"", self.limit).await;
        let ran = ran.map_err(|error| failure(Class::Setup, format!("it cannot be started: {error}")))?;
        match ran.status {
            Some(status) if status.success() => {}
            Some(_) => {
                let said = ran.tell_quietly(self.limit);
                let said = format!("{said}; run it by hand to see what it says, which may be secret");
                return Err(failure(Class::Rejected, said));
            }
            None => return Err(failure(Class::Unanswered, ran.tell_quietly(self.limit))),
        }
        // What is no id may be the secret itself, so it is not repeated.
        let answer = std::str::from_utf8(&ran.out).ok().map(str::trim_end);
        let serves = match answer {
            Some("") => Some(Serves::Nothing),
            Some(id) => AccessKeyId::parse(id).ok().map(Serves::Key),
            None => None,
        };
        let serves = serves.ok_or_else(|| {
            failure(Class::Setup, "it printed something else than one key's id or nothing".into())
        })?;
        Ok(Reading { serves, revision: None })
    }

    async fn put(&self, user: &User, pair: &Pair, over: &Reading) -> Result<(), Undelivered> {
        let command = self.fill(&self.store, user);
        let doing = || format!("give {} to {}", pair.id, self.name(user));
        let message = self.message(user, pair, over);
        let ran = run(&command, message.as_bytes(), self.limit).await.map_err(|error| {
            let said = format!("it cannot be started: {error}");
            Undelivered::Rejected(Failure::new(Class::StoreRejected(None), doing(), said))
        })?;
        if ran.status.is_some_and(|status| status.success()) {
            return Ok(());
        }
        // It had the pair; how far it came, its exit code does not say.
        let redact = self
            .extras
            .secrets(pair)
            .fold(Redact::new(pair.expose_to_store()), |redact, secret| redact.and(secret.expose_secret()));
        let said = ran.tell(self.limit, &redact);
        Err(Undelivered::Unclear(Failure::new(Class::Unanswered, doing(), said)))
    }

    async fn previous(&self, _: &User, _: &AccessKeyId) -> Result<Option<Pair>, Failure> {
        Ok(None)
    }
}

/// Whether there is such a program, looked up as the system does it.
fn can_start(command: &[String]) -> Result<(), String> {
    let program = command.first().map_or("", String::as_str);
    let runs = |path: &Path| {
        fs::metadata(path).is_ok_and(|meta| meta.is_file() && meta.permissions().mode() & 0o111 != 0)
    };
    if program.contains('/') {
        return if runs(Path::new(program)) { Ok(()) } else { Err(format!("`{program}` is no program")) };
    }
    let paths = std::env::var_os("PATH").unwrap_or_default();
    let found = std::env::split_paths(&paths).any(|folder| runs(&folder.join(program)));
    if found { Ok(()) } else { Err(format!("`{program}` is in no folder of PATH")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_is_taken_apart_without_a_shell() {
        let words = |text: &str| parse(text).map(|CommandLine(words)| words);
        assert_eq!(
            words("put --to 'a b' $X;"),
            Ok(vec!["put".into(), "--to".into(), "a b".into(), "$X;".into()])
        );
        for wrong in ["", " ", "''", "put 'a"] {
            assert!(words(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn what_is_filled_in_stays_one_argument() {
        let command = parse("put {user}-{account} '{path}'").unwrap();
        let exec = Exec::new(Place { command, extras: Extras::default() }, None, "12", Duration::ZERO);
        let user = User { name: "a b;c".into(), id: "AIDA".into(), path: "/x y/".into() };
        assert_eq!(exec.fill(&exec.store, &user), ["put", "a b;c-12", "x y"]);
    }
}
