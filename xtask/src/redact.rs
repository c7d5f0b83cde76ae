//! What differs from run to run, and the word that stands for it. This is the only such list.

use std::sync::LazyLock;

use regex::{Captures, Regex};

/// What the stage itself knows to be of this run only.
pub struct Known<'a> {
    pub endpoint: &'a str,
    pub scratch: &'a str,
    pub run: &'a str,
}

/// In this order: a date holds what looks like a duration, an identifier what looks like an account.
static PATTERNS: LazyLock<Vec<(Regex, &str)>> = LazyLock::new(|| {
    [
        (r"\b(?:localhost|127\.0\.0\.1|\[::1\]):\d+\b", "[ENDPOINT]"),
        (r"\b[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}\b", "[UUID]"),
        // Secrets Manager ends each ARN in six characters of its own.
        (r"(:secret:[A-Za-z0-9/_+=.@-]+)-[A-Za-z0-9]{6}\b", "$1-[SUFFIX]"),
        (r"\b\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z| ?UTC|[+-]\d{2}:?\d{2})?", "[TIME]"),
        (r"\b\d{4}-\d{2}-\d{2}\b", "[DATE]"),
        // Only what was measured: `12h` is a rule that somebody chose and stays to be read.
        (r"\b(?:\d+s )?\d+(?:\.\d+)? ?(?:ms|us|µs|ns)\b(?: \d+(?:us|µs|ns)\b)*", "[TOOK]"),
        (r"\b\d+\.\d+ ?s\b", "[TOOK]"),
        (r"\b\d+ ?(?:s|seconds?) (ago|old)\b", "[TOOK] $1"),
        (r"  \d{1,3}s  ", "  [AGE]  "),
        (r"\buser=[A-Za-z0-9]{16,}\b", "user=[USER-ID]"),
        (r#"("(?:age_seconds|due_in_seconds|seconds_ago)": )\d+"#, "$1[SECONDS]"),
        (r"\b\d{12}\b", "[ACCOUNT]"),
        // Our own only: a release changes no transcript.
        (r"\b(rotator|iam-credential-rotation)(,? (?:version )?)\d+\.\d+\.\d+\b", "$1$2[VERSION]"),
    ]
    .map(|(pattern, word)| (fixed(pattern), word))
    .into()
});

static KEY: LazyLock<Regex> = LazyLock::new(|| fixed(r"\b[AL]KIA[A-Z0-9]{16}\b"));

/// Words of a secret's alphabet; `is_secret` says which of them are one.
static WORD: LazyLock<Regex> = LazyLock::new(|| fixed(r"[A-Za-z0-9/+]{40,}"));

pub fn redact(text: &str, known: &Known) -> String {
    let text = text
        .replace(known.endpoint, "[ENDPOINT]")
        .replace(known.scratch, "[SCRATCH]")
        .replace(&format!("-{}", known.run), "");
    let text = text.lines().map(|line| columns(line) + "\n").collect::<String>();
    let text = secrets(text.trim_end_matches('\n'));
    let text =
        PATTERNS.iter().fold(text, |text, (pattern, word)| pattern.replace_all(&text, *word).into_owned());
    number_keys(&text)
}

/// The columns of a table are as wide as what stood here before. A help text is indented, a line of
/// ours begins with `#`; those keep their spaces.
fn columns(line: &str) -> String {
    static GAP: LazyLock<Regex> = LazyLock::new(|| fixed(" {3,}"));
    if line.starts_with([' ', '#']) { line.into() } else { GAP.replace_all(line, "  ").into_owned() }
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

fn secrets(text: &str) -> String {
    WORD.replace_all(
        text,
        |found: &Captures| {
            if is_secret(&found[0]) { "[SECRET]".into() } else { found[0].to_string() }
        },
    )
    .into_owned()
}

/// Forty characters with both cases: a SHA-1 has one case, an ordinary word is shorter.
fn is_secret(word: &str) -> bool {
    word.len() == 40
        && word.contains(|c: char| c.is_ascii_uppercase())
        && word.contains(|c: char| c.is_ascii_lowercase())
}

#[expect(clippy::expect_used, reason = "the patterns are written above and every test compiles them")]
fn fixed(pattern: &str) -> Regex {
    Regex::new(pattern).expect("a fixed pattern")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, redacted: &str) {
        let known =
            Known { endpoint: "http://localhost:32768", scratch: "/tmp/rotator-e2e-x", run: "1a2b3c4d" };
        assert_eq!(redact(text, &known), redacted);
    }

    #[test]
    fn a_key_keeps_its_number() {
        check(
            "LKIAQAAAAAAAAAAAAAA1 then AKIAQAAAAAAAAAAAAAA2, again LKIAQAAAAAAAAAAAAAA1",
            "[KEY-1] then [KEY-2], again [KEY-1]",
        );
    }

    #[test]
    fn secrets_go_and_hashes_stay() {
        check(
            r#"{"SecretAccessKey": "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"}"#,
            r#"{"SecretAccessKey": "[SECRET]"}"#,
        );
        let hash = "da39a3ee5e6b4b0d3255bfef95601890afd80709";
        check(hash, hash);
    }

    #[test]
    fn the_names_of_a_run_read_plainly() {
        check("/e2e-1a2b3c4d/ holds alice-1a2b3c4d", "/e2e/ holds alice");
        check("wrote /tmp/rotator-e2e-x/out.json", "wrote [SCRATCH]/out.json");
        check("at http://localhost:32768/ or 127.0.0.1:80", "at [ENDPOINT]/ or [ENDPOINT]");
    }

    #[test]
    fn measured_times_go_and_chosen_ones_stay() {
        check("2026-03-01T10:00:00.123456Z", "[TIME]");
        check("2026-03-01 10:00:00 UTC", "[TIME]");
        check("on 2026-03-01", "on [DATE]");
        check("took 1s 203ms 33us, 12.5 ms, 1.2s", "took [TOOK], [TOOK], [TOOK]");
        check("created 3s ago", "created [TOOK] ago");
        check("rests for 12h, looks again after 5s", "rests for 12h, looks again after 5s");
    }

    #[test]
    fn ages_go_without_moving_a_table() {
        check("alice-1a2b3c4d  9s   never", "alice  [AGE]  never");
        check("bob-1a2b3c4d    12s  never", "bob  [AGE]  never");
        check("    --help   Help", "    --help   Help");
        check(r#""age_seconds": 12,"#, r#""age_seconds": [SECONDS],"#);
    }

    #[test]
    fn our_version_goes() {
        check("rotator 0.1.0", "rotator [VERSION]");
        check("iam-credential-rotation, version 0.1.0", "iam-credential-rotation, version [VERSION]");
    }

    #[test]
    fn accounts_and_identifiers() {
        check(
            "arn:aws:iam::000000000000:user/e2e-1a2b3c4d/alice-1a2b3c4d",
            "arn:aws:iam::[ACCOUNT]:user/e2e/alice",
        );
        check(
            "arn:aws:secretsmanager:us-east-1:000000000000:secret:alice-1a2b3c4d-XyZaBc",
            "arn:aws:secretsmanager:us-east-1:[ACCOUNT]:secret:alice-[SUFFIX]",
        );
        check("at=x user=AIDAEXAMPLEEXAMPLE12", "at=x user=[USER-ID]");
        check("request 0f8fad5b-d9cb-469f-a165-708677289501", "request [UUID]");
    }
}
