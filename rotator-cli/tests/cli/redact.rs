//! What differs from run to run, and the word that stands for it. This is the only such list here.

use std::path::Path;
use std::sync::LazyLock;

use regex::{Captures, Regex};

/// In this order: a date holds what looks like a duration.
static PATTERNS: LazyLock<Vec<(Regex, &str)>> = LazyLock::new(|| {
    [
        (r"\b127\.0\.0\.1:\d+\b", "[ENDPOINT]"),
        (r"\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b", "[UUID]"),
        (r#""[A-Za-z0-9/+]{40}""#, r#""[SECRET]""#),
        (r"\bAIDA[A-Z0-9]{17}\b", "[USER-ID]"),
        (r"\b\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z", "[TIME]"),
        (r"\[TIME\]/\d+/\d+\b", "[RUN]"),
        (r"\b[0-9a-f]{64}\b", "[SHA256]"),
        // How often a run looks while it waits is a matter of the machine's speed.
        (r#""line": \d+,(\s+"sha256")"#, r#""line": [LINE],$1"#),
        (r"\},\d+\]", "},[MS]]"),
        (r"\bin \d+\.\d s\b", "in [TOOK]"),
        (r#"(_seconds|_ago)": \d+"#, r#"$1": [SECONDS]"#),
    ]
    .map(|(pattern, word)| (Regex::new(pattern).unwrap(), word))
    .into()
});

static KEY: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"\bAKIA[A-Z0-9]{16}\b").unwrap());

pub fn redact(text: &str, endpoint: &str, homes: &[&Path]) -> String {
    let text = text.replace(endpoint, "[ENDPOINT]");
    let text = homes.iter().fold(text, |text, home| text.replace(home.to_str().unwrap(), "[HOME]"));
    let text =
        PATTERNS.iter().fold(text, |text, (pattern, word)| pattern.replace_all(&text, *word).into_owned());
    number_keys(&text)
}

/// Numbered in order of first appearance, so that a reader sees which key is which.
fn number_keys(text: &str) -> String {
    let mut seen: Vec<String> = Vec::new();
    KEY.replace_all(text, |found: &Captures| {
        let id = &found[0];
        let place = seen.iter().position(|known| known == id).unwrap_or_else(|| {
            seen.push(id.into());
            seen.len() - 1
        });
        format!("[KEY-{}]", place + 1)
    })
    .into_owned()
}
