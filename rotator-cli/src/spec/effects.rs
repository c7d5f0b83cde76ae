//! Effects: what each does, by which call, and whether that is sent again. A call's name is the permission's
//! too (Service Authorization Reference: each of these operations is authorized by the action of its name).

use rotator::{AccessKeyId, Effect};

use super::table;

/// An effect.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// For machines: `promote`.
    pub code: &'static str,
    /// For a person.
    pub says: String,
    /// The commit point with names in tags, in words.
    pub commit_with_tags: &'static str,
    /// The commit point in Secrets Manager, in words.
    pub commit_in_secrets_manager: &'static str,
    /// The calls with names in tags.
    pub with_tags: &'static [&'static str],
    /// The calls with Parameter Store.
    pub with_parameter_store: &'static [&'static str],
    /// The calls with Secrets Manager.
    pub with_secrets_manager: &'static [&'static str],
    /// Whether it is sent again after an unclear answer, and why.
    pub again: &'static str,
}

const TAG: &[&str] = &["iam:TagUser"];
const NOTE: &[&str] = &["secretsmanager:TagResource"];
const NAME: &[&str] =
    &["secretsmanager:TagResource", "secretsmanager:CreateSecret", "secretsmanager:PutSecretValue"];
const MOVE: &[&str] = &["secretsmanager:TagResource", "secretsmanager:UpdateSecretVersionStage"];
const MAKE: &[&str] = &["iam:CreateAccessKey"];
const TURN: &[&str] = &["iam:UpdateAccessKey"];
const DELETE: &[&str] = &["iam:DeleteAccessKey"];

/// Every effect. A new one must find its way into the list: the match has no other arm.
#[must_use]
pub fn rows() -> Vec<Row> {
    let Ok(key) = AccessKeyId::parse("KEY_KEY_KEY_KEY_") else { return Vec::new() };
    let key = || key.clone();
    let all = [
        Effect::Adopt { current: key(), last: None, open: true },
        Effect::Open,
        Effect::Create,
        Effect::Stage(key()),
        Effect::Publish(key()),
        Effect::Promote(key()),
        Effect::Rest(key()),
        Effect::Restore(key()),
        Effect::Activate(key()),
        Effect::Deactivate(key()),
        Effect::Delete(key()),
    ];
    all.iter().map(row).collect()
}

fn row(effect: &Effect) -> Row {
    let named = "CreateSecret or TagResource";
    let (commit_with_tags, commit_in_secrets_manager) = match effect {
        Effect::Adopt { .. } | Effect::Open => ("iam:TagUser", named),
        Effect::Create => ("iam:CreateAccessKey, sent once", "the same"),
        Effect::Stage(_) => ("iam:TagUser", "PutSecretValue to AWSPENDING"),
        Effect::Publish(_) => ("the pair written out, once proved", "none: Promote publishes"),
        Effect::Promote(_) => ("iam:TagUser", "UpdateSecretVersionStage of AWSCURRENT, once proved"),
        Effect::Rest(_) => ("iam:TagUser", "TagResource"),
        Effect::Restore(_) => (
            "the store's own write of LAST's pair, once proved",
            "UpdateSecretVersionStage of AWSCURRENT, once proved",
        ),
        Effect::Activate(_) | Effect::Deactivate(_) => ("iam:UpdateAccessKey", "the same"),
        Effect::Delete(_) => ("iam:DeleteAccessKey", "the same"),
    };
    let (with_tags, with_secrets_manager): (&[&str], &[&str]) = match effect {
        Effect::Adopt { .. } | Effect::Open => (TAG, NAME),
        Effect::Create => (MAKE, MAKE),
        Effect::Stage(_) => (TAG, &["secretsmanager:PutSecretValue"]),
        Effect::Publish(_) => (&[], &[]),
        Effect::Promote(_) => (TAG, MOVE),
        Effect::Rest(_) => (TAG, NOTE),
        Effect::Restore(_) => (&[], MOVE),
        Effect::Activate(_) | Effect::Deactivate(_) => (TURN, TURN),
        Effect::Delete(_) => (DELETE, DELETE),
    };
    let with_parameter_store = match effect {
        Effect::Publish(_) | Effect::Restore(_) => &["ssm:PutParameter"],
        Effect::Adopt { .. }
        | Effect::Open
        | Effect::Create
        | Effect::Stage(_)
        | Effect::Promote(_)
        | Effect::Rest(_)
        | Effect::Activate(_)
        | Effect::Deactivate(_)
        | Effect::Delete(_) => with_tags,
    };
    let says = effect.to_string().replace("KEY_KEY_KEY_KEY_", "KEY");
    Row {
        code: effect.code(),
        says,
        commit_with_tags,
        commit_in_secrets_manager,
        with_tags,
        with_parameter_store,
        with_secrets_manager,
        again: again(effect),
    }
}

