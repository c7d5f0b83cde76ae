//! One SDK configuration for everything: the whole default credential chain, one HTTPS client, and the rules
//! of resending: CreateAccessKey never, a throttled call to IAM by our own limiter alone.

mod http;
mod role;

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use aws_config::default_provider::region::DefaultRegionChain;
use aws_config::profile::ProfileFileCredentialsProvider;
use aws_config::provider_config::ProviderConfig;
use aws_config::{AppName, BehaviorVersion, Region, SdkConfig};
use aws_credential_types::Credentials;
use aws_credential_types::provider::ProvideCredentials;
use aws_credential_types::provider::error::CredentialsError;
use aws_smithy_runtime::client::retries::RetryPartition;
use aws_smithy_runtime_api::client::http::SharedHttpClient;
use aws_smithy_runtime_api::client::interceptors::context::InterceptorContext;
use aws_smithy_runtime_api::client::retries::classifiers::{
    ClassifyRetry, RetryAction, RetryClassifierPriority,
};
use aws_smithy_types::retry::RetryConfig;
use aws_smithy_types::timeout::TimeoutConfig;
use rotator::AccessKeyId;

use crate::clock::ServerClock;
use crate::failure::{Class, Failure, causes, from_sdk, is_throttling};

pub use role::Role;

/// What our calls say of themselves in CloudTrail: `app/rotator-0.1.0` within the user agent. Letters, digits
/// and a few marks are allowed, a slash is not (docs.rs, `aws_config::AppName`).
pub const APP: &str = concat!("rotator-", env!("CARGO_PKG_VERSION"));

/// Which account, by which way.
#[derive(Debug, Clone, Default)]
pub struct Access {
    /// A profile of the shared configuration files.
    pub profile: Option<String>,
    /// The region; IAM itself has one control plane for each partition.
    pub region: Option<String>,
    /// Another endpoint than AWS's, for every service.
    pub endpoint_url: Option<String>,
    /// A role that is assumed with those credentials before anything else.
    pub role: Option<Role>,
    /// Fixed credentials in the place of the default chain, for the demo's own endpoint on loopback: proxies
    /// and endpoint variants that the environment names are not for that one.
    pub credentials: Option<Credentials>,
}

/// Who runs this, and the configuration that every client is made of.
#[derive(Debug, Clone)]
pub struct Caller {
    /// The SDK's configuration.
    pub config: SdkConfig,
    /// The account's number.
    pub account: String,
    /// The identity's ARN.
    pub arn: String,
    /// The UserId of the user whose key signs; for a role, the role's id and the session's name.
    pub user_id: String,
    /// The key that signs, where it is a long-lived one.
    pub key: Option<AccessKeyId>,
    /// Whether a region was configured, not assumed.
    pub region_is_set: bool,
}

/// Reads the configuration without calling anything.
pub async fn configure(access: &Access, request_timeout: Duration) -> (SdkConfig, bool) {
    let timeouts = TimeoutConfig::builder()
        .connect_timeout(request_timeout.min(Duration::from_secs(5)))
        .operation_attempt_timeout(request_timeout)
        // Resending included: no call may take hold later than the driver reckons with.
        .operation_timeout(request_timeout)
        .build();
    let http = match access.credentials {
        Some(_) => http::loopback(),
        None => http::shared(),
    };
    let mut loader = aws_config::defaults(BehaviorVersion::latest())
        .http_client(http.clone())
        // Adaptive: a token bucket on this side that slows down once the other side throttles. IAM has a limiter
        // of ours instead, see `iam_client`.
        .retry_config(RetryConfig::adaptive().with_max_attempts(4))
        .timeout_config(timeouts);
    // A name of the user's own (AWS_SDK_UA_APP_ID, `sdk_ua_app_id`) would hide which program it was.
    if let Ok(app) = AppName::new(APP) {
        loader = loader.app_name(app);
    }
    if let Some(profile) = &access.profile {
        // By name, so nothing else: the default chain would take the environment's credentials first, and
        // with them perhaps another account.
        loader = loader.profile_name(profile).credentials_provider(named(profile, access, http).await);
    }
    if let Some(region) = &access.region {
        loader = loader.region(Region::new(region.clone()));
    }
    if let Some(url) = &access.endpoint_url {
        loader = loader.endpoint_url(url);
    }
    if let Some(credentials) = &access.credentials {
        loader = loader.credentials_provider(credentials.clone());
        loader = loader.use_fips(false).use_dual_stack(false);
    }
    let config = loader.load().await;
    let region_is_set = config.region().is_some();
    if region_is_set {
        return (config, true);
    }
    // IAM and STS answer in the commercial partition whatever the region is, so none is asked for.
    (config.into_builder().region(Region::from_static("us-east-1")).build(), false)
}

/// The credentials of one profile. Where it assumes a role, the token service is asked in its region.
async fn named(profile: &str, access: &Access, http: SharedHttpClient) -> ProfileFileCredentialsProvider {
    let region = match &access.region {
        Some(region) => Some(Region::new(region.clone())),
        None => DefaultRegionChain::builder().profile_name(profile).build().region().await,
    };
    let region = region.unwrap_or(Region::from_static("us-east-1"));
    ProfileFileCredentialsProvider::builder()
        .configure(&ProviderConfig::default().with_region(Some(region)).with_http_client(http))
        .profile_name(profile)
        .build()
}

