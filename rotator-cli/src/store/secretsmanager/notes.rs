//! What a secret says in its tags: all that no version has a place for. Never a secret.
//!
//! | tag | says |
//! | --- | --- |
//! | `rotator:open` | a rotation away from that CURRENT, beside that PENDING, has begun |
//! | `rotator:adopted` | which keys were there before the secret was |
//! | `rotator:promoted` | each key with the time at which it came into force |
//! | `rotator:rest` | LAST's rest has begun anew, and whether LAST is Active |
//! | `rotator:user` | the UserId |

use std::time::SystemTime;

use aws_sdk_secretsmanager::operation::describe_secret::DescribeSecretOutput;
use rotator::{AccessKeyId, Slots, Status};

use crate::clock::{parse_rfc3339, rfc3339};
use crate::failure::{Class, Failure};

pub(super) const OPEN: &str = "rotator:open";
pub(super) const ADOPTED: &str = "rotator:adopted";
pub(super) const PROMOTED: &str = "rotator:promoted";
pub(super) const REST: &str = "rotator:rest";
pub(super) const USER: &str = "rotator:user";

/// LAST, when its rest began anew, and whether it was Inactive then.
pub type Rest = (AccessKeyId, SystemTime, bool);

/// The tags of a secret as read.
#[derive(Debug, Default)]
pub(super) struct Notes {
    pub(super) user: Option<String>,
    /// When it was written, and what beside.
    open: Option<(SystemTime, String)>,
    adopted: Vec<(String, String)>,
    promoted: Vec<(AccessKeyId, SystemTime)>,
    rest: Option<Rest>,
}

impl Notes {
    /// # Errors
    /// A tag from which times are taken says something else than what this program writes: then a rest
    /// could end too early.
    pub(super) fn read(name: &str, secret: &DescribeSecretOutput) -> Result<Self, Failure> {
        let tag = |key: &str| secret.tags().iter().find(|tag| tag.key() == Some(key))?.value();
        let strict = |key: &str, fits: bool| if fits { Ok(()) } else { Err(unreadable(name, key)) };
        let promoted = tag(PROMOTED).map(promotions);
        strict(PROMOTED, promoted != Some(None))?;
        let rest = tag(REST).map(rest);
        strict(REST, rest != Some(None))?;
        let open = tag(OPEN).and_then(|text| {
            let (at, beside) = text.split_once(' ')?;
            Some((parse_rfc3339(at.strip_prefix("at=")?)?, beside.to_owned()))
        });
        Ok(Self {
            user: tag(USER).map(str::to_owned),
            open,
            adopted: words(tag(ADOPTED).unwrap_or_default()),
            promoted: promoted.flatten().unwrap_or_default(),
            rest: rest.flatten(),
        })
    }

    /// When a rotation was opened, whether or not it still is.
    pub(super) fn opened(&self) -> Option<SystemTime> {
        self.open.as_ref().map(|(at, _)| *at)
    }

    /// An `open` is about the rotation away from one CURRENT, beside a PENDING that came to nothing, if
    /// there was one; once either has changed it is history.
    pub(super) fn is_open(&self, slots: &Slots) -> bool {
        self.open.as_ref().is_some_and(|(_, beside)| *beside == away_from(slots))
    }

    /// The key that was adopted as `current` or `last`.
    pub(super) fn adopted(&self, word: &str) -> Option<AccessKeyId> {
        let (_, id) = self.adopted.iter().find(|(name, _)| name == word)?;
        AccessKeyId::parse(id).ok()
    }

    /// When a key came into force, if it is the one that is: of a key that is not, the line was written
    /// before a move that never came, or has been undone.
    pub(super) fn in_force_since(&self, current: Option<&AccessKeyId>) -> Option<SystemTime> {
        let (_, at) = self.promoted.iter().find(|(id, _)| Some(id) == current)?;
        Some(*at)
    }

    /// The rest of this LAST; that of another is history.
    pub(super) fn rest(&self, last: Option<&AccessKeyId>) -> Option<Rest> {
        self.rest.clone().filter(|(id, _, _)| Some(id) == last)
    }
}

/// The value of [`OPEN`].
pub(super) fn open_text(at: SystemTime, slots: &Slots) -> String {
    format!("at={} {}", rfc3339(at), away_from(slots))
}

/// The value of [`ADOPTED`].
pub(super) fn adopted_text(current: &AccessKeyId, last: Option<&AccessKeyId>) -> String {
    let last = last.map(|last| format!(" last={last}")).unwrap_or_default();
    format!("current={current}{last}")
}

/// The value of [`PROMOTED`]: the key that comes into force now, and the one that still is, so that its
/// time is not lost if the move does not come.
pub(super) fn promoted_text(
    next: &AccessKeyId,
    at: SystemTime,
    current: Option<(&AccessKeyId, SystemTime)>,
) -> String {
    let keys = [Some((next, at)), current].into_iter().flatten();
    keys.map(|(id, at)| format!("{id}={}", rfc3339(at))).collect::<Vec<_>>().join(" ")
}

