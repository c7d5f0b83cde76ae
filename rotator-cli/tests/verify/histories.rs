//! What a timeline draws of a journal.

use rotator_cli::history::Role;
use rotator_cli::verify::histories;

use crate::forge::honest;
use crate::kit::World;

#[test]
fn keys_over_time() {
    let world = World::new();
    // What does not verify is skipped.
    let mut lines = honest();
    lines.insert(3, "Dear auditor".to_owned());
    world.write("journal", &lines.join("\n"));
    let users = histories(&[world.path("journal")]).unwrap();
    let names: Vec<_> = users.iter().map(|user| user.user.as_str()).collect();
    assert_eq!(names, ["ci", "deploy"]);
    let mut story = String::new();
    for user in &users {
        assert!(user.account.is_some() && user.since.is_some());
        for (number, key) in user.keys.iter().enumerate() {
            let roles: Vec<_> = key.roles.iter().map(|(_, role)| role.name()).collect();
            let statuses: Vec<_> = key.statuses.iter().map(|(_, status)| format!("{status:?}")).collect();
            let (deleted, uses) = (key.deleted.is_some(), key.uses.len());
            story += &format!(
                "{} {number}: {}; {}; deleted {deleted}, uses {uses}\n",
                user.user,
                roles.join(" "),
                statuses.join(" ")
            );
        }
    }
    insta::assert_snapshot!("histories", story);
    let ci = &users[0];
    assert!(ci.keys.is_sorted_by_key(|key| key.created), "oldest first");
    assert!(ci.keys[0].roles.iter().any(|(_, role)| *role == Role::Current));
    assert!(histories(&[world.path("no-such-file")]).is_err());
}
