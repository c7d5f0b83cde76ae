//! The calls in the form that CloudTrail gives them. AWS has not delivered these records: the form is learnt from
//! a real one (fixtures/cloudtrail/README.md), and has only fields whose shape it shows or the user guide gives.

use std::fs::File;
use std::path::Path;
use std::time::{Duration, UNIX_EPOCH};

use anyhow::Result;
use flate2::Compression;
use flate2::write::GzEncoder;
use regex::Regex;
use rotator_cli::clock::rfc3339;
use rotator_cli::sandbox::Call;
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use super::play::{JOB, Played, seconds};

/// When these stories begin.
const BEGIN: u64 = 1_767_225_600;
/// Addresses for documentation (RFC 5737): of the machine that rotates, and of those that jobs run on.
const ROTATING: &str = "203.0.113.10";
const WORKING: &str = "198.51.100.20";

/// Writes a file as CloudTrail delivers it.
pub fn write(file: &Path, played: &Played) -> Result<()> {
    let begin = played.calls.first().map_or(0, seconds);
    let agents = Regex::new(r"os/(\w+)#\S+")?;
    let records = played.calls.iter().enumerate().filter_map(|(place, call)| {
        let at = BEGIN + seconds(call).saturating_sub(begin);
        let agent = agents.replace_all(call.agent.as_deref()?, "os/$1").into_owned();
        record(place, call, at, &agent, played)
    });
    let trail = json!({ "Records": records.collect::<Vec<_>>() });
    let mut out = GzEncoder::new(File::create(file)?, Compression::best());
    serde_json::to_writer(&mut out, &trail)?;
    out.finish()?;
    Ok(())
}

/// `None`: the call was not let in. AWS says that authenticated calls are in the trail, and promises nothing of
/// others.
fn record(place: usize, call: &Call, at: u64, agent: &str, played: &Played) -> Option<Value> {
    call.status?;
    if call.error == Some("InvalidClientTokenId") {
        return None;
    }
    let key = call.signed_with.as_deref()?;
    let owner = played.owners.get(key)?;
    let (service, name) = call.action.split_once(':')?;
    let address = if agent.contains(&format!("app/{JOB}")) { WORKING } else { ROTATING };
    let reads = ["Get", "List", "Describe"].iter().any(|word| name.starts_with(word));
    let failed = call.error.is_some();
    let mut record = json!({
        "eventVersion": "1.09",
        "userIdentity": {
            "type": "IAMUser",
            "principalId": owner.id,
            "arn": owner.arn,
            "accountId": played.account,
            "accessKeyId": key,
            "userName": owner.name,
        },
        "eventTime": rfc3339(UNIX_EPOCH + Duration::from_secs(at)),
        "eventSource": format!("{service}.amazonaws.com"),
        "eventName": name,
        "awsRegion": "us-east-1",
        "sourceIPAddress": address,
        "userAgent": agent,
        "requestParameters": asked(service, name, call),
        "responseElements": if failed { Value::Null } else { answered(name, call, at) },
        "requestID": uuid("request", place, key),
        "eventID": uuid("event", place, key),
        "readOnly": reads,
        "eventType": "AwsApiCall",
        "managementEvent": true,
        "recipientAccountId": played.account,
        "eventCategory": "Management",
    });
    if let (Some(error), Some(fields)) = (call.error, record.as_object_mut()) {
        fields.insert("errorCode".into(), error.into());
    }
    Some(record)
}

/// The parameters of calls about keys and users, whose shape is known; of others none.
fn asked(service: &str, name: &str, call: &Call) -> Value {
    let known = [
        "CreateAccessKey",
        "DeleteAccessKey",
        "UpdateAccessKey",
        "CreateUser",
        "DeleteUser",
        "ListAccessKeys",
    ];
    if service != "iam" || !known.contains(&name) || call.parameters.is_empty() {
        return Value::Null;
    }
    let lower =
        |name: &str| name.chars().take(1).flat_map(char::to_lowercase).chain(name.chars().skip(1)).collect();
    let fields = call.parameters.iter().map(|(name, value)| (lower(name), Value::from(value.as_str())));
    Value::Object(fields.collect::<Map<_, _>>())
}

fn answered(name: &str, call: &Call, at: u64) -> Value {
    match (name, &call.made, &call.user) {
        ("CreateAccessKey", Some(key), Some(user)) => json!({
            "accessKey": {
                "accessKeyId": key,
                "createDate": spelled(at),
                "status": "Active",
                "userName": user,
            }
        }),
        _ => Value::Null,
    }
}

/// `Jul 30, 2024 9:53:13 PM`
fn spelled(at: u64) -> String {
    const MONTHS: [&str; 12] =
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let text = rfc3339(UNIX_EPOCH + Duration::from_secs(at));
    let number =
        |from: usize, to: usize| text.get(from..to).and_then(|part| part.parse::<usize>().ok()).unwrap_or(0);
    let (year, month, day, hour) = (number(0, 4), number(5, 7), number(8, 10), number(11, 13));
    let month = MONTHS.get(month.saturating_sub(1)).unwrap_or(&"?");
    let half = if hour < 12 { "AM" } else { "PM" };
    let twelve = if hour % 12 == 0 { 12 } else { hour % 12 };
    format!("{month} {day}, {year} {twelve}{} {half}", text.get(13..19).unwrap_or_default())
}

fn uuid(what: &str, place: usize, key: &str) -> String {
    let hash = Sha256::digest(format!("{what} {place} {key}"));
    let hex: String = hash.iter().take(16).map(|byte| format!("{byte:02x}")).collect();
    let part = |from: usize, to: usize| hex.get(from..to).unwrap_or_default();
    format!("{}-{}-{}-{}-{}", part(0, 8), part(8, 12), part(12, 16), part(16, 20), part(20, 32))
}
