//! Every other store than a bare hand-over, as its consumers find it: read after each rotation by other
//! means than ours, with jobs that hold CURRENT and LAST.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::time::Duration;

use rotator_cli::clock::{parse_rfc3339, rfc3339};
use rotator_cli::sandbox::{Fault, Settings, What};
use secrecy::ExposeSecret;
use serde_json::Value;

use crate::kit::{DAY, HOUR, Handed, MINUTE, World, finish};

/// A store as a person names it, and what its consumer reads.
#[derive(Clone, Copy)]
pub struct Place {
    pub options: &'static str,
    pub read: fn(&World) -> Option<Handed>,
}

pub const FILE: Place =
    Place { options: "--store file:keys.json", read: |world| in_file(world, "CURRENT", "AccessKeyId") };
pub const PROFILE: Place = Place { options: "--store 'file+aws:credentials#{user}'", read: in_profile };
const EXEC: Place = Place { options: "--store 'exec:/bin/sh store.sh {user}'", read: in_folder };
pub const EXEC_SERVED: Place = Place {
    options: "--store 'exec:/bin/sh store.sh {user}' --exec-served '/bin/sh served.sh {user}'",
    read: in_folder,
};
pub const PARAMETER: Place = Place { options: "--store 'ssm:/{path}/{user}'", read: in_parameter };
const SECRET: Place = Place {
    options: "--store 'secretsmanager:ci/{user}?id-field=AWS_ACCESS_KEY_ID&secret-field=AWS_SECRET_ACCESS_KEY' \
              --with ses-smtp=eu-central-1,us-east-1",
    read: in_secret,
};

/// What a person would write, for lack of a store that is known.
const STORE: &str = r#"umask 077
cat > "$1.new" && mv "$1.new" "$1.json"
if [ -e fail ]; then rm fail; echo "the answer was lost" >&2; exit 1; fi
"#;
const SERVED: &str = r#"[ -e "$1.json" ] || exit 0
sed -n 's/.*"AccessKeyId":"\([A-Z0-9]*\)".*/\1/p' "$1.json" | head -n 1
"#;

pub fn world() -> World {
    with_scripts(World::users(&["ci"]))
}

fn with_scripts(world: World) -> World {
    world.write("store.sh", STORE);
    world.write("served.sh", SERVED);
    world
}

fn pair(value: &Value, id: &str, secret: &str) -> Handed {
    let word = |field: &str| value[field].as_str().unwrap().to_owned();
    Handed { user: "ci".to_owned(), id: word(id), secret: word(secret) }
}

/// What stands there for the user, of a file that nobody else can read.
#[track_caller]
fn private(world: &World, name: &str) -> Option<String> {
    let mode = fs::metadata(world.path(name)).ok()?.permissions().mode();
    assert_eq!(mode & 0o777, 0o600, "{name}");
    Some(world.read(name))
}

fn in_file(world: &World, slot: &str, id: &str) -> Option<Handed> {
    let file: Value = serde_json::from_str(&private(world, "keys.json")?).unwrap();
    let member = &file["ci"][slot];
    member["SecretAccessKey"].is_string().then(|| pair(member, id, "SecretAccessKey"))
}

fn in_profile(world: &World) -> Option<Handed> {
    let text = private(world, "credentials")?;
    let profile = text.split_once("[ci]\n")?.1.split('[').next().unwrap();
    let value = |name: &str| {
        let line = profile.lines().find_map(|line| line.strip_prefix(name)).unwrap();
        line.split_once('=').unwrap().1.trim().to_owned()
    };
    let (id, secret) = (value("aws_access_key_id"), value("aws_secret_access_key"));
    Some(Handed { user: "ci".to_owned(), id, secret })
}

fn in_folder(world: &World) -> Option<Handed> {
    let message: Value = serde_json::from_str(&private(world, "ci.json")?).unwrap();
    Some(pair(&message, "AccessKeyId", "SecretAccessKey"))
}

fn in_parameter(world: &World) -> Option<Handed> {
    let parameter = world.sandbox.account().parameter("/ci/ci").ok()?;
    assert_eq!(parameter.kind, "SecureString");
    let value = parameter.versions.last().unwrap().value.expose_secret().to_owned();
    Some(pair(&serde_json::from_str(&value).unwrap(), "AccessKeyId", "SecretAccessKey"))
}

