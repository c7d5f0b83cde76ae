//! The keys as IAM lists them.

use std::fmt::Write;
use std::time::Duration;

use rotator::{Status, Used};

use super::{count, marked, span};
use crate::audit::timeline::{date, minute, seconds};
use crate::audit::{Audit, AuditedKey, AuditedUser, Outcome};
use crate::page::escape;

/// More rows than this are folded away.
const ROWS: usize = 120;

/// The section.
pub fn section(body: &mut String, audit: &Audit) {
    body.push_str("<section aria-labelledby=\"keys\">\n<h2 id=\"keys\">Keys as they stand</h2>\n");
    let rows: usize = audit.users.iter().map(|user| user.keys.len().max(1)).sum();
    if rows == 0 {
        body.push_str("<p>There is no user here.</p>\n</section>\n");
        return;
    }
    let keys: usize = audit.users.iter().map(|user| user.keys.len()).sum();
    if rows > ROWS {
        let told = count(keys, "key", "keys");
        let _ = writeln!(body, "<details><summary>All {told}</summary><div class=\"fold\">");
    }
    let _ = writeln!(
        body,
        "<table class=\"stack fixed keys\">\n<caption>{} at {} UTC</caption>\n<thead><tr><th scope=\"col\">User</th>\
         <th scope=\"col\">Key</th><th scope=\"col\">Role</th><th scope=\"col\">Status</th><th scope=\"col\">Made, age</th>\
         <th scope=\"col\">Last used</th><th scope=\"col\">Due</th></tr></thead>\n<tbody>",
        count(keys, "key", "keys"),
        minute(seconds(audit.at))
    );
    for user in &audit.users {
        if user.keys.is_empty() {
            let why = if user.seen { "no key" } else { "not known: see the note at the timeline" };
            let _ = writeln!(
                body,
                "<tr><th scope=\"row\">{}</th><td colspan=\"6\" class=\"soft\">{why}</td></tr>",
                name(user)
            );
        }
        for key in &user.keys {
            row(body, audit, user, key);
        }
    }
    body.push_str("</tbody>\n</table>\n");
    if rows > ROWS {
        body.push_str("</div></details>\n");
    }
    body.push_str("</section>\n");
}

fn name(user: &AuditedUser) -> String {
    format!("<bdi>{}</bdi>", escape(&user.name))
}

fn row(body: &mut String, audit: &Audit, user: &AuditedUser, key: &AuditedKey) {
    let role = key.role.map_or_else(|| marked(Outcome::Unjudged, "not known"), |role| role.name().to_owned());
    let status = match key.status {
        Status::Active => "Active",
        Status::Inactive => "<b>Inactive</b>",
    };
    let used = match key.used {
        Used::Never => "no use on record".to_owned(),
        Used::Unknown => marked(Outcome::Unjudged, "could not be read"),
        Used::Ago(ago) => {
            let by = key.used_by.as_ref();
            let by =
                by.map_or_else(String::new, |by| format!(" <span class=\"soft\">by {}</span>", escape(by)));
            format!("<span class=\"keep\">{} ago</span>{by}", span(ago))
        }
    };
    let due = key.due.map_or_else(String::new, |due| {
        let day = date(seconds(due));
        match due.duration_since(audit.at) {
            Ok(left) if left > Duration::ZERO => {
                format!("<time>{day}</time> <span class=\"keep soft\">in {}</span>", span(left))
            }
            Ok(_) | Err(_) => format!("{} <time>{day}</time>", marked(Outcome::Broken, "overdue since")),
        }
    });
    let _ = writeln!(
        body,
        "<tr><th scope=\"row\">{}</th><td class=\"id\">{}</td><td>{role}</td><td>{status}</td>\
         <td data-is=\"Made\"><time>{}</time> <span class=\"keep soft\">{}</span></td>\
         <td data-is=\"Last used\">{used}</td><td data-is=\"Due\">{due}</td></tr>",
        name(user),
        key.id,
        date(seconds(key.created)),
        span(key.age)
    );
}
