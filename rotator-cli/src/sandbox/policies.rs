//! Policies of users, evaluated as IAM evaluates one of an identity: a statement that denies goes before
//! every other, and what none allows is denied (IAM user guide, "Policy evaluation logic").
//!
//! As much of the language as `rotator policy` writes. Any other element or condition is an error, so that
//! nothing is allowed by not being understood.

use serde_json::{Map, Value};

use super::account::Account;

/// One policy.
#[derive(Clone, Debug)]
pub(super) struct Policy {
    statements: Vec<Statement>,
}

#[derive(Clone, Debug)]
struct Statement {
    allows: bool,
    actions: Vec<String>,
    resources: Vec<String>,
    conditions: Vec<(Operator, String, Vec<String>)>,
}

/// How the values of a request are compared with those of a condition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Operator {
    /// `StringEquals`: the one value is among them.
    Is,
    /// `ForAllValues:StringEquals`: all values are, also where there are none.
    All,
    /// `ForAnyValue:StringEquals`: one is.
    Any,
}

/// What conditions are about: keys with the values that the request has.
pub(super) type Context = Vec<(&'static str, Vec<String>)>;

impl Policy {
    /// # Errors
    /// What is not understood.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let document: Value = serde_json::from_str(text).map_err(|error| error.to_string())?;
        let document = document.as_object().ok_or("a policy is an object")?;
        only(document, &["Version", "Statement"])?;
        if document.get("Version").and_then(Value::as_str) != Some("2012-10-17") {
            return Err("Version is 2012-10-17".to_owned());
        }
        let statements = document.get("Statement").and_then(Value::as_array).ok_or("Statement is a list")?;
        let mut sids: Vec<&str> = statements.iter().filter_map(|one| one.get("Sid")?.as_str()).collect();
        let named = sids.len();
        sids.sort_unstable();
        sids.dedup();
        // "Sid": letters and digits, unique within the policy (IAM user guide, "IAM JSON policy elements").
        if sids.len() != named || sids.iter().any(|sid| !sid.bytes().all(|byte| byte.is_ascii_alphanumeric()))
        {
            return Err("each Sid is another one, of letters and digits".to_owned());
        }
        let statements = statements.iter().map(Statement::parse).collect::<Result<_, _>>()?;
        Ok(Policy { statements })
    }

    /// `Some(false)`: denied in so many words. `None`: not allowed.
    fn says(&self, action: &str, resource: &str, context: &Context) -> Option<bool> {
        let about = |statement: &&Statement| statement.is_about(action, resource, context);
        let says: Vec<bool> =
            self.statements.iter().filter(about).map(|statement| statement.allows).collect();
        says.iter().copied().reduce(|all, one| all && one)
    }
}

impl Statement {
    fn parse(value: &Value) -> Result<Self, String> {
        let statement = value.as_object().ok_or("a statement is an object")?;
        only(statement, &["Sid", "Effect", "Action", "Resource", "Condition"])?;
        let allows = match statement.get("Effect").and_then(Value::as_str) {
            Some("Allow") => true,
            Some("Deny") => false,
            Some(_) | None => return Err("Effect is Allow or Deny".to_owned()),
        };
        let texts =
            |name: &str| strings(statement.get(name)).ok_or(format!("{name} is a text or a list of some"));
        let mut conditions = Vec::new();
        for (operator, keys) in statement.get("Condition").and_then(Value::as_object).into_iter().flatten() {
            let operator = match operator.as_str() {
                "StringEquals" => Operator::Is,
                "ForAllValues:StringEquals" => Operator::All,
                "ForAnyValue:StringEquals" => Operator::Any,
                other => return Err(format!("the operator {other} is not known here")),
            };
            for (key, values) in keys.as_object().ok_or("a condition has keys")? {
                if !["aws:TagKeys", "kms:ViaService", "kms:ResourceAliases"].contains(&key.as_str()) {
                    return Err(format!("the condition key {key} is not known here"));
                }
                let values = strings(Some(values)).ok_or("a condition has values")?;
                conditions.push((operator, key.clone(), values));
            }
        }
        Ok(Statement { allows, actions: texts("Action")?, resources: texts("Resource")?, conditions })
    }

