//! Several accounts side by side, each with its own clients, journal and report; one stop, one budget, one exit
//! code. An account that cannot be opened does not stop the others.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use futures_util::{FutureExt, StreamExt, TryStreamExt, future, stream};

use super::{Ended, counted, report_of, target_of};
use crate::args::RotateArgs;
use crate::assignment::{Assignment, Scope};
use crate::aws::{Access, begin};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::fleet::{self, Budget, Run};
use crate::iam::Iam;
use crate::journal::Journal;
use crate::limit::Limiters;
use crate::report::{Report, Reports, Teller, print};
use crate::settings::Settings;
use crate::stop::Stop;
use crate::store::handover::HandOver;
use crate::target::{Shared, Target};
use crate::users::{Choice, Counted, LARGEST_PAGE, count, stream};

/// So many accounts at once.
const AT_ONCE: usize = 8;

/// From an assignment to what its options mean.
pub type ToSettings = fn(&Assignment, &Work) -> Result<Settings, Ended>;
/// From options to where pairs are handed over.
pub type ToHandOver = fn(&RotateArgs) -> Result<HandOver, Failure>;

/// What a command does in each account.
pub struct Work {
    /// Its name in the journal.
    pub command: &'static str,
    /// What follows from the options.
    pub settings: ToSettings,
    /// Where pairs go that no store takes; `None`: no pair is made.
    pub hand_over: Option<ToHandOver>,
    /// For the ancestor's users.
    pub ancestor: bool,
    /// Who runs this, where, is said first.
    pub says_who: bool,
}

/// An account whose users were counted; nothing was changed.
pub struct Account {
    pub(super) name: Option<String>,
    pub(super) args: RotateArgs,
    pub(super) scope: Scope,
    pub(super) settings: Settings,
    pub(super) shared: Shared,
    pub(super) choice: Choice,
    pub(super) counted: Counted,
    journal: Journal,
    teller: Teller,
}

/// An assignment that could not be begun.
pub struct Unopened {
    report: Report,
    ended: Ended,
}

/// What all accounts have in common.
pub struct Around {
    stop: Stop,
    limiters: Limiters,
    /// When a bad day is given up.
    pub budget: Budget,
    several: bool,
    /// Progress is one for all of them.
    teller: Teller,
    /// They come from a configuration: reports have one shape, however many they are.
    named: bool,
}

impl Around {
    /// Of these assignments. What must not be shared by several is refused.
    ///
    /// # Errors
    /// Nothing was changed.
    pub fn of(assignments: &[Assignment], work: &Work, stop: Stop) -> Result<Self, Ended> {
        let budgets = assignments.iter().filter_map(|one| one.args.fleet.max_failures);
        let budget = Budget::new(budgets.min());
        if budget.is_spent() {
            return Err(Ended::Usage("--max-failures is 1 or more".into()));
        }
        let several = assignments.len() > 1;
        let named = assignments.iter().any(|one| one.target.is_some());
        if several && work.hand_over.is_some() {
            let mut files = BTreeSet::new();
            for one in assignments.iter().filter(|one| one.args.store.store.is_none()) {
                match &one.args.store.outfile {
                    None => {
                        let said = "the pairs of several targets have no place on one stdout: give each a store, or \
                                    an outfile of its own";
                        return Err(Ended::Usage(said.into()));
                    }
                    Some(file) if !files.insert(file) => {
                        let said = format!(
                            "several targets hand their pairs over in {}, and would write over each other: give \
                             each an outfile of its own",
                            file.display()
                        );
                        return Err(Ended::Usage(said));
                    }
                    Some(_) => {}
                }
            }
        }
        let teller = Teller::new(work.ancestor, assignments.iter().any(|one| one.args.json));
        Ok(Self { stop, limiters: Limiters::default(), budget, several, teller, named })
    }

    /// Opens all accounts side by side and counts their users.
    pub async fn open(
        &self,
        assignments: Vec<Assignment>,
        work: &Work,
    ) -> Vec<Result<Account, Box<Unopened>>> {
        let journals: Vec<_> = assignments.iter().map(|one| one.args.journal.clone()).collect();
        let open = assignments.into_iter().enumerate().map(|(at, one)| {
            let shares =
                |file: &PathBuf| journals.iter().filter(|other| other.as_ref() == Some(file)).count() > 1;
            let journal = one.args.journal.clone().map(|file| match (&one.target, shares(&file)) {
                (Some(name), true) => named(&file, name),
                (_, _) => file,
            });
            async move {
                let report = Report::new(one.target.clone(), one.scope.name());
                // In a box, as the work below: an account's future is large, and moved from hand to hand.
                let opened = self.open_one(one, journal.as_deref(), work).boxed_local().await;
                (at, opened.map_err(|ended| Box::new(Unopened { report, ended })))
            }
        });
        let mut opened: Vec<_> = stream::iter(open).buffer_unordered(AT_ONCE).collect().await;
        opened.sort_by_key(|(at, _)| *at);
        self.teller.accounts(opened.iter().filter(|(_, account)| account.is_ok()).count());
        opened.into_iter().map(|(_, account)| account).collect()
    }

