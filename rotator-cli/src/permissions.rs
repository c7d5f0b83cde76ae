//! Which command reads, writes and destroys, and the actions that it needs. Absent means: not needed.

/// One row of the table.
#[derive(Debug, Clone, Copy)]
pub struct Needs {
    /// The command, with the options that make the difference.
    pub command: &'static str,
    /// `reads`, `writes` or `destroys`: the most that it does.
    pub does: &'static str,
    /// IAM actions of the identity that runs it, by what they are for. sts:GetCallerIdentity needs no
    /// permission (STS API reference).
    groups: &'static [&'static [&'static str]],
}

const USERS: &[&str] = &["iam:ListUsers"];
const USER: &[&str] = &["iam:GetUser"];
const KEYS: &[&str] = &["iam:ListAccessKeys", "iam:GetAccessKeyLastUsed"];
const TAGS: &[&str] = &["iam:ListUserTags"];
const TAG: &[&str] = &["iam:TagUser"];
const MAKE: &[&str] = &["iam:CreateAccessKey"];
const TURN: &[&str] = &["iam:UpdateAccessKey"];
const DELETE: &[&str] = &["iam:DeleteAccessKey"];
const SECRET: &[&str] = &["secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue"];
const SECRET_PUT: &[&str] = &["secretsmanager:CreateSecret", "secretsmanager:PutSecretValue"];
const SECRET_MOVE: &[&str] = &["secretsmanager:UpdateSecretVersionStage"];
const SECRET_NOTE: &[&str] = &["secretsmanager:TagResource"];
const PARAMETER: &[&str] = &["ssm:GetParameter"];
const PARAMETER_BEFORE: &[&str] = &["ssm:GetParameterHistory"];
const PARAMETER_PUT: &[&str] = &["ssm:PutParameter"];

/// The table.
pub const NEEDS: &[Needs] = &[
    Needs {
        command: "`plan`, `status`, `audit`, `rotate --dry-run`, `--ledger dates`",
        does: "reads",
        groups: &[USERS, KEYS],
    },
    Needs {
        command: "… with tags (the default, and with every store that has no row of its own)",
        does: "reads",
        groups: &[USERS, KEYS, TAGS],
    },
    Needs { command: "… with `--store secretsmanager:…`", does: "reads", groups: &[USERS, KEYS, SECRET] },
    Needs { command: "… with `--store ssm:…`", does: "reads", groups: &[USERS, KEYS, TAGS, PARAMETER] },
    Needs { command: "… with `--store file:…`", does: "reads", groups: &[USERS, KEYS] },
    Needs {
        command: "`rotate --ledger dates`, `rotate --store file:…`, `iam-credential-rotation`",
        does: "destroys",
        groups: &[USERS, KEYS, MAKE, DELETE],
    },
    Needs {
        command: "`rotate` with tags (the default, and with every store that has no row of its own)",
        does: "destroys",
        groups: &[USERS, KEYS, TAGS, TAG, MAKE, DELETE],
    },
    Needs {
        command: "`rotate --store secretsmanager:…`",
        does: "destroys",
        groups: &[USERS, KEYS, MAKE, DELETE, SECRET, SECRET_PUT, SECRET_MOVE, SECRET_NOTE],
    },
    Needs {
        command: "`rotate --store ssm:…`",
        does: "destroys",
        groups: &[USERS, KEYS, TAGS, TAG, MAKE, DELETE, PARAMETER, PARAMETER_PUT],
    },
    Needs {
        command: "`confirm`, `adopt`",
        does: "writes; destroys a PENDING key that the word denies",
        groups: &[USER, KEYS, TAGS, TAG, DELETE],
    },
    Needs { command: "`confirm --all`", does: "writes", groups: &[USERS, KEYS, TAGS, TAG] },
    Needs {
        command: "`rollback --store secretsmanager:…`",
        does: "writes",
        groups: &[USER, KEYS, SECRET, SECRET_MOVE, SECRET_NOTE],
    },
    Needs {
        command: "`rollback --store ssm:…`",
        does: "writes",
        groups: &[USER, KEYS, TAGS, TAG, PARAMETER, PARAMETER_BEFORE, PARAMETER_PUT],
    },
    Needs { command: "`rollback --store vault:…`", does: "writes", groups: &[USER, KEYS, TAGS, TAG] },
    Needs { command: "`rollback --store file:…`", does: "writes", groups: &[USER, KEYS] },
    Needs {
        command: "`revoke`: what `rotate` and `rollback` need with this store, without iam:ListUsers, and",
        does: "destroys",
        groups: &[USER, TURN],
    },
    Needs {
        command: "`retire` with tags",
        does: "destroys",
        groups: &[USERS, KEYS, TAGS, TAG, TURN, DELETE],
    },
    Needs {
        command: "`retire --store secretsmanager:…`",
        does: "destroys",
        groups: &[USERS, KEYS, SECRET, SECRET_NOTE, TURN, DELETE],
    },
    Needs { command: "`retire --store file:…`", does: "destroys", groups: &[USERS, KEYS, TURN, DELETE] },
    Needs {
        command: "`revive`: what `status` needs with this store, without iam:ListUsers, and",
        does: "writes",
        groups: &[USER, TURN],
    },
    Needs { command: "`demo`, `stores`", does: "nothing outside its own process", groups: &[] },
];

impl Needs {
    /// The actions, in the order in which they are first needed.
    pub fn actions(&self) -> impl Iterator<Item = &'static str> + use<> {
        self.groups.iter().flat_map(|group| group.iter().copied())
    }
}

/// The table for the documents.
#[must_use]
pub fn table() -> String {
    let rows = NEEDS.iter().map(|needs| {
        let actions: Vec<_> = needs.actions().collect();
        let actions = if actions.is_empty() { "none".to_owned() } else { actions.join(", ") };
        format!("| {} | {} | {actions} |\n", needs.command, needs.does)
    });
    format!("| command | does | IAM actions |\n| --- | --- | --- |\n{}", rows.collect::<String>())
}
