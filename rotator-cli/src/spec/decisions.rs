//! The decision tables, in the order in which the source goes; a test holds the two together
//! (`tests/docs/decisions.rs`).

use super::table;

/// Situation, decision as the source has it, and the claims that it serves.
type Row = (&'static str, &'static str, &'static [&'static str]);

/// The claim about every world's future. It is the walk's own (the crate's feature `model`), and a test holds
/// this name to it.
pub const SETTLES: &str = "settles";

const TAKEN: &str = "never-takes-served";
const LAST: &str = "last-works";
const FOREIGN: &str = "foreign-untouched";
const TRUE: &str = "ledger-true";
const CALM: &str = "no-false-refusal";

/// A function that decides, line by line.
#[derive(Debug, Clone, Copy)]
pub struct Table {
    /// The function's name: `decide`.
    pub name: &'static str,
    /// When it is asked.
    pub when: &'static str,
    rows: &'static [Row],
}

/// All of them, as SPEC.md has them.
pub const TABLES: [Table; 5] = [
    Table { name: "decide", when: "at each look", rows: DECIDE },
    Table {
        name: "meet",
        when: "before line 3 of decide, if nothing was ever written and the run holds nothing",
        rows: MEET,
    },
    Table { name: "roll_back", when: "LAST is to be served again", rows: ROLL_BACK },
    Table { name: "revive", when: "a key is to work again", rows: REVIVE },
    Table { name: "restore", when: "LAST is served again, once no run can be taking it", rows: RESTORE },
];

/// What a line comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Verdict {
    /// `refuse`, `wait`, `perform`, `see`, or nothing for `done`.
    pub verb: &'static str,
    /// What of it, as the source has it: `CurrentMissing`.
    name: &'static str,
}

/// One line.
#[derive(Debug, Clone, Copy)]
pub struct Line {
    /// Its number, from 1.
    pub number: usize,
    /// When it applies. One that begins with "…" goes on from the one above it.
    pub situation: &'static str,
    /// As the source has it: `Refusal::TooManyKeys`, `restore(`.
    pub source: &'static str,
    /// The names of the claims that it serves.
    pub serves: &'static [&'static str],
}

impl Table {
    /// The lines, in their order.
    pub fn lines(&self) -> impl Iterator<Item = Line> + use<> {
        let numbered = self.rows.iter().zip(1..);
        numbered.map(|((situation, source, serves), number)| Line { number, situation, source, serves })
    }

    /// As SPEC.md has it.
    #[must_use]
    pub fn markdown(&self) -> String {
        let rows = self.lines().map(|Line { number, situation, serves, source }| {
            let Verdict { verb, .. } = verdict(source);
            let code = verdict(source).code();
            let gap = if verb.is_empty() { "" } else { " " };
            format!("{number} ~ {situation} ~ {verb}{gap}`{code}` ~ {}", serves.join(", "))
        });
        table(&["", "situation", "decision", "serves"], &rows.collect::<Vec<_>>())
    }
}

impl Line {
    /// What it comes to.
    #[must_use]
    pub fn verdict(&self) -> Verdict {
        verdict(self.source)
    }
}

impl Verdict {
    /// For machines: `current-missing`; a table's name stays as it is.
    #[must_use]
    pub fn code(&self) -> String {
        let mut code = String::new();
        for letter in self.name.chars() {
            if letter.is_uppercase() && !code.is_empty() {
                code.push('-');
            }
            code.extend(letter.to_lowercase());
        }
        code
    }
}

fn verdict(source: &'static str) -> Verdict {
    if let Some(name) = source.strip_suffix('(') {
        return Verdict { verb: "see", name };
    }
    let (kind, name) = source.split_once("::").unwrap_or(("", source));
    let verb = match kind {
        "Refusal" => "refuse",
        "Pause" => "wait",
        "Effect" => "perform",
        _ => "",
    };
    Verdict { verb, name }
}

