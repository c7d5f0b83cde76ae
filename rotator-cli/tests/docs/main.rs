//! What the documents say is printed by the code. Between `<!-- printed: NAME -->` and `<!-- end -->`
//! stands what this test prints; with UPDATE_DOCS set it writes it there (`cargo xtask docs`).
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test may end by panicking")]

mod decisions;
mod proof;

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use clap::CommandFactory;
use rotator::{AccessKeyId, CLAIMS, Decision, Effect, Holds, Memory, Pause, Refusal};
use rotator_cli::args::Cli;
use rotator_cli::{exit, permissions};

const BLOCKS: [(&str, &[&str]); 4] = [
    (
        "SPEC.md",
        &[
            "decide",
            "meet",
            "roll-back",
            "revive",
            "restore",
            "refusals",
            "pauses",
            "effects-once",
            "states-ledger",
            "states-document",
            "claims-worlds",
            "held",
            "limits",
            "guards",
        ],
    ),
    ("README.md", &["demo", "stores", "exit-codes"]),
    ("docs/stores/README.md", &["stores"]),
    (
        "docs/reference.md",
        &[
            "help",
            "help-ancestor",
            "exit-codes",
            "permissions",
            "refusals",
            "pauses",
            "effects",
            "claims",
            "audit-rules",
        ],
    ),
];

