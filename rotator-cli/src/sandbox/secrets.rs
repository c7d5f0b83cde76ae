//! Secrets Manager over JSON (Secrets Manager API reference, version 2017-10-17).

use std::time::Duration;

use secrecy::ExposeSecret;
use serde_json::{Map, Value, json};

use super::access::Caller;
use super::account::Account;
use super::clock::json_date;
use super::error::AwsError;
use super::fields::{required, string, strings, wrong_type};
use super::vault::{CURRENT, Secret, Version};

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

type Answer = Result<Value, AwsError>;

pub(super) fn answer(account: &mut Account, caller: &Caller, operation: &str, input: &Value) -> Answer {
    let answer = match operation {
        "CreateSecret" => create,
        "DescribeSecret" => describe,
        "GetSecretValue" => get_value,
        "PutSecretValue" => put_value,
        "UpdateSecretVersionStage" => update_stage,
        "ListSecretVersionIds" => list_versions,
        "UpdateSecret" => update,
        "TagResource" => tag,
        "UntagResource" => untag,
        "DeleteSecret" => delete,
        unknown => {
            let message = format!("Could not find operation {unknown}");
            return Err(AwsError::new(400, "UnknownOperationException", message));
        }
    };
    // AWS names the secret as the caller did.
    let resource = subject(input).unwrap_or_else(|| "*".to_owned());
    account.authorize(caller, &format!("secretsmanager:{operation}"), &resource)?;
    authorize_beside(account, caller, operation, input, &resource)?;
    answer(account, input)
}

/// What a call needs besides (API reference, CreateSecret, PutSecretValue and GetSecretValue, "Required
/// permissions").
fn authorize_beside(
    account: &Account,
    caller: &Caller,
    operation: &str,
    input: &Value,
    resource: &str,
) -> Result<(), AwsError> {
    let old = account.vault.find(resource).ok().and_then(|secret| secret.kms_key_id.clone());
    let (key, uses): (_, &[&str]) = match operation {
        "CreateSecret" => {
            if input.get("Tags").and_then(Value::as_array).is_some_and(|tags| !tags.is_empty()) {
                account.authorize(caller, "secretsmanager:TagResource", resource)?;
            }
            (string(input, "KmsKeyId")?.map(str::to_owned), &["kms:GenerateDataKey", "kms:Decrypt"])
        }
        "PutSecretValue" => (old, &["kms:GenerateDataKey", "kms:Decrypt"]),
        "GetSecretValue" => (old, &["kms:Decrypt"]),
        _ => (None, &[]),
    };
    account.authorize_key(caller, "secretsmanager", key.as_deref(), uses)
}

/// The secret that a call is about, for faults and the log.
pub(super) fn subject(input: &Value) -> Option<String> {
    let id = input.get("SecretId").or_else(|| input.get("Name"))?;
    id.as_str().map(str::to_owned)
}

pub(super) fn create(account: &mut Account, input: &Value) -> Answer {
    let name = required(input, "Name")?;
    let fits = |letter: char| letter.is_ascii_alphanumeric() || "/_+=.@-".contains(letter);
    if !(1..=512).contains(&name.len()) || !name.chars().all(fits) {
        return Err(invalid(
            "Invalid name. Must be a valid name containing alphanumeric \
                            characters, or any of the following: -/_+=.@!",
        ));
    }
    let value = secret_string(input)?;
    let (tags, now) = (tags(input)?, account.now());
    if let (Ok(old), Some(value)) = (account.vault.find(name), value) {
        // The same token with the same value: the answer to the first call was lost.
        let version = old.version(token(input)?);
        let same = version.is_ok_and(|version| version.value.expose_secret() == value);
        if same && old.deleted.is_none() {
            return Ok(named(old, [("VersionId", json!(token(input)?))]));
        }
    }
    let arn = format!(
        "arn:aws:secretsmanager:{}:{}:secret:{name}-{}",
        account.settings.region,
        account.settings.account_id,
        account.ids.arn_suffix()
    );
    let mut secret = Secret {
        name: name.to_owned(),
        arn,
        description: string(input, "Description")?.map(str::to_owned),
        kms_key_id: string(input, "KmsKeyId")?.map(str::to_owned),
        tags,
        versions: Vec::new(),
        created: now,
        changed: now,
        rotation_enabled: false,
        primary_region: None,
        deleted: None,
    };
    let mut version = None;
    if let Some(value) = value {
        let id = token(input)?;
        secret.put(id, value, vec![CURRENT.to_owned()], now)?;
        version = Some(id);
    }
    let answer = named(&secret, version.map(|id| ("VersionId", json!(id))));
    account.vault.add(secret)?;
    Ok(answer)
}

