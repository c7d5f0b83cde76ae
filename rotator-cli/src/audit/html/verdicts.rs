//! The verdicts: how many of each rule, then what is broken, what cannot be judged, and what holds.

use std::fmt::Write;

use super::{count, grouped, marked, prose, sign};
use crate::audit::{Audit, Outcome, Rule, Standard, Verdict};
use crate::page::escape;

/// Verdicts of one outcome that are told in full.
const BROKEN: usize = 500;
const UNJUDGED: usize = 250;
const HELD: usize = 250;

/// The section.
pub fn section(body: &mut String, audit: &Audit) {
    body.push_str("<section aria-labelledby=\"verdicts\">\n<h2 id=\"verdicts\">Verdicts</h2>\n");
    tally(body, audit);
    rules(body, audit);
    listed(body, audit, Outcome::Broken, "What is broken", BROKEN);
    listed(body, audit, Outcome::Unjudged, "What cannot be judged", UNJUDGED);
    held(body, audit);
    body.push_str("</section>\n");
}

/// A rule's verdicts of one outcome.
fn of<'a>(audit: &'a Audit, rule: &'a Rule, outcome: Outcome) -> impl Iterator<Item = &'a Verdict> {
    audit.verdicts.iter().filter(move |verdict| verdict.rule.id == rule.id && verdict.outcome == outcome)
}

/// What a rule came to: the worst of its verdicts; `None` where it had nothing to judge.
fn worst(audit: &Audit, rule: &Rule) -> Option<Outcome> {
    audit.verdicts.iter().filter(|verdict| verdict.rule.id == rule.id).map(|verdict| verdict.outcome).max()
}

fn tally(body: &mut String, audit: &Audit) {
    let rules = |outcome| audit.rules.iter().filter(|rule| worst(audit, rule) == Some(outcome)).count();
    let places = |outcome| audit.verdicts.iter().filter(|verdict| verdict.outcome == outcome).count();
    let (broken, unjudged, held) = (rules(Outcome::Broken), rules(Outcome::Unjudged), rules(Outcome::Held));
    body.push_str("<ul class=\"tally\">\n");
    for (outcome, number) in [(Outcome::Broken, broken), (Outcome::Unjudged, unjudged), (Outcome::Held, held)]
    {
        let (class, _) = sign(outcome);
        let words = match number {
            0 => format!("<span class=\"none\">{}</span>", outcome.name()),
            _ => marked(outcome, outcome.name()),
        };
        let rules = if number == 1 { "rule" } else { "rules" };
        let verdicts = count(places(outcome), "verdict", "verdicts");
        let _ = writeln!(
            body,
            "<li class=\"is-{class}\"><b>{number}</b> {words}<small class=\"soft\">{rules}, in {verdicts}</small></li>"
        );
    }
    body.push_str("</ul>\n");
    let mut told = match (broken, unjudged) {
        _ if audit.verdicts.is_empty() => "Nothing was judged: there was no user to judge.".to_owned(),
        (0, 0) => "Every rule that was asked holds for every user.".to_owned(),
        (0, _) => "No rule was found broken, and not every rule could be judged.".to_owned(),
        (_, _) => "A rule is broken where it does not hold for at least one user or key.".to_owned(),
    };
    if places(Outcome::Unjudged) > 0 {
        told.push_str(
            " Where a rule cannot be judged, something that it needs is not known. That is not to say that it holds.",
        );
    }
    let unasked = audit.rules.iter().filter(|rule| worst(audit, rule).is_none()).count();
    if unasked > 0 && !audit.verdicts.is_empty() {
        let _ = write!(told, " {} nothing to judge.", count(unasked, "rule had", "rules had"));
    }
    let _ = writeln!(body, "<p class=\"lead\">{told}</p>");
    let unseen = audit.users.iter().filter(|user| user.note.is_some()).count();
    if unseen > 0 {
        let _ = writeln!(
            body,
            "<p class=\"note\">{} a note, which stands at the timeline.</p>",
            count(unseen, "user has", "users have")
        );
    }
}

fn rules(body: &mut String, audit: &Audit) {
    if audit.rules.is_empty() {
        return;
    }
    body.push_str(
        "<table class=\"stack fixed rules\">\n<caption>Verdicts by rule, broken ones first</caption>\n<thead><tr>\
         <th scope=\"col\">Rule</th><th scope=\"col\">Came to</th><th scope=\"col\" class=\"num\">Broken</th>\
         <th scope=\"col\" class=\"num\">Cannot be judged</th><th scope=\"col\" class=\"num\">Held</th>\
         <th scope=\"col\">Number in the standards</th></tr></thead>\n<tbody>\n",
    );
    let mut rules = audit.rules.clone();
    // Stable: within an outcome the report's order holds.
    rules.sort_by_key(|rule| std::cmp::Reverse(worst(audit, rule)));
    for rule in rules {
        let number = |outcome: Outcome| match of(audit, rule, outcome).count() {
            0 => format!("<td class=\"num none zero\" data-is=\"{}\">0</td>", outcome.name()),
            some => format!("<td class=\"num\" data-is=\"{}\"><b>{}</b></td>", outcome.name(), grouped(some)),
        };
        let came = worst(audit, rule).map_or_else(
            || "<span class=\"none\">nothing to judge</span>".to_owned(),
            |outcome| marked(outcome, outcome.name()),
        );
        let _ = writeln!(
            body,
            "<tr><th scope=\"row\">{} <code class=\"soft under\">{}</code></th><td class=\"keep\">{came}</td>{}{}{}<td>{}</td></tr>",
            escape(rule.title),
            escape(rule.id),
            number(Outcome::Broken),
            number(Outcome::Unjudged),
            number(Outcome::Held),
            standards(rule.standards),
        );
    }
    body.push_str("</tbody>\n</table>\n");
}

