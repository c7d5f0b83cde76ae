//! Three accounts, one by the credentials at hand, one by a role, one by a profile: one command.

use rotator_cli::sandbox::{KeyStatus, Settings};
use secrecy::ExposeSecret;
use serde_json::Value;

use crate::kit::{DAY, World};

const ARN: &str = "arn:aws:iam::222222222222:role/rotator";

struct Three {
    /// The first account; its home is that of the programs.
    one: World,
    two: World,
    three: World,
}

fn account(number: &str, seed: u64) -> World {
    World::with(Settings { account_id: number.to_owned(), seed, ..Settings::default() })
}

impl Three {
    fn new(external_id: &str) -> Self {
        // Of the same seed, so that the first one's administrator is known to the second, where a role is assumed.
        let (one, two, three) =
            (account("111111111111", 1), account("222222222222", 1), account("333333333333", 3));
        assert_eq!(two.sandbox.account().add_role("rotator", Some("f3a1")), ARN);
        for (world, users) in
            [(&one, ["ci-a", "ci-b"]), (&two, ["ci-a", "ci-c"]), (&three, ["ci-d", "other"])]
        {
            for user in users {
                world.user(user, "/ci/");
                world.used_key(user, 40 * DAY);
            }
        }
        let admin = three.sandbox.admin();
        std::fs::create_dir_all(one.path(".aws")).unwrap();
        one.write(
            ".aws/credentials",
            &format!(
                "[third]\naws_access_key_id = {}\naws_secret_access_key = {}\n",
                admin.id,
                admin.secret.expose_secret()
            ),
        );
        let [a, b, c] = [&one, &two, &three].map(|world| world.sandbox.endpoint());
        one.write(
            "rotator.toml",
            &format!(
                r#"
[defaults]
rotate-after = "30d"
journal = "rotator.jsonl"
region = "us-east-1"

[[target]]
name = "one"
path = "ci"
endpoint-url = "{a}"
store = "file:one.json"

[[target]]
name = "two"
path = "ci"
endpoint-url = "{b}"
role-arn = "{ARN}"
external-id = "{external_id}"
session-name = "fleet"
store = "secretsmanager:ci/{{user}}"

[[target]]
name = "three"
path = "ci"
endpoint-url = "{c}"
profile = "third"
include = ["ci-*"]
store = "ssm:/ci/{{user}}"
"#
            ),
        );
        Self { one, two, three }
    }

    /// How many keys each user has, and that all of them work.
    fn keys(&self) -> Vec<(String, usize)> {
        let mut all = Vec::new();
        for (name, world) in [("one", &self.one), ("two", &self.two), ("three", &self.three)] {
            let account = world.sandbox.account();
            for user in account.users().iter().filter(|user| user.path == "/ci/") {
                let keys = account.keys(&user.name).unwrap();
                assert!(keys.iter().all(|key| key.status == KeyStatus::Active));
                all.push((format!("{name}/{}", user.name), keys.len()));
            }
        }
        all
    }
}

fn counts(all: &[(&str, usize)]) -> Vec<(String, usize)> {
    all.iter().map(|(user, keys)| ((*user).to_owned(), *keys)).collect()
}

