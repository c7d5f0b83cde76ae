//! Every command, every way of reporting, and every failure that a person can meet, each under watch.

use std::path::Path;

use anyhow::{Result, ensure};
use rotator_cli::sandbox::{Fault, Sandbox, Settings, What};
use secrecy::ExposeSecret;

use super::play::{Counts, Theatre};
use crate::accounts::Pair;

const VAULT: &str = "rotator rotate ci --store secretsmanager:{user} --journal journal --json";
const FILE: &str = "rotator rotate ci -o pairs.json --json --journal journal";
const OUT: &str = "rotator rotate ci --journal journal";

/// The parts play side by side, each in an account of its own.
pub const PARTS: [fn(&Path) -> Result<Counts>; 5] = [hand_overs, stores, failures, kills, demos];

/// To stdout and into documents, with each ledger and each way to count as stored.
fn hand_overs(binaries: &Path) -> Result<Counts> {
    let mut theatre = Theatre::open(binaries, &["alice", "bob"])?;
    let first = theatre.run(OUT)?;
    ensure!(first.stdout.contains(&b'{'), "the first run handed nothing over");
    theatre.run_with("rotator confirm - --json --journal journal", &first.stdout, None)?;
    theatre.hours(14);
    for line in [
        "rotator plan ci",
        "rotator plan ci --json",
        "rotator status ci",
        "rotator status ci --json",
        "rotator rotate ci --dry-run",
        "rotator rotate ci --dry-run --json -o pairs.json",
        FILE,
        "rotator confirm pairs.json --dry-run",
        "rotator confirm pairs.json",
        "rotator status ci --rotate-after 30d",
    ] {
        theatre.run(line)?;
    }
    theatre.hours(14);
    for line in [
        "rotator rotate ci -o pairs.json --handover confirm",
        "rotator rotate ci -o pairs.json --handover trust",
        "rotator rotate ci --recursive --concurrency 1 --handover trust",
        "rotator rotate ci --ledger dates --handover trust --max-users 5",
        "iam-credential-rotation ci",
        "iam-credential-rotation -o old.json ci",
        "ROTATOR_JOURNAL=journal ROTATOR_LEDGER=tags iam-credential-rotation ci",
    ] {
        theatre.run(line)?;
        theatre.hours(30);
    }
    let key = theatre.sandbox.account().keys("alice")?.pop().map(|key| key.id).unwrap_or_default();
    theatre.run(&format!("rotator adopt alice --current {key} --json --journal journal"))?;
    theatre.run(&format!("rotator confirm --user alice --key {key}"))?;
    bad_input(&mut theatre)?;
    Ok(theatre.counts)
}

