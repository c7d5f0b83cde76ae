//! The ledger: names of the slots in two tags of the IAM user, beside a store that cannot be read.
//! Never a secret.
//!
//! `rotator:slots` names CURRENT, LAST and PENDING, with the time and the UserId; it is one tag, so one
//! write. `rotator:open` says that a rotation has begun; it is a tag of its own, so that an `open` which
//! lands late cannot erase PENDING.

use std::time::SystemTime;

use rotator::{AccessKeyId, Slots, Status};
use sha2::{Digest, Sha256};

use crate::clock::{parse_rfc3339, rfc3339};
use crate::failure::{Class, Failure};
use crate::iam::User;

/// The tag that names the slots.
pub const SLOTS: &str = "rotator:slots";
/// The tag that says that a rotation has begun.
pub const OPEN: &str = "rotator:open";

/// The tag that says that LAST's rest began anew.
pub const REST: &str = "rotator:rest";

/// The ledger as read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ledger {
    /// Who is who.
    pub slots: Slots,
    /// When either tag was last written; `None` if there is none.
    pub written: Option<SystemTime>,
    /// When the names were written that a note of its own may say `open` beside.
    pub named: Option<SystemTime>,
    /// The tags were written for this user, not for an earlier one of the same name.
    pub same_user: bool,
    /// Over what in the store PENDING was to be put: [`note`] of its revision, where it was noted.
    pub over: Option<String>,
}

/// Reads the ledger out of a user's tags.
///
/// # Errors
/// A tag of ours that says something else than what this program writes: then nothing may be decided.
pub fn read(user: &User, tags: &[(String, String)]) -> Result<Ledger, Failure> {
    let find =
        |name: &str| tags.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value);
    let slots = Slots::default();
    let mut ledger = Ledger { slots, written: None, named: None, same_user: true, over: None };
    let mut slots_at = None;
    if let Some(text) = find(SLOTS) {
        let words = Words::parse(SLOTS, text, user)?;
        ledger.slots = Slots {
            current: words.key("current")?,
            last: words.key("last")?,
            pending: words.key("pending")?,
            open: words.get("open").is_some(),
            resting: None,
        };
        slots_at = Some(words.time()?);
        ledger.same_user = words.get("user") == Some(&user.id);
        ledger.over = words.get("over").map(str::to_owned);
        // An adoption opens a rotation together with the names.
        ledger.named = slots_at.filter(|_| !ledger.slots.open);
    }
    let mut open_at = None;
    if let Some(text) = find(OPEN) {
        let words = Words::parse(OPEN, text, user)?;
        open_at = Some(words.time()?);
        ledger.same_user &= words.get("user") == Some(&user.id);
    }
    let mut rest_at = None;
    if let Some(text) = find(REST) {
        let words = Words::parse(REST, text, user)?;
        rest_at = Some(words.time()?);
        // It is about these two keys; once one of them has changed it is history.
        let beside = (words.key("current")?, words.key("last")?);
        if beside == (ledger.slots.current.clone(), ledger.slots.last.clone()) {
            ledger.slots.resting = words.status()?;
        }
    }
    // Naming PENDING or CURRENT closes what was open; times are whole seconds, so a tie is closed too.
    ledger.slots.open |= open_at.is_some_and(|open| slots_at.is_none_or(|slots| open > slots));
    ledger.written = slots_at.max(open_at).max(rest_at);
    Ok(ledger)
}

/// The value of [`SLOTS`].
#[must_use]
pub fn write_slots(user: &User, slots: &Slots, over: Option<&str>, at: SystemTime) -> String {
    let mut words = vec![format!("at={}", rfc3339(at)), format!("user={}", user.id)];
    let named = [("current", &slots.current), ("last", &slots.last), ("pending", &slots.pending)];
    words.extend(named.iter().filter_map(|(word, id)| id.as_ref().map(|id| format!("{word}={id}"))));
    if slots.open {
        words.push("open=yes".to_owned());
    }
    words.extend(over.map(|over| format!("over={over}")));
    words.join(" ")
}

/// A store's revision, short and in letters that a tag may hold: it is compared, and no more.
#[must_use]
pub fn note(revision: &str) -> String {
    Sha256::digest(revision).iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}

/// The value of [`OPEN`].
#[must_use]
pub fn write_open(user: &User, at: SystemTime) -> String {
    format!("at={} user={}", rfc3339(at), user.id)
}

/// The value of [`REST`].
#[must_use]
pub fn write_rest(user: &User, after: &Slots, at: SystemTime) -> String {
    let mut words = vec![write_open(user, at)];
    let named = [("current", &after.current), ("last", &after.last)];
    words.extend(named.iter().filter_map(|(word, id)| id.as_ref().map(|id| format!("{word}={id}"))));
    words.push(match after.resting {
        Some(Status::Inactive) => "status=inactive".to_owned(),
        Some(Status::Active) | None => "status=active".to_owned(),
    });
    words.join(" ")
}

/// `word=value word=value`, in letters that a tag may hold (IAM API reference, `Tag`).
struct Words<'a> {
    tag: &'static str,
    user: &'a User,
    words: Vec<(&'a str, &'a str)>,
}

impl<'a> Words<'a> {
    fn parse(tag: &'static str, text: &'a str, user: &'a User) -> Result<Self, Failure> {
        let words = text.split_whitespace().map(|word| word.split_once('='));
        match words.collect::<Option<Vec<_>>>() {
            Some(words) => Ok(Self { tag, user, words }),
            None => Err(unreadable(tag, user, "it is not a row of word=value")),
        }
    }

