//! One CI/CD variable as the API has it, and what it says of a pair.

use rotator::AccessKeyId;
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;

use crate::store::http::Answer;
use crate::store::ini::Ini;

/// What is in front of the key's id in a description.
const MARK: &str = "rotator: ";

/// A variable.
pub(super) struct Variable {
    /// None where it is hidden.
    pub(super) value: Option<SecretString>,
    /// None where this GitLab keeps none (before 16.2).
    pub(super) description: Option<String>,
    is_file: bool,
}

impl Variable {
    /// Reads a variable of this name and scope. `None`: it is something else.
    pub(super) fn of(answer: &Answer, name: &str) -> Option<Self> {
        let word = |pointer| answer.at(pointer).and_then(Value::as_str);
        if !answer.status.is_success() || word("/key") != Some(name) {
            return None;
        }
        let value = answer.at("/value")?;
        // Empty where nobody has written one.
        let description = answer.at("/description").map(|text| text.as_str().unwrap_or_default().to_owned());
        Some(Self {
            value: value.as_str().map(SecretString::from),
            description,
            is_file: word("/variable_type")? == "file",
        })
    }

    /// The key that the description names.
    pub(super) fn mark(&self) -> Option<AccessKeyId> {
        let id = self.description.as_ref()?.strip_prefix(MARK)?;
        AccessKeyId::parse(id).ok()
    }

    /// The key in a file's profile. The value is what jobs get, so it outweighs the description.
    ///
    /// # Errors
    /// A sentence: why this is not ours to write to.
    pub(super) fn in_profile(&self, profile: &str) -> Result<Option<AccessKeyId>, String> {
        if !self.is_file {
            return Err("it is no variable of type `file`".to_owned());
        }
        match &self.value {
            Some(text) => Ini::parse(text.expose_secret().as_bytes(), profile)?.serves(),
            None => self.mark().map(Some).ok_or_else(unread),
        }
    }

    /// The key that the variable is the id of.
    ///
    /// # Errors
    /// A sentence: why this is not ours to write to.
    pub(super) fn as_id(&self) -> Result<AccessKeyId, String> {
        if self.is_file {
            return Err("it is a variable of type `file`".to_owned());
        }
        match &self.value {
            Some(id) => AccessKeyId::parse(id.expose_secret())
                .map_err(|_| "its value is no access key's id".to_owned()),
            None => self.mark().ok_or_else(unread),
        }
    }

    /// Whether it may hold a secret whose key its description names.
    ///
    /// # Errors
    /// A sentence: why this is not ours to write to.
    pub(super) fn as_secret(&self) -> Result<Option<AccessKeyId>, String> {
        if self.is_file {
            return Err("it is a variable of type `file`".to_owned());
        }
        if self.description.is_none() {
            return Err(
                "this GitLab keeps no descriptions (before 16.2), and without one nothing tells whose \
                        secret it is; leave `names=two` out"
                    .to_owned(),
            );
        }
        Ok(self.mark())
    }

    /// What changes with every write that matters.
    pub(super) fn state(&self) -> [&str; 2] {
        let value = self.value.as_ref().map_or("", |value| value.expose_secret());
        [value, self.description.as_deref().unwrap_or_default()]
    }
}

fn unread() -> String {
    "it is hidden, and its description names no key; write `rotator: KEY-ID` there".to_owned()
}

/// The description beside a pair, written in the same request.
pub(super) fn mark(id: &AccessKeyId) -> String {
    format!("{MARK}{id}")
}

#[cfg(test)]
mod tests {
    use reqwest::StatusCode;
    use serde_json::json;

    use super::*;

    const ID: &str = "AKIA0000000000000001";

    fn variable(kind: &str, value: Value, description: Value) -> Variable {
        let body = json!({ "key": "K", "variable_type": kind, "value": value, "description": description });
        Variable::of(&Answer::with(StatusCode::OK, body), "K").unwrap()
    }

    fn key(id: &str) -> AccessKeyId {
        AccessKeyId::parse(id).unwrap()
    }

    #[test]
    fn what_jobs_get_outweighs_what_is_written_beside_it() {
        let file = format!("[default]\naws_access_key_id = {ID}\naws_secret_access_key = S3CR3T\n");
        let other = json!("rotator: AKIA0000000000000002");
        let visible = variable("file", json!(file), other.clone());
        assert_eq!(visible.in_profile("default"), Ok(Some(key(ID))));
        assert_eq!(visible.in_profile("other"), Ok(None));
        let hidden = variable("file", Value::Null, other);
        assert_eq!(hidden.in_profile("default"), Ok(Some(key("AKIA0000000000000002"))));
        assert_eq!(variable("env_var", json!(ID), Value::Null).as_id(), Ok(key(ID)));
        assert_eq!(variable("env_var", Value::Null, json!(mark(&key(ID)))).as_id(), Ok(key(ID)));
    }

    #[test]
    fn what_is_something_else_is_not_ours() {
        for description in [Value::Null, json!("of bob"), json!("rotator: bob")] {
            let hidden = variable("file", Value::Null, description.clone());
            assert!(hidden.in_profile("default").unwrap_err().contains("hidden"));
            assert!(variable("env_var", Value::Null, description).as_id().is_err());
        }
        for value in ["S3CR3T", "[default]\naws_access_key_id = S3CR3T\naws_secret_access_key = x\n"] {
            let said = variable("env_var", json!(value), Value::Null).as_id().unwrap_err();
            assert!(!said.contains("S3CR3T"), "{said}");
        }
        assert!(variable("env_var", json!("x"), Value::Null).in_profile("default").is_err());
        assert!(variable("file", json!(ID), Value::Null).as_id().is_err());
        assert!(variable("file", json!(ID), Value::Null).as_secret().is_err());
        let old = json!({ "key": "K", "variable_type": "env_var", "value": "x" });
        let old = Variable::of(&Answer::with(StatusCode::OK, old), "K").unwrap();
        assert!(old.as_secret().unwrap_err().contains("16.2"));
        assert!(
            Variable::of(&Answer::with(StatusCode::OK, json!({ "key": "L", "value": "" })), "K").is_none()
        );
    }
}
