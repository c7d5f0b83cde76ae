//! Long lists: counted first, then read page by page; users that appear and vanish meanwhile.

use std::path::Path;
use std::time::Duration;

use futures_util::{StreamExt, TryStreamExt};
use rotator::{Limits, Memory, Policy};
use rotator_cli::aws::identify;
use rotator_cli::exit::Exit;
use rotator_cli::fleet::{self, Run};
use rotator_cli::iam::{Iam, User};
use rotator_cli::journal::Journal;
use rotator_cli::report::Teller;
use rotator_cli::sandbox::{Fault, Sandbox, Settings, What};
use rotator_cli::stop::Stop;
use rotator_cli::store::handover::HandOver;
use rotator_cli::target::{Shared, Target};
use rotator_cli::turns::Turns;
use rotator_cli::users::{Choice, count, stream};

use crate::kit::World;
use crate::place::{access, iam, scope};

fn lists(sandbox: &Sandbox) -> usize {
    sandbox.calls().iter().filter(|call| call.action == "iam:ListUsers").count()
}

async fn account(users: usize, settings: Settings) -> Sandbox {
    let sandbox = Sandbox::start(settings).await.unwrap();
    for n in 0..users {
        sandbox.account().add_user(&format!("ci-{n:04}"), "/ci/").unwrap();
    }
    sandbox
}

#[tokio::test]
async fn a_small_account_is_listed_once_however_short_its_pages_are() {
    for (short_pages, pages) in [(false, 1), (true, 17)] {
        let sandbox = account(300, Settings { short_pages, ..Settings::default() }).await;
        let iam = iam(&sandbox).await;
        let choice = Choice::new(&scope("/ci/"), "111122223333").unwrap();
        let counted = count(&iam, &choice, None).await.unwrap();
        assert_eq!((counted.users, counted.width), (300, 7));
        let users: Vec<_> = stream(&iam, &choice, counted).try_collect().await.unwrap();
        assert_eq!((users.len(), lists(&sandbox)), (300, pages));
    }
}

#[tokio::test]
async fn a_large_account_is_counted_and_then_read_as_it_is_by_then() {
    for short_pages in [false, true] {
        let sandbox = account(1100, Settings { short_pages, ..Settings::default() }).await;
        let iam = iam(&sandbox).await;
        let choice = Choice::new(&scope("/ci/"), "111122223333").unwrap();
        let counted = count(&iam, &choice, None).await.unwrap();
        assert_eq!(counted.users, 1100);
        if !short_pages {
            assert_eq!(lists(&sandbox), 2, "counted in pages of 1000");
        }
        sandbox.account().remove_user("ci-0000").unwrap();
        let mut users = Box::pin(stream(&iam, &choice, counted));
        let mut names = vec![users.next().await.unwrap().unwrap().name];
        // A page is in hand; what happens beyond it is seen, on it or before it is not.
        sandbox.account().remove_user("ci-1050").unwrap();
        sandbox.account().add_user("ci-1050-new", "/ci/").unwrap();
        sandbox.account().add_user("ci-0000-late", "/ci/").unwrap();
        while let Some(user) = users.next().await {
            names.push(user.unwrap().name);
        }
        let mut expected: Vec<_> = (1..1100).map(|n| format!("ci-{n:04}")).collect();
        expected[1049] = "ci-1050-new".to_owned();
        assert_eq!(names, expected);
        if !short_pages {
            assert_eq!(lists(&sandbox), 2 + 11, "read in pages of 100");
        }
    }
}

async fn shared(sandbox: &Sandbox, pairs: &Path, deadline: Duration) -> Shared {
    let policy = Policy::default();
    let limits = Limits::new(deadline, &policy).unwrap();
    let caller = identify(&access(sandbox, sandbox.admin()), limits.request_timeout()).await.unwrap();
    let to = HandOver::file(pairs, false).unwrap();
    Shared {
        iam: Iam::new(&caller),
        caller,
        target: Target::HandOver { to, memory: Memory::Ledger, trust: false },
        limits,
        stop: Stop::default(),
        settle: policy.settle,
        turns: Turns::default(),
        last_is_lost: false,
    }
}