/// Each standard once, with the number that each of its versions gives the rule.
pub fn standards(all: &[Standard]) -> String {
    if all.is_empty() {
        return "<span class=\"none\">no standard</span>".to_owned();
    }
    let mut names: Vec<&str> = Vec::new();
    for standard in all {
        if !names.contains(&standard.name) {
            names.push(standard.name);
        }
    }
    let one = |name: &&str| {
        let numbers = all.iter().filter(|standard| standard.name == *name).map(|standard| {
            match (standard.version, standard.number) {
                ("", number) => escape(number),
                (version, number) => format!(
                    "<span class=\"keep\">{} <span class=\"soft\">({})</span></span>",
                    escape(number),
                    escape(version)
                ),
            }
        });
        format!("{}: {}", escape(name), numbers.collect::<Vec<_>>().join(", "))
    };
    names.iter().map(one).collect::<Vec<_>>().join("<br />")
}

/// Verdicts of one outcome, rule by rule.
fn listed(body: &mut String, audit: &Audit, outcome: Outcome, title: &str, most: usize) {
    let all = audit.verdicts.iter().filter(|verdict| verdict.outcome == outcome).count();
    if all == 0 {
        return;
    }
    let _ = writeln!(body, "<h3>{title}</h3>");
    let mut room = most;
    for rule in &audit.rules {
        let of_rule: Vec<_> = of(audit, rule, outcome).collect();
        if of_rule.is_empty() {
            continue;
        }
        let told = of_rule.len().min(room);
        room -= told;
        let caption = marked(outcome, &escape(rule.title));
        if told == 0 {
            let _ = writeln!(body, "<p>{caption}: {}, not listed here.</p>", grouped(of_rule.len()));
            continue;
        }
        let _ = writeln!(
            body,
            "<table class=\"stack fixed verdicts\">\n<caption>{caption} <code>{}</code></caption>\n<thead><tr>\
             <th scope=\"col\">User</th><th scope=\"col\">Key</th><th scope=\"col\">Why</th>\
             <th scope=\"col\">Next step</th></tr></thead>\n<tbody>",
            escape(rule.id)
        );
        of_rule.iter().take(told).for_each(|verdict| row(body, verdict));
        body.push_str("</tbody>\n</table>\n");
        if told < of_rule.len() {
            let _ = writeln!(body, "<p>… and {} more of this rule.</p>", grouped(of_rule.len() - told));
        }
    }
    if most < all {
        let _ = writeln!(
            body,
            "<p class=\"note\">{} of {} are listed here; <code>--format json</code> and <code>--format csv</code> have each.</p>",
            grouped(most),
            grouped(all)
        );
    }
}

fn row(body: &mut String, verdict: &Verdict) {
    let user = verdict.user.as_deref().map_or_else(
        || "<span class=\"none\">the whole</span>".to_owned(),
        |user| format!("<bdi>{}</bdi>", escape(user)),
    );
    let key = verdict.key.as_ref().map_or_else(String::new, |key| format!("<span class=\"id\">{key}</span>"));
    let next = verdict.next.as_deref().map_or_else(String::new, prose);
    let _ = writeln!(
        body,
        "<tr><th scope=\"row\">{user}</th><td>{key}</td><td>{}</td><td data-is=\"Next:\">{next}</td></tr>",
        prose(&verdict.says)
    );
}

/// What holds: folded, and only where it is short enough to be read.
fn held(body: &mut String, audit: &Audit) {
    let all: Vec<_> = audit.verdicts.iter().filter(|verdict| verdict.outcome == Outcome::Held).collect();
    if all.is_empty() {
        return;
    }
    body.push_str("<h3>What holds</h3>\n");
    if all.len() > HELD {
        let _ = writeln!(
            body,
            "<p>{} hold. So many are not listed here; <code>--format json</code> and <code>--format csv</code> have each.</p>",
            count(all.len(), "verdict", "verdicts")
        );
        return;
    }
    let _ = writeln!(
        body,
        "<details><summary>{}</summary><div class=\"fold\">\n<table class=\"stack fixed verdicts\">\n<caption>What holds, and why</caption>\n\
         <thead><tr><th scope=\"col\">User</th><th scope=\"col\">Key</th><th scope=\"col\">Why</th>\
         <th scope=\"col\">Rule</th></tr></thead>\n<tbody>",
        count(all.len(), "verdict that holds", "verdicts that hold")
    );
    for verdict in all {
        let user = verdict.user.as_deref().map_or_else(|| "the whole".to_owned(), escape);
        let key =
            verdict.key.as_ref().map_or_else(String::new, |key| format!("<span class=\"id\">{key}</span>"));
        let _ = writeln!(
            body,
            "<tr><th scope=\"row\"><bdi>{user}</bdi></th><td>{key}</td><td>{}</td><td>{} <code>{}</code></td></tr>",
            prose(&verdict.says),
            marked(Outcome::Held, Outcome::Held.name()),
            escape(verdict.rule.id)
        );
    }
    body.push_str("</tbody>\n</table>\n</div></details>\n");
}
