//! What came of it, for a person and as data.

use serde_json::{Value, json};

use super::collect::{Change, Counts, What};
use super::judge::{Finding, Judgement, Times, Verdict, span, when};
use super::users::User;
use crate::exit::Exit;
use crate::table::table;
use crate::trail::Reading;

/// All of it.
#[derive(Debug)]
pub struct Report {
    /// What was read.
    pub reading: Reading,
    /// What was counted.
    pub counts: Counts,
    /// The times of the first and the last record, in seconds since 1970.
    pub span: Option<(u64, u64)>,
    /// What was asked for.
    pub times: Times,
    /// Nothing is concluded from silence.
    pub gaps: bool,
    /// Users, by account and name, each with every rule's word.
    pub users: Vec<(User, Vec<Judgement>)>,
    /// Users whose path was asked for and is not known.
    pub pathless: Vec<String>,
}

impl Report {
    /// What the shell sees.
    #[must_use]
    pub fn exit(&self) -> Exit {
        match self.users.iter().map(|(_, judged)| verdict(judged)).max() {
            Some(Verdict::Broken) => Exit::Found,
            Some(Verdict::Held) if !self.gaps && self.pathless.is_empty() => Exit::Done,
            Some(Verdict::Held | Verdict::Unjudged) | None => Exit::Unjudged,
        }
    }

    /// For a person: a row for each user, each finding, what could not be judged, and what it rests on.
    #[must_use]
    pub fn text(&self) -> String {
        let several = self
            .users
            .iter()
            .any(|(user, _)| Some(&user.account) != self.users.first().map(|(u, _)| &u.account));
        let name = |user: &User| match several {
            true => format!("{}/{}", user.account, user.name),
            false => user.name.clone(),
        };
        let rows = self.users.iter().map(|(user, judged)| {
            let worst = verdict(judged);
            let why = judged.iter().filter(|one| one.verdict == worst && worst != Verdict::Held);
            let why = why.map(|one| one.rule.id).collect::<Vec<_>>().join(", ");
            [name(user), worst.name().to_owned(), keys(user), why]
        });
        let mut text = String::new();
        if !self.users.is_empty() {
            text = table(["USER", "VERDICT", "KEYS", "WHY"], rows) + "\n";
        }
        for (user, judged) in &self.users {
            for finding in judged.iter().flat_map(|one| &one.findings) {
                text += &shown(&name(user), finding);
            }
        }
        for (user, judged) in &self.users {
            for one in judged.iter().filter(|one| !one.reasons.is_empty()) {
                text += &format!("\ncannot be judged [{}] {}\n", one.rule.id, name(user));
                text.extend(one.reasons.iter().map(|reason| format!("  {reason}\n")));
            }
        }
        text + "\n" + &self.rests_on()
    }

    fn rests_on(&self) -> String {
        let Counts { changes, duplicates, denied, failed, unclear, uses } = self.counts;
        let Reading { files, digests, records, unreadable, .. } = self.reading;
        let span = match self.span {
            Some((from, to)) => format!(", from {} to {} ({})", when(from), when(to), span(to - from)),
            None => String::new(),
        };
        let count =
            |verdict| self.users.iter().filter(|(_, judged)| self::verdict(judged) == verdict).count();
        let mut text = format!(
            "{} broken, {} held, {} that cannot be judged\n\
             records: {records}, files: {files}{span}\n\
             changes of users and keys: {changes}; left out: {duplicates} delivered again, {denied} denied, {failed} failed\n\
             calls by users with keys of their own: {uses}\n",
            count(Verdict::Broken),
            count(Verdict::Held),
            count(Verdict::Unjudged),
        );
        if digests > 0 {
            text += &format!("digest files, passed over: {digests}\n");
        }
        if unreadable + unclear > 0 {
            text += &format!("what could not be understood: {}\n", unreadable + unclear);
        }
        if self.gaps {
            text +=
                "Not everything was read, or it is an extract: nothing is concluded from what is not there\n";
        }
        if !self.pathless.is_empty() {
            text += &format!(
                "not judged, for the trail does not tell their path: {}\n",
                self.pathless.join(", ")
            );
        }
        text
    }

