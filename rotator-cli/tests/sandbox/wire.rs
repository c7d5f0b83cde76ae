//! What only a look at the bytes shows: the `Date` header, and answers to what no SDK sends.

use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::interceptors::Intercept;
use aws_smithy_runtime_api::client::interceptors::context::BeforeTransmitInterceptorContextMut;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::config_bag::ConfigBag;
use rotator_cli::sandbox::{Sandbox, Settings};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::{as_admin, code, is, sandbox, seconds, still};

async fn raw(sandbox: &Sandbox, headers: &str, body: &str) -> String {
    let endpoint = sandbox.endpoint();
    let address = endpoint.strip_prefix("http://").unwrap();
    let mut stream = TcpStream::connect(address).await.unwrap();
    let length = body.len();
    let request = format!(
        "POST / HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n{headers}\
         Content-Length: {length}\r\n\r\n{body}"
    );
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    answer
}

fn status(answer: &str) -> &str {
    answer.split(' ').nth(1).unwrap_or_default()
}

fn error_code(answer: &str) -> &str {
    let xml = answer.split_once("<Code>").and_then(|(_, rest)| rest.split_once('<'));
    let json = || {
        let (_, rest) = answer.split_once("\"__type\":\"")?;
        rest.split_once('"')
    };
    xml.or_else(json).map_or("", |(code, _)| code)
}

#[tokio::test]
async fn every_answer_is_dated_by_the_sandboxs_clock() {
    let sandbox = sandbox(Settings { authenticate: false, ..still() }).await;
    let date = async |body: &str| {
        let answer = raw(&sandbox, "", body).await;
        let date = answer.lines().find_map(|line| line.strip_prefix("date: "));
        (status(&answer).to_owned(), date.unwrap().to_owned())
    };
    let dated = |status: &str, date: &str| (status.to_owned(), date.to_owned());
    assert_eq!(date("Action=ListUsers").await, dated("200", "Fri, 02 Jan 2026 03:04:05 GMT"));
    sandbox.advance(seconds(86_400));
    assert_eq!(date("Action=GetUser&UserName=nobody").await, dated("404", "Sat, 03 Jan 2026 03:04:05 GMT"));
}

#[tokio::test]
async fn malformed_requests_get_an_answer() {
    let sandbox = sandbox(still()).await;
    let target = "X-Amz-Target: secretsmanager.GetSecretValue\r\n";
    for (headers, body, expected) in [
        ("", "", ("403", "MissingAuthenticationToken")),
        ("", "Action=ListUsers", ("403", "MissingAuthenticationToken")),
        ("Authorization: Bearer x\r\n", "Action=ListUsers", ("400", "IncompleteSignature")),
        (target, "not json", ("400", "SerializationException")),
        (target, "{}", ("403", "MissingAuthenticationToken")),
        ("X-Amz-Target: other.Thing\r\n", "{}", ("400", "UnknownOperationException")),
    ] {
        let answer = raw(&sandbox, headers, body).await;
        assert_eq!((status(&answer), error_code(&answer)), expected, "{headers}{body}");
    }
}

#[tokio::test]
async fn what_is_unknown_or_missing_is_refused() {
    let sandbox = sandbox(Settings { authenticate: false, ..still() }).await;
    let target = |operation: &str| format!("X-Amz-Target: secretsmanager.{operation}\r\n");
    for (headers, body, expected) in [
        (String::new(), "Action=<b>", ("400", "InvalidAction")),
        (String::new(), "Action=DeleteUser", ("400", "ValidationError")),
        (String::new(), "Action=ListUsers&MaxItems=-1", ("400", "ValidationError")),
        (String::new(), "Action=ListUsers&PathPrefix=x", ("400", "ValidationError")),
        (String::new(), "Action=TagUser&UserName=ci&Tags.member.1.Key=k", ("400", "ValidationError")),
        (target("Nothing"), "{}", ("400", "UnknownOperationException")),
        (target("GetSecretValue"), "{}", ("400", "ValidationException")),
        (target("GetSecretValue"), "[]", ("400", "ValidationException")),
        (target("GetSecretValue"), r#"{"SecretId":7}"#, ("400", "SerializationException")),
        (target("CreateSecret"), r#"{"Name":"x","SecretString":"v"}"#, ("400", "InvalidParameterException")),
    ] {
        let answer = raw(&sandbox, &headers, body).await;
        assert_eq!((status(&answer), error_code(&answer)), expected, "{headers}{body}");
        assert!(!answer.contains("<b>"), "{answer}");
    }
}

/// Changes a request after it was signed.
#[derive(Clone, Copy, Debug)]
enum Tamper {
    Body,
    Date,
}

impl Intercept for Tamper {
    fn name(&self) -> &'static str {
        "Tamper"
    }

    fn modify_before_transmit(
        &self,
        context: &mut BeforeTransmitInterceptorContextMut<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let request = context.request_mut();
        match self {
            Tamper::Body => {
                let mut body = request.body().bytes().unwrap().to_vec();
                *body.last_mut().unwrap() ^= 1;
                *request.body_mut() = SdkBody::from(body);
            }
            Tamper::Date => {
                let signed = request.headers().get("x-amz-date").unwrap();
                let changed = format!("{}9Z", signed.trim_end_matches('Z'));
                request.headers_mut().insert("x-amz-date", changed);
            }
        }
        Ok(())
    }
}

#[tokio::test]
async fn what_was_changed_on_the_way_does_not_verify() {
    let sandbox = sandbox(still()).await;
    let iam = as_admin(&sandbox).iam;
    for tamper in [Tamper::Body, Tamper::Date] {
        let list = iam.list_users().customize().interceptor(tamper);
        let answer = code(list.send().await);
        assert_eq!(answer, is(403, "SignatureDoesNotMatch"), "{tamper:?}");
    }
}

#[tokio::test]
async fn a_signature_for_one_service_is_none_for_another() {
    let sandbox = sandbox(still()).await;
    let list = as_admin(&sandbox).iam.list_users().customize();
    let list = list.mutate_request(|request| {
        let target = "secretsmanager.DescribeSecret";
        request.headers_mut().insert("x-amz-target", target);
        let body = r#"{"SecretId":"none"}"#;
        let length = body.len().to_string();
        request.headers_mut().insert("content-length", length);
        *request.body_mut() = SdkBody::from(body);
    });
    let error = list.send().await.unwrap_err();
    let body = error.raw_response().unwrap().body().bytes().unwrap();
    let body = String::from_utf8_lossy(body);
    assert_eq!(error_code(&body), "InvalidSignatureException");
}

#[tokio::test]
async fn it_stops_when_it_is_dropped() {
    let sandbox = sandbox(still()).await;
    let iam = as_admin(&sandbox).iam;
    iam.list_users().send().await.unwrap();
    drop(sandbox);
    tokio::task::yield_now().await;
    iam.list_users().send().await.unwrap_err();
}

#[tokio::test]
async fn secrets_are_not_in_debug_output() {
    let sandbox = sandbox(still()).await;
    sandbox.account().add_secret("s", Some("hidden-value")).unwrap();
    let admin = sandbox.admin();
    let secret = secrecy::ExposeSecret::expose_secret(&admin.secret);
    let printed = format!("{sandbox:?} {admin:?} {:?}", sandbox.account().secret("s"));
    assert!(printed.contains(&admin.id));
    assert!(!printed.contains(secret) && !printed.contains("hidden-value"), "{printed}");
}