fn in_secret(world: &World) -> Option<Handed> {
    let value = world.sandbox.account().secret_value("ci/ci", "AWSCURRENT")?;
    let value: Value = serde_json::from_str(value.expose_secret()).unwrap();
    value["AWS_ACCESS_KEY_ID"].is_string().then(|| {
        let logins = value["SesSmtp"].as_object().unwrap();
        assert_eq!(logins.keys().collect::<Vec<_>>(), ["eu-central-1", "us-east-1"]);
        for login in logins.values() {
            assert_eq!(login["Username"], value["AWS_ACCESS_KEY_ID"]);
            assert_eq!(login["Password"].as_str().unwrap().len(), 44);
        }
        pair(&value, "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")
    })
}

/// Time passes for AWS, and for the file, which is dated by the clock of this machine.
pub fn pass(world: &World, by: Duration) {
    world.advance(by);
    let path = world.path("keys.json");
    let Ok(text) = fs::read_to_string(&path) else { return };
    let mut file: Value = serde_json::from_str(&text).unwrap();
    for member in file.as_object_mut().unwrap().values_mut() {
        for name in ["written", "open"] {
            let Some(at) = member["rotator"].get(name) else { continue };
            let at = parse_rfc3339(at.as_str().unwrap()).unwrap() - by;
            member["rotator"][name] = rfc3339(at).into();
        }
    }
    fs::write(path, file.to_string()).unwrap();
}

/// Three rotations with time between, and jobs with CURRENT and LAST at each moment.
#[track_caller]
fn three_rotations(place: Place, name: &str) {
    three_rotations_in(world(), place, name);
}

#[track_caller]
pub fn three_rotations_in(mut world: World, place: Place, name: &str) {
    let Place { options, read } = place;
    let mut served: Vec<Handed> = vec![world.used_key("ci", 40 * DAY)];
    assert_eq!(world.run(&format!("rotator plan ci {options}")).code, Some(0));
    for turn in 1..=3 {
        let ran = world.run(&format!("rotator rotate ci {options}"));
        assert_eq!((ran.code, ran.stdout.as_str()), (Some(0), ""), "turn {turn}");
        let current = read(&world).unwrap();
        assert!(!served.contains(&current), "turn {turn}");
        world.job(served.last().unwrap());
        world.job(&current);
        served.push(current);
        pass(&world, HOUR);
        assert_eq!(world.run(&format!("rotator rotate ci {options}")).code, Some(5), "LAST rests");
        assert_eq!(read(&world).as_ref(), served.last());
        pass(&world, 13 * HOUR);
    }
    assert_eq!(served.iter().map(|pair| world.works(pair)).collect::<Vec<_>>(), [false, false, true, true]);
    world.run(&format!("rotator plan ci {options} --rotate-after 30d"));
    world.run(&format!("rotator plan ci {options}"));
    world.run(&format!("rotator status ci {options}"));
    world.check(name);
}

#[test]
fn three_rotations_into_a_file() {
    three_rotations(FILE, "stores_file");
}

#[test]
fn three_rotations_into_a_profile() {
    three_rotations(PROFILE, "stores_profile");
}

#[test]
fn three_rotations_by_a_command() {
    three_rotations(EXEC, "stores_exec");
}

#[test]
fn three_rotations_by_a_command_that_can_be_asked() {
    three_rotations(EXEC_SERVED, "stores_exec_served");
}

#[test]
fn three_rotations_into_a_parameter() {
    three_rotations(PARAMETER, "stores_ssm");
}

#[test]
fn three_rotations_into_a_secret_of_another_shape() {
    three_rotations(SECRET, "stores_secret_shaped");
}

/// The command has stored the pair and says that it has not.
#[test]
fn a_command_that_fails_after_it_has_stored() {
    let mut world = world();
    let line = format!("rotator rotate ci {} --settle 1s", EXEC_SERVED.options);
    world.used_key("ci", 40 * DAY);
    world.write("fail", "");
    assert_eq!(world.run(&line).code, Some(0), "the next look finds it");
    let served = in_folder(&world).unwrap();
    world.job(&served);
    world.advance(13 * HOUR);
    world.run(&format!("rotator status ci {}", EXEC_SERVED.options));

    // Nothing tells what the store serves: a word does.
    let line = format!("rotator rotate ci {} --settle 1s", EXEC.options);
    world.write("fail", "");
    assert_eq!(world.run(&line).code, Some(3));
    let handed = in_folder(&world).unwrap();
    assert_ne!(handed, served);
    assert_eq!(world.run(&line).code, Some(5), "another run may be handing it over");
    world.advance(3 * HOUR);
    assert_eq!(world.run(&format!("rotator plan ci {}", EXEC.options)).code, Some(4));
    assert_eq!(world.run(&line).code, Some(4));
    assert!(world.works(&served) && world.works(&handed));
    assert_eq!(world.run(&format!("rotator confirm --user ci --key {}", handed.id)).code, Some(0));
    world.job(&handed);
    world.advance(HOUR);
    world.run(&format!("rotator status ci {}", EXEC.options));
    world.check("stores_exec_unclear");
}

