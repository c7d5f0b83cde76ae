//! One account that has everything, at a time that stands still.

use std::time::{Duration, SystemTime};

use rotator_cli::sandbox::{Fault, Hits, KeyStatus, LastUse, Pair, Settings, What};
use rotator_cli::{clock, iam, ledger};

use crate::kit::{DAY, HOUR, MINUTE, World};

/// 2026-06-01T12:00:00Z, so that the same program prints the same.
pub fn noon() -> SystemTime {
    clock::parse_rfc3339("2026-06-01T12:00:00Z").unwrap()
}

pub fn world() -> World {
    World::with(Settings { stopped_at: Some(noon()), ..Settings::default() })
}

/// A key that was made so long ago, and used so long ago.
pub fn key(world: &World, user: &str, age: Duration, used: Option<Duration>) -> String {
    let mut account = world.sandbox.account();
    let Pair { id, .. } = account.create_key(user).unwrap();
    let now = account.now();
    account.set_created(&id, now - age).unwrap();
    let used = used.map(|ago| LastUse {
        at: now - ago,
        service: "s3".to_owned(),
        region: "eu-central-1".to_owned(),
    });
    account.set_last_used(&id, used).unwrap();
    id
}

/// What a run would have written so long ago.
pub fn named(world: &World, user: &str, slots: &rotator::Slots, ago: Duration) {
    let mut account = world.sandbox.account();
    let at = account.now() - ago;
    let found = account.user(user).unwrap();
    let about = iam::User { name: found.name, id: found.id, path: found.path };
    let value = ledger::write_slots(&about, slots, None, at);
    account.tag_user(user, &[(ledger::SLOTS.to_owned(), value)]).unwrap();
}

pub fn id(text: &str) -> Option<rotator::AccessKeyId> {
    Some(rotator::AccessKeyId::parse(text).unwrap())
}

pub fn current(text: &str) -> rotator::Slots {
    rotator::Slots { current: id(text), ..rotator::Slots::default() }
}

/// A user with one key that is CURRENT and in use.
pub fn good(world: &World, name: &str, path: &str, age: Duration) -> String {
    world.user(name, path);
    let made = key(world, name, age, Some(2 * HOUR));
    named(world, name, &current(&made), age);
    made
}

/// Every state that a rule tells apart, on `/ci/`. The faults strike when the account is first audited.
pub fn everything() -> (World, Vec<Hits>) {
    let world = world();
    let slots = rotator::Slots::default;
    // In the middle of the pattern: two keys that work.
    world.user("build", "/ci/");
    let last = key(&world, "build", 40 * DAY, Some(11 * DAY));
    let now = key(&world, "build", 10 * DAY, Some(2 * HOUR));
    named(&world, "build", &rotator::Slots { current: id(&now), last: id(&last), ..slots() }, 10 * DAY);
    // Rotated by nobody.
    good(&world, "deploy", "/ci/", 120 * DAY);
    // A key without a name beside CURRENT.
    let kept = good(&world, "guest", "/ci/", 5 * DAY);
    key(&world, "guest", 3 * DAY, None);
    named(&world, "guest", &current(&kept), 5 * DAY);
    // Handed over, and confirmed by nobody.
    world.user("half=done,@x.-y", "/ci/");
    let old = key(&world, "half=done,@x.-y", 20 * DAY, Some(HOUR));
    let new = key(&world, "half=done,@x.-y", 3 * HOUR, None);
    let slots_now = rotator::Slots { current: id(&old), pending: id(&new), ..slots() };
    named(&world, "half=done,@x.-y", &slots_now, 3 * HOUR);
    // Needed by nobody.
    world.user("idle", "/ci/");
    let idle = key(&world, "idle", 60 * DAY, None);
    named(&world, "idle", &current(&idle), 60 * DAY);
    // Two keys, and no memory: a rotation by hand.
    world.user("met", "/ci/");
    key(&world, "met", 30 * DAY, Some(HOUR));
    key(&world, "met", 20 * DAY, Some(HOUR));
    // No key at all.
    world.user("none", "/ci/");
    // Switched off by a person; LAST is off and old, which no rule of age is about.
    world.user("off", "/ci/");
    let gone = key(&world, "off", 200 * DAY, Some(150 * DAY));
    let off = key(&world, "off", 20 * DAY, Some(19 * DAY));
    named(&world, "off", &rotator::Slots { current: id(&off), last: id(&gone), ..slots() }, 20 * DAY);
    for id in [&gone, &off] {
        world.sandbox.account().set_status("off", id, KeyStatus::Inactive).unwrap();
    }
    // More keys than the quota has.
    world.user("three", "/ci/");
    world.sandbox.account().settings.keys_per_user = 3;
    let first = key(&world, "three", 3 * DAY, Some(HOUR));
    key(&world, "three", 2 * DAY, None);
    key(&world, "three", DAY, None);
    world.sandbox.account().settings.keys_per_user = 2;
    named(&world, "three", &current(&first), 3 * DAY);
    // Of whom one answer is missing, and of whom all are.
    good(&world, "unread", "/ci/", 50 * DAY);
    good(&world, "unseen", "/ci/", 5 * DAY);
    // Names that a spreadsheet, a shell or a table may take for something else.
    good(&world, "=1+1", "/ci/", DAY);
    good(&world, "@home", "/ci/", DAY);
    good(&world, "-n", "/ci/", DAY);
    // A path below, a person, and somebody who was young a minute ago.
    good(&world, "below", "/ci/eu/", 5 * DAY);
    world.user("alice", "/people/");
    let run = good(&world, "young", "/ci/", 30 * DAY);
    key(&world, "young", MINUTE, None);
    named(&world, "young", &current(&run), 30 * DAY);
    let hits = vec![
        world.sandbox.inject(Fault::always("iam:ListUserTags", What::Deny).for_user("unseen")),
        world.sandbox.inject(Fault::nth(18, "iam:GetAccessKeyLastUsed", What::Deny)),
    ];
    (world, hits)
}
