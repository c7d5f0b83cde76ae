//! What goes wrong, and what is done all the same.

use std::time::Duration;

use aws_sdk_iam::error::SdkError;
use rotator_cli::clock::sleep;
use rotator_cli::sandbox::{Call, Fault, Sandbox, What};

use crate::{as_admin, code, is, refused, sandbox, says, start_time, still};

const CREATE: &str = "iam:CreateAccessKey";

fn keys(sandbox: &Sandbox) -> usize {
    sandbox.account().keys("ci").unwrap().len()
}

#[tokio::test]
async fn refusals_do_nothing() {
    let expired = "The security token included in the request is expired";
    let denied = "User: arn:aws:iam::111122223333:user/sandbox/sandbox-administrator is not \
                  authorized to perform: iam:CreateAccessKey on resource: \
                  arn:aws:iam::111122223333:user/machines/ci because no identity-based policy \
                  allows the iam:CreateAccessKey action";
    let unavailable = What::ErrorBefore { status: 503, code: "ServiceUnavailable" };
    for (what, answer) in [
        (What::Throttle, says(400, "Throttling", "Rate exceeded")),
        (unavailable, says(503, "ServiceUnavailable", "This fault was injected.")),
        (What::Expired, says(403, "ExpiredToken", expired)),
        (What::Deny, says(403, "AccessDenied", denied)),
    ] {
        let sandbox = sandbox(still()).await;
        let iam = as_admin(&sandbox).iam;
        let hits = sandbox.inject(Fault::next(CREATE, what));
        let create = async || iam.create_access_key().user_name("ci").send().await;
        assert_eq!(refused(create().await), answer, "{what:?}");
        assert_eq!((hits.count(), keys(&sandbox)), (1, 0), "{what:?}");
        create().await.unwrap();
        assert_eq!((hits.count(), keys(&sandbox)), (1, 1), "{what:?}");
    }
}

#[tokio::test]
async fn an_error_after_it_is_done() {
    let sandbox = sandbox(still()).await;
    let iam = as_admin(&sandbox).iam;
    let hits = sandbox.inject(Fault::next(CREATE, What::ErrorAfter));
    let create = iam.create_access_key().user_name("ci").send().await;
    assert_eq!(code(create), is(500, "ServiceFailure"));
    assert_eq!((hits.count(), keys(&sandbox)), (1, 1));
}

#[tokio::test]
async fn answers_and_requests_are_lost() {
    for (what, made) in [(What::AnswerLost, 1), (What::Lost, 0)] {
        let sandbox = sandbox(still()).await;
        let iam = as_admin(&sandbox).iam;
        // The connection is in use already, as in a run.
        iam.list_users().send().await.unwrap();
        let hits = sandbox.inject(Fault::next(CREATE, what));
        let error = iam.create_access_key().user_name("ci").send().await.unwrap_err();
        assert!(matches!(error, SdkError::DispatchFailure(_)), "{error:?}");
        assert_eq!((hits.count(), keys(&sandbox)), (1, made), "{what:?}");
        let status = sandbox.calls().last().map(|call| call.status);
        assert_eq!(status, Some(None));
    }
}

#[tokio::test]
async fn an_answer_that_is_not_xml_is_no_answer() {
    let sandbox = sandbox(still()).await;
    let iam = as_admin(&sandbox).iam;
    let hits = sandbox.inject(Fault::next(CREATE, What::NotXml));
    let create = iam.create_access_key().user_name("ci").send().await;
    // The SDK calls this an error of the service, without a code, for all that it says 200.
    assert_eq!(code(create), is(200, ""));
    assert_eq!((hits.count(), keys(&sandbox)), (1, 0));
}

#[tokio::test]
async fn a_call_that_hangs_lands_after_its_caller_has_gone() {
    let sandbox = sandbox(still()).await;
    let iam = as_admin(&sandbox).iam;
    let hang = What::Hang(Duration::from_millis(50));
    let hits = sandbox.inject(Fault::next(CREATE, hang));
    let create = iam.create_access_key().user_name("ci").send();
    tokio::select! {
        _ = create => panic!("the call was to hang"),
        () = until(|| hits.count() == 1) => {}
    }
    assert_eq!(keys(&sandbox), 0);
    until(|| keys(&sandbox) == 1).await;
}

/// Looks until it is so; a test that waits in vain fails.
async fn until(so: impl Fn() -> bool) {
    for _ in 0..5000 {
        if so() {
            return;
        }
        sleep(Duration::from_millis(1)).await;
    }
    panic!("it did not happen in time");
}