    /// The same as data.
    #[must_use]
    pub fn json(&self) -> Value {
        let Counts { changes, duplicates, denied, failed, unclear, uses } = self.counts;
        let users = self.users.iter().map(|(user, judged)| {
            let keys = user.keys.iter().map(|key| {
                let at = |change: Option<&Change>| change.map(|change| when(change.at));
                json!({
                    "key": key.id,
                    "made": at(key.made.as_ref()),
                    "switched": key.switched.iter().map(event).collect::<Vec<_>>(),
                    "deleted": at(key.gone.as_ref()),
                    "first_use": key.jobs.first().map(when),
                    "last_use": key.jobs.last().map(when),
                })
            });
            let rules = judged.iter().map(|one| {
                json!({
                    "rule": one.rule.id,
                    "verdict": one.verdict.name(),
                    "reasons": one.reasons,
                    "findings": one.findings.iter().map(finding).collect::<Vec<_>>(),
                })
            });
            json!({
                "account": user.account,
                "user": user.name,
                "path": user.path,
                "verdict": verdict(judged).name(),
                "made": user.made.as_ref().map(|made| when(made.at)),
                "deleted": user.gone.as_ref().map(|gone| when(gone.at)),
                "keys": keys.collect::<Vec<_>>(),
                "rules": rules.collect::<Vec<_>>(),
            })
        });
        json!({
            "version": 1,
            "exit": self.exit().code(),
            "trail": {
                "files": self.reading.files,
                "digests": self.reading.digests,
                "records": self.reading.records,
                "unreadable": self.reading.unreadable + unclear,
                "problems": self.reading.problems,
                "more_problems": self.reading.more_problems,
                "gaps": self.gaps,
                "from": self.span.map(|(from, _)| when(from)),
                "to": self.span.map(|(_, to)| when(to)),
                "changes": changes,
                "duplicates": duplicates,
                "denied": denied,
                "failed": failed,
                "uses": uses,
            },
            "times": {
                "min_age": self.times.min_age,
                "period": self.times.period,
                "quarantine": self.times.quarantine,
            },
            "users": users.collect::<Vec<_>>(),
            "path_unknown": self.pathless,
        })
    }
}

/// The worst of a user's.
#[must_use]
pub fn verdict(judged: &[Judgement]) -> Verdict {
    judged.iter().map(|one| one.verdict).max().unwrap_or(Verdict::Unjudged)
}

fn keys(user: &User) -> String {
    let left = user.keys.iter().filter(|key| key.gone.is_none() && user.gone.is_none()).count();
    format!("{} seen, {left} left", user.keys.len())
}

fn shown(user: &str, finding: &Finding) -> String {
    let mut text = format!(
        "\nbroken [{}] {user} {} {}\n  {}\n",
        finding.rule.id,
        finding.key,
        when(finding.at),
        finding.says
    );
    for change in &finding.events {
        let word = |word: &Option<String>| word.clone().unwrap_or_else(|| "?".to_owned());
        text += &format!(
            "  {} {}{} by {} with {} from {} (event {})\n",
            when(change.at),
            change.what.call(),
            change.key.as_ref().map(|key| format!(" {key}")).unwrap_or_default(),
            word(&change.by),
            change.tool.map_or("?", |tool| tool.name),
            word(&change.from),
            word(&change.id),
        );
    }
    text += &format!("  next: {}\n", finding.next);
    text
}

fn finding(finding: &Finding) -> Value {
    json!({
        "key": finding.key,
        "at": when(finding.at),
        "says": finding.says,
        "next": finding.next,
        "events": finding.events.iter().map(event).collect::<Vec<_>>(),
    })
}

fn event(change: &Change) -> Value {
    json!({
        "at": when(change.at),
        "id": change.id,
        "name": change.what.call(),
        "key": change.key,
        "status": match change.what {
            What::KeyMade | What::KeyOn => Some("Active"),
            What::KeyOff => Some("Inactive"),
            What::KeyGone | What::UserMade | What::UserRenamed | What::UserGone => None,
        },
        "by": change.by,
        "tool": change.tool.map(|tool| tool.name),
        "agent": change.agent,
        "from": change.from,
    })
}
