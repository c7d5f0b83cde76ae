//! Pages, lag, rates, dates and other ways in which an account can be.

use std::time::Duration;

use aws_sdk_iam::primitives::DateTime;
use rotator_cli::clock::Stopwatch;
use rotator_cli::sandbox::{KeyStatus, Sandbox, Settings};

use crate::{START_MILLIS, as_admin, code, is, refused, sandbox, says, seconds, still};

/// The names on each page.
async fn pages(sandbox: &Sandbox, max_items: Option<i32>) -> Vec<Vec<String>> {
    let iam = as_admin(sandbox).iam;
    let (mut pages, mut marker) = (Vec::new(), None);
    loop {
        let list = iam.list_users().path_prefix("/machines/");
        let page = list.set_max_items(max_items).set_marker(marker).send().await.unwrap();
        let names = page.users().iter().map(|user| user.user_name().to_owned());
        pages.push(names.collect());
        assert_eq!(page.is_truncated(), page.marker().is_some());
        marker = page.marker().map(str::to_owned);
        if marker.is_none() {
            return pages;
        }
    }
}

#[tokio::test]
async fn lists_come_in_pages() {
    let sandbox = sandbox(Settings { page_size: 2, ..still() }).await;
    for name in ["b", "a", "d", "e"] {
        sandbox.account().add_user(name, "/machines/").unwrap();
    }
    assert_eq!(pages(&sandbox, None).await, [vec!["a", "b"], vec!["ci", "d"], vec!["e"]]);
    assert_eq!(pages(&sandbox, Some(4)).await, [vec!["a", "b", "ci", "d"], vec!["e"]]);
    sandbox.account().settings.short_pages = true;
    assert_eq!(pages(&sandbox, None).await, [vec!["a", "b"], vec![], vec!["ci", "d"], vec![], vec!["e"]]);
    let iam = as_admin(&sandbox).iam;
    let bad = iam.list_users().marker("nonsense").send().await;
    assert_eq!(code(bad), is(400, "ValidationError"));
    let bad = iam.list_users().max_items(1001).send().await;
    assert_eq!(code(bad), is(400, "ValidationError"));
}

#[tokio::test]
async fn two_keys_and_their_tags_can_take_several_pages() {
    let sandbox = sandbox(Settings { short_pages: true, ..still() }).await;
    let iam = as_admin(&sandbox).iam;
    let ids = [0; 2].map(|_| sandbox.account().create_key("ci").unwrap().id);
    let (mut sizes, mut found, mut marker) = (Vec::new(), Vec::new(), None);
    loop {
        let list = iam.list_access_keys().user_name("ci").set_marker(marker);
        let page = list.send().await.unwrap();
        let keys = page.access_key_metadata();
        sizes.push(keys.len());
        found.extend(keys.iter().map(|key| key.access_key_id().unwrap().to_owned()));
        assert_eq!(page.is_truncated(), page.marker().is_some());
        marker = page.marker().map(str::to_owned);
        if marker.is_none() {
            break;
        }
    }
    assert_eq!((sizes, found), (vec![1, 0, 1], ids.to_vec()));

    let tags = ["a", "b"].map(|key| (key.to_owned(), "v".to_owned()));
    sandbox.account().tag_user("ci", &tags).unwrap();
    let first = iam.list_user_tags().user_name("ci").send().await.unwrap();
    assert_eq!((first.tags().len(), first.is_truncated()), (1, true));
}

#[tokio::test]
async fn a_late_list_is_one_change_behind() {
    let sandbox = sandbox(Settings { list_lag: seconds(5), ..still() }).await;
    let iam = as_admin(&sandbox).iam;
    let listed = async || {
        let listed = iam.list_access_keys().user_name("ci").send().await.unwrap();
        let keys = listed.access_key_metadata().iter();
        let shown = keys.map(|key| format!("{} {}", key.access_key_id().unwrap(), key.status().unwrap()));
        shown.collect::<Vec<_>>()
    };
    let first = sandbox.account().create_key("ci").unwrap().id;
    let active = format!("{first} Active");
    assert_eq!(listed().await, [""; 0]);
    sandbox.advance(seconds(5));
    assert_eq!(listed().await, [active.as_str()]);

    sandbox.account().set_status("ci", &first, KeyStatus::Inactive).unwrap();
    sandbox.advance(seconds(4));
    assert_eq!(listed().await, [active.as_str()]);
    // A second change while the first is not shown yet: the list is behind by the last one.
    sandbox.account().delete_key("ci", &first).unwrap();
    assert_eq!(listed().await, [format!("{first} Inactive")]);
    sandbox.advance(seconds(5));
    assert_eq!(listed().await, [""; 0]);
}

