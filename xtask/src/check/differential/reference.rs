//! The reference: the model's IAM, and what of AWS the model has no need of (tags, a neighbour).

use std::collections::BTreeMap;

use rotator::Status;
use rotator::model::iam::{Iam, Id, No};

use super::answer::{Answer, Shown, View, Who};
use super::operation::{Key, Operation};

pub const SLOTS: &str = "rotator:slots";
pub const OPEN: &str = "rotator:open";

/// One user, at first not there.
#[derive(Clone)]
pub struct Reference {
    pub iam: Iam,
    /// By key: tag keys of users differ by more than case (IAM user guide, "Tags for IAM resources").
    tags: BTreeMap<&'static str, String>,
    /// The key of the slots' tag was last written in capitals.
    capitals: bool,
    made: u8,
}

/// What AWS answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Expected {
    Answer(Answer),
    /// A refusal whose code no page of AWS gives.
    Refusal,
}

/// What an operation turned out to be about, as far as some endpoint treats it in a way of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Case {
    Ordinary,
    CreateUserInCapitals,
    DeleteUserWithKeys,
    IdentityOfInactive,
    IdentityOfGone,
    TagSpelledOtherwise,
    TagBesideInvalid,
    /// Not an operation, but the list after it.
    ListAccessKeys,
}

impl Default for Reference {
    fn default() -> Self {
        let mut iam = Iam::default();
        let _ = iam.delete_user();
        Self { iam, tags: BTreeMap::new(), capitals: false, made: 0 }
    }
}

impl Reference {
    /// `None`: what AWS does is not published, or the neighbour would leave a trace. Not to be asked.
    pub fn perform(&mut self, operation: &Operation) -> Option<(Case, Expected)> {
        let ordinary = |answer| Some((Case::Ordinary, Expected::Answer(answer)));
        match operation {
            Operation::CreateUser => ordinary(done(self.iam.create_user())),
            Operation::CreateUserInCapitals if !self.exists() => None,
            Operation::CreateUserInCapitals => {
                let answer = done(Err(No::EntityAlreadyExists));
                Some((Case::CreateUserInCapitals, Expected::Answer(answer)))
            }
            Operation::DeleteUser => {
                let case = if self.keys() { Case::DeleteUserWithKeys } else { Case::Ordinary };
                let deleted = self.iam.delete_user();
                if deleted.is_ok() {
                    self.forget_tags();
                }
                Some((case, Expected::Answer(done(deleted))))
            }
            Operation::CreateKey => ordinary(match self.iam.create_key() {
                Ok(id) => {
                    self.made = id.number();
                    Answer::Key(self.made)
                }
                Err(no) => done(Err(no)),
            }),
            Operation::UpdateKey(key, status) => ordinary(done(match self.own(*key) {
                Some(id) => self.iam.update_key(id, *status),
                None => Err(No::NoSuchEntity),
            })),
            Operation::DeleteKey(key) => ordinary(done(match self.own(*key) {
                Some(id) => self.iam.delete_key(id),
                None => Err(No::NoSuchEntity),
            })),
            Operation::LastUsed(key) => Some(self.last_used(*key)),
            Operation::Identity(Key::Neighbours) => None,
            Operation::Identity(key) => Some(self.identity(*key)),
            Operation::Tag { slots, open } => Some(self.tag(*slots, *open, false)),
            Operation::TagInCapitals(value) => Some(self.tag(Some(*value), None, true)),
            // API reference, TagUser: one invalid tag, and the entire request fails. With which code is
            // not said.
            Operation::TagBesideInvalid(_) => Some((Case::TagBesideInvalid, Expected::Refusal)),
            // Whether a key in another case is found by UntagUser is not published.
            Operation::Untag { slots: true, .. } if self.capitals => None,
            Operation::Untag { slots, open } if self.exists() => {
                self.tags.retain(|key, _| !(*slots && *key == SLOTS || *open && *key == OPEN));
                ordinary(Answer::Done)
            }
            Operation::Untag { .. } => ordinary(done(Err(No::NoSuchEntity))),
        }
    }

    /// Does what AWS refuses, where an endpoint did it and the comparison goes on from there.
    pub fn follow(&mut self, operation: &Operation) {
        match (operation, operation.key().and_then(|key| self.own(key))) {
            (Operation::DeleteUser, _) => {
                self.iam.recreate_user();
                let _ = self.iam.delete_user();
                self.forget_tags();
            }
            (Operation::Identity(_), Some(id)) => {
                let before = self.iam.key(id).map(|key| key.status);
                let _ = self.iam.update_key(id, Status::Active);
                self.iam.used(id);
                if let Some(before) = before {
                    let _ = self.iam.update_key(id, before);
                }
            }
            (_, _) => {}
        }
    }