#[test]
fn three_accounts_are_rotated_by_one_command() {
    let mut three = Three::new("f3a1");
    let ran = three.one.run("rotator config check");
    assert_eq!((ran.code, ran.stdout.lines().count()), (Some(0), 3), "{}", ran.stderr);
    let out = three.one.command("rotator rotate --all --json").output().unwrap();
    let report: Value = serde_json::from_slice(&out.stdout).unwrap();
    assert_eq!(out.status.code(), Some(0), "{report:#}");
    let told: Vec<_> = report["targets"]
        .as_array()
        .unwrap()
        .iter()
        .map(|target| {
            let users = target["users"].as_array().unwrap().iter().map(|user| user["user"].as_str().unwrap());
            (
                target["target"].as_str().unwrap(),
                target["account"].as_str().unwrap(),
                users.collect::<Vec<_>>(),
            )
        })
        .collect();
    assert_eq!(
        told,
        [
            ("one", "111111111111", vec!["ci-a", "ci-b"]),
            ("two", "222222222222", vec!["ci-a", "ci-c"]),
            ("three", "333333333333", vec!["ci-d"]),
        ]
    );
    let after = [
        ("one/ci-a", 2),
        ("one/ci-b", 2),
        ("two/ci-a", 2),
        ("two/ci-c", 2),
        ("three/ci-d", 2),
        ("three/other", 1),
    ];
    assert_eq!(three.keys(), counts(&after));
    // Each pair is in its account's own store.
    let file: Value = serde_json::from_str(&three.one.read("one.json")).unwrap();
    assert_eq!(
        file.as_object().unwrap().len(),
        2,
        "{:?}",
        file.as_object().unwrap().keys().collect::<Vec<_>>()
    );
    assert!(three.two.sandbox.account().secret("ci/ci-a").is_ok());
    assert!(three.three.sandbox.account().parameter("/ci/ci-d").is_ok());
    // Each account has its journal, and each is whole.
    let mut journals: Vec<_> = std::fs::read_dir(three.one.path("."))
        .unwrap()
        .map(|file| file.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.ends_with(".jsonl"))
        .collect();
    journals.sort();
    assert_eq!(journals, ["rotator.one.jsonl", "rotator.three.jsonl", "rotator.two.jsonl"]);
    for journal in &journals {
        let out = three.one.command(&format!("rotator verify {journal}")).output().unwrap();
        assert_eq!(out.status.code(), Some(0), "{}", String::from_utf8_lossy(&out.stdout));
    }
    // The second account was worked on by the role, under the session's name.
    assert!(three.one.read("rotator.two.jsonl").contains("assumed-role/rotator/fleet"));
    // All is new now: a second run makes no key.
    assert_eq!(three.one.command("rotator rotate --all").output().unwrap().status.code(), Some(0));
    assert_eq!(three.keys(), counts(&after));
    // One target of the three.
    three.one.run("rotator plan --target three");
    let alone = three.one.command("rotator plan --target three --json").output().unwrap();
    let alone: Value = serde_json::from_slice(&alone.stdout).unwrap();
    assert_eq!((&alone["targets"][0]["target"], &alone["exit"]), (&Value::from("three"), &Value::from(0)));
    three.one.run("rotator plan --target two --target three");
    three.one.run("rotator status --target one --target three --json");
    three.one.run("rotator retire --target one --target three --dry-run");
    three.one.check("config_three_accounts");
}

#[test]
fn a_role_that_is_refused_is_named_and_the_others_go_on() {
    let mut three = Three::new("wrong");
    assert_eq!(three.one.run("rotator status --target two").code, Some(6));
    assert_eq!(three.one.run("rotator plan --target one --target two --json").code, Some(6));
    // Side by side, so in whatever order.
    let out = three.one.command("rotator rotate --all").output().unwrap();
    let told = String::from_utf8(out.stderr).unwrap();
    assert_eq!(out.status.code(), Some(6), "{told}");
    assert!(told.contains(&format!("two: error: cannot assume the role {ARN}: AccessDenied")), "{told}");
    let after = [
        ("one/ci-a", 2),
        ("one/ci-b", 2),
        ("two/ci-a", 1),
        ("two/ci-c", 1),
        ("three/ci-d", 2),
        ("three/other", 1),
    ];
    assert_eq!(three.keys(), counts(&after));
    // Whoever runs this may not assume roles at all.
    three.two.sandbox.account().deny("sts:AssumeRole");
    three.one.run("rotator status --target two");
    three.one.check("config_role_refused");
}

#[test]
fn a_role_without_its_external_id_is_refused() {
    let mut three = Three::new("f3a1");
    let file = three.one.read("rotator.toml").replace("external-id = \"f3a1\"\n", "");
    three.one.write("rotator.toml", &file);
    assert_eq!(three.one.run("rotator status --target two").code, Some(6));
    three.one.check("config_role_without_external_id");
}

#[test]
fn only_users_with_all_tags_are_taken() {
    let mut world = World::users(&["a", "b", "c"]);
    let tag = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    world.sandbox.account().tag_user("a", &[tag("team", "x"), tag("env", "prod")]).unwrap();
    world.sandbox.account().tag_user("b", &[tag("team", "x"), tag("env", "test")]).unwrap();
    let file = |tags: &str| {
        format!("[[target]]\nname = 't'\npath = 'ci'\ntags = {{ {tags} }}\nstore = 'file:keys.json'\n")
    };
    world.write("rotator.toml", &file("team = 'x', env = 'prod'"));
    world.run("rotator plan --all");
    assert_eq!(world.run("rotator rotate --all").code, Some(0));
    assert_eq!(["a", "b", "c"].map(|user| world.ids(user).len()), [1, 0, 0]);
    world.write("rotator.toml", &file("team = 'nobody'"));
    assert_eq!(world.run("rotator rotate --all").code, Some(2));
    world.sandbox.account().deny("iam:ListUserTags");
    assert_eq!(world.run("rotator rotate --all").code, Some(6));
    world.check("config_tags");
}
