//! Parameter Store over JSON (Systems Manager API reference, version 2014-11-06).

use secrecy::{ExposeSecret, SecretString};
use serde_json::{Map, Value, json};

use super::access::Caller;
use super::account::Account;
use super::clock::json_date;
use super::error::AwsError;
use super::fields::{flag, required, string};
use super::parameters::{Parameter, ParameterVersion};

type Answer = Result<Value, AwsError>;

const SECURE: &str = "SecureString";

pub(super) fn answer(account: &mut Account, caller: &Caller, operation: &str, input: &Value) -> Answer {
    let answer = match operation {
        "PutParameter" => put,
        "GetParameter" => get,
        "GetParameterHistory" => history,
        "DeleteParameter" => delete,
        unknown => {
            let message = format!("Could not find operation {unknown}");
            return Err(AwsError::new(400, "UnknownOperationException", message));
        }
    };
    let resource = subject(input).unwrap_or_else(|| "*".to_owned());
    account.authorize(caller, &format!("ssm:{operation}"), &resource)?;
    authorize_key(account, caller, operation, input, &resource)?;
    answer(account, input)
}

/// A SecureString is encrypted and decrypted for the caller (user guide, "How AWS Systems Manager Parameter
/// Store uses AWS KMS"): a standard value by KMS itself, an advanced one under a data key.
fn authorize_key(
    account: &Account,
    caller: &Caller,
    operation: &str,
    input: &Value,
    name: &str,
) -> Result<(), AwsError> {
    let old = account.parameters.get(name);
    let newest = old.and_then(|old| old.versions.last()).and_then(|newest| newest.key_id.as_deref());
    match operation {
        "PutParameter" => {
            let tier = string(input, "Tier")?.or(old.map(|old| old.tier.as_str()));
            let uses = if tier == Some("Advanced") { "kms:GenerateDataKey" } else { "kms:Encrypt" };
            account.authorize_key(caller, "ssm", string(input, "KeyId")?, &[uses])
        }
        "GetParameter" | "GetParameterHistory" if flag(input, "WithDecryption")? => {
            account.authorize_key(caller, "ssm", newest, &["kms:Decrypt"])
        }
        _ => Ok(()),
    }
}

/// The parameter that a call is about, for faults and the log.
pub(super) fn subject(input: &Value) -> Option<String> {
    input.get("Name")?.as_str().map(str::to_owned)
}

pub(super) fn put(account: &mut Account, input: &Value) -> Answer {
    let (name, value) = (required(input, "Name")?, required(input, "Value")?);
    checked(name)?;
    let overwrite = flag(input, "Overwrite")?;
    let (kind, tier) = (string(input, "Type")?, string(input, "Tier")?);
    let has_tags = input.get("Tags").and_then(Value::as_array).is_some_and(|tags| !tags.is_empty());
    if overwrite && has_tags {
        return Err(validation("Invalid request: tags and overwrite can't be used together."));
    }
    let old = account.parameters.get(name);
    if old.is_some() && !overwrite {
        let message = "The parameter already exists. To overwrite this value, set the overwrite option in the \
                       request to true.";
        return Err(AwsError::new(400, "ParameterAlreadyExists", message));
    }
    // What is left out stays as it is; a new one is Standard unless the account says otherwise.
    let kind = match (kind, old) {
        (Some(kind), Some(old)) if kind != old.kind => {
            let message = "The parameter cannot be changed to another type.";
            return Err(AwsError::new(400, "HierarchyTypeMismatchException", message));
        }
        (Some(kind), _) if ["String", "StringList", SECURE].contains(&kind) => kind.to_owned(),
        (Some(_), _) => return Err(AwsError::new(400, "UnsupportedParameterType", "No such type.")),
        (None, Some(old)) => old.kind.clone(),
        (None, None) => return Err(validation("A parameter type is required when you create a parameter.")),
    };
    let tier = match (tier, old) {
        (Some("Standard"), Some(old)) if old.tier == "Advanced" => {
            return Err(validation("An advanced parameter can't be made a standard one."));
        }
        (Some("Intelligent-Tiering"), _) if value.len() > 4096 => "Advanced".to_owned(),
        (Some("Intelligent-Tiering") | None, old) => old.map_or("Standard", |old| &old.tier).to_owned(),
        (Some(tier), _) => tier.to_owned(),
    };
    let most = if tier == "Advanced" { 8192 } else { 4096 };
    if value.is_empty() || value.len() > most {
        return Err(validation(&format!(
            "{tier} tier parameters support a value of up to {most} characters."
        )));
    }
    // "If you don't specify a key ID, the system uses the default key associated with your AWS account"
    // (PutParameter, KeyId): taken at its word for an overwrite too, so that whoever leaves it out is seen.
    let key_id = (kind == SECURE).then(|| string(input, "KeyId").map(|key| key.unwrap_or("alias/aws/ssm")));
    let number = old.and_then(|old| old.versions.last()).map_or(1, |newest| newest.number + 1);
    let version = ParameterVersion {
        number,
        value: SecretString::from(value),
        description: string(input, "Description")?.map(str::to_owned),
        key_id: key_id.transpose()?.map(str::to_owned),
        labels: Vec::new(),
        created: account.now(),
    };
    if old.is_some() {
        account.parameters.put(name, version)?;
    } else {
        let parameter =
            Parameter { name: name.to_owned(), kind, tier: tier.clone(), versions: vec![version] };
        account.parameters.add(parameter);
    }
    Ok(json!({"Version": number, "Tier": tier}))
}

