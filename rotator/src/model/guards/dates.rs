//! What makes sure that keys are told apart by dates and use.

use super::Guard;

pub const DATES: &[Guard] = &[
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
