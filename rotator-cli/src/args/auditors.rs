//! The command lines of those who look and change nothing: `verify`, `conform`, `audit`, `spec`, `policy`.

use std::path::PathBuf;

use clap::builder::PossibleValuesParser;
use clap::{Args, ValueEnum};

use super::{AdoptArg, AwsArgs, HandOverArg, LedgerArg, RotateArgs, StoreArgs, TimeArgs};
use crate::audit::RULES;
use crate::ses::Extras;
use crate::store::StoreUrl;
use crate::store::exec::CommandLine;

/// `rotator verify`
#[derive(Debug, Clone, Args)]
pub struct VerifyArgs {
    /// The journals; `-` is standard input
    #[arg(required = true, value_name = "JOURNAL")]
    pub journals: Vec<PathBuf>,
    /// Report as JSON on stdout
    #[arg(long)]
    pub json: bool,
}

/// `rotator conform`
#[derive(Debug, Clone, Args)]
pub struct ConformArgs {
    /// Files as CloudTrail delivers them, folders of them, or what `lookup-events` printed; `-` is standard
    /// input
    #[arg(required = true, value_name = "CLOUDTRAIL")]
    pub trails: Vec<PathBuf>,
    /// Report as JSON on stdout
    #[arg(long)]
    pub json: bool,
}

/// `rotator audit`
#[derive(Debug, Clone, Args)]
#[command(
    after_help = "Without --fail-on the exit code is 0 whatever is found; 3 or 6 say that a user could not be \
                        looked at. With it: 8 if such a rule is broken, 9 if none is but one cannot be judged."
)]
pub struct AuditArgs {
    /// The path of the machine users, with or without slashes at its ends
    #[arg(required_unless_present = "all", conflicts_with = "all")]
    pub path: Option<String>,
    /// Every user of the account; those who have no key are counted only
    #[arg(long)]
    pub all: bool,
    /// Take users on paths below PATH too
    #[arg(long, env = "ROTATOR_RECURSIVE", hide_env_values = true)]
    pub recursive: bool,
    /// The report's form
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t = Format::Table, help_heading = "Report")]
    pub format: Format,
    /// The same as --format json
    #[arg(long, conflicts_with = "format", help_heading = "Report")]
    pub json: bool,
    /// Write the report to this file (mode 0600, replaced) instead of on stdout
    #[arg(short, long, value_name = "FILE", help_heading = "Report")]
    pub output: Option<PathBuf>,
    /// Write the report as one HTML page, too (mode 0600, replaced)
    #[arg(long, value_name = "FILE", help_heading = "Report")]
    pub html: Option<PathBuf>,
    /// Exit with 8 if this rule is broken; may be given several times; `any` is every rule
    #[arg(long, value_name = "RULE", value_parser = fail_on(), help_heading = "Report")]
    pub fail_on: Vec<String>,
    /// A journal that `--journal` wrote, for what was before today; may be given several times
    #[arg(long, value_name = "FILE", help_heading = "History")]
    pub journal: Vec<PathBuf>,
    /// CloudTrail, as `rotator conform` takes it, for what was before today; may be given several times
    #[arg(long, value_name = "FILE", help_heading = "History")]
    pub cloudtrail: Vec<PathBuf>,
    /// Users looked at at the same time
    #[arg(
        long,
        env = "ROTATOR_CONCURRENCY",
        hide_env_values = true,
        value_name = "N",
        default_value_t = 10,
        help_heading = "Run"
    )]
    pub concurrency: usize,
    /// What tells which key is which.
    #[command(flatten)]
    pub memory: MemoryArgs,
    /// The times.
    #[command(flatten)]
    pub times: TimeArgs,
    /// Which account.
    #[command(flatten)]
    pub aws: AwsArgs,
}

/// The forms of `rotator audit`'s report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For a person
    Table,
    /// Everything, as data
    Json,
    /// A row for each verdict, for a spreadsheet
    Csv,
    /// For a ticket or a wiki
    Markdown,
    /// SARIF 2.1.0: what is broken or cannot be judged, for code scanning
    Sarif,
    /// JUnit XML: a test for each verdict, for CI
    Junit,
}

/// Every rule's id, and `any`.
fn fail_on() -> PossibleValuesParser {
    PossibleValuesParser::new(RULES.iter().map(|rule| rule.id).chain([ANY]))
}

/// `--fail-on any`
pub const ANY: &str = "any";

/// The options of [`StoreArgs`] that say what is remembered where. `-o` is not among them: here it names
/// the report's file, and never one of pairs.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Where pairs go")]
pub struct MemoryArgs {
    /// The store that jobs read, as `rotate --store` has it
    #[arg(long, env = "ROTATOR_STORE", hide_env_values = true, value_name = "STORE")]
    pub store: Option<StoreUrl>,
    /// The command that prints which key the store 'exec:COMMAND' serves
    #[arg(long, env = "ROTATOR_EXEC_SERVED", hide_env_values = true, value_name = "COMMAND", value_parser = crate::store::exec::parse)]
    pub exec_served: Option<CommandLine>,
    /// What is stored beside each pair, as `rotate --with` has it
    #[arg(long, env = "ROTATOR_WITH", hide_env_values = true, value_name = "WHAT")]
    pub with: Option<Extras>,
    /// Where it is remembered which key is which [default: the store if it can, else tags]
    #[arg(long, env = "ROTATOR_LEDGER", hide_env_values = true, value_name = "WHERE")]
    pub ledger: Option<LedgerArg>,
    /// When a pair on stdout or in a document counts as stored [default: evidence]
    #[arg(long, env = "ROTATOR_HANDOVER", hide_env_values = true, value_name = "WHEN")]
    pub handover: Option<HandOverArg>,
    /// How users without a memory are read
    #[arg(long, env = "ROTATOR_ADOPT", hide_env_values = true, value_name = "HOW", default_value = "dates")]
    pub adopt: AdoptArg,
}

impl From<MemoryArgs> for StoreArgs {
    fn from(MemoryArgs { store, exec_served, with, ledger, handover, adopt }: MemoryArgs) -> Self {
        Self { outfile: None, store, exec_served, with, ledger, handover, adopt }
    }
}

/// `rotator spec`
#[derive(Debug, Clone, Args)]
pub struct SpecArgs {
    /// The same as data
    #[arg(long)]
    pub json: bool,
}

/// `rotator policy`
#[derive(Debug, Clone, Args)]
pub struct PolicyArgs {
    /// The configuration, as `rotate` takes it.
    #[command(flatten)]
    pub rotate: RotateArgs,
}
