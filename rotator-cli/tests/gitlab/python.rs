//! python-gitlab against our stand-in for a GitLab: it takes it for one. What it writes the adapter reads, and
//! the other way round.

use std::process::{Command, Output};

use rotator_cli::store::Serves;

use crate::kit::{FILE, ID, Place, SECRET, TOKEN, file, id, mark, put, read, secret};

const SCRIPT: &str = r#"
import sys, gitlab
url, token, act, *rest = sys.argv[1:]
project = gitlab.Gitlab(url, private_token=token).projects.get("acme/app", lazy=True)
scope = {"environment_scope": "*"}
if act == "create":
    key, kind, value, description = rest
    project.variables.create({"key": key, "value": value, "variable_type": kind, "description": description,
                              "masked_and_hidden": kind == "env_var" and "SECRET" in key})
elif act == "read":
    found = project.variables.get(rest[0], filter=scope)
    print(found.value, found.description, found.hidden, sep="|", end="")
elif act == "update":
    key, value, description = rest
    project.variables.update(key, {"value": value, "description": description}, filter=scope)
"#;

/// Runs the script, where there is a Python with the package.
async fn python(place: &Place, args: &[&str]) -> Option<Output> {
    let Some(program) = std::env::var_os("ROTATOR_TEST_PYTHON") else {
        eprintln!("not run: ROTATOR_TEST_PYTHON names no Python; `cargo xtask check stores` makes one");
        return None;
    };
    let url = place.server.url();
    let args: Vec<String> =
        [&["-c", SCRIPT, &url, TOKEN], args].concat().iter().map(|a| (*a).to_owned()).collect();
    let run = move || Command::new(program).args(args).env("NO_PROXY", "*").output().unwrap();
    // It speaks to a server that this runtime serves.
    Some(tokio::task::spawn_blocking(run).await.unwrap())
}

#[track_caller]
fn said(output: Output) -> String {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

#[tokio::test]
async fn what_one_writes_the_other_reads() {
    let place = Place::new().await;
    let store = place.file();
    let Some(made) = python(&place, &["create", FILE, "file", &file(1), &mark(1)]).await else { return };
    said(made);
    assert_eq!(read(&store).await.serves, Serves::Key(id(1)));
    put(&store, 2).await;
    let seen = said(python(&place, &["read", FILE]).await.unwrap());
    assert_eq!(seen, format!("{}|{}|False", file(2), mark(2)));
    said(python(&place, &["update", FILE, &file(3), &mark(3)]).await.unwrap());
    assert_eq!(read(&store).await.serves, Serves::Key(id(3)));
}

#[tokio::test]
async fn a_hidden_value_is_shown_to_neither() {
    let place = Place::new().await;
    let (one, secret1) = (id(1), secret(1));
    let Some(made) = python(&place, &["create", SECRET, "env_var", &secret1, &mark(1)]).await else { return };
    said(made);
    said(python(&place, &["create", ID, "env_var", one.as_str(), &mark(1)]).await.unwrap());
    assert_eq!(said(python(&place, &["read", SECRET]).await.unwrap()), format!("None|{}|True", mark(1)));
    assert_eq!(read(&place.two()).await.serves, Serves::Key(one));
    put(&place.two(), 2).await;
    assert_eq!(said(python(&place, &["read", SECRET]).await.unwrap()), format!("None|{}|True", mark(2)));
    assert_eq!(place.variable(SECRET).value, secret(2));
}

#[tokio::test]
async fn it_understands_each_no() {
    let place = Place::new().await;
    let words = |output: Output| {
        assert!(!output.status.success());
        String::from_utf8(output.stderr).unwrap()
    };
    let Some(absent) = python(&place, &["read", FILE]).await else { return };
    assert!(words(absent).contains("404 Variable Not Found"));
    said(python(&place, &["create", FILE, "file", &file(1), ""]).await.unwrap());
    let again = words(python(&place, &["create", FILE, "file", &file(1), ""]).await.unwrap());
    assert!(again.contains("has already been taken"), "{again}");
    let bad = words(python(&place, &["create", "A-B", "file", "x", ""]).await.unwrap());
    assert!(bad.contains("can contain only letters"), "{bad}");
    let masked = words(python(&place, &["create", "A_SECRET", "env_var", "two words", ""]).await.unwrap());
    assert!(masked.contains("is invalid"), "{masked}");
}
