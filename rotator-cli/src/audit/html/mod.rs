//! The report as one page: what was audited, the verdicts, each user's keys over time, the keys as they
//! stand, and how to read all that.
//!
//! An account has up to 5,000 users. What a reader would not read at that size is left out, and the page says
//! so each time, with the format that has it.

mod how;
mod keys;
mod times;
mod verdicts;

use std::fmt::Write;
use std::time::Duration;

use super::timeline::{PATTERNS, minute, seconds};
use super::{Audit, Outcome};
use crate::page::{escape, page};

/// The page.
#[must_use]
pub fn html(audit: &Audit) -> String {
    html_with(audit, None)
}

/// The page with the protocol's diagram at its end, which is HTML already.
#[must_use]
pub fn html_with(audit: &Audit, diagram: Option<&str>) -> String {
    let mut body = String::new();
    let title = format!("Access keys of account {}, {}", audit.account, minute(seconds(audit.at)));
    body.push_str(PATTERNS);
    head(&mut body, audit);
    body.push_str("<main id=\"main\">\n");
    verdicts::section(&mut body, audit);
    times::section(&mut body, audit);
    keys::section(&mut body, audit);
    how::section(&mut body, audit);
    if let Some(diagram) = diagram {
        let _ = writeln!(
            body,
            "<section aria-labelledby=\"protocol\">\n<h2 id=\"protocol\">How rotation goes</h2>\n\
             <details><summary>The states of one user’s keys</summary><div class=\"fold\">{diagram}</div></details>\n</section>"
        );
    }
    body.push_str("</main>\n");
    page(&title, &body)
}

fn head(body: &mut String, audit: &Audit) {
    let _ = writeln!(
        body,
        "<header>\n<a class=\"skip\" href=\"#main\">To the verdicts</a>\n<h1>Audit of access keys</h1>\n<dl class=\"facts\">"
    );
    let keys: usize = audit.users.iter().map(|user| user.keys.len()).sum();
    let scope = format!(
        "{}: {}, {}",
        audit.scope,
        count(audit.users.len(), "user", "users"),
        count(keys, "key", "keys")
    );
    let rotated = audit.rotate_after.map_or_else(
        || "no period was given, so no due date is known".to_owned(),
        |after| format!("CURRENT is due at the age of {}", span(after)),
    );
    let facts = [
        ("Account", audit.account.clone()),
        ("Users", scope),
        ("When", format!("{} UTC, by IAM’s clock", minute(seconds(audit.at)))),
        ("By", audit.caller.clone()),
        ("Policy", format!("{rotated}; LAST rests for {}", span(audit.min_age))),
        ("Sources", audit.sources.join("; ")),
        ("Made with", format!("rotator {}", audit.version)),
    ];
    for (name, what) in facts {
        let _ = writeln!(body, "<dt>{name}</dt><dd><bdi>{}</bdi></dd>", escape(&what));
    }
    body.push_str(
        "</dl>\n</header>\n<nav aria-label=\"On this page\"><ul>\
         <li><a href=\"#verdicts\">Verdicts</a></li><li><a href=\"#times\">Timelines</a></li>\
         <li><a href=\"#keys\">Keys</a></li><li><a href=\"#how\">How to read it</a></li>\
         <li><a href=\"#limits\">What it cannot show</a></li></ul></nav>\n",
    );
}

/// An outcome's sign, which is decoration, and its words, which are not.
fn sign(outcome: Outcome) -> (&'static str, &'static str) {
    match outcome {
        Outcome::Held => ("held", "✓"),
        Outcome::Unjudged => ("unjudged", "?"),
        Outcome::Broken => ("broken", "✕"),
    }
}

/// The sign and the words.
fn marked(outcome: Outcome, words: &str) -> String {
    let (class, sign) = sign(outcome);
    format!("<span class=\"{class}\"><span class=\"sign\" aria-hidden=\"true\">{sign}</span> {words}</span>")
}

/// A sentence of the program's, in which commands and ids stand in backticks.
fn prose(text: &str) -> String {
    let parts: Vec<_> = text.split('`').collect();
    if parts.len().is_multiple_of(2) {
        return escape(text);
    }
    let part = |(place, part): (usize, &&str)| match place.is_multiple_of(2) {
        true => escape(part),
        false => format!("<code>{}</code>", escape(part)),
    };
    parts.iter().enumerate().map(part).collect()
}

/// `1 key`, `2,400 keys`.
fn count(number: usize, one: &str, more: &str) -> String {
    format!("{} {}", grouped(number), if number == 1 { one } else { more })
}

/// `2,400`.
fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let mut told = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            told.push(',');
        }
        told.push(digit);
    }
    told
}

/// `41 d`, `12 h`, `20 min`: one unit, rounded down. Two days are 48 h still: LAST's rest is of that size.
fn span(span: Duration) -> String {
    match span.as_secs() {
        seconds @ ..60 => format!("{seconds} s"),
        seconds @ ..3_600 => format!("{} min", seconds / 60),
        seconds @ ..172_800 => format!("{} h", seconds / 3_600),
        seconds => format!("{} d", seconds / 86_400),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_in_backticks_is_code() {
        assert_eq!(prose("run `a <b>` & look"), "run <code>a &lt;b&gt;</code> &amp; look");
        assert_eq!(prose("one ` alone <"), "one ` alone &lt;");
    }

    #[test]
    fn numbers_are_read_at_a_glance() {
        let told = [0, 999, 1_000, 12_345, 1_234_567].map(grouped);
        assert_eq!(told, ["0", "999", "1,000", "12,345", "1,234,567"]);
        let told = [5, 1_200, 43_200, 172_799, 172_800, 86_400 * 41].map(|s| span(Duration::from_secs(s)));
        assert_eq!(told, ["5 s", "20 min", "12 h", "47 h", "2 d", "41 d"]);
        assert_eq!(
            (count(1, "key", "keys"), count(2_000, "key", "keys")),
            ("1 key".into(), "2,000 keys".into())
        );
    }
}
