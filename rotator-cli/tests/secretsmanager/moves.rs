//! Staged, promoted, brought back: who is who afterwards, and what is refused.

use rotator_cli::failure::Class;
use rotator_cli::sandbox::{Fault, What};
use rotator_cli::store::secretsmanager::{Document, SecretsManager};
use serde_json::Value;

use crate::{NAME, alice, assert_clean, at, config, holding, id, pair, sandbox, slots, store, text};

const MOVE: &str = "secretsmanager:UpdateSecretVersionStage";

#[tokio::test]
async fn a_pair_is_staged_and_then_served() {
    let sandbox = sandbox().await;
    let store = store(&sandbox, "ci/{user}").await;
    assert_eq!(store.read(&alice()).await.unwrap(), Document::default());
    store.write_names(&alice(), &Document::default(), &slots(Some(0), None, None)).await.unwrap();
    assert_eq!(at(&sandbox, "AWSCURRENT").as_deref(), Some("{}"), "nothing is served before it is proved");
    assert_eq!(store.read(&alice()).await.unwrap().slots, slots(Some(0), None, None));

    store.stage(&alice(), &pair(1)).await.unwrap();
    let secret = sandbox.account().secret(NAME).unwrap();
    let staged = secret.at("AWSPENDING").unwrap();
    assert_eq!(staged.id, format!("rotator-access-key-id-{}", id(1)), "the token carries the id");
    let seen = store.read(&alice()).await.unwrap();
    assert_eq!(seen.slots, slots(Some(0), None, Some(1)));
    assert_eq!(store.staged(&alice(), &seen).await.unwrap().id, id(1));

    store.promote(&alice(), &seen).await.unwrap();
    assert_eq!(at(&sandbox, "AWSCURRENT"), Some(text(1)));
    assert_eq!(at(&sandbox, "AWSPENDING"), None, "other tools take it for a rotation under way");
    let seen = store.read(&alice()).await.unwrap();
    assert_eq!(seen.slots, slots(Some(1), Some(0), None));
    assert!(!seen.keeps_last(), "LAST was there before the secret was");
    // The slots were read without reading a secret.
    let read = sandbox.calls().iter().filter(|call| call.action == "secretsmanager:GetSecretValue").count();
    assert_eq!(read, 1, "only the staged pair was asked for");
}

#[tokio::test]
async fn putting_a_pair_again_does_nothing() {
    let sandbox = sandbox().await;
    let (store, _) = holding(&sandbox, [1]).await;
    store.stage(&alice(), &pair(2)).await.unwrap();
    let seen = store.read(&alice()).await.unwrap();
    store.stage(&alice(), &pair(2)).await.unwrap();
    assert_eq!(store.read(&alice()).await.unwrap(), seen);
    store.promote(&alice(), &seen).await.unwrap();
    store.stage(&alice(), &pair(1)).await.unwrap();
    assert_eq!(at(&sandbox, "AWSCURRENT"), Some(text(2)), "a late repeat takes nothing back");
}

#[tokio::test]
async fn a_move_that_rests_on_an_older_look_is_refused() {
    let sandbox = sandbox().await;
    let (store, _) = holding(&sandbox, [1, 2]).await;
    store.stage(&alice(), &pair(3)).await.unwrap();
    let stale = store.read(&alice()).await.unwrap();
    store.promote(&alice(), &stale).await.unwrap();
    for result in [store.promote(&alice(), &stale).await, store.restore(&alice(), &stale).await] {
        assert_eq!(result.unwrap_err().class, Class::Conflict);
    }
    assert_eq!(at(&sandbox, "AWSCURRENT"), Some(text(3)));
    let nothing_staged = store.read(&alice()).await.unwrap();
    assert_eq!(store.promote(&alice(), &nothing_staged).await.unwrap_err().class, Class::Conflict);
    assert_eq!(store.staged(&alice(), &nothing_staged).await.unwrap_err().class, Class::Conflict);
}

#[tokio::test]
async fn last_is_served_again() {
    let sandbox = sandbox().await;
    let (store, seen) = holding(&sandbox, [1, 2]).await;
    assert_eq!((&seen.slots, seen.keeps_last()), (&slots(Some(2), Some(1), None), true));
    let last = store.last_pair(&alice(), &seen).await.unwrap();
    assert_eq!(last.id, id(1));
    assert_clean(&(last, &seen, &store));
    store.restore(&alice(), &seen).await.unwrap();
    assert_eq!((at(&sandbox, "AWSCURRENT"), at(&sandbox, "AWSPREVIOUS")), (Some(text(1)), Some(text(2))));
    let back = store.read(&alice()).await.unwrap();
    assert_eq!((&back.slots, back.keeps_last()), (&slots(Some(1), Some(2), None), true));
    // And the other way again.
    store.restore(&alice(), &back).await.unwrap();
    assert_eq!(store.read(&alice()).await.unwrap().slots, seen.slots);
}

#[tokio::test]
async fn a_last_that_is_only_named_cannot_be_served() {
    let sandbox = sandbox().await;
    let (store, seen) = holding(&sandbox, [1]).await;
    assert_eq!((&seen.slots, seen.keeps_last()), (&slots(Some(1), Some(0), None), false));
    assert_eq!(store.last_pair(&alice(), &seen).await.unwrap_err().class, Class::Setup);
    let calls = sandbox.calls().len();
    assert_eq!(store.restore(&alice(), &seen).await.unwrap_err().class, Class::Setup);
    assert_eq!(sandbox.calls().len(), calls, "nothing was asked for");
}

#[tokio::test]
async fn a_lost_answer_to_a_move_is_told_by_the_next_look() {
    let sandbox = sandbox().await;
    let (store, seen) = holding(&sandbox, [1, 2]).await;
    let lost = sandbox.inject(Fault::always(MOVE, What::AnswerLost));
    assert!(store.restore(&alice(), &seen).await.is_err());
    assert!(lost.count() >= 1);
    sandbox.clear_faults();
    assert_eq!(store.read(&alice()).await.unwrap().slots, slots(Some(1), Some(2), None));
}

#[tokio::test]
async fn fields_and_smtp_passwords_are_stored_as_asked_for() {
    let sandbox = sandbox().await;
    let place = "ci/{user}?id-field=AWS_ACCESS_KEY_ID&secret-field=AWS_SECRET_ACCESS_KEY&kms-key=alias/ci";
    let place: rotator_cli::store::secretsmanager::Place = place.parse().unwrap();
    let place = place.with("ses-smtp=eu-central-1".parse().unwrap()).unwrap();
    let store = SecretsManager::at(&config(&sandbox).await, place, "111122223333");
    store.write_names(&alice(), &Document::default(), &slots(Some(0), None, None)).await.unwrap();
    assert_eq!(sandbox.account().secret(NAME).unwrap().kms_key_id.as_deref(), Some("alias/ci"));
    store.stage(&alice(), &pair(1)).await.unwrap();
    let seen = store.read(&alice()).await.unwrap();
    assert_eq!(store.staged(&alice(), &seen).await.unwrap().id, id(1));
    let value: Value = serde_json::from_str(&at(&sandbox, "AWSPENDING").unwrap()).unwrap();
    let members = value.as_object().unwrap();
    assert_eq!(members.keys().collect::<Vec<_>>(), ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "SesSmtp"]);
    let smtp = &value["SesSmtp"]["eu-central-1"];
    assert_eq!(smtp["Username"].as_str(), Some(id(1).as_str()));
    assert_eq!(smtp["Password"].as_str().map(str::len), Some(44));
}
