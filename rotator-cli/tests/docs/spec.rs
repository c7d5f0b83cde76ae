//! `rotator spec`: the text is SPEC.md, and the data says the same.

use std::collections::BTreeSet;
use std::process::{Command, Output};

use rotator_cli::spec;
use serde_json::Value;

fn run(options: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_rotator")).arg("spec").args(options).output().unwrap()
}

fn json() -> Value {
    let out = run(&["--json"]);
    assert!(out.status.success() && out.stderr.is_empty());
    serde_json::from_slice(&out.stdout).unwrap()
}

#[test]
fn the_text_is_the_file_byte_for_byte() {
    let out = run(&[]);
    assert!(out.status.success() && out.stderr.is_empty());
    assert!(out.stdout == std::fs::read(crate::root().join("SPEC.md")).unwrap());
    assert!(out.stdout == spec::TEXT.as_bytes());
}

#[test]
fn the_data_names_the_text_by_its_hash() {
    use sha2::{Digest, Sha256};
    let hash: String = Sha256::digest(run(&[]).stdout).iter().map(|byte| format!("{byte:02x}")).collect();
    let json = json();
    assert_eq!(json["sha256"], hash.as_str());
    assert_eq!((&json["version"], &json["program"]), (&1.into(), &env!("CARGO_PKG_VERSION").into()));
}

/// How much of each there is, and that no line names something that is not there.
#[test]
fn the_data_is_whole() {
    let json = json();
    let keys: Vec<_> = json.as_object().unwrap().iter().map(|(key, value)| (key.as_str(), value)).collect();
    let counts: Vec<_> =
        keys.iter().filter_map(|(key, value)| Some((*key, value.as_array()?.len()))).collect();
    assert_eq!(
        counts,
        [
            ("decisions", 5),
            ("claims", 26),
            ("effects", 11),
            ("refusals", 13),
            ("pauses", 7),
            ("states", 2),
            ("exit_codes", 10)
        ]
    );
    let names = |list: &str, field: &str| -> BTreeSet<String> {
        let list = json[list].as_array().unwrap().iter();
        list.map(|one| one[field].as_str().unwrap().to_owned()).collect()
    };
    let claims = names("claims", "name");
    let mut lines = 0;
    for table in json["decisions"].as_array().unwrap() {
        for line in table["lines"].as_array().unwrap() {
            let known = match line["decision"].as_str().unwrap() {
                "refuse" => names("refusals", "code"),
                "wait" => names("pauses", "code"),
                "perform" => names("effects", "code"),
                "see" => names("decisions", "table"),
                "done" => [String::new()].into(),
                other => panic!("{other}"),
            };
            assert!(known.contains(line["what"].as_str().unwrap_or_default()), "{line}");
            for claim in line["serves"].as_array().unwrap() {
                assert!(claims.contains(claim.as_str().unwrap()), "{line}");
            }
            lines += 1;
        }
    }
    assert_eq!(lines, 74);
    // Each of its tables stands in the text, line by line.
    for list in ["refusals", "pauses", "effects", "claims"] {
        for one in json[list].as_array().unwrap() {
            let says = one["says"].as_str().unwrap();
            assert!(spec::TEXT.contains(says), "{says}");
        }
    }
}

#[test]
fn a_page_that_cannot_be_written_is_said() {
    let out = run(&["--html", "/nowhere/at/all/spec.html"]);
    assert_eq!(out.status.code(), Some(1));
    let said = String::from_utf8(out.stderr).unwrap();
    assert!(said.starts_with("error: cannot write /nowhere/at/all/spec.html: "), "{said}");
    assert!(out.stdout.is_empty());
}
