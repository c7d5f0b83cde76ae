//! The time of a move and of a rest, through each crash: LAST never rests too short.

use std::time::Duration;

use rotator::Status;
use rotator_cli::clock::parse_rfc3339;
use rotator_cli::failure::{Class, Failure};
use rotator_cli::sandbox::{Fault, Sandbox, What};
use rotator_cli::store::secretsmanager::{Document, SecretsManager};

use crate::{HOUR, NAME, alice, config, holding, id, pair, rested, sandbox, slots, store};

const TAG: &str = "secretsmanager:TagResource";
const MOVE: &str = "secretsmanager:UpdateSecretVersionStage";
/// Dates are in whole seconds, and a test takes some.
const ABOUT: Duration = Duration::from_secs(60);

/// An endpoint on which neither a stage that moves nor a tag changes LastChangedDate.
fn forget_changes(sandbox: &Sandbox) {
    let long_ago = sandbox.account().now() - 1000 * HOUR;
    sandbox.account().set_secret_changed(NAME, long_ago).unwrap();
}

/// As a run does it: noted, and moved if that took hold.
async fn promote(store: &SecretsManager, seen: &Document) -> Result<(), Failure> {
    store.announce(&alice(), seen).await?;
    store.promote(&alice(), seen).await
}

#[tokio::test]
async fn last_rests_from_the_move_on_whatever_the_service_dates() {
    let sandbox = sandbox().await;
    let (store, _) = holding(&sandbox, [1]).await;
    // Staged long before it is promoted.
    store.stage(&alice(), &pair(2)).await.unwrap();
    sandbox.advance(50 * HOUR);
    let seen = store.read(&alice()).await.unwrap();
    promote(&store, &seen).await.unwrap();
    forget_changes(&sandbox);
    assert!(rested(&store, &store.read(&alice()).await.unwrap()) < ABOUT);
    sandbox.advance(3 * HOUR);
    let seen = store.read(&alice()).await.unwrap();
    assert!(rested(&store, &seen) >= 3 * HOUR && rested(&store, &seen) < 3 * HOUR + ABOUT);
    // Bringing LAST back is a move too.
    store.restore(&alice(), &seen).await.unwrap();
    forget_changes(&sandbox);
    assert!(rested(&store, &store.read(&alice()).await.unwrap()) < ABOUT);
}

#[tokio::test]
async fn without_its_note_a_move_is_not_tried() {
    let sandbox = sandbox().await;
    let (store, _) = holding(&sandbox, [1]).await;
    store.stage(&alice(), &pair(2)).await.unwrap();
    let seen = store.read(&alice()).await.unwrap();
    sandbox.account().deny(TAG);
    sandbox.clear_calls();
    let failure = promote(&store, &seen).await.unwrap_err();
    assert_eq!(failure.class, Class::Denied(TAG), "{failure}");
    assert!(sandbox.calls().iter().all(|call| call.action != MOVE));
    assert_eq!(store.read(&alice()).await.unwrap().slots, seen.slots);
}

#[tokio::test]
async fn a_note_of_a_move_that_never_came_is_not_believed() {
    let sandbox = sandbox().await;
    let (store, _) = holding(&sandbox, [1, 2]).await;
    store.stage(&alice(), &pair(3)).await.unwrap();
    sandbox.advance(10 * HOUR);
    let seen = store.read(&alice()).await.unwrap();
    let lost = sandbox.inject(Fault::always(MOVE, What::Lost));
    assert!(promote(&store, &seen).await.is_err());
    assert!(lost.count() >= 1);
    sandbox.clear_faults();
    forget_changes(&sandbox);
    let after = store.read(&alice()).await.unwrap();
    assert_eq!(after.slots, slots(Some(2), Some(1), Some(3)));
    // The time at which the key in force came into force is still known.
    assert!(rested(&store, &after) >= 10 * HOUR && rested(&store, &after) < 10 * HOUR + ABOUT);
}

