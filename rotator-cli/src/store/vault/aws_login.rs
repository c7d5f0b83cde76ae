//! A login by AWS identity: sts:GetCallerIdentity, signed here and sent by Vault, which so learns who
//! signed it (Vault API, "AWS auth method", Login).

use std::collections::BTreeMap;

use aws_config::SdkConfig;
use aws_credential_types::provider::ProvideCredentials;
use aws_sigv4::http_request::{SignableBody, SignableRequest, SigningSettings, sign as signature};
use aws_sigv4::sign::v4::SigningParams;
use aws_smithy_runtime_api::client::identity::Identity;
use aws_smithy_types::base64;
use secrecy::SecretString;
use serde_json::{Value, json};

use crate::clock::local_now;
use crate::failure::{Class, Failure, causes};

const BODY: &str = "Action=GetCallerIdentity&Version=2011-06-15";
const SERVER_ID: &str = "x-vault-aws-iam-server-id";

/// A login's document.
pub(super) struct Signed {
    pub(super) body: Value,
    /// The headers: whoever has them is the caller to this Vault for 15 minutes.
    pub(super) secret: SecretString,
}

/// Signs with the credentials of the moment; assumed roles renew theirs.
pub(super) async fn sign(
    aws: &SdkConfig,
    server_id: Option<&str>,
    sts_region: Option<&str>,
) -> Result<Signed, Failure> {
    let failure = |class, said: String| Failure::new(class, "log in to Vault with AWS credentials", said);
    let Some(provider) = aws.credentials_provider() else {
        return Err(failure(Class::NoCredentials, "there are none".into()));
    };
    let credentials =
        provider.provide_credentials().await.map_err(|error| failure(Class::Credentials, causes(&error)))?;
    // Vault sends it to its own `sts_endpoint`, the global one unless configured: that takes signatures
    // for us-east-1 only.
    let (host, region) = match sts_region {
        Some(region) => (format!("sts.{region}.amazonaws.com"), region),
        None => ("sts.amazonaws.com".to_owned(), "us-east-1"),
    };
    let url = format!("https://{host}/");
    let mut headers = BTreeMap::from([
        ("content-type".to_owned(), "application/x-www-form-urlencoded; charset=utf-8".to_owned()),
        ("host".to_owned(), host),
    ]);
    // Signed along: a login made for one Vault is then of no use at another.
    if let Some(id) = server_id {
        headers.insert(SERVER_ID.to_owned(), id.to_owned());
    }
    let identity = Identity::from(credentials);
    let params = SigningParams::builder()
        .identity(&identity)
        .region(region)
        .name("sts")
        .time(local_now())
        .settings(SigningSettings::default())
        .build()
        .map_err(|error| failure(Class::Setup, causes(&error)))?
        .into();
    let lines = headers.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    let signed = SignableRequest::new("POST", &url, lines, SignableBody::Bytes(BODY.as_bytes()))
        .and_then(|request| signature(request, &params))
        .map_err(|error| failure(Class::Setup, causes(&error)))?;
    let (added, _) = signed.into_parts();
    headers.extend(added.headers().map(|(name, value)| (name.to_owned(), value.to_owned())));
    let headers = base64::encode(json!(headers).to_string());
    let body = json!({
        "iam_http_request_method": "POST",
        "iam_request_url": base64::encode(url),
        "iam_request_body": base64::encode(BODY),
        "iam_request_headers": headers,
    });
    Ok(Signed { body, secret: SecretString::from(headers) })
}

#[cfg(test)]
mod tests {
    use aws_config::{BehaviorVersion, Region};
    use aws_credential_types::Credentials;
    use aws_credential_types::provider::SharedCredentialsProvider;

    use super::*;

    #[tokio::test]
    async fn the_request_is_signed_with_the_servers_name_and_holds_no_secret() {
        let credentials = Credentials::new("AKIAEXAMPLE", "wJalr/se+cret", None, None, "test");
        let aws = SdkConfig::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::from_static("eu-central-1"))
            .credentials_provider(SharedCredentialsProvider::new(credentials))
            .build();
        let signed = sign(&aws, Some("vault.example.com"), None).await.unwrap();
        let headers = base64::decode(signed.body["iam_request_headers"].as_str().unwrap()).unwrap();
        let headers: BTreeMap<String, String> = serde_json::from_slice(&headers).unwrap();
        assert_eq!(headers["host"], "sts.amazonaws.com");
        let authorization = &headers["authorization"];
        assert!(authorization.contains("/us-east-1/sts/aws4_request"), "{authorization}");
        assert!(authorization.contains(SERVER_ID), "{authorization}");
        assert!(!authorization.contains("se+cret"));
    }
}