fn describe(account: &mut Account, input: &Value) -> Answer {
    let secret = account.vault.find(required(input, "SecretId")?)?;
    let mut answer = Map::new();
    answer.insert("ARN".to_owned(), json!(secret.arn));
    answer.insert("Name".to_owned(), json!(secret.name));
    let texts = [("Description", &secret.description), ("KmsKeyId", &secret.kms_key_id)];
    for (field, text) in texts {
        if let Some(text) = text {
            answer.insert(field.to_owned(), json!(text));
        }
    }
    if secret.rotation_enabled {
        answer.insert("RotationEnabled".to_owned(), json!(true));
    }
    if let Some(region) = &secret.primary_region {
        answer.insert("PrimaryRegion".to_owned(), json!(region));
    }
    let dates = [
        ("CreatedDate", Some(secret.created)),
        ("LastChangedDate", Some(secret.changed)),
        ("DeletedDate", secret.deleted),
    ];
    for (field, date) in dates {
        if let Some(date) = date {
            answer.insert(field.to_owned(), json!(json_date(date)));
        }
    }
    let tags = secret.tags.iter().map(|(key, value)| json!({"Key": key, "Value": value}));
    answer.insert("Tags".to_owned(), Value::Array(tags.collect()));
    let stages: Map<_, _> =
        staged(secret).map(|version| (version.id.clone(), json!(version.stages))).collect();
    if !stages.is_empty() {
        answer.insert("VersionIdsToStages".to_owned(), Value::Object(stages));
    }
    Ok(Value::Object(answer))
}

fn get_value(account: &mut Account, input: &Value) -> Answer {
    let secret = account.vault.find(required(input, "SecretId")?)?;
    secret.alive()?;
    let by_id = string(input, "VersionId")?;
    let stage = string(input, "VersionStage")?;
    let version = match by_id {
        Some(id) => {
            Some(secret.version(id)?).filter(|version| stage.is_none_or(|stage| has_stage(version, stage)))
        }
        None => secret.at(stage.unwrap_or(CURRENT)),
    };
    let version = version.ok_or_else(|| {
        let stage = stage.unwrap_or(CURRENT);
        let message =
            format!("Secrets Manager can't find the specified secret value for staging label: {stage}");
        AwsError::new(400, "ResourceNotFoundException", message)
    })?;
    Ok(json!({
        "ARN": secret.arn,
        "Name": secret.name,
        "VersionId": version.id,
        "VersionStages": version.stages,
        "SecretString": version.value.expose_secret(),
        "CreatedDate": json_date(version.created),
    }))
}

pub(super) fn put_value(account: &mut Account, input: &Value) -> Answer {
    let now = account.now();
    let secret = account.vault.find_mut(required(input, "SecretId")?)?;
    let value = secret_string(input)?
        .ok_or_else(|| invalid("You must provide either SecretString or SecretBinary."))?;
    let stages = match input.get("VersionStages") {
        None | Some(Value::Null) => vec![CURRENT.to_owned()],
        Some(_) => strings(input, "VersionStages")?,
    };
    if !(1..=20).contains(&stages.len()) {
        return Err(invalid("VersionStages takes 1 to 20 staging labels."));
    }
    let version = secret.put(token(input)?, value, stages, now)?;
    let put = [("VersionId", json!(version.id)), ("VersionStages", json!(version.stages))];
    Ok(named(secret, put))
}

fn update_stage(account: &mut Account, input: &Value) -> Answer {
    let now = account.now();
    let secret = account.vault.find_mut(required(input, "SecretId")?)?;
    let stage = required(input, "VersionStage")?;
    let to = string(input, "MoveToVersionId")?;
    let from = string(input, "RemoveFromVersionId")?;
    secret.move_stage(stage, to, from, now)?;
    Ok(named(secret, []))
}

fn list_versions(account: &mut Account, input: &Value) -> Answer {
    let secret = account.vault.find(required(input, "SecretId")?)?;
    let all = input.get("IncludeDeprecated") == Some(&Value::Bool(true));
    let shown = secret.versions.iter().filter(|version| all || !version.stages.is_empty());
    let versions: Vec<_> = shown
        .map(|version| {
            json!({
                "VersionId": version.id,
                "VersionStages": version.stages,
                "CreatedDate": json_date(version.created),
            })
        })
        .collect();
    Ok(named(secret, [("Versions", Value::Array(versions))]))
}