/// What may be sent again, and why.
fn again(effect: &Effect) -> &'static str {
    match effect {
        Effect::Adopt { .. } => {
            "no: after an unclear answer the run ends, for a late one would undo newer names"
        }
        Effect::Open | Effect::Rest(_) => "yes: it stands beside the names, with a time of its own",
        Effect::Create => "never: there is no idempotency token (IAM API reference); the run looks instead",
        Effect::Stage(_) => "yes: the same names; in Secrets Manager the token carries the key's id",
        Effect::Publish(_) => {
            "no: one attempt, after the key was proved (sts:GetCallerIdentity, three times in a row)"
        }
        Effect::Promote(_) => "yes: the same names; Secrets Manager refuses it where AWSCURRENT has moved",
        Effect::Restore(_) => {
            "no: the run looks instead; a store that was served meanwhile refuses it, or tells at the next look"
        }
        Effect::Activate(_) => "yes: Active is what was wanted",
        Effect::Deactivate(_) => "yes: Inactive is what was wanted",
        Effect::Delete(_) => "yes: gone is what was wanted",
    }
}

/// For docs/reference.md: what each effect does.
#[must_use]
pub fn commits_table() -> String {
    let row = |row: Row| {
        let Row { code, says, commit_with_tags, commit_in_secrets_manager, .. } = row;
        format!("{code} ~ {says} ~ {commit_with_tags} ~ {commit_in_secrets_manager}").replace('|', "\\|")
    };
    let headings = ["effect", "what it does", "commit point with tags", "with Secrets Manager"];
    table(&headings, &rows().into_iter().map(row).collect::<Vec<_>>())
}

/// For SPEC.md: by which calls, and whether they are sent again.
#[must_use]
pub fn calls_table() -> String {
    let row = |row: Row| {
        let tags = match row.with_tags {
            [] => {
                format!("the store's own write; in Parameter Store {}", row.with_parameter_store.join(", "))
            }
            calls => calls.join(", "),
        };
        let secrets = match row.with_secrets_manager {
            [] => "none: `promote` publishes".to_owned(),
            [note, create, put] => {
                format!("{note}; of a new secret {create}; of one without a version {put} first")
            }
            calls => calls.join(", then "),
        };
        format!("{} ~ {} ~ {tags} ~ {secrets} ~ {}", row.code, row.says, row.again)
    };
    let headings = [
        "effect",
        "what it does",
        "API call, and the IAM permission of that name: with a ledger in tags",
        "with Secrets Manager",
        "sent again after an unclear answer?",
    ];
    table(&headings, &rows().into_iter().map(row).collect::<Vec<_>>())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::permissions::ACTIONS;

    #[test]
    fn what_writes_is_somebodys_effect() {
        let named: Vec<&str> = rows()
            .iter()
            .flat_map(|row| [row.with_tags, row.with_parameter_store, row.with_secrets_manager].concat())
            .collect();
        for action in ACTIONS {
            assert_eq!(named.contains(&action.name), !action.reads, "{}", action.name);
        }
        assert!(named.iter().all(|name| ACTIONS.iter().any(|action| action.name == *name)));
    }
}
