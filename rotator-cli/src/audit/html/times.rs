//! The timelines, user by user.

use std::collections::HashMap;
use std::fmt::Write;

use super::{count, grouped};
use crate::audit::timeline::{Axis, gaps, in_words, lanes, left_out, timeline};
use crate::audit::{Audit, AuditedUser, Outcome};
use crate::page::escape;

/// Users whose timeline is drawn. A page of more takes a browser long, and nobody reads it.
const USERS: usize = 100;
/// Keys that are told in words for one user, the latest.
const KEYS: usize = 40;

/// The section.
pub fn section(body: &mut String, audit: &Audit) {
    body.push_str("<section aria-labelledby=\"times\">\n<h2 id=\"times\">Keys over time</h2>\n");
    if audit.users.is_empty() {
        body.push_str("<p>There is no user here.</p>\n</section>\n");
        return;
    }
    let shown = chosen(audit);
    let axis = Axis::over(&audit.users, audit.at);
    let _ = writeln!(
        body,
        "<p>One lane for each key, all users on one axis, in UTC. The patterns and marks are explained <a href=\"#how\">below</a>.</p>"
    );
    if shown.len() < audit.users.len() {
        let _ = writeln!(
            body,
            "<p class=\"note\">Timelines are drawn for {} of {} users: first those with a note, then those for whom a rule is broken, then \
             those for whom one cannot be judged, then by name. The table below and <code>--json</code> have all.</p>",
            shown.len(),
            grouped(audit.users.len())
        );
    }
    let alike = alike(&shown);
    if !alike.is_empty() {
        let _ = writeln!(body, "<p class=\"note\">{}</p>", escape(&alike.join(" ")));
    }
    for (place, user) in shown.iter().enumerate() {
        one(body, user, &axis, place, &alike);
    }
    body.push_str("</section>\n");
}

/// Those of whom there is most to say, in the report's order.
fn chosen(audit: &Audit) -> Vec<&AuditedUser> {
    if audit.users.len() <= USERS {
        return audit.users.iter().collect();
    }
    let mut worst: HashMap<&str, Outcome> = HashMap::new();
    for verdict in &audit.verdicts {
        if let Some(user) = verdict.user.as_deref() {
            let known = worst.entry(user).or_insert(verdict.outcome);
            *known = (*known).max(verdict.outcome);
        }
    }
    let mut order: Vec<_> = audit.users.iter().enumerate().collect();
    order.sort_by_key(|(_, user)| {
        let worst = worst.get(user.name.as_str()).copied();
        std::cmp::Reverse((user.note.is_some(), worst))
    });
    order.truncate(USERS);
    order.sort_by_key(|(place, _)| *place);
    order.into_iter().map(|(_, user)| user).collect()
}

/// What is not known of any of them, where they are several, is said once.
fn alike(users: &[&AuditedUser]) -> Vec<String> {
    let with_keys = |user: &&&AuditedUser| !user.keys.is_empty() || !user.history.keys.is_empty();
    let mut all = users.iter().filter(with_keys).map(|user| gaps(user));
    match (all.next(), users.len()) {
        (Some(first), 2..) => {
            all.fold(first, |alike, next| alike.into_iter().filter(|gap| next.contains(gap)).collect())
        }
        (Some(_), _) | (None, _) => Vec::new(),
    }
}

fn one(body: &mut String, user: &AuditedUser, axis: &Axis, place: usize, alike: &[String]) {
    let _ = writeln!(
        body,
        "<article class=\"user\" aria-labelledby=\"u{place}\">\n<h3 id=\"u{place}\"><bdi>{}</bdi> \
         <span class=\"path\"><bdi>{}</bdi></span></h3>",
        escape(&user.name),
        escape(&user.path)
    );
    if let Some(note) = &user.note {
        let _ = writeln!(body, "<p class=\"note\">{}</p>", escape(note));
    }
    let all = lanes(user, axis.today);
    if all.is_empty() {
        let _ = writeln!(
            body,
            "<p class=\"soft\">{}</p>\n</article>",
            match user.note {
                Some(_) => "No key is known of, which is not to say that there is none.",
                None => "There is no key, and nothing tells of one that was there.",
            }
        );
        return;
    }
    body.push_str(&timeline(user, axis, place));
    let out = left_out(&all);
    if out > 0 {
        let _ = writeln!(
            body,
            "<p class=\"note\">{} not drawn: the oldest of those that are gone. <code>--json</code> has all.</p>",
            count(out, "key is", "keys are")
        );
    }
    let own: Vec<_> = gaps(user).into_iter().filter(|gap| !alike.contains(gap)).collect();
    if !own.is_empty() {
        let _ = writeln!(body, "<p class=\"soft small\">{}</p>", escape(&own.join(" ")));
    }
    body.push_str("<details class=\"words\"><summary>The same in words</summary><div class=\"fold\"><ul>\n");
    for lane in all.iter().skip(all.len().saturating_sub(KEYS)) {
        let _ = writeln!(body, "<li><span class=\"id\">{}</span>: {}</li>", lane.id, escape(&in_words(lane)));
    }
    body.push_str("</ul></div></details>\n</article>\n");
}
