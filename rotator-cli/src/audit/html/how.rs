//! How to read the page, what the rules ask, and what the report cannot show.

use std::fmt::Write;

use rotator::Status;

use super::prose;
use super::verdicts::standards;
use crate::audit::Audit;
use crate::audit::timeline::swatch;
use crate::history::Role;
use crate::page::escape;

/// What no audit of this kind can know, whatever it was given.
const LIMITS: [&str; 8] = [
    "It shows the account as it was at the time above. What was changed since is not in it.",
    "IAM records a key’s last use once in 15 minutes; how long that takes to be seen is not published. No use on \
     record means never used, or a time from which IAM has no record (IAM user guide).",
    "Which key is CURRENT and which LAST is what the store or the user’s tags say. If somebody changed those by \
     hand, the report says what they say.",
    "How long the longest job runs is not known. LAST’s rest is what --min-age says it is.",
    "Where no CloudTrail was given, uses before the last one are not known; where it was, a use shows only as far as \
     that trail logs the call. A trail of management events has no calls on data, such as S3 objects.",
    "Keys that were deleted before the first record, and roles that no journal tells of, are not known. They are not \
     drawn, or drawn as not known.",
    "Who else has a copy of a pair cannot be seen from the account.",
    "A rule that holds is no certificate: nothing was asked beyond the sentence that stands beside it.",
];

/// The sections.
pub fn section(body: &mut String, audit: &Audit) {
    body.push_str("<section aria-labelledby=\"how\">\n<h2 id=\"how\">How to read it</h2>\n");
    legend(body);
    body.push_str("</section>\n<section aria-labelledby=\"rules\">\n<h2 id=\"rules\">The rules</h2>\n");
    if audit.rules.is_empty() {
        body.push_str("<p>No rule was asked.</p>\n");
    }
    for rule in &audit.rules {
        let _ = writeln!(
            body,
            "<h3>{} <code class=\"soft\">{}</code></h3>\n<p>{}</p>\n<p class=\"soft small\">{}</p>",
            escape(rule.title),
            escape(rule.id),
            escape(rule.says),
            standards(rule.standards)
        );
    }
    statements(body, audit);
    body.push_str(
        "</section>\n<section aria-labelledby=\"limits\">\n<h2 id=\"limits\">What this report cannot show</h2>\n<ul>\n",
    );
    for limit in LIMITS {
        let _ = writeln!(body, "<li>{limit}</li>");
    }
    body.push_str("</ul>\n</section>\n");
}

/// What is asked of a policy, which no account shows.
fn statements(body: &mut String, audit: &Audit) {
    if audit.statements.is_empty() {
        return;
    }
    body.push_str("<h3>Stated, and not judged</h3>\n");
    for statement in &audit.statements {
        let place = standards(&[statement.standard]);
        let _ = writeln!(body, "<p>{place}. {}</p>", prose(&statement.says));
    }
}

fn legend(body: &mut String) {
    let bar = |role, status| swatch(role, status);
    let mark = |id: &str| format!("<use href=\"#{id}\" x=\"50%\" />");
    let items = [
        (bar(Some(Role::Current), None), "<b>CURRENT</b>: the store hands it to jobs. Filled."),
        (bar(Some(Role::Last), None), "<b>LAST</b>: was CURRENT before, works, and rests. Hatched."),
        (bar(Some(Role::Pending), None), "<b>PENDING</b>: is to be CURRENT next. Dotted."),
        (bar(Some(Role::Stray), None), "<b>STRAY</b>: nothing names it. Cross-hatched."),
        (
            bar(None, None),
            "The key was there; its role is not known. A patterned stub at today’s line is its role today.",
        ),
        (
            bar(Some(Role::Last), Some(Status::Inactive)),
            "<b>Inactive</b>: switched off, it does not work. Half as high, with a dashed edge.",
        ),
        (mark("m-made"), "The key was made."),
        (mark("m-gone"), "The key was deleted."),
        (mark("m-torn"), "It was there already; before that nothing is known."),
        (mark("m-lost"), "It is gone; when that was is not known."),
        (mark("m-earlier"), "It was made before the left edge, on the date beside its id."),
        (
            "<rect class=\"use\" x=\"4\" y=\"7\" width=\"34\" height=\"4\" /><use href=\"#m-use\" x=\"52\" y=\"5\" />"
                .to_owned(),
            "Use: a span of uses, and a single one.",
        ),
        (
            "<line class=\"hand\" x1=\"32\" x2=\"32\" y1=\"-2\" y2=\"20\" />".to_owned(),
            "The store began to serve the other key.",
        ),
        (
            "<line class=\"both\" x1=\"4\" x2=\"60\" y1=\"9\" y2=\"9\" /><use href=\"#m-end\" x=\"4\" y=\"9\" /><use href=\"#m-end\" x=\"60\" y=\"9\" />"
                .to_owned(),
            "Two keys work, so a job that holds the older one goes on. Dashed: of one of them it is not known whether \
             it worked.",
        ),
        (
            "<line class=\"both no-key\" x1=\"4\" x2=\"60\" y1=\"9\" y2=\"9\" /><use href=\"#m-end\" x=\"4\" y=\"9\" /><use href=\"#m-end\" x=\"60\" y=\"9\" />"
                .to_owned(),
            "No key works.",
        ),
        (mark("m-due"), "CURRENT is due, at the dashed line."),
        (
            "<rect class=\"void\" x=\"1\" y=\"0\" width=\"62\" height=\"18\" />".to_owned(),
            "Before the first record: nothing is known.",
        ),
    ];
    body.push_str("<ul class=\"legend\">\n");
    for (picture, words) in items {
        let _ = writeln!(
            body,
            "<li><svg class=\"sample\" width=\"64\" height=\"18\" aria-hidden=\"true\" focusable=\"false\">{picture}</svg>\
             <span>{words}</span></li>"
        );
    }
    body.push_str(
        "</ul>\n<p>A rule <b>holds</b>, is <b>broken</b>, or <b>cannot be judged</b> because something that it needs is \
         not known. Of what is unknown nothing is taken for granted, neither way.</p>\n",
    );
}
