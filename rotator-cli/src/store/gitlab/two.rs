//! A pair in two variables, which are written one after the other: the secret with its key's id in the
//! description, then the id. Whoever is interrupted in between leaves one pair's secret beside another's id.

use super::variable::Variable;
use crate::store::Serves;
use crate::store::options::Fields;

/// What the two serve together.
///
/// # Errors
/// A sentence: why this is not ours to write to.
pub(super) fn serves(
    names: &Fields,
    id: Option<&Variable>,
    secret: Option<&Variable>,
) -> Result<Serves, String> {
    let whose =
        secret.map(|secret| secret.as_secret().map_err(|said| about(&names.secret, &said))).transpose()?;
    let (id, key) = match (id, &whose) {
        (None, None) => return Ok(Serves::Nothing),
        // Ours, and the id was not written any more.
        (None, Some(Some(_))) => return Ok(Serves::Torn),
        (None, Some(None)) => {
            return Err(format!("there is a variable `{}` and none named `{}`", names.secret, names.id));
        }
        (Some(id), _) => (id, id.as_id().map_err(|said| about(&names.id, &said))?),
    };
    match whose {
        None => Err(format!("there is a variable `{}` and none named `{}`", names.id, names.secret)),
        Some(Some(other)) if other != key => {
            // A person who writes another id leaves the description beside it; we write both.
            let by_hand = id.mark().is_some_and(|mark| mark != key);
            Ok(if by_hand { Serves::Key(key) } else { Serves::Torn })
        }
        Some(_) => Ok(Serves::Key(key)),
    }
}

fn about(name: &str, said: &str) -> String {
    format!("the variable `{name}`: {said}")
}

#[cfg(test)]
mod tests {
    use reqwest::StatusCode;
    use rotator::AccessKeyId;
    use serde_json::{Value, json};

    use super::*;
    use crate::store::http::Answer;

    const ONE: &str = "AKIA0000000000000001";
    const TWO: &str = "AKIA0000000000000002";

    fn variable(value: &str, mark: Option<&str>) -> Variable {
        let description = mark.map_or(Value::Null, |id| json!(format!("rotator: {id}")));
        let body =
            json!({ "key": "K", "variable_type": "env_var", "value": value, "description": description });
        Variable::of(&Answer::with(StatusCode::OK, body), "K").unwrap()
    }

    fn key(id: &str) -> Result<Serves, String> {
        Ok(Serves::Key(AccessKeyId::parse(id).unwrap()))
    }

    #[test]
    fn both_must_be_one_keys() {
        let names = Fields::environment();
        let told =
            |id: Option<Variable>, secret: Option<Variable>| serves(&names, id.as_ref(), secret.as_ref());
        let id = |value, mark| Some(variable(value, mark));
        let secret = |mark| Some(variable("S3CR3T", mark));
        assert_eq!(told(None, None), Ok(Serves::Nothing));
        assert_eq!(told(id(ONE, Some(ONE)), secret(Some(ONE))), key(ONE));
        assert_eq!(told(id(ONE, None), secret(None)), key(ONE), "put there by hand");
        // Interrupted after the secret.
        assert_eq!(told(id(ONE, Some(ONE)), secret(Some(TWO))), Ok(Serves::Torn));
        assert_eq!(told(id(ONE, None), secret(Some(TWO))), Ok(Serves::Torn));
        assert_eq!(told(None, secret(Some(TWO))), Ok(Serves::Torn));
        // Somebody has put another pair there, and left the descriptions.
        assert_eq!(told(id(TWO, Some(ONE)), secret(Some(ONE))), key(TWO));
        for (id, secret) in [(None, secret(None)), (id(ONE, Some(ONE)), None)] {
            assert!(told(id, secret).unwrap_err().contains("none named"));
        }
    }
}
