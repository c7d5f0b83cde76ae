//! Files, as those who are not ours read them: `jq`, and the AWS CLI with its SDK, botocore.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;

use serde_json::{Map, Value, json};

use super::{blocks, installed, lines, page, program, shell, typed, world};
use crate::kit::{HOUR, Handed, World};
use crate::stores::pass;

const JQ: &str = "/usr/bin/jq";

/// The names in a document, without what they hold.
fn shape(value: &Value) -> Value {
    let Some(members) = value.as_object() else { return Value::Null };
    members.iter().map(|(name, value)| (name.clone(), shape(value))).collect::<Map<_, _>>().into()
}

fn shown(name: &str) -> Value {
    shape(&serde_json::from_str(blocks(page(name), "json")[0]).unwrap())
}

#[test]
fn a_file_is_read_as_the_page_says() {
    let lines = lines("file.md", 6);
    typed(&lines[..2], || world("ci"));
    if !fs::exists(JQ).unwrap() {
        eprintln!("not run: the page's line needs jq");
        return;
    }
    let mut world = world("ci");
    for line in &lines[..2] {
        shell(&mut world, "sh", line);
    }
    let read = shell(&mut world, "sh", lines[2]);
    let pair: Value = serde_json::from_str(&read.stdout).unwrap();
    job(&world, &pair);
    pass(&world, 14 * HOUR);
    assert_eq!(shell(&mut world, "sh", lines[1]).code, Some(0));
    let again: Value = serde_json::from_str(&shell(&mut world, "sh", lines[2]).stdout).unwrap();
    assert_ne!(pair["AccessKeyId"], again["AccessKeyId"]);
    job(&world, &again);
    let whole: Value = serde_json::from_str(&world.read("keys.json")).unwrap();
    assert_eq!(shape(&whole["deploy"]), shown("file.md")["deploy"]);
}

fn job(world: &World, pair: &Value) {
    let word = |name: &str| pair[name].as_str().unwrap().to_owned();
    world.job(&Handed {
        user: "deploy".to_owned(),
        id: word("AccessKeyId"),
        secret: word("SecretAccessKey"),
    });
}

#[test]
fn logins_for_ses_look_as_the_page_shows_them() {
    let option = "--with ses-smtp=eu-central-1,us-east-1";
    assert!(page("stores/README.md").contains(&format!("`{option}`")));
    let mut world = world("ci");
    world.run(&format!("rotator rotate ci --store file:keys.json {option}"));
    let whole: Value = serde_json::from_str(&world.read("keys.json")).unwrap();
    assert_eq!(shape(&whole["deploy"]["CURRENT"]), shown("stores/README.md"));
}

/// A world with the AWS CLI, if there is one.
fn with_cli() -> Option<impl Fn() -> World> {
    let cli = installed("ROTATOR_TEST_PYTHON")?.with_file_name("aws");
    Some(move || {
        let mut world = world("ci");
        world.set("AWS_DEFAULT_REGION", "us-east-1");
        program(&world, "aws", &cli);
        world
    })
}

#[test]
fn a_job_reads_what_is_stored_in_aws() {
    let Some(fresh) = with_cli() else { return };
    for name in ["secretsmanager.md", "ssm.md"] {
        let lines = lines(name, 4);
        let mut world = fresh();
        let [before, after] = [(), ()].map(|()| {
            assert_eq!(shell(&mut world, "sh", lines[1]).code, Some(0));
            let read = shell(&mut world, "sh", lines[3]);
            let pair: Value = serde_json::from_str(&read.stdout).unwrap();
            assert_eq!(shape(&pair), json!({ "AccessKeyId": null, "SecretAccessKey": null }), "{name}");
            job(&world, &pair);
            world.advance(14 * HOUR);
            pair
        });
        assert_ne!(before, after, "{name}");
    }
}

/// The CLI's botocore reads the file and signs, and what checks the signature is the embedded account.
#[test]
fn the_aws_cli_signs_with_what_stands_in_the_profile() {
    let Some(with_cli) = with_cli() else { return };
    let fresh = || {
        let world = with_cli();
        fs::create_dir(world.path(".aws")).unwrap();
        // Beside what a person has there.
        world.write(".aws/credentials", "[default]\naws_access_key_id = AKIAOFAPERSON1234567\n");
        fs::set_permissions(world.path(".aws/credentials"), Permissions::from_mode(0o600)).unwrap();
        world
    };
    let lines = &lines("file.md", 6)[3..];
    let said = typed(lines, fresh).remove(2).stdout;
    let identity: Value = serde_json::from_str(&said).unwrap();
    assert_eq!(identity["Arn"], "arn:aws:iam::111122223333:user/ci/deploy");
    // The pair that a rotation replaces is read no more, and a wrong one is told apart.
    let mut world = fresh();
    for line in lines {
        shell(&mut world, "sh", line);
    }
    world.advance(14 * HOUR);
    let before = world.read(".aws/credentials");
    assert_eq!(shell(&mut world, "sh", lines[1]).code, Some(0));
    assert_ne!(world.read(".aws/credentials"), before);
    assert_eq!(shell(&mut world, "sh", lines[2]).stdout, said);
    let wrong =
        world.read(".aws/credentials").replace("aws_secret_access_key = ", "aws_secret_access_key = x");
    world.write(".aws/credentials", &wrong);
    let refused = shell(&mut world, "sh", lines[2]);
    assert!(refused.stderr.contains("SignatureDoesNotMatch"), "{refused:?}");
}
