//! Users, keys and tags.

use aws_sdk_iam::primitives::DateTime;
use aws_sdk_iam::types::{StatusType, Tag};
use rotator_cli::sandbox::{KeyStatus, LastUse};

use crate::{START_MILLIS, as_admin, as_pair, code, is, refused, sandbox, says, start_time, still};

fn whole_start() -> DateTime {
    DateTime::from_secs(i64::try_from(START_MILLIS / 1000).unwrap())
}

#[tokio::test]
async fn users_are_created_listed_by_path_and_deleted() {
    let sandbox = sandbox(still()).await;
    let iam = as_admin(&sandbox).iam;
    for (name, path) in [("deploy", "/machines/eu/"), ("Anna", "/people/")] {
        iam.create_user().user_name(name).path(path).send().await.unwrap();
    }
    let names = async |prefix: &str| {
        let listed = iam.list_users().path_prefix(prefix).send().await.unwrap();
        assert!(!listed.is_truncated());
        let names = listed.users().iter().map(|user| user.user_name().to_owned());
        names.collect::<Vec<_>>()
    };
    assert_eq!(names("/").await, ["Anna", "ci", "deploy", "sandbox-administrator"]);
    assert_eq!(names("/machines/").await, ["ci", "deploy"]);
    assert_eq!(names("/machines/eu/").await, ["deploy"]);
    assert_eq!(names("/nobody/").await, [""; 0]);

    let user = iam.get_user().user_name("deploy").send().await.unwrap();
    let user = user.user().unwrap();
    assert_eq!(user.arn(), "arn:aws:iam::111122223333:user/machines/eu/deploy");
    assert_eq!(user.path(), "/machines/eu/");
    assert_eq!(*user.create_date(), whole_start());
    assert!(user.user_id().starts_with("AIDA") && user.user_id().len() == 21);

    iam.delete_user().user_name("deploy").send().await.unwrap();
    assert_eq!(names("/machines/").await, ["ci"]);
    assert_eq!(
        refused(iam.get_user().user_name("deploy").send().await),
        says(404, "NoSuchEntity", "The user with name deploy cannot be found.")
    );
}

#[tokio::test]
async fn a_user_created_again_is_another_user() {
    let sandbox = sandbox(still()).await;
    let iam = as_admin(&sandbox).iam;
    let id = async || {
        let user = iam.get_user().user_name("ci").send().await.unwrap();
        user.user().unwrap().user_id().to_owned()
    };
    let first = id().await;
    iam.delete_user().user_name("ci").send().await.unwrap();
    iam.create_user().user_name("ci").send().await.unwrap();
    assert_ne!(id().await, first);
}

#[tokio::test]
async fn names_are_unique_in_any_case() {
    let sandbox = sandbox(still()).await;
    let iam = as_admin(&sandbox).iam;
    assert_eq!(
        refused(iam.create_user().user_name("CI").send().await),
        says(409, "EntityAlreadyExists", "User with name CI already exists.")
    );
    assert_eq!(code(iam.create_user().user_name("no/slash").send().await), is(400, "ValidationError"));
    assert_eq!(
        code(iam.create_user().user_name("x").path("no-slash").send().await),
        is(400, "ValidationError")
    );
}

#[tokio::test]
async fn without_a_name_get_user_tells_of_the_caller() {
    let sandbox = sandbox(still()).await;
    let user = as_admin(&sandbox).iam.get_user().send().await.unwrap();
    assert_eq!(user.user().unwrap().user_name(), "sandbox-administrator");
}

