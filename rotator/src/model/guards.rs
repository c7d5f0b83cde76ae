//! Every guard of `decide` and of the reading by date: what it says, and the edit of the source that takes
//! it out. `cargo xtask check guards` makes each edit, walks the matrix without the guard, and compares
//! what fails with [`CAUGHT`].

use alloc::string::String;
use alloc::vec::Vec;

use super::caught::CAUGHT;
use super::explore::{Broken, walk};
use super::matrix::{Expect, Row, matrix};
use super::points::{Unclaimed, visit_points};
use super::setup::Setup;
use crate::{Decision, Memory, Observation, Policy};

/// A rule that keeps a decision from being made.
#[derive(Debug, Clone, Copy)]
pub struct Guard {
    /// Its name.
    pub name: &'static str,
    /// What it says, in one sentence.
    pub says: &'static str,
    /// Where it stands: `decide` or `dates`.
    pub file: &'static str,
    /// What to find there, exactly once, and what to put in its place.
    pub edits: &'static [(&'static str, &'static str)],
}

/// What fails without a guard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Caught {
    /// A claim, in this row of the matrix, after so many steps.
    World {
        /// The row.
        row: &'static str,
        /// The claim.
        claim: &'static str,
        /// Steps of the shortest story there.
        steps: usize,
    },
    /// A claim about one decision, on an observation that no world of the matrix leads to.
    Point {
        /// The claim.
        claim: &'static str,
    },
    /// No claim: this named test.
    Test(&'static str),
}

impl Guard {
    /// What fails without it, if that is known.
    #[must_use]
    pub fn caught(&self) -> Option<Caught> {
        CAUGHT.iter().find(|(name, _)| *name == self.name).map(|(_, caught)| *caught)
    }
}

/// What fails first where users are rotated by `decide`, and the story that shows it. Cheap worlds come
/// first; a world in which a working key is taken ends the search.
#[must_use]
pub fn catch(decide: fn(&Observation, &Policy) -> Decision) -> Option<(Caught, Vec<String>)> {
    let held = |row: &Row| match row.expect {
        Expect::Holds { edges, .. } if row.standard => Some(edges),
        Expect::Holds { .. } | Expect::Fails { .. } | Expect::Unknown => None,
    };
    let mut rows: Vec<_> = matrix().into_iter().filter_map(|row| Some((held(&row)?, row))).collect();
    rows.sort_by_key(|(edges, _)| *edges);
    let mut worst: Option<(usize, Caught, Vec<String>)> = None;
    for (edges, row) in rows {
        if worst.is_some() && edges > ENOUGH {
            break;
        }
        let Some(Broken { claims, steps, story }) = walk(&Setup { decide, ..row.setup }).broken else {
            continue;
        };
        let harm = |claim: &str| HARM.iter().position(|name| *name == claim).unwrap_or(HARM.len());
        let Some(claim) = claims.into_iter().min_by_key(|claim| harm(claim)) else { continue };
        let rank = harm(claim);
        if worst.as_ref().is_none_or(|(before, ..)| rank < *before) {
            worst = Some((rank, Caught::World { row: row.setup.name, claim, steps }, story));
        }
        if rank == 0 {
            break;
        }
    }
    let point = || {
        let memories = [Memory::Document, Memory::Ledger, Memory::Dates];
        memories.into_iter().find_map(|memory| {
            let Unclaimed { claim, told } = visit_points(memory, POINTS, decide).err()?;
            Some((Caught::Point { claim }, alloc::vec![told]))
        })
    };
    worst.map(|(_, caught, story)| (caught, story)).or_else(point)
}

/// Claims, the gravest first.
const HARM: [&str; 3] = ["never-takes-served", "last-works", "foreign-untouched"];
/// Worlds with more edges than this are walked only where smaller ones show nothing.
const ENOUGH: u64 = 700_000;
/// Points for each number of keys.
const POINTS: u64 = 200_000;

