//! The whole end-to-end run, heard: what its programs print and leave behind.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};

use anyhow::{Result, ensure};

use super::judge::{Told, leaks};
use super::play::Counts;
use super::scan::Scanner;
use super::watch::{Shown, Watched, all_files};
use crate::accounts::Pair;
use crate::stage::{Output, pairs};

/// Which secrets there are is known only at the end, so everything is kept until then.
#[derive(Default)]
pub struct Ears(Mutex<Heard>);

#[derive(Default)]
struct Heard {
    runs: Vec<(String, Watched, Told)>,
    pairs: Vec<Pair>,
}

impl Ears {
    /// One program has ended. A document of pairs is one that it was told to write, or that the scenario
    /// took from its stdout.
    pub fn hear(&self, line: &str, output: &Output, folder: &Path, written: &[String]) {
        let (mut told, mut shown) = (Told::default(), Vec::new());
        let mut heard = self.lock();
        for path in all_files(folder) {
            let name = path.strip_prefix(folder).unwrap_or(&path).display().to_string();
            let Ok(text) = fs::read(&path) else { continue };
            if let Ok(found) = pairs(&String::from_utf8_lossy(&text)) {
                heard.pairs.extend(found.into_iter().map(|(_, pair)| pair));
                told.documents.push(name.clone());
            }
            if written.contains(&name) {
                told.given_files.insert(name.clone(), text.clone());
            }
            let mode = fs::metadata(&path).map(|meta| meta.permissions().mode() & 0o777).ok();
            shown.push(Shown { place: format!("file {name}"), text, mode });
        }
        if let Ok(found) = pairs(&output.stdout) {
            heard.pairs.extend(found.into_iter().map(|(_, pair)| pair));
            told.pairs_on_stdout = true;
        }
        for (place, text) in [("stdout", &output.stdout), ("stderr", &output.stderr)] {
            shown.push(Shown { place: place.to_owned(), text: text.clone().into_bytes(), mode: None });
        }
        let watched = Watched { code: output.code, stdout: Vec::new(), shown, children: 0, looks: 1 };
        heard.runs.push((line.to_owned(), watched, told));
    }

    /// More secrets that there are.
    pub fn know(&self, pairs: Vec<Pair>) {
        self.lock().pairs.extend(pairs);
    }

    /// Whether any of it was shown where it may not be.
    pub fn judge(&self) -> Result<Counts> {
        let heard = self.lock();
        // Those of an endpoint that asks nobody who he is are words, not secrets.
        let scanner = Scanner::new(heard.pairs.iter().filter(|pair| pair.secret.len() > 20));
        let mut counts = Counts { secrets: scanner.secrets(), ..Counts::default() };
        for (line, watched, told) in &heard.runs {
            let found = leaks(watched, told, &scanner);
            ensure!(found.is_empty(), "`{line}`: {}", found.join("; "));
            counts.runs += 1;
            counts.texts += watched.shown.len();
            counts.bytes += watched.shown.iter().map(|shown| shown.text.len()).sum::<usize>();
            counts.looks += watched.looks;
        }
        ensure!(counts.runs > 0 && counts.secrets > 0, "nothing was heard of the end-to-end run");
        Ok(counts)
    }

    fn lock(&self) -> MutexGuard<'_, Heard> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_leak_is_heard_and_a_document_is_none() {
        let folder = tempfile::tempdir().unwrap();
        let pair = Pair {
            id: "AKIAIOSFODNN7EXAMPLE".into(),
            secret: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY".into(),
        };
        let output =
            |stdout: String, stderr: &str| Output { stdout, stderr: stderr.to_owned(), code: Some(0) };
        let document = format!(r#"{{"ci": {}}}"#, pair.to_json());
        let ears = Ears::default();
        ears.hear("rotator rotate", &output(document.clone(), ""), folder.path(), &[]);
        assert_eq!(ears.judge().unwrap().secrets, 1);
        ears.hear("rotator status", &output(String::new(), &pair.secret[20..30]), folder.path(), &[]);
        assert!(ears.judge().unwrap_err().to_string().contains("stderr shows a part"));
        let ears = Ears::default();
        fs::write(folder.path().join("pairs.json"), &document).unwrap();
        fs::set_permissions(folder.path().join("pairs.json"), fs::Permissions::from_mode(0o644)).unwrap();
        ears.hear("rotator rotate -o pairs.json", &output(String::new(), ""), folder.path(), &[]);
        assert!(ears.judge().unwrap_err().to_string().contains("its mode is 644"));
    }
}
