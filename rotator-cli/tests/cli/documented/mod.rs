//! The commands of README and of the pages, run as they are written: by a shell, against the embedded account
//! and, each over TLS, the stand-ins of what is hosted. What takes a program of others says so where that is
//! not named; `cargo xtask check stores` installs and names all of them.

mod aws;
mod blocks;
mod fleets;
mod hosted;
mod kubernetes;
mod vault;

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use crate::kit::{DAY, Ran, World, finish};

pub use self::blocks::{blocks, page};

/// The users that the pages speak of, each with a key that jobs use.
const USERS: [&str; 2] = ["deploy", "nightly"];

fn world(path: &str) -> World {
    let world = World::new();
    for user in USERS {
        world.user(user, &format!("/{path}/"));
        world.used_key(user, 40 * DAY);
    }
    program(&world, "rotator", Path::new(env!("CARGO_BIN_EXE_rotator")));
    world
}

/// A program for the shell of this world.
fn program(world: &World, name: &str, file: &Path) {
    let folder = world.path("bin");
    fs::create_dir_all(&folder).unwrap();
    symlink(file, folder.join(name)).unwrap();
}

/// What a check has installed, or a word that there is none.
fn installed(variable: &str) -> Option<PathBuf> {
    let file = std::env::var_os(variable).map(PathBuf::from);
    if file.is_none() {
        eprintln!("not run: {variable} names nothing; `cargo xtask check stores` installs it");
    }
    file
}

/// Runs a text as it stands in a page.
fn shell(world: &mut World, shell: &str, text: &str) -> Ran {
    let mut command = world.at_home(shell);
    command.args(["-euc", text]);
    command.env("PATH", format!("{}:/usr/bin:/bin", world.path("bin").display()));
    let ran = finish(command.spawn().unwrap());
    world.tell_run(text, &ran);
    ran
}

/// Runs each line that a reader types, one after the other. A second rotation is another way to do it, and
/// has a world of its own.
#[track_caller]
fn typed(lines: &[&str], fresh: impl Fn() -> World) -> Vec<Ran> {
    let (mut world, mut rotated) = (fresh(), false);
    let mut all = Vec::new();
    for line in lines {
        let rotates = line.starts_with("rotator rotate ");
        if rotates && rotated {
            world = fresh();
        }
        rotated |= rotates;
        let ran = shell(&mut world, "sh", line);
        assert_eq!(ran.code, Some(0), "{line}");
        // Into a store nothing is handed over, and each user gets a key.
        if rotates && line.contains("--store") {
            assert_eq!(ran.stdout, "", "{line}");
            assert!(ran.stderr.contains(&format!("\n{} rotated in ", USERS.len())), "{line}");
        }
        all.push(ran);
    }
    all
}

/// The lines of a page's `console` blocks.
#[track_caller]
fn lines(name: &str, how_many: usize) -> Vec<&'static str> {
    let lines: Vec<_> = blocks(page(name), "console").iter().flat_map(|block| block.lines()).collect();
    assert_eq!(lines.len(), how_many, "{name}");
    lines
}

#[test]
fn readmes_commands_do_what_they_say() {
    let block = blocks(page("README.md"), "sh")[1];
    let lines: Vec<_> = block.lines().filter(|line| !line.is_empty()).collect();
    // Installing is left to those who do it.
    let ("cargo install", "rotator") = (lines[0].split_at(13).0, &lines[1][..7]) else { panic!("{block}") };
    assert_eq!(typed(&lines[1..], || world("PSKServiceAccounts")).len(), 5);
}

#[test]
fn readmes_commands_for_fleets_do_what_they_say() {
    let fresh = || {
        let world = world("PSKServiceAccounts");
        let target = "[[target]]\nname = 'production'\npath = 'PSKServiceAccounts'\nstore = 'secretsmanager:ci/{user}'\n";
        fs::write(world.path("rotator.toml"), target).unwrap();
        world
    };
    let lines: Vec<_> = blocks(page("README.md"), "sh")[2].lines().collect();
    let ran = typed(&lines, fresh);
    let [all, shard] = &ran[..] else { panic!("{lines:?}") };
    assert_eq!(all.stdout, "", "it went to the store");
    assert!(all.stderr.contains(&format!("{} rotated in ", USERS.len())), "{}", all.stderr);
    assert!(shard.code == Some(0), "{}", shard.stderr);
}

#[test]
fn readmes_commands_for_auditors_do_what_they_say() {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures");
    let fresh = || {
        let world = world("PSKServiceAccounts");
        fs::copy(fixtures.join("journals/honest.jsonl"), world.path("journal.jsonl")).unwrap();
        fs::create_dir(world.path("trail")).unwrap();
        fs::copy(fixtures.join("cloudtrail/rotator.json.gz"), world.path("trail/day.json.gz")).unwrap();
        world
    };
    let lines: Vec<_> = blocks(page("README.md"), "sh")[3].lines().collect();
    let ran = typed(&lines, fresh);
    let [verify, conform, audit, spec, policy] = &ran[..] else { panic!("{lines:?}") };
    assert!(verify.stdout.starts_with("journal.jsonl: all holds\n"));
    assert!(conform.stdout.contains("\n0 broken, 3 held, 0 that cannot be judged\n"));
    assert!(audit.stdout.starts_with("Access keys of account 111122223333, users on /PSKServiceAccounts/, "));
    assert_eq!(spec.stdout, rotator_cli::spec::TEXT);
    assert_eq!(policy.stdout, "", "it went to the file");
}

#[test]
fn a_secret_and_a_parameter() {
    for name in ["secretsmanager.md", "ssm.md"] {
        typed(&lines(name, 4)[..3], || world("ci"));
    }
}
