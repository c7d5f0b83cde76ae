//! The command lines of those who look and change nothing: `verify`, `conform`, `audit`, `spec`, `policy`.

use std::path::PathBuf;
use std::time::Duration;

use clap::builder::PossibleValuesParser;
use clap::{Args, ValueEnum};

use super::{AdoptArg, AwsArgs, HandOverArg, LedgerArg, RotateArgs, StoreArgs, TimeArgs};
use crate::audit::RULES;
use crate::permissions::Task;
use crate::ses::Extras;
use crate::store::StoreUrl;
use crate::store::exec::CommandLine;
use crate::verify::Kept;

const WHOM: &str = "Whom [default: every user whose keys change in the trail]";

/// `rotator verify`
#[derive(Debug, Clone, Args)]
pub struct VerifyArgs {
    /// The journals; `-` is standard input
    #[arg(required = true, value_name = "JOURNAL")]
    pub journals: Vec<PathBuf>,
    /// The last line that was kept elsewhere, as verify or a report of that run printed it; the journal must
    /// reach it. Once for each journal, in their order
    #[arg(long, value_name = "LINE:SHA256")]
    pub head: Vec<Kept>,
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
    /// Only users on this path, and on paths below it
    #[arg(long, value_name = "PATH", help_heading = WHOM)]
    pub path: Option<String>,
    /// Only users of this name; `*` and `?` stand for anything; may be given again
    #[arg(long = "user", value_name = "GLOB", help_heading = WHOM)]
    pub users: Vec<String>,
    /// Only users in this file: a name a line, or what `aws iam list-users` or
    /// `get-account-authorization-details` printed
    #[arg(long = "users", value_name = "FILE", help_heading = WHOM)]
    pub users_file: Option<PathBuf>,
    /// Only users that have this tag in that file
    #[arg(long, value_name = "KEY[=VALUE]", requires = "users_file", help_heading = WHOM)]
    pub tag: Option<String>,
    /// LAST rests for this long; a key that was used within it is in use
    #[arg(long, env = "ROTATOR_MIN_AGE", hide_env_values = true, value_name = "SPAN", default_value = "12h", value_parser = super::span, help_heading = "Times")]
    pub min_age: Duration,
    /// A key works for this long at most
    #[arg(long, value_name = "SPAN", default_value = "90d", value_parser = super::span, help_heading = "Times")]
    pub period: Duration,
    /// A key that was switched off is deleted no sooner than this [default: not asked]
    #[arg(long, env = "ROTATOR_QUARANTINE", hide_env_values = true, value_name = "SPAN", value_parser = super::span, help_heading = "Times")]
    pub quarantine: Option<Duration>,
    /// Report as JSON on stdout
    #[arg(long)]
    pub json: bool,
}

/// `rotator audit`
#[derive(Debug, Clone, Args)]
#[command(
    after_help = "Without --fail-on the exit code is 0 whatever is found; 3 or 6 say that a user could not be \
                        looked at. With it: 8 if such a rule is broken, else 3 or 6 as before, else 9 if one cannot be judged."
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
    /// The same as data, so that two programs can be compared
    #[arg(long, conflicts_with = "html")]
    pub json: bool,
    /// Write it to this file as a page, with the diagrams drawn
    #[arg(long, value_name = "FILE")]
    pub html: Option<PathBuf>,
}

/// `rotator policy`
#[derive(Debug, Clone, Args)]
pub struct PolicyArgs {
    /// The commands that are to be allowed, for these options
    #[arg(
        long = "for",
        value_name = "COMMAND",
        value_delimiter = ',',
        default_value = "rotate",
        help_heading = "Policy"
    )]
    pub tasks: Vec<Task>,
    /// The number of the account whose users they are [default: any]
    #[arg(long, value_name = "NUMBER", value_parser = account, help_heading = "Policy")]
    pub account: Option<String>,
    /// The partition in the ARNs [default: the region's, else aws]
    #[arg(long, value_name = "NAME", value_parser = partition, help_heading = "Policy")]
    pub partition: Option<String>,
    /// The configuration, as `rotate` takes it.
    #[command(flatten)]
    pub rotate: RotateArgs,
}

/// Twelve digits.
fn account(text: &str) -> Result<String, String> {
    match text.len() {
        12 if text.bytes().all(|byte| byte.is_ascii_digit()) => Ok(text.to_owned()),
        _ => Err("an account's number has twelve digits, and nothing else".to_owned()),
    }
}

/// `aws`, or `aws-…`.
fn partition(text: &str) -> Result<String, String> {
    let fits = |byte: u8| byte.is_ascii_lowercase() || byte == b'-';
    match text.split('-').next() {
        Some("aws") if text.bytes().all(fits) => Ok(text.to_owned()),
        Some(_) | None => Err("a partition is `aws`, `aws-cn`, `aws-us-gov` or the like".to_owned()),
    }
}
