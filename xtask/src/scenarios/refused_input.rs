//! Bad input: each has its sentence and its exit code, and changes nothing.

use anyhow::Result;

use crate::accounts::ANY_SECRET;
use crate::stage::Stage;

pub fn play(stage: &mut Stage) -> Result<()> {
    let alice = stage.user("alice")?;
    let key = stage.accounts.create_key(&alice)?;
    let path = stage.path();
    let rotate = |extra: &[&str]| {
        let mut args: Vec<String> = vec!["rotate".into()];
        args.extend(extra.iter().map(|arg| (*arg).to_owned()));
        args.push(path.clone());
        args
    };

    stage.note("paths");
    for odd in ["", "two words", "ümlaut", "a'b"] {
        stage.run("rotator", &["rotate", odd])?;
    }

    stage.note("options that do not go together");
    let senseless: [&[&str]; 9] = [
        &["--min-age", "5s"],
        &["--deadline", "12s"],
        &["--deadline", "0"],
        &["--settle", "1h"],
        &["--rotate-after", "10s"],
        &["--ledger", "store"],
        &["--ledger", "dates", "--handover", "confirm"],
        &["--store", "secretsmanager:x", "--handover", "trust"],
        &["--store", "secretsmanager:x", "--ledger", "tags"],
    ];
    let malformed: [&[&str]; 6] = [
        &["--store", "vault:x"],
        &["--store", "secretsmanager:"],
        &["--store", "secretsmanager:x", "-o", "pairs.json"],
        &["--min-age", "soon"],
        &["--json"],
        &["--max-users", "many"],
    ];
    for extra in senseless.into_iter().chain(malformed) {
        let args = rotate(extra);
        stage.run("rotator", &args.iter().map(String::as_str).collect::<Vec<_>>())?;
    }

    stage.note("files");
    stage.write("notes.txt", "not a document")?;
    std::os::unix::fs::symlink("elsewhere", stage.file("link.json"))?;
    for file in ["nowhere/pairs.json", "notes.txt", "link.json", "."] {
        let args = rotate(&["-o", file]);
        stage.run("rotator", &args.iter().map(String::as_str).collect::<Vec<_>>())?;
    }
    stage.run("rotator", &["rotate", "--journal", "nowhere/journal", &path])?;
    stage.show_file("notes.txt")?;

    stage.note("words about users and keys that are not there");
    let nobody = stage.name("nobody");
    stage.run("rotator", &["confirm"])?;
    stage.run("rotator", &["confirm", "missing.json"])?;
    stage.run("rotator", &["confirm", "notes.txt"])?;
    stage.run("rotator", &["confirm", "--user", &nobody, "--key", &key.id])?;
    stage.run("rotator", &["confirm", "--user", &alice])?;
    stage.run("rotator", &["confirm", "--user", &alice, "--key", "short"])?;
    stage.run("rotator", &["adopt", &nobody, "--current", &key.id])?;
    stage.run("rotator", &["adopt", &alice, "--current", "AKIAAAAAAAAAAAAAAAA1"])?;

    stage.note("no way in");
    let away = [("AWS_ENDPOINT_URL", "http://127.0.0.1:9")];
    stage.run_with("rotator", &["rotate", &path], &away)?;
    let nothing = [("AWS_ACCESS_KEY_ID", ""), ("AWS_SECRET_ACCESS_KEY", "")];
    stage.run_with("rotator", &["rotate", &path], &nothing)?;
    stage.run("rotator", &["rotate", "--profile", "no-such-profile", &path])?;
    stage.note("a profile that is named outweighs the environment: the other account has no such users");
    std::fs::create_dir(stage.file(".aws"))?;
    let profile =
        format!("[other]\naws_access_key_id = {}\naws_secret_access_key = {ANY_SECRET}\n", stage.account(1));
    stage.write(".aws/credentials", &profile)?;
    stage.run("rotator", &["rotate", "--profile", "other", &path])?;

    stage.show_keys(&alice)?;
    stage.show_tags(&alice)
}
