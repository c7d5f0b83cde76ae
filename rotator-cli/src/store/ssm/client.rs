//! Calls to Parameter Store, sent by the SDK's own runtime: its signer, retries, time-outs, clocks and
//! proxies, and whatever the user configured, as the generated client has it all (`alike.rs` compares the
//! two). That client is left out because it knows some 150 operations, of which three are used here.

use std::fmt;
use std::marker::PhantomData;

use aws_config::{BehaviorVersion, SdkConfig};
use aws_runtime::auth::sigv4::{SCHEME_ID, SigV4AuthScheme};
use aws_runtime::auth::{SigV4OperationSigningConfig, SigningOptions};
use aws_runtime::invocation_id::InvocationIdInterceptor;
use aws_runtime::recursion_detection::RecursionDetectionInterceptor;
use aws_runtime::request_info::RequestInfoInterceptor;
use aws_runtime::retries::classifiers::AwsErrorCodeClassifier;
use aws_runtime::service_clock_skew::{
    DisableClockSkewCorrection, ServiceClockSkewClassifier, ServiceClockSkewInterceptor,
};
use aws_runtime::user_agent::{ApiMetadata, UserAgentInterceptor};
use aws_smithy_json::protocol::aws_json_rpc::AwsJsonRpcProtocol;
use aws_smithy_runtime::client::defaults::{DefaultPluginParams, default_plugins};
use aws_smithy_runtime::client::http::connection_poisoning::ConnectionPoisoningInterceptor;
use aws_smithy_runtime::client::orchestrator::{AuthSchemeAndEndpointOrchestrationV2, invoke};
use aws_smithy_runtime::client::retries::classifiers::{
    HttpStatusCodeClassifier, ModeledAsRetryableClassifier, TransientErrorClassifier,
};
use aws_smithy_runtime::client::stalled_stream_protection::StalledStreamProtectionInterceptor;
use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::auth::AuthSchemeOptionResolverParams;
use aws_smithy_runtime_api::client::auth::static_resolver::StaticAuthSchemeOptionResolver;
use aws_smithy_runtime_api::client::interceptors::SharedInterceptor;
use aws_smithy_runtime_api::client::interceptors::context::{Error, Input, Output, OutputOrError};
use aws_smithy_runtime_api::client::orchestrator::{
    HttpRequest, HttpResponse, Metadata, OrchestratorError, SensitiveOutput,
};
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponentsBuilder;
use aws_smithy_runtime_api::client::runtime_plugin::{Order, RuntimePlugins, StaticRuntimePlugin};
use aws_smithy_runtime_api::client::ser_de::{
    DeserializeResponse, SerializeRequest, SharedRequestSerializer, SharedResponseDeserializer,
};
use aws_smithy_schema::protocol::SharedClientProtocol;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::config_bag::{ConfigBag, Layer};
use aws_smithy_types::error::ErrorMetadata;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use aws_smithy_types::retry::{ErrorKind, ProvideErrorKind};
use aws_types::SigningName;
use aws_types::endpoint_config::EndpointUrl;
use aws_types::region::SigningRegion;
use aws_types::service_config::ServiceConfigKey;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::endpoint::{Endpoints, ToEndpoint};
use crate::aws::NeverResend;

/// The name in signatures and in hosts.
const NAME: &str = "ssm";
/// The `serviceId` of its model, in configuration files too.
const ID: &str = "SSM";
/// The service's shape in its model, as `X-Amz-Target` has it.
const SHAPE: &str = "AmazonSSM";

/// Sends calls with what was configured for all services.
#[derive(Debug, Clone)]
pub(super) struct Client {
    plugins: RuntimePlugins,
}

/// Whether a call may be sent again after a lost answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Resend {
    /// It changes nothing.
    Allowed,
    /// It may have taken hold.
    Never,
}

impl Client {
    pub(super) fn new(config: &SdkConfig) -> Self {
        let partition = config.region().map_or(NAME.to_owned(), |region| format!("{NAME}-{region}"));
        let behavior = config.behavior_version().unwrap_or_else(BehaviorVersion::latest);
        let defaults = DefaultPluginParams::new()
            .with_retry_partition_name(partition)
            .with_behavior_version(behavior)
            .with_is_aws_sdk(true);
        let configured = StaticRuntimePlugin::new()
            .with_config(settings(config).freeze())
            .with_runtime_components(parts(config));
        let service = StaticRuntimePlugin::new()
            .with_order(Order::Defaults)
            .with_config(service_settings(config).freeze())
            .with_runtime_components(service_parts(config));
        let plugins = RuntimePlugins::new()
            .with_client_plugins(default_plugins(defaults))
            .with_client_plugin(configured)
            .with_client_plugin(service);
        Self { plugins }
    }

