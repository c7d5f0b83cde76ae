//! The proof's long forms, each by its name: `cargo xtask check [--deep] [NAME…]`.

pub mod canary;
mod differential;
mod fleet;
pub mod flight;
mod guards;
mod journals;
mod kills;
mod moto;
mod pages;
mod random;
mod rotations;
mod sdk;
mod stores;
mod trails;

use std::time::Instant;

use anyhow::{Context, Result, bail};

use crate::cargo;

/// How much is checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effort {
    /// What every change has to pass: seconds, at most a minute.
    Short,
    /// What `docs/assurance.md` reports: minutes.
    Deep,
}

/// One line of the report: what was counted, and how much.
pub struct Figure {
    pub what: String,
    pub value: String,
}

impl Figure {
    pub fn new(what: impl Into<String>, value: impl ToString) -> Self {
        Self { what: what.into(), value: value.to_string() }
    }
}

struct Check {
    name: &'static str,
    about: &'static str,
    how: How,
}

enum How {
    /// Tests that `cargo test` runs in their short form; `ROTATOR_DEEP=1` asks for the long one.
    Tests(&'static [&'static str]),
    Here(fn(Effort) -> Result<Vec<Figure>>),
}

/// A test of the pure crate, optimised: it needs nothing else, so this compiles in seconds.
macro_rules! pure {
    ($test:literal) => {
        ["test", "--package", "rotator", "--release", "--locked", "--test", $test, "--", "--nocapture"]
    };
}

const CHECKS: &[Check] = &[
    Check {
        name: "exhaustive",
        about: "every world that can be reached, and from each one the way on",
        how: How::Tests(&pure!("exhaustive")),
    },
    Check {
        name: "pointwise",
        about: "every claim about one decision, over the whole input space",
        how: How::Tests(&pure!("pointwise")),
    },
    Check {
        name: "random",
        about: "random histories with real durations and odd policies",
        how: How::Tests(&pure!("random")),
    },
    Check {
        name: "faults",
        about: "the driver under fire: each fault at each effect of each rotation, over HTTP and in memory",
        how: How::Tests(&["test", "--workspace", "--locked", "--test", "faults", "--", "--nocapture"]),
    },
    Check {
        name: "differential",
        about: "the reference IAM beside LocalStack and moto",
        how: How::Here(differential::run),
    },
    Check {
        name: "guards",
        about: "each guard taken out of the shipped source, and the claim that then fails",
        how: How::Here(guards::run),
    },
    Check {
        name: "rotations",
        about: "rotations one after the other, with jobs in flight of which none may see a failed call",
        how: How::Here(rotations::run),
    },
    Check {
        name: "kills",
        about: "runs killed at random moments, with jobs in flight",
        how: How::Here(kills::run),
    },
    Check {
        name: "journals",
        about: "long journals, verified in seconds and in memory that does not grow with them",
        how: How::Here(journals::run),
    },
    Check {
        name: "verify",
        about: "honest journals of faulty runs that hold, and forgeries that are found; any bit of a journal",
        how: How::Tests(&[
            "test",
            "--package",
            "rotator-cli",
            "--locked",
            "--test",
            "verify",
            "--",
            "--nocapture",
        ]),
    },
    Check {
        name: "canary",
        about: "no secret in any output, file, argument or environment",
        how: How::Here(canary::run),
    },
    Check {
        name: "pages",
        about: "the audit's page in Chromium: three widths, light, dark, forced colours and print, measured; pictures in target/pages",
        how: How::Here(pages::run),
    },
    Check {
        name: "stores",
        about: "the store adapters against OpenBao and moto, our stand-ins for a cluster and GitLab against kubectl and python-gitlab, and the pages' commands as they are written",
        how: How::Here(stores::run),
    },
    Check {
        name: "trails",
        about: "CloudTrail of the ancestor's killing sequence is convicted by `rotator conform`, ours acquitted",
        how: How::Here(trails::run),
    },
    Check {
        name: "fleet",
        about: "thousands of users on an endpoint that throttles, killed twice midway: every pair that is served works",
        how: How::Here(fleet::run),
    },
];

/// The checks' names, for the command line.
pub fn names() -> Vec<&'static str> {
    CHECKS.iter().map(|check| check.name).collect()
}

/// Runs the checks of these names, or all of them.
pub fn run(effort: Effort, only: &[String]) -> Result<()> {
    let chosen = CHECKS.iter().filter(|check| only.is_empty() || only.iter().any(|name| name == check.name));
    let started = Instant::now();
    for check in chosen {
        println!("== {}: {}", check.name, check.about);
        let begun = Instant::now();
        let figures = check.how.run(effort).with_context(|| format!("check `{}` failed", check.name))?;
        for Figure { what, value } in figures {
            println!("{what}: {value}");
        }
        println!("== {} took {:.1} s", check.name, begun.elapsed().as_secs_f64());
    }
    println!("== all held, in {:.1} s", started.elapsed().as_secs_f64());
    Ok(())
}

impl How {
    fn run(&self, effort: Effort) -> Result<Vec<Figure>> {
        match self {
            Self::Here(run) => run(effort),
            Self::Tests(args) => {
                let mut command = cargo::command(args);
                command.env_remove("ROTATOR_DEEP");
                if effort == Effort::Deep {
                    command.env("ROTATOR_DEEP", "1");
                }
                if !command.status().context("cannot run cargo")?.success() {
                    bail!("`cargo {}` failed", args.join(" "));
                }
                Ok(Vec::new())
            }
        }
    }
}
