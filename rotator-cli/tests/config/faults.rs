//! Each class of error, with its line and its column.

use crate::kit::World;

const CASES: [(&str, &str); 12] = [
    (
        "keys that there are not",
        r#"
[defaults]
min_age = "12h"
colour = "red"
role-arn = "arn:aws:iam::111122223333:role/r"
[[target]]
name = "a"
path = "ci"
dry-run = true
aws-secret-access-key = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
"#,
    ),
    (
        "types",
        r#"
[defaults]
min-age = 12
recursive = "true"
max-users = "20"
[[target]]
name = "a"
path = ["ci"]
include = "ci-*"
exclude = [1]
tags = { team = 1 }
"#,
    ),
    (
        "values",
        r#"
[defaults]
min-age = "12 parsecs"
handover = "evidenc"
store = "secretmanager:x"
concurrency = -1
[[target]]
name = "a b"
path = "c i"
include = ["[a"]
role-arn = "arn:aws:iam::1:role/r"
session-name = "x"
"#,
    ),
    ("TOML", "[defaults]\nmin-age = \"12h\nsettle = \"60s\"\n[[target]\n"),
    (
        "MFA",
        r#"
[[target]]
name = "a"
path = "ci"
role-arn = "arn:aws:iam::111122223333:role/r"
mfa_serial = "arn:aws:iam::111122223333:mfa/x"
"#,
    ),
    (
        "what is missing",
        "[defaults]\n[[target]]\npath = \"ci\"\n[[target]]\nname = \"b\"\n[[target]]\nname = \"c\"\npaths = []\n",
    ),
    ("nothing at all", ""),
    ("tables", "[target]\nname = \"a\"\n[default]\nstore = \"ssm:x\"\n"),
    (
        "what does not go together by itself",
        r#"
[defaults]
store = "file:a.json"
outfile = "b.json"
[[target]]
name = "a"
path = "ci"
paths = ["ci"]
external-id = "ab"
session-name = "ab"
"#,
    ),
    (
        "options that do not go together",
        r#"
[defaults]
exec-served = "served {user}"
[[target]]
name = "a"
path = "ci"
store = "ssm:x/{user}"
[[target]]
name = "b"
path = "other"
store = "exec:put {user}"
ledger = "dates"
"#,
    ),
    (
        "one name, and the same users",
        r#"
[defaults]
outfile = "a.json"
[[target]]
name = "a"
path = "ci"
recursive = true
[[target]]
name = "b"
path = "ci/nightly"
outfile = "b.json"
[[target]]
name = "a"
path = "x"
[[target]]
name = "c"
path = "y"
role-arn = "arn:aws:iam::111122223333:role/one"
[[target]]
name = "d"
path = "y"
role-arn = "arn:aws:iam::111122223333:role/another"
"#,
    ),
    (
        "one place for the pairs of several",
        r#"
[[target]]
name = "a"
path = "a"
[[target]]
name = "b"
path = "b"
outfile = "x.json"
[[target]]
name = "c"
path = "c"
outfile = "x.json"
"#,
    ),
];

#[test]
fn each_class_of_error_with_its_line_and_column() {
    let mut world = World::new();
    for (name, text) in CASES {
        world.tell(&format!("# {name}"));
        world.write("rotator.toml", text);
        assert_eq!(world.run("rotator config check").code, Some(2), "{name}");
        // The same, before any call, where something would be done.
        let ran = world.command("rotator rotate --all").output().unwrap();
        assert_eq!((ran.status.code(), ran.stdout), (Some(2), Vec::new()), "{name}");
    }
    assert_eq!(world.sandbox.calls(), []);
    world.check("config_faults");
}

#[test]
fn for_machines() {
    let mut world = World::new();
    world.write("rotator.toml", CASES[0].1);
    assert_eq!(world.run("rotator config check --json").code, Some(2));
    world.check("config_faults_json");
}

#[test]
fn names_that_keep_two_targets_apart() {
    let mut world = World::new();
    let two = |first: &str, second: &str| {
        format!(
            "[[target]]\nname = \"a\"\npath = \"ci\"\nstore = \"ssm:a/{{user}}\"\n{first}\n\
             [[target]]\nname = \"b\"\npath = \"ci\"\nstore = \"ssm:b/{{user}}\"\n{second}\n"
        )
    };
    for (first, second, fine) in [
        ("", "", false),
        ("include = ['ci-*']", "exclude = ['ci-*']", true),
        ("exclude = ['ci-*']", "include = ['ci-*']", true),
        ("include = ['ci-*', 'x']", "exclude = ['ci-*']", false),
        ("include = ['x']", "include = ['ci-*']", true),
        ("include = ['ci-x']", "include = ['ci-*']", false),
        ("include = ['ci-*']", "include = ['bot-*']", false),
        ("profile = 'one'", "profile = 'two'", true),
        ("profile = 'one'", "profile = 'one'", false),
        ("endpoint-url = 'http://a'", "endpoint-url = 'http://b'", true),
    ] {
        world.write("rotator.toml", &two(first, second));
        let code = world.run("rotator config check").code;
        assert_eq!(code, Some(if fine { 0 } else { 2 }), "{first} and {second}");
    }
}
