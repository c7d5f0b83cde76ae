//! What `decide` makes sure of before LAST goes and a key is made, and at a first meeting.

use super::Guard;

pub const RENEWING: &[Guard] = &[
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
        name: "lost-pair-is-told",
        says: "A store that serves nothing is not passed over because nothing is due.",
        file: "decide",
        edits: &[("let bare = *served == Served::Read(None) &&", "let bare = false &&")],
    },
    Guard {
        name: "lost-pair-not-of-own",
        says: "A run that has just stored a pair does not call it lost.",
        file: "decide",
        edits: &[("&& *hand == Hand::Empty && younger(policy.settle)", "&& younger(policy.settle)")],
    },
    Guard {
        name: "lost-pair-may-be-late",
        says: "That the store serves nothing may be an answer from before the pair came.",
        file: "decide",
        edits: &[(
            "&& *hand == Hand::Empty && younger(policy.settle).is_none();",
            "&& *hand == Hand::Empty;",
        )],
    },
    Guard {
        name: "keep-until-due",
        says: "Unless it is retired, LAST works until CURRENT is due.",
        file: "decide",
        edits: &[("            (None, _) if !due => return nothing_due,\n", "")],
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
            "            (Used::Unknown, ..) => waits(Pause::UseUnreadable(id.clone()), policy.stray_after),\n            (Used::Ago(ago)",
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
        edits: &[("    if !due {\n        return nothing_due;\n    }\n", "")],
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
        name: "pair-on-its-way",
        says: "Without a memory, a second pair does not overtake the first.",
        file: "decide",
        edits: &[(
            "(Some(Key { id, .. }), Some(rest)) if !policy.trust => {",
            "(Some(Key { id, .. }), Some(rest)) if false => {",
        )],
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
        edits: &[("if facts.served.key().is_none() && policy.adopt == Adopt::Never {", "if false {")],
    },
    Guard {
        name: "nothing-written-early",
        says: "Nothing is named before a key is due.",
        file: "decide",
        edits: &[(
            "if !said && !facts.keys.is_empty() && facts.keys.iter().all(|key| key.age < policy.max_age) {",
            "if false {",
        )],
    },
    Guard {
        name: "adopted-is-the-words",
        says: "The word's key must be there to be adopted.",
        file: "decide",
        edits: &[(
            "_ if facts.served.key().is_some_and(|served| *served != current.id) => {",
            "_ if false => {",
        )],
    },
    Guard {
        name: "adopted-is-active",
        says: "Only a key that works is adopted as CURRENT.",
        file: "decide",
        edits: &[
            (
                "Status::Inactive => Decision::Refuse(Refusal::CurrentInactive(current.id.clone())),\n        Status::Active if !said",
                "Status::Active if !said",
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
            "        Status::Active if !said && current.age < policy.max_age => Decision::Done,\n",
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
        edits: &[("let open = !said && slots.last.is_none();", "let open = !said;")],
    },
    Guard {
        name: "word-opens-nothing",
        says: "A word opens no rotation.",
        file: "decide",
        edits: &[("let open = !said && slots.last.is_none();", "let open = slots.last.is_none();")],
    },
];