    fn get(&self, word: &str) -> Option<&'a str> {
        self.words.iter().find(|(name, _)| *name == word).map(|(_, value)| *value)
    }

    fn key(&self, word: &str) -> Result<Option<AccessKeyId>, Failure> {
        let id = self.get(word).map(AccessKeyId::parse).transpose();
        id.map_err(|error| unreadable(self.tag, self.user, &format!("`{word}`: {error}")))
    }

    fn status(&self) -> Result<Option<Status>, Failure> {
        match self.get("status") {
            Some("active") => Ok(Some(Status::Active)),
            Some("inactive") => Ok(Some(Status::Inactive)),
            Some(_) | None => Err(unreadable(self.tag, self.user, "it does not say how LAST was")),
        }
    }

    fn time(&self) -> Result<SystemTime, Failure> {
        let time = self.get("at").and_then(parse_rfc3339);
        time.ok_or_else(|| unreadable(self.tag, self.user, "it does not say when it was written"))
    }
}

fn unreadable(tag: &str, user: &User, why: &str) -> Failure {
    Failure::new(
        Class::Setup,
        format!("read the tag `{tag}` of {}", user.name),
        format!(
            "{why}; remove the tags `{SLOTS}`, `{OPEN}` and `{REST}` if a person edited them, and run again"
        ),
    )
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, UNIX_EPOCH};

    use super::*;

    fn user() -> User {
        User { name: "ci".into(), id: "AIDAEXAMPLE".into(), path: "/p/".into() }
    }

    fn id(n: u8) -> AccessKeyId {
        AccessKeyId::parse(&format!("AKIA{n:0>16}")).unwrap()
    }

    fn at(seconds: u64) -> SystemTime {
        UNIX_EPOCH + Duration::from_secs(1_800_000_000 + seconds)
    }

    fn tags(slots: Option<String>, open: Option<String>) -> Vec<(String, String)> {
        let slots = slots.map(|value| (SLOTS.to_owned(), value));
        slots.into_iter().chain(open.map(|value| (OPEN.to_owned(), value))).collect()
    }

    #[test]
    fn what_is_written_is_read() {
        let slots = Slots {
            current: Some(id(1)),
            last: Some(id(2)),
            pending: Some(id(3)),
            open: false,
            resting: None,
        };
        let over = note("2026-11-22T10:00:00Z");
        let text = write_slots(&user(), &slots, Some(&over), at(0));
        assert!(text.len() <= 256, "a tag's value has 256 characters at most (IAM user guide, tags)");
        let read = read(&user(), &tags(Some(text), None)).unwrap();
        let (written, named) = (Some(at(0)), Some(at(0)));
        assert_eq!(read, Ledger { slots, written, named, same_user: true, over: Some(over) });
    }

    #[test]
    fn open_holds_until_a_key_is_named() {
        let named = Slots { current: Some(id(1)), ..Slots::default() };
        let slots = Some(write_slots(&user(), &named, None, at(10)));
        let reads = |open| read(&user(), &tags(slots.clone(), Some(write_open(&user(), at(open))))).unwrap();
        assert_eq!((reads(9).slots.open, reads(10).slots.open, reads(11).slots.open), (false, false, true));
        assert_eq!((reads(9).written, reads(11).written), (Some(at(10)), Some(at(11))));
    }

    #[test]
    fn what_open_stands_beside_has_its_own_time() {
        let named = |slots: &Slots, open| {
            let text = write_slots(&user(), slots, None, at(10));
            let ledger = read(&user(), &tags(Some(text), Some(write_open(&user(), at(open))))).unwrap();
            (ledger.slots.open, ledger.named)
        };
        let rests = Slots { current: Some(id(1)), ..Slots::default() };
        assert_eq!(named(&rests, 11), (true, Some(at(10))));
        let adopted = Slots { open: true, ..rests };
        assert_eq!(named(&adopted, 11), (true, None), "opened together with the names");
    }

    #[test]
    fn a_late_open_does_not_erase_pending() {
        let named = Slots { current: Some(id(1)), pending: Some(id(2)), ..Slots::default() };
        let slots = Some(write_slots(&user(), &named, None, at(10)));
        let read = read(&user(), &tags(slots, Some(write_open(&user(), at(20))))).unwrap();
        assert_eq!(read.slots.pending, Some(id(2)));
    }

    #[test]
    fn a_rest_is_about_two_keys() {
        let named = Slots { current: Some(id(1)), last: Some(id(2)), ..Slots::default() };
        let resting = Slots { resting: Some(Status::Inactive), ..named.clone() };
        let with = |slots: &Slots| {
            let mut tags = tags(Some(write_slots(&user(), slots, None, at(10))), None);
            tags.push((REST.to_owned(), write_rest(&user(), &resting, at(20))));
            read(&user(), &tags).unwrap()
        };
        assert_eq!((with(&named).slots, with(&named).written), (resting.clone(), Some(at(20))));
        let exchanged = Slots { current: Some(id(2)), last: Some(id(1)), ..Slots::default() };
        assert_eq!(with(&exchanged).slots.resting, None);
    }

    #[test]
    fn a_user_of_the_same_name_is_another_user() {
        let earlier = User { id: "AIDAEARLIER".into(), ..user() };
        let open = read(&user(), &tags(None, Some(write_open(&earlier, at(0))))).unwrap();
        assert!(!open.same_user);
    }

    #[test]
    fn an_edited_tag_is_refused() {
        for text in ["yes", "at=yesterday", "current=AKIA", "at=2026-11-22T16:00:00Z current=x"] {
            let failure = read(&user(), &tags(Some(text.into()), None)).unwrap_err();
            assert_eq!(failure.class, Class::Setup, "{text}");
        }
    }
}
