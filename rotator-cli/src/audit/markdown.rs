//! The report for a ticket or a wiki.

use super::words::{due, role, used};
use super::{Audit, AuditedUser, Outcome, Standard};
use crate::clock::rfc3339;
use crate::table::short;

/// The whole of it, in GitHub's flavour: tables are its only extension.
#[must_use]
pub fn markdown(audit: &Audit) -> String {
    let parts = [
        Some(head(audit)),
        Some(rules(audit)),
        outcomes(audit, Outcome::Broken, "Broken"),
        outcomes(audit, Outcome::Unjudged, "Cannot be judged"),
        Some(keys(audit)),
        notes(audit),
        Some(statements(audit)),
    ];
    parts.into_iter().flatten().collect::<Vec<_>>().join("\n\n")
}

fn head(audit: &Audit) -> String {
    let Audit { account, scope, at, caller, sources, version, .. } = audit;
    let sources: Vec<_> = sources.iter().map(|source| plain(source)).collect();
    format!(
        "# Access keys of account {account}\n\n- Scope: {}\n- At: {}\n- Asked as: {}\n- From: {}\n- By: rotator {version}",
        plain(scope),
        rfc3339(*at),
        code(caller),
        sources.join("; ")
    )
}

fn rules(audit: &Audit) -> String {
    let rows = audit.rules.iter().map(|rule| {
        let count = |outcome| audit.count(rule, outcome).to_string();
        let places = match rule.places() {
            none if none.is_empty() => "rotator's own".to_owned(),
            places => places,
        };
        vec![
            code(rule.id),
            rule.title.to_owned(),
            count(Outcome::Held),
            count(Outcome::Broken),
            count(Outcome::Unjudged),
            places,
        ]
    });
    let head = ["Rule", "Asks", "Held", "Broken", "Cannot be judged", "Stands in"];
    format!("## Rules\n\n{}", table(&head, rows))
}

fn outcomes(audit: &Audit, outcome: Outcome, title: &str) -> Option<String> {
    let rows: Vec<Vec<String>> = audit
        .with(outcome)
        .map(|verdict| {
            vec![
                code(verdict.rule.id),
                verdict.user.as_ref().map_or_else(|| "the account".to_owned(), |user| code(user)),
                verdict.key.as_ref().map(|key| code(key.as_str())).unwrap_or_default(),
                plain(&verdict.says),
                verdict.next.as_ref().map(|next| plain(next)).unwrap_or_default(),
            ]
        })
        .collect();
    let head = ["Rule", "User", "Key", "What is so", "Next"];
    (!rows.is_empty()).then(|| format!("## {title}\n\n{}", table(&head, rows.into_iter())))
}

fn keys(audit: &Audit) -> String {
    let row = |user: &AuditedUser| -> Vec<Vec<String>> {
        if user.keys.is_empty() {
            let says = if user.seen { "no key" } else { "not looked at" };
            let mut row = vec![code(&user.name), says.to_owned()];
            row.resize(9, String::new());
            return vec![row];
        }
        let keys = user.keys.iter().map(|key| {
            vec![
                code(&user.name),
                code(key.id.as_str()),
                role(key).to_owned(),
                key.status.to_string(),
                rfc3339(key.created),
                short(key.age),
                used(key.used),
                key.used_by.clone().map(|by| plain(&by)).unwrap_or_default(),
                due(key).unwrap_or_default(),
            ]
        });
        keys.collect()
    };
    let head = ["User", "Key", "Role", "Status", "Made", "Age", "Last used", "By", "Due"];
    let more = match audit.without_keys {
        0 => String::new(),
        1 => "\n\n1 more user has no key.".to_owned(),
        many => format!("\n\n{many} more users have no key."),
    };
    format!("## Keys\n\n{}{more}", table(&head, audit.users.iter().flat_map(row)))
}

fn notes(audit: &Audit) -> Option<String> {
    let note = |user: &AuditedUser| {
        user.note.as_ref().map(|note| format!("- {}: {}", code(&user.name), plain(note)))
    };
    let notes: Vec<_> = audit.users.iter().filter_map(note).collect();
    (!notes.is_empty()).then(|| format!("## Notes\n\n{}", notes.join("\n")))
}

fn statements(audit: &Audit) -> String {
    let lines = audit.statements.iter().map(|statement| {
        let Standard { name, version, number } = statement.standard;
        let version = if version.is_empty() { String::new() } else { format!(" {version}") };
        format!("- {name}{version}, {number}: {}", plain(&statement.says))
    });
    format!("## Stated, not judged\n\n{}", lines.collect::<Vec<_>>().join("\n"))
}

fn table(head: &[&str], rows: impl Iterator<Item = Vec<String>>) -> String {
    let rules = vec!["---"; head.len()].join(" | ");
    let rows = rows.map(|row| format!("\n| {} |", row.join(" | ")));
    format!("| {} |\n| {rules} |{}", head.join(" | "), rows.collect::<String>())
}

/// A sentence that ends no cell and begins no tag. Backticks in it mark what is typed, as everywhere.
fn plain(text: &str) -> String {
    text.replace('|', "\\|").replace('<', "&lt;").replace('\n', " ")
}

/// A name as it is: IAM's names have no backtick, and what has is not ours to mark.
fn code(text: &str) -> String {
    format!("`{}`", text.replace('`', "'").replace('|', "\\|"))
}
