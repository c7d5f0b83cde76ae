//! Fields of a JSON request.

use serde_json::Value;

use super::error::AwsError;
use super::request::missing;

pub(super) fn required<'a>(input: &'a Value, field: &str) -> Result<&'a str, AwsError> {
    string(input, field)?.ok_or_else(|| missing(field))
}

pub(super) fn string<'a>(input: &'a Value, field: &str) -> Result<Option<&'a str>, AwsError> {
    match input.get(field) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(_) => Err(wrong_type(field)),
    }
}

pub(super) fn strings(input: &Value, field: &str) -> Result<Vec<String>, AwsError> {
    let values = input.get(field).and_then(Value::as_array);
    let values = values.ok_or_else(|| wrong_type(field))?;
    values
        .iter()
        .map(|value| value.as_str().map(str::to_owned))
        .collect::<Option<_>>()
        .ok_or_else(|| wrong_type(field))
}

/// A Boolean that is `false` where it is left out.
pub(super) fn flag(input: &Value, field: &str) -> Result<bool, AwsError> {
    match input.get(field) {
        None | Some(Value::Null) => Ok(false),
        Some(Value::Bool(flag)) => Ok(*flag),
        Some(_) => Err(wrong_type(field)),
    }
}

pub(super) fn wrong_type(field: &str) -> AwsError {
    let message = format!("{field} is not of the right type.");
    AwsError::new(400, "SerializationException", message)
}