/// What is wrong is told without quoting it.
fn bad_input(theatre: &mut Theatre) -> Result<()> {
    let pair = theatre.sandbox.account().issued().last().cloned();
    let secret = pair.as_ref().map_or("", |pair| pair.secret.expose_secret());
    let broken = [
        format!(r#"{{"alice": {{"AccessKeyId": "AKIAAAAAAAAAAAAAAAA1", "SecretAccessKey": {secret}}}}}"#),
        format!(r#"{{"alice": {{"AccessKeyId": "{secret}", "SecretAccessKey": "{secret}"}}}}"#),
        format!(r#"{{"alice": ["{secret}"]}}"#),
        secret.to_owned(),
    ];
    for (number, text) in broken.iter().enumerate() {
        let name = format!("broken-{number}.json");
        theatre.give(&name, text)?;
        theatre.run(&format!("rotator confirm {name} --json"))?;
        theatre.run_with("rotator confirm -", text.as_bytes(), None)?;
        // Not a document, so it is left alone; or one whose other users' pairs are kept.
        if number != 1 && number != 2 {
            theatre.run(&format!("rotator rotate ci --json -o {name}"))?;
        }
    }
    for line in [
        "rotator --version",
        "rotator help rotate",
        "rotator rotate ci --min-age 5s",
        "rotator rotate ci --json",
        "rotator rotate nobody",
        "rotator rotate ci --journal no/such/folder",
        "rotator rotate ci -o no/such/folder",
        "AWS_SECRET_ACCESS_KEY=wrong/wrong+wrong/wrong+wrong/wrong+wron rotator rotate ci -o pairs.json",
        "AWS_SECRET_ACCESS_KEY= rotator rotate ci -o pairs.json",
        "rotator rotate ci -o pairs.json --endpoint-url http://127.0.0.1:1",
        "rotator rotate ci -o pairs.json --profile nobody",
        "iam-credential-rotation",
        "iam-credential-rotation nobody",
    ] {
        theatre.run(line)?;
    }
    profiles(theatre)
}

/// Credentials from files, and from a child of the program: its environment holds none of ours.
fn profiles(theatre: &mut Theatre) -> Result<()> {
    let admin = theatre.sandbox.admin().clone();
    let (id, secret) = (&admin.id, admin.secret.expose_secret());
    let file = format!("[own]\naws_access_key_id = {id}\naws_secret_access_key = {secret}\n");
    theatre.give(".aws/credentials", &file)?;
    let answer = format!(r#"{{"Version": 1, "AccessKeyId": "{id}", "SecretAccessKey": "{secret}"}}"#);
    theatre.give("answer.json", &answer)?;
    // Long enough to be looked at.
    theatre
        .give(".aws/config", "[profile child]\ncredential_process = sh -c 'sleep 0.2; cat answer.json'\n")?;
    let nothing = "AWS_ACCESS_KEY_ID= AWS_SECRET_ACCESS_KEY= AWS_SESSION_TOKEN=";
    theatre.hours(30);
    theatre.run(&format!("{nothing} rotator rotate ci -o pairs.json --profile own"))?;
    theatre.hours(30);
    let before = theatre.counts.children;
    theatre.run(&format!("{nothing} rotator rotate ci -o pairs.json --profile child"))?;
    ensure!(theatre.counts.children > before, "the program's child was not seen");
    Ok(())
}

/// Into Secrets Manager.
fn stores(binaries: &Path) -> Result<Counts> {
    let mut theatre = Theatre::open(binaries, &["alice", "bob"])?;
    for _ in 0..3 {
        for line in [
            VAULT,
            "rotator plan ci --store secretsmanager:{user} --json",
            "rotator plan ci --store secretsmanager:{user}",
            "rotator status ci --store secretsmanager:{user}",
            "rotator status ci --store secretsmanager:{user} --json",
        ] {
            theatre.run(line)?;
        }
        theatre.hours(14);
    }
    let rotated = theatre.sandbox.account().issued().len();
    ensure!(rotated >= 3 + 2 * 3, "only {rotated} keys were ever made");
    // A value that a person put there, and that is no pair.
    let secret = theatre.sandbox.account().issued().last().map(|pair| pair.secret.clone());
    let secret = secret.as_ref().map_or("", |secret| secret.expose_secret());
    theatre.sandbox.account().add_user("carol", "/ci/")?;
    theatre.sandbox.account().add_secret("other/carol", Some(&format!("{{\"password\": \"{secret}\"")))?;
    theatre.run("rotator rotate ci --store secretsmanager:other/{user}")?;
    Ok(theatre.counts)
}

/// Each call that can fail, in each way that it can.
fn failures(binaries: &Path) -> Result<Counts> {
    let mut theatre = Theatre::open(binaries, &["alice"])?;
    theatre.run(VAULT)?;
    let ways = [
        What::Deny,
        What::Expired,
        What::NotXml,
        What::ErrorAfter,
        What::AnswerLost,
        What::ErrorBefore { status: 400, code: "EncryptionFailure" },
    ];
    let calls =
        ["iam:CreateAccessKey", "secretsmanager:PutSecretValue", "secretsmanager:UpdateSecretVersionStage"];
    for action in calls {
        for what in ways {
            theatre.hours(30);
            theatre.run_despite(Fault::next(action, what), VAULT)?;
            theatre.hours(30);
            theatre.run(VAULT)?;
        }
    }
    theatre.hours(30);
    theatre.run_despite(Fault::always("iam:CreateAccessKey", What::Throttle), VAULT)?;
    theatre.hours(30);
    theatre.run("rotator rotate ci --handover trust -o pairs.json")?;
    for (action, what) in [
        ("iam:CreateAccessKey", What::NotXml),
        ("iam:CreateAccessKey", What::AnswerLost),
        ("iam:DeleteAccessKey", What::Deny),
        ("sts:GetCallerIdentity", What::NotXml),
        ("sts:GetCallerIdentity", What::Deny),
    ] {
        theatre.hours(30);
        // The first answer of the token service says who runs this; the second is the proof.
        let fault =
            if action.starts_with("sts") { Fault::nth(2, action, what) } else { Fault::next(action, what) };
        theatre.run_despite(fault, "iam-credential-rotation -o old.json ci")?;
        theatre.hours(30);
        theatre.run("iam-credential-rotation ci")?;
    }
    Ok(theatre.counts)
}

/// Killed amid whatever it does.
fn kills(binaries: &Path) -> Result<Counts> {
    let mut theatre = Theatre::open(binaries, &["alice", "bob"])?;
    let document = "rotator rotate ci -o killed.json --handover trust --journal journal";
    for turn in 0..12 {
        theatre.kill_after(4 + 2 * turn, VAULT)?;
        theatre.hours(14);
    }
    theatre.run(VAULT)?;
    let mut theatre_of_documents = Theatre::open(binaries, &["alice", "bob"])?;
    for turn in 0..12 {
        theatre_of_documents.kill_after(4 + 3 * turn, if turn % 3 == 2 { OUT } else { document })?;
        theatre_of_documents.hours(14);
    }
    let (mut counts, more) = (theatre.counts, theatre_of_documents.counts);
    counts.add(&more);
    ensure!(counts.killed >= 8, "only {} of 24 runs were killed before they ended", counts.killed);
    Ok(counts)
}

/// The demo's account lives inside the program. Its ids and secrets follow from its seed, so that another
/// account of that seed tells them.
fn demos(binaries: &Path) -> Result<Counts> {
    let mut theatre = Theatre::open(binaries, &[])?;
    theatre.guard(of_the_demo()?);
    for fault in ["", "lost-answer", "throttled", "store-down", "killed", "slow-key", "person"] {
        let line = if fault.is_empty() {
            "rotator demo".to_owned()
        } else {
            format!("rotator demo --fault {fault}")
        };
        let watched = theatre.run(&line)?;
        ensure!(watched.code == Some(0), "`{line}` did not end well");
        let text = String::from_utf8_lossy(&watched.stdout).into_owned();
        let known = of_the_demo()?;
        ensure!(
            known.iter().any(|pair| text.contains(&pair.id)),
            "`{line}` draws its keys from another seed"
        );
    }
    Ok(theatre.counts)
}

/// More keys than any of its stories makes.
fn of_the_demo() -> Result<Vec<Pair>> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let sandbox = Sandbox::start(Settings { seed: 7, ..Settings::default() }).await?;
        let mut account = sandbox.account();
        for user in ["deploy", "nightly", "release"] {
            account.add_user(user, "/machines/")?;
            for _ in 0..12 {
                let pair = account.create_key(user)?;
                account.delete_key(user, &pair.id)?;
            }
        }
        let pair = |pair: &rotator_cli::sandbox::Pair| Pair {
            id: pair.id.clone(),
            secret: pair.secret.expose_secret().to_owned(),
        };
        Ok(account.issued().iter().map(pair).collect())
    })
}
