//! Which command reads, writes and destroys, and the actions that it needs. One function, [`actions`], says
//! it: the table of the documents and `rotator policy` are both made of it.
//!
//! sts:GetCallerIdentity is on no list: it needs no permission (STS API reference).

use clap::ValueEnum;

/// What somebody wants to do, as far as permissions go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Task {
    /// Rotations, first meetings, and what a run left that died
    Rotate,
    /// A look that says what `rotate` would do; `rotate --dry-run` too
    Plan,
    /// A look at each key
    Status,
    /// A look at each key, judged by rule
    Audit,
    /// A word with a document, or with --user
    Confirm,
    /// `confirm --all`: a word about everybody on the path
    ConfirmAll,
    /// A word about one user
    Adopt,
    /// LAST is served again
    Rollback,
    /// A key that has leaked is replaced and switched off
    Revoke,
    /// LAST is switched off, and deleted later
    Retire,
    /// LAST works again
    Revive,
}

/// Where the names of the slots and the pairs are, as far as AWS's permissions go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Keeper {
    /// Names nowhere: creation dates and last use are read instead.
    Dates,
    /// Names in the IAM user's tags. Pairs are handed over, or in a store that is none of AWS's.
    Tags,
    /// Names and pairs in a file.
    File,
    /// Names and pairs in Secrets Manager.
    Secrets,
    /// Names in tags, pairs in Parameter Store.
    Parameters {
        /// The KMS key is named. Else the one in force is looked up before each put.
        key_named: bool,
    },
}

/// What an action is allowed on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum On {
    /// Nothing smaller than everything: the action takes no resource.
    Everything,
    /// IAM users.
    Users,
    /// Secrets of Secrets Manager.
    Secrets,
    /// Parameters of Parameter Store.
    Parameters,
}

/// An action of AWS's that some command needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Action {
    /// `iam:CreateAccessKey`
    pub name: &'static str,
    /// What it is allowed on.
    pub on: On,
    /// It changes nothing.
    pub reads: bool,
}

const fn reads(name: &'static str, on: On) -> Action {
    Action { name, on, reads: true }
}

const fn writes(name: &'static str, on: On) -> Action {
    Action { name, on, reads: false }
}

/// Each action that any command needs, in the order of all lists. What it is allowed on is from the Service
/// Authorization Reference (the column "Resource types" of `list_awsidentityandaccessmanagementiam.html`,
/// `list_awssecretsmanager.html` and `list_awssystemsmanager.html`, where it is empty for iam:ListUsers
/// alone); for the keys' own actions also from the IAM user guide, "Permissions required to manage access
/// keys".
pub const ACTIONS: [Action; 18] = [
    reads("iam:ListUsers", On::Everything),
    reads("iam:GetUser", On::Users),
    reads("iam:ListAccessKeys", On::Users),
    reads("iam:GetAccessKeyLastUsed", On::Users),
    reads("iam:ListUserTags", On::Users),
    writes("iam:TagUser", On::Users),
    writes("iam:CreateAccessKey", On::Users),
    writes("iam:UpdateAccessKey", On::Users),
    writes("iam:DeleteAccessKey", On::Users),
    reads("secretsmanager:DescribeSecret", On::Secrets),
    reads("secretsmanager:GetSecretValue", On::Secrets),
    writes("secretsmanager:CreateSecret", On::Secrets),
    writes("secretsmanager:PutSecretValue", On::Secrets),
    writes("secretsmanager:UpdateSecretVersionStage", On::Secrets),
    writes("secretsmanager:TagResource", On::Secrets),
    reads("ssm:GetParameter", On::Parameters),
    reads("ssm:GetParameterHistory", On::Parameters),
    writes("ssm:PutParameter", On::Parameters),
];

/// What is needed besides on a KMS key of one's own.
pub const KMS: [&str; 3] = ["kms:GenerateDataKey", "kms:Encrypt", "kms:Decrypt"];

const KEYS: &[&str] = &["iam:ListAccessKeys"];
const USE: &[&str] = &["iam:GetAccessKeyLastUsed"];
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

/// The actions that a command needs in the whole of its life, in the order of [`ACTIONS`]: for users who are
/// met for the first time, for those who are due, and for what a run left that died.
#[must_use]
pub fn actions(task: Task, keeper: Keeper) -> Vec<Action> {
    let needed = [&[find(task), used(task)], look(keeper), &act(task, keeper)].concat().concat();
    ACTIONS.into_iter().filter(|action| needed.contains(&action.name)).collect()
}

/// Whom it is about: the users on a path, or one by name.
fn find(task: Task) -> &'static [&'static str] {
    match task {
        Task::Rotate | Task::Plan | Task::Status | Task::Audit | Task::ConfirmAll | Task::Retire => {
            &["iam:ListUsers"]
        }
        Task::Confirm | Task::Adopt | Task::Rollback | Task::Revoke | Task::Revive => &["iam:GetUser"],
    }
}

