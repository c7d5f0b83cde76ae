//! Runs that die or fail midway: what jobs are served goes on working, and a later run completes.

use std::collections::BTreeMap;
use std::process::Child;
use std::time::Duration;

use rotator_cli::sandbox::{Fault, Settings, What};
use secrecy::ExposeSecret;

use crate::kit::{DAY, HOUR, Handed, Ran, World, finish, handed};

const USERS: [&str; 3] = ["alice", "bob", "carol"];

/// What the pipeline does with the document of a run that failed.
#[derive(Clone, Copy, PartialEq)]
pub enum Pipeline {
    Drops,
    Stores,
}

/// What the pipeline's store serves: the last pair that it was given for each user.
struct Store(BTreeMap<String, Handed>);

impl Store {
    fn begin(world: &World) -> Self {
        Self(USERS.map(|user| (user.to_owned(), world.used_key(user, 40 * DAY))).into())
    }

    fn take(&mut self, ran: &Ran) {
        self.0.extend(ran.handed().into_iter().map(|pair| (pair.user.clone(), pair)));
    }

    /// A day of jobs, each with the pair that is served when it starts.
    #[track_caller]
    fn day(&self, world: &World) {
        for _ in 0..4 {
            world.advance(6 * HOUR);
            for pair in self.0.values() {
                world.job(pair);
            }
        }
    }
}

/// The ancestor's killing sequence: two users done, the third's CreateAccessKey throttled for good, twice
/// in a row. The ancestor then has deleted the keys that the store serves.
pub fn killing_sequence(line: &str, pipeline: Pipeline) -> World {
    let mut world = World::users(&USERS);
    let mut store = Store::begin(&world);
    let hits = world.sandbox.inject(Fault::always("iam:CreateAccessKey", What::Throttle).for_user("carol"));
    for turn in 1..=2 {
        let before = hits.count();
        let ran = world.run(line);
        assert_ne!(ran.code, Some(0), "turn {turn}");
        assert!(hits.count() > before, "carol was to be throttled in turn {turn}");
        if pipeline == Pipeline::Stores {
            store.take(&ran);
        }
        store.day(&world);
    }
    world.sandbox.clear_faults();
    let ran = world.run(line);
    store.take(&ran);
    store.day(&world);
    assert!(ran.handed().iter().any(|pair| pair.user == "carol"), "the third has its turn");
    if pipeline == Pipeline::Drops {
        // Two keys, and the newer never arrived: the person looks, and does what is printed.
        assert_eq!(ran.code, Some(4));
        for user in ["alice", "bob"] {
            let served = store.0[user].id.clone();
            match line.split_whitespace().next() {
                Some("rotator") => drop(world.run(&format!("rotator confirm --user {user} --key {served}"))),
                _ => {
                    let lost = world.ids(user).into_iter().find(|id| *id != served).unwrap();
                    world.sandbox.account().delete_key(user, &lost).unwrap();
                }
            }
        }
        store.day(&world);
        let ran = world.run(line);
        // Where there is a memory, carol's key of a day ago becomes CURRENT only now, and her LAST rests.
        assert_eq!(ran.code, Some(if line.starts_with("rotator") { 5 } else { 0 }));
        let handed: Vec<_> = ran.handed().into_iter().map(|pair| pair.user).collect();
        assert!(["alice", "bob"].iter().all(|user| handed.contains(&(*user).to_owned())), "{handed:?}");
        store.take(&ran);
        store.day(&world);
    }
    world.tell_account();
    world
}

/// Both at the same time, for most of it is waiting.
pub fn both_pipelines(line: &str) -> [World; 2] {
    std::thread::scope(|scope| {
        let drops = scope.spawn(|| killing_sequence(line, Pipeline::Drops));
        let stores = scope.spawn(|| killing_sequence(line, Pipeline::Stores));
        [drops.join().unwrap(), stores.join().unwrap()]
    })
}

#[test]
fn rotator_survives_the_killing_sequence() {
    // A short deadline, so that the throttled user gives up soon.
    let line = "rotator rotate ci --deadline 3s --settle 1s";
    for (world, name) in both_pipelines(line).iter().zip(["killing_rotator_drops", "killing_rotator_stores"])
    {
        world.check(name);
    }
}

#[test]
fn the_answer_to_the_new_key_is_lost() {
    let mut world = World::users(&["ci"]);
    let current = world.used_key("ci", 40 * DAY);
    let hits = world.sandbox.inject(Fault::next("iam:CreateAccessKey", What::AnswerLost));
    let ran = world.run("rotator rotate ci --settle 1s");
    assert_eq!((ran.code, hits.count()), (Some(3), 1));
    world.tell_account();
    world.advance(2 * HOUR);
    world.job(&current);
    let ran = world.run("rotator rotate ci");
    assert_eq!(ran.code, Some(0));
    assert!(world.works(&ran.handed()[0]) && world.works(&current));
    world.tell_account();
    world.check("lost_answer");
}

/// Each kind of call is done once without an answer.
#[test]
fn every_other_call_is_lost_once() {
    let iam = ["ListUsers", "ListAccessKeys", "GetAccessKeyLastUsed", "DeleteAccessKey"];
    let tags = ["ListUserTags", "TagUser"];
    let store = ["DescribeSecret", "TagResource", "PutSecretValue", "UpdateSecretVersionStage"];
    let both = iam.map(|action| format!("iam:{action}"));
    let both: Vec<_> = both.into_iter().chain(["sts:GetCallerIdentity".to_owned()]).collect();
    let tags = tags.map(|action| format!("iam:{action}"));
    let store = store.map(|action| format!("secretsmanager:{action}"));
    let (out, vault) = ("rotator rotate ci", "rotator rotate ci --store secretsmanager:{user}");
    let cases = (both.iter().chain(&tags).map(|action| (out, action)))
        .chain(both.iter().chain(&store).map(|action| (vault, action)));
    let cases: Vec<_> = cases.collect();
    assert_eq!(cases.len(), 16);
    // Side by side, for most of it is the SDK's pause before it asks again.
    std::thread::scope(|scope| {
        for some in cases.chunks(4) {
            scope.spawn(move || some.iter().for_each(|(line, action)| lost_once(line, action)));
        }
    });
}