#[tokio::test]
async fn late_tags_are_one_change_behind() {
    let sandbox = sandbox(Settings { tag_lag: seconds(5), ..still() }).await;
    let iam = as_admin(&sandbox).iam;
    let tags = [("a".to_owned(), "v".to_owned())];
    let count = async || {
        let listed = iam.list_user_tags().user_name("ci").send().await.unwrap();
        listed.tags().len()
    };
    sandbox.account().tag_user("ci", &tags).unwrap();
    assert_eq!(count().await, 0);
    sandbox.advance(seconds(5));
    assert_eq!(count().await, 1);
}

#[tokio::test]
async fn too_many_calls_of_one_action_are_throttled() {
    let sandbox = sandbox(Settings { rate: Some(2), ..still() }).await;
    let admin = as_admin(&sandbox);
    let list = async || admin.iam.list_users().send().await;
    let throttled = says(400, "Throttling", "Rate exceeded");
    list().await.unwrap();
    list().await.unwrap();
    assert_eq!(refused(list().await), throttled);
    // Each action has its own rate.
    admin.iam.get_user().user_name("ci").send().await.unwrap();
    sandbox.advance(Duration::from_millis(500));
    list().await.unwrap();
    assert_eq!(refused(list().await), throttled);
    // An hour saves up no more than one second's calls.
    sandbox.advance(seconds(3600));
    list().await.unwrap();
    list().await.unwrap();
    assert_eq!(refused(list().await), throttled);
}

#[tokio::test]
async fn dates_have_whole_seconds_unless_told() {
    let sandbox = sandbox(still()).await;
    let iam = as_admin(&sandbox).iam;
    sandbox.account().create_key("ci").unwrap();
    let created = async || {
        let listed = iam.list_access_keys().user_name("ci").send().await.unwrap();
        *listed.access_key_metadata()[0].create_date().unwrap()
    };
    let millis = i64::try_from(START_MILLIS).unwrap();
    assert_eq!(created().await, DateTime::from_secs(millis / 1000));
    sandbox.account().settings.fractions = true;
    assert_eq!(created().await, DateTime::from_millis(millis));
    let id = sandbox.account().keys("ci").unwrap()[0].id.clone();
    let earlier = sandbox.account().now() - seconds(86_400);
    sandbox.account().set_created(&id, earlier).unwrap();
    assert_eq!(created().await, DateTime::from_millis(millis - 86_400_000));
}

#[tokio::test]
async fn answers_take_as_long_as_the_latency() {
    let latency = Duration::from_millis(30);
    let sandbox = sandbox(Settings { latency, ..still() }).await;
    let admin = as_admin(&sandbox);
    let before = Stopwatch::start();
    admin.iam.list_users().send().await.unwrap();
    assert!(before.elapsed() >= latency);
}

#[tokio::test]
async fn the_clock_runs_with_real_time_where_it_is_not_stopped() {
    let sandbox = sandbox(Settings::default()).await;
    let (before, real) = (sandbox.account().now(), Stopwatch::start());
    sandbox.advance(seconds(3600));
    let gone = sandbox.account().now().duration_since(before).unwrap();
    let late = real.elapsed() + seconds(5);
    assert!(gone >= seconds(3600) && gone < seconds(3600) + late, "{gone:?}");
}

#[tokio::test]
async fn the_same_seed_gives_the_same_ids() {
    let pair = async |seed| {
        let sandbox = sandbox(Settings { seed, ..still() }).await;
        sandbox.account().create_key("ci").unwrap().id
    };
    assert_eq!(pair(1).await, pair(1).await);
    assert_ne!(pair(1).await, pair(2).await);
}