#[test]
fn the_documents_say_what_the_code_says() {
    let update = std::env::var_os("UPDATE_DOCS").is_some();
    for (file, names) in BLOCKS {
        let path = root().join(file);
        let text = std::fs::read_to_string(&path).unwrap();
        let mut printed = text.clone();
        for name in names {
            printed = replaced(&printed, name, &print(name));
        }
        assert_eq!(printed.matches("<!-- printed: ").count(), names.len(), "the blocks in {file}");
        if update {
            std::fs::write(&path, printed).unwrap();
        } else {
            assert!(text == printed, "{file} is not current: run `cargo xtask docs`");
        }
    }
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn replaced(text: &str, name: &str, block: &str) -> String {
    let (head, end) = (format!("<!-- printed: {name} -->\n"), "<!-- end -->");
    let (before, rest) = text.split_once(&head).unwrap_or_else(|| panic!("no block `{name}`"));
    let (_, after) = rest.split_once(end).unwrap_or_else(|| panic!("block `{name}` does not end"));
    format!("{before}{head}{}\n{end}{after}", block.trim_end())
}

fn print(name: &str) -> String {
    match name {
        "demo" => format!("```text\n$ rotator demo\n{}```", demo()),
        "help" => help(),
        "help-ancestor" => format!("```text\n{}```", rotator_cli::ancestor::HELP),
        "exit-codes" => exit::Exit::table(),
        "permissions" => permissions::table(),
        "audit-rules" => rotator_cli::audit::table(),
        "refusals" => refusals(),
        "pauses" => pauses(),
        "effects" => effects(),
        "claims" => claims(),
        "stores" => rotator_cli::store::compare::markdown(),
        "decide" => decisions::decide(),
        "meet" => decisions::meet(),
        "roll-back" => decisions::roll_back(),
        "revive" => decisions::revive(),
        "restore" => decisions::restore(),
        "effects-once" => effects_once(),
        "states-ledger" => proof::diagram("ledger-retire"),
        "states-document" => proof::diagram("document-retire"),
        "claims-worlds" => proof::claims(),
        "held" => proof::held(),
        "limits" => proof::limits(),
        "guards" => proof::guards(),
        other => panic!("nothing prints `{other}`"),
    }
}

fn demo() -> String {
    let out = Command::new(env!("CARGO_BIN_EXE_rotator")).arg("demo").output().unwrap();
    assert!(out.status.success());
    let story = String::from_utf8(out.stdout).unwrap() + &String::from_utf8(out.stderr).unwrap();
    // How many calls the jobs made is a matter of the machine's speed; that none failed is not.
    let (before, after) = story.split_once("Calls made by jobs: ").unwrap();
    format!(
        "{before}Calls made by jobs: …{}",
        after.trim_start_matches(|letter: char| letter.is_ascii_digit())
    )
}

fn help() -> String {
    let mut cli = Cli::command().term_width(100);
    cli.build();
    let names: Vec<String> = cli.get_subcommands().map(|command| command.get_name().to_owned()).collect();
    let mut text = format!("```text\n{}```\n", cli.render_help());
    for name in names.iter().filter(|name| *name != "help") {
        let command = cli.find_subcommand_mut(name).unwrap();
        text = format!("{text}\n### `rotator {name}`\n\n```text\n{}```\n", command.render_help());
    }
    text
}

fn key() -> AccessKeyId {
    AccessKeyId::parse("KEY_KEY_KEY_KEY_").unwrap()
}

/// The placeholder, as a reader wants it.
fn plain(text: &str) -> String {
    text.replace("KEY_KEY_KEY_KEY_", "KEY").replace('|', "\\|")
}

fn refusals() -> String {
    let all = [
        Refusal::AnotherUser,
        Refusal::TooManyKeys,
        Refusal::CurrentMissing(Some(key())),
        Refusal::CurrentInactive(key()),
        Refusal::AmbiguousCurrent,
        Refusal::UnknownKey(key()),
        Refusal::MaybeServed(key()),
        Refusal::NothingServed(key()),
        Refusal::StoreRejects,
        Refusal::OwnKey(key()),
        Refusal::NotLast(key()),
        Refusal::LastInactive(key()),
        Refusal::NotKept(key()),
    ];
    for refusal in &all {
        // A new variant must find its way into the list above.
        match refusal {
            Refusal::AnotherUser
            | Refusal::TooManyKeys
            | Refusal::CurrentMissing(_)
            | Refusal::CurrentInactive(_)
            | Refusal::AmbiguousCurrent
            | Refusal::UnknownKey(_)
            | Refusal::MaybeServed(_)
            | Refusal::NothingServed(_)
            | Refusal::StoreRejects
            | Refusal::OwnKey(_)
            | Refusal::NotLast(_)
            | Refusal::LastInactive(_)
            | Refusal::NotKept(_) => {}
        }
    }
    let rows = all.map(|refusal| {
        let next = refusal.next_step("USER", Memory::Ledger);
        plain(&format!("{} ~ {refusal} ~ {next}", refusal.code()))
    });
    table(&["code", "what is the matter", "next (with tags)"], &rows)
}

fn pauses() -> String {
    let all = [
        Pause::ListMayLag,
        Pause::SlotsAreNew,
        Pause::InFlight(key()),
        Pause::MayBeInUse(key()),
        Pause::MayBeTaken(key()),
        Pause::TooNew(key()),
        Pause::UseUnreadable(key()),
    ];
    let rows = all.map(|pause| match Decision::Wait(pause, Duration::ZERO) {
        Decision::Wait(
            pause @ (Pause::ListMayLag
            | Pause::SlotsAreNew
            | Pause::InFlight(_)
            | Pause::MayBeInUse(_)
            | Pause::MayBeTaken(_)
            | Pause::TooNew(_)
            | Pause::UseUnreadable(_)),
            _,
        ) => plain(&format!("{} ~ {pause}", pause.code())),
        Decision::Perform(_) | Decision::Done | Decision::Refuse(_) => unreachable!(),
    });
    table(&["code", "why waiting is right"], &rows)
}

fn effects() -> String {
    let all = [
        Effect::Adopt { current: key(), last: None, open: true },
        Effect::Open,
        Effect::Create,
        Effect::Stage(key()),
        Effect::Publish(key()),
        Effect::Promote(key()),
        Effect::Rest(key()),
        Effect::Restore(key()),
        Effect::Activate(key()),
        Effect::Deactivate(key()),
        Effect::Delete(key()),
    ];
    let rows = all.map(|effect| {
        let (tags, store) = match effect {
            Effect::Adopt { .. } => ("iam:TagUser", "CreateSecret or TagResource"),
            Effect::Open => ("iam:TagUser", "CreateSecret or TagResource"),
            Effect::Create => ("iam:CreateAccessKey, sent once", "the same"),
            Effect::Stage(_) => ("iam:TagUser", "PutSecretValue to AWSPENDING"),
            Effect::Publish(_) => ("the pair written out, once proved", "none: Promote publishes"),
            Effect::Promote(_) => ("iam:TagUser", "UpdateSecretVersionStage of AWSCURRENT, once proved"),
            Effect::Rest(_) => ("iam:TagUser", "TagResource"),
            Effect::Restore(_) => (
                "the store's own write of LAST's pair, once proved",
                "UpdateSecretVersionStage of AWSCURRENT, once proved",
            ),
            Effect::Activate(_) => ("iam:UpdateAccessKey", "the same"),
            Effect::Deactivate(_) => ("iam:UpdateAccessKey", "the same"),
            Effect::Delete(_) => ("iam:DeleteAccessKey", "the same"),
        };
        plain(&format!("{} ~ {effect} ~ {tags} ~ {store}", effect.code()))
    });
    table(&["effect", "what it does", "commit point with tags", "with Secrets Manager"], &rows)
}

/// What may be sent again, and why.
fn effects_once() -> String {
    let rows = [
        (
            "adopt",
            "iam:TagUser; TagResource",
            "no: after an unclear answer the run ends, for a late one would undo newer names",
        ),
        ("open", "iam:TagUser; TagResource", "yes: it stands beside the names, with a time of its own"),
        (
            "create",
            "iam:CreateAccessKey",
            "never: there is no idempotency token (IAM API reference); the run looks instead",
        ),
        (
            "stage",
            "iam:TagUser; PutSecretValue",
            "yes: the same names; in Secrets Manager the token carries the key's id",
        ),
        (
            "publish",
            "none; the store's own",
            "no: one attempt, after the key was proved (sts:GetCallerIdentity, three times in a row)",
        ),
        (
            "promote",
            "iam:TagUser; UpdateSecretVersionStage",
            "yes: the same names; Secrets Manager refuses it where AWSCURRENT has moved",
        ),
        ("rest", "iam:TagUser; TagResource", "yes: it stands beside the names, with a time of its own"),
        (
            "restore",
            "the store's own; UpdateSecretVersionStage",
            "no: the run looks instead; a store that was served meanwhile refuses it, or tells at the next look",
        ),
        ("activate", "iam:UpdateAccessKey", "yes: Active is what was wanted"),
        ("deactivate", "iam:UpdateAccessKey", "yes: Inactive is what was wanted"),
        ("delete", "iam:DeleteAccessKey", "yes: gone is what was wanted"),
    ];
    let rows = rows.map(|(effect, action, again)| format!("{effect} ~ {action} ~ {again}"));
    table(
        &["effect", "IAM or store action (ledger; Secrets Manager)", "sent again after an unclear answer?"],
        &rows,
    )
}

fn claims() -> String {
    let rows: Vec<String> = CLAIMS
        .iter()
        .map(|claim| {
            let over = match claim.holds {
                Holds::Decision(_) => "every decision, on any observation",
                Holds::Moment(_) => "every moment of a history",
            };
            plain(&format!("{} ~ {} ~ {over}", claim.name, claim.says))
        })
        .collect();
    table(&["claim", "promise", "checked on"], &rows)
}

fn table(headings: &[&str], rows: &[String]) -> String {
    let rules = vec!["---"; headings.len()].join(" | ");
    let rows: Vec<String> = rows.iter().map(|row| format!("| {} |", row.replace(" ~ ", " | "))).collect();
    format!("| {} |\n| {rules} |\n{}", headings.join(" | "), rows.join("\n"))
}
