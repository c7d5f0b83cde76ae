//! What is wrong in the file, and where, as cargo and rustc show it.

use std::fmt::Write as _;
use std::ops::Range;
use std::path::Path;

use serde_json::{Value, json};

use super::keys;

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// Where in the text, in bytes.
    pub at: Range<usize>,
    /// What is wrong.
    pub says: String,
    /// What could be meant, or what to do.
    pub help: Option<String>,
}

impl Fault {
    /// At a place.
    pub fn new(at: Range<usize>, says: impl Into<String>) -> Self {
        Self { at, says: says.into(), help: None }
    }

    /// The same with a hint.
    #[must_use]
    pub fn help(self, help: impl Into<String>) -> Self {
        Self { help: Some(help.into()), ..self }
    }
}

/// All that is wrong in a file, in the order of its text.
#[derive(Debug, Clone)]
pub struct Faults {
    file: String,
    text: String,
    all: Vec<Fault>,
}

impl Faults {
    /// Of a file.
    #[must_use]
    pub fn new(file: &Path, text: &str, mut all: Vec<Fault>) -> Self {
        all.sort_by_key(|fault| fault.at.start);
        Self { file: file.display().to_string(), text: text.to_owned(), all }
    }

    /// For a person. The word `error:` before the first is left to whoever prints it.
    #[must_use]
    pub fn text(&self) -> String {
        let shown: Vec<String> = self.all.iter().map(|fault| self.one(fault)).collect();
        let mut text = shown.join("\n\nerror: ");
        if self.all.len() > 1 {
            let _ = write!(text, "\n\nerror: {} has {} errors", self.file, self.all.len());
        }
        text
    }

    /// For a machine.
    #[must_use]
    pub fn json(&self) -> Vec<Value> {
        let one = |fault: &Fault| {
            let place = self.place(fault);
            json!({ "line": place.line, "column": place.column, "says": fault.says, "help": fault.help })
        };
        self.all.iter().map(one).collect()
    }

    fn one(&self, fault: &Fault) -> String {
        let place = self.place(fault);
        let (number, line) = (place.line.to_string(), shown(place.text));
        let gap = " ".repeat(number.len());
        let head = format!("{}\n{gap}--> {}:{}:{}", fault.says, self.file, place.line, place.column);
        let indent: String =
            line.chars().take(place.column - 1).map(|c| if c == '\t' { '\t' } else { ' ' }).collect();
        let width = line.chars().count().saturating_sub(place.column - 1).min(place.width).max(1);
        let mut text = format!("{head}\n{gap} |\n{number} | {line}\n{gap} | {indent}{}", "^".repeat(width));
        if let Some(help) = &fault.help {
            let _ = write!(text, "\n{gap} = help: {help}");
        }
        text
    }

    fn place(&self, fault: &Fault) -> Place<'_> {
        let start = floor(&self.text, fault.at.start);
        let end = floor(&self.text, fault.at.end).max(start);
        let before = self.text.get(..start).unwrap_or_default();
        let begin = before.rfind('\n').map_or(0, |at| at + 1);
        let rest = self.text.get(begin..).unwrap_or_default();
        let text = rest.lines().next().unwrap_or_default();
        let inside = self.text.get(start..end).unwrap_or_default();
        Place {
            line: before.matches('\n').count() + 1,
            column: before.get(begin..).unwrap_or_default().chars().count() + 1,
            width: inside.lines().next().unwrap_or_default().chars().count(),
            text,
        }
    }
}

struct Place<'a> {
    /// From 1.
    line: usize,
    /// From 1, in characters.
    column: usize,
    /// In characters.
    width: usize,
    text: &'a str,
}

/// A line as it may be shown. A value is shown only beside a key of ours: somebody may have put a secret beside a
/// key that there is not.
fn shown(line: &str) -> String {
    let line = line.trim_end();
    let Some((key, value)) = line.split_once('=') else {
        return if line.trim_start().starts_with('[') { line.to_owned() } else { "…".to_owned() };
    };
    let name = key.trim().trim_matches(['"', '\'']);
    let known = keys::own().into_iter().chain(keys::options()).any(|key| key.name == name);
    // A command line may hold a token.
    let is_command =
        name == "exec-served" || value.trim_start().trim_start_matches(['"', '\'']).starts_with("exec:");
    if known && !is_command { line.to_owned() } else { format!("{key}= …") }
}

fn floor(text: &str, at: usize) -> usize {
    (0..=at.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_beside_an_unknown_key_is_never_shown() {
        assert_eq!(shown("secret-access-key = 'x'"), "secret-access-key = …");
        assert_eq!(shown("x'''"), "…");
        assert_eq!(shown("min-age = '1h'"), "min-age = '1h'");
        assert_eq!(shown("[[target]]"), "[[target]]");
        assert_eq!(shown("store = \"exec:put --token x\""), "store = …");
        assert_eq!(shown("exec-served = 'served --token x'"), "exec-served = …");
    }
}
