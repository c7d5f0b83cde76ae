//! SARIF by its own schema, JUnit XML by the one that Jenkins reads it with.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use jsonschema::{Draft, Validator};
use serde_json::{Value, json};

use crate::account::{everything, good, world};
use crate::kit::{DAY, World};

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures").join(name)
}

/// The schema is of draft 7, and its formats (`date-time`, `uri-reference`) are checked. One pattern in it, that
/// of a language, is no regular expression by ECMA 262 (a bracket is closed that was not opened), and we
/// name no language.
fn validator() -> Validator {
    let schema = fs::read_to_string(fixture("sarif/sarif-schema-2.1.0.json")).unwrap();
    let mut schema: Value = serde_json::from_str(&schema).unwrap();
    for of in ["run", "toolComponent"] {
        let language = schema.pointer_mut(&format!("/definitions/{of}/properties/language")).unwrap();
        assert!(language.as_object_mut().unwrap().remove("pattern").is_some());
    }
    jsonschema::options().with_draft(Draft::Draft7).should_validate_formats(true).build(&schema).unwrap()
}

/// The accounts whose reports are checked: everything at once, nothing wrong, nobody.
fn worlds() -> Vec<(World, &'static str)> {
    let calm = world();
    good(&calm, "ci", "/ci/", DAY);
    let bare = world();
    bare.user("ci", "/ci/");
    vec![(everything().0, "ci --rotate-after 30d"), (everything().0, "--all"), (calm, "ci"), (bare, "--all")]
}

#[test]
fn sarif_is_valid() {
    let validator = validator();
    for (mut world, line) in worlds() {
        let ran = world.run(&format!("rotator audit {line} --format sarif"));
        let log: Value = serde_json::from_str(&ran.stdout).unwrap();
        let errors: Vec<_> = validator.iter_errors(&log).map(|error| error.to_string()).collect();
        assert!(errors.is_empty(), "{line}: {errors:#?}");
        for result in log["runs"][0]["results"].as_array().unwrap() {
            // SARIF 2.1.0, 3.27.10; and what GitHub asks for beyond the schema.
            assert!((result["kind"] == "fail") != (result["level"] == "none"), "{result}");
            let physical = &result["locations"][0]["physicalLocation"];
            let uri = physical["artifactLocation"]["uri"].as_str().unwrap();
            assert!(uri.starts_with("iam/") && !uri.contains([' ', ':']), "{uri}");
            assert_eq!(physical["region"]["startLine"], 1);
            let rule = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
            assert_eq!(log["runs"][0]["tool"]["driver"]["rules"][rule]["id"], result["ruleId"]);
        }
    }
}

#[test]
fn the_schema_finds_what_is_wrong() {
    let validator = validator();
    let (mut world, _) = everything();
    let ran = world.run("rotator audit ci --format sarif");
    let log: Value = serde_json::from_str(&ran.stdout).unwrap();
    for (at, wrong) in [
        ("/version", json!("2.0.0")),
        ("/runs/0/results/0/kind", json!("broken")),
        ("/runs/0/results/0/level", json!("fatal")),
        ("/runs/0/invocations/0/endTimeUtc", json!("yesterday")),
        ("/runs/0/results/0/locations/0/physicalLocation/artifactLocation/uri", json!("a b")),
        ("/runs/0/results/0/partialFingerprints", json!("one")),
    ] {
        let mut log = log.clone();
        *log.pointer_mut(at).unwrap() = wrong;
        assert!(!validator.is_valid(&log), "{at}");
    }
}

/// `None` where the program is missing, which is said; in the gate it must be there.
fn xmllint(text: &str) -> Option<Result<(), String>> {
    let file = tempfile::NamedTempFile::new().unwrap();
    fs::write(file.path(), text).unwrap();
    let mut command = Command::new("xmllint");
    command.arg("--noout").arg("--nonet").arg("--schema").arg(fixture("junit/junit-10.xsd")).arg(file.path());
    match command.output() {
        Ok(out) if out.status.success() => Some(Ok(())),
        Ok(out) => Some(Err(String::from_utf8_lossy(&out.stderr).into_owned())),
        Err(error) => {
            let gate = std::env::var_os("ROTATOR_GATE").is_some();
            assert!(!gate, "xmllint cannot be run: {error}; .ci/run installs libxml2-utils");
            // Past the capture of the tests' output, so that it is seen.
            let said = "SKIPPED: JUnit XML was not checked by its schema, for xmllint cannot be run";
            let mut stderr = std::io::stderr();
            writeln!(stderr, "{said}: {error}").unwrap();
            None
        }
    }
}

#[test]
fn junit_is_valid() {
    for (mut world, line) in worlds() {
        let ran = world.run(&format!("rotator audit {line} --format junit"));
        match xmllint(&ran.stdout) {
            Some(checked) => assert_eq!(checked, Ok(()), "{line}:\n{}", ran.stdout),
            None => return,
        }
    }
    // A check that takes anything would have taken the above.
    let wrong = "<testsuites><testsuite name=\"a\"><testcase/></testsuite></testsuites>";
    assert!(matches!(xmllint(wrong), Some(Err(_))));
}

#[test]
fn the_gate_does_not_skip_it() {
    let gate = fs::read_to_string(fixture("../.ci/run")).unwrap();
    assert!(gate.contains("command -v xmllint >/dev/null || install libxml2-utils"));
    assert!(gate.contains("export ROTATOR_GATE=1"));
}
