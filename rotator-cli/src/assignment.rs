//! What a command is to do in one account: from the command line alone, or for each target of a configuration.

use crate::args::RotateArgs;
use crate::aws::Access;
use crate::settings::iam_path;
use crate::shard::Shard;

/// One account's part of a command.
#[derive(Debug, Clone)]
pub struct Assignment {
    /// The target's name in the configuration; `None` for the command line alone.
    pub target: Option<String>,
    /// Which account, by which way.
    pub access: Access,
    /// Which users.
    pub scope: Scope,
    /// All other options.
    pub args: RotateArgs,
}

/// Which users of an account.
#[derive(Debug, Clone)]
pub struct Scope {
    /// Their paths, as IAM has them.
    pub paths: Vec<String>,
    /// Users on paths below them, too.
    pub recursive: bool,
    /// Names of which one must fit, if there is any; `*` and `?` stand for anything.
    pub include: Vec<String>,
    /// Names of which none may fit.
    pub exclude: Vec<String>,
    /// The share of this run.
    pub shard: Option<Shard>,
}

impl Assignment {
    /// From the command line alone.
    ///
    /// # Errors
    /// A sentence for the command line.
    pub fn of_path(args: RotateArgs) -> Result<Self, String> {
        let path = args.path.as_deref().ok_or("--all and --target need a configuration file")?;
        let scope = Scope {
            paths: vec![iam_path(path)?],
            recursive: args.recursive,
            include: Vec::new(),
            exclude: Vec::new(),
            shard: args.fleet.shard,
        };
        Ok(Self { target: None, access: args.aws.clone().into(), scope, args })
    }

    /// From the Python tool's command line: it puts slashes around whatever it is given, and takes nested users
    /// too.
    #[must_use]
    pub fn of_ancestor(args: RotateArgs) -> Self {
        let scope = Scope {
            paths: vec![format!("/{}/", args.path.as_deref().unwrap_or_default())],
            recursive: true,
            include: Vec::new(),
            exclude: Vec::new(),
            shard: args.fleet.shard,
        };
        Self { target: None, access: args.aws.clone().into(), scope, args }
    }
}

impl Scope {
    /// For a person: `/a/, /b/`.
    #[must_use]
    pub fn name(&self) -> String {
        self.paths.join(", ")
    }
}
