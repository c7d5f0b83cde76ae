//! What our calls say of themselves, so that a trail tells them from other tools'.

use rotator_cli::aws::APP;

use crate::kit::{DAY, World};

/// Every call of both programs names us, the proof with the new key too, whatever name the user's own tools
/// are given.
#[test]
fn every_call_names_the_program() {
    for line in [
        "AWS_SDK_UA_APP_ID=somebody rotator rotate ci --store secretsmanager:ci/{user} --settle 1s",
        "iam-credential-rotation ci",
    ] {
        let mut world = World::users(&["ci"]);
        world.used_key("ci", 40 * DAY);
        assert_eq!(world.run(line).code, Some(0));
        let calls = world.sandbox.calls();
        let services =
            ["iam", "sts"].map(|service| calls.iter().any(|call| call.action.starts_with(service)));
        assert_eq!(services, [true; 2]);
        for call in calls {
            let agent = call.agent.unwrap_or_default();
            let words = format!(" {agent} ");
            assert!(words.contains(&format!(" app/{APP} ")), "{}: {agent}", call.action);
        }
    }
}
