//! Rotations by hand-over, from the first meeting on.

use std::os::unix::fs::PermissionsExt;

use crate::kit::{DAY, HOUR, World};

#[test]
fn users_with_no_one_and_two_keys() {
    let mut world = World::users(&["none", "one", "two"]);
    let one = world.used_key("one", 40 * DAY);
    let last = world.key("two", 70 * DAY);
    let current = world.used_key("two", 40 * DAY);
    world.tell_account();
    let ran = world.run("rotator rotate ci");
    world.tell_account();

    let handed = ran.handed();
    assert_eq!(handed.len(), 2, "the third waits until LAST has rested");
    for pair in handed.iter().chain([&one, &current, &last]) {
        assert!(world.works(pair));
    }
    world.advance(13 * HOUR);
    world.job(&one);
    world.job(&current);
    for pair in &handed {
        world.job(pair);
    }
    let ran = world.run("rotator rotate ci");
    assert_eq!(ran.handed().len(), 1);
    world.tell_account();
    world.check("no_one_and_two_keys");
}

#[test]
fn three_rotations_in_a_row() {
    let mut world = World::users(&["alice", "bob"]);
    let mut served = Vec::new();
    for _ in 0..3 {
        world.run("rotator rotate /ci/ --outfile pairs.json");
        let text = world.read("pairs.json");
        served.push(crate::kit::handed(&text));
        world.run("rotator confirm pairs.json");
        world.advance(13 * HOUR);
    }
    world.tell_account();
    let mode = std::fs::metadata(world.path("pairs.json")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    for (turn, pairs) in served.iter().enumerate() {
        assert_eq!(pairs.len(), 2);
        for pair in pairs {
            assert_eq!(world.works(pair), turn > 0, "{} of turn {turn}", pair.user);
        }
    }
    world.check("three_rotations");
}
