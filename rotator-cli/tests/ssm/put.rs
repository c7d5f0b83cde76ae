//! A pair that is put: stored, refused, outrun, or unheard of.

use std::time::Duration;

use futures_util::future::join_all;
use rotator_cli::failure::Class;
use rotator_cli::sandbox::{Fault, What};
use rotator_cli::store::{Adapter, Reading, Serves, Undelivered};
use secrecy::ExposeSecret;

use crate::{NAME, alice, assert_clean, holding, id, impatient, pair, sandbox, served, store, text};

const PUT: &str = "ssm:PutParameter";

/// How it went, in one word, with the class of the failure.
fn went(result: Result<(), Undelivered>) -> (&'static str, Option<Class>) {
    assert_clean(&result);
    let (word, failure) = match result {
        Ok(()) => return ("stored", None),
        Err(Undelivered::Rejected(failure)) => ("rejected", failure),
        Err(Undelivered::Stale(failure)) => ("stale", failure),
        Err(Undelivered::Unclear(failure)) => ("unclear", failure),
    };
    assert!(!failure.to_string().contains("wJalrXUt"), "{failure}");
    (word, Some(failure.class))
}

#[tokio::test]
async fn a_parameter_is_created_secure_and_overwritten_as_it_is() {
    let sandbox = sandbox().await;
    let store = store(&sandbox, "/ci/{user}?kms-key=alias/ci&tier=advanced").await;
    let nothing = store.read(&alice()).await.unwrap();
    assert_eq!(went(store.put(&alice(), &pair(1), &nothing).await), ("stored", None));
    let seen = store.read(&alice()).await.unwrap();
    assert_eq!(went(store.put(&alice(), &pair(2), &seen).await), ("stored", None));
    let kept = sandbox.account().parameter(NAME).unwrap();
    assert_eq!((kept.kind.as_str(), kept.tier.as_str()), ("SecureString", "Advanced"));
    let told: Vec<_> = kept.versions.iter().map(|version| (&version.description, &version.key_id)).collect();
    let description = |n| Some(format!("rotator: {} of alice", id(n)));
    let key = Some("alias/ci".to_owned());
    assert_eq!(told, [(&description(1), &key), (&description(2), &key)]);
}

#[tokio::test]
async fn the_key_that_encrypts_stays_where_none_is_named() {
    let sandbox = sandbox().await;
    let first = store(&sandbox, "/ci/{user}?kms-key=alias/ci").await;
    let nothing = first.read(&alice()).await.unwrap();
    first.put(&alice(), &pair(1), &nothing).await.unwrap();
    let plain = store(&sandbox, "/ci/{user}").await;
    let seen = plain.read(&alice()).await.unwrap();
    plain.put(&alice(), &pair(2), &seen).await.unwrap();
    let kept = sandbox.account().parameter(NAME).unwrap();
    assert_eq!(kept.versions[1].key_id.as_deref(), Some("alias/ci"), "not the account's default");

    // What cannot be known is not guessed: the pair stays here.
    sandbox.account().deny("ssm:GetParameterHistory");
    let seen = plain.read(&alice()).await.unwrap();
    let denied = Some(Class::Denied("ssm:GetParameterHistory"));
    assert_eq!(went(plain.put(&alice(), &pair(3), &seen).await), ("rejected", denied));
    assert_eq!(served(&sandbox), text(2));
}

#[tokio::test]
async fn what_does_not_fit_is_not_sent() {
    let sandbox = sandbox().await;
    let long = "x".repeat(4096);
    let nothing = Reading { serves: Serves::Nothing, revision: None };
    let standard = store(&sandbox, &format!("/ci/{{user}}?id-field={long}")).await;
    let rejected = ("rejected", Some(Class::StoreRejected(None)));
    assert_eq!(went(standard.put(&alice(), &pair(1), &nothing).await), rejected);
    assert!(sandbox.calls().is_empty());
    let advanced = store(&sandbox, &format!("/ci/{{user}}?tier=advanced&id-field={long}")).await;
    assert_eq!(went(advanced.put(&alice(), &pair(1), &nothing).await), ("stored", None));
    let huge = store(&sandbox, &format!("/ci/{{user}}?tier=advanced&id-field={long}{long}")).await;
    assert_eq!(went(huge.put(&alice(), &pair(1), &nothing).await), rejected);
}

#[tokio::test]
async fn another_writer_is_found() {
    let sandbox = sandbox().await;
    let (store, seen) = holding(&sandbox, [1]).await;
    sandbox.account().put_parameter(NAME, &text(2), "SecureString").unwrap();
    let conflict = Some(Class::Conflict);
    assert_eq!(went(store.put(&alice(), &pair(3), &seen).await), ("unclear", conflict.clone()));
    assert_eq!(store.read(&alice()).await.unwrap().serves, Serves::Key(id(3)), "the next look tells");

    let nothing = Reading { serves: Serves::Nothing, revision: None };
    assert_eq!(went(store.put(&alice(), &pair(4), &nothing).await), ("stale", conflict));
    assert_eq!(served(&sandbox), text(3), "a creation never goes over a value");

    // Deleted since, and perhaps made anew: nothing is taken for what was seen.
    let seen = store.read(&alice()).await.unwrap();
    sandbox.account().delete_parameter(NAME).unwrap();
    assert_eq!(went(store.put(&alice(), &pair(5), &seen).await).0, "rejected");
    sandbox.account().put_parameter(NAME, &text(6), "SecureString").unwrap();
    assert_eq!(went(store.put(&alice(), &pair(5), &seen).await).0, "unclear");
}

