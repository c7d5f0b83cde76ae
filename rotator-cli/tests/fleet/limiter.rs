//! The account's limiter, seen from the other side.

use futures_util::future::join_all;
use rotator_cli::failure::Class;
use rotator_cli::iam::User;
use rotator_cli::sandbox::{Fault, Sandbox, Settings, What};

use crate::kit::{World, handed};
use crate::place::iam;

fn calls(sandbox: &Sandbox, action: &str) -> (usize, usize) {
    let calls = sandbox.calls();
    let of_it = calls.iter().filter(|call| call.action == action);
    let throttled = of_it.clone().filter(|call| call.error == Some("Throttling"));
    (of_it.count(), throttled.count())
}

fn add(sandbox: &Sandbox, name: &str) -> User {
    let user = sandbox.account().add_user(name, "/ci/").unwrap();
    User { name: user.name, id: user.id, path: user.path }
}

/// Far more at once than the server takes: each is answered in the end, and few of the answers are a no.
#[tokio::test]
async fn a_crowd_is_served_at_the_rate_that_is_allowed() {
    let sandbox = Sandbox::start(Settings { rate: Some(100), ..Settings::default() }).await.unwrap();
    let user = add(&sandbox, "ci");
    let iam = iam(&sandbox).await;
    let one = async || {
        for _ in 0..20 {
            iam.tags(&user).await.unwrap();
        }
    };
    join_all((0..32).map(|_| one())).await;
    let (sent, throttled) = calls(&sandbox, "iam:ListUserTags");
    assert_eq!(sent - throttled, 640);
    assert!(throttled > 0, "the rate was never reached, so nothing was shown");
}

/// The SDK sends no throttled call again beside us.
#[tokio::test]
async fn a_throttled_call_is_sent_again_by_us_alone() {
    let sandbox = Sandbox::start(Settings::default()).await.unwrap();
    let user = add(&sandbox, "ci");
    let iam = iam(&sandbox).await;
    sandbox.inject(Fault::always("iam:*", What::Throttle));
    let read = iam.tags(&user).await.unwrap_err();
    let write = iam.tag(&user, "a", "b").await.unwrap_err();
    let create = iam.create(&user).await.unwrap_err();
    assert_eq!([&read.class, &write.class, &create.class], [&Class::Throttled; 3]);
    assert_eq!(calls(&sandbox, "iam:ListUserTags"), (5, 5));
    assert_eq!(calls(&sandbox, "iam:TagUser"), (5, 5));
    assert_eq!(calls(&sandbox, "iam:CreateAccessKey"), (1, 1), "nobody sends this one twice");
    sandbox.clear_faults();
    iam.create(&user).await.unwrap();
    assert_eq!(calls(&sandbox, "iam:CreateAccessKey"), (2, 1));
}

/// What breaks off is still resent by the SDK.
#[tokio::test]
async fn a_call_that_breaks_off_is_resent() {
    let sandbox = Sandbox::start(Settings::default()).await.unwrap();
    let user = add(&sandbox, "ci");
    let iam = iam(&sandbox).await;
    let lost = sandbox.inject(Fault::next("iam:TagUser", What::AnswerLost));
    iam.tag(&user, "a", "b").await.unwrap();
    assert_eq!((lost.count(), calls(&sandbox, "iam:TagUser").0), (1, 2));
}

/// A whole rotation on an account that is throttled all the time: no user fails, no key is made twice.
#[test]
fn users_on_a_throttled_account_are_all_rotated() {
    let mut world = World::with(Settings { rate: Some(15), ..Settings::default() });
    for n in 0..30 {
        world.user(&format!("ci-{n:02}"), "/ci/");
    }
    let line = "ROTATOR_CONCURRENCY= rotator rotate ci --max-users 30 -o pairs.json";
    let ran = world.run(line);
    assert_eq!((ran.code, ran.stderr.contains("30 handed over")), (Some(0), true), "{}", ran.stderr);
    let (sent, throttled) = calls(&world.sandbox, "iam:CreateAccessKey");
    assert_eq!(sent - throttled, 30);
    let pairs = handed(&world.read("pairs.json"));
    assert!(pairs.len() == 30 && pairs.iter().all(|pair| world.works(pair)));
}