/// Credentials, and the configuration that clients are made of; nobody was asked yet whose they are.
#[derive(Debug, Clone)]
pub struct Session {
    /// The SDK's configuration.
    pub config: SdkConfig,
    key: Option<AccessKeyId>,
    region_is_set: bool,
}

/// Finds credentials.
///
/// # Errors
/// There are none, or they cannot be had.
pub async fn begin(access: &Access, request_timeout: Duration) -> Result<Session, Failure> {
    let (config, region_is_set) = configure(access, request_timeout).await;
    let Some(provider) = config.credentials_provider() else {
        return Err(Failure::new(Class::Credentials, WHO, "no credentials are configured"));
    };
    let credentials = provider.provide_credentials().await.map_err(|error| {
        if let CredentialsError::CredentialsNotLoaded(_) = error {
            return no_credentials(access);
        }
        Failure::new(Class::Credentials, WHO, causes(&error))
    })?;
    let (config, credentials) = match &access.role {
        Some(role) => role.assume(config).await?,
        None => (config, credentials),
    };
    let key = AccessKeyId::parse(credentials.access_key_id()).ok();
    Ok(Session { config, key, region_is_set })
}

const WHO: &str = "find out who runs this";

/// Asks who runs this.
///
/// # Errors
/// No credentials, wrong or expired ones, or no answer.
pub async fn identify(access: &Access, request_timeout: Duration) -> Result<Caller, Failure> {
    begin(access, request_timeout).await?.identify().await
}

impl Session {
    /// Asks who runs this.
    ///
    /// # Errors
    /// Wrong or expired credentials, or no answer.
    pub async fn identify(&self) -> Result<Caller, Failure> {
        // A wrong endpoint is to be told within seconds, so this call waits less between its attempts.
        let retries = RetryConfig::standard().with_initial_backoff(Duration::from_millis(200));
        let once = aws_sdk_sts::config::Builder::from(&self.config).retry_config(retries).build();
        let answer = aws_sdk_sts::Client::from_conf(once)
            .get_caller_identity()
            .send()
            .await
            .map_err(|error| from_sdk("sts:GetCallerIdentity", WHO, &error))?;
        Ok(Caller {
            account: answer.account().unwrap_or_default().to_owned(),
            arn: answer.arn().unwrap_or_default().to_owned(),
            user_id: answer.user_id().unwrap_or_default().to_owned(),
            key: self.key.clone(),
            config: self.config.clone(),
            region_is_set: self.region_is_set,
        })
    }
}

/// The chain's own words name each of its links; what a person can do is less.
fn no_credentials(access: &Access) -> Failure {
    let said = match &access.profile {
        Some(profile) => format!("the profile `{profile}` gives no credentials; see `aws configure list-profiles`"),
        None => "there are no credentials, neither in the environment nor in a profile, nor from a container's or \
                 an instance's role; set AWS_PROFILE or use --profile"
            .to_owned(),
    };
    Failure::new(Class::NoCredentials, WHO, said)
}

/// The IAM client; its answers set the clock. Calls that broke off are resent by the SDK, within a quota of each
/// client's own; throttled ones are not.
#[must_use]
pub fn iam_client(config: &SdkConfig, clock: &ServerClock) -> aws_sdk_iam::Client {
    static CLIENTS: AtomicU64 = AtomicU64::new(0);
    let partition = format!("iam {}", CLIENTS.fetch_add(1, Ordering::Relaxed));
    let config = aws_sdk_iam::config::Builder::from(config)
        .retry_config(RetryConfig::standard().with_max_attempts(4))
        .retry_partition(RetryPartition::new(partition))
        .retry_classifier(ThrottledWaits)
        .interceptor(clock.clone())
        .build();
    aws_sdk_iam::Client::from_conf(config)
}

/// Leaves throttled calls to our own limiter, which knows of all users' calls and when the next one fits.
#[derive(Debug)]
struct ThrottledWaits;

impl ClassifyRetry for ThrottledWaits {
    fn classify_retry(&self, context: &InterceptorContext) -> RetryAction {
        let body = context.response().and_then(|response| response.body().bytes());
        // `<Code>Throttling</Code>`: the answer's own form, since a classifier sees errors without their types.
        let code =
            body.and_then(|body| std::str::from_utf8(body).ok()?.split_once("<Code>")?.1.split('<').next());
        match code {
            Some(code) if is_throttling(code) => RetryAction::RetryForbidden,
            Some(_) | None => RetryAction::NoActionIndicated,
        }
    }

    fn name(&self) -> &'static str {
        "ThrottledWaits"
    }

    fn priority(&self) -> RetryClassifierPriority {
        RetryClassifierPriority::run_after(RetryClassifierPriority::transient_error_classifier())
    }
}

/// Forbids any resending: a lost answer to CreateAccessKey may be a live key that nobody holds, and the
/// request has no idempotency token (IAM API reference).
#[derive(Debug)]
pub struct NeverResend;

impl ClassifyRetry for NeverResend {
    fn classify_retry(&self, _: &InterceptorContext) -> RetryAction {
        RetryAction::RetryForbidden
    }

    fn name(&self) -> &'static str {
        "NeverResend"
    }

    fn priority(&self) -> RetryClassifierPriority {
        RetryClassifierPriority::run_after(RetryClassifierPriority::transient_error_classifier())
    }
}
