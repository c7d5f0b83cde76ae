//! Parameters of Parameter Store and their versions.

use aws_sdk_ssm::Client;
use aws_sdk_ssm::error::SdkError;
use aws_sdk_ssm::operation::put_parameter::{PutParameterError, PutParameterOutput};
use aws_sdk_ssm::primitives::DateTime;
use aws_sdk_ssm::types::{ParameterTier, ParameterType, Tag};
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use rotator_cli::sandbox::{Fault, Sandbox, What};
use secrecy::ExposeSecret;

use crate::{START_MILLIS, as_admin, as_pair, code, is, refused, sandbox, says, seconds, still};

const NAME: &str = "/ci/aws";

async fn empty() -> (Sandbox, Client) {
    let sandbox = sandbox(still()).await;
    let ssm = as_admin(&sandbox).ssm;
    (sandbox, ssm)
}

async fn create(ssm: &Client) {
    let put = ssm.put_parameter().name(NAME).value("one").r#type(ParameterType::SecureString);
    put.key_id("alias/ci").description("first").send().await.unwrap();
}

async fn over(
    ssm: &Client,
    value: &str,
) -> Result<PutParameterOutput, SdkError<PutParameterError, HttpResponse>> {
    ssm.put_parameter().name(NAME).value(value).overwrite(true).send().await
}

