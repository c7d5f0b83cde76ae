//! The rules as data: what each asks, and where it stands with which number.
//!
//! Numbers and thresholds are those of the standards' own texts. AWS Config says "active IAM access keys"
//! (`access-keys-rotated`) and "passwords or active access keys" (`iam-user-unused-credentials-check`, AWS
//! Config developer guide), CIS that unused credentials are to be "deactivated or removed": an Inactive key
//! breaks none of the three rules of age and use.

use std::time::Duration;

use super::words::option;
use super::{Rule, Standard, Statement};

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// The age that an Active key may have, by [`ROTATED_90`].
pub const ROTATED_WITHIN: Duration = DAY.saturating_mul(90);
/// A key that was unused for so long breaks [`UNUSED_45`].
pub const UNUSED_FOR_45: Duration = DAY.saturating_mul(45);
/// A key that was unused for so long breaks [`UNUSED_90`].
pub const UNUSED_FOR_90: Duration = DAY.saturating_mul(90);

const fn cis(version: &'static str, number: &'static str) -> Standard {
    Standard { name: "CIS AWS Foundations", version, number }
}

const fn config(number: &'static str) -> Standard {
    Standard { name: "AWS Config", version: "", number }
}

const fn hub(number: &'static str) -> Standard {
    Standard { name: "AWS Security Hub", version: "", number }
}

/// "Rotated every 90 days or less".
pub static ROTATED_90: Rule = Rule {
    id: "rotated-90",
    title: "No Active key is older than 90 days",
    says: "An Active access key is rotated every 90 days or less; its age is taken from its CreateDate.",
    standards: &[
        cis("v1.4 to v4.0", "1.14"),
        cis("v5.0", "1.13"),
        cis("v6.0", "2.13"),
        cis("v7.0", "2.12"),
        config("access-keys-rotated"),
        hub("IAM.3"),
    ],
};

/// "Unused for 45 days or more".
pub static UNUSED_45: Rule = Rule {
    id: "unused-45",
    title: "No Active key is unused for 45 days",
    says: "An access key that is unused for 45 days or more is deactivated or removed. Of the credentials that the \
           standards mean, access keys are looked at, and passwords are not.",
    standards: &[
        cis("v1.4 to v4.0", "1.12"),
        cis("v5.0", "1.11"),
        cis("v6.0", "2.11"),
        cis("v7.0", "2.11"),
        hub("IAM.22"),
    ],
};

/// "Not used for 90 days".
pub static UNUSED_90: Rule = Rule {
    id: "unused-90",
    title: "No Active key is unused for 90 days",
    says: "An access key that is unused for 90 days is deactivated or removed. Of the credentials that the \
           standards mean, access keys are looked at, and passwords are not.",
    standards: &[config("iam-user-unused-credentials-check"), hub("IAM.8")],
};

/// "Only one active key".
pub static ONE_ACTIVE: Rule = Rule {
    id: "one-active",
    title: "No user has two Active keys",
    says: "A user has only one Active access key. CIS AWS Foundations v7.0 does not ask it any more.",
    standards: &[cis("v1.4 to v4.0", "1.13"), cis("v5.0", "1.12"), cis("v6.0", "2.12")],
};

/// CURRENT is there and works.
pub static CURRENT_WORKS: Rule = Rule {
    id: "current-works",
    title: "CURRENT is there and Active",
    says: "The key that the store serves, or that is remembered as CURRENT, is listed and Active.",
    standards: &[],
};

/// No key without a name.
pub static UNKNOWN_KEY: Rule = Rule {
    id: "unknown-key",
    title: "Every key has a name",
    says: "Every key is CURRENT, LAST or PENDING; one without a name that is older than --stray-after is a dead run's or \
           a person's.",
    standards: &[],
};

/// No rotation left half done.
pub static HALF_DONE: Rule = Rule {
    id: "half-done",
    title: "No rotation is left half done",
    says: "A rotation that has begun ends within --stray-after: no key stays PENDING for longer.",
    standards: &[],
};

/// At most two keys.
pub static TOO_MANY_KEYS: Rule = Rule {
    id: "too-many-keys",
    title: "No user has more than two keys",
    says: "A user has at most two keys, Active and Inactive together (IAM user guide, quotas).",
    standards: &[],
};

/// CURRENT is not overdue.
pub static OVERDUE: Rule = Rule {
    id: "overdue",
    title: "No CURRENT is older than --rotate-after",
    says: "CURRENT is rotated at the age that --rotate-after says; asked where it is given.",
    standards: &[],
};

/// The audit does not sign with a LAST.
pub static OWN_KEY: Rule = Rule {
    id: "own-key",
    title: "The audit does not sign with a LAST",
    says: "The identity that runs this signs with no LAST of these users, which the next rotation takes away.",
    standards: &[],
};

/// Every rule, in the order of the report.
pub static RULES: [&Rule; 10] = [
    &ROTATED_90,
    &UNUSED_45,
    &UNUSED_90,
    &ONE_ACTIVE,
    &CURRENT_WORKS,
    &UNKNOWN_KEY,
    &HALF_DONE,
    &TOO_MANY_KEYS,
    &OVERDUE,
    &OWN_KEY,
];

/// The table for the documents.
#[must_use]
pub fn table() -> String {
    let rows = RULES.iter().map(|rule| {
        let places = match rule.places() {
            none if none.is_empty() => "rotator's own".to_owned(),
            places => places,
        };
        format!("| `{}` | {} | {places} |\n", rule.id, rule.says)
    });
    format!("| rule | asks | stands in |\n| --- | --- | --- |\n{}", rows.collect::<String>())
}

/// What two standards ask of a policy. Neither is judged: a verdict would claim more than can be seen.
#[must_use]
pub fn statements(rotate_after: Option<Duration>) -> Vec<Statement> {
    let frequency = match rotate_after {
        Some(span) => format!("--rotate-after is {}", option(span)),
        None => "this audit was given no --rotate-after, so no frequency can be named".to_owned(),
    };
    vec![
        Statement {
            standard: Standard { name: "PCI DSS", version: "v4", number: "8.6.3" },
            says: format!(
                "It asks for a frequency by targeted risk analysis, and for a change on suspicion of compromise. The \
                 frequency: {frequency}. On suspicion: `rotator revoke USER` replaces a key and switches it off. \
                 Whether the frequency follows from such an analysis cannot be seen in an account, and is not judged."
            ),
        },
        Statement {
            standard: Standard { name: "SOC 2", version: "", number: "CC6.1" },
            says: "It names no interval, so nothing can be held against one. This report is evidence, and gives no \
                   verdict."
                .to_owned(),
        },
    ]
}
