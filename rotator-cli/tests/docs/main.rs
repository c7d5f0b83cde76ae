//! What the documents say is printed by the code. Between `<!-- printed: NAME -->` and `<!-- end -->`
//! stands what this test prints; with UPDATE_DOCS set it writes it there (`cargo xtask docs`).
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test may end by panicking")]

mod decisions;
mod diagrams;
mod proof;
mod spec;

use std::path::{Path, PathBuf};
use std::process::Command;

use clap::CommandFactory;
use rotator_cli::args::Cli;
use rotator_cli::spec::{effects, words};
use rotator_cli::{exit, permissions};

const BLOCKS: [(&str, &[&str]); 6] = [
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
    ("docs/conform.md", &["conform"]),
    ("docs/config.md", &["config-keys"]),
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
            "verify",
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
        "refusals" => words::refusals_table(),
        "pauses" => words::pauses_table(),
        "effects" => effects::commits_table(),
        "claims" => words::claims_table(),
        "verify" => rotator_cli::verify::Code::table(),
        "config-keys" => rotator_cli::config::keys::table(),
        "stores" => rotator_cli::store::compare::markdown(),
        "conform" => rotator_cli::conform::rules::table(),
        "decide" => decisions::table("decide").markdown(),
        "meet" => decisions::table("meet").markdown(),
        "roll-back" => decisions::table("roll_back").markdown(),
        "revive" => decisions::table("revive").markdown(),
        "restore" => decisions::table("restore").markdown(),
        "effects-once" => effects::calls_table(),
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