/// Each look asks when keys were last used. Where nothing is decided by it the answer may be missing.
fn used(task: Task) -> &'static [&'static str] {
    match task {
        Task::Rotate
        | Task::Plan
        | Task::Status
        | Task::Audit
        | Task::Confirm
        | Task::Adopt
        | Task::Revoke
        | Task::Retire => USE,
        Task::ConfirmAll | Task::Rollback | Task::Revive => &[],
    }
}

/// What else each look asks.
fn look(keeper: Keeper) -> &'static [&'static [&'static str]] {
    match keeper {
        Keeper::Dates | Keeper::File => &[KEYS],
        Keeper::Tags => &[KEYS, TAGS],
        // A value is read where a person put it there, or a run that died had staged it.
        Keeper::Secrets => &[KEYS, SECRET],
        Keeper::Parameters { .. } => &[KEYS, TAGS, PARAMETER],
    }
}

/// What it does beyond looking.
fn act(task: Task, keeper: Keeper) -> Vec<&'static [&'static str]> {
    match task {
        Task::Plan | Task::Status | Task::Audit => Vec::new(),
        Task::Rotate => [&[MAKE, DELETE], rotates(keeper)].concat(),
        // A word denies PENDING, whose key is deleted then. All words at once confirm.
        Task::Confirm | Task::Adopt => vec![TAG, DELETE],
        Task::ConfirmAll => vec![TAG],
        Task::Rollback => restores(keeper).to_vec(),
        Task::Revoke => [&[MAKE, TURN, DELETE], rotates(keeper), restores(keeper)].concat(),
        Task::Retire => [&[TURN, DELETE], retires(keeper)].concat(),
        Task::Revive => vec![TURN],
    }
}

fn rotates(keeper: Keeper) -> &'static [&'static [&'static str]] {
    match keeper {
        Keeper::Dates | Keeper::File => &[],
        Keeper::Tags => &[TAG],
        Keeper::Secrets => &[SECRET_PUT, SECRET_MOVE, SECRET_NOTE],
        Keeper::Parameters { key_named: true } => &[TAG, PARAMETER_PUT],
        Keeper::Parameters { key_named: false } => &[TAG, PARAMETER_BEFORE, PARAMETER_PUT],
    }
}

fn restores(keeper: Keeper) -> &'static [&'static [&'static str]] {
    match keeper {
        Keeper::Dates | Keeper::File => &[],
        Keeper::Tags => &[TAG],
        Keeper::Secrets => &[SECRET_MOVE, SECRET_NOTE],
        Keeper::Parameters { .. } => &[TAG, PARAMETER_BEFORE, PARAMETER_PUT],
    }
}

/// That LAST is off is noted. A rotation that died once its pair was in the store is brought to its end.
fn retires(keeper: Keeper) -> &'static [&'static [&'static str]] {
    match keeper {
        Keeper::Dates | Keeper::File => &[],
        Keeper::Tags | Keeper::Parameters { .. } => &[TAG],
        Keeper::Secrets => &[SECRET_MOVE, SECRET_NOTE],
    }
}

/// One row of the table.
#[derive(Debug, Clone, Copy)]
pub struct Needs {
    /// The command, with the options that make the difference.
    pub command: &'static str,
    /// `reads`, `writes` or `destroys`: the most that it does.
    pub does: &'static str,
    says: Says,
}

