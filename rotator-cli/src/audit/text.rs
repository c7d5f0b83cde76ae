//! The report for a person: how many verdicts came out how, what is broken and what to do, then the keys.

use anstyle::{AnsiColor, Style};

use super::judge::NOT_SEEN;
use super::words::{heading, role, used};
use super::{Audit, AuditedKey, AuditedUser, Outcome, Rule, Verdict};
use crate::clock::rfc3339;
use crate::table::{short, table};

/// The whole text. Colours are taken off where it does not go to a terminal.
#[must_use]
pub fn text(audit: &Audit) -> String {
    let parts = [
        Some(head(audit)),
        Some(counts(audit)),
        outcomes(audit, Outcome::Broken, AnsiColor::Red),
        outcomes(audit, Outcome::Unjudged, AnsiColor::Yellow),
        notes(audit),
        keys(audit),
        without_keys(audit),
        Some(statements(audit)),
    ];
    parts.into_iter().flatten().collect::<Vec<_>>().join("\n\n")
}

fn head(audit: &Audit) -> String {
    let Audit { account, scope, at, caller, sources, version, .. } = audit;
    let sources = sources.join(", ");
    format!(
        "Access keys of account {account}, {scope}, at {}\nasked as {caller}, by rotator {version}\nfrom {sources}",
        rfc3339(*at)
    )
}

fn counts(audit: &Audit) -> String {
    let rows = audit.rules.iter().map(|rule| {
        let count = |outcome| audit.count(rule, outcome).to_string();
        [count(Outcome::Held), count(Outcome::Broken), count(Outcome::Unjudged), heading(rule)]
    });
    table(["HELD", "BROKEN", "CANNOT BE JUDGED", "RULE"], rows)
}

/// What came out so, by rule, each with the next step below it.
fn outcomes(audit: &Audit, outcome: Outcome, colour: AnsiColor) -> Option<String> {
    let style = Style::new().fg_color(Some(colour.into())).bold();
    let of = |rule: &&'static Rule| {
        let verdicts = audit.with(outcome).filter(|verdict| verdict.rule == *rule);
        let lines: Vec<_> = verdicts.filter(|verdict| verdict.says != NOT_SEEN).map(line).collect();
        if lines.is_empty() {
            return None;
        }
        let places = match rule.places() {
            none if none.is_empty() => none,
            places => format!("  ({places})\n"),
        };
        Some(format!("{}\n{places}{}", heading(rule), lines.join("\n")))
    };
    let rules: Vec<_> = audit.rules.iter().filter_map(of).collect();
    let title = outcome.name().to_uppercase();
    (!rules.is_empty()).then(|| format!("{style}{title}{style:#}\n{}", rules.join("\n")))
}

fn line(verdict: &Verdict) -> String {
    let next = verdict.next.as_ref().map_or_else(String::new, |next| format!("\n    next: {next}"));
    format!("  {}: {}{next}", verdict.subject(), verdict.says)
}

fn notes(audit: &Audit) -> Option<String> {
    let note = |user: &AuditedUser| user.note.as_ref().map(|note| format!("  {}: {note}", user.name));
    let notes: Vec<_> = audit.users.iter().filter_map(note).collect();
    (!notes.is_empty()).then(|| format!("NOTES\n{}", notes.join("\n")))
}

fn keys(audit: &Audit) -> Option<String> {
    let head = ["USER", "KEY", "ROLE", "STATUS", "AGE", "LAST USED", "DUE IN"];
    let none = |user: &AuditedUser| {
        let says = if user.seen { "no key" } else { "not looked at" };
        let [a, b, c, d, e] = ["-"; 5].map(str::to_owned);
        [user.name.clone(), says.to_owned(), a, b, c, d, e]
    };
    let rows = audit.users.iter().flat_map(|user| match user.keys.is_empty() {
        true => vec![none(user)],
        false => user.keys.iter().map(|key| row(audit, user, key)).collect(),
    });
    (!audit.users.is_empty()).then(|| table(head, rows))
}

fn row(audit: &Audit, user: &AuditedUser, key: &AuditedKey) -> [String; 7] {
    let due = key.due.map(|due| match due.duration_since(audit.at) {
        Ok(left) if !left.is_zero() => short(left),
        Ok(_) | Err(_) => "now".to_owned(),
    });
    [
        user.name.clone(),
        key.id.to_string(),
        role(key).to_owned(),
        key.status.to_string(),
        short(key.age),
        used(key.used),
        due.unwrap_or_else(|| "-".to_owned()),
    ]
}

fn without_keys(audit: &Audit) -> Option<String> {
    match audit.without_keys {
        0 => None,
        1 => Some("1 more user has no key.".to_owned()),
        many => Some(format!("{many} more users have no key.")),
    }
}

fn statements(audit: &Audit) -> String {
    let lines = audit.statements.iter().map(|statement| {
        let standard = &statement.standard;
        let version =
            if standard.version.is_empty() { String::new() } else { format!(" {}", standard.version) };
        format!("  {}{version}, {}: {}", standard.name, standard.number, statement.says)
    });
    format!("STATED, NOT JUDGED\n{}", lines.collect::<Vec<_>>().join("\n"))
}