    fn is_about(&self, action: &str, resource: &str, context: &Context) -> bool {
        // Actions are compared without case (IAM user guide, "IAM JSON policy elements: Action").
        let action = action.to_ascii_lowercase();
        self.actions.iter().any(|pattern| matches(&pattern.to_ascii_lowercase(), &action))
            && self.resources.iter().any(|pattern| matches(pattern, resource))
            && self.conditions.iter().all(|(operator, key, wanted)| {
                let has = context.iter().find(|(name, _)| name == key).map(|(_, values)| values.as_slice());
                let wanted = |value: &String| wanted.contains(value);
                match operator {
                    Operator::Is => has.is_some_and(|values| !values.is_empty() && values.iter().all(wanted)),
                    Operator::All => has.is_none_or(|values| values.iter().all(wanted)),
                    Operator::Any => has.is_some_and(|values| values.iter().any(wanted)),
                }
            })
    }
}

fn only(object: &Map<String, Value>, known: &[&str]) -> Result<(), String> {
    match object.keys().find(|key| !known.contains(&key.as_str())) {
        Some(key) => Err(format!("the element {key} is not known here")),
        None => Ok(()),
    }
}

fn strings(value: Option<&Value>) -> Option<Vec<String>> {
    match value? {
        Value::String(text) => Some(vec![text.clone()]),
        Value::Array(texts) if !texts.is_empty() => {
            texts.iter().map(|text| text.as_str().map(str::to_owned)).collect()
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => None,
    }
}

/// A letter of a pattern.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Sign {
    Some,
    One,
    Just(char),
}

/// `*` is any text, `?` one letter; `${*}`, `${?}` and `${$}` are those letters themselves.
fn matches(pattern: &str, text: &str) -> bool {
    let mut signs = Vec::new();
    let mut rest = pattern;
    while let Some(letter) = rest.chars().next() {
        let escaped = [("${*}", '*'), ("${?}", '?'), ("${$}", '$')];
        if let Some((code, itself)) = escaped.into_iter().find(|(code, _)| rest.starts_with(code)) {
            signs.push(Sign::Just(itself));
            rest = rest.strip_prefix(code).unwrap_or_default();
            continue;
        }
        signs.push(match letter {
            '*' => Sign::Some,
            '?' => Sign::One,
            other => Sign::Just(other),
        });
        rest = rest.strip_prefix(letter).unwrap_or_default();
    }
    let letters: Vec<char> = text.chars().collect();
    // For each number of signs, whether they match the first letters.
    let mut fits: Vec<bool> = std::iter::once(true).chain(letters.iter().map(|_| false)).collect();
    for sign in signs {
        let mut next = Vec::with_capacity(fits.len());
        let mut before = false;
        for (place, fit) in fits.iter().enumerate() {
            let letter = place.checked_sub(1).and_then(|place| letters.get(place));
            next.push(match sign {
                Sign::Some => *fit || next.last().copied().unwrap_or_default(),
                Sign::One => before,
                Sign::Just(wanted) => before && letter == Some(&wanted),
            });
            before = *fit;
        }
        fits = next;
    }
    fits.last().copied().unwrap_or_default()
}

impl Account {
    /// Gives a user a policy, as `rotator policy` prints one. A machine user may what its policies allow.
    ///
    /// # Errors
    /// What of it is not understood.
    pub fn attach_policy(&mut self, user: &str, policy: &str) -> Result<(), String> {
        let policy = Policy::parse(policy)?;
        self.policies.push((user.to_owned(), policy));
        Ok(())
    }

    /// Takes all policies from a user.
    pub fn detach_policies(&mut self, user: &str) {
        self.policies.retain(|(owner, _)| owner != user);
    }

    /// Whether a user's policies allow it.
    pub(super) fn policies_allow(&self, user: &str, action: &str, resource: &str, context: &Context) -> bool {
        let resource = self.resource(action, resource);
        let own = self.policies.iter().filter(|(owner, _)| owner == user);
        let says: Vec<bool> = own.filter_map(|(_, policy)| policy.says(action, &resource, context)).collect();
        says.iter().copied().reduce(|all, one| all && one).unwrap_or_default()
    }

