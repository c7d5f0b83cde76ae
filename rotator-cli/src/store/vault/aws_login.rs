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
    use reqwest::header::{HeaderMap, HeaderName};
    use secrecy::ExposeSecret;

    use super::*;
    use crate::sandbox::{Sandbox, Settings};

    /// What Vault does with it: sends it on as it stands, and learns who signed it.
    #[tokio::test]
    async fn whoever_sends_it_on_learns_who_signed_it() {
        let sandbox = Sandbox::start(Settings::default()).await.unwrap();
        let admin = sandbox.admin();
        let secret = admin.secret.expose_secret();
        let credentials = Credentials::new(&admin.id, secret, None, None, "test");
        let aws = SdkConfig::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::from_static("eu-central-1"))
            .credentials_provider(SharedCredentialsProvider::new(credentials))
            .build();
        let signed = sign(&aws, Some("vault.example.com"), None).await.unwrap();
        let field = |name: &str| {
            String::from_utf8(base64::decode(signed.body[name].as_str().unwrap()).unwrap()).unwrap()
        };
        assert_eq!(field("iam_request_url"), "https://sts.amazonaws.com/");
        assert!(!field("iam_request_headers").contains(secret));
        let headers: BTreeMap<String, String> = serde_json::from_str(&field("iam_request_headers")).unwrap();
        assert!(headers["authorization"].contains("/us-east-1/sts/aws4_request"));
        assert!(headers["authorization"].contains(SERVER_ID), "it is signed along");

        let send = async |headers: &BTreeMap<String, String>| {
            let headers = headers.iter().map(|(name, value)| {
                (HeaderName::from_bytes(name.as_bytes()).unwrap(), value.parse().unwrap())
            });
            let headers: HeaderMap = headers.collect();
            let client = reqwest::Client::builder().no_proxy().build().unwrap();
            let call = client.post(sandbox.endpoint()).headers(headers).body(field("iam_request_body"));
            call.send().await.unwrap().status().as_u16()
        };
        assert_eq!(send(&headers).await, 200);
        let mut other = headers.clone();
        other.insert(SERVER_ID.to_owned(), "other.example.com".to_owned());
        assert_eq!(send(&other).await, 403, "made for one Vault, it is of no use at another");
    }
}