/// The one call that puts the pair is done, and its answer is lost.
#[test]
fn an_answer_to_the_store_is_lost() {
    for (place, action, name) in [
        (PARAMETER, "ssm:PutParameter", "stores_ssm_lost"),
        (SECRET, "secretsmanager:PutSecretValue", "stores_secret_lost"),
    ] {
        let mut world = world();
        let first = world.used_key("ci", 40 * DAY);
        let hits = world.sandbox.inject(Fault::next(action, What::AnswerLost));
        let line = format!("rotator rotate ci {} --settle 1s", place.options);
        let ran = world.run(&line);
        assert_eq!((ran.code, hits.count()), (Some(0), 1), "{action}");
        let current = (place.read)(&world).unwrap();
        world.job(&current);
        world.job(&first);
        assert_eq!(world.ids("ci").len(), 2);
        world.check(name);
    }
}

/// Whatever the store, a run may die at any moment: what it serves works, and a later run completes.
#[test]
fn killed_at_any_moment() {
    std::thread::scope(|scope| {
        for place in [FILE, PROFILE, EXEC_SERVED, PARAMETER] {
            scope.spawn(move || killed(place));
        }
    });
}

fn killed(Place { options, read }: Place) {
    let mut world =
        with_scripts(World::with(Settings { latency: Duration::from_millis(4), ..Settings::default() }));
    world.user("ci", "/ci/");
    let line = format!("rotator rotate ci {options} --min-age 1h");
    let mut killed = 0;
    for turn in 0..16 {
        world.sandbox.clear_calls();
        let mut child = world.command(&line).spawn().unwrap();
        while world.sandbox.calls().len() < 2 + turn && child.try_wait().unwrap().is_none() {
            std::thread::park_timeout(Duration::from_millis(1));
        }
        drop(child.kill());
        killed += usize::from(finish(child).code.is_none());
        // What it has sent, and the command that it has started, come to their end.
        std::thread::park_timeout(Duration::from_millis(300));
        if let Some(pair) = read(&world) {
            world.job(&pair);
        }
        pass(&world, 2 * HOUR);
    }
    assert!(killed >= 8, "{options}: only {killed} runs were killed before they ended");
    // What was left half done is completed, and then there is a rotation of its own.
    let codes: Vec<_> = (0..3)
        .map(|_| {
            let code = world.run(&line).code;
            world.job(&read(&world).unwrap());
            pass(&world, 2 * HOUR);
            code
        })
        .collect();
    assert_eq!(codes.last(), Some(&Some(0)), "{options}: {codes:?}");
    assert_eq!(world.ids("ci").len(), 2, "{options}");
}

#[test]
fn stores_side_by_side() {
    let mut world = World::new();
    assert_eq!(world.run("rotator stores").code, Some(0));
    assert_eq!(world.run("rotator stores --help").code, Some(0));
    assert!(world.sandbox.calls().is_empty());
    world.check("stores_compared");
}

