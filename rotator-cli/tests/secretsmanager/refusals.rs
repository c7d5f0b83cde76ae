//! Secrets that are not ours to write, and clear noes.

use rotator_cli::failure::{Class, Failure};
use rotator_cli::sandbox::{Fault, Sandbox, What};
use rotator_cli::store::secretsmanager::Document;

use crate::{NAME, alice, assert_clean, config, holding, pair, sandbox, slots, store, text};

const PUT: &str = "secretsmanager:PutSecretValue";

/// The refusal of a look at the secret after `make` has changed it.
async fn refusal(place: &str, make: impl FnOnce(&Sandbox)) -> Failure {
    let sandbox = sandbox().await;
    sandbox.account().add_secret(NAME, Some(&text(1))).unwrap();
    make(&sandbox);
    let failure = store(&sandbox, place).await.read(&alice()).await.unwrap_err();
    assert_eq!(failure.class, Class::Setup, "{failure}");
    assert_clean(&failure);
    failure
}

#[tokio::test]
async fn a_secret_that_is_not_ours_is_left_alone() {
    let plain = "ci/{user}";
    let rotated = refusal(plain, |sandbox| sandbox.account().set_rotation_enabled(NAME, true).unwrap()).await;
    assert!(rotated.said.starts_with("the service rotates it itself"), "{rotated}");
    let deleted = refusal(plain, |sandbox| sandbox.account().schedule_secret_deletion(NAME).unwrap()).await;
    assert!(deleted.said.starts_with("it is scheduled for deletion"), "{deleted}");
    let replica =
        refusal(plain, |sandbox| sandbox.account().set_primary_region(NAME, "eu-west-1").unwrap()).await;
    assert!(replica.said.ends_with("write the one in eu-west-1 (--region eu-west-1)"), "{replica}");
    let key = refusal("ci/{user}?kms-key=alias/ci", |_| ()).await;
    assert!(key.said.starts_with("it is encrypted with the service's own key"), "{key}");
    let fields = refusal("ci/{user}?id-field=id", |_| ()).await;
    assert!(fields.said.starts_with("it holds no JSON with id and SecretAccessKey"), "{fields}");
}

#[tokio::test]
async fn the_primary_of_replicas_and_a_key_named_otherwise_are_ours() {
    let sandbox = sandbox().await;
    let store = store(&sandbox, "ci/{user}?kms-key=arn:aws:kms:us-east-1:111122223333:alias/ci").await;
    store.write_names(&alice(), &Document::default(), &slots(Some(0), None, None)).await.unwrap();
    sandbox.account().set_primary_region(NAME, "us-east-1").unwrap();
    let bare = crate::store(&sandbox, "ci/{user}?kms-key=alias/ci").await;
    for store in [&store, &bare] {
        assert_eq!(store.read(&alice()).await.unwrap().slots, slots(Some(0), None, None));
    }
}

#[tokio::test]
async fn a_version_that_holds_another_key_than_it_is_named_for_is_refused() {
    let sandbox = sandbox().await;
    let (store, _) = holding(&sandbox, [1]).await;
    let put = aws_sdk_secretsmanager::Client::new(&config(&sandbox).await).put_secret_value();
    let put = put.secret_id(NAME).secret_string(text(3)).version_stages("AWSPENDING");
    put.client_request_token("rotator-access-key-id-AKIA0000000000000002").send().await.unwrap();
    let seen = store.read(&alice()).await.unwrap();
    let failure = store.staged(&alice(), &seen).await.unwrap_err();
    assert_eq!(failure.class, Class::Setup);
    assert_clean(&failure);
}

#[tokio::test]
async fn each_refusal_of_a_pair_says_whether_it_was_seen() {
    let sandbox = sandbox().await;
    let (store, seen) = holding(&sandbox, [1]).await;
    let refusal = |code| What::ErrorBefore { status: 400, code };
    let clear = Class::StoreRejected(None);
    for (what, class) in [
        (What::Deny, Class::StoreRejected(Some(PUT))),
        (refusal("InvalidParameterException"), clear.clone()),
        (refusal("InvalidRequestException"), clear.clone()),
        (refusal("LimitExceededException"), clear.clone()),
        (refusal("EncryptionFailure"), clear.clone()),
        (refusal("ResourceNotFoundException"), clear),
        (What::Throttle, Class::Throttled),
        (What::ErrorBefore { status: 500, code: "InternalServiceError" }, Class::Unanswered),
        (What::Lost, Class::Unreachable),
        (What::NotXml, Class::Garbled),
    ] {
        let hits = sandbox.inject(Fault::next(PUT, what));
        let failure = store.stage(&alice(), &pair(2)).await.unwrap_err();
        assert_eq!(failure.class, class, "{what:?}");
        assert_clean(&failure);
        assert_eq!(hits.count(), 1, "it is never sent again");
    }
    assert_eq!(store.read(&alice()).await.unwrap().slots, seen.slots);
}