/// A look that gets no answer is broken off when the run is told to stop: the user is not said to have failed.
#[tokio::test]
async fn a_stop_does_not_wait_for_a_look() {
    let sandbox = account(1, Settings::default()).await;
    let home = tempfile::tempdir().unwrap();
    let shared = shared(&sandbox, &home.path().join("pairs.json"), Duration::from_secs(60)).await;
    let asked = sandbox.inject(Fault::always("iam:ListUserTags", What::Hang(Duration::from_secs(600))));
    let (policy, journal, teller) = (Policy::default(), Journal::default(), Teller::new(false, true));
    let run = Run::of_few(&policy, 1, &journal, &teller);
    let user = sandbox.account().user("ci-0000").unwrap();
    let user = User { name: user.name, id: user.id, path: user.path };
    let stops = async {
        while asked.count() == 0 {
            tokio::task::yield_now().await;
        }
        shared.stop.set();
    };
    let (tally, ()) = tokio::join!(fleet::few(&shared, &run, vec![(user, None)]), stops);
    assert_eq!(tally.lines[0].code, "stopped");
}

/// A user that was listed and is gone by its turn is told of, and nobody has to do anything about it.
#[tokio::test]
async fn users_that_vanish_are_gone() {
    let sandbox = account(3, Settings::default()).await;
    let home = tempfile::tempdir().unwrap();
    let policy = Policy::default();
    let shared = shared(&sandbox, &home.path().join("pairs.json"), Duration::from_secs(600)).await;
    let choice = Choice::new(&scope("/ci/"), "111122223333").unwrap();
    let counted = count(&shared.iam, &choice, None).await.unwrap();
    sandbox.account().remove_user("ci-0001").unwrap();
    let path = home.path().join("journal");
    let journal = Journal::open(Some(&path)).unwrap();
    journal.begin("rotate", &shared.caller.account, &shared.caller.arn, &policy, &shared.limits);
    let teller = Teller::new(false, true);
    let run = Run { all: 3, ..Run::of_few(&policy, 1, &journal, &teller) };
    let tasks = stream(&shared.iam, &choice, counted).map_ok(|user| (user, None));
    let tally = fleet::rotate(&shared, &run, tasks).await;
    let codes: Vec<_> = tally.lines.iter().map(|line| line.code).collect();
    assert_eq!(codes, ["handed-over", "gone", "handed-over"]);
    assert_eq!((tally.exit, tally.sentence().as_str()), (Exit::Done, "2 handed over, 1 gone"));
    journal.close(0).unwrap();
    let text = std::fs::read(&path).unwrap();
    let found = rotator_cli::verify::verify(text.as_slice(), "journal", None, |_| {}).unwrap();
    assert!(found.findings.is_empty(), "{:?}", found.findings);
}

/// A list that fails midway: those in hand are finished, and the run says that it does not know the rest.
#[tokio::test]
async fn a_list_that_breaks_off_is_told() {
    let sandbox = account(1100, Settings::default()).await;
    let iam = iam(&sandbox).await;
    let choice = Choice::new(&scope("/ci/"), "111122223333").unwrap();
    let counted = count(&iam, &choice, None).await.unwrap();
    sandbox.inject(Fault::nth(3, "iam:ListUsers", What::Deny));
    let users: Vec<_> = stream(&iam, &choice, counted).collect().await;
    assert_eq!(users.len(), 201);
    assert!(users[..200].iter().all(Result::is_ok));
    assert_eq!(users[200].as_ref().unwrap_err().code(), "denied");
}

#[test]
fn more_users_than_allowed_are_refused_before_any_change() {
    let mut world = World::new();
    for n in 0..1010 {
        world.user(&format!("ci-{n:04}"), "/ci/");
    }
    let ran = world.run("rotator rotate ci --max-users 1009 -o pairs.json");
    assert_eq!(ran.code, Some(2));
    assert!(ran.stderr.contains("Found 1010 IAM Users"), "{}", ran.stderr);
    let calls: Vec<_> = world.sandbox.calls().into_iter().map(|call| call.action).collect();
    assert_eq!(calls.iter().filter(|action| *action == "iam:ListUsers").count(), 2);
    assert_eq!(calls.len(), 3, "{calls:?}");
}

/// Who runs this and which users there are is asked at the same time, and nothing else.
#[test]
fn a_start_takes_two_calls() {
    let mut world = World::users(&["ci"]);
    world.run("rotator rotate ci --max-users 0 -o pairs.json");
    let mut calls: Vec<_> = world.sandbox.calls().into_iter().map(|call| call.action).collect();
    calls.sort();
    assert_eq!(calls, ["iam:ListUsers", "sts:GetCallerIdentity"]);
}
