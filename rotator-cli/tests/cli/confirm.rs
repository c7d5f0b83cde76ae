//! `rotator confirm --all`: whoever stored everything says so once.

use std::collections::BTreeSet;

use rotator_cli::permissions::NEEDS;

use crate::kit::{DAY, HOUR, World};

#[test]
fn everything_that_was_handed_over_is_stored() {
    let mut world = World::users(&["alice", "bob", "carol"]);
    for user in ["alice", "bob"] {
        world.used_key(user, 40 * DAY);
    }
    // Carol's key is young, so nothing is handed over for her.
    world.used_key("carol", DAY);
    let line = "rotator rotate ci --rotate-after 30d --handover confirm -o pairs.json";
    assert_eq!(world.run(line).code, Some(0));
    world.advance(3 * HOUR);
    assert_eq!(world.run("rotator confirm --all ci").code, Some(2), "nobody can be asked in a pipe");
    assert_eq!(world.run("rotator confirm --all ci --dry-run").code, Some(0));
    world.tell_account();
    world.sandbox.clear_calls();
    assert_eq!(world.run("rotator confirm --all ci --yes").code, Some(0));
    assert_eq!(world.run("rotator confirm --all ci --yes").code, Some(0));
    let row = NEEDS.iter().find(|needs| needs.command == "`confirm --all`").unwrap();
    let mut called: BTreeSet<_> = world.sandbox.calls().into_iter().map(|call| call.action).collect();
    called.remove("sts:GetCallerIdentity");
    // Asked in each look, and nothing is decided by it.
    called.remove("iam:GetAccessKeyLastUsed");
    assert_eq!(called, row.actions().map(str::to_owned).collect());
    world.tell_account();
    assert_eq!(world.run("rotator confirm --all ci --user alice").code, Some(2));
    world.check("confirm_all");
}