#[test]
fn stores_that_make_no_sense() {
    let mut world = world();
    let key = world.used_key("ci", 40 * DAY);
    let lines = [
        "--store s3:bucket/ci",
        "--store vault",
        "--store ''",
        "--store file:",
        "--store 'file:keys.json?mode=0600'",
        "--store 'file:keys.json?id-field=a&secret-field=a'",
        "--store 'file+aws:#ci'",
        "--store 'file+aws:credentials#[ci]'",
        "--store 'file+aws:credentials?id-field=a#ci'",
        "--store exec:",
        "--store \"exec:put 'ci\"",
        "--store ssm:",
        "--store 'ssm:/ci?tier=gold'",
        "--store 'ssm:/ci?label=x'",
        "--store 'secretsmanager:ci?id-field='",
        "--store 'secretsmanager:ci?id-field=a&id-field=b'",
        "--store 'secretsmanager:ci?id-field=SesSmtp' --with ses-smtp=eu-central-1",
        "--store gitlab:acme/app",
        "--store 'gitlab:projects/acme/app?names=two&variable=X'",
        "--store gitlab:projects/acme/app --with ses-smtp=eu-central-1",
        "--store kubernetes:aws",
        "--store 'kubernetes:ci/aws?managed=yes'",
        "--store file:keys.json --ledger tags",
        "--store file:keys.json --ledger dates",
        "--store 'file+aws:credentials#ci' --ledger store",
        "--store ssm:/ci --ledger dates",
        "--store ssm:/ci --handover confirm",
        "--exec-served '/bin/sh served.sh'",
        "--store file:keys.json --exec-served '/bin/sh served.sh'",
        "--store 'exec:/bin/sh store.sh' --exec-served ''",
        "--store 'file:keys.json?secret-field=SesSmtp' --with ses-smtp=eu-central-1",
        "--store 'file+aws:credentials#ci' --with ses-smtp=eu-central-1",
        "--with ses-smtp=eu-central-1",
        "--store ssm:/ci --with ses-smtp=Frankfurt",
        "--store ssm:/ci --with smtp",
    ];
    for line in lines {
        assert_eq!(world.run(&format!("rotator rotate ci {line}")).code, Some(2), "{line}");
    }
    assert!(world.sandbox.calls().is_empty(), "found before any call");
    for line in ["--store ssm:/ci", "--store secretsmanager:ci"] {
        assert_eq!(world.run(&format!("AWS_REGION= rotator rotate ci {line}")).code, Some(2), "{line}");
    }
    assert!(world.works(&key));
    world.check("stores_senseless");
}

/// Found on the first look, before there is a key that nobody could be given.
#[test]
fn places_that_are_not_ours_to_write() {
    let mut world = world();
    let key = world.used_key("ci", 40 * DAY);
    world.write("notes.json", "[1, 2]");
    world.write("open.json", "{}");
    fs::set_permissions(world.path("notes.json"), fs::Permissions::from_mode(0o600)).unwrap();
    fs::set_permissions(world.path("open.json"), fs::Permissions::from_mode(0o644)).unwrap();
    world.write("half", "[ci]\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\n");
    fs::set_permissions(world.path("half"), fs::Permissions::from_mode(0o600)).unwrap();
    world.write("noisy.sh", "echo \"the secret is $0\"");
    world.write("sulky.sh", "echo 'not for you' >&2; exit 3");
    world.sandbox.account().put_parameter("/plain/ci", "hello", "String").unwrap();
    for line in [
        "--store file:notes.json",
        "--store file:open.json",
        "--store file:no/such/keys.json",
        "--store 'file+aws:half#ci'",
        "--store exec:./no-such-program",
        "--store exec:no-such-program",
        "--store 'exec:/bin/sh store.sh {user}' --exec-served '/bin/sh noisy.sh'",
        "--store 'exec:/bin/sh store.sh {user}' --exec-served '/bin/sh sulky.sh'",
        "--store 'exec:/bin/sh store.sh {user}' --exec-served ./no-such-program",
        "--store 'ssm:/plain/{user}'",
        "--store 'ssm:plain/{user}'",
    ] {
        let ran = world.run(&format!("rotator rotate ci {line} --deadline 20s"));
        assert_eq!(ran.code, Some(3), "{line}");
    }
    let made = world.sandbox.calls().iter().any(|call| call.action == "iam:CreateAccessKey");
    assert!(!made && world.works(&key));
    world.check("stores_not_ours");
}

#[test]
fn what_is_stored_beside_stays() {
    let mut world = world();
    let line = "rotator rotate ci --store 'file+aws:credentials#{user}' --settle 1s";
    let by_hand = "# mine\n[default]\nregion = eu-central-1\n\n[ci]\n; the machine\nregion = us-east-1\n";
    world.write("credentials", by_hand);
    fs::set_permissions(world.path("credentials"), fs::Permissions::from_mode(0o600)).unwrap();
    assert_eq!(world.run(line).code, Some(0));
    let text = world.read("credentials");
    for part in
        ["# mine\n[default]\nregion = eu-central-1\n\n[ci]\n", "; the machine\n", "region = us-east-1\n"]
    {
        assert!(text.contains(part), "{part} in {text}");
    }
    world.job(&in_profile(&world).unwrap());
    world.advance(2 * MINUTE);
    assert_eq!(world.run("rotator status ci --store 'file+aws:credentials#{user}' --json").code, Some(0));
    world.check("stores_profile_kept");
}
