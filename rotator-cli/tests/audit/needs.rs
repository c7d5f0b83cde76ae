//! What the table of permissions says of `audit` is what it calls, to the action.

use std::collections::BTreeSet;

use rotator_cli::permissions::NEEDS;

use crate::account::{good, world};
use crate::kit::DAY;

#[test]
fn it_calls_what_the_table_says() {
    let status = "`plan`, `status`, `audit`, `rotate --dry-run`, `--ledger dates`";
    for (options, row) in [
        ("--ledger dates", status),
        ("", "… with tags (the default, and with every store that has no row of its own)"),
        ("--store secretsmanager:ci/{user}", "… with `--store secretsmanager:…`"),
        ("--store ssm:/ci/{user}", "… with `--store ssm:…`"),
        ("--store file:pairs.json", "… with `--store file:…`"),
    ] {
        for who in ["ci", "--all"] {
            let mut world = world();
            good(&world, "ci", "/ci/", DAY);
            let line = format!("rotator audit {who} {options}");
            let ran = world.run(&line);
            assert_eq!(ran.code, Some(0), "{line}: {}", ran.stderr);
            let calls = world.sandbox.calls().into_iter();
            let mut used: BTreeSet<_> = calls.map(|call| call.action).collect();
            used.remove("sts:GetCallerIdentity");
            if options.contains("secretsmanager") {
                // For a pair that somebody put there by hand.
                used.insert("secretsmanager:GetSecretValue".to_owned());
            }
            let told = NEEDS.iter().find(|needs| needs.command == row).unwrap().actions();
            assert_eq!(used, told.map(str::to_owned).collect(), "{line}");
        }
    }
}
