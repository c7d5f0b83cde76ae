//! Whole outputs, and what a policy is not about.

use std::fmt::Write as _;

use crate::enough::printed;
use crate::kit::{DAY, World, finish};
use crate::lives::SECRET;
use crate::stage::Stage;

/// Runs that print, in one story.
fn told(lines: &[&str]) -> String {
    let world = World::new();
    let mut story = String::new();
    for line in lines {
        let mut command = world.command(&format!("rotator policy {line}"));
        // Neither credentials nor an endpoint: nothing is called.
        command.env_remove("AWS_ACCESS_KEY_ID").env_remove("AWS_SECRET_ACCESS_KEY");
        command.env_remove("AWS_ENDPOINT_URL").env_remove("AWS_REGION");
        let ran = finish(command.spawn().unwrap());
        writeln!(story, "$ rotator policy {line}\n{}", ran.stdout.trim_end()).unwrap();
        for line in ran.stderr.lines() {
            writeln!(story, "2| {line}").unwrap();
        }
        writeln!(story, "exit {}\n", ran.code.unwrap()).unwrap();
        assert!(ran.code != Some(0) || serde_json::from_str::<serde_json::Value>(&ran.stdout).is_ok());
    }
    assert!(world.sandbox.calls().is_empty());
    story
}

fn check(name: &str, story: &str) {
    insta::with_settings!({omit_expression => true, prepend_module_to_snapshot => false}, {
        insta::assert_snapshot!(name, story);
    });
}

#[test]
fn policies() {
    let story = told(&[
        "machines --account 111122223333",
        "machines --recursive --store 'secretsmanager:{path}/{user}/aws?kms-key=alias/ci' --region eu-central-1",
        "machines --store 'ssm:/ci/{user}?kms-key=1234abcd-12ab&tier=intelligent-tiering' --region cn-north-1 \
         --account 111122223333 --for rotate,retire,revoke",
        "/ --store 'vault:secret/ci/{user}' --for rollback",
        "machines -o pairs.json --dry-run",
        "machines --store file:keys.json --for retire --partition aws-us-gov",
        "machines --for confirm,confirm-all",
        "machines --store 'secretsmanager:ci/{user}'",
    ]);
    check("policies", &story);
}

#[test]
fn what_makes_no_sense_is_said() {
    let story = told(&[
        "machines --account 1111",
        "machines --account 11112222333a",
        "machines --partition azure",
        "machines --for nobody",
        "machines --for rollback",
        "machines --for confirm --store 'secretsmanager:ci/{user}'",
        "machines --for retire --ledger dates",
        "machines --ledger dates --handover confirm",
        "machines --store 'secretsmanager:c,i'",
        "machines --store 'ssm:ci/{user}'",
        "'two words'",
        "''",
        "",
    ]);
    check("senseless", &story);
}

#[test]
fn users_and_secrets_elsewhere_are_denied() {
    let mut stage = Stage::new(Some(&printed(SECRET, "rotate")), SECRET);
    stage.world.user("other", "/other/");
    for user in ["ci", "other"] {
        stage.world.used_key(user, 40 * DAY);
    }
    stage.run("rotator rotate other {}");
    stage.run("rotator rotate ci --store secretsmanager:prod/{user}");
    stage.run("rotator rotate ci {}");
    let ends: Vec<_> = stage.runs.iter().map(|(_, ran)| ran.code.unwrap()).collect();
    assert_eq!(ends, [6, 6, 0]);
    for (at, action, resource) in [
        (0, "iam:ListAccessKeys", "arn:aws:iam::111122223333:user/other/other"),
        (1, "secretsmanager:DescribeSecret", "prod/ci"),
    ] {
        let said = format!("perform: {action} on resource: {resource}");
        assert!(stage.runs[at].1.stderr.contains(&said), "{}", stage.runs[at].1.stderr);
    }
    assert_eq!(stage.world.ids("other").len(), 1);
}

/// Tags may decide who may do what, so the policy leaves all but ours alone.
#[test]
fn only_our_own_tags_may_be_set() {
    let policy = printed("", "rotate");
    let mut narrow = policy.clone();
    for statement in narrow["Statement"].as_array_mut().unwrap() {
        if statement["Sid"] == "OwnTagsOfTheseUsers" {
            statement["Condition"]["ForAllValues:StringEquals"]["aws:TagKeys"] = serde_json::json!(["team"]);
        }
    }
    for (policy, code) in [(policy, 0), (narrow, 6)] {
        let mut stage = Stage::new(Some(&policy), "");
        stage.world.used_key("ci", 40 * DAY);
        stage.run("rotator rotate ci {} -o pairs.json");
        assert_eq!(stage.runs[0].1.code, Some(code), "{}", stage.runs[0].1.stderr);
    }
}
