//! One record, and of it only what tells about keys. Fields: CloudTrail user guide, "CloudTrail record
//! contents" and "CloudTrail userIdentity element".

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::clock::parse_rfc3339;

/// One call, as the trail has it.
#[derive(Debug)]
pub struct Record<'a> {
    /// Seconds since 1970: CloudTrail's times have no fractions.
    pub at: u64,
    /// Its id; the same event may be delivered twice.
    pub id: Option<&'a str>,
    /// `CreateAccessKey`.
    pub name: &'a str,
    /// `iam.amazonaws.com`.
    pub source: &'a str,
    /// `AwsApiCall`, where it says so.
    pub kind: Option<&'a str>,
    /// Why it was refused or failed.
    pub error: Option<&'a str>,
    /// Whose trail this is.
    pub account: Option<&'a str>,
    /// What the caller's program says of itself.
    pub agent: Option<&'a str>,
    /// Where the call came from.
    pub address: Option<&'a str>,
    /// Who called.
    pub who: Who<'a>,
    /// What was asked, as JSON.
    pub asked: Option<&'a RawValue>,
    /// What was answered, as JSON.
    pub answered: Option<&'a RawValue>,
}

/// Who called.
#[derive(Debug, Default)]
pub struct Who<'a> {
    /// `IAMUser`, `AssumedRole`, …
    pub kind: Option<&'a str>,
    /// The identity's ARN.
    pub arn: Option<&'a str>,
    /// Its account.
    pub account: Option<&'a str>,
    /// The key that signed.
    pub key: Option<&'a str>,
    /// The user's name.
    pub user: Option<&'a str>,
}

/// What an object turned out to be.
pub(super) enum Parsed<'a> {
    Record(Box<Record<'a>>),
    Digest,
}

#[derive(Deserialize)]
#[serde(transparent)]
struct Text<'a>(#[serde(borrow)] Cow<'a, str>);

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Raw<'a> {
    #[serde(borrow, rename = "CloudTrailEvent")]
    quoted: Option<Text<'a>>,
    event_time: Option<Text<'a>>,
    #[serde(rename = "eventID")]
    event_id: Option<Text<'a>>,
    event_name: Option<Text<'a>>,
    event_source: Option<Text<'a>>,
    event_type: Option<Text<'a>>,
    error_code: Option<Text<'a>>,
    recipient_account_id: Option<Text<'a>>,
    user_agent: Option<Text<'a>>,
    #[serde(rename = "sourceIPAddress")]
    source_ip_address: Option<Text<'a>>,
    user_identity: Option<RawWho<'a>>,
    request_parameters: Option<&'a RawValue>,
    response_elements: Option<&'a RawValue>,
    /// Only a digest file has it.
    digest_s3_object: Option<Text<'a>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RawWho<'a> {
    #[serde(borrow, rename = "type")]
    kind: Option<Text<'a>>,
    arn: Option<Text<'a>>,
    account_id: Option<Text<'a>>,
    access_key_id: Option<Text<'a>>,
    user_name: Option<Text<'a>>,
}

/// Reads one object, and gives it to `with`.
pub(super) fn parse<T>(bytes: &[u8], with: &mut dyn FnMut(Parsed<'_>) -> T) -> Result<T, String> {
    let raw: Raw<'_> = serde_json::from_slice(bytes).map_err(|error| error.to_string())?;
    match &raw.quoted {
        Some(Text(quoted)) => {
            let inner: Raw<'_> = serde_json::from_str(quoted).map_err(|error| error.to_string())?;
            understood(&inner).map(with)
        }
        None => understood(&raw).map(with),
    }
}

fn understood<'r>(raw: &'r Raw<'_>) -> Result<Parsed<'r>, String> {
    if raw.digest_s3_object.is_some() {
        return Ok(Parsed::Digest);
    }
    let time = text(raw.event_time.as_ref()).ok_or("it has no eventTime")?;
    let time = parse_rfc3339(time).ok_or("its eventTime is no time")?;
    let since = time.duration_since(std::time::UNIX_EPOCH).map_err(|_| "its eventTime is before 1970")?;
    let who = raw.user_identity.as_ref();
    let who = who.map_or_else(Who::default, |who| Who {
        kind: text(who.kind.as_ref()),
        arn: text(who.arn.as_ref()),
        account: text(who.account_id.as_ref()),
        key: text(who.access_key_id.as_ref()),
        user: text(who.user_name.as_ref()),
    });
    Ok(Parsed::Record(Box::new(Record {
        at: since.as_secs(),
        id: text(raw.event_id.as_ref()),
        name: text(raw.event_name.as_ref()).ok_or("it has no eventName")?,
        source: text(raw.event_source.as_ref()).unwrap_or_default(),
        kind: text(raw.event_type.as_ref()),
        error: text(raw.error_code.as_ref()),
        account: text(raw.recipient_account_id.as_ref()),
        agent: text(raw.user_agent.as_ref()),
        address: text(raw.source_ip_address.as_ref()),
        who,
        asked: raw.request_parameters,
        answered: raw.response_elements,
    })))
}

/// An empty word is none: CloudTrail's examples have `"accessKeyId": ""`.
fn text<'r>(text: Option<&'r Text<'_>>) -> Option<&'r str> {
    text.map(|Text(text)| text.as_ref()).filter(|text| !text.is_empty())
}
