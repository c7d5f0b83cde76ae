//! Every check in one order: the quick ones first, the one that needs Docker last.

use std::process::Stdio;
use std::time::Instant;

use anyhow::{Context, Result, bail, ensure};

use crate::{cargo, check, docker, e2e};

struct Step {
    name: &'static str,
    what: What,
}

enum What {
    Cargo(&'static [&'static str]),
    /// The short forms of these.
    Checks(&'static [&'static str]),
    EndToEnd,
}

pub fn test(no_e2e: bool) -> Result<()> {
    // Said now rather than after ten minutes of compiling.
    ensure!(
        no_e2e || docker::available(),
        "Docker is not running here, and the end-to-end scenarios need it: \
         start it, or leave them out with --no-e2e"
    );
    let deny = has_deny();
    let steps = plan(deny, !no_e2e);
    let started = Instant::now();
    for (place, step) in steps.iter().enumerate() {
        println!("== {}/{} {}", place + 1, steps.len(), step.title());
        let begun = Instant::now();
        step.run().with_context(|| format!("step `{}` failed", step.name))?;
        println!("== {} took {:.1} s", step.name, begun.elapsed().as_secs_f64());
    }
    if !deny {
        println!("== left out: deny, because cargo-deny is not installed");
    }
    if no_e2e {
        println!("== left out: differential and e2e, because of --no-e2e");
    }
    println!("== {} steps passed in {:.1} s", steps.len(), started.elapsed().as_secs_f64());
    Ok(())
}

/// The tests that compare the documents write them when they are told to. The table of known differences
/// is ours, so its test is among our own.
pub fn docs(check: bool) -> Result<()> {
    let args = ["test", "--workspace", "--locked", "--test", "docs", "--bin", "xtask"];
    let mut command = cargo::command(&args);
    if check {
        command.env_remove("UPDATE_DOCS");
    } else {
        command.env("UPDATE_DOCS", "1");
    }
    let status = command.status().context("cannot run cargo")?;
    ensure!(status.success(), "the documents are not as the code prints them");
    Ok(())
}

fn plan(deny: bool, e2e: bool) -> Vec<Step> {
    let cargo = |name, args| Step { name, what: What::Cargo(args) };
    let mut steps = vec![
        cargo("fmt", &["fmt", "--all", "--check"]),
        cargo("clippy", &["clippy", "--workspace", "--all-targets", "--locked", "--", "-D", "warnings"]),
        cargo("test", &["test", "--workspace", "--locked"]),
    ];
    if deny {
        steps.push(cargo("deny", &["deny", "check"]));
    }
    steps.push(Step {
        name: "check",
        what: What::Checks(&[
            "guards",
            "rotations",
            "kills",
            "canary",
            "journals",
            "pages",
            "stores",
            "trails",
            "fleet",
        ]),
    });
    if e2e {
        steps.push(Step { name: "differential", what: What::Checks(&["differential"]) });
        steps.push(Step { name: "e2e", what: What::EndToEnd });
    }
    steps
}

impl Step {
    fn title(&self) -> String {
        match self.what {
            What::Cargo(args) => format!("{}: cargo {}", self.name, args.join(" ")),
            What::Checks(names) => format!("{}: cargo xtask check {}", self.name, names.join(" ")),
            What::EndToEnd => format!("{}: the programs against LocalStack", self.name),
        }
    }

    fn run(&self) -> Result<()> {
        match self.what {
            What::Cargo(args) => cargo::run(args),
            What::Checks(names) => {
                let names: Vec<_> = names.iter().map(|name| (*name).to_owned()).collect();
                check::run(check::Effort::Short, &names)
            }
            What::EndToEnd if e2e::run(&e2e::Options::default())? => Ok(()),
            What::EndToEnd => bail!("not every scenario passed"),
        }
    }
}

fn has_deny() -> bool {
    cargo::command(&["deny", "--version"])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(deny: bool, e2e: bool) -> Vec<&'static str> {
        plan(deny, e2e).iter().map(|step| step.name).collect()
    }

    #[test]
    fn quick_steps_come_first() {
        assert_eq!(names(true, true), ["fmt", "clippy", "test", "deny", "check", "differential", "e2e"]);
    }

    #[test]
    fn what_is_left_out_leaves_the_order() {
        assert_eq!(names(false, true), ["fmt", "clippy", "test", "check", "differential", "e2e"]);
        assert_eq!(names(true, false), ["fmt", "clippy", "test", "deny", "check"]);
    }
}