#[tokio::test]
async fn keys_are_created_twice_listed_changed_and_deleted() {
    let sandbox = sandbox(still()).await;
    let iam = as_admin(&sandbox).iam;
    let create = async || iam.create_access_key().user_name("ci").send().await;
    let first = create().await.unwrap();
    let first = first.access_key().unwrap();
    assert_eq!((first.user_name(), first.status()), ("ci", &StatusType::Active));
    assert_eq!(first.create_date(), Some(&whole_start()));
    assert_eq!(first.access_key_id().len(), 20);
    assert_eq!(first.secret_access_key().len(), 40);
    assert!(sandbox.account().works(first.access_key_id(), first.secret_access_key()));

    let second = create().await.unwrap();
    let second = second.access_key().unwrap().access_key_id();
    assert_eq!(
        refused(create().await),
        says(409, "LimitExceeded", "Cannot exceed quota for AccessKeysPerUser: 2")
    );
    assert_eq!(
        refused(iam.delete_user().user_name("ci").send().await),
        says(409, "DeleteConflict", "Cannot delete entity, must delete access keys first.")
    );

    let update = iam.update_access_key().user_name("ci").access_key_id(second);
    update.status(StatusType::Inactive).send().await.unwrap();
    let listed = async || {
        let listed = iam.list_access_keys().user_name("ci").send().await.unwrap();
        let keys = listed.access_key_metadata().iter();
        keys.map(|key| {
            assert_eq!(key.user_name(), Some("ci"));
            (
                key.access_key_id().unwrap().to_owned(),
                key.status().unwrap().clone(),
                *key.create_date().unwrap(),
            )
        })
        .collect::<Vec<_>>()
    };
    let first = first.access_key_id().to_owned();
    let inactive = (second.to_owned(), StatusType::Inactive, whole_start());
    assert_eq!(listed().await, [(first.clone(), StatusType::Active, whole_start()), inactive.clone()]);
    let delete = async || iam.delete_access_key().user_name("ci").access_key_id(&first).send().await;
    delete().await.unwrap();
    assert_eq!(listed().await, [inactive]);
    assert_eq!(
        refused(delete().await),
        says(404, "NoSuchEntity", &format!("The Access Key with id {first} cannot be found."))
    );
}

#[tokio::test]
async fn a_key_belongs_to_its_user() {
    let sandbox = sandbox(still()).await;
    let iam = as_admin(&sandbox).iam;
    let pair = sandbox.account().create_key("ci").unwrap();
    sandbox.account().add_user("other", "/machines/").unwrap();
    let foreign = iam.delete_access_key().user_name("other").access_key_id(&pair.id);
    assert_eq!(code(foreign.send().await), is(404, "NoSuchEntity"));
    let foreign = iam.update_access_key().user_name("other").access_key_id(&pair.id);
    let foreign = foreign.status(StatusType::Inactive);
    assert_eq!(code(foreign.send().await), is(404, "NoSuchEntity"));
    assert_eq!(
        refused(iam.list_access_keys().user_name("nobody").send().await),
        says(404, "NoSuchEntity", "The user with name nobody cannot be found.")
    );
    let bad = iam.delete_access_key().user_name("ci").access_key_id("short");
    assert_eq!(code(bad.send().await), is(400, "ValidationError"));
    let bad = iam.update_access_key().user_name("ci").access_key_id(&pair.id);
    let bad = bad.status(StatusType::from("Gone"));
    assert_eq!(code(bad.send().await), is(400, "ValidationError"));
    let keys = sandbox.account().keys("ci").unwrap();
    assert_eq!(keys.len(), 1);
    assert_eq!(keys[0].status, KeyStatus::Active);
}

#[tokio::test]
async fn without_a_name_keys_are_those_of_the_caller() {
    let sandbox = sandbox(still()).await;
    let pair = sandbox.account().create_key("ci").unwrap();
    sandbox.account().allow("ci", "iam:*");
    let iam = as_pair(&sandbox, &pair).iam;
    let made = iam.create_access_key().send().await.unwrap();
    assert_eq!(made.access_key().unwrap().user_name(), "ci");
    let made = made.access_key().unwrap().access_key_id().to_owned();
    let listed = iam.list_access_keys().send().await.unwrap();
    assert_eq!(listed.access_key_metadata().len(), 2);
    iam.delete_access_key().access_key_id(&made).send().await.unwrap();
    let keys = sandbox.account().keys("ci").unwrap();
    assert_eq!(keys.iter().map(|key| &key.id).collect::<Vec<_>>(), [&pair.id]);
}