fn lost_once(line: &str, action: &str) {
    let mut world = World::users(&["ci"]);
    let served = if line.contains("--store") {
        world.used_key("ci", 40 * DAY);
        world.run(line);
        world.advance(13 * HOUR);
        stored(&world, "ci").unwrap()
    } else {
        remembered(&world)
    };
    world.job(&served);
    let hits = world.sandbox.inject(Fault::next(action, What::AnswerLost));
    let ran = world.run(line);
    assert_eq!(hits.count(), 1, "{action}");
    world.job(&served);
    if ran.code != Some(0) {
        world.advance(2 * HOUR);
        assert_eq!(world.run(line).code, Some(0), "{action} after {ran:?}");
    }
    world.job(&served);
}

/// CURRENT of a user whose LAST has rested, as the ledger has it.
fn remembered(world: &World) -> Handed {
    let (last, current) = (world.key("ci", 70 * DAY), world.key("ci", 40 * DAY));
    let account = &mut world.sandbox.account();
    let at = rotator_cli::clock::rfc3339(account.now() - 13 * HOUR);
    let user = account.user("ci").unwrap().id;
    let slots = format!("at={at} user={user} current={} last={}", current.id, last.id);
    account.tag_user("ci", &[("rotator:slots".to_owned(), slots)]).unwrap();
    current
}

/// The pair that the user's secret serves, if it holds one yet.
fn stored(world: &World, user: &str) -> Option<Handed> {
    let value = world.sandbox.account().secret_value(user, "AWSCURRENT")?;
    let value = value.expose_secret();
    (value != "{}").then(|| handed(&format!("{{\"{user}\": {value}}}")).remove(0))
}

/// Waits until the sandbox has done so many calls, or the program has ended.
fn after_calls(world: &World, child: &mut Child, calls: usize) {
    while world.sandbox.calls().len() < calls && child.try_wait().unwrap().is_none() {
        std::thread::park_timeout(Duration::from_millis(1));
    }
}

/// Waits until what a killed run has sent is done: the clock is moved on by hours next, and no request is
/// on its way for so long.
fn lands(world: &World) {
    let mut before = usize::MAX;
    while before != world.sandbox.calls().len() {
        before = world.sandbox.calls().len();
        std::thread::park_timeout(Duration::from_millis(100));
    }
}

#[test]
fn killed_after_any_call() {
    let line = "rotator rotate ci --store secretsmanager:{user} --min-age 1h --journal journal";
    let mut world = World::with(Settings { latency: Duration::from_millis(4), ..Settings::default() });
    for user in USERS {
        world.user(user, "/ci/");
    }
    let mut killed = 0;
    for turn in 0..20 {
        world.sandbox.clear_calls();
        let mut child = world.command(line).spawn().unwrap();
        after_calls(&world, &mut child, 2 + 3 * turn);
        drop(child.kill());
        killed += usize::from(finish(child).code.is_none());
        lands(&world);
        for pair in USERS.iter().filter_map(|user| stored(&world, user)) {
            world.job(&pair);
        }
        world.advance(2 * HOUR);
    }
    assert!(killed >= 10, "only {killed} of 20 runs were killed before they ended");
    // A key that a killed run made two hours ago may become CURRENT only now, and then its LAST rests.
    assert!(matches!(world.run(line).code, Some(0 | 5)));
    world.advance(2 * HOUR);
    let ran = world.run(line);
    assert_eq!(ran.code, Some(0));
    assert!(ran.stderr.contains("3 rotated in"), "{}", ran.stderr);
    for user in USERS {
        world.job(&stored(&world, user).unwrap());
        assert_eq!(world.ids(user).len(), 2);
    }
    crate::journal::check(&world.read("journal"));
}

#[test]
fn told_to_stop() {
    for signal in ["TERM", "INT"] {
        let mut world = World::with(Settings { latency: Duration::from_millis(30), ..Settings::default() });
        for user in USERS {
            world.user(user, "/ci/");
        }
        let mut child = world.command("rotator rotate ci").spawn().unwrap();
        // Amid the first user: its key is made, the others have not had their turn.
        let created = |world: &World| {
            world.sandbox.calls().iter().filter(|call| call.action == "iam:CreateAccessKey").count()
        };
        while created(&world) == 0 && child.try_wait().unwrap().is_none() {
            std::thread::park_timeout(Duration::from_millis(1));
        }
        let kill = format!("kill -{signal} {}", child.id());
        assert!(std::process::Command::new("sh").args(["-c", &kill]).status().unwrap().success());
        let ran = finish(child);
        world.tell_run("rotator rotate ci", &ran);
        assert_eq!((ran.code, ran.handed().len()), (Some(7), 1), "{signal}");
        assert!(world.works(&ran.handed()[0]));
        world.sandbox.account().settings.latency = Duration::ZERO;
        world.advance(2 * HOUR);
        world.job(&ran.handed()[0]);
        assert_eq!(world.run("rotator rotate ci").code, Some(0), "the others have their turn");
        world.check("told_to_stop");
    }
}