    /// The resource that IAM compares. iam:ListUsers has none (Service Authorization Reference), and then only
    /// a statement about everything fits. A secret that is not there yet has an ARN but for its last six
    /// characters (Secrets Manager user guide, "Limiting access to specific secrets").
    fn resource(&self, action: &str, named: &str) -> String {
        let (region, account) = (&self.settings.region, &self.settings.account_id);
        match action.split_once(':') {
            Some((_, "ListUsers")) => "*".to_owned(),
            Some(("secretsmanager", _)) if !named.starts_with("arn:") => match self.secret(named) {
                Ok(secret) => secret.arn,
                Err(_) => format!("arn:aws:secretsmanager:{region}:{account}:secret:{named}-AbCdEf"),
            },
            Some(("ssm", _)) if !named.starts_with("arn:") => {
                format!("arn:aws:ssm:{region}:{account}:parameter/{}", named.trim_start_matches('/'))
            }
            Some(_) | None => named.to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_match_as_iams_do() {
        for (pattern, text) in [
            ("*", ""),
            ("*", "arn:aws:iam::1:user/a"),
            ("a*c", "abbc"),
            ("a*c", "ac"),
            ("user/ci/*", "user/ci/deep/er"),
            ("s-??????", "s-AbCdEf"),
            ("a${*}b", "a*b"),
            ("a${$}{b}", "a${b}"),
        ] {
            assert!(matches(pattern, text), "{pattern} {text}");
        }
        for (pattern, text) in [
            ("", "a"),
            ("a", ""),
            ("a*c", "acb"),
            ("s-??????", "s-AbCdE"),
            ("s-??????", "s-x-AbCdEf"),
            ("a${*}b", "axb"),
            ("${?}", "a"),
            ("arn:*", "*"),
        ] {
            assert!(!matches(pattern, text), "{pattern} {text}");
        }
    }

    fn says(statements: &str, action: &str, resource: &str, context: &Context) -> Option<bool> {
        let policy = format!(r#"{{"Version": "2012-10-17", "Statement": [{statements}]}}"#);
        Policy::parse(&policy).unwrap().says(action, resource, context)
    }

    #[test]
    fn what_nothing_allows_is_denied_and_a_denial_goes_first() {
        let allow = r#"{"Effect": "Allow", "Action": "iam:Get*", "Resource": ["r/*"]}"#;
        let deny = r#"{"Effect": "Deny", "Action": ["iam:*"], "Resource": "r/x"}"#;
        let none = Context::new();
        assert_eq!(says(allow, "iam:GetUser", "r/x", &none), Some(true));
        assert_eq!(says(allow, "IAM:getuser", "r/x", &none), Some(true));
        assert_eq!(says(allow, "iam:TagUser", "r/x", &none), None);
        assert_eq!(says(allow, "iam:GetUser", "s/x", &none), None);
        assert_eq!(says(&format!("{allow}, {deny}"), "iam:GetUser", "r/x", &none), Some(false));
    }

    #[test]
    fn conditions_are_about_the_request() {
        let statement = |operator: &str, key: &str| {
            format!(
                r#"{{"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {{"{operator}": {{"{key}": ["a", "b"]}}}}}}"#
            )
        };
        let tags = |keys: &[&str]| vec![("aws:TagKeys", keys.iter().map(|key| (*key).to_owned()).collect())];
        let all = statement("ForAllValues:StringEquals", "aws:TagKeys");
        let any = statement("ForAnyValue:StringEquals", "aws:TagKeys");
        let is = statement("StringEquals", "aws:TagKeys");
        for (keys, expected) in [
            (vec!["a"], [true, true, true]),
            (vec!["a", "c"], [false, true, false]),
            (vec!["c"], [false; 3]),
            (vec![], [true, false, false]),
        ] {
            let says = [&all, &any, &is].map(|statement| says(statement, "x:Y", "r", &tags(&keys)).is_some());
            assert_eq!(says, expected, "{keys:?}");
        }
    }

    #[test]
    fn what_is_not_understood_allows_nothing() {
        for statement in [
            r#"{"Effect": "Allow", "NotAction": "*", "Resource": "*"}"#,
            r#"{"Effect": "Allow", "Action": "*"}"#,
            r#"{"Effect": "allow", "Action": "*", "Resource": "*"}"#,
            r#"{"Effect": "Allow", "Action": [], "Resource": "*"}"#,
            r#"{"Sid": "a-b", "Effect": "Allow", "Action": "*", "Resource": "*"}"#,
            r#"{"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {"Bool": {"a": "b"}}}"#,
            r#"{"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {"StringEquals": {"a": "b"}}}"#,
        ] {
            let policy = format!(r#"{{"Version": "2012-10-17", "Statement": [{statement}]}}"#);
            assert!(Policy::parse(&policy).is_err(), "{statement}");
        }
        assert!(Policy::parse(r#"{"Version": "2008-10-17", "Statement": []}"#).is_err());
    }
}
