//! What `decide` makes sure of before it acts: the user, the list, CURRENT, words and strays.

use super::Guard;

pub const READING: &[Guard] = &[
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
            "younger(lag).filter(|_| lacks || unnamed.is_some())",
            "younger(lag).filter(|_| unnamed.is_some())",
        )],
    },
    Guard {
        name: "list-may-show-more",
        says: "While the slots are new, a key without a name may be gone or named.",
        file: "decide",
        edits: &[("younger(lag).filter(|_| lacks || unnamed.is_some())", "younger(lag).filter(|_| lacks)")],
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
            "let stale = if served.is_said() { policy.stray_after } else { policy.settle };",
            "let stale = if served.is_said() { Duration::ZERO } else { policy.settle };",
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
];
