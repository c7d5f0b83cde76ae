//! What may be where. Everything else that shows a part of a secret is a leak.

use std::collections::BTreeMap;

use super::scan::Scanner;
use super::watch::{Shown, Watched};

/// What a run was told, and so what it may show.
#[derive(Default)]
pub struct Told {
    /// Pairs go to stdout.
    pub pairs_on_stdout: bool,
    /// Pairs go into these files, and into private ones beside them that take their place.
    pub documents: Vec<String>,
    /// It was killed: the last of its pairs may be half written.
    pub killed: bool,
    /// What somebody else put there.
    pub given_files: BTreeMap<String, Vec<u8>>,
    pub given_environment: Vec<String>,
}

/// Each leak as a sentence without the secret.
pub fn leaks(watched: &Watched, told: &Told, scanner: &Scanner) -> Vec<String> {
    watched.shown.iter().filter_map(|shown| leak(shown, told, scanner)).collect()
}

fn leak(shown: &Shown, told: &Told, scanner: &Scanner) -> Option<String> {
    let Shown { place, text, mode } = shown;
    let file = place.strip_prefix("file ");
    if file.and_then(|name| told.given_files.get(name)) == Some(text) {
        return None;
    }
    if let Some(mode) = mode.filter(|mode| mode & 0o077 != 0)
        && scanner.find(text).is_some()
    {
        return Some(format!("{place} holds a secret, and its mode is {mode:o}"));
    }
    let rest = if allowed(place, file, told) {
        scanner.cut(&String::from_utf8_lossy(text), told.killed || is_temporary(file)).into_bytes()
    } else if place == "environment of the program" {
        let given = |entry: &&[u8]| told.given_environment.iter().any(|own| own.as_bytes() == *entry);
        let entries = text.split(|byte| *byte == 0).filter(|entry| !given(entry));
        entries.collect::<Vec<_>>().join(&0)
    } else {
        text.clone()
    };
    let found = scanner.find(&rest)?;
    Some(format!("{place} shows a part of a secret {}, at byte {}", found.form, found.at))
}

fn allowed(place: &str, file: Option<&str>, told: &Told) -> bool {
    match file {
        None => place == "stdout" && told.pairs_on_stdout,
        Some(_) if is_temporary(file) => !told.documents.is_empty(),
        Some(name) => told.documents.iter().any(|document| document == name),
    }
}

/// A document's next version, on its way to take its place.
fn is_temporary(file: Option<&str>) -> bool {
    file.and_then(|name| name.rsplit('/').next()).is_some_and(|name| name.starts_with(".rotator-"))
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;
    use std::process::Command;

    use super::super::watch::watch;
    use super::*;
    use crate::accounts::Pair;

    const SECRET: &str = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";

    /// What is found where a shell plays the program.
    fn judged(script: &str, told: &Told) -> Vec<String> {
        let scanner = Scanner::new([&Pair { id: "AKIAIOSFODNN7EXAMPLE".into(), secret: SECRET.into() }]);
        let home = tempfile::tempdir().unwrap();
        std::fs::set_permissions(home.path(), std::fs::Permissions::from_mode(0o700)).unwrap();
        let mut command = Command::new("sh");
        // The script comes from stdin, so that it is not in argv itself.
        command.args(["-s"]).current_dir(home.path()).env_clear().env("PATH", "/usr/bin:/bin");
        let watched = watch(&mut command, home.path(), script.as_bytes(), None).unwrap();
        leaks(&watched, told, &scanner)
    }

    #[test]
    fn a_planted_secret_is_found_wherever_it_is() {
        let part = &SECRET[5..13];
        let nothing = Told::default();
        for (script, place) in [
            (format!("echo {SECRET}"), "stdout shows"),
            (format!("echo error: {part} >&2"), "stderr shows"),
            (format!("printf %s {SECRET} | base64"), "stdout shows"),
            (format!("umask 077; echo {part} > trace.log; sleep 0.05; rm trace.log"), "file trace.log shows"),
            (format!("sh -c 'sleep 0.1; true' {SECRET}"), "argv of a child shows"),
            (format!("TOKEN={SECRET} sleep 0.1"), "environment of a child shows"),
        ] {
            let found = judged(&script, &nothing);
            assert!(found.iter().any(|leak| leak.starts_with(place)), "{place}: {found:?}");
        }
        assert_eq!(
            judged(&format!("echo {}", &SECRET[5..12]), &nothing),
            Vec::<String>::new(),
            "seven are few"
        );
    }

    #[test]
    fn a_document_is_allowed_where_it_was_asked_for_and_private() {
        let pair = format!(r#"{{"AccessKeyId": "AKIAIOSFODNN7EXAMPLE", "SecretAccessKey": "{SECRET}"}}"#);
        let write = |umask: &str, name: &str| format!("umask {umask}; echo '{pair}' > {name}");
        let told = Told { documents: vec!["pairs.json".into()], ..Told::default() };
        assert_eq!(judged(&write("077", "pairs.json"), &told), Vec::<String>::new());
        assert_eq!(judged(&write("077", ".rotator-x1"), &told), Vec::<String>::new());
        let public = judged(&write("022", "pairs.json"), &told);
        assert_eq!(public, ["file pairs.json holds a secret, and its mode is 644"]);
        assert_eq!(judged(&write("077", "other.json"), &told).len(), 1);
        assert_eq!(judged(&format!("echo '{pair}'"), &told).len(), 1, "stdout was not asked for");
        let told = Told { pairs_on_stdout: true, ..told };
        assert_eq!(judged(&format!("echo '{pair}'"), &told), Vec::<String>::new());
        assert_eq!(judged(&format!("echo '{pair}' >&2"), &told).len(), 1);
    }
}