/// `decide`, from top to bottom.
const DECIDE: &[Row] = &[
    ("the slots were written for an earlier user of this name", "Refusal::AnotherUser", &[FOREIGN]),
    ("more than two keys", "Refusal::TooManyKeys", &[FOREIGN]),
    ("the key in hand is not listed", "Pause::ListMayLag", &["takes-only-listed"]),
    (
        "the slots are younger than `settle` (twice `stray_after`, where a rotation is under way and the store serves a key that is not listed), and the list lacks CURRENT or what the store serves, or shows a key without a name",
        "Pause::ListMayLag",
        &[CALM],
    ),
    ("somebody asks that LAST is served again", "roll_back(", &["takes-nothing-back"]),
    ("somebody asks that a key works again", "revive(", &["takes-nothing-back"]),
    (
        "a key is said to have leaked that is neither CURRENT nor LAST, and is listed",
        "Refusal::NotLast",
        &[FOREIGN],
    ),
    ("… and is gone", "Decision::Done", &["takes-only-listed"]),
    ("what the store serves is not listed", "Refusal::CurrentMissing", &["takes-beside-current"]),
    ("LAST is named and CURRENT is not", "Refusal::CurrentMissing", &["keeps-last-until-due"]),
    (
        "what the store serves is Inactive and has leaked, LAST is there, and the store keeps its pair",
        "restore(",
        &["current-works"],
    ),
    ("… and the store does not keep it", "Refusal::CurrentInactive", &["takes-beside-current"]),
    ("what the store serves is Inactive otherwise", "Refusal::CurrentInactive", &["takes-beside-current"]),
    (
        "the store serves another key than CURRENT, as a word or the store itself says: without a memory, use contradicts it",
        "Refusal::MaybeServed",
        &[TAKEN],
    ),
    (
        "… it is LAST, and the slots are younger than `stray_after` (where the store itself says it: than `settle`)",
        "Pause::SlotsAreNew",
        &[TRUE],
    ),
    (
        "… it is PENDING, the store itself says it, another run made the key, and the slots are younger than `stray_after`",
        "Pause::InFlight",
        &[TRUE],
    ),
    ("… otherwise", "Effect::Promote", &[TRUE, SETTLES]),
    (
        "a key has leaked that is not CURRENT and is Active, and the slots are younger than `settle`",
        "Pause::SlotsAreNew",
        &[CALM],
    ),
    ("… the slots are older", "Effect::Deactivate", &[TAKEN]),
    ("… it is Inactive or gone", "Decision::Done", &["takes-only-listed"]),
    ("a key without a name, younger than `stray_after`", "Pause::InFlight", &[TAKEN, CALM]),
    (
        "… never used, and made since a rotation was opened that is still under way",
        "Effect::Delete",
        &[SETTLES, FOREIGN],
    ),
    ("… the same, but its use could not be read", "Pause::UseUnreadable", &["unknown-is-not-never"]),
    ("… any other", "Refusal::UnknownKey", &[FOREIGN]),
    ("this run holds a key that nobody else has, and the store takes nothing", "Effect::Delete", &[SETTLES]),
    ("… without a memory", "Effect::Publish", &[SETTLES]),
    ("… it is PENDING in a ledger", "Effect::Publish", &[SETTLES]),
    (
        "PENDING is there, and a document holds its secret, or the store says that it has it, or the store tells that it was written since PENDING was named (by this run, or `stray_after` ago), or its use was seen later than any proof of ours and nobody says that it is not served",
        "Effect::Promote",
        &[SETTLES, TRUE],
    ),
    ("… the slots are younger than `stray_after` (with a word: twice that)", "Pause::InFlight", &[TAKEN]),
    (
        "… CURRENT is said or seen to be served, or the store was not written since PENDING was named, and PENDING was not seen in use",
        "Effect::Delete",
        &[SETTLES],
    ),
    (
        "… the store itself tells something, and the use of PENDING could not be read",
        "Pause::UseUnreadable",
        &["unknown-is-not-never"],
    ),
    ("… otherwise", "Refusal::MaybeServed", &[TAKEN]),
    ("this run holds a key without a name", "Effect::Stage", &[SETTLES]),
    ("a key is due, and the store takes nothing", "Refusal::StoreRejects", &[LAST]),
    (
        "nothing is due, and there is no LAST to retire: the store serves nothing though CURRENT is named, this run has made no key, and the slots are older than `settle`",
        "Refusal::NothingServed",
        &["done-where-served"],
    ),
    ("… otherwise", "Decision::Done", &["asks-nobody", "keeps-last-until-due"]),
    (
        "LAST is retired, and that it is off was not noted, or it works again since",
        "Effect::Rest",
        &["off-before-gone"],
    ),
    (
        "where CURRENT has leaked and the store keeps LAST's pair, LAST does not rest but is served",
        "restore(",
        &[LAST],
    ),
    (
        "LAST: the slots are younger than `min_age` (once it is off: than the quarantine; without a memory: than `min_age` and `stray_after` together)",
        "Pause::MayBeInUse",
        &[LAST],
    ),
    ("… its use could not be read", "Pause::UseUnreadable", &["unknown-is-not-never"]),
    ("… used within that time", "Pause::MayBeInUse", &[LAST]),
    ("… rested, retired, Active", "Effect::Deactivate", &[LAST]),
    ("… rested", "Effect::Delete", &[SETTLES]),
    ("this run asked for a key and was not answered", "Pause::ListMayLag", &[CALM]),
    (
        "due, without a memory and without trust, and the one key is younger than `stray_after`",
        "Pause::InFlight",
        &[TAKEN],
    ),
    ("due, without a memory", "Effect::Create", &[SETTLES]),
    ("due, the slots older than `stray_after`", "Effect::Open", &[FOREIGN, CALM]),
    ("due, and open", "Effect::Create", &[SETTLES]),
    ("due, and another run may be at work", "Pause::SlotsAreNew", &[CALM]),
    ("due, and this run has made its key", "Pause::SlotsAreNew", &["creates-with-room"]),
];

