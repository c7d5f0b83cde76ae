//! Several accounts, one command.

use rotator_cli::assignment::Assignment;
use rotator_cli::commands::Ended;
use rotator_cli::commands::accounts::Around;
use rotator_cli::commands::rotate::{Surface, work};
use rotator_cli::exit::Exit;
use rotator_cli::report::{Report, Reports};
use rotator_cli::sandbox::{Fault, Sandbox, Settings, What};
use rotator_cli::stop::Stop;
use serde_json::Value;

use crate::place::{handed, target};

async fn account(number: &str, users: &[&str]) -> Sandbox {
    let settings = Settings { account_id: number.to_owned(), ..Settings::default() };
    let sandbox = Sandbox::start(settings).await.unwrap();
    for user in users {
        sandbox.account().add_user(user, "/ci/").unwrap();
    }
    sandbox
}

async fn run(targets: Vec<Assignment>) -> Result<Vec<Report>, Ended> {
    let work = work(Surface::Rotator);
    let around = Around::of(&targets, &work, Stop::default())?;
    let opened = around.open(targets, &work).await;
    around.work(opened, &work).await
}

fn exits(reports: &[Report]) -> Vec<Exit> {
    reports.iter().map(|report| report.exit).collect()
}

#[tokio::test]
async fn one_that_cannot_be_opened_does_not_stop_the_others() {
    let home = tempfile::tempdir().unwrap();
    let [one, two, three] = [
        account("111111111111", &["alice", "bob"]).await,
        account("222222222222", &["alice"]).await,
        account("333333333333", &["carol"]).await,
    ];
    let mut targets = Vec::new();
    for (name, sandbox) in [("one", &one), ("two", &two), ("three", &three)] {
        let (pairs, journal) = (home.path().join(name), home.path().join("journal.jsonl"));
        let line = format!("rotator rotate ci -o {} --journal {} --json", pairs.display(), journal.display());
        targets.push(target(name, sandbox, &line));
    }
    two.inject(Fault::always("iam:ListUsers", What::Deny));
    let reports = run(targets).await.unwrap();
    assert_eq!(exits(&reports), [Exit::Done, Exit::Denied, Exit::Done]);
    assert_eq!(handed(&home.path().join("one")), ["alice", "bob"]);
    assert_eq!(handed(&home.path().join("three")), ["carol"]);
    for journal in ["journal.one.jsonl", "journal.three.jsonl"] {
        let text = std::fs::read(home.path().join(journal)).unwrap();
        let found = rotator_cli::verify::verify(text.as_slice(), journal, None, |_| {}).unwrap();
        assert!(found.findings.is_empty() && found.runs == 1, "{journal}: {:?}", found.findings);
    }

    let report = serde_json::to_value(Reports::new(reports, Exit::Denied)).unwrap();
    assert_eq!((&report["version"], &report["exit"]), (&1.into(), &6.into()));
    let word = |at: usize, field: &str| report["targets"][at][field].clone();
    assert_eq!([0, 1, 2].map(|at| word(at, "target")), ["one", "two", "three"].map(Value::from));
    assert_eq!(word(0, "account"), "111111111111");
    assert_eq!(word(0, "users").as_array().unwrap().len(), 2);
    assert_eq!((word(1, "account"), word(1, "exit")), (Value::Null, 6.into()));
    assert!(word(1, "error").as_str().unwrap().contains("iam:ListUsers"), "{report:#}");
}

#[tokio::test]
async fn failures_are_counted_over_all_accounts() {
    let home = tempfile::tempdir().unwrap();
    let names: Vec<String> = (0..6).map(|n| format!("u{n}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let [one, two] = [account("111111111111", &names).await, account("222222222222", &names).await];
    let mut targets = Vec::new();
    for (name, sandbox) in [("one", &one), ("two", &two)] {
        sandbox.inject(Fault::always("iam:CreateAccessKey", What::Deny));
        let pairs = home.path().join(name);
        let line =
            format!("rotator rotate ci -o {} --json --concurrency 1 --max-failures 3", pairs.display());
        targets.push(target(name, sandbox, &line));
    }
    let reports = run(targets).await.unwrap();
    let failed: usize = reports.iter().map(|report| report.users.len()).sum();
    let left: usize =
        reports.iter().filter_map(|report| report.not_begun.as_ref()).map(|left| left.users).sum();
    assert!((3..=4).contains(&failed), "one more may be in hand: {failed}");
    assert_eq!(failed + left, 12);
}

#[tokio::test]
async fn pairs_of_several_targets_do_not_share_a_place() {
    let home = tempfile::tempdir().unwrap();
    let one = account("111111111111", &["alice"]).await;
    let pairs = home.path().join("pairs.json");
    for line in ["rotator rotate ci".to_owned(), format!("rotator rotate ci -o {}", pairs.display())] {
        let targets = vec![target("one", &one, &line), target("two", &one, &line)];
        assert_eq!(run(targets).await.unwrap_err().exit(), Exit::Usage, "{line}");
    }
    assert!(one.calls().is_empty(), "before anybody is asked");
}

#[tokio::test]
async fn a_single_one_ends_as_it_always_did() {
    let one = account("111111111111", &[]).await;
    let ended = run(vec![target("one", &one, "rotator rotate ci -o pairs.json")]).await.unwrap_err();
    assert_eq!(ended.exit(), Exit::Usage);
}
