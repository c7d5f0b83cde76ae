//! Secrets, their versions and the stages that name these.

use std::collections::BTreeMap;

use aws_sdk_secretsmanager::Client;
use aws_sdk_secretsmanager::error::SdkError;
use aws_sdk_secretsmanager::operation::put_secret_value::{PutSecretValueError, PutSecretValueOutput};
use aws_sdk_secretsmanager::operation::update_secret_version_stage::{
    UpdateSecretVersionStageError, UpdateSecretVersionStageOutput,
};
use aws_sdk_secretsmanager::primitives::DateTime;
use aws_sdk_secretsmanager::types::Tag;
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use rotator_cli::sandbox::Sandbox;
use secrecy::ExposeSecret;

use crate::{START_MILLIS, as_admin, code, is, refused, sandbox, says, seconds, still};

const NAME: &str = "ci/aws";
const V1: &str = "AKIA1111111111111111-00000000001";
const V2: &str = "AKIA2222222222222222-00000000002";
const V3: &str = "AKIA3333333333333333-00000000003";

fn start_plus(seconds: i64) -> DateTime {
    DateTime::from_millis(i64::try_from(START_MILLIS).unwrap() + seconds * 1000)
}

/// A sandbox with one secret that has no version yet.
async fn empty() -> (Sandbox, Client) {
    let sandbox = sandbox(still()).await;
    let secrets = as_admin(&sandbox).secrets;
    secrets.create_secret().name(NAME).send().await.unwrap();
    (sandbox, secrets)
}

async fn put(
    secrets: &Client,
    token: &str,
    value: &str,
    stages: &[&str],
) -> Result<PutSecretValueOutput, SdkError<PutSecretValueError, HttpResponse>> {
    let stages = stages.iter().map(|&stage| stage.to_owned()).collect::<Vec<_>>();
    let put = secrets.put_secret_value().secret_id(NAME);
    let put = put.client_request_token(token).secret_string(value);
    let stages = (!stages.is_empty()).then_some(stages);
    put.set_version_stages(stages).send().await
}

async fn move_stage(
    secrets: &Client,
    stage: &str,
    to: Option<&str>,
    from: Option<&str>,
) -> Result<UpdateSecretVersionStageOutput, SdkError<UpdateSecretVersionStageError, HttpResponse>> {
    let update = secrets.update_secret_version_stage().secret_id(NAME);
    let update = update.version_stage(stage).set_move_to_version_id(to.map(str::to_owned));
    update.set_remove_from_version_id(from.map(str::to_owned)).send().await
}

/// Each version that has stages, as DescribeSecret tells.
async fn stages(secrets: &Client) -> BTreeMap<String, Vec<String>> {
    let told = secrets.describe_secret().secret_id(NAME).send().await.unwrap();
    let stages = told.version_ids_to_stages().cloned().unwrap_or_default();
    stages.into_iter().collect()
}

fn these(stages: &[(&str, &[&str])]) -> BTreeMap<String, Vec<String>> {
    let owned = |names: &[&str]| names.iter().map(|&name| name.to_owned()).collect();
    let stages = stages.iter();
    stages.map(|(id, names)| ((*id).to_owned(), owned(names))).collect()
}

