//! What is asked of every side: operations on one user, drawn at random.

use std::fmt;

use rotator::Status;

use super::reference::Reference;

/// One call, told without names and ids: each side has its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Operation {
    CreateUser,
    /// A user whose name differs by case alone. Left out while there is no user of the usual name.
    CreateUserInCapitals,
    DeleteUser,
    CreateKey,
    UpdateKey(Key, Status),
    DeleteKey(Key),
    LastUsed(Key),
    /// STS GetCallerIdentity, signed with the key.
    Identity(Key),
    /// The ledger's two tags in one call, each with the value of this number if it is named.
    Tag {
        slots: Option<u8>,
        open: Option<u8>,
    },
    /// `ROTATOR:SLOTS`.
    TagInCapitals(u8),
    /// `rotator:slots` beside a tag whose key has a letter that no tag may have.
    TagBesideInvalid(u8),
    Untag {
        slots: bool,
        open: bool,
    },
}

/// Whose key, and which.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Key {
    /// The one that was made as the `n`th for this user, whatever became of it since.
    Made(u8),
    /// An id that was never given to anybody.
    Nobodys,
    /// The one key of another user. It never signs.
    Neighbours,
}

/// A sequence of `length` operations: the same for the same seed and number.
pub fn draw(seed: u64, number: u64, length: usize) -> Vec<Operation> {
    // Mixed, for states that lie one step apart would give the same stream, shifted by one.
    let mut random = Random(mixed(seed ^ mixed(number.wrapping_add(1))));
    // Played on the reference at once, so that most operations meet a user and keys that are there.
    let mut reference = Reference::default();
    let draw = || {
        let operation = random.operation(&reference);
        let asked = reference.perform(&operation).is_some();
        asked.then_some(operation)
    };
    std::iter::repeat_with(draw).flatten().take(length).collect()
}

/// SplitMix64: small, and the same everywhere.
struct Random(u64);

