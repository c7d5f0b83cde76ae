//! Refusals, pauses and claims, as a reader wants them: with KEY and USER for what differs.

use rotator::{AccessKeyId, CLAIMS, Claim, Holds, Memory, Pause, Refusal};

use super::table;

/// A code and what it says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Word {
    /// For machines: `too-many-keys`.
    pub code: &'static str,
    /// For a person.
    pub says: String,
    /// What to do next, of a refusal, with tags as the memory.
    pub next: Option<String>,
}

/// Stands for a key's id.
const PLACEHOLDER: &str = "KEY_KEY_KEY_KEY_";

fn plain(text: &str) -> String {
    text.replace(PLACEHOLDER, "KEY")
}

/// Every refusal. A new one must find its way into the list: the match has no other arm.
#[must_use]
pub fn refusals() -> Vec<Word> {
    let Ok(key) = AccessKeyId::parse(PLACEHOLDER) else { return Vec::new() };
    let key = || key.clone();
    let all = [
        Refusal::AnotherUser,
        Refusal::TooManyKeys,
        Refusal::CurrentMissing(Some(key())),
        Refusal::CurrentInactive(key()),
        Refusal::AmbiguousCurrent,
        Refusal::UnknownKey(key()),
        Refusal::MaybeServed(key()),
        Refusal::NothingServed(key()),
        Refusal::StoreRejects,
        Refusal::OwnKey(key()),
        Refusal::NotLast(key()),
        Refusal::LastInactive(key()),
        Refusal::NotKept(key()),
    ];
    let word = |refusal: Refusal| match refusal {
        Refusal::AnotherUser
        | Refusal::TooManyKeys
        | Refusal::CurrentMissing(_)
        | Refusal::CurrentInactive(_)
        | Refusal::AmbiguousCurrent
        | Refusal::UnknownKey(_)
        | Refusal::MaybeServed(_)
        | Refusal::NothingServed(_)
        | Refusal::StoreRejects
        | Refusal::OwnKey(_)
        | Refusal::NotLast(_)
        | Refusal::LastInactive(_)
        | Refusal::NotKept(_) => Word {
            code: refusal.code(),
            says: plain(&refusal.to_string()),
            next: Some(plain(&refusal.next_step("USER", Memory::Ledger))),
        },
    };
    all.map(word).into()
}

/// Every pause, likewise.
#[must_use]
pub fn pauses() -> Vec<Word> {
    let Ok(key) = AccessKeyId::parse(PLACEHOLDER) else { return Vec::new() };
    let key = || key.clone();
    let all = [
        Pause::ListMayLag,
        Pause::SlotsAreNew,
        Pause::InFlight(key()),
        Pause::MayBeInUse(key()),
        Pause::MayBeTaken(key()),
        Pause::TooNew(key()),
        Pause::UseUnreadable(key()),
    ];
    let word = |pause: Pause| match pause {
        Pause::ListMayLag
        | Pause::SlotsAreNew
        | Pause::InFlight(_)
        | Pause::MayBeInUse(_)
        | Pause::MayBeTaken(_)
        | Pause::TooNew(_)
        | Pause::UseUnreadable(_) => Word { code: pause.code(), says: plain(&pause.to_string()), next: None },
    };
    all.map(word).into()
}

/// What a claim is asked of.
#[must_use]
pub fn asked_of(claim: &Claim) -> &'static str {
    match claim.holds {
        Holds::Decision(_) => "each decision",
        Holds::Moment(_) => "each moment",
    }
}

/// What the claim [`SETTLES`](super::decisions::SETTLES) says, and what it is asked of. It is the walk's own.
pub const SETTLES_SAYS: (&str, &str) = (
    "From every world, faultless runs and people who do what they are asked rotate on and on.",
    "each world's future",
);

fn cell(text: &str) -> String {
    text.replace('|', "\\|")
}

/// For the documents.
#[must_use]
pub fn refusals_table() -> String {
    let row =
        |word: Word| cell(&format!("{} ~ {} ~ {}", word.code, word.says, word.next.unwrap_or_default()));
    table(
        &["code", "what is the matter", "next (with tags)"],
        &refusals().into_iter().map(row).collect::<Vec<_>>(),
    )
}

/// For the documents.
#[must_use]
pub fn pauses_table() -> String {
    let row = |word: Word| cell(&format!("{} ~ {}", word.code, word.says));
    table(&["code", "why waiting is right"], &pauses().into_iter().map(row).collect::<Vec<_>>())
}

/// For the documents.
#[must_use]
pub fn claims_table() -> String {
    let row = |claim: &Claim| {
        let over = match claim.holds {
            Holds::Decision(_) => "every decision, on any observation",
            Holds::Moment(_) => "every moment of a history",
        };
        cell(&format!("{} ~ {} ~ {over}", claim.name, claim.says))
    };
    table(&["claim", "promise", "checked on"], &CLAIMS.iter().map(row).collect::<Vec<_>>())
}