    /// Sends one call.
    ///
    /// # Errors
    /// It was refused, or nothing is known of it.
    pub(super) async fn send<O>(
        &self,
        operation: &'static str,
        input: &impl Serialize,
        resend: Resend,
    ) -> Result<O, SdkError<Refusal, HttpResponse>>
    where
        O: DeserializeOwned + fmt::Debug + Send + Sync + 'static,
    {
        let body = Body(serde_json::to_vec(input).map_err(SdkError::construction_failure)?);
        let mut parts = operation_parts();
        if resend == Resend::Never {
            parts.push_retry_classifier(NeverResend);
        }
        let plugin = StaticRuntimePlugin::new()
            .with_config(operation_settings::<O>(operation).freeze())
            .with_runtime_components(parts);
        let plugins = self.plugins.clone().with_operation_plugin(plugin);
        let answer = invoke(ID, operation, Input::erase(body), &plugins).await;
        let answer = answer.map_err(|error| error.map_service_error(refusal))?;
        // It is what `Answers` made.
        answer.downcast().map_err(|_| SdkError::construction_failure("an answer of another call"))
    }
}

/// What the user configured (of the generated client: `Builder::from(&SdkConfig)`, `Builder::build`).
fn settings(config: &SdkConfig) -> Layer {
    let mut layer = Layer::new(NAME);
    layer.store_put(ApiMetadata::new(NAME, env!("CARGO_PKG_VERSION")));
    layer.store_put(SigningName::from_static(NAME));
    layer.store_or_unset(config.region().cloned());
    layer.store_or_unset(config.region().cloned().map(SigningRegion::from));
    layer.store_or_unset(endpoint_url(config).map(EndpointUrl));
    layer.store_or_unset(config.retry_config().cloned());
    layer.store_or_unset(config.timeout_config().cloned());
    layer.store_or_unset(config.auth_scheme_preference().cloned());
    layer.store_or_unset(config.stalled_stream_protection());
    layer.store_or_unset(config.disable_clock_skew_correction().map(DisableClockSkewCorrection::from));
    layer.store_or_unset(config.app_name().cloned());
    layer
}

/// An endpoint for this service alone goes before one for all, unless that was named on the command line.
fn endpoint_url(config: &SdkConfig) -> Option<String> {
    let general = config.endpoint_url().map(str::to_owned);
    if config.get_origin("endpoint_url").is_client_config() {
        return general;
    }
    let key = ServiceConfigKey::builder().service_id(ID).env("AWS_ENDPOINT_URL").profile("endpoint_url");
    let own = key.build().ok().and_then(|key| config.service_config()?.load_config(key));
    own.or(general)
}

fn parts(config: &SdkConfig) -> RuntimeComponentsBuilder {
    let mut parts = RuntimeComponentsBuilder::new(NAME);
    if let Some(credentials) = config.credentials_provider() {
        parts.set_identity_resolver(SCHEME_ID, credentials);
    }
    if let Some(cache) = config.identity_cache() {
        parts.set_identity_cache(Some(cache));
    }
    parts.set_sleep_impl(config.sleep_impl());
    parts.set_http_client(config.http_client());
    parts.set_time_source(Some(config.time_source().unwrap_or_default()));
    parts
}

/// What the service is (of the generated client: `ServiceRuntimePlugin`).
fn service_settings(config: &SdkConfig) -> Layer {
    let mut layer = Layer::new(SHAPE);
    let protocol = || SharedClientProtocol::new(AwsJsonRpcProtocol::aws_json_1_1());
    layer.store_put(config.protocol().unwrap_or_else(protocol));
    layer.store_put(AuthSchemeAndEndpointOrchestrationV2);
    layer
}

fn service_parts(config: &SdkConfig) -> RuntimeComponentsBuilder {
    let mut parts = RuntimeComponentsBuilder::new(SHAPE)
        .with_auth_scheme_option_resolver(Some(StaticAuthSchemeOptionResolver::new(vec![SCHEME_ID])))
        .with_endpoint_resolver(Some(Endpoints::default()))
        .with_auth_scheme(SigV4AuthScheme::new())
        .with_retry_classifier(HttpStatusCodeClassifier::default())
        .with_interceptor(SharedInterceptor::permanent(ConnectionPoisoningInterceptor::new()));
    parts.push_interceptor(ServiceClockSkewInterceptor::new());
    parts.push_interceptor(RequestInfoInterceptor::new());
    parts.push_interceptor(UserAgentInterceptor::new());
    parts.push_interceptor(InvocationIdInterceptor::new());
    parts.push_interceptor(SharedInterceptor::permanent(RecursionDetectionInterceptor::new()));
    parts.push_interceptor(SharedInterceptor::permanent(ToEndpoint::new(config, endpoint_url(config))));
    parts
}