/// The value of [`REST`].
pub(super) fn rest_text(at: SystemTime, last: &AccessKeyId, status: Status) -> String {
    let status = match status {
        Status::Active => "active",
        Status::Inactive => "inactive",
    };
    format!("at={} last={last} status={status}", rfc3339(at))
}

fn away_from(slots: &Slots) -> String {
    let text = |key: &Option<AccessKeyId>| key.as_ref().map_or("none".to_owned(), AccessKeyId::to_string);
    format!("from={} beside={}", text(&slots.current), text(&slots.pending))
}

fn words(text: &str) -> Vec<(String, String)> {
    let words = text.split_whitespace().filter_map(|word| word.split_once('='));
    words.map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}

fn promotions(text: &str) -> Option<Vec<(AccessKeyId, SystemTime)>> {
    let key = |word: &str| {
        let (id, at) = word.split_once('=')?;
        Some((AccessKeyId::parse(id).ok()?, parse_rfc3339(at)?))
    };
    text.split_whitespace().map(key).collect()
}

fn rest(text: &str) -> Option<Rest> {
    let words = words(text);
    let get = |word: &str| words.iter().find(|(name, _)| name == word).map(|(_, value)| value.as_str());
    let inactive = match get("status")? {
        "active" => false,
        "inactive" => true,
        _ => return None,
    };
    Some((AccessKeyId::parse(get("last")?).ok()?, parse_rfc3339(get("at")?)?, inactive))
}

fn unreadable(name: &str, key: &str) -> Failure {
    Failure::new(
        Class::Setup,
        format!("read the tag `{key}` of the secret `{name}`"),
        "it says something else than what this program writes there; remove the tag if a person edited it, \
         and run again",
    )
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, UNIX_EPOCH};

    use aws_sdk_secretsmanager::types::Tag;

    use super::*;

    fn id(n: u8) -> AccessKeyId {
        AccessKeyId::parse(&format!("AKIA{n:0>16}")).unwrap()
    }

    fn at(seconds: u64) -> SystemTime {
        UNIX_EPOCH + Duration::from_secs(1_800_000_000 + seconds)
    }

    fn read(tags: &[(&str, String)]) -> Result<Notes, Failure> {
        let tags = tags.iter().map(|(key, value)| Tag::builder().key(*key).value(value).build());
        Notes::read("ci", &DescribeSecretOutput::builder().set_tags(Some(tags.collect())).build())
    }

    #[test]
    fn what_is_written_is_read() {
        let slots = Slots { current: Some(id(1)), pending: Some(id(3)), ..Slots::default() };
        let notes = read(&[
            (OPEN, open_text(at(1), &slots)),
            (ADOPTED, adopted_text(&id(1), Some(&id(2)))),
            (PROMOTED, promoted_text(&id(3), at(3), Some((&id(1), at(2))))),
            (REST, rest_text(at(4), &id(2), Status::Inactive)),
        ]);
        let notes = notes.unwrap();
        assert_eq!((notes.opened(), notes.is_open(&slots)), (Some(at(1)), true));
        assert!(!notes.is_open(&Slots { pending: None, ..slots }), "it was about that PENDING");
        assert_eq!((notes.adopted("current"), notes.adopted("last")), (Some(id(1)), Some(id(2))));
        assert_eq!(notes.rest(Some(&id(2))), Some((id(2), at(4), true)));
        assert_eq!(notes.rest(Some(&id(1))), None, "the rest of an earlier LAST is history");
    }

    #[test]
    fn a_promotion_is_believed_of_the_key_in_force_only() {
        let notes = read(&[(PROMOTED, promoted_text(&id(3), at(3), Some((&id(1), at(2)))))]).unwrap();
        assert_eq!(notes.in_force_since(Some(&id(3))), Some(at(3)), "the move came");
        assert_eq!(notes.in_force_since(Some(&id(1))), Some(at(2)), "it did not");
        assert_eq!(notes.in_force_since(Some(&id(2))), None, "somebody else moved it elsewhere");
        assert_eq!(notes.in_force_since(None), None);
    }

    #[test]
    fn an_edited_time_is_refused() {
        for text in ["yes", "AKIA=2026-11-22T16:00:00Z", "AKIA0000000000000001=today"] {
            assert_eq!(read(&[(PROMOTED, text.to_owned())]).unwrap_err().class, Class::Setup, "{text}");
        }
        let rest = rest_text(at(0), &id(1), Status::Active);
        for text in ["", "at=today", &rest.replace("active", "asleep"), &rest.replace("at=", "on=")] {
            assert_eq!(read(&[(REST, text.to_owned())]).unwrap_err().class, Class::Setup, "{text}");
        }
    }

    #[test]
    fn tags_are_short_enough() {
        let long = AccessKeyId::parse(&"A".repeat(42)).unwrap();
        let slots = Slots { current: Some(long.clone()), pending: Some(long.clone()), ..Slots::default() };
        let texts = [
            open_text(at(0), &slots),
            adopted_text(&long, Some(&long)),
            promoted_text(&long, at(0), Some((&long, at(0)))),
            rest_text(at(0), &long, Status::Inactive),
        ];
        for text in texts {
            assert!(text.len() <= 256, "{text} (API reference, Tag)");
        }
    }
}
