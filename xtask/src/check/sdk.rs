//! The SDK as a check's own hands: plain HTTP to loopback, and every call sent once, so that a failure
//! is seen and not mended.

use std::time::Duration;

use aws_config::retry::RetryConfig;
use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_sdk_iam::config::{Credentials, SharedCredentialsProvider};
use aws_sdk_iam::error::{ProvideErrorMetadata, SdkError};

use crate::accounts::{Pair, REGION};

pub async fn config(url: &str, pair: &Pair) -> SdkConfig {
    let timeouts = TimeoutConfig::builder().operation_timeout(Duration::from_secs(20)).build();
    aws_config::defaults(BehaviorVersion::latest())
        .http_client(aws_smithy_http_client::Builder::new().build_http())
        .timeout_config(timeouts)
        .endpoint_url(url)
        .region(Region::new(REGION))
        .credentials_provider(credentials(pair))
        .retry_config(RetryConfig::standard().with_max_attempts(1))
        .load()
        .await
}

pub fn credentials(pair: &Pair) -> SharedCredentialsProvider {
    SharedCredentialsProvider::new(Credentials::new(&pair.id, &pair.secret, None, None, "xtask"))
}

/// What the service said no with. `None`: it did not answer, or was itself at fault.
pub fn refusal<E: ProvideErrorMetadata>(error: &SdkError<E>) -> Option<String> {
    let status = error.raw_response()?.status().as_u16();
    let code = error.code().unwrap_or("no code");
    (400..500).contains(&status).then(|| format!("{status} {code}"))
}