fn mixed(state: u64) -> u64 {
    let state = (state ^ (state >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let state = (state ^ (state >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    state ^ (state >> 31)
}

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        mixed(self.0)
    }

    fn below(&mut self, bound: u8) -> u8 {
        u8::try_from(self.next() % u64::from(bound.max(1))).unwrap_or_default()
    }

    fn operation(&mut self, now: &Reference) -> Operation {
        if !now.exists() && self.below(2) == 0 {
            return Operation::CreateUser;
        }
        match self.below(100) {
            0..5 => Operation::CreateUser,
            5..8 => Operation::CreateUserInCapitals,
            8..14 => Operation::DeleteUser,
            14..34 => Operation::CreateKey,
            34..42 => Operation::UpdateKey(self.key(now), Status::Inactive),
            42..46 => Operation::UpdateKey(self.key(now), Status::Active),
            46..58 => Operation::DeleteKey(self.key(now)),
            58..67 => Operation::LastUsed(self.key(now)),
            67..81 => Operation::Identity(match self.key(now) {
                Key::Neighbours => Key::Nobodys,
                key @ (Key::Made(_) | Key::Nobodys) => key,
            }),
            81..89 => match self.below(3) {
                0 => Operation::Tag { slots: Some(self.below(4)), open: None },
                1 => Operation::Tag { slots: None, open: Some(self.below(4)) },
                _ => Operation::Tag { slots: Some(self.below(4)), open: Some(self.below(4)) },
            },
            89..92 => Operation::TagInCapitals(self.below(4)),
            92..94 => Operation::TagBesideInvalid(self.below(4)),
            _ => match self.below(3) {
                0 => Operation::Untag { slots: true, open: false },
                1 => Operation::Untag { slots: false, open: true },
                _ => Operation::Untag { slots: true, open: true },
            },
        }
    }

    /// Mostly one of the last three.
    fn key(&mut self, now: &Reference) -> Key {
        match (self.below(10), now.made()) {
            (0, _) => Key::Nobodys,
            (1, _) => Key::Neighbours,
            (_, 0) => Key::Nobodys,
            (_, made) => Key::Made(made - self.below(made.min(3))),
        }
    }
}

impl Operation {
    /// The same with a key that was made earlier, if it names one: for a story that is being shortened.
    pub fn earlier(&self) -> Option<Self> {
        let earlier = |key: &Key| match key {
            Key::Made(number) if *number > 1 => Some(Key::Made(number - 1)),
            Key::Made(_) | Key::Nobodys | Key::Neighbours => None,
        };
        match self {
            Self::UpdateKey(key, status) => earlier(key).map(|key| Self::UpdateKey(key, *status)),
            Self::DeleteKey(key) => earlier(key).map(Self::DeleteKey),
            Self::LastUsed(key) => earlier(key).map(Self::LastUsed),
            Self::Identity(key) => earlier(key).map(Self::Identity),
            Self::CreateUser
            | Self::CreateUserInCapitals
            | Self::DeleteUser
            | Self::CreateKey
            | Self::Tag { .. }
            | Self::TagInCapitals(_)
            | Self::TagBesideInvalid(_)
            | Self::Untag { .. } => None,
        }
    }

    /// The key it names.
    pub fn key(&self) -> Option<Key> {
        match self {
            Self::UpdateKey(key, _) | Self::DeleteKey(key) | Self::LastUsed(key) | Self::Identity(key) => {
                Some(*key)
            }
            Self::CreateUser
            | Self::CreateUserInCapitals
            | Self::DeleteUser
            | Self::CreateKey
            | Self::Tag { .. }
            | Self::TagInCapitals(_)
            | Self::TagBesideInvalid(_)
            | Self::Untag { .. } => None,
        }
    }
}

impl fmt::Display for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::CreateUser => f.write_str("CreateUser"),
            Self::CreateUserInCapitals => f.write_str("CreateUser, the name in capitals"),
            Self::DeleteUser => f.write_str("DeleteUser"),
            Self::CreateKey => f.write_str("CreateAccessKey"),
            Self::UpdateKey(key, status) => write!(f, "UpdateAccessKey of {key} to {status:?}"),
            Self::DeleteKey(key) => write!(f, "DeleteAccessKey of {key}"),
            Self::LastUsed(key) => write!(f, "GetAccessKeyLastUsed of {key}"),
            Self::Identity(key) => write!(f, "GetCallerIdentity with {key}"),
            Self::Tag { slots, open } => {
                let slots = slots.map(|value| format!(" slots={value}"));
                let open = open.map(|value| format!(" open={value}"));
                write!(f, "TagUser{}{}", slots.unwrap_or_default(), open.unwrap_or_default())
            }
            Self::TagInCapitals(value) => write!(f, "TagUser SLOTS={value}, the key in capitals"),
            Self::TagBesideInvalid(value) => write!(f, "TagUser slots={value} beside an invalid tag"),
            Self::Untag { slots, open } => {
                let slots = if *slots { " slots" } else { "" };
                write!(f, "UntagUser{slots}{}", if *open { " open" } else { "" })
            }
        }
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Made(number) => write!(f, "key {number}"),
            Self::Nobodys => f.write_str("nobody's key"),
            Self::Neighbours => f.write_str("another user's key"),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[test]
    fn a_seed_and_a_number_are_one_sequence() {
        assert_eq!(draw(7, 3, 20), draw(7, 3, 20));
        assert_ne!(draw(7, 3, 20), draw(7, 4, 20));
        assert_ne!(draw(7, 3, 20), draw(8, 3, 20));
    }

    /// A generator that stops meeting anything would make the comparison worthless.
    #[test]
    fn every_kind_of_answer_is_met_in_the_short_form() {
        let mut answers = BTreeMap::new();
        for number in 0..60 {
            let mut reference = Reference::default();
            for operation in draw(1, number, 20) {
                let (case, expected) = reference.perform(&operation).unwrap();
                *answers.entry(format!("{case:?}: {expected}")).or_insert(0) += 1;
            }
        }
        assert_eq!(answers.values().sum::<u32>(), 1_200);
        let met: Vec<_> = answers.keys().map(String::as_str).filter(|met| !met.contains(": key ")).collect();
        let expected = [
            "CreateUserInCapitals: 409 EntityAlreadyExists",
            "DeleteUserWithKeys: 409 DeleteConflict",
            "IdentityOfGone: 403 InvalidClientTokenId",
            "IdentityOfInactive: a refusal",
            "Ordinary: 404 NoSuchEntity",
            "Ordinary: 409 EntityAlreadyExists",
            "Ordinary: 409 LimitExceeded",
            "Ordinary: a refusal",
            "Ordinary: done",
            "Ordinary: never used, another user's",
            "Ordinary: never used, the user's",
            "Ordinary: the user",
            "Ordinary: used, the user's",
            "TagBesideInvalid: a refusal",
            "TagSpelledOtherwise: done",
        ];
        assert_eq!(met, expected);
    }
}
