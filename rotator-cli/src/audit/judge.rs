//! From what was seen of the users to verdicts. Pure: ages are in what was seen.

use std::time::Duration;

use rotator::{AccessKeyId, Facts, Memory, Refusal, Slots};

use super::asks::{
    current_works, half_done, one_active, overdue, rotated, too_many_keys, unknown_key, unused,
};
use super::rules::{
    CURRENT_WORKS, HALF_DONE, ONE_ACTIVE, OVERDUE, OWN_KEY, ROTATED_90, RULES, TOO_MANY_KEYS, UNKNOWN_KEY,
    UNUSED_45, UNUSED_90, UNUSED_FOR_45, UNUSED_FOR_90,
};
use super::{AuditedKey, AuditedUser, Outcome, Rule, Verdict};
use crate::history::Role;

/// A user, and what was seen of the keys; `None` where the user could not be looked at.
#[derive(Debug)]
pub struct Looked {
    /// For the report.
    pub user: AuditedUser,
    /// The look.
    pub seen: Option<Seen>,
}

/// A look.
#[derive(Debug)]
pub struct Seen {
    /// As `decide` takes them.
    pub facts: Facts,
    /// Who is who.
    pub slots: Slots,
}

/// What the rules rest on.
pub struct Terms<'a> {
    /// CURRENT is due at this age.
    pub rotate_after: Option<Duration>,
    /// A key without a name and this old is a dead run's.
    pub stray_after: Duration,
    /// The name of the user whose own long-lived key signs, if one does.
    pub signer: Option<String>,
    /// In whose words the next step after a refusal is told.
    pub words_for: &'a dyn Fn(&Refusal) -> Memory,
}

/// Asks every rule about every user. The verdicts come by rule, then by user, then by key.
#[must_use]
pub fn judge(looked: &[Looked], terms: &Terms<'_>) -> (Vec<&'static Rule>, Vec<Verdict>) {
    let asked = |rule: &&Rule| **rule != OVERDUE || terms.rotate_after.is_some();
    let rules: Vec<&'static Rule> = RULES.into_iter().filter(asked).collect();
    let mut verdicts = Vec::new();
    for rule in &rules {
        if **rule == OWN_KEY {
            verdicts.push(own_key(looked, terms));
            continue;
        }
        for Looked { user, seen } in looked {
            let found = match seen {
                Some(seen) => ask(rule, &About { user, seen, terms }),
                None => vec![not_seen()],
            };
            verdicts.extend(found.into_iter().map(|found| found.verdict(rule, Some(user))));
        }
    }
    (rules, verdicts)
}

/// One user, for a rule to ask about.
pub(super) struct About<'a> {
    pub user: &'a AuditedUser,
    pub seen: &'a Seen,
    pub terms: &'a Terms<'a>,
}

fn ask(rule: &Rule, about: &About<'_>) -> Vec<Found> {
    let each_key = |one: fn(&About<'_>, &AuditedKey) -> Found| {
        about.user.keys.iter().map(|key| one(about, key)).collect::<Vec<_>>()
    };
    match rule {
        rule if *rule == ROTATED_90 => each_key(rotated),
        rule if *rule == UNUSED_45 => each_key(|about, key| unused(about, key, UNUSED_FOR_45)),
        rule if *rule == UNUSED_90 => each_key(|about, key| unused(about, key, UNUSED_FOR_90)),
        rule if *rule == UNKNOWN_KEY => each_key(unknown_key),
        rule if *rule == ONE_ACTIVE => one_active(about).into_iter().collect(),
        rule if *rule == CURRENT_WORKS => current_works(about).into_iter().collect(),
        rule if *rule == HALF_DONE => half_done(about).into_iter().collect(),
        rule if *rule == TOO_MANY_KEYS => too_many_keys(about).into_iter().collect(),
        rule if *rule == OVERDUE => overdue(about).into_iter().collect(),
        // Asked of all users at once.
        _ => Vec::new(),
    }
}

/// A verdict, before it is known of whom.
pub(super) struct Found {
    pub key: Option<AccessKeyId>,
    pub outcome: Outcome,
    pub says: String,
    pub next: Option<String>,
}

impl Found {
    pub fn held(says: impl Into<String>) -> Self {
        Self { key: None, outcome: Outcome::Held, says: says.into(), next: None }
    }

    pub fn broken(says: impl Into<String>, next: impl Into<String>) -> Self {
        Self { key: None, outcome: Outcome::Broken, says: says.into(), next: Some(next.into()) }
    }

    pub fn unjudged(says: impl Into<String>, next: impl Into<String>) -> Self {
        Self { key: None, outcome: Outcome::Unjudged, says: says.into(), next: Some(next.into()) }
    }

    pub fn of(self, key: &AccessKeyId) -> Self {
        Self { key: Some(key.clone()), ..self }
    }

    fn verdict(self, rule: &'static Rule, user: Option<&AuditedUser>) -> Verdict {
        let Self { key, outcome, says, next } = self;
        Verdict { rule, user: user.map(|user| user.name.clone()), key, outcome, says, next }
    }
}

/// What every rule says of a user who could not be looked at.
pub(super) const NOT_SEEN: &str = "the user could not be looked at";

fn not_seen() -> Found {
    Found::unjudged(NOT_SEEN, "see the user's note, then audit again")
}

fn own_key(looked: &[Looked], terms: &Terms<'_>) -> Verdict {
    for Looked { user, seen } in looked {
        let Some(Seen { facts: Facts { own: Some(own), .. }, .. }) = seen else { continue };
        let role = user.keys.iter().find(|key| key.id == *own).and_then(|key| key.role);
        let name = role.map_or("not known", Role::name);
        let found = match role {
            Some(Role::Last) => {
                let refusal = Refusal::OwnKey(own.clone());
                let next = refusal.next_step(&user.name, (terms.words_for)(&refusal));
                let says = format!(
                    "the audit signs with {own}, which is LAST and which the next rotation takes away"
                );
                Found::broken(says, next)
            }
            None => Found::unjudged(
                format!("the audit signs with {own}, and which role that key has is not known"),
                "see `unknown-key` for this user",
            ),
            Some(Role::Current | Role::Pending | Role::Stray) => {
                Found::held(format!("the audit signs with {own}, which is {name}"))
            }
        };
        return found.of(own).verdict(&OWN_KEY, Some(user));
    }
    let unseen = |looked: &&Looked| {
        looked.seen.is_none()
            && terms.signer.as_ref().is_some_and(|name| name.eq_ignore_ascii_case(&looked.user.name))
    };
    match looked.iter().find(unseen) {
        Some(Looked { user, .. }) => not_seen().verdict(&OWN_KEY, Some(user)),
        None => Found::held("the audit signs with no key of these users").verdict(&OWN_KEY, None),
    }
}
