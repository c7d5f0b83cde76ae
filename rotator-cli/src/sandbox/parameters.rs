//! The parameters of Parameter Store and their versions.

use std::collections::BTreeMap;
use std::time::SystemTime;

use secrecy::SecretString;

use super::account::Account;
use super::error::AwsError;
use super::ssm;

/// How many versions are kept (user guide, "Working with parameter versions").
const VERSIONS: usize = 100;

/// All parameters, by name.
#[derive(Default)]
pub(super) struct Parameters(BTreeMap<String, Parameter>);

/// A parameter with the versions that are kept, oldest first.
#[derive(Clone, Debug)]
pub struct Parameter {
    /// The same for as long as it lives.
    pub name: String,
    /// `SecureString`, `String` or `StringList`.
    pub kind: String,
    /// `Standard` or `Advanced`.
    pub tier: String,
    /// Never empty.
    pub versions: Vec<ParameterVersion>,
}

/// A value that a parameter has or had. Printed for debugging, it is not shown.
#[derive(Clone, Debug)]
pub struct ParameterVersion {
    /// 1 for the first, and one more for each that follows.
    pub number: i64,
    /// As it was given; nothing is encrypted here.
    pub value: SecretString,
    /// What PutParameter said.
    pub description: Option<String>,
    /// Of a SecureString only: as it was given, or the account's own.
    pub key_id: Option<String>,
    /// See [`Account::label_parameter`].
    pub labels: Vec<String>,
    /// By the sandbox's clock.
    pub created: SystemTime,
}

impl Parameters {
    pub(super) fn find(&self, name: &str) -> Result<&Parameter, AwsError> {
        self.0.get(name).ok_or_else(not_found)
    }

    pub(super) fn get(&self, name: &str) -> Option<&Parameter> {
        self.0.get(name)
    }

    pub(super) fn add(&mut self, parameter: Parameter) {
        self.0.insert(parameter.name.clone(), parameter);
    }

    /// The next version. The oldest gives way to it, unless somebody has labelled that one.
    pub(super) fn put(&mut self, name: &str, version: ParameterVersion) -> Result<(), AwsError> {
        let parameter = self.0.get_mut(name).ok_or_else(not_found)?;
        let oldest = parameter.versions.first();
        if parameter.versions.len() >= VERSIONS && oldest.is_some_and(|oldest| !oldest.labels.is_empty()) {
            let message = "You attempted to create a new version of the parameter by calling the PutParameter \
                           API with the overwrite flag. The oldest version can't be deleted, since it has a label.";
            return Err(AwsError::new(400, "ParameterMaxVersionLimitExceeded", message));
        }
        parameter.versions.push(version);
        if parameter.versions.len() > VERSIONS {
            parameter.versions.remove(0);
        }
        Ok(())
    }

    pub(super) fn remove(&mut self, name: &str) -> Result<(), AwsError> {
        self.0.remove(name).map(drop).ok_or_else(not_found)
    }
}

impl Account {
    /// Puts a value as PutParameter does; `kind` is `SecureString`, `String` or `StringList`.
    pub fn put_parameter(&mut self, name: &str, value: &str, kind: &str) -> Result<(), AwsError> {
        let overwrite = self.parameters.get(name).is_some();
        let input = serde_json::json!({"Name": name, "Value": value, "Type": kind, "Overwrite": overwrite});
        ssm::put(self, &input)?;
        Ok(())
    }

    /// A parameter as it is.
    pub fn parameter(&self, name: &str) -> Result<Parameter, AwsError> {
        self.parameters.find(name).cloned()
    }

    /// Removes a parameter with all its versions.
    pub fn delete_parameter(&mut self, name: &str) -> Result<(), AwsError> {
        self.parameters.remove(name)
    }

    /// Labels a version, which is thereby kept.
    pub fn label_parameter(&mut self, name: &str, number: i64, label: &str) -> Result<(), AwsError> {
        let parameter = self.parameters.0.get_mut(name).ok_or_else(not_found)?;
        let version = parameter.versions.iter_mut().find(|version| version.number == number);
        version.ok_or_else(not_found)?.labels.push(label.to_owned());
        Ok(())
    }
}

fn not_found() -> AwsError {
    // AWS sends no message with this one.
    AwsError::new(400, "ParameterNotFound", "")
}
