//! The rules as they are published: ids, numbers and versions are for others to rely on.

use rotator_cli::audit::{RULES, table};

#[test]
fn the_rules_and_their_numbers() {
    let rules = RULES.map(|rule| format!("{} | {}", rule.id, rule.places()));
    assert_eq!(
        rules,
        [
            "rotated-90 | CIS AWS Foundations 1.14 (v1.4 to v4.0), 1.13 (v5.0), 2.13 (v6.0), 2.12 (v7.0), \
             AWS Config access-keys-rotated, AWS Security Hub IAM.3",
            "unused-45 | CIS AWS Foundations 1.12 (v1.4 to v4.0), 1.11 (v5.0), 2.11 (v6.0), 2.11 (v7.0), \
             AWS Security Hub IAM.22",
            "unused-90 | AWS Config iam-user-unused-credentials-check, AWS Security Hub IAM.8",
            "one-active | CIS AWS Foundations 1.13 (v1.4 to v4.0), 1.12 (v5.0), 2.12 (v6.0)",
            "current-works | ",
            "unknown-key | ",
            "half-done | ",
            "too-many-keys | ",
            "overdue | ",
            "own-key | ",
        ]
    );
    assert_eq!(table().lines().count(), RULES.len() + 2);
    insta::with_settings!({prepend_module_to_snapshot => false, omit_expression => true}, {
        insta::assert_snapshot!("rules", table());
    });
}
