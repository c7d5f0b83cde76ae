//! The generated client as a witness: it is given the same configuration, the same calls and the same
//! answers, and must send the same requests and fail in the same way.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use aws_config::{AppName, BehaviorVersion, Region, SdkConfig};
use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_smithy_async::time::StaticTimeSource;
use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_runtime_api::http::StatusCode;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::retry::RetryConfig;
use aws_types::origin::Origin;
use aws_types::service_config::{LoadServiceConfig, ServiceConfigKey};

use super::api::{Get, History, Put};
use super::client::Client;
use crate::failure::{Failure, from_sdk};

/// What the other side does.
#[derive(Debug, Clone, Copy)]
enum Answer {
    Status(u16, &'static str),
    Broken,
}

/// A connection that keeps what is sent and gives one answer each time.
#[derive(Debug, Clone)]
struct Wire(Answer, Arc<Mutex<Vec<Sent>>>);

/// A request without what differs from one to the next by chance.
type Sent = (String, String, BTreeMap<String, String>, serde_json::Value);

impl HttpClient for Wire {
    fn http_connector(&self, _: &HttpConnectorSettings, _: &RuntimeComponents) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}

impl HttpConnector for Wire {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let mut headers: BTreeMap<_, _> =
            request.headers().iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        for by_chance in ["amz-sdk-invocation-id", "user-agent"] {
            assert!(headers.remove(by_chance).is_some(), "{by_chance}");
        }
        // The clients name themselves with their own version, and what else they have of the SDK.
        let agent = headers.remove("x-amz-user-agent").unwrap();
        for word in ["api/ssm/", "app/rotator-test"] {
            assert!(agent.contains(word), "{agent}");
        }
        let names = headers.get_mut("authorization").unwrap();
        *names = names.split_once(", Signature=").unwrap().0.to_owned();
        let body = serde_json::from_slice(request.body().bytes().unwrap()).unwrap();
        let sent = (request.method().to_owned(), request.uri().to_owned(), headers, body);
        self.1.lock().unwrap().push(sent);
        HttpConnectorFuture::ready(match self.0 {
            Answer::Status(status, body) => {
                let mut answer =
                    HttpResponse::new(StatusCode::try_from(status).unwrap(), SdkBody::from(body));
                answer.headers_mut().insert("content-type", "application/x-amz-json-1.1");
                Ok(answer)
            }
            Answer::Broken => Err(ConnectorError::io("connection reset".into())),
        })
    }
}

/// What a profile or the environment says for one service.
#[derive(Debug)]
struct Own;

impl LoadServiceConfig for Own {
    fn load_config(&self, key: ServiceConfigKey<'_>) -> Option<String> {
        let own = (key.service_id(), key.env(), key.profile()) == ("SSM", "AWS_ENDPOINT_URL", "endpoint_url");
        own.then(|| "http://ssm.example:4566".to_owned())
    }
}

/// Which endpoint is configured, and where.
#[derive(Debug, Clone, Copy)]
enum Endpoint {
    Own,
    /// On the command line, beside one for this service.
    Named,
    /// In the environment, beside one for this service.
    ForAll,
    OfService,
    FipsAndDual,
}

fn config(wire: &Wire, endpoint: Endpoint) -> SdkConfig {
    let credentials = Credentials::new("AKIA0000000000000001", "secret", Some("token".into()), None, "test");
    let noon = SystemTime::UNIX_EPOCH + Duration::from_secs(1_800_000_000);
    let mut config = SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("eu-central-1"))
        .credentials_provider(SharedCredentialsProvider::new(credentials))
        .retry_config(
            RetryConfig::standard().with_max_attempts(3).with_initial_backoff(Duration::from_millis(1)),
        )
        .app_name(AppName::new("rotator-test").unwrap())
        .time_source(StaticTimeSource::new(noon))
        .http_client(wire.clone());
    match endpoint {
        Endpoint::Own => {}
        Endpoint::Named => {
            config = config.endpoint_url("http://127.0.0.1:4566/base").service_config(Own);
            config.insert_origin("endpoint_url", Origin::shared_config());
        }
        Endpoint::ForAll => {
            config = config.endpoint_url("http://127.0.0.1:4566/base").service_config(Own);
            config.insert_origin("endpoint_url", Origin::shared_environment_variable());
        }
        Endpoint::OfService => config = config.service_config(Own),
        Endpoint::FipsAndDual => config = config.use_fips(true).use_dual_stack(true),
    }
    config.build()
}

/// How the three calls end, and what is sent for them.
type Seen = (Vec<Result<String, (String, String)>>, Vec<Sent>);

const NAME: &str = "/ci/alice";

fn end<T: std::fmt::Debug>(end: Result<T, Failure>) -> Result<String, (String, String)> {
    end.map(|end| format!("{end:?}")).map_err(|failure| (format!("{:?}", failure.class), failure.said))
}