    async fn open_one(&self, one: Assignment, journal: Option<&Path>, work: &Work) -> Result<Account, Ended> {
        let settings = (work.settings)(&one, work)?;
        let Assignment { target: name, access, scope, args, .. } = one;
        let teller = Teller::new(work.ancestor, args.json).beside(&self.teller);
        let teller = match &name {
            Some(name) if self.several => teller.of_target(name),
            Some(_) | None => teller,
        };
        let to = work.hand_over.map(|hand_over| hand_over(&args)).transpose()?;
        let journal = Journal::open(journal)?;
        let (shared, choice, found) = self.reach(&access, &settings, to, &scope).await?;
        // First, since it may be the reason why there is nobody on the path itself.
        if let Some(note) = found.note(&scope) {
            teller.note(&note);
        }
        // A share of few users may have nobody: its run has nothing to do, and is no mistake.
        if found.users > 0 || scope.shard.is_none() {
            counted(found.users, args.max_users)?;
        }
        Ok(Account { name, args, scope, settings, shared, choice, counted: found, journal, teller })
    }

    /// Who runs this, and which users there are: neither question waits for the other's answer.
    async fn reach(
        &self,
        access: &Access,
        settings: &Settings,
        to: Option<HandOver>,
        scope: &Scope,
    ) -> Result<(Shared, Choice, Counted), Ended> {
        let session = begin(access, settings.limits.request_timeout()).await?;
        let iam = Iam::before(&session);
        let first =
            async { Ok::<_, Failure>(iam.user_page(Choice::first_path(scope), LARGEST_PAGE, None).await) };
        let (caller, first) = future::try_join(session.identify(), first).await?;
        let iam = iam.under(self.limiters.of(&caller.account));
        let target = target_of(&caller, settings, to).await?;
        let choice = Choice::new(scope, &caller.account)?;
        let counted = count(&iam, &choice, Some(first?)).await?;
        let shared = Shared::new(caller, iam, target, settings, self.stop.clone());
        Ok((shared, choice, counted))
    }

    /// Works on all accounts that were opened, side by side.
    ///
    /// # Errors
    /// The only account could not be opened; nothing was changed.
    pub async fn work(
        &self,
        opened: Vec<Result<Account, Box<Unopened>>>,
        work: &Work,
    ) -> Result<Vec<Report>, Ended> {
        let each = opened.into_iter().enumerate().map(|(at, opened)| async move {
            match opened {
                Ok(account) => Ok((at, account.work(work, &self.budget).boxed_local().await)),
                Err(unopened) if self.several => Ok((at, unopened.tell(&self.teller))),
                Err(unopened) => Err(unopened.ended),
            }
        });
        let mut reports: Vec<_> = stream::iter(each).buffer_unordered(AT_ONCE).try_collect().await?;
        reports.sort_by_key(|(at, _)| *at);
        Ok(reports.into_iter().map(|(_, report)| report).collect())
    }

    /// One exit code, the worst, and the report if it is asked for.
    pub fn end(&self, reports: Vec<Report>, as_json: bool) -> Exit {
        let exit = reports.iter().map(|report| report.exit).max().unwrap_or(Exit::Done);
        if as_json {
            match reports.as_slice() {
                [one] if !self.named => print(one),
                _ => print(&Reports::new(reports, exit)),
            }
        }
        exit
    }
}

impl Account {
    async fn work(self, work: &Work, budget: &Budget) -> Report {
        let Self { name, args, scope, settings, shared, choice, counted, journal, teller } = self;
        let path = scope.name();
        let (users, width) = (counted.users, counted.width);
        if work.says_who {
            for note in settings.notes() {
                teller.note(&note);
            }
            teller.identity(&shared.caller.arn, users, &path, &super::target_name(&shared.target));
        }
        let caller = &shared.caller;
        journal.begin(work.command, &caller.account, &caller.arn, &settings.policy, &settings.limits);
        let run = Run {
            policy: &settings.policy,
            at_once: args.concurrency,
            all: users,
            width,
            journal: &journal,
            teller: &teller,
            budget: Some(budget),
            keeps: args.json,
        };
        let tasks = stream(&shared.iam, &choice, counted).map_ok(|user| (user, None));
        let mut tally = fleet::rotate(&shared, &run, tasks).await;
        if work.hand_over.is_some()
            && let Target::HandOver { to, .. } = &shared.target
            && let Err(error) = to.close()
        {
            teller.say(&format!("error: cannot close the document on stdout: {error}"));
            tally.exit = tally.exit.max(Exit::Failed);
        }
        let mut report = report_of(journal, &shared, &path, tally, &teller);
        report.target = name;
        report
    }
}

impl Unopened {
    /// Why, for a command that ends with it.
    pub fn into_ended(self) -> Ended {
        self.ended
    }

    /// Says on stderr why, above the bar of the others.
    fn tell(self, teller: &Teller) -> Report {
        let Self { mut report, ended } = self;
        let name = report.target.as_deref().unwrap_or(&report.path);
        let teller = teller.clone().of_target(name);
        let said = match &ended {
            Ended::Usage(text) => {
                teller.say(&format!("error: {text}"));
                text.clone()
            }
            Ended::Failed(failure) => {
                teller.fault(failure);
                failure.to_string()
            }
        };
        report.error = Some(said);
        report.exit = ended.exit();
        report
    }
}

/// A journal of one target where several name the same file: a journal is written by one run at a time.
fn named(file: &Path, target: &str) -> PathBuf {
    let target: String = target.chars().map(|c| if c == '/' { '-' } else { c }).collect();
    match file.extension().and_then(|ending| ending.to_str()) {
        Some(ending) => file.with_extension(format!("{target}.{ending}")),
        None => file.with_extension(target),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn journals_are_named_after_their_targets() {
        let name = |file: &str, target: &str| named(Path::new(file), target).display().to_string();
        assert_eq!(name("log/rotator.jsonl", "prod"), "log/rotator.prod.jsonl");
        assert_eq!(name("journal", "a/b"), "journal.a-b");
    }
}