#[tokio::test]
async fn last_use_is_told_and_never_used_has_no_date() {
    let sandbox = sandbox(still()).await;
    let iam = as_admin(&sandbox).iam;
    let id = sandbox.account().create_key("ci").unwrap().id;
    let last_used = async || {
        let told = iam.get_access_key_last_used().access_key_id(&id).send().await.unwrap();
        assert_eq!(told.user_name(), Some("ci"));
        let told = told.access_key_last_used().unwrap();
        let date = told.last_used_date().copied();
        (date, told.service_name().to_owned(), told.region().to_owned())
    };
    assert_eq!(last_used().await, (None, "N/A".to_owned(), "N/A".to_owned()));
    let used = LastUse { at: start_time(), service: "s3".to_owned(), region: "eu-west-1".to_owned() };
    sandbox.account().set_last_used(&id, Some(used)).unwrap();
    assert_eq!(last_used().await, (Some(whole_start()), "s3".to_owned(), "eu-west-1".to_owned()));
    let unknown = iam.get_access_key_last_used().access_key_id("AKIAAAAAAAAAAAAAAAAA");
    assert_eq!(code(unknown.send().await), is(404, "NoSuchEntity"));
}

fn tag(key: &str, value: &str) -> Tag {
    Tag::builder().key(key).value(value).build().unwrap()
}

#[tokio::test]
async fn tags_merge_whatever_their_case() {
    let sandbox = sandbox(still()).await;
    let iam = as_admin(&sandbox).iam;
    let set = async |tags: Vec<Tag>| iam.tag_user().user_name("ci").set_tags(Some(tags)).send().await;
    let listed = async || {
        let listed = iam.list_user_tags().user_name("ci").send().await.unwrap();
        assert!(!listed.is_truncated());
        listed.tags().to_vec()
    };
    assert_eq!(listed().await, []);
    set(vec![tag("rotator:current", "AKIA<&>"), tag("team", "a b")]).await.unwrap_err();
    assert_eq!(listed().await, []);
    set(vec![tag("rotator:current", "AKIA1"), tag("team", "a b")]).await.unwrap();
    set(vec![tag("Team", "c")]).await.unwrap();
    assert_eq!(listed().await, [tag("rotator:current", "AKIA1"), tag("Team", "c")]);
    let twice = set(vec![tag("x", "1"), tag("X", "2")]).await;
    assert_eq!(code(twice), is(400, "InvalidInput"));
    let untag = iam.untag_user().user_name("ci").tag_keys("TEAM").tag_keys("absent");
    untag.send().await.unwrap();
    assert_eq!(listed().await, [tag("rotator:current", "AKIA1")]);
    let user = iam.get_user().user_name("ci").send().await.unwrap();
    assert_eq!(user.user().unwrap().tags(), [tag("rotator:current", "AKIA1")]);
}

#[tokio::test]
async fn a_user_has_at_most_fifty_tags() {
    let sandbox = sandbox(still()).await;
    let iam = as_admin(&sandbox).iam;
    let fifty = (0..50).map(|n| tag(&format!("k{n:02}"), "v")).collect();
    iam.tag_user().user_name("ci").set_tags(Some(fifty)).send().await.unwrap();
    let more = iam.tag_user().user_name("ci").tags(tag("one-more", "v"));
    assert_eq!(code(more.send().await), is(409, "LimitExceeded"));
    let replaced = iam.tag_user().user_name("ci").tags(tag("K07", "new"));
    replaced.send().await.unwrap();
    assert_eq!(sandbox.account().tags("ci").unwrap().len(), 50);
}

#[tokio::test]
async fn a_user_is_created_with_tags_or_not_at_all() {
    let sandbox = sandbox(still()).await;
    let iam = as_admin(&sandbox).iam;
    let bad = iam.create_user().user_name("new").tags(tag("aws:x", "v"));
    assert_eq!(code(bad.send().await), is(400, "ValidationError"));
    assert!(sandbox.account().user("new").is_err());
    let good = iam.create_user().user_name("new").tags(tag("x", "v"));
    let made = good.send().await.unwrap();
    assert_eq!(made.user().unwrap().tags(), [tag("x", "v")]);
}