#[tokio::test]
async fn a_parameter_is_created_once_and_read() {
    let (_sandbox, ssm) = empty().await;
    let put = ssm.put_parameter().name(NAME).value("one").r#type(ParameterType::SecureString);
    let made = put.clone().send().await.unwrap();
    assert_eq!((made.version(), made.tier()), (1, Some(&ParameterTier::Standard)));
    assert_eq!(code(put.send().await), is(400, "ParameterAlreadyExists"));

    let read = async |decrypt| {
        let read = ssm.get_parameter().name(NAME).with_decryption(decrypt).send().await.unwrap();
        read.parameter().unwrap().clone()
    };
    let read = (read(true).await, read(false).await);
    assert_eq!((read.0.value(), read.0.version()), (Some("one"), 1));
    assert_eq!(read.0.r#type(), Some(&ParameterType::SecureString));
    let start = DateTime::from_millis(START_MILLIS.try_into().unwrap());
    assert_eq!(read.0.last_modified_date(), Some(&start));
    assert_ne!(read.1.value(), Some("one"), "without decryption it is not told");
}

#[tokio::test]
async fn absent_and_denied_differ() {
    let (sandbox, ssm) = empty().await;
    let read = ssm.get_parameter().name(NAME);
    assert_eq!(code(read.clone().send().await), is(400, "ParameterNotFound"));
    let pair = sandbox.account().create_key("ci").unwrap();
    let job = as_pair(&sandbox, &pair).ssm;
    let arn = "arn:aws:iam::111122223333:user/machines/ci";
    let said = format!(
        "User: {arn} is not authorized to perform: ssm:GetParameter on resource: {NAME} because no \
         identity-based policy allows the ssm:GetParameter action"
    );
    let denied = job.get_parameter().name(NAME).send().await;
    assert_eq!(refused(denied), says(400, "AccessDeniedException", &said));
    sandbox.account().allow("ci", "ssm:GetParameter");
    assert_eq!(code(job.get_parameter().name(NAME).send().await), is(400, "ParameterNotFound"));
}

#[tokio::test]
async fn versions_are_kept_with_all_that_was_said_of_them() {
    let (sandbox, ssm) = empty().await;
    create(&ssm).await;
    sandbox.advance(seconds(60));
    assert_eq!(over(&ssm, "two").await.unwrap().version(), 2);
    let history = ssm.get_parameter_history().name(NAME).with_decryption(true).send().await.unwrap();
    let told = history.parameters().iter();
    let told = told.map(|told| (told.version(), told.value(), told.key_id(), told.description()));
    assert_eq!(
        told.collect::<Vec<_>>(),
        [
            (1, Some("one"), Some("alias/ci"), Some("first")),
            // As documented: a put that names no key falls to the account's own.
            (2, Some("two"), Some("alias/aws/ssm"), None),
        ]
    );
    let kept = sandbox.account().parameter(NAME).unwrap();
    assert_eq!(kept.versions.last().unwrap().value.expose_secret(), "two");
    assert!(!format!("{kept:?}").contains("two"));
}

#[tokio::test]
async fn a_hundred_versions_are_kept_in_pages_of_fifty() {
    let (sandbox, ssm) = empty().await;
    create(&ssm).await;
    for n in 2..=101 {
        assert_eq!(over(&ssm, &n.to_string()).await.unwrap().version(), n);
    }
    let mut pages = ssm.get_parameter_history().name(NAME).into_paginator().send();
    let mut sizes = vec![];
    while let Some(page) = pages.next().await {
        let page = page.unwrap();
        sizes.push((page.parameters().len(), page.parameters()[0].version()));
    }
    assert_eq!(sizes, [(50, 2), (50, 52)]);
    sandbox.account().label_parameter(NAME, 2, "keep").unwrap();
    assert_eq!(code(over(&ssm, "x").await), is(400, "ParameterMaxVersionLimitExceeded"));
}

#[tokio::test]
async fn what_is_left_out_stays() {
    let (sandbox, ssm) = empty().await;
    assert_eq!(code(over(&ssm, "x").await), is(400, "ValidationException"), "a new one needs a type");
    let put = ssm.put_parameter().name(NAME).value("one").r#type(ParameterType::String);
    put.tier(ParameterTier::Advanced).send().await.unwrap();
    over(&ssm, &"x".repeat(8192)).await.unwrap();
    assert_eq!(code(over(&ssm, &"x".repeat(8193)).await), is(400, "ValidationException"));
    let kept = sandbox.account().parameter(NAME).unwrap();
    assert_eq!((kept.kind.as_str(), kept.tier.as_str()), ("String", "Advanced"));

    let put = || ssm.put_parameter().name(NAME).value("two").overwrite(true);
    let other = put().r#type(ParameterType::SecureString).send().await;
    assert_eq!(code(other), is(400, "HierarchyTypeMismatchException"));
    let back = put().tier(ParameterTier::Standard).send().await;
    assert_eq!(code(back), is(400, "ValidationException"));
    let tagged = put().tags(Tag::builder().key("a").value("b").build().unwrap()).send().await;
    assert_eq!(code(tagged), is(400, "ValidationException"));
}

#[tokio::test]
async fn names_and_sizes_have_bounds() {
    let (_sandbox, ssm) = empty().await;
    let put = async |name: &str, value: &str| {
        let put = ssm.put_parameter().name(name).value(value).r#type(ParameterType::SecureString);
        put.send().await
    };
    for name in ["a b", "ci/a", "/aws/ci", "SSM-ci", "/ci/a@b"] {
        assert_eq!(code(put(name, "x").await), is(400, "ValidationException"), "{name}");
    }
    let deep = put(&"/a".repeat(16), "x").await;
    assert_eq!(code(deep), is(400, "HierarchyLevelLimitExceededException"));
    assert_eq!(code(put(NAME, &"x".repeat(4097)).await), is(400, "ValidationException"));
    put(NAME, &"x".repeat(4096)).await.unwrap();
}

#[tokio::test]
async fn faults_are_told_in_the_services_words() {
    let (sandbox, ssm) = empty().await;
    create(&ssm).await;
    let read = || ssm.get_parameter().name(NAME).send();
    for (what, expected) in [
        (What::ErrorAfter, is(500, "InternalServerError")),
        (What::Throttle, is(400, "ThrottlingException")),
        (What::Deny, is(400, "AccessDeniedException")),
    ] {
        let hits = sandbox.inject(Fault::next("ssm:GetParameter", what).for_user(NAME));
        assert_eq!(code(read().await), expected);
        assert_eq!(hits.count(), 1);
    }
    read().await.unwrap();
    sandbox.account().delete_parameter(NAME).unwrap();
    assert_eq!(code(read().await), is(400, "ParameterNotFound"));
    let call = sandbox.calls().pop().unwrap();
    assert_eq!((call.action.as_str(), call.user.as_deref()), ("ssm:GetParameter", Some(NAME)));
}
