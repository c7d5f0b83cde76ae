//! What a developer and the gate run: `cargo xtask test`, `cargo xtask e2e`, `cargo xtask docs`.

#![expect(clippy::disallowed_methods, reason = "this tool measures and waits; the rule is for what decides")]

mod accounts;
mod bench;
mod cargo;
mod check;
mod container;
mod docker;
mod e2e;
mod image;
mod python;
mod redact;
mod scenarios;
mod snapshot;
mod stage;
mod steps;
mod suites;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(name = "xtask", about = "The checks of this workspace, each as one command")]
struct Args {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Run every check: format, lints, tests, licences, end to end
    Test {
        /// Leave out the end-to-end scenarios, which need Docker
        #[arg(long)]
        no_e2e: bool,
    },
    /// Run the proof's checks: endpoints that others wrote, kills, secrets
    Check {
        /// The long forms, whose figures docs/assurance.md reports
        #[arg(long)]
        deep: bool,
        /// Only these checks
        #[arg(value_parser = clap::builder::PossibleValuesParser::new(check::names()))]
        names: Vec<String>,
    },
    /// Measure the figures of docs/performance.md, beside the ancestor where there is a Python
    Bench(bench::Options),
    /// Run a program and write down how long it took and what it used; `bench` needs it
    #[command(hide = true)]
    Measure {
        /// The file to write
        into: PathBuf,
        /// The program and its arguments
        #[arg(required = true, trailing_var_arg = true, allow_hyphen_values = true)]
        command: Vec<String>,
    },
    /// Run the built programs against LocalStack and compare whole transcripts
    E2e(e2e::Options),
    /// Write the generated parts of the documents
    Docs {
        /// Only compare them with the code
        #[arg(long)]
        check: bool,
    },
}

fn main() -> ExitCode {
    let outcome = match Args::parse().task {
        Task::Test { no_e2e } => steps::test(no_e2e).map(|()| true),
        Task::Check { deep, names } => {
            let effort = if deep { check::Effort::Deep } else { check::Effort::Short };
            check::run(effort, &names).map(|()| true)
        }
        Task::Bench(options) => bench::run(&options),
        Task::Measure { into, command } => bench::measure::child(&into, &command).map(|()| true),
        Task::E2e(options) => e2e::run(&options),
        Task::Docs { check } => steps::docs(check).map(|()| true),
    };
    match outcome {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("xtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}