#[tokio::test]
async fn a_secret_is_created_described_and_read() {
    let sandbox = sandbox(still()).await;
    let secrets = as_admin(&sandbox).secrets;
    let tag = Tag::builder().key("team").value("a").build();
    let create = secrets.create_secret().name(NAME).description("for jobs").kms_key_id("alias/x");
    let create = create.tags(tag.clone()).client_request_token(V1).secret_string("one");
    let made = create.clone().send().await.unwrap();
    let arn = made.arn().unwrap();
    let start = "arn:aws:secretsmanager:us-east-1:111122223333:secret:ci/aws-";
    assert!(arn.starts_with(start) && arn.len() == start.len() + 6, "{arn}");
    assert_eq!((made.name(), made.version_id()), (Some(NAME), Some(V1)));

    let told = secrets.describe_secret().secret_id(arn).send().await.unwrap();
    assert_eq!((told.name(), told.arn()), (Some(NAME), Some(arn)));
    assert_eq!((told.description(), told.kms_key_id()), (Some("for jobs"), Some("alias/x")));
    assert_eq!(told.tags(), [tag]);
    assert_eq!(told.created_date(), Some(&start_plus(0)));
    assert_eq!(told.last_changed_date(), Some(&start_plus(0)));
    assert_eq!((told.rotation_enabled(), told.deleted_date()), (None, None));
    assert_eq!(stages(&secrets).await, these(&[(V1, &["AWSCURRENT"])]));

    for id in [NAME, arn, &arn[..arn.len() - 7]] {
        let read = secrets.get_secret_value().secret_id(id).send().await.unwrap();
        assert_eq!((read.secret_string(), read.version_id()), (Some("one"), Some(V1)));
        assert_eq!((read.name(), read.arn()), (Some(NAME), Some(arn)));
        assert_eq!(read.version_stages(), ["AWSCURRENT"]);
        assert_eq!(read.created_date(), Some(&start_plus(0)));
    }
    // The same request again is the same secret; any other of that name is refused.
    assert_eq!(create.clone().send().await.unwrap().arn(), Some(arn));
    let other = create.secret_string("two").send().await;
    assert_eq!(code(other), is(400, "ResourceExistsException"));
}

#[tokio::test]
async fn a_secret_without_a_value_has_nothing_to_read() {
    let (sandbox, secrets) = empty().await;
    assert_eq!(stages(&secrets).await, these(&[]));
    assert_eq!(
        refused(secrets.get_secret_value().secret_id(NAME).send().await),
        says(
            400,
            "ResourceNotFoundException",
            "Secrets Manager can't find the specified secret value for staging label: AWSCURRENT"
        )
    );
    assert_eq!(
        refused(secrets.describe_secret().secret_id("none").send().await),
        says(400, "ResourceNotFoundException", "Secrets Manager can't find the specified secret.")
    );
    sandbox.account().set_rotation_enabled(NAME, true).unwrap();
    let told = secrets.describe_secret().secret_id(NAME).send().await.unwrap();
    assert_eq!((told.rotation_enabled(), told.primary_region()), (Some(true), None));
    sandbox.account().set_primary_region(NAME, "eu-west-1").unwrap();
    let told = secrets.describe_secret().secret_id(NAME).send().await.unwrap();
    assert_eq!(told.primary_region(), Some("eu-west-1"));
}

#[tokio::test]
async fn a_new_value_takes_current_and_the_old_becomes_previous() {
    let (sandbox, secrets) = empty().await;
    // The first version is AWSCURRENT even where another stage is asked for.
    let first = put(&secrets, V1, "one", &["AWSPENDING"]).await.unwrap();
    assert_eq!(first.version_id(), Some(V1));
    assert_eq!(first.version_stages(), ["AWSPENDING", "AWSCURRENT"]);
    sandbox.advance(seconds(60));
    put(&secrets, V2, "two", &[]).await.unwrap();
    assert_eq!(stages(&secrets).await, these(&[(V1, &["AWSPENDING", "AWSPREVIOUS"]), (V2, &["AWSCURRENT"])]));
    put(&secrets, V3, "three", &["AWSPENDING", "ROTATOR"]).await.unwrap();
    assert_eq!(
        stages(&secrets).await,
        these(&[(V1, &["AWSPREVIOUS"]), (V2, &["AWSCURRENT"]), (V3, &["AWSPENDING", "ROTATOR"])])
    );
    let told = secrets.describe_secret().secret_id(NAME).send().await.unwrap();
    assert_eq!(told.last_changed_date(), Some(&start_plus(60)));
    assert_eq!(told.created_date(), Some(&start_plus(0)));

    let read = async |stage: Option<&str>, version: Option<&str>| {
        let read = secrets.get_secret_value().secret_id(NAME);
        let read = read.set_version_stage(stage.map(str::to_owned));
        let read = read.set_version_id(version.map(str::to_owned)).send().await;
        read.map(|read| read.secret_string().unwrap().to_owned())
    };
    assert_eq!(read(None, None).await.unwrap(), "two");
    assert_eq!(read(Some("AWSPREVIOUS"), None).await.unwrap(), "one");
    assert_eq!(read(None, Some(V3)).await.unwrap(), "three");
    assert_eq!(read(Some("ROTATOR"), Some(V3)).await.unwrap(), "three");
    for (stage, version) in [(Some("NONE"), None), (Some("AWSCURRENT"), Some(V3)), (None, Some("none"))] {
        let code = code(read(stage, version).await);
        assert_eq!(code, is(400, "ResourceNotFoundException"));
    }
    let value = sandbox.account().secret_value(NAME, "AWSPENDING").unwrap();
    assert_eq!(value.expose_secret(), "three");
}

