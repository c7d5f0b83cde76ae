//! The three calls of Parameter Store that are used, with the members that are used of each (API reference:
//! GetParameter, GetParameterHistory, PutParameter).

use std::fmt;

use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use serde::{Deserialize, Serialize};

use super::client::{Client, Refusal, Resend};

/// How a call of this service fails.
pub(super) type ApiError = SdkError<Refusal, HttpResponse>;

/// What GetParameter asks for.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Get<'a> {
    pub(super) name: &'a str,
    pub(super) with_decryption: bool,
}

/// What GetParameterHistory asks for.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct History<'a> {
    pub(super) name: &'a str,
    pub(super) with_decryption: bool,
    /// Where the page before ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) next_token: Option<String>,
}

/// What PutParameter stores. The value is a secret.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Put<'a> {
    pub(super) name: &'a str,
    pub(super) description: String,
    pub(super) value: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) r#type: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) key_id: Option<String>,
    pub(super) overwrite: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) tier: Option<&'static str>,
}

/// A parameter, or one of its versions. The value may be a secret.
#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct Parameter {
    pub(super) r#type: Option<String>,
    pub(super) key_id: Option<String>,
    pub(super) value: Option<String>,
    pub(super) version: Option<i64>,
}

impl fmt::Debug for Parameter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "version {:?}", self.version)
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Got {
    parameter: Option<Parameter>,
}

/// A page of versions.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct Page {
    pub(super) parameters: Option<Vec<Parameter>>,
    pub(super) next_token: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Stored {
    version: Option<i64>,
}

impl Client {
    /// The parameter, where the answer holds one.
    pub(super) async fn get_parameter(&self, get: &Get<'_>) -> Result<Option<Parameter>, ApiError> {
        let got: Got = self.send("GetParameter", get, Resend::Allowed).await?;
        Ok(got.parameter)
    }

    /// One page of the versions.
    pub(super) async fn get_parameter_history(&self, history: &History<'_>) -> Result<Page, ApiError> {
        self.send("GetParameterHistory", history, Resend::Allowed).await
    }

    /// The number of the new version. Never sent again: after a lost answer it would be refused as existing
    /// though it was stored, or go over what somebody else has put meanwhile.
    pub(super) async fn put_parameter(&self, put: &Put<'_>) -> Result<i64, ApiError> {
        let stored: Stored = self.send("PutParameter", put, Resend::Never).await?;
        Ok(stored.version.unwrap_or_default())
    }
}