    pub fn look(&self) -> View {
        if !self.exists() {
            let nobody = done(Err(No::NoSuchEntity));
            return View { keys: Err(nobody.clone()), tags: Err(nobody), neighbour_intact: true };
        }
        let keys = self.iam.keys().map(|key| Shown {
            number: Some(key.id.number()),
            active: key.status == Status::Active,
            // API reference, AccessKeyMetadata; user guide, "Unique identifiers".
            whole_second: true,
            prefix: true,
        });
        View { keys: Ok(keys.collect()), tags: Ok(self.tags()), neighbour_intact: true }
    }

    pub fn tags(&self) -> Vec<(String, String)> {
        let key = |key: &str| {
            if self.capitals && key == SLOTS { key.to_uppercase() } else { key.to_owned() }
        };
        self.tags.iter().map(|(own, value)| (key(own), value.clone())).collect()
    }

    pub fn exists(&self) -> bool {
        let mut tried = self.iam;
        tried.create_user().is_err()
    }

    /// How many keys were made so far.
    pub fn made(&self) -> u8 {
        self.made
    }

    fn forget_tags(&mut self) {
        self.tags.clear();
        self.capitals = false;
    }

    fn keys(&self) -> bool {
        self.iam.keys().next().is_some()
    }

    fn own(&self, key: Key) -> Option<Id> {
        match key {
            Key::Made(number) if (1..=self.made).contains(&number) => Some(Id::nth(number)),
            Key::Made(_) | Key::Nobodys | Key::Neighbours => None,
        }
    }

    fn last_used(&self, key: Key) -> (Case, Expected) {
        let of = |owner, dated| Expected::Answer(Answer::LastUse { owner, dated });
        if key == Key::Neighbours {
            return (Case::Ordinary, of(Who::Neighbour, false));
        }
        match self.own(key).and_then(|id| self.iam.key(id)) {
            Some(key) => (Case::Ordinary, of(Who::User, key.used.is_some())),
            // API reference, GetAccessKeyLastUsed: no error of its own is named there.
            None => (Case::Ordinary, Expected::Refusal),
        }
    }

    fn identity(&mut self, key: Key) -> (Case, Expected) {
        let found = self.own(key).and_then(|id| self.iam.key(id).copied());
        match found {
            Some(key) if self.iam.works(key.id) => {
                self.iam.used(key.id);
                (Case::Ordinary, Expected::Answer(Answer::Is(Who::User)))
            }
            Some(_) => (Case::IdentityOfInactive, Expected::Refusal),
            // API reference, "Common errors".
            None => (Case::IdentityOfGone, Expected::Answer(Answer::no(403, "InvalidClientTokenId"))),
        }
    }

    fn tag(&mut self, slots: Option<u8>, open: Option<u8>, capitals: bool) -> (Case, Expected) {
        if !self.exists() {
            return (Case::Ordinary, Expected::Answer(done(Err(No::NoSuchEntity))));
        }
        let replaced = slots.filter(|_| self.tags.contains_key(SLOTS) && self.capitals != capitals);
        let case = if replaced.is_some() { Case::TagSpelledOtherwise } else { Case::Ordinary };
        if let Some(number) = slots {
            self.tags.insert(SLOTS, value(SLOTS, number));
            self.capitals = capitals;
        }
        if let Some(number) = open {
            self.tags.insert(OPEN, value(OPEN, number));
        }
        (case, Expected::Answer(Answer::Done))
    }
}

impl Expected {
    pub fn admits(&self, answer: &Answer) -> bool {
        match self {
            Self::Answer(expected) => expected == answer,
            Self::Refusal => matches!(answer, Answer::No(400..500, _)),
        }
    }
}

impl std::fmt::Display for Expected {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Answer(answer) => write!(f, "{answer}"),
            Self::Refusal => f.write_str("a refusal"),
        }
    }
}

/// A value such as the ledger writes: all of its signs, and another one for each number.
pub fn value(key: &str, number: u8) -> String {
    let at = format!("at=2026-11-22T16:00:0{number}Z user=AIDAEXAMPLE");
    if key == OPEN { at } else { format!("{at} current=AKIA_____________{number} open=yes") }
}

/// The statuses are those of the API reference, in each action's errors.
fn done(result: Result<(), No>) -> Answer {
    match result {
        Ok(()) => Answer::Done,
        Err(no @ No::NoSuchEntity) => Answer::no(404, no.code()),
        Err(no @ (No::EntityAlreadyExists | No::LimitExceeded | No::DeleteConflict)) => {
            Answer::no(409, no.code())
        }
    }
}
