//! A policy as IAM takes it.

use serde_json::{Map, Value, json};

/// The statements, and what a person should know about them.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Document {
    /// In the order in which they are printed; none without an action.
    pub statements: Vec<Statement>,
    /// One line each.
    pub notes: Vec<String>,
}

/// What is allowed on what.
#[derive(Debug, Clone, PartialEq)]
pub struct Statement {
    /// Its name within the policy.
    pub sid: &'static str,
    /// `iam:CreateAccessKey`
    pub actions: Vec<&'static str>,
    /// ARNs with wildcards.
    pub resources: Vec<String>,
    /// The element `Condition`, if there is one.
    pub condition: Option<Value>,
}

impl Statement {
    /// Whether it allows something of a service: `ssm`.
    #[must_use]
    pub fn is_about(&self, service: &str) -> bool {
        self.actions.iter().any(|action| action.split_once(':').is_some_and(|(of, _)| of == service))
    }

    fn json(&self) -> Value {
        let mut statement = Map::new();
        statement.insert("Sid".to_owned(), json!(self.sid));
        statement.insert("Effect".to_owned(), json!("Allow"));
        statement.insert("Action".to_owned(), json!(self.actions));
        statement.insert("Resource".to_owned(), json!(self.resources));
        if let Some(condition) = &self.condition {
            statement.insert("Condition".to_owned(), condition.clone());
        }
        Value::Object(statement)
    }
}

impl Document {
    pub(super) fn allow(&mut self, sid: &'static str, actions: Vec<&'static str>, resources: Vec<String>) {
        self.allow_if(sid, actions, resources, Value::Null);
    }

    /// `Null` is no condition.
    pub(super) fn allow_if(
        &mut self,
        sid: &'static str,
        actions: Vec<&'static str>,
        resources: Vec<String>,
        condition: Value,
    ) {
        if !actions.is_empty() {
            let condition = Some(condition).filter(|condition| !condition.is_null());
            self.statements.push(Statement { sid, actions, resources, condition });
        }
    }

    /// As `aws iam create-policy` takes it.
    #[must_use]
    pub fn json(&self) -> Value {
        let statements: Vec<_> = self.statements.iter().map(Statement::json).collect();
        json!({"Version": "2012-10-17", "Statement": statements})
    }
}