#[tokio::test]
async fn a_put_is_done_once_for_a_token() {
    let (_sandbox, secrets) = empty().await;
    put(&secrets, V1, "one", &[]).await.unwrap();
    put(&secrets, V2, "two", &[]).await.unwrap();
    // The first put again changes nothing: AWSCURRENT stays where it is.
    put(&secrets, V1, "one", &[]).await.unwrap();
    let expected = these(&[(V1, &["AWSPREVIOUS"]), (V2, &["AWSCURRENT"])]);
    assert_eq!(stages(&secrets).await, expected);
    let other = put(&secrets, V1, "another", &[]).await;
    assert_eq!(code(other), is(400, "ResourceExistsException"));
    let short = put(&secrets, "short", "x", &[]).await;
    assert_eq!(code(short), is(400, "InvalidParameterException"));
    assert_eq!(stages(&secrets).await, expected);
}

#[tokio::test]
async fn a_stage_moves_only_from_where_it_is() {
    let (_sandbox, secrets) = empty().await;
    put(&secrets, V1, "one", &[]).await.unwrap();
    put(&secrets, V2, "two", &["AWSPENDING"]).await.unwrap();
    put(&secrets, V3, "three", &["OTHER"]).await.unwrap();
    let before = these(&[(V1, &["AWSCURRENT"]), (V2, &["AWSPENDING"]), (V3, &["OTHER"])]);
    let refusal = is(400, "InvalidParameterException");
    for from in [None, Some(V3)] {
        let moved = move_stage(&secrets, "AWSCURRENT", Some(V2), from).await;
        assert_eq!(code(moved), refusal, "{from:?}");
    }
    // No version has the stage that is to be taken away.
    let moved = move_stage(&secrets, "NEW", Some(V2), Some(V1)).await;
    assert_eq!(code(moved), refusal);
    // AWSCURRENT cannot be nowhere.
    let moved = move_stage(&secrets, "AWSCURRENT", None, Some(V1)).await;
    assert_eq!(code(moved), refusal);
    let moved = move_stage(&secrets, "NEW", None, None).await;
    assert_eq!(code(moved), refusal);
    let moved = move_stage(&secrets, "AWSCURRENT", Some("none"), Some(V1)).await;
    assert_eq!(code(moved), is(400, "ResourceNotFoundException"));
    assert_eq!(stages(&secrets).await, before);

    move_stage(&secrets, "AWSCURRENT", Some(V2), Some(V1)).await.unwrap();
    move_stage(&secrets, "NEW", Some(V1), None).await.unwrap();
    move_stage(&secrets, "OTHER", None, Some(V3)).await.unwrap();
    assert_eq!(
        stages(&secrets).await,
        these(&[(V1, &["AWSPREVIOUS", "NEW"]), (V2, &["AWSPENDING", "AWSCURRENT"])])
    );
    // And back again.
    move_stage(&secrets, "AWSCURRENT", Some(V1), Some(V2)).await.unwrap();
    assert_eq!(
        stages(&secrets).await,
        these(&[(V1, &["NEW", "AWSCURRENT"]), (V2, &["AWSPENDING", "AWSPREVIOUS"])])
    );
}

