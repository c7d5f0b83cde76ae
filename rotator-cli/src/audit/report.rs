//! The report as data, which every format prints.

use std::time::{Duration, SystemTime};

use rotator::{AccessKeyId, Status, Used};

use crate::history::{Role, UserHistory};

/// All of it.
#[derive(Debug, Clone)]
pub struct Audit {
    /// The program's version.
    pub version: &'static str,
    /// The account's number.
    pub account: String,
    /// Who asked: the identity's ARN.
    pub caller: String,
    /// Which users: a path as IAM has it, or `every user`.
    pub scope: String,
    /// When, by IAM's clock.
    pub at: SystemTime,
    /// What it rests on, in words: the account itself, and each journal and trail that was given.
    pub sources: Vec<String>,
    /// CURRENT is due at this age, where `--rotate-after` says it.
    pub rotate_after: Option<Duration>,
    /// LAST's rest.
    pub min_age: Duration,
    /// The users, by name.
    pub users: Vec<AuditedUser>,
    /// Users without a key, of whom nothing remembers one, and who are therefore not in the list: with
    /// `--all`, where most of them are people.
    pub without_keys: usize,
    /// Every rule that was asked, in a fixed order.
    pub rules: Vec<&'static Rule>,
    /// What came of it: by rule in that order, then by user, then by key.
    pub verdicts: Vec<Verdict>,
    /// What can be stated and not judged: which policy is configured.
    pub statements: Vec<Statement>,
}

/// What a standard asks of a policy, and what can be said of it without judging.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    /// Where it is asked.
    pub standard: Standard,
    /// What is so, in sentences.
    pub says: String,
}

/// One user.
#[derive(Debug, Clone)]
pub struct AuditedUser {
    /// The name.
    pub name: String,
    /// The path.
    pub path: String,
    /// The keys that IAM lists, oldest first.
    pub keys: Vec<AuditedKey>,
    /// Whether the user could be looked at. If not, no key is known here, and the note says why.
    pub seen: bool,
    /// Why the user could not be looked at, or what does not fit together. A sentence.
    pub note: Option<String>,
    /// The keys over time, those that are gone included, as far as journals and trails tell.
    pub history: UserHistory,
}

/// One key as it stands.
#[derive(Debug, Clone)]
pub struct AuditedKey {
    /// Its id.
    pub id: AccessKeyId,
    /// Whether it works.
    pub status: Status,
    /// Its role; `None` where nothing names any key of this user, and dates and use do not tell.
    pub role: Option<Role>,
    /// Its CreateDate.
    pub created: SystemTime,
    /// Its age at [`Audit::at`].
    pub age: Duration,
    /// Its last use, as an age at [`Audit::at`].
    pub used: Used,
    /// By which service and where it was last used, as IAM names them: `s3 in eu-central-1`.
    pub used_by: Option<String>,
    /// When it is due: CURRENT, where `--rotate-after` says when.
    pub due: Option<SystemTime>,
}

/// One rule.
#[derive(Debug, PartialEq, Eq)]
pub struct Rule {
    /// Stable, for `--fail-on`, SARIF and JUnit: `rotated-90`.
    pub id: &'static str,
    /// A few words.
    pub title: &'static str,
    /// What it asks, in one sentence.
    pub says: &'static str,
    /// Where it stands, with the number that each version gives it.
    pub standards: &'static [Standard],
}

/// A rule's place in one version of one standard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standard {
    /// `CIS AWS Foundations`.
    pub name: &'static str,
    /// `v5.0`, `v1.4 to v4.0`, or empty where there is none.
    pub version: &'static str,
    /// `1.14`, or the rule's name there.
    pub number: &'static str,
}

/// What one rule says of one user or key.
#[derive(Debug, Clone)]
pub struct Verdict {
    /// The rule.
    pub rule: &'static Rule,
    /// The user; `None` where the rule is about the whole.
    pub user: Option<String>,
    /// The key, where the rule is about one.
    pub key: Option<AccessKeyId>,
    /// What came of it.
    pub outcome: Outcome,
    /// Why, in one sentence with the figures.
    pub says: String,
    /// What a person does next, where the rule is broken or could not be judged.
    pub next: Option<String>,
}

/// What came of a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Outcome {
    /// It holds.
    Held,
    /// Something needed for it is not known. Never taken for held.
    Unjudged,
    /// It does not hold.
    Broken,
}

impl Audit {
    /// How many verdicts of a rule came out so.
    #[must_use]
    pub fn count(&self, rule: &Rule, outcome: Outcome) -> usize {
        let of_rule = self.verdicts.iter().filter(|verdict| verdict.rule.id == rule.id);
        of_rule.filter(|verdict| verdict.outcome == outcome).count()
    }

    /// The verdicts that came out so, in order.
    pub fn with(&self, outcome: Outcome) -> impl Iterator<Item = &Verdict> {
        self.verdicts.iter().filter(move |verdict| verdict.outcome == outcome)
    }
}

impl Rule {
    /// Where it stands, in one line: `CIS AWS Foundations 1.14 (v1.4 to v4.0), 1.13 (v5.0)`. Empty for a
    /// rule of our own.
    #[must_use]
    pub fn places(&self) -> String {
        let mut text = String::new();
        let mut before = "";
        for Standard { name, version, number } in self.standards {
            let separator = if text.is_empty() { "" } else { ", " };
            let name_once = if *name == before { String::new() } else { format!("{name} ") };
            let version = if version.is_empty() { String::new() } else { format!(" ({version})") };
            text = format!("{text}{separator}{name_once}{number}{version}");
            before = name;
        }
        text
    }
}

impl Verdict {
    /// Whom it is about: the user and the key, or the whole account.
    #[must_use]
    pub fn subject(&self) -> String {
        match (&self.user, &self.key) {
            (Some(user), Some(key)) => format!("{user} {key}"),
            (Some(user), None) => user.clone(),
            (None, _) => "the account".to_owned(),
        }
    }
}

impl Outcome {
    /// `held`, `cannot be judged`, `broken`: the same words in every format.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Held => "held",
            Self::Unjudged => "cannot be judged",
            Self::Broken => "broken",
        }
    }
}