async fn ours(answer: Answer, endpoint: Endpoint) -> Seen {
    let wire = Wire(answer, Arc::default());
    let client = Client::new(&config(&wire, endpoint));
    let get = client.get_parameter(&Get { name: NAME, with_decryption: true }).await;
    let get = get.map(|got| got.map(|got| (got.version.unwrap_or_default(), got.r#type, got.value)));
    let get = get.map_err(|error| from_sdk("ssm:GetParameter", "get", &error));
    let history = History { name: NAME, with_decryption: false, next_token: Some("page 2".to_owned()) };
    let history = client.get_parameter_history(&history).await;
    let history = history.map(|page| (page.next_token, page.parameters.unwrap_or_default().len()));
    let history = history.map_err(|error| from_sdk("ssm:GetParameterHistory", "list", &error));
    let mut put = Put {
        name: NAME,
        description: "the \"first\"".to_owned(),
        value: "{\"a\":\"/+=\"}",
        r#type: Some("SecureString"),
        key_id: Some("alias/ci".to_owned()),
        overwrite: false,
        tier: Some("Intelligent-Tiering"),
    };
    let first = client.put_parameter(&put).await;
    (put.r#type, put.tier, put.key_id, put.overwrite) = (None, None, None, true);
    let next = client.put_parameter(&put).await;
    let [first, next] =
        [first, next].map(|put| put.map_err(|error| from_sdk("ssm:PutParameter", "put", &error)));
    let sent = wire.1.lock().unwrap().clone();
    (vec![end(get), end(history), end(first), end(next)], sent)
}

async fn theirs(answer: Answer, endpoint: Endpoint) -> Seen {
    use aws_sdk_ssm::types::{ParameterTier, ParameterType};
    let wire = Wire(answer, Arc::default());
    let client = aws_sdk_ssm::Client::new(&config(&wire, endpoint));
    let get = client.get_parameter().name(NAME).with_decryption(true).send().await;
    let get = get.map(|got| {
        got.parameter().map(|got| {
            let kind = got.r#type().map(|kind| kind.as_str().to_owned());
            (got.version(), kind, got.value().map(str::to_owned))
        })
    });
    let get = get.map_err(|error| from_sdk("ssm:GetParameter", "get", &error));
    let history = client.get_parameter_history().name(NAME).with_decryption(false).next_token("page 2");
    let history = history.send().await.map(|page| (page.next_token.clone(), page.parameters().len()));
    let history = history.map_err(|error| from_sdk("ssm:GetParameterHistory", "list", &error));
    let once = || aws_sdk_ssm::config::Builder::new().retry_classifier(crate::aws::NeverResend);
    let put = client.put_parameter().name(NAME).description("the \"first\"").value("{\"a\":\"/+=\"}");
    let first = put.clone().r#type(ParameterType::SecureString).key_id("alias/ci").overwrite(false);
    let first =
        first.tier(ParameterTier::IntelligentTiering).customize().config_override(once()).send().await;
    let next = put.overwrite(true).customize().config_override(once()).send().await;
    let [first, next] = [first, next]
        .map(|put| put.map(|put| put.version()).map_err(|error| from_sdk("ssm:PutParameter", "put", &error)));
    let sent = wire.1.lock().unwrap().clone();
    (vec![end(get), end(history), end(first), end(next)], sent)
}

const ANSWERS: [Answer; 18] = [
    Answer::Status(
        200,
        r#"{"Parameter":{"Name":"/ci/alice","Type":"SecureString","Value":"v","Version":7}}"#,
    ),
    Answer::Status(200, r#"{"Parameters":[{"Version":1,"KeyId":"k"},{"Version":2}],"NextToken":"n"}"#),
    Answer::Status(200, r#"{"Version":3,"Tier":"Standard"}"#),
    Answer::Status(200, r#"{"Parameter":null,"Parameters":null,"Version":null,"Other":[{}]}"#),
    Answer::Status(200, "{}"),
    Answer::Status(200, "<html>"),
    Answer::Status(200, r#"{"Version":"three","Parameter":"x","Parameters":"y"}"#),
    Answer::Status(204, "{}"),
    Answer::Status(400, r#"{"__type":"ParameterNotFound"}"#),
    Answer::Status(400, r#"{"__type":"com.amazonaws.ssm#TooManyUpdates","message":"one at a time"}"#),
    Answer::Status(400, r#"{"__type":"ThrottlingException","message":"Rate exceeded"}"#),
    Answer::Status(
        400,
        r#"{"__type":"AccessDeniedException","Message":"User: x is not authorized to perform: kms:Decrypt on"}"#,
    ),
    Answer::Status(400, r#"{"__type":"ExpiredTokenException","message":"expired"}"#),
    Answer::Status(400, r#"{"message":"no code"}"#),
    Answer::Status(500, r#"{"__type":"InternalServerError","message":"again"}"#),
    Answer::Status(503, "<html>busy</html>"),
    Answer::Status(302, ""),
    Answer::Broken,
];

#[tokio::test]
async fn the_same_is_sent_and_the_same_is_made_of_each_answer() {
    for answer in ANSWERS {
        let (ours, theirs) = (ours(answer, Endpoint::Own).await, theirs(answer, Endpoint::Own).await);
        assert_eq!(ours, theirs, "{answer:?}");
    }
    let (_, sent) = ours(Answer::Broken, Endpoint::Own).await;
    let of = |target: &str| {
        sent.iter().filter(|sent| sent.2.values().any(|value| value.ends_with(target))).count()
    };
    let counts = [of(".GetParameter"), of(".GetParameterHistory"), of(".PutParameter")];
    assert_eq!(counts, [3, 3, 2], "what only reads is sent again, and each of the two puts once");
}

#[tokio::test]
async fn the_endpoint_is_the_one_that_was_configured() {
    let answer = Answer::Status(200, "{}");
    for (endpoint, uri) in [
        (Endpoint::Own, "https://ssm.eu-central-1.amazonaws.com/"),
        (Endpoint::Named, "http://127.0.0.1:4566/base/"),
        (Endpoint::ForAll, "http://ssm.example:4566/"),
        (Endpoint::OfService, "http://ssm.example:4566/"),
        (Endpoint::FipsAndDual, "https://ssm-fips.eu-central-1.api.aws/"),
    ] {
        let (ours, theirs) = (ours(answer, endpoint).await, theirs(answer, endpoint).await);
        assert_eq!(ours, theirs, "{endpoint:?}");
        assert!(ours.1.iter().all(|sent| sent.1 == uri) && ours.1.len() == 4, "{ours:?}");
    }
}