/// What one call is (of the generated client: `GetParameter`, `PutParameter`, … as `RuntimePlugin`).
fn operation_settings<O>(operation: &'static str) -> Layer
where
    O: DeserializeOwned + fmt::Debug + Send + Sync + 'static,
{
    let mut layer = Layer::new(operation);
    layer.store_put(SharedRequestSerializer::new(Requests(operation)));
    layer.store_put(SharedResponseDeserializer::new(Answers::<O>(PhantomData)));
    layer.store_put(AuthSchemeOptionResolverParams::new(()));
    layer.store_put(SensitiveOutput);
    layer.store_put(Metadata::new(operation, ID));
    let mut signing_options = SigningOptions::default();
    signing_options.double_uri_encode = true;
    signing_options.content_sha256_header = false;
    signing_options.normalize_uri_path = true;
    signing_options.payload_override = None;
    layer
        .store_put(SigV4OperationSigningConfig { signing_options, ..SigV4OperationSigningConfig::default() });
    layer
}

fn operation_parts() -> RuntimeComponentsBuilder {
    RuntimeComponentsBuilder::new(SHAPE)
        .with_interceptor(SharedInterceptor::permanent(StalledStreamProtectionInterceptor::default()))
        .with_retry_classifier(TransientErrorClassifier::<Refusal>::new())
        .with_retry_classifier(ModeledAsRetryableClassifier::<Refusal>::new())
        .with_retry_classifier(AwsErrorCodeClassifier::<Refusal>::new())
        .with_retry_classifier(ServiceClockSkewClassifier::<Refusal>::new())
}

/// What is sent. It may hold a secret, so nothing prints it.
struct Body(Vec<u8>);

impl fmt::Debug for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} bytes", self.0.len())
    }
}

#[derive(Debug)]
struct Requests(&'static str);

impl SerializeRequest for Requests {
    fn serialize_input(&self, input: Input, _: &mut ConfigBag) -> Result<HttpRequest, BoxError> {
        let Body(body) = input.downcast().map_err(|_| "a request of another call")?;
        let length = body.len().to_string();
        let mut request = HttpRequest::new(SdkBody::from(body));
        request.set_method("POST")?;
        request.set_uri("/")?;
        let headers = request.headers_mut();
        headers.insert("Content-Type", "application/x-amz-json-1.1");
        headers.insert("Content-Length", length);
        headers.insert("X-Amz-Target", format!("{SHAPE}.{}", self.0));
        Ok(request)
    }
}

struct Answers<O>(PhantomData<fn() -> O>);

impl<O> fmt::Debug for Answers<O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Answers")
    }
}

impl<O> DeserializeResponse for Answers<O>
where
    O: DeserializeOwned + fmt::Debug + Send + Sync + 'static,
{
    fn deserialize_nonstreaming_with_config(
        &self,
        response: &HttpResponse,
        bag: &ConfigBag,
    ) -> OutputOrError {
        let other = |error: BoxError| OrchestratorError::<Error>::other(error);
        if !response.status().is_success() {
            let protocol = bag.load::<SharedClientProtocol>().ok_or_else(|| other("no protocol".into()))?;
            let told = protocol.parse_error_metadata(response, bag).map_err(|error| other(error.into()))?;
            let refusal = Refusal(told.build());
            // Without a code it is no answer of this service.
            return Err(match refusal.meta().code() {
                Some(_) => OrchestratorError::operation(Error::erase(refusal)),
                None => other(refusal.into()),
            });
        }
        let body = response.body().bytes().ok_or_else(|| other("no body".into()))?;
        // Words of the parser may be words of the body, so they are left out.
        let answer = serde_json::from_slice::<O>(body).map_err(|_| other("no JSON of this call".into()))?;
        Ok(Output::erase(answer))
    }
}

/// The service's own error.
#[derive(Debug)]
pub(super) struct Refusal(ErrorMetadata);

fn refusal(error: Error) -> Refusal {
    error.downcast().unwrap_or_else(|_| Refusal(ErrorMetadata::builder().build()))
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl std::error::Error for Refusal {}

impl ProvideErrorMetadata for Refusal {
    fn meta(&self) -> &ErrorMetadata {
        &self.0
    }
}

impl ProvideErrorKind for Refusal {
    fn retryable_error_kind(&self) -> Option<ErrorKind> {
        None
    }

    fn code(&self) -> Option<&str> {
        self.0.code()
    }
}
