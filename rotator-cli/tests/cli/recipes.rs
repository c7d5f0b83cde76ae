//! The scripts in `docs/stores/`, run as they stand there: the example of exec.md by rotator itself, the
//! recipes against stand-ins for the programs that they call.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use serde_json::Value;

use crate::kit::{DAY, HOUR, Handed, World, finish, handed};

const EXEC: &str = include_str!("../../../docs/stores/exec.md");
const RECIPES: &str = include_str!("../../../docs/stores/recipes.md");

const SECRET: &str = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
const ID: &str = "AKIAIOSFODNN7EXAMPLE";
const MESSAGE: &str = r#"{"Version":1,"AccessKeyId":"AKIAIOSFODNN7EXAMPLE","SecretAccessKey":"wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY","User":"ci","Path":"/ci/","Account":"111122223333","PreviousAccessKeyId":null,"IdempotencyKey":"rotator-AKIAIOSFODNN7EXAMPLE"}
"#;

/// Each script of a page with the name that its second line gives it.
fn scripts(page: &str) -> Vec<(String, String)> {
    let blocks = page.split("```sh\n").skip(1).map(|block| block.split("```").next().unwrap());
    let named = blocks.map(|script| {
        let line = script.lines().nth(1).unwrap().strip_prefix("# ").unwrap();
        let name = line.split([' ', ':']).next().unwrap();
        (name.to_owned(), script.to_owned())
    });
    named.collect()
}

/// A program. It is put in its place by another process: one that is still open for writing in this one,
/// or in a child that was forked meanwhile, could not be run.
fn program(path: &Path, text: &str) {
    let draft = path.with_extension("draft");
    fs::write(&draft, text).unwrap();
    fs::set_permissions(&draft, fs::Permissions::from_mode(0o755)).unwrap();
    assert!(Command::new("/bin/cp").arg("-p").arg(&draft).arg(path).status().unwrap().success());
}

#[test]
fn the_example_of_a_command() {
    let mut world = World::users(&["ci"]);
    let scripts = scripts(EXEC);
    assert_eq!(
        scripts.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>(),
        ["store-pair", "served-pair"]
    );
    for (name, text) in &scripts {
        program(&world.path(name), text);
        fs::set_permissions(world.path(name), fs::Permissions::from_mode(0o644)).unwrap();
    }
    let block = EXEC.split("```console\n").nth(1).unwrap().split("```").next().unwrap();
    let [allow, folder, plan, line] = block.lines().collect::<Vec<_>>()[..] else { panic!("{block}") };
    for line in [allow, folder] {
        let mut command = world.at_home("/bin/sh");
        assert!(
            command.args(["-c", line]).env("PATH", "/usr/bin:/bin").status().unwrap().success(),
            "{line}"
        );
    }
    assert_eq!(world.run(plan).code, Some(0));
    assert_eq!(fs::read_dir(world.path("keys")).unwrap().count(), 0);
    let read = |world: &World| {
        let file = world.path("keys/ci.json");
        assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
        handed(&format!("{{\"ci\": {}}}", fs::read_to_string(file).unwrap())).remove(0)
    };
    let mut last = world.used_key("ci", 40 * DAY);
    for turn in 1..=3 {
        let ran = world.run(line);
        assert_eq!(ran.code, Some(0), "turn {turn}: {ran:?}");
        let current: Handed = read(&world);
        world.job(&current);
        world.job(&last);
        last = current;
        world.advance(13 * HOUR);
    }
    // A folder that is gone: nothing is served, and nothing is made.
    fs::rename(world.path("keys"), world.path("elsewhere")).unwrap();
    assert_eq!(world.run(line).code, Some(3));
    assert!(world.works(&last));
    world.check("recipe_example");
}

/// Stand-ins: what they get is written down, what they answer is a file, and they fail where told to.
const STAND_IN: &str = r#"#!/bin/sh
echo "$@" >> "$HOME/arguments"
[ -e "$HOME/fail" ] && exit 22
case "$*" in
*"@-"* | *"=-"*) cat > "$HOME/body" ;;
esac
cat "$HOME/answer" 2>/dev/null
exit 0
"#;

struct Desk(tempfile::TempDir);

impl Desk {
    fn new() -> Self {
        let desk = Self(tempfile::tempdir().unwrap());
        fs::create_dir(desk.0.path().join("bin")).unwrap();
        for name in ["curl", "gcloud"] {
            program(&desk.0.path().join("bin").join(name), STAND_IN);
        }
        program(&desk.0.path().join("bin/az"), "#!/bin/sh\necho a-token\n");
        for (name, script) in scripts(RECIPES) {
            program(&desk.0.path().join(name), &script);
        }
        desk
    }

    fn put(&self, name: &str, text: &str) {
        fs::write(self.0.path().join(name), text).unwrap();
    }

    fn get(&self, name: &str) -> String {
        fs::read_to_string(self.0.path().join(name)).unwrap_or_default()
    }

    /// Runs a recipe with an empty record.
    fn run(&self, name: &str) -> Output {
        for record in ["arguments", "body"] {
            drop(fs::remove_file(self.0.path().join(record)));
        }
        let mut child = Command::new(self.0.path().join(name))
            .args(["first", "second"])
            .env_clear()
            .env("PATH", format!("{}:/usr/bin:/bin", self.0.path().join("bin").display()))
            .env("HOME", self.0.path())
            .env("OP_CONNECT_HOST", "http://connect:8080")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        drop(std::io::Write::write_all(&mut child.stdin.take().unwrap(), MESSAGE.as_bytes()));
        child.wait_with_output().unwrap()
    }
}

