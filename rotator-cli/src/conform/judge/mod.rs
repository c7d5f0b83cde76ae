//! What each rule says of one user: it holds, it is broken, or it cannot be judged.
//!
//! What the trail shows may convict. What it does not show convicts only where it would have been shown:
//! nothing is read from silence before the trail's first record, from a part that could not be read, or from an
//! extract. Within one second nothing is taken to have come before anything else.

mod ages;
mod counts;
mod hands;
mod taken;

use std::time::{Duration, UNIX_EPOCH};

use super::collect::Change;
use super::rules::Rule;
use super::users::{Key, User};
use crate::clock::rfc3339;

/// The spans that rules speak of, in seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Times {
    /// LAST's rest.
    pub min_age: u64,
    /// How long a key may work.
    pub period: u64,
    /// How long a key that was switched off stays, where somebody has promised that.
    pub quarantine: Option<u64>,
}

/// What came of a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    /// It holds.
    Held,
    /// Something needed for it is not known. Never taken for held.
    Unjudged,
    /// It does not hold.
    Broken,
}

impl Verdict {
    /// The same words in every format.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Held => "held",
            Self::Unjudged => "cannot be judged",
            Self::Broken => "broken",
        }
    }
}

/// One rule's word on one user.
#[derive(Debug, Clone)]
pub struct Judgement {
    /// The rule.
    pub rule: &'static Rule,
    /// What came of it.
    pub verdict: Verdict,
    /// Why something could not be judged, each a sentence.
    pub reasons: Vec<String>,
    /// What broke it.
    pub findings: Vec<Finding>,
}

/// One thing that broke a rule.
#[derive(Debug, Clone)]
pub struct Finding {
    /// The rule.
    pub rule: &'static Rule,
    /// The key.
    pub key: String,
    /// When, in seconds since 1970.
    pub at: u64,
    /// What happened, in one sentence.
    pub says: String,
    /// What a person does next.
    pub next: String,
    /// The events that show it, the one that did it first.
    pub events: Vec<Change>,
}

/// Judges one user by every rule that is asked, in the order of [`super::rules::RULES`]. `whole`: what the trail does not show
/// did not happen since its first record.
#[must_use]
pub fn judge(user: &User, times: Times, whole: bool) -> Vec<Judgement> {
    let case = Case {
        user,
        times,
        whole,
        used: user.keys.iter().any(|key| !key.jobs.is_empty()),
        known_from: known_from(user, whole),
    };
    let (served, last) = taken::judge(&case);
    let mut judged = vec![served, counts::current_works(&case), last];
    judged.extend(times.quarantine.map(|quarantine| ages::off_before_gone(&case, quarantine)));
    judged.extend([
        counts::too_many(&case),
        ages::rotated_in_time(&case),
        ages::off_and_left(&case),
        hands::judge(&case),
    ]);
    judged
}

/// One user, and what may be concluded about it.
struct Case<'a> {
    user: &'a User,
    times: Times,
    whole: bool,
    /// Some use of some key of the user by a job is in the trail.
    used: bool,
    /// From when on no key of the user is unknown.
    known_from: Option<u64>,
}

impl Case<'_> {
    /// All keys of the user are known.
    fn knows_all(&self, at: u64) -> bool {
        self.known_from.is_some_and(|from| from <= at)
    }

    /// The user was deleted soon after, and IAM demands that its keys go first (API reference, DeleteUser).
    fn cleared_away(&self, at: u64) -> bool {
        let gone = self.user.gone.as_ref().map(|gone| gone.at).filter(|gone| *gone >= at && gone - at <= DAY);
        gone.is_some_and(|gone| {
            let made = |key: &Key| key.made.as_ref().is_some_and(|made| made.at > at && made.at <= gone);
            !self.user.keys.iter().any(made)
        })
    }

    /// The key was made within the trail, and no job used it up to then, though uses would be shown.
    fn never_used(&self, key: &Key, by: u64) -> bool {
        self.used && self.whole && key.made.is_some() && key.jobs.last_by(by).is_none()
    }

    fn others<'k>(&'k self, key: &'k Key, at: u64) -> impl Iterator<Item = &'k Key> {
        self.user.keys.iter().filter(move |other| other.id != key.id && other.there(at))
    }
}

/// Since when all keys are known: since the user was made, or since two keys were there at once, for IAM allows
/// no third.
fn known_from(user: &User, whole: bool) -> Option<u64> {
    let life = |key: &Key| {
        // A whole trail would have shown how it was made, so it was there when that began.
        let from = if whole && key.made.is_none() { Some(user.span.0) } else { key.first_seen() };
        Some((from?, key.gone.as_ref().map_or(u64::MAX, |gone| gone.at)))
    };
    let mut first = user.made.as_ref().map(|made| made.at);
    for (at, one) in user.keys.iter().enumerate() {
        for other in user.keys.iter().skip(at + 1) {
            let Some(((from, to), (other_from, other_to))) = life(one).zip(life(other)) else { continue };
            let both = from.max(other_from);
            if both < to.min(other_to) {
                first = Some(first.map_or(both, |first| first.min(both)));
            }
        }
    }
    first
}

const DAY: u64 = 24 * 60 * 60;

const UNREAD: &str =
    "part of the trail was not read, or it is an extract: what it does not show may have happened";

/// What was found so far.
#[derive(Default)]
struct Notes {
    reasons: Vec<String>,
    findings: Vec<Finding>,
}

impl Notes {
    fn unjudged(&mut self, reason: impl Into<String>) {
        let reason = reason.into();
        if !self.reasons.contains(&reason) {
            self.reasons.push(reason);
        }
    }

    fn judged(mut self, rule: &'static Rule) -> Judgement {
        self.findings.sort_by(|a, b| (a.at, &a.key).cmp(&(b.at, &b.key)));
        let verdict = match (self.findings.is_empty(), self.reasons.is_empty()) {
            (false, _) => Verdict::Broken,
            (true, false) => Verdict::Unjudged,
            (true, true) => Verdict::Held,
        };
        Judgement { rule, verdict, reasons: self.reasons, findings: self.findings }
    }
}

/// `2026-11-22T16:00:00Z`
pub(super) fn when(at: u64) -> String {
    rfc3339(UNIX_EPOCH + Duration::from_secs(at))
}

/// `3d 4h`, `12min`: two units, rounded down.
pub(super) fn span(seconds: u64) -> String {
    let units = [(DAY, "d"), (3_600, "h"), (60, "min"), (1, "s")];
    let mut rest = seconds;
    let mut words = Vec::new();
    for (unit, name) in units {
        if rest >= unit && words.len() < 2 {
            words.push(format!("{}{name}", rest / unit));
            rest %= unit;
        } else if !words.is_empty() {
            break;
        }
    }
    if words.is_empty() { "0s".to_owned() } else { words.join(" ") }
}

/// What a change did to a key, in the past tense.
fn did(change: &Change) -> &'static str {
    use super::collect::What;
    match change.what {
        What::KeyOff => "deactivated",
        What::KeyGone => "deleted",
        What::KeyMade | What::UserMade => "made",
        What::KeyOn => "activated",
        What::UserRenamed => "renamed",
        What::UserGone => "deleted with its user",
    }
}