/// Which actions a row names.
#[derive(Debug, Clone, Copy)]
enum Says {
    /// All that the command needs.
    All(Task, Keeper),
    /// What it needs more than other commands, whatever the keeper.
    Beyond(Task, &'static [Task]),
    /// None.
    None,
}

const PARAMETERS: Keeper = Keeper::Parameters { key_named: false };

const fn row(command: &'static str, does: &'static str, says: Says) -> Needs {
    Needs { command, does, says }
}

/// The table.
pub const NEEDS: &[Needs] = &[
    row(
        "`plan`, `status`, `audit`, `rotate --dry-run`, `--ledger dates`",
        "reads",
        Says::All(Task::Plan, Keeper::Dates),
    ),
    row(
        "… with tags (the default, and with every store that has no row of its own)",
        "reads",
        Says::All(Task::Plan, Keeper::Tags),
    ),
    row("… with `--store secretsmanager:…`", "reads", Says::All(Task::Plan, Keeper::Secrets)),
    row("… with `--store ssm:…`", "reads", Says::All(Task::Plan, PARAMETERS)),
    row("… with `--store file:…`", "reads", Says::All(Task::Plan, Keeper::File)),
    row(
        "`rotate --ledger dates`, `rotate --store file:…`, `iam-credential-rotation`",
        "destroys",
        Says::All(Task::Rotate, Keeper::Dates),
    ),
    row(
        "`rotate` with tags (the default, and with every store that has no row of its own)",
        "destroys",
        Says::All(Task::Rotate, Keeper::Tags),
    ),
    row("`rotate --store secretsmanager:…`", "destroys", Says::All(Task::Rotate, Keeper::Secrets)),
    row(
        "`rotate --store ssm:…` (with `kms-key` without ssm:GetParameterHistory)",
        "destroys",
        Says::All(Task::Rotate, PARAMETERS),
    ),
    row(
        "`confirm`, `adopt`",
        "writes; destroys a PENDING key that the word denies",
        Says::All(Task::Confirm, Keeper::Tags),
    ),
    row("`confirm --all`", "writes", Says::All(Task::ConfirmAll, Keeper::Tags)),
    row("`rollback --store secretsmanager:…`", "writes", Says::All(Task::Rollback, Keeper::Secrets)),
    row("`rollback --store ssm:…`", "writes", Says::All(Task::Rollback, PARAMETERS)),
    row("`rollback --store vault:…`", "writes", Says::All(Task::Rollback, Keeper::Tags)),
    row("`rollback --store file:…`", "writes", Says::All(Task::Rollback, Keeper::File)),
    row(
        "`revoke`: what `rotate` and `rollback` need with this store, without iam:ListUsers, and",
        "destroys",
        Says::Beyond(Task::Revoke, &[Task::Rotate]),
    ),
    row("`retire` with tags", "destroys", Says::All(Task::Retire, Keeper::Tags)),
    row("`retire --store secretsmanager:…`", "destroys", Says::All(Task::Retire, Keeper::Secrets)),
    row("`retire --store file:…`", "destroys", Says::All(Task::Retire, Keeper::File)),
    row(
        "`revive`: what `status` needs with this store, without iam:ListUsers and iam:GetAccessKeyLastUsed, and",
        "writes",
        Says::Beyond(Task::Revive, &[Task::Status]),
    ),
    row(
        "`policy`, `spec`, `verify`, `conform`, `demo`, `stores`",
        "nothing outside its own process",
        Says::None,
    ),
];

impl Needs {
    /// The actions, in the order of [`ACTIONS`].
    pub fn actions(&self) -> impl Iterator<Item = &'static str> + use<> {
        let named = match self.says {
            Says::All(task, keeper) => actions(task, keeper),
            Says::Beyond(task, than) => {
                let known: Vec<_> = than.iter().flat_map(|task| actions(*task, Keeper::Tags)).collect();
                actions(task, Keeper::Tags).into_iter().filter(|action| !known.contains(action)).collect()
            }
            Says::None => Vec::new(),
        };
        named.into_iter().map(|action| action.name)
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

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    const KEEPERS: [Keeper; 6] = [
        Keeper::Dates,
        Keeper::Tags,
        Keeper::File,
        Keeper::Secrets,
        Keeper::Parameters { key_named: false },
        Keeper::Parameters { key_named: true },
    ];

    fn names(task: Task, keeper: Keeper) -> BTreeSet<&'static str> {
        actions(task, keeper).into_iter().map(|action| action.name).collect()
    }

    #[test]
    fn a_row_that_names_other_commands_is_right_about_them() {
        for keeper in KEEPERS {
            let mut sum: BTreeSet<_> = &names(Task::Rotate, keeper) | &names(Task::Rollback, keeper);
            sum.remove("iam:ListUsers");
            sum.extend(["iam:GetUser", "iam:UpdateAccessKey"]);
            assert_eq!(names(Task::Revoke, keeper), sum, "{keeper:?}");
            let mut sum = names(Task::Status, keeper);
            sum.remove("iam:ListUsers");
            sum.remove("iam:GetAccessKeyLastUsed");
            sum.extend(["iam:GetUser", "iam:UpdateAccessKey"]);
            assert_eq!(names(Task::Revive, keeper), sum, "{keeper:?}");
        }
    }

    #[test]
    fn who_looks_writes_nothing() {
        for keeper in KEEPERS {
            for task in [Task::Plan, Task::Status, Task::Audit] {
                assert!(actions(task, keeper).iter().all(|action| action.reads), "{task:?} {keeper:?}");
            }
        }
    }

    #[test]
    fn each_action_is_somebodys() {
        let tasks = Task::value_variants();
        for action in ACTIONS {
            let needed = |task: &Task| KEEPERS.iter().any(|keeper| actions(*task, *keeper).contains(&action));
            assert!(tasks.iter().any(needed), "{}", action.name);
        }
    }
}