#[tokio::test]
async fn faults_choose_their_calls() {
    let sandbox = sandbox(still()).await;
    sandbox.account().add_user("other", "/machines/").unwrap();
    let iam = as_admin(&sandbox).iam;
    let second = sandbox.inject(Fault::nth(2, "iam:ListAccessKeys", What::Throttle).for_user("ci"));
    let always = sandbox.inject(Fault::always("iam:ListUser*", What::Throttle));
    let mut list = Vec::new();
    for user in ["ci", "other", "other", "ci", "ci"] {
        list.push(iam.list_access_keys().user_name(user).send().await.is_ok());
    }
    assert_eq!(list, [true, true, true, false, true]);
    for _ in 0..2 {
        assert_eq!(code(iam.list_users().send().await), is(400, "Throttling"));
    }
    let tags = iam.list_user_tags().user_name("ci").send().await;
    assert_eq!(code(tags), is(400, "Throttling"));
    assert_eq!((second.count(), always.count()), (1, 3));
    sandbox.clear_faults();
    iam.list_users().send().await.unwrap();
    assert_eq!(always.count(), 3);
}

#[tokio::test]
async fn a_fault_on_a_key_without_a_name_finds_its_owner() {
    let sandbox = sandbox(still()).await;
    let admin = as_admin(&sandbox);
    let pair = sandbox.account().create_key("ci").unwrap();
    let read = Fault::next("iam:GetAccessKeyLastUsed", What::Deny).for_user("ci");
    let whose = Fault::next("sts:GetCallerIdentity", What::Expired).for_user("ci");
    let hits = [sandbox.inject(read), sandbox.inject(whose)];
    let last_used = admin.iam.get_access_key_last_used().access_key_id(&pair.id);
    assert_eq!(code(last_used.send().await), is(403, "AccessDenied"));
    admin.sts.get_caller_identity().send().await.unwrap();
    let job = crate::as_pair(&sandbox, &pair);
    let who = job.sts.get_caller_identity().send().await;
    assert_eq!(code(who), is(403, "ExpiredToken"));
    assert_eq!(hits.map(|hits| hits.count()), [1, 1]);
}

#[tokio::test]
async fn faults_strike_secrets_manager_in_its_own_words() {
    let sandbox = sandbox(still()).await;
    let secrets = as_admin(&sandbox).secrets;
    sandbox.account().add_secret("ci/aws", None).unwrap();
    let put = async || {
        let put = secrets.put_secret_value().secret_id("ci/aws");
        put.secret_string("{}").send().await
    };
    let about = |what| Fault::next("secretsmanager:PutSecretValue", what).for_user("ci/aws");
    for (what, status, name) in [
        (What::Throttle, 400, "ThrottlingException"),
        (What::Expired, 400, "ExpiredTokenException"),
        (What::Deny, 400, "AccessDeniedException"),
        (What::ErrorAfter, 500, "InternalServiceError"),
    ] {
        let hits = sandbox.inject(about(what));
        assert_eq!(code(put().await), is(status, name));
        assert_eq!(hits.count(), 1);
    }
    // Only the last of them was done.
    assert_eq!(sandbox.account().secret("ci/aws").unwrap().versions.len(), 1);
}

#[tokio::test]
async fn every_call_is_logged() {
    let sandbox = sandbox(still()).await;
    let admin = as_admin(&sandbox);
    admin.iam.list_users().send().await.unwrap();
    admin.iam.delete_user().user_name("nobody").send().await.unwrap_err();
    admin.sts.get_caller_identity().send().await.unwrap();
    let secret = admin.secrets.describe_secret().secret_id("none");
    secret.send().await.unwrap_err();
    let call = |action: &str, user: Option<&str>, status, error| Call {
        at: start_time(),
        began: Duration::ZERO,
        ended: Duration::ZERO,
        action: action.to_owned(),
        user: user.map(str::to_owned),
        signed_with: Some(sandbox.admin().id.clone()),
        status: Some(status),
        error,
        agent: None,
        parameters: match action {
            "iam:DeleteUser" => vec![("UserName".to_owned(), "nobody".to_owned())],
            _ => Vec::new(),
        },
        made: None,
    };
    assert_eq!(["iam:ListUsers", "iam:DeleteUser"].map(|action| sandbox.done(action)), [1, 0]);
    let mut calls = sandbox.calls();
    for call in &mut calls {
        let agent = call.agent.take().unwrap();
        assert!(agent.starts_with("aws-sdk-rust/"), "{agent}");
        assert!(call.began <= call.ended);
        (call.began, call.ended) = (Duration::ZERO, Duration::ZERO);
    }
    assert_eq!(
        calls,
        [
            call("iam:ListUsers", None, 200, None),
            call("iam:DeleteUser", Some("nobody"), 404, Some("NoSuchEntity")),
            call("sts:GetCallerIdentity", Some("sandbox-administrator"), 200, None),
            call("secretsmanager:DescribeSecret", Some("none"), 400, Some("ResourceNotFoundException")),
        ]
    );
    sandbox.clear_calls();
    let made = admin.iam.create_access_key().user_name("ci").send().await.unwrap().access_key.unwrap();
    let calls = sandbox.calls();
    assert_eq!(calls[0].made.as_deref(), Some(made.access_key_id()));
    assert!(!format!("{calls:?}").contains(made.secret_access_key()));
    sandbox.clear_calls();
    assert_eq!(sandbox.calls(), []);
}
