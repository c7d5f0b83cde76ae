//! What `decide` makes sure of where the store itself tells what it serves, where LAST is switched off and on,
//! and where somebody asks for one key.

use super::Guard;

pub const ASKING: &[Guard] = &[
    Guard {
        name: "store-ahead-of-list",
        says: "The store may serve a key so young that IAM's list does not show it.",
        file: "decide",
        edits: &[(
            "let lag = if made_now { policy.stray_after.saturating_mul(2) } else { policy.settle };",
            "let lag = policy.settle;",
        )],
    },
    Guard {
        name: "answer-may-be-old",
        says: "The store's answer for LAST may be older than the promotion that made it LAST.",
        file: "decide",
        edits: &[(
            "let stale = if served.is_said() { policy.stray_after } else { policy.settle };",
            "let stale = if served.is_said() { policy.stray_after } else { Duration::ZERO };",
        )],
    },
    Guard {
        name: "another-run-names-pending",
        says: "PENDING that another run handed over is named by that run while it may be at work.",
        file: "decide",
        edits: &[(
            "let others = served.is_read() && slots.pending.as_ref() == Some(id) && hand.key() != Some(id);",
            "let others = false;",
        )],
    },
    Guard {
        name: "own-pending-is-named",
        says: "A run that sees its own key served names it at once.",
        file: "decide",
        edits: &[(
            "slots.pending.as_ref() == Some(id) && hand.key() != Some(id);",
            "slots.pending.as_ref() == Some(id);",
        )],
    },
    Guard {
        name: "unread-use-asks-nobody",
        says: "Where the store tells, an unread use is waited for; nobody is asked.",
        file: "decide",
        edits: &[("if served.is_from_store() && key.used == Used::Unknown {", "if false {")],
    },
    Guard {
        name: "stamp-is-ground",
        says: "Where the store tells that it was written since PENDING was named, it serves PENDING.",
        file: "decide",
        edits: &[(" || arrived || ", " || ")],
    },
    Guard {
        name: "stamp-of-a-run-at-work",
        says: "PENDING that another run handed over is named by that run while it may be at work.",
        file: "decide",
        edits: &[("&& (hand.key() == Some(&key.id) || younger(policy.stray_after).is_none());", ";")],
    },
    Guard {
        name: "own-stamp-at-once",
        says: "A run that sees the store written since it named PENDING waits for nobody.",
        file: "decide",
        edits: &[("&& (hand.key() == Some(&key.id) || younger", "&& (younger")],
    },
    Guard {
        name: "quarantine-is-noted",
        says: "The quarantine begins when it is noted that LAST is off.",
        file: "decide",
        edits: &[(
            "Status::Inactive => slots.resting == Some(Status::Inactive),",
            "Status::Inactive => true,",
        )],
    },
    Guard {
        name: "revived-rests-anew",
        says: "A LAST that works again rests again before it is switched off.",
        file: "decide",
        edits: &[("Status::Active => slots.resting != Some(Status::Inactive),", "Status::Active => true,")],
    },
    Guard {
        name: "leaked-is-named",
        says: "Only CURRENT or LAST can be said to have leaked.",
        file: "decide",
        edits: &[(
            "Goal::Revoke(id) if slots.current.as_ref() != Some(id) && slots.last.as_ref() != Some(id) => {",
            "Goal::Revoke(id) if false => {",
        )],
    },
    Guard {
        name: "leaked-is-not-served",
        says: "What has leaked is switched off only once another key is CURRENT.",
        file: "decide",
        edits: &[(
            "    if let Goal::Revoke(id) = &policy.goal\n        && slots.current.as_ref() != Some(id)\n    {",
            "    if let Goal::Revoke(id) = &policy.goal {",
        )],
    },
    Guard {
        name: "leaked-is-seen-replaced",
        says: "What has leaked is switched off only once everybody sees that another key is CURRENT.",
        file: "decide",
        edits: &[(
            "match (observation.key(id).map(|key| key.status), younger(policy.settle)) {",
            "match (observation.key(id).map(|key| key.status), younger(Duration::ZERO)) {",
        )],
    },
    Guard {
        name: "leaked-current-may-be-off",
        says: "A CURRENT that has leaked and was switched off is replaced all the same.",
        file: "decide",
        edits: &[(
            "            if policy.goal == Goal::Revoke(id.clone())\n                && slots.current",
            "            if false && policy.goal == Goal::Revoke(id.clone())\n                && slots.current",
        )],
    },
    Guard {
        name: "leaked-current-is-kept-from",
        says: "Where the store does not keep LAST's pair, a CURRENT that is off is a person's to replace.",
        file: "decide",
        edits: &[(
            "                    false => Decision::Refuse(Refusal::CurrentInactive(id.clone())),",
            "                    false => restore(policy, &slots, written, last),",
        )],
    },
    Guard {
        name: "last-is-served-while-it-rests",
        says: "Where a key has leaked and LAST has not rested, LAST is served, where the store keeps it.",
        file: "decide",
        edits: &[(
            "let leaked = policy.goal != Goal::Rotate && kept && *status == Status::Active;",
            "let leaked = false;",
        )],
    },
    Guard {
        name: "served-again-if-kept",
        says: "LAST is served again only where the store keeps its pair.",
        file: "goals",
        edits: &[(
            "        Some(Status::Active) if !kept => Decision::Refuse(Refusal::NotKept(id.clone())),\n",
            "",
        )],
    },
    Guard {
        name: "served-again-if-last",
        says: "Only LAST is served again.",
        file: "goals",
        edits: &[(
            "observation.key(id).filter(|_| slots.last.as_ref() == Some(id));",
            "observation.key(id);",
        )],
    },
    Guard {
        name: "served-again-if-active",
        says: "A LAST that is off is not served.",
        file: "goals",
        edits: &[(
            "Some(Status::Inactive) => Decision::Refuse(Refusal::LastInactive(id.clone())),",
            "Some(Status::Inactive) => restore(policy, slots, written, id),",
        )],
    },
    Guard {
        name: "served-again-once",
        says: "A key that is CURRENT is not served again.",
        file: "goals",
        edits: &[(
            "    if slots.current.as_ref() == Some(id) {\n        return Decision::Done;\n    }\n",
            "",
        )],
    },
    Guard {
        name: "ledger-may-be-ahead",
        says: "That the store serves LAST already may be an old answer.",
        file: "goals",
        edits: &[(
            "match written.filter(|since| *since < policy.settle) {",
            "match written.filter(|_| false) {",
        )],
    },
    Guard {
        name: "revived-is-named",
        says: "Only CURRENT or LAST is switched on again.",
        file: "goals",
        edits: &[(
            "observation.key(id).filter(|_| named).map(|key| key.status)",
            "observation.key(id).map(|key| key.status)",
        )],
    },
    Guard {
        name: "served-again-when-seen",
        says: "Names that are new are not exchanged: a reader of older ones would name the other key.",
        file: "goals",
        edits: &[("    if since < policy.settle {", "    if false {")],
    },
    Guard {
        name: "takers-have-landed",
        says: "Whoever found LAST rested has had time to take it.",
        file: "goals",
        edits: &[("if slots.resting.is_some() && since < landed {", "if false {")],
    },
    Guard {
        name: "rests-while-it-is-served-again",
        says: "LAST does not come to have rested while this run's request is on its way.",
        file: "goals",
        edits: &[(
            "if since.saturating_add(policy.stray_after) < policy.min_age {",
            "if since < policy.min_age {",
        )],
    },
    Guard {
        name: "rests-before-it-is-served-again",
        says: "A LAST that may be being taken rests anew before it is served.",
        file: "goals",
        edits: &[("if since.saturating_add(policy.stray_after) < policy.min_age {", "if true {")],
    },
];