#[tokio::test]
async fn a_move_whose_answer_is_lost_has_its_note() {
    let sandbox = sandbox().await;
    let (store, _) = holding(&sandbox, [1]).await;
    store.stage(&alice(), &pair(2)).await.unwrap();
    sandbox.advance(10 * HOUR);
    let seen = store.read(&alice()).await.unwrap();
    let lost = sandbox.inject(Fault::always(MOVE, What::AnswerLost));
    assert!(promote(&store, &seen).await.is_err());
    assert!(lost.count() >= 1);
    sandbox.clear_faults();
    forget_changes(&sandbox);
    let after = store.read(&alice()).await.unwrap();
    assert_eq!(after.slots.current, Some(id(2)));
    assert!(rested(&store, &after) < ABOUT);
}

#[tokio::test]
async fn of_two_runs_that_make_one_move_either_note_will_do() {
    let sandbox = sandbox().await;
    let (store, _) = holding(&sandbox, [1]).await;
    store.stage(&alice(), &pair(2)).await.unwrap();
    sandbox.advance(10 * HOUR);
    let seen = store.read(&alice()).await.unwrap();
    promote(&store, &seen).await.unwrap();
    assert_eq!(promote(&store, &seen).await.unwrap_err().class, Class::Conflict);
    forget_changes(&sandbox);
    assert!(rested(&store, &store.read(&alice()).await.unwrap()) < ABOUT);
}

#[tokio::test]
async fn a_move_by_hand_counts_from_what_the_service_dates() {
    let sandbox = sandbox().await;
    let (store, seen) = holding(&sandbox, [1, 2]).await;
    let secret = sandbox.account().secret(NAME).unwrap();
    let (current, previous) = (secret.at("AWSCURRENT").unwrap(), secret.at("AWSPREVIOUS").unwrap());
    sandbox.advance(10 * HOUR);
    let client = aws_sdk_secretsmanager::Client::new(&config(&sandbox).await);
    let moved = client.update_secret_version_stage().secret_id(NAME).version_stage("AWSCURRENT");
    let moved = moved.move_to_version_id(&previous.id).remove_from_version_id(&current.id);
    moved.send().await.unwrap();
    let after = store.read(&alice()).await.unwrap();
    assert_eq!(after.slots, slots(Some(1), Some(2), None));
    assert!(rested(&store, &after) < ABOUT && seen.written < after.written);
}

#[tokio::test]
async fn a_rest_begins_anew_for_the_last_that_it_names() {
    let sandbox = sandbox().await;
    let (store, seen) = holding(&sandbox, [1, 2]).await;
    assert_eq!(seen.rest, None);
    for (status, inactive) in [(Status::Inactive, true), (Status::Active, false)] {
        sandbox.advance(HOUR);
        let seen = store.read(&alice()).await.unwrap();
        store.write_rest(&alice(), &seen, &id(1), status).await.unwrap();
        let (last, at, was_inactive) = store.read(&alice()).await.unwrap().rest.unwrap();
        assert_eq!((last, was_inactive), (id(1), inactive));
        assert!(store.clock().since(at) < ABOUT);
    }
    let text = sandbox.account().secret(NAME).unwrap().tags;
    let (_, text) = text.into_iter().find(|(key, _)| key == "rotator:rest").unwrap();
    let (at, rest) = text.split_once(' ').unwrap();
    assert!(parse_rfc3339(at.strip_prefix("at=").unwrap()).is_some());
    assert_eq!(rest, format!("last={} status=active", id(1)));

    store.stage(&alice(), &pair(3)).await.unwrap();
    let seen = store.read(&alice()).await.unwrap();
    promote(&store, &seen).await.unwrap();
    assert_eq!(store.read(&alice()).await.unwrap().rest, None, "another key is LAST now");
}

#[tokio::test]
async fn nothing_is_noted_where_there_is_no_secret() {
    let sandbox = sandbox().await;
    let store = store(&sandbox, "ci/{user}").await;
    let seen = store.read(&alice()).await.unwrap();
    let failure = store.write_rest(&alice(), &seen, &id(1), Status::Active).await.unwrap_err();
    assert_eq!(failure.class, Class::Conflict);
}