#[test]
fn recipes_send_what_the_pages_ask_for() {
    if !Path::new("/usr/bin/jq").exists() {
        eprintln!("skipped: the recipes need jq");
        return;
    }
    let desk = Desk::new();
    let (mut stored, mut served) = (Vec::new(), Vec::new());
    for (name, _) in scripts(RECIPES) {
        if name.starts_with("served-") {
            served.push(name);
            continue;
        }
        desk.put("answer", "{\"secrets\": \"of others\"}");
        let ran = desk.run(&name);
        assert!(ran.status.success() && ran.stdout.is_empty(), "{name}: {ran:?}");
        let arguments = desk.get("arguments");
        assert!(!arguments.contains(SECRET) && !arguments.contains("a-token"), "{name}: {arguments}");
        let body: Value = serde_json::from_str(&desk.get("body")).unwrap();
        stored.push(format!(
            "{name}\n{}{body:#}",
            arguments.replace(desk.0.path().to_str().unwrap(), "[HOME]")
        ));
        if name == "store-circleci" {
            a_job_has_the_pair(&body);
        }
        // What failed is not taken for stored.
        desk.put("fail", "");
        assert!(!desk.run(&name).status.success(), "{name}");
        fs::remove_file(desk.0.path().join("fail")).unwrap();
    }
    assert_eq!((stored.len(), served.len()), (6, 5));
    let temporary = regex::Regex::new(r"@\S*/tmp\.\w+").unwrap();
    let text = temporary.replace_all(&stored.join("\n\n"), "@[FILE]").into_owned();
    insta::with_settings!({ prepend_module_to_snapshot => false, omit_expression => true }, {
        insta::assert_snapshot!("recipes", text);
    });
}

/// A job of CircleCI begins with the line that the page gives.
fn a_job_has_the_pair(body: &Value) {
    let line = RECIPES.split_once("A job begins with\n`").unwrap().1.split('`').next().unwrap();
    let home = tempfile::tempdir().unwrap();
    let mut job = Command::new("/bin/sh");
    job.args(["-euc", line]).env_clear().env("PATH", "/usr/bin:/bin").env("HOME", home.path());
    job.env("AWS_CREDENTIALS_BASE64", body["value"].as_str().unwrap());
    assert!(job.status().unwrap().success());
    let file = fs::read_to_string(home.path().join(".aws/credentials")).unwrap();
    assert_eq!(file, format!("[default]\naws_access_key_id = {ID}\naws_secret_access_key = {SECRET}\n"));
}

#[test]
fn recipes_tell_what_is_served() {
    if !Path::new("/usr/bin/jq").exists() {
        eprintln!("skipped: the recipes need jq");
        return;
    }
    let desk = Desk::new();
    let cases = [
        ("served-1password", r#"{"fields": [{"id": "notes"}, {"id": "access-key-id", "value": "ID-HERE"}]}"#),
        (
            "served-terraform",
            r#"{"data": [{"id": "x"}, {"id": "second", "attributes": {"value": null, "description": "ID-HERE"}}]}"#,
        ),
        (
            "served-doppler",
            r#"{"secrets": {"AWS_ACCESS_KEY_ID": {"raw": "ID-HERE", "computed": "ID-HERE"}}}"#,
        ),
        ("served-google", r#"{"AccessKeyId": "ID-HERE", "SecretAccessKey": "x"}"#),
        ("served-azure", r#"{"value": "{}", "tags": {"AccessKeyId": "ID-HERE"}}"#),
    ];
    for (name, answer) in cases {
        let said = |ran: &Output| String::from_utf8(ran.stdout.clone()).unwrap().trim().to_owned();
        let answer = answer.replace("ID-HERE", ID);
        desk.put("answer", &answer);
        let ran = desk.run(name);
        assert_eq!((ran.status.success(), said(&ran).as_str()), (true, ID), "{name}: {ran:?}");
        // Nothing that can be understood, and no answer, are not "nothing".
        desk.put("answer", "<html>");
        assert!(!desk.run(name).status.success(), "{name}");
        desk.put("answer", &answer);
        desk.put("fail", "");
        let ran = desk.run(name);
        assert!(!ran.status.success() && said(&ran).is_empty(), "{name}: {ran:?}");
        fs::remove_file(desk.0.path().join("fail")).unwrap();
    }
}

/// The contract: what is on standard input is one line, and no more.
#[test]
fn a_command_gets_what_the_page_says() {
    let world = World::users(&["ci"]);
    let page: Value = EXEC
        .split("```json\n")
        .nth(1)
        .map(|block| serde_json::from_str(block.split("```").next().unwrap().trim()).unwrap())
        .unwrap();
    world.write("store.sh", "cat > message; env > environment; echo \"$@\" > arguments");
    let line = "rotator rotate ci --store 'exec:/bin/sh store.sh {account} {path} {user}'";
    let child = world.command(line).spawn().unwrap();
    let ran = finish(child);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    let message = world.read("message");
    assert_eq!((message.lines().count(), message.ends_with("}\n")), (1, true));
    let message: Value = serde_json::from_str(&message).unwrap();
    let names = |value: &Value| value.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    assert_eq!(names(&message), names(&page));
    assert_eq!(world.read("arguments"), "111122223333 ci ci\n");
    let secret = message["SecretAccessKey"].as_str().unwrap();
    assert!(!world.read("environment").contains(secret));
}