/// `meet`: an empty memory.
const MEET: &[Row] = &[
    ("somebody asks for a key by its name", "Refusal::NotLast", &["takes-nothing-back"]),
    ("no word, and no key is due", "Decision::Done", &["asks-nobody"]),
    (
        "two keys, of which one is too young for use to tell them apart, or for a word",
        "Pause::TooNew",
        &[TAKEN],
    ),
    ("two keys, and a use could not be read", "Pause::UseUnreadable", &["unknown-is-not-never"]),
    ("two keys that dates and use do not tell apart", "Refusal::AmbiguousCurrent", &[TAKEN]),
    ("the key that is said or seen to be served is not there", "Refusal::CurrentMissing", &[TRUE]),
    ("the key that would be CURRENT is Inactive", "Refusal::CurrentInactive", &["current-works"]),
    ("no word, and that key is not due", "Decision::Done", &["asks-nobody"]),
    ("the store takes nothing", "Refusal::StoreRejects", &[LAST]),
    (
        "otherwise; a rotation is opened with it, unless there is a word or LAST, which must rest first",
        "Effect::Adopt",
        &[TRUE, SETTLES],
    ),
];

/// `roll_back`: LAST is to be served again.
const ROLL_BACK: &[Row] = &[
    ("the key is CURRENT", "Decision::Done", &["takes-nothing-back"]),
    ("it is not LAST, or it is gone", "Refusal::NotLast", &["restores-what-rests"]),
    ("it is Inactive", "Refusal::LastInactive", &["current-works"]),
    ("the store serves it, and the slots are younger than `settle`", "Pause::SlotsAreNew", &[TRUE]),
    ("… and they are older: the ledger is behind", "Effect::Promote", &[TRUE, SETTLES]),
    ("the store does not keep its pair", "Refusal::NotKept", &["restores-what-rests"]),
    ("otherwise", "restore(", &[TAKEN]),
];

/// `revive`: a key is to work again.
const REVIVE: &[Row] = &[
    ("the key is neither CURRENT nor LAST, or it is gone", "Refusal::NotLast", &["activates-what-is-named"]),
    ("it is Inactive", "Effect::Activate", &["takes-nothing-back"]),
    ("it works", "Decision::Done", &["takes-nothing-back"]),
];

/// `restore`: LAST is served again, once no run can be taking it.
const RESTORE: &[Row] = &[
    ("the slots are younger than `settle`", "Pause::SlotsAreNew", &[TRUE]),
    (
        "LAST's rest was begun anew less than `stray_after` and `settle` ago: who found it rested may still take it",
        "Pause::MayBeTaken",
        &[TAKEN],
    ),
    (
        "the slots are so young that LAST will not have rested before this run's request lands",
        "Effect::Restore",
        &[TAKEN],
    ),
    ("otherwise its rest begins anew", "Effect::Rest", &[TAKEN]),
];
