//! What is served, and what is left alone.

use rotator_cli::failure::Class;
use rotator_cli::sandbox::{Fault, What};
use rotator_cli::store::{Adapter, Reading, Serves, Tells};

use crate::{NAME, alice, assert_clean, holding, id, impatient, pair, sandbox, served, store, text, user};

#[tokio::test]
async fn absent_is_told_apart_from_denied() {
    let sandbox = sandbox().await;
    let store = store(&sandbox, "/ci/{user}").await;
    let nothing = Reading { serves: Serves::Nothing, revision: None };
    assert_eq!(store.read(&alice()).await.unwrap(), nothing);
    sandbox.account().deny("ssm:GetParameter");
    assert_eq!(store.read(&alice()).await.unwrap_err().class, Class::Denied("ssm:GetParameter"));
    assert_eq!(store.name(&alice()), "ssm:/ci/alice");
}

#[tokio::test]
async fn the_key_and_the_version_are_told() {
    let sandbox = sandbox().await;
    let (store, seen) = holding(&sandbox, [1, 2]).await;
    assert_eq!(seen, Reading { serves: Serves::Key(id(2)), revision: Some("2".to_owned()) });
    assert_eq!(served(&sandbox), text(2));
    assert!(store.promises().tells == Tells::Key && store.promises().one_unit && !store.promises().swaps);
    assert_clean(&store);
}

#[tokio::test]
async fn fields_have_other_names_on_demand() {
    let sandbox = sandbox().await;
    let value =
        r#"{"AWS_ACCESS_KEY_ID":"AKIA0000000000000007","AWS_SECRET_ACCESS_KEY":"x","Note":"by hand"}"#;
    sandbox.account().put_parameter(NAME, value, "SecureString").unwrap();
    let place = "/ci/{user}?id-field=AWS_ACCESS_KEY_ID&secret-field=AWS_SECRET_ACCESS_KEY";
    let read = store(&sandbox, place).await.read(&alice()).await.unwrap();
    assert_eq!(read.serves, Serves::Key(id(7)));
}

#[tokio::test]
async fn what_is_no_pair_is_left_alone() {
    let sandbox = sandbox().await;
    let store = store(&sandbox, "/ci/{user}").await;
    for (value, kind, said) in [
        (text(1), "String", "it is String and no SecureString"),
        (text(1), "StringList", "it is StringList and no SecureString"),
        ("wJalrXUt-something-else".to_owned(), "SecureString", "it holds no JSON with AccessKeyId and"),
        (r#"{"AccessKeyId":"wJalrXUt"}"#.to_owned(), "SecureString", "it holds no JSON with"),
    ] {
        sandbox.account().put_parameter(NAME, &value, kind).unwrap();
        let failure = store.read(&alice()).await.unwrap_err();
        assert_eq!(failure.class, Class::Setup, "{failure}");
        assert!(failure.said.starts_with(said), "{failure}");
        assert_clean(&failure);
        sandbox.account().delete_parameter(NAME).unwrap();
    }
}

#[tokio::test]
async fn a_user_whose_name_no_parameter_can_have_is_refused_before_any_call() {
    let sandbox = sandbox().await;
    for (place, name) in
        [("/ci/{user}", "a@b"), ("/ci/{user}", "zoë"), ("ci/{user}", "al"), ("/aws/{user}", "al")]
    {
        let store = store(&sandbox, place).await;
        let failure = store.read(&user(name)).await.unwrap_err();
        assert_eq!(failure.class, Class::Setup, "{failure}");
        let put =
            store.put(&user(name), &pair(1), &Reading { serves: Serves::Nothing, revision: None }).await;
        assert_clean(&put.unwrap_err());
    }
    assert!(sandbox.calls().is_empty());
}

#[tokio::test]
async fn the_pair_before_is_found_among_the_versions() {
    let sandbox = sandbox().await;
    // More than one page of them.
    let (store, seen) = holding(&sandbox, 1..=60).await;
    let found = store.previous(&alice(), &id(59)).await.unwrap().unwrap();
    assert_clean(&found);
    store.put(&alice(), &found, &seen).await.unwrap();
    assert_eq!(served(&sandbox), text(59), "it is the whole pair");
    assert!(store.previous(&alice(), &id(61)).await.unwrap().is_none());
    assert!(store.previous(&user("bob"), &id(1)).await.unwrap().is_none());
    sandbox.account().deny("ssm:GetParameterHistory");
    let denied = store.previous(&alice(), &id(1)).await.unwrap_err();
    assert_eq!(denied.class, Class::Denied("ssm:GetParameterHistory"));
}

#[tokio::test]
async fn a_look_survives_a_throttle_and_tells_of_silence() {
    let sandbox = sandbox().await;
    let (store, seen) = holding(&sandbox, [1]).await;
    let throttled = sandbox.inject(Fault::next("ssm:GetParameter", What::Throttle));
    assert_eq!(store.read(&alice()).await.unwrap(), seen);
    assert_eq!(throttled.count(), 1);
    let slow = std::time::Duration::from_secs(3);
    let hung = sandbox.inject(Fault::always("ssm:GetParameter", What::Hang(slow)));
    let impatient = impatient(&sandbox, "/ci/{user}", slow / 6).await;
    assert_eq!(impatient.read(&alice()).await.unwrap_err().class, Class::Unanswered);
    assert!(hung.count() >= 1);
}
