//! The checks that every store stands, for the stores of AWS's that LocalStack and moto serve too: the embedded
//! service, on which the tests run otherwise, shares our picture of AWS with the adapters.

use anyhow::{Result, ensure};

use crate::cargo;

pub struct Suite {
    pub name: &'static str,
    /// A test of the program's crate.
    test: &'static str,
}

pub const ALL: [Suite; 2] = [
    Suite { name: "suite_of_secrets_manager", test: "secretsmanager" },
    Suite { name: "suite_of_parameter_store", test: "ssm" },
];

/// What each of them says when it has run. Without the server's name it would pass for nothing, and say
/// nothing; which checks these are is pinned beside them.
pub const CHECKS: usize = 14;

impl Suite {
    /// Stands the checks at this endpoint.
    pub fn run(&self, endpoint: &str) -> Result<()> {
        let mut command =
            cargo::command(&["test", "--quiet", "--package", "rotator-cli", "--locked", "--test", self.test]);
        command.args(["--", "--nocapture", "--exact", "suite::it_conforms_outside"]);
        let told = cargo::tests(command.env("ROTATOR_TEST_AWS", endpoint))?;
        ensure!(told.passed == 1, "one test was to run, and {} passed", told.passed);
        let line = format!("{CHECKS} checks held at {endpoint}\n");
        ensure!(told.said.contains(&line), "the checks did not run:\n{}", told.said);
        Ok(())
    }
}
