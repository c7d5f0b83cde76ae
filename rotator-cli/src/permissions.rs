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
        command: "… with tags (the default)",
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
        command: "`rotate --ledger dates`, `iam-credential-rotation`",
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
        command: "`rotate` with tags (the default)",
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
    Needs { command: "`demo`", does: "nothing outside its own process", actions: &[] },
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