#[tokio::test]
async fn versions_without_a_stage_are_listed_on_demand() {
    let (_sandbox, secrets) = empty().await;
    for (token, value) in [(V1, "one"), (V2, "two"), (V3, "three")] {
        put(&secrets, token, value, &[]).await.unwrap();
    }
    let listed = async |all| {
        let list = secrets.list_secret_version_ids().secret_id(NAME).include_deprecated(all);
        let listed = list.send().await.unwrap();
        let versions = listed.versions().iter();
        let shown = versions.map(|version| {
            let id = version.version_id().unwrap().to_owned();
            (id, version.version_stages().to_vec())
        });
        shown.collect::<BTreeMap<_, _>>()
    };
    let staged: [(&str, &[&str]); 2] = [(V2, &["AWSPREVIOUS"]), (V3, &["AWSCURRENT"])];
    assert_eq!(listed(false).await, these(&staged));
    assert_eq!(listed(true).await, these(&[(V1, &[]), staged[0], staged[1]]));
}

#[tokio::test]
async fn tags_and_description_change() {
    let (sandbox, secrets) = empty().await;
    let tag = |key: &str, value: &str| Tag::builder().key(key).value(value).build();
    let set = secrets.tag_resource().secret_id(NAME).tags(tag("a", "1")).tags(tag("b", "1"));
    set.send().await.unwrap();
    let set = secrets.tag_resource().secret_id(NAME).tags(tag("a", "2"));
    set.send().await.unwrap();
    let unset = secrets.untag_resource().secret_id(NAME).tag_keys("b");
    unset.send().await.unwrap();
    sandbox.advance(seconds(7));
    let update = secrets.update_secret().secret_id(NAME).description("new");
    update.send().await.unwrap();
    let told = secrets.describe_secret().secret_id(NAME).send().await.unwrap();
    assert_eq!(told.tags(), [tag("a", "2")]);
    assert_eq!(told.description(), Some("new"));
    assert_eq!(told.last_changed_date(), Some(&start_plus(7)));
}

#[tokio::test]
async fn a_secret_to_be_deleted_is_only_described() {
    let (_sandbox, secrets) = empty().await;
    put(&secrets, V1, "one", &[]).await.unwrap();
    let bad = secrets.delete_secret().secret_id(NAME).recovery_window_in_days(6);
    assert_eq!(code(bad.send().await), is(400, "InvalidParameterException"));
    let delete = secrets.delete_secret().secret_id(NAME).recovery_window_in_days(7);
    let deleted = delete.send().await.unwrap();
    let date = start_plus(7 * 86_400);
    assert_eq!(deleted.deletion_date(), Some(&date));
    let told = secrets.describe_secret().secret_id(NAME).send().await.unwrap();
    assert_eq!(told.deleted_date(), Some(&date));
    let refusal = is(400, "InvalidRequestException");
    let read = secrets.get_secret_value().secret_id(NAME).send().await;
    assert_eq!(code(read), refusal);
    assert_eq!(code(put(&secrets, V2, "two", &[]).await), refusal);
    let moved = move_stage(&secrets, "NEW", Some(V1), None).await;
    assert_eq!(code(moved), refusal);
    let again = secrets.create_secret().name(NAME).send().await;
    assert_eq!(code(again), refusal);
}

#[tokio::test]
async fn a_secret_deleted_by_force_is_gone() {
    let (_sandbox, secrets) = empty().await;
    let delete = secrets.delete_secret().secret_id(NAME);
    delete.force_delete_without_recovery(true).send().await.unwrap();
    let told = secrets.describe_secret().secret_id(NAME).send().await;
    assert_eq!(code(told), is(400, "ResourceNotFoundException"));
    secrets.create_secret().name(NAME).send().await.unwrap();
}