fn get(account: &mut Account, input: &Value) -> Answer {
    let decrypt = flag(input, "WithDecryption")?;
    let parameter = account.parameters.find(required(input, "Name")?)?;
    let newest = parameter.versions.last().map(|newest| shown(parameter, newest, decrypt));
    let mut newest = newest.unwrap_or_default();
    newest.insert("DataType".to_owned(), json!("text"));
    Ok(json!({"Parameter": newest}))
}

/// Oldest first, 50 on a page (API reference, GetParameterHistory).
fn history(account: &mut Account, input: &Value) -> Answer {
    let decrypt = flag(input, "WithDecryption")?;
    let parameter = account.parameters.find(required(input, "Name")?)?;
    let most = match input.get("MaxResults") {
        None | Some(Value::Null) => 50,
        Some(most) => most
            .as_u64()
            .and_then(|most| usize::try_from(most).ok())
            .filter(|most| (1..=50).contains(most))
            .ok_or_else(|| validation("MaxResults must be from 1 to 50."))?,
    };
    let after = match string(input, "NextToken")? {
        None => 0,
        Some(token) => token.parse().map_err(|_| AwsError::new(400, "InvalidNextToken", "Invalid token."))?,
    };
    let later = parameter.versions.iter().filter(|version| version.number > after);
    let page: Vec<_> = later.clone().take(most).collect();
    let told = page.iter().map(|version| {
        let mut told = shown(parameter, version, decrypt);
        told.insert("Tier".to_owned(), json!(parameter.tier));
        told.insert("Labels".to_owned(), json!(version.labels));
        let texts = [("Description", &version.description), ("KeyId", &version.key_id)];
        for (field, text) in texts {
            if let Some(text) = text {
                told.insert(field.to_owned(), json!(text));
            }
        }
        Value::Object(told)
    });
    let mut answer = json!({"Parameters": told.collect::<Vec<_>>()});
    if let (true, Some(last), Some(answer)) = (later.count() > most, page.last(), answer.as_object_mut()) {
        answer.insert("NextToken".to_owned(), json!(last.number.to_string()));
    }
    Ok(answer)
}

fn delete(account: &mut Account, input: &Value) -> Answer {
    account.parameters.remove(required(input, "Name")?)?;
    Ok(json!({}))
}

fn shown(parameter: &Parameter, version: &ParameterVersion, decrypt: bool) -> Map<String, Value> {
    let readable = decrypt || parameter.kind != SECURE;
    let value = if readable { version.value.expose_secret() } else { "AQICAHencryptedbythesandbox" };
    let fields = [
        ("Name", json!(parameter.name)),
        ("Type", json!(parameter.kind)),
        ("Value", json!(value)),
        ("Version", json!(version.number)),
        ("LastModifiedDate", json!(json_date(version.created))),
    ];
    fields.into_iter().map(|(field, value)| (field.to_owned(), value)).collect()
}

/// User guide, "Requirements and constraints for parameter names".
fn checked(name: &str) -> Result<(), AwsError> {
    let fits = |letter: char| letter.is_ascii_alphanumeric() || "_.-/".contains(letter);
    let first = name.trim_start_matches('/').split('/').next().unwrap_or_default().to_ascii_lowercase();
    if name.is_empty() || name.len() > 2048 || !name.chars().all(fits) {
        return Err(validation(
            "Parameter name: only a mix of letters, numbers and the symbols .-_/ is allowed.",
        ));
    }
    if name.contains('/') && !name.starts_with('/') {
        return Err(validation("Parameter name must be a fully qualified name."));
    }
    if first.starts_with("aws") || first.starts_with("ssm") {
        return Err(validation(
            "Parameter name: can't be prefixed with \"aws\" or \"ssm\" (case-insensitive).",
        ));
    }
    if name.matches('/').count() > 15 {
        let message = "A hierarchy can have a maximum of 15 levels.";
        return Err(AwsError::new(400, "HierarchyLevelLimitExceededException", message));
    }
    Ok(())
}

fn validation(message: &str) -> AwsError {
    AwsError::new(400, "ValidationException", message)
}