/// Only description and key; a value goes in by PutSecretValue here.
fn update(account: &mut Account, input: &Value) -> Answer {
    let now = account.now();
    let secret = account.vault.find_mut(required(input, "SecretId")?)?;
    if secret_string(input)?.is_some() {
        return Err(invalid("UpdateSecret takes no value here: use PutSecretValue."));
    }
    if let Some(text) = string(input, "Description")? {
        secret.description = Some(text.to_owned());
    }
    if let Some(key) = string(input, "KmsKeyId")? {
        secret.kms_key_id = Some(key.to_owned());
    }
    secret.changed = now;
    Ok(named(secret, []))
}

/// Unlike a user's, the tags of a secret differ by case too (API reference, TagResource).
fn tag(account: &mut Account, input: &Value) -> Answer {
    let (tags, now) = (tags(input)?, account.now());
    let secret = account.vault.find_mut(required(input, "SecretId")?)?;
    for (key, value) in tags {
        secret.tags.retain(|(old, _)| *old != key);
        secret.tags.push((key, value));
    }
    secret.changed = now;
    Ok(json!({}))
}

fn untag(account: &mut Account, input: &Value) -> Answer {
    let (keys, now) = (strings(input, "TagKeys")?, account.now());
    let secret = account.vault.find_mut(required(input, "SecretId")?)?;
    secret.tags.retain(|(key, _)| !keys.contains(key));
    secret.changed = now;
    Ok(json!({}))
}

fn delete(account: &mut Account, input: &Value) -> Answer {
    let now = account.now();
    let id = required(input, "SecretId")?;
    let days = match input.get("RecoveryWindowInDays") {
        None | Some(Value::Null) => 30,
        Some(days) => days
            .as_u64()
            .and_then(|days| u32::try_from(days).ok())
            .filter(|days| (7..=30).contains(days))
            .ok_or_else(|| invalid("RecoveryWindowInDays must be from 7 to 30."))?,
    };
    let at_once = input.get("ForceDeleteWithoutRecovery") == Some(&Value::Bool(true));
    let secret = account.vault.find_mut(id)?;
    let window = if at_once { Duration::ZERO } else { DAY * days };
    let at = secret.schedule_deletion(now, window);
    let answer = named(secret, [("DeletionDate", json!(json_date(at)))]);
    if at_once {
        account.vault.remove(id)?;
    }
    Ok(answer)
}

/// What nearly every answer begins with, and what this one adds.
fn named(secret: &Secret, more: impl IntoIterator<Item = (&'static str, Value)>) -> Value {
    let names = [("ARN", json!(secret.arn)), ("Name", json!(secret.name))];
    names.into_iter().chain(more).collect()
}

/// Versions without a stage count as deprecated and are shown to nobody who does not ask.
fn staged(secret: &Secret) -> impl Iterator<Item = &Version> {
    let versions = secret.versions.iter();
    versions.filter(|version| !version.stages.is_empty())
}

fn has_stage(version: &Version, stage: &str) -> bool {
    version.stages.iter().any(|own| own == stage)
}

/// 32 to 64 characters. The SDKs make one up; who sends none gets an error.
fn token(input: &Value) -> Result<&str, AwsError> {
    let token = string(input, "ClientRequestToken")?;
    token
        .filter(|token| (32..=64).contains(&token.len()))
        .ok_or_else(|| invalid("You must provide a ClientRequestToken of 32 to 64 characters."))
}

fn secret_string(input: &Value) -> Result<Option<&str>, AwsError> {
    if input.get("SecretBinary").is_some_and(|value| !value.is_null()) {
        return Err(invalid("SecretBinary is not served here."));
    }
    let value = string(input, "SecretString")?;
    if value.is_some_and(|value| value.len() > 65_536) {
        return Err(invalid("SecretString takes up to 65536 bytes."));
    }
    Ok(value)
}

fn tags(input: &Value) -> Result<Vec<(String, String)>, AwsError> {
    let none = Vec::new();
    let tags = match input.get("Tags") {
        None | Some(Value::Null) => &none,
        Some(tags) => tags.as_array().ok_or_else(|| wrong_type("Tags"))?,
    };
    tags.iter()
        .map(|tag| {
            let key = required(tag, "Key")?;
            let value = string(tag, "Value")?.unwrap_or_default();
            Ok((key.to_owned(), value.to_owned()))
        })
        .collect()
}

fn invalid(message: &str) -> AwsError {
    AwsError::new(400, "InvalidParameterException", message)
}
