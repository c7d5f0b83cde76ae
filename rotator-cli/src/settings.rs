//! Options to settings: what follows from what, and which combinations make no sense.

use std::time::Duration;

use rotator::{Adopt, Goal, Limits, Memory, Policy};

use crate::args::{AdoptArg, HandOverArg, LedgerArg, StoreArgs, TimeArgs};
use crate::store::StoreUrl;
use crate::store::exec::CommandLine;

/// What the options mean together.
#[derive(Debug, Clone)]
pub struct Settings {
    /// For `decide`.
    pub policy: Policy,
    /// For the driver.
    pub limits: Limits,
    /// Where slots live.
    pub memory: Memory,
    /// When a handed-over pair counts as stored; `None` with a store.
    pub handover: Option<HandOverArg>,
    /// The store, if one is named.
    pub store: Option<StoreUrl>,
    /// The command that tells what an `exec:` store serves.
    pub served: Option<CommandLine>,
}

impl Settings {
    /// Puts the options together. `ancestor` changes the defaults to what its users know.
    ///
    /// # Errors
    /// A sentence that says which combination makes no sense, and why.
    pub fn new(store: &StoreArgs, times: &TimeArgs, ancestor: bool) -> Result<Self, String> {
        let url = match store.store.clone() {
            Some(url) => Some(url.with(store.with.clone().unwrap_or_default())?),
            None if store.with.is_some() => return Err("--with needs a store: name one with --store".into()),
            None => None,
        };
        if store.exec_served.is_some() && !matches!(url, Some(StoreUrl::Exec(_))) {
            return Err("--exec-served goes with --store 'exec:COMMAND'".into());
        }
        let (ledger, handover) = match &url {
            Some(url) => {
                if store.handover.is_some() {
                    return Err("--handover is about pairs on stdout or in a document; \
                                a store says by itself what it has"
                        .into());
                }
                match (url.is_document(), store.ledger) {
                    (true, None | Some(LedgerArg::Store)) => (Memory::Document, None),
                    (false, None | Some(LedgerArg::Tags)) => (Memory::Ledger, None),
                    (true, Some(LedgerArg::Tags | LedgerArg::Dates)) => {
                        return Err("this store is its own memory; leave --ledger away".into());
                    }
                    (false, Some(LedgerArg::Store | LedgerArg::Dates)) => {
                        return Err("this store holds one pair and no more; beside it, tags remember which key is which: \
                                    leave --ledger away"
                            .into());
                    }
                }
            }
            None => {
                let defaults = match ancestor {
                    true => (LedgerArg::Dates, HandOverArg::Trust),
                    false => (LedgerArg::Tags, HandOverArg::Evidence),
                };
                let handover = store.handover.unwrap_or(defaults.1);
                let memory = match store.ledger.unwrap_or(defaults.0) {
                    LedgerArg::Tags => Memory::Ledger,
                    LedgerArg::Dates if handover == HandOverArg::Confirm => {
                        return Err("--ledger dates keeps no memory, so it cannot keep a confirmation; \
                                    use --ledger tags (ROTATOR_LEDGER=tags)"
                            .into());
                    }
                    LedgerArg::Dates => Memory::Dates,
                    LedgerArg::Store => {
                        return Err(
                            "--ledger store needs a store that can be read: name one with --store".into()
                        );
                    }
                };
                (memory, Some(handover))
            }
        };
        let policy = Policy {
            max_age: times.rotate_after.unwrap_or(Duration::ZERO),
            min_age: times.min_age,
            retire: None,
            stray_after: times.stray_after,
            settle: times.settle,
            trust: handover == Some(HandOverArg::Trust),
            adopt: match store.adopt {
                AdoptArg::Dates => Adopt::Dates,
                AdoptArg::Never => Adopt::Never,
            },
            goal: Goal::Rotate,
        };
        let limits = Limits::new(times.deadline, &policy).map_err(|conflict| conflict.to_string())?;
        Ok(Self { policy, limits, memory: ledger, handover, store: url, served: store.exec_served.clone() })
    }

    /// What a person should know about these settings before the run, in one line each.
    #[must_use]
    pub fn notes(&self) -> Vec<String> {
        let mut notes = Vec::new();
        if self.handover == Some(HandOverArg::Trust) {
            notes.push(
                "handover trust: a pair counts as stored once it is delivered here. If it never is, and no job runs \
                 before the next rotation, that rotation deletes the key that jobs use"
                    .to_owned(),
            );
        }
        if let (Some(StoreUrl::Exec(_)), None) = (&self.store, &self.served) {
            notes.push(
                "the command's store cannot be asked what it serves: a run that dies while it hands a pair over needs \
                 one use of the new key, or a word (`rotator confirm`); --exec-served spares that"
                    .to_owned(),
            );
        }
        // Last use is recorded once per 15 minutes (IAM user guide), and a job needs time to use its key.
        if self.policy.min_age < Duration::from_secs(75 * 60) {
            let min_age = humantime::format_duration(self.policy.min_age);
            notes.push(format!(
                "min-age is {min_age}: last use is recorded only every 15 minutes, so a job that is longer than \
                 {min_age} can lose its key"
            ));
        }
        notes
    }
}

/// `/PATH/`, as IAM has it, from a path with or without slashes at its ends.
///
/// # Errors
/// A sentence that says what a path may hold.
pub fn iam_path(text: &str) -> Result<String, String> {
    let path = match text.trim_matches('/') {
        "" if text.is_empty() => return Err("an empty path; for the users without a path write `/`".into()),
        "" => "/".to_owned(),
        inner => format!("/{inner}/"),
    };
    // IAM API reference, `path`: printable ASCII without space, 512 characters at most.
    if path.len() > 512 || !path.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err("a path has at most 512 letters, digits and ASCII punctuation, and no space".into());
    }
    Ok(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_wrapped_in_slashes() {
        for text in ["a/b", "/a/b", "a/b/", "/a/b/"] {
            assert_eq!(iam_path(text).as_deref(), Ok("/a/b/"), "{text}");
        }
        assert_eq!(iam_path("/").as_deref(), Ok("/"));
        for text in ["", "a b", "é", "a\nb", &"x".repeat(511)] {
            assert!(iam_path(text).is_err(), "{text}");
        }
    }
}