#[tokio::test]
async fn of_ten_writers_one_is_in_order_and_the_others_know() {
    let sandbox = sandbox().await;
    let (store, seen) = holding(&sandbox, [1]).await;
    let (user, pairs) = (alice(), (2..12).map(pair).collect::<Vec<_>>());
    let all = join_all(pairs.iter().map(|pair| store.put(&user, pair, &seen))).await;
    let count = |word| all.iter().filter(|went| format!("{went:?}").starts_with(word)).count();
    assert_eq!((count("Ok"), count("Err(Unclear")), (1, 9));
    let kept = sandbox.account().parameter(NAME).unwrap();
    assert_eq!(kept.versions.len(), 11, "none is lost: each can be found among the versions");
    let last = kept.versions.last().unwrap().value.expose_secret().to_owned();
    let Serves::Key(serves) = store.read(&user).await.unwrap().serves else { panic!("it holds a pair") };
    assert!(last.contains(serves.as_str()), "the last writer wins");
}

#[tokio::test]
async fn of_ten_creators_one_creates() {
    let sandbox = sandbox().await;
    let (store, nothing) = holding(&sandbox, []).await;
    let (user, pairs) = (alice(), (1..11).map(pair).collect::<Vec<_>>());
    let all = join_all(pairs.iter().map(|pair| store.put(&user, pair, &nothing))).await;
    let count = |word| all.iter().filter(|went| format!("{went:?}").starts_with(word)).count();
    assert_eq!((count("Ok"), count("Err(Stale")), (1, 9));
    assert_eq!(sandbox.account().parameter(NAME).unwrap().versions.len(), 1);
}

#[tokio::test]
async fn a_lost_answer_is_recognised_by_the_next_look() {
    for (pairs, what) in
        [(0, What::AnswerLost), (1, What::AnswerLost), (0, What::ErrorAfter), (1, What::ErrorAfter)]
    {
        let sandbox = sandbox().await;
        let (store, seen) = holding(&sandbox, 0..pairs).await;
        sandbox.clear_calls();
        let lost = sandbox.inject(Fault::next(PUT, what));
        assert_eq!(went(store.put(&alice(), &pair(9), &seen).await).0, "unclear");
        assert_eq!(lost.count(), 1);
        let puts = sandbox.calls().iter().filter(|call| call.action == PUT).count();
        assert_eq!(puts, 1, "it is not sent again");
        assert_eq!(store.read(&alice()).await.unwrap().serves, Serves::Key(id(9)));
    }
}

#[tokio::test]
async fn each_refusal_says_whether_the_secret_was_seen() {
    let sandbox = sandbox().await;
    let (store, seen) = holding(&sandbox, [1]).await;
    let refusal = |status, code| What::ErrorBefore { status, code };
    let rejected = ("rejected", Some(Class::StoreRejected(None)));
    for (what, expected) in [
        (What::Throttle, ("stale", Some(Class::Throttled))),
        (refusal(400, "TooManyUpdates"), ("stale", Some(Class::Conflict))),
        (refusal(400, "InvalidKeyId"), rejected.clone()),
        (refusal(400, "ParameterLimitExceeded"), rejected.clone()),
        (What::Deny, ("rejected", Some(Class::StoreRejected(Some(PUT))))),
        (What::Expired, ("rejected", Some(Class::Credentials))),
        (refusal(500, "InternalServerError"), ("unclear", Some(Class::Unanswered))),
        (What::Lost, ("unclear", Some(Class::Unreachable))),
        (What::NotXml, ("unclear", Some(Class::Garbled))),
    ] {
        let hits = sandbox.inject(Fault::next(PUT, what));
        assert_eq!(went(store.put(&alice(), &pair(2), &seen).await), expected, "{what:?}");
        assert_eq!(hits.count(), 1);
    }
    assert_eq!(served(&sandbox), text(1));
}

#[tokio::test]
async fn a_labelled_oldest_version_is_named_as_what_stands_in_the_way() {
    let sandbox = sandbox().await;
    let (store, seen) = holding(&sandbox, 1..=100).await;
    sandbox.account().label_parameter(NAME, 1, "keep").unwrap();
    match store.put(&alice(), &pair(101), &seen).await {
        Err(Undelivered::Rejected(failure)) => {
            assert!(failure.said.ends_with("move that label to a later version"), "{failure}");
        }
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_slow_put_may_land_after_we_are_gone() {
    let sandbox = sandbox().await;
    let (store, seen) = holding(&sandbox, [1]).await;
    let hung = sandbox.inject(Fault::next(PUT, What::Hang(Duration::from_millis(1500))));
    let hasty = impatient(&sandbox, "/ci/{user}", Duration::from_millis(500)).await;
    let unanswered = ("unclear", Some(Class::Unanswered));
    assert_eq!(went(hasty.put(&alice(), &pair(2), &seen).await), unanswered);
    assert_eq!(hung.count(), 1);
    assert_eq!(store.read(&alice()).await.unwrap().serves, Serves::Key(id(1)));
    rotator_cli::clock::sleep(Duration::from_millis(1500)).await;
    assert_eq!(store.read(&alice()).await.unwrap().serves, Serves::Key(id(2)));
}