/// The guards, in the order in which `decide` comes to them.
pub const GUARDS: &[Guard] = &[
    Guard {
        name: "another-user",
        says: "The slots are about this user, not about an earlier one of the name.",
        file: "decide",
        edits: &[("if !facts.same_user {", "if false {")],
    },
    Guard {
        name: "too-many-keys",
        says: "Of three keys nobody can tell whose is whose.",
        file: "decide",
        edits: &[("if keys.len() > 2 {", "if false {")],
    },
    Guard {
        name: "meets-empty-handed",
        says: "A run that holds a key does not meet its user for the first time.",
        file: "decide",
        edits: &[(
            "if let (None, Hand::Empty) = (facts.written, hand)",
            "if let (None, _) = (facts.written, hand)",
        )],
    },
    Guard {
        name: "held-key-is-listed",
        says: "The key in hand must be in the list.",
        file: "decide",
        edits: &[("if hand.key().is_some_and(|id| observation.key(id).is_none()) {", "if false {")],
    },
    Guard {
        name: "list-may-lack",
        says: "While the slots are new, a list that lacks CURRENT may be old.",
        file: "decide",
        edits: &[(
            "younger(policy.settle).filter(|_| lacks || unnamed.is_some())",
            "younger(policy.settle).filter(|_| unnamed.is_some())",
        )],
    },
    Guard {
        name: "list-may-show-more",
        says: "While the slots are new, a key without a name may be gone or named.",
        file: "decide",
        edits: &[(
            "younger(policy.settle).filter(|_| lacks || unnamed.is_some())",
            "younger(policy.settle).filter(|_| lacks)",
        )],
    },
    Guard {
        name: "current-is-listed",
        says: "What the store serves must be there.",
        file: "decide",
        edits: &[(
            "(Some(id), None) => return Decision::Refuse(Refusal::CurrentMissing(Some(id.clone()))),",
            "(Some(_), None) => {}",
        )],
    },
    Guard {
        name: "last-needs-current",
        says: "Slots that name LAST name CURRENT.",
        file: "decide",
        edits: &[(
            "        (None, _) if slots.last.is_some() => return Decision::Refuse(Refusal::CurrentMissing(None)),\n",
            "",
        )],
    },
    Guard {
        name: "current-is-active",
        says: "What the store serves must work.",
        file: "decide",
        edits: &[(
            "            return Decision::Refuse(Refusal::CurrentInactive(id.clone()));\n        }\n        (Some(_), Some(Key { status: Status::Active",
            "            let _ = id;\n        }\n        (Some(_), Some(Key { status: Status::Active",
        )],
    },
    Guard {
        name: "word-against-dates",
        says: "Without a memory, a word against what use tells is not believed.",
        file: "decide",
        edits: &[(
            "            (Memory::Dates, Some(current)) => Decision::Refuse(Refusal::MaybeServed(current.clone())),\n",
            "",
        )],
    },
    Guard {
        name: "word-may-be-old",
        says: "A word for LAST may be older than the promotion that made it LAST.",
        file: "decide",
        edits: &[(
            "match younger(policy.stray_after).filter(|_| slots.last.as_ref() == Some(id)) {",
            "match younger(Duration::ZERO) {",
        )],
    },
    Guard {
        name: "stray-in-flight",
        says: "A young key without a name may be another run's.",
        file: "decide",
        edits: &[("if *age < policy.stray_after {", "if *age < Duration::ZERO {")],
    },
    Guard {
        name: "stray-needs-open",
        says: "Only while a rotation is under way can a key without a name be a run's.",
        file: "decide",
        edits: &[("written.filter(|_| slots.under_way()).map", "written.map")],
    },
    Guard {
        name: "stray-since-open",
        says: "Ours can only have been made since the rotation was opened.",
        file: "decide",
        edits: &[("(Some(since), Used::Never) if *age <= since => take", "(Some(_), Used::Never) => take")],
    },
    Guard {
        name: "stray-never-used",
        says: "A key that was used is somebody's.",
        file: "decide",
        edits: &[(
            "(Some(since), Used::Never) if *age <= since => take",
            "(Some(since), Used::Never | Used::Ago(_)) if *age <= since => take",
        )],
    },
    Guard {
        name: "stray-use-unread",
        says: "An unread use is not \"never\".",
        file: "decide",
        edits: &[(
            "(Some(since), Used::Never) if *age <= since => take",
            "(Some(since), Used::Never | Used::Unknown) if *age <= since => take",
        )],
    },
    Guard {
        name: "strays-before-pending",
        says: "A key without a name comes before PENDING.",
        file: "decide",
        edits: &[(
            "    if let Some(Key { id, age, used, .. }) = unnamed {",
            "    if let Some(Key { id, age, used, .. }) = unnamed.filter(|_| listed(&slots.pending).is_none()) {",
        )],
    },
    Guard {
        name: "held-until-promoted",
        says: "A key that was promoted meanwhile is not in this run's hand alone.",
        file: "decide",
        edits: &[(
            "Hand::Holds(id) if slots.current.as_ref() != Some(id) && slots.last.as_ref() != Some(id) => Some(id),",
            "Hand::Holds(id) => Some(id),",
        )],
    },
    Guard {
        name: "document-keeps-named",
        says: "A key whose secret is in the document is not taken back.",
        file: "decide",
        edits: &[("            Memory::Document if named => {}\n", "")],
    },
    Guard {
        name: "rejected-is-taken-back",
        says: "A pair that the store rejected is taken back, and not offered again.",
        file: "decide",
        edits: &[(
            "Memory::Document | Memory::Ledger | Memory::Dates if !writable => {",
            "Memory::Document | Memory::Ledger | Memory::Dates if false => {",
        )],
    },
    Guard {
        name: "named-before-published",
        says: "The key is named before it is handed over.",
        file: "decide",
        edits: &[(
            "Memory::Ledger if named => return Decision::Perform(Effect::Publish(id.clone())),",
            "Memory::Ledger => return Decision::Perform(Effect::Publish(id.clone())),",
        )],
    },
    Guard {
        name: "evidence-after-proof",
        says: "Use counts only if it is later than any proof of our own.",
        file: "decide",
        edits: &[(
            "(Used::Ago(ago), Some(since)) => ago.saturating_add(policy.stray_after) < since,",
            "(Used::Ago(_), Some(_)) => true,",
        )],
    },
    Guard {
        name: "evidence-promotes",
        says: "Use of PENDING shows that the store serves it.",
        file: "decide",
        edits: &[(" || (evidence && word.is_none())", "")],
    },
    Guard {
        name: "evidence-against-word",
        says: "Use of PENDING and a word for CURRENT contradict each other.",
        file: "decide",
        edits: &[("(evidence && word.is_none())", "evidence")],
    },
    Guard {
        name: "stored-not-sent",
        says: "Only a store that said so has the pair.",
        file: "decide",
        edits: &[("*hand == Hand::Stored(key.id.clone()) ||", "hand.key() == Some(&key.id) ||")],
    },
    Guard {
        name: "pending-in-flight",
        says: "PENDING that was named just now may be on its way to the store.",
        file: "decide",
        edits: &[(
            "if let Some(rest) = younger(in_flight) {",
            "if let Some(rest) = younger(Duration::ZERO) {",
        )],
    },
    Guard {
        name: "word-is-as-old-as-its-run",
        says: "A word must have been said when no other run was in flight.",
        file: "decide",
        edits: &[("if word.is_some() { 2 } else { 1 }", "1")],
    },
    Guard {
        name: "pending-needs-a-word",
        says: "Only a word takes PENDING away.",
        file: "decide",
        edits: &[(
            "if word.is_some() && key.used != Used::Unknown && !evidence {",
            "if key.used != Used::Unknown && !evidence {",
        )],
    },
    Guard {
        name: "pending-use-unread",
        says: "A word against PENDING counts only where its use was read.",
        file: "decide",
        edits: &[(
            "if word.is_some() && key.used != Used::Unknown && !evidence {",
            "if word.is_some() && !evidence {",
        )],
    },
    Guard {
        name: "evidence-does-not-delete",
        says: "A word against PENDING that is in use is not believed.",
        file: "decide",
        edits: &[(
            "if word.is_some() && key.used != Used::Unknown && !evidence {",
            "if word.is_some() && key.used != Used::Unknown {",
        )],
    },
    Guard {
        name: "maybe-served",
        says: "PENDING that may be served is a person's to settle.",
        file: "decide",
        edits: &[(
            "        return Decision::Refuse(Refusal::MaybeServed(key.id.clone()));\n    }\n    if let (Some(id)",
            "    }\n    if let (Some(id)",
        )],
    },
    Guard {
        name: "own-key-is-not-due",
        says: "A key that this run made is not due again.",
        file: "decide",
        edits: &[("key.age >= policy.max_age && hand.key() != Some(&key.id)", "key.age >= policy.max_age")],
    },
    Guard {
        name: "store-takes",
        says: "LAST is not touched where the store takes nothing.",
        file: "decide",
        edits: &[("if due && !writable {", "if false {")],
    },
    Guard {
        name: "keep-until-due",
        says: "Unless it is retired, LAST works until CURRENT is due.",
        file: "decide",
        edits: &[("            (None, _) if !due => return Decision::Done,\n", "")],
    },
    Guard {
        name: "quarantine",
        says: "LAST, switched off, stays for the quarantine.",
        file: "decide",
        edits: &[(
            "(Some(quarantine), Status::Inactive) => quarantine,",
            "(Some(_), Status::Inactive) => policy.min_age,",
        )],
    },
    Guard {
        name: "rest-since-promotion",
        says: "LAST rests since it was last served.",
        file: "decide",
        edits: &[(
            "if let Some(rest) = younger(rest.saturating_add(stored)) {",
            "if let Some(rest) = younger(Duration::ZERO) {",
        )],
    },
    Guard {
        name: "rest-since-stored",
        says: "Without a memory, LAST rests since its successor can have been stored at the latest.",
        file: "decide",
        edits: &[(
            "let stored = if *memory == Memory::Dates { policy.stray_after } else { Duration::ZERO };",
            "let stored = Duration::ZERO;",
        )],
    },
    Guard {
        name: "rest-since-use",
        says: "LAST rests since it was last used.",
        file: "decide",
        edits: &[(
            "(Used::Ago(ago), ..) if *ago < rest => {",
            "(Used::Ago(ago), ..) if *ago < Duration::ZERO => {",
        )],
    },
    Guard {
        name: "last-use-unread",
        says: "LAST whose use is unread is not taken.",
        file: "decide",
        edits: &[(
            "            (Used::Unknown, ..) => Decision::Wait(Pause::UseUnreadable(id.clone()), policy.stray_after),\n            (Used::Ago(ago)",
            "            (Used::Ago(ago)",
        )],
    },
    Guard {
        name: "off-before-gone",
        says: "A retired LAST is switched off before it is deleted.",
        file: "decide",
        edits: &[(
            "(_, Some(_), Status::Active) => take(facts, Effect::Deactivate(id.clone())),",
            "(_, Some(_), Status::Active) => take(facts, Effect::Delete(id.clone())),",
        )],
    },
    Guard {
        name: "not-before-due",
        says: "No rotation begins before CURRENT is due.",
        file: "decide",
        edits: &[("    if !due {\n        return Decision::Done;\n    }\n", "")],
    },
    Guard {
        name: "asked-once",
        says: "No second key is asked for while the first call is unanswered.",
        file: "decide",
        edits: &[
            ("        (_, Hand::Asked) => Decision::Wait(Pause::ListMayLag, policy.stray_after),\n", ""),
            ("(Memory::Dates, Hand::Empty) =>", "(Memory::Dates, Hand::Empty | Hand::Asked) =>"),
            (
                "(Memory::Document | Memory::Ledger, Hand::Empty) => match",
                "(Memory::Document | Memory::Ledger, Hand::Empty | Hand::Asked) => match",
            ),
        ],
    },
    Guard {
        name: "open-first",
        says: "A rotation is opened before a key is made.",
        file: "decide",
        edits: &[("None => Decision::Perform(Effect::Open),", "None => Decision::Perform(Effect::Create),")],
    },
    Guard {
        name: "open-alone",
        says: "A rotation is not opened while another run may be at work.",
        file: "decide",
        edits: &[(
            "Some(rest) => Decision::Wait(Pause::SlotsAreNew, rest),\n        },",
            "Some(_) => Decision::Perform(Effect::Open),\n        },",
        )],
    },
    Guard {
        name: "create-needs-open",
        says: "A key is made only in an open rotation.",
        file: "decide",
        edits: &[(
            "Some(_) if slots.open => Decision::Perform(Effect::Create),",
            "Some(_) if true => Decision::Perform(Effect::Create),",
        )],
    },
    Guard {
        name: "one-key-a-run",
        says: "A run that made a key makes no other.",
        file: "decide",
        edits: &[(
            ") => Decision::Wait(Pause::SlotsAreNew, younger(policy.stray_after).unwrap_or(policy.settle)),",
            ") => Decision::Perform(Effect::Create),",
        )],
    },
    Guard {
        name: "own-key",
        says: "The key that the run signs with is not taken.",
        file: "decide",
        edits: &[(
            "Effect::Delete(id) | Effect::Deactivate(id) if facts.own.as_ref() == Some(id) => {",
            "Effect::Delete(id) | Effect::Deactivate(id) if false && facts.own.as_ref() == Some(id) => {",
        )],
    },
    Guard {
        name: "adopt-never",
        says: "Where that is the policy, nobody is adopted by date.",
        file: "decide",
        edits: &[("if !word && policy.adopt == Adopt::Never {", "if false {")],
    },
    Guard {
        name: "nothing-written-early",
        says: "Nothing is named before a key is due.",
        file: "decide",
        edits: &[(
            "if !word && !facts.keys.is_empty() && facts.keys.iter().all(|key| key.age < policy.max_age) {",
            "if false {",
        )],
    },
    Guard {
        name: "adopted-is-the-words",
        says: "The word's key must be there to be adopted.",
        file: "decide",
        edits: &[(
            "_ if facts.served.as_ref().is_some_and(|served| *served != current.id) => {",
            "_ if false => {",
        )],
    },
    Guard {
        name: "adopted-is-active",
        says: "Only a key that works is adopted as CURRENT.",
        file: "decide",
        edits: &[
            (
                "Status::Inactive => Decision::Refuse(Refusal::CurrentInactive(current.id.clone())),\n        Status::Active if !word",
                "Status::Active if !word",
            ),
            (
                "        Status::Active => {\n            // LAST must rest",
                "        Status::Active | Status::Inactive => {\n            // LAST must rest",
            ),
        ],
    },
    Guard {
        name: "adopted-when-due",
        says: "A user whose CURRENT is not due is left as it is.",
        file: "decide",
        edits: &[(
            "        Status::Active if !word && current.age < policy.max_age => Decision::Done,\n",
            "",
        )],
    },
    Guard {
        name: "adopted-with-a-store",
        says: "Nobody is adopted for a store that takes nothing.",
        file: "decide",
        edits: &[(
            "        Status::Active if !facts.writable => Decision::Refuse(Refusal::StoreRejects),\n",
            "",
        )],
    },
    Guard {
        name: "adopted-last-rests",
        says: "With LAST there, adoption opens no rotation.",
        file: "decide",
        edits: &[("let open = !word && slots.last.is_none();", "let open = !word;")],
    },
    Guard {
        name: "word-opens-nothing",
        says: "A word opens no rotation.",
        file: "decide",
        edits: &[("let open = !word && slots.last.is_none();", "let open = slots.last.is_none();")],
    },
    Guard {
        name: "held-is-not-current",
        says: "The key in hand is nobody's CURRENT.",
        file: "dates",
        edits: &[(
            "facts.keys.iter().filter(|key| facts.hand != Hand::Holds(key.id.clone()))",
            "facts.keys.iter().filter(|_| true)",
        )],
    },
    Guard {
        name: "made-is-newer",
        says: "The key that this run made is the newer, even within a second.",
        file: "dates",
        edits: &[("if !made(a) && (a.age >= b.age || made(b))", "if a.age >= b.age")],
    },
    Guard {
        name: "tie",
        says: "Two keys of one second are not told apart.",
        file: "dates",
        edits: &[("let slots = if older.age == newer.age && !made(newer) {", "let slots = if false {")],
    },
    Guard {
        name: "doubt",
        says: "The newer key is not CURRENT where something stands against it.",
        file: "dates",
        edits: &[(
            "if !proven && (word == Some(&older.id) || in_doubt(facts, policy, older, newer)) {",
            "if false {",
        )],
    },
    Guard {
        name: "word-for-the-older",
        says: "A word for the older key stands against the newer.",
        file: "dates",
        edits: &[(
            "(word == Some(&older.id) || in_doubt(facts, policy, older, newer))",
            "in_doubt(facts, policy, older, newer)",
        )],
    },
    Guard {
        name: "proven-after-proof",
        says: "Use of the newer key counts only if it is later than any proof of our own.",
        file: "dates",
        edits: &[(
            "            || used_later_than(newer, policy.stray_after, newer);",
            "            || matches!(newer.used, Used::Ago(_));",
        )],
    },
    Guard {
        name: "proven-by-use",
        says: "Use of the newer key shows that it is served.",
        file: "dates",
        edits: &[("\n            || used_later_than(newer, policy.stray_after, newer);", ";")],
    },
    Guard {
        name: "proven-by-the-store",
        says: "A store that has the pair serves it.",
        file: "dates",
        edits: &[("            || facts.hand == Hand::Stored(newer.id.clone())\n", "")],
    },
    Guard {
        name: "proven-by-word",
        says: "A word for the newer key outweighs doubt.",
        file: "dates",
        edits: &[(
            "let proven = word == Some(&newer.id)\n            || facts.hand",
            "let proven = facts.hand",
        )],
    },
    Guard {
        name: "doubt-when-due",
        says: "A newer key that is due and was never used may never have been stored.",
        file: "dates",
        edits: &[(
            "due || used_later_than(older, jobs_in_flight, newer)",
            "used_later_than(older, jobs_in_flight, newer)",
        )],
    },
    Guard {
        name: "doubt-by-the-older",
        says: "Use of the older key, later than jobs in flight, stands against the newer.",
        file: "dates",
        edits: &[("due || used_later_than(older, jobs_in_flight, newer)", "due")],
    },
    Guard {
        name: "doubt-not-of-own",
        says: "The key that this run made is not in doubt for being due.",
        file: "dates",
        edits: &[(
            "newer.age >= policy.max_age && facts.hand.key() != Some(&newer.id)",
            "newer.age >= policy.max_age",
        )],
    },
    Guard {
        name: "trust-is-contradicted",
        says: "Even a trusted delivery is doubted once the older key was used since.",
        file: "dates",
        edits: &[("return newer.age >= policy.min_age && older.used.within(newer.age);", "return false;")],
    },
    Guard {
        name: "trust-for-jobs-in-flight",
        says: "Jobs in flight do not contradict a trusted delivery.",
        file: "dates",
        edits: &[("newer.age >= policy.min_age && older", "older")],
    },
    Guard {
        name: "adopt-word-in-flight",
        says: "Beside a young key, a word waits for what may be in flight.",
        file: "dates",
        edits: &[(
            "facts.keys.iter().find(|key| key.id != *word && key.age < in_flight)",
            "facts.keys.iter().find(|key| key.id != *word && key.age < Duration::ZERO)",
        )],
    },
    Guard {
        name: "adopt-too-new",
        says: "Until jobs in flight have ended, use does not tell two keys apart.",
        file: "dates",
        edits: &[("if newer.age < jobs_in_flight && older.age != newer.age {", "if false {")],
    },
    Guard {
        name: "adopt-tie",
        says: "Two keys of one second are not adopted.",
        file: "dates",
        edits: &[("    if older.age == newer.age {\n        return Err(Doubt::Ambiguous);\n    }\n", "")],
    },
    Guard {
        name: "adopt-use-unread",
        says: "No user is adopted on an unread use.",
        file: "dates",
        edits: &[(".find(|key| key.used == Used::Unknown)", ".find(|_| false)")],
    },
    Guard {
        name: "adopt-older-unless-new-unused",
        says: "The older key is CURRENT only if the newer was never used.",
        file: "dates",
        edits: &[(
            "(true, false) if newer.used == Used::Never && older.status == Status::Active => {",
            "(true, false) if older.status == Status::Active => {",
        )],
    },
    Guard {
        name: "adopt-older-active",
        says: "The older key is CURRENT only if it works.",
        file: "dates",
        edits: &[(
            "(true, false) if newer.used == Used::Never && older.status == Status::Active => {",
            "(true, false) if newer.used == Used::Never => {",
        )],
    },
    Guard {
        name: "adopt-newer-alone",
        says: "The newer key is CURRENT only if the older is not in use.",
        file: "dates",
        edits: &[
            ("(false, true) => Ok(", "(false | true, true) => Ok("),
            ("(true, false) | (true, true) | (false, false)", "(true, false) | (false, false)"),
        ],
    },
    Guard {
        name: "adopt-newer-used",
        says: "The newer key is CURRENT only if its use was seen.",
        file: "dates",
        edits: &[
            ("(false, true) => Ok(", "(false, true | false) => Ok("),
            ("(true, false) | (true, true) | (false, false)", "(true, false) | (true, true)"),
        ],
    },
];
