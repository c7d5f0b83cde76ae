//! Which command reads, writes and destroys, and the actions that it needs. Absent means: not needed.

/// One row of the table.
#[derive(Debug, Clone, Copy)]
pub struct Needs {
    /// The command, with the options that make the difference.
    pub command: &'static str,
    /// `reads`, `writes` or `destroys`: the most that it does.
    pub does: &'static str,
    /// IAM actions of the identity that runs it. sts:GetCallerIdentity needs no permission
    /// (STS API reference).
    pub actions: &'static [&'static str],
}

const LOOK: &[&str] = &["iam:ListUsers", "iam:ListAccessKeys", "iam:GetAccessKeyLastUsed"];

/// The table.
pub const NEEDS: &[Needs] = &[
    Needs { command: "`plan`, `status`, `rotate --dry-run`, `--ledger dates`", does: "reads", actions: LOOK },
    Needs {
        command: "… with tags (the default; also file+aws:, exec:, vault:)",
        does: "reads",
        actions: &["iam:ListUsers", "iam:ListAccessKeys", "iam:GetAccessKeyLastUsed", "iam:ListUserTags"],
    },
    Needs {
        command: "… with `--store secretsmanager:…`",
        does: "reads",
        actions: &[
            "iam:ListUsers",
            "iam:ListAccessKeys",
            "iam:GetAccessKeyLastUsed",
            "secretsmanager:DescribeSecret",
            "secretsmanager:GetSecretValue",
        ],
    },
    Needs {
        command: "… with `--store ssm:…`",
        does: "reads",
        actions: &[
            "iam:ListUsers",
            "iam:ListAccessKeys",
            "iam:GetAccessKeyLastUsed",
            "iam:ListUserTags",
            "ssm:GetParameter",
        ],
    },
    Needs {
        command: "… with `--store file:…`",
        does: "reads",
        actions: &["iam:ListUsers", "iam:ListAccessKeys", "iam:GetAccessKeyLastUsed"],
    },
    Needs {
        command: "`rotate --ledger dates`, `rotate --store file:…`, `iam-credential-rotation`",
        does: "destroys",
        actions: &[
            "iam:ListUsers",
            "iam:ListAccessKeys",
            "iam:GetAccessKeyLastUsed",
            "iam:CreateAccessKey",
            "iam:DeleteAccessKey",
        ],
    },
    Needs {
        command: "`rotate` with tags (the default; also file+aws:, exec:, vault:)",
        does: "destroys",
        actions: &[
            "iam:ListUsers",
            "iam:ListAccessKeys",
            "iam:GetAccessKeyLastUsed",
            "iam:ListUserTags",
            "iam:TagUser",
            "iam:CreateAccessKey",
            "iam:DeleteAccessKey",
        ],
    },
    Needs {
        command: "`rotate --store secretsmanager:…`",
        does: "destroys",
        actions: &[
            "iam:ListUsers",
            "iam:ListAccessKeys",
            "iam:GetAccessKeyLastUsed",
            "iam:CreateAccessKey",
            "iam:DeleteAccessKey",
            "secretsmanager:DescribeSecret",
            "secretsmanager:GetSecretValue",
            "secretsmanager:CreateSecret",
            "secretsmanager:PutSecretValue",
            "secretsmanager:UpdateSecretVersionStage",
            "secretsmanager:TagResource",
        ],
    },
    Needs {
        command: "`rotate --store ssm:…`",
        does: "destroys",
        actions: &[
            "iam:ListUsers",
            "iam:ListAccessKeys",
            "iam:GetAccessKeyLastUsed",
            "iam:ListUserTags",
            "iam:TagUser",
            "iam:CreateAccessKey",
            "iam:DeleteAccessKey",
            "ssm:GetParameter",
            "ssm:PutParameter",
        ],
    },
    Needs {
        command: "`confirm`, `adopt`",
        does: "writes; destroys a PENDING key that the word denies",
        actions: &[
            "iam:GetUser",
            "iam:ListAccessKeys",
            "iam:GetAccessKeyLastUsed",
            "iam:ListUserTags",
            "iam:TagUser",
            "iam:DeleteAccessKey",
        ],
    },
    Needs {
        command: "`rollback --store secretsmanager:…`",
        does: "writes",
        actions: &[
            "iam:GetUser",
            "iam:ListAccessKeys",
            "iam:GetAccessKeyLastUsed",
            "secretsmanager:DescribeSecret",
            "secretsmanager:GetSecretValue",
            "secretsmanager:UpdateSecretVersionStage",
            "secretsmanager:TagResource",
        ],
    },
    Needs {
        command: "`rollback --store ssm:…`",
        does: "writes",
        actions: &[
            "iam:GetUser",
            "iam:ListAccessKeys",
            "iam:GetAccessKeyLastUsed",
            "iam:ListUserTags",
            "iam:TagUser",
            "ssm:GetParameter",
            "ssm:GetParameterHistory",
            "ssm:PutParameter",
        ],
    },
    Needs {
        command: "`rollback --store vault:…`",
        does: "writes",
        actions: &[
            "iam:GetUser",
            "iam:ListAccessKeys",
            "iam:GetAccessKeyLastUsed",
            "iam:ListUserTags",
            "iam:TagUser",
        ],
    },
    Needs {
        command: "`rollback --store file:…`",
        does: "writes",
        actions: &["iam:GetUser", "iam:ListAccessKeys", "iam:GetAccessKeyLastUsed"],
    },
    Needs {
        command: "`revoke`: what `rotate` and `rollback` need with this store, without iam:ListUsers, and",
        does: "destroys",
        actions: &["iam:GetUser", "iam:UpdateAccessKey"],
    },
    Needs {
        command: "`retire` with tags",
        does: "destroys",
        actions: &[
            "iam:ListUsers",
            "iam:ListAccessKeys",
            "iam:GetAccessKeyLastUsed",
            "iam:ListUserTags",
            "iam:TagUser",
            "iam:UpdateAccessKey",
            "iam:DeleteAccessKey",
        ],
    },
    Needs {
        command: "`retire --store secretsmanager:…`",
        does: "destroys",
        actions: &[
            "iam:ListUsers",
            "iam:ListAccessKeys",
            "iam:GetAccessKeyLastUsed",
            "secretsmanager:DescribeSecret",
            "secretsmanager:GetSecretValue",
            "secretsmanager:TagResource",
            "iam:UpdateAccessKey",
            "iam:DeleteAccessKey",
        ],
    },
    Needs {
        command: "`retire --store file:…`",
        does: "destroys",
        actions: &[
            "iam:ListUsers",
            "iam:ListAccessKeys",
            "iam:GetAccessKeyLastUsed",
            "iam:UpdateAccessKey",
            "iam:DeleteAccessKey",
        ],
    },
    Needs {
        command: "`revive`: what `status` needs with this store, without iam:ListUsers, and",
        does: "writes",
        actions: &["iam:GetUser", "iam:UpdateAccessKey"],
    },
    Needs { command: "`demo`, `stores`", does: "nothing outside its own process", actions: &[] },
];

/// The table for the documents.
#[must_use]
pub fn table() -> String {
    let rows = NEEDS.iter().map(|needs| {
        let actions = if needs.actions.is_empty() { "none".to_owned() } else { needs.actions.join(", ") };
        format!("| {} | {} | {actions} |\n", needs.command, needs.does)
    });
    format!("| command | does | IAM actions |\n| --- | --- | --- |\n{}", rows.collect::<String>())
}
