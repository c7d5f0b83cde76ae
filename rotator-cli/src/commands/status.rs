//! `rotator status`: each user's keys with their roles.

use futures_util::StreamExt;
use futures_util::stream;
use rotator::{Facts, Key, Policy, Served, Slots, Used, roles};
use serde_json::{Value, json};

use super::{Ended, memory_name, open, tell_unread};
use crate::args::RotateArgs;
use crate::assignment::Assignment;
use crate::drive::World;
use crate::exit::Exit;
use crate::iam::User;
use crate::live::Live;
use crate::report::Teller;
use crate::say;
use crate::settings::Settings;
use crate::stop::Stop;
use crate::table::{short, table};
use crate::users::all;

/// Shows the keys of the users on a path.
///
/// # Errors
/// [`Ended`].
pub async fn run(args: RotateArgs) -> Result<Exit, Ended> {
    let settings = Settings::new(&args.store, &args.times, false).map_err(Ended::Usage)?;
    let scope = Assignment::of_path(args.clone()).map_err(Ended::Usage)?.scope;
    let path = scope.name();
    let shared = open(&args.aws, &settings, None, Stop::default()).await?;
    let (users, left_out) = all(&shared.iam, &scope, &shared.caller.account).await?;
    let teller = Teller::new(false, args.json);
    if let Some(note) = left_out {
        teller.note(&note);
    }
    if users.is_empty() {
        return Err(Ended::Usage("No IAM Users found on PATH".into()));
    }
    let shared = &shared;
    let look = |user: User| async move {
        let mut live = Live::begin(shared, user.clone(), None, 0);
        let seen = live.observe().await;
        (user, seen, live.torn(), live.use_unread)
    };
    let looks: Vec<_> = stream::iter(users).map(look).buffered(args.concurrency.max(1)).collect().await;
    let mut exit = Exit::Done;
    let (mut rows, mut data) = (Vec::new(), Vec::new());
    for (user, seen, torn, unread) in looks {
        match seen {
            Ok(seen) => {
                exit = exit.max(tell_unread(&user, unread.as_ref(), &teller));
                let slots = roles(&seen, &settings.policy);
                rows.extend(user_rows(&user, seen.facts(), &slots, &settings.policy));
                if let Some(note) = torn.or_else(|| behind(&user, seen.facts(), &slots)) {
                    teller.note(&note);
                }
                data.push(user_json(&user, seen.facts(), &slots, &settings.policy));
            }
            Err(failure) => {
                exit = exit.max(failure.exit());
                teller.note(&format!("{}: {failure}", user.name));
                if let Some(next) = failure.next_step() {
                    teller.note(&format!("next: {next}"));
                }
            }
        }
    }
    if args.json {
        let memory = memory_name(settings.memory);
        say::out(&format!(
            "{:#}",
            json!({ "version": 1, "account": shared.caller.account, "path": path, "ledger": memory, "users": data })
        ));
    } else {
        let head = ["USER", "KEY", "ROLE", "STATUS", "AGE", "LAST USED", "DUE IN"];
        say::out(&table(head, rows.into_iter()));
    }
    Ok(exit)
}

fn user_rows(user: &User, facts: &Facts, slots: &Slots, policy: &Policy) -> Vec<[String; 7]> {
    let none =
        [user.name.clone(), "no key".into(), "-".into(), "-".into(), "-".into(), "-".into(), "-".into()];
    if facts.keys.is_empty() {
        return vec![none];
    }
    let row = |key: &Key| {
        [
            user.name.clone(),
            key.id.to_string(),
            role(slots, key).to_owned(),
            key.status.to_string(),
            short(key.age),
            used(key.used),
            due_in(slots, key, policy).unwrap_or_else(|| "-".to_owned()),
        ]
    };
    facts.keys.iter().map(row).collect()
}

fn user_json(user: &User, facts: &Facts, slots: &Slots, policy: &Policy) -> Value {
    let keys = facts.keys.iter().map(|key| {
        json!({
            "id": key.id.as_str(),
            "role": role(slots, key),
            "status": key.status.to_string(),
            "age_seconds": key.age.as_secs(),
            "last_used": match key.used {
                Used::Never => json!("never"),
                Used::Unknown => json!("unknown"),
                Used::Ago(ago) => json!({ "seconds_ago": ago.as_secs() }),
            },
            "due_in_seconds": (role(slots, key) == "CURRENT" && !policy.max_age.is_zero())
                .then(|| policy.max_age.saturating_sub(key.age).as_secs()),
        })
    });
    json!({ "user": user.name, "path": user.path, "keys": keys.collect::<Vec<_>>() })
}

/// A key's role; a key without one is a dead run's or a person's.
fn role(slots: &Slots, key: &Key) -> &'static str {
    let is = |slot: &Option<rotator::AccessKeyId>| slot.as_ref() == Some(&key.id);
    match slots {
        _ if is(&slots.current) => "CURRENT",
        _ if is(&slots.last) => "LAST",
        _ if is(&slots.pending) => "PENDING",
        _ => "STRAY",
    }
}

/// The store was changed by somebody, or by a run that died: what it serves outweighs the names.
fn behind(user: &User, facts: &Facts, slots: &Slots) -> Option<String> {
    let name = &user.name;
    if let (Served::Read(None), Some(current), false) = (&facts.served, &slots.current, slots.under_way()) {
        return Some(format!(
            "{name}: the store serves nothing, so jobs that start find no pair; CURRENT should be {current}"
        ));
    }
    let served = facts.served.key().filter(|id| slots.current.as_ref() != Some(id))?;
    Some(match facts.keys.iter().any(|key| key.id == *served) {
        true => format!("{name}: the store serves {served}; the next run names it CURRENT"),
        false => format!("{name}: the store serves {served}, which is no key of the user"),
    })
}

fn used(used: Used) -> String {
    match used {
        Used::Never => "never".to_owned(),
        Used::Unknown => "unknown".to_owned(),
        Used::Ago(ago) => format!("{} ago", short(ago)),
    }
}

fn due_in(slots: &Slots, key: &Key, policy: &Policy) -> Option<String> {
    if role(slots, key) != "CURRENT" {
        return None;
    }
    match policy.max_age.saturating_sub(key.age) {
        left if left.is_zero() => Some("now".to_owned()),
        left => Some(short(left)),
    }
}
