//! Streams that close early: no panic, and no pair is lost unnoticed.

use std::io::Read;
use std::process::Command;

use crate::kit::{DAY, HOUR, Ran, World, finish};

/// A key that was taken back is looked for as long as answers may lag.
const LINE: &str = "rotator rotate ci --settle 1s";

/// The program behind a shell, which closes or redirects its streams.
fn in_shell(world: &World, redirect: &str) -> Ran {
    let direct = world.command(LINE);
    let mut shell = Command::new("sh");
    shell.args(["-c", &format!("exec \"$0\" rotate ci --settle 1s {redirect}")]).arg(direct.get_program());
    shell.env_clear().current_dir(direct.get_current_dir().unwrap());
    shell.envs(direct.get_envs().filter_map(|(name, value)| Some((name, value?))));
    shell.stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::piped());
    finish(shell.spawn().unwrap())
}

#[test]
fn stdout_closed_before_the_first_pair() {
    let mut world = World::users(&["alice", "bob"]);
    let last = world.key("bob", 80 * DAY);
    let keys = [world.used_key("alice", 40 * DAY), world.used_key("bob", 40 * DAY)];
    world.run(&format!("rotator adopt bob --current {}", keys[1].id));
    world.advance(13 * HOUR);
    let mut child = world.command(LINE).spawn().unwrap();
    drop(child.stdout.take());
    let ran = finish(child);
    world.tell_run(&format!("{LINE} | true"), &ran);
    assert_eq!(ran.code, Some(3), "the document could not be closed");
    assert!(keys.iter().all(|key| world.works(key)));
    assert!(world.works(&last), "nobody loses LAST for a reader who has gone");
    assert_eq!(world.ids("alice").len(), 1, "the new key is taken back");
    world.check("stdout_closed");
}

#[test]
fn stdout_closed_after_the_first_byte() {
    let world = World::users(&["alice", "bob"]);
    let keys = [world.used_key("alice", 40 * DAY), world.used_key("bob", 40 * DAY)];
    let mut child = world.command(LINE).spawn().unwrap();
    let mut stdout = child.stdout.take().unwrap();
    let mut first = [0];
    stdout.read_exact(&mut first).unwrap();
    drop(stdout);
    let ran = finish(child);
    assert_ne!(ran.code, Some(0), "{ran:?}");
    assert!(!ran.stderr.contains("panicked"), "{}", ran.stderr);
    assert!(keys.iter().all(|key| world.works(key)));
    // Whatever became of it, the new key is either gone or remembered.
    for user in ["alice", "bob"] {
        let tags = format!("{:?}", world.sandbox.account().tags(user).unwrap());
        assert!(world.ids(user).iter().all(|id| tags.contains(id)), "{user}: {tags}");
    }
}

#[test]
fn stdout_full() {
    let mut world = World::users(&["ci"]);
    if !std::path::Path::new("/dev/full").exists() {
        return;
    }
    let ran = in_shell(&world, ">/dev/full");
    world.tell_run(&format!("{LINE} >/dev/full"), &ran);
    assert_eq!(ran.code, Some(3), "the document could not be closed");
    assert!(world.ids("ci").is_empty(), "the new key is taken back");
    world.check("stdout_full");
}

#[test]
fn stderr_closed() {
    let mut world = World::users(&["ci"]);
    let ran = in_shell(&world, "2>&-");
    assert_eq!((ran.code, ran.handed().len()), (Some(0), 1));
    world.advance(2 * HOUR);
    let ran = in_shell(&world, "2>&-");
    assert_eq!((ran.code, ran.stdout.as_str()), (Some(4), "{}\n"));
    world.tell_run(&format!("{LINE} 2>&-"), &ran);
    world.check("stderr_closed");
}

#[test]
fn stdout_that_leads_nowhere_is_refused_before_any_change() {
    let world = World::users(&["alice"]);
    let key = world.used_key("alice", 40 * DAY);
    for redirect in [">/dev/null", ">&-"] {
        let ran = in_shell(&world, redirect);
        assert_eq!(ran.code, Some(1), "{ran:?}");
        assert!(ran.stderr.contains("every pair would be lost"), "{ran:?}");
    }
    assert_eq!(world.ids("alice"), [key.id]);
}
