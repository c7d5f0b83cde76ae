//! What is asked of every user, as data. Where a rule is a claim that rotation makes anyway, it has the claim's
//! name.

/// One rule.
#[derive(Debug, PartialEq, Eq)]
pub struct Rule {
    /// Stable, for reports.
    pub id: &'static str,
    /// What it asks, in one sentence.
    pub says: &'static str,
    /// What the trail must show for it to be judged.
    pub needs: &'static str,
    /// It is one of the claims of `rotator/src/claims.rs`, as far as a trail can show it.
    pub claim: bool,
}

/// The main fault of the field.
pub const NEVER_TAKES_SERVED: Rule = Rule {
    id: "never-takes-served",
    says: "No key that was in use within `--min-age` is deleted or deactivated while its successor was never used.",
    needs: "use of the user's keys; for a key or a successor that is older than the trail, as much of the time before",
    claim: true,
};
/// LAST taken while jobs hold it.
pub const LAST_WORKS: Rule = Rule {
    id: "last-works",
    says: "LAST is taken no sooner than `--min-age` after its successor was made, and after its own last use as far as that is known.",
    needs: "the successor's creation",
    claim: true,
};
/// A user without a working key.
pub const CURRENT_WORKS: Rule = Rule {
    id: "current-works",
    says: "A user whose key is taken has another that works, unless the user is deleted within a day.",
    needs: "all keys of the user: its creation, or two keys at once, for IAM allows no third",
    claim: true,
};
/// Deleted too soon after it was switched off.
pub const OFF_BEFORE_GONE: Rule = Rule {
    id: "off-before-gone",
    says: "A key that was used and is switched off is deleted no sooner than `--quarantine` later, so that it can be switched on again.",
    needs: "its deactivation; it is asked where `--quarantine` is given",
    claim: true,
};
/// A third key.
pub const TOO_MANY_KEYS: Rule = Rule {
    id: "too-many-keys",
    says: "A user has two keys at most.",
    needs: "that each of three was there is shown by later use or change; else deletions are missing from the trail",
    claim: false,
};
/// Too old.
pub const ROTATED_IN_TIME: Rule = Rule {
    id: "rotated-in-time",
    says: "A key works for `--period` at most.",
    needs: "its creation, or as long a stretch in which it is seen",
    claim: false,
};
/// Switched off and forgotten.
pub const OFF_AND_LEFT: Rule = Rule {
    id: "off-and-left",
    says: "A key that is switched off is deleted within `--period`.",
    needs: "its deactivation, and a trail that goes on for so long",
    claim: false,
};
/// A person amid a tool.
pub const BY_HAND: Rule = Rule {
    id: "by-hand",
    says: "Between two changes by a program, nobody changes the user's keys in the console or with the AWS CLI.",
    needs: "user agents, which are what each caller says of itself",
    claim: false,
};

/// All of them, in the order in which they are told.
pub const RULES: [&Rule; 8] = [
    &NEVER_TAKES_SERVED,
    &CURRENT_WORKS,
    &LAST_WORKS,
    &OFF_BEFORE_GONE,
    &TOO_MANY_KEYS,
    &ROTATED_IN_TIME,
    &OFF_AND_LEFT,
    &BY_HAND,
];

/// The table for the documents.
#[must_use]
pub fn table() -> String {
    let rows = RULES.map(|rule| {
        let claim = if rule.claim { "yes" } else { "" };
        format!("| {} | {} | {} | {claim} |\n", rule.id, rule.says, rule.needs)
    });
    format!("| rule | what it asks | what it needs | claim |\n| --- | --- | --- | --- |\n{}", rows.concat())
}
