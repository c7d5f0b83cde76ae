//! `rotator plan`, and `rotate --dry-run`: one look at each user, and what would come first.

use futures_util::StreamExt;
use futures_util::stream;
use rotator::{AccessKeyId, Decision, Effect, Goal, Observation, Policy, decide};
use serde_json::json;

use super::{Ended, counted, memory_name, open, tell_unread};
use crate::args::RotateArgs;
use crate::assignment::Assignment;
use crate::clock::{local_now, rfc3339};
use crate::drive::World;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::fleet::{Task, why_wait};
use crate::iam::User;
use crate::live::Live;
use crate::report::Teller;
use crate::say;
use crate::settings::Settings;
use crate::stop::Stop;
use crate::store::compare::{self, cautions};
use crate::table::table;
use crate::target::Shared;
use crate::users::all;

/// Looks at the same time.
const AT_ONCE: usize = 10;

/// Says what `rotate` would do.
///
/// # Errors
/// [`Ended`].
pub async fn run(args: RotateArgs) -> Result<Exit, Ended> {
    let settings = Settings::new(&args.store, &args.times, false).map_err(Ended::Usage)?;
    let scope = Assignment::of_path(args.clone()).map_err(Ended::Usage)?.scope;
    let shared = open(&args.aws, &settings, None, Stop::default()).await?;
    let (users, left_out) = all(&shared.iam, &scope, &shared.caller.account).await?;
    let teller = Teller::new(false, args.json);
    if let Some(note) = left_out {
        teller.note(&note);
    }
    if settings.store.is_some() {
        cautions(&shared.target.promises()).iter().for_each(|caution| teller.note(caution));
    }
    counted(users.len(), args.max_users)?;
    let tasks = users.into_iter().map(|user| (user, None)).collect();
    show(&shared, &settings, tasks, args.json).await
}

/// Looks at each user once and prints the plan.
///
/// # Errors
/// [`Ended`].
pub async fn show(
    shared: &Shared,
    settings: &Settings,
    tasks: Vec<Task>,
    as_json: bool,
) -> Result<Exit, Ended> {
    let look = |(user, word): Task| async move {
        let mut live = Live::begin(shared, user.clone(), word, 0);
        let seen = live.observe().await;
        (user, seen, live.torn(), live.use_unread)
    };
    let looks: Vec<_> = stream::iter(tasks).map(look).buffered(AT_ONCE).collect().await;
    let mut plans: Vec<Plan> = Vec::new();
    let mut exit = Exit::Done;
    for (user, seen, torn, unread) in looks {
        if let Some(note) = torn {
            Teller::new(false, as_json).note(&note);
        }
        plans.push(match seen {
            Ok(seen) => {
                let plan = Plan::new(&user, &seen, &settings.policy, shared);
                // What does not hang on it needs no right to it.
                if ["use-unreadable", "maybe-served"].contains(&plan.code) {
                    exit = exit.max(tell_unread(&user, unread.as_ref(), &Teller::new(false, as_json)));
                }
                plan
            }
            Err(failure) => Plan::failed(&user, &failure),
        });
    }
    if as_json {
        let users = plans.iter().map(Plan::json).collect::<Vec<_>>();
        let store = compare::json(memory_name(shared.target.memory()), &shared.target.promises());
        let account = &shared.caller.account;
        say::out(&format!(
            "{:#}",
            json!({ "version": 1, "account": account, "store": store, "users": users })
        ));
    } else {
        let rows = plans.iter().map(|plan| [plan.user.clone(), plan.would.to_owned(), plan.sentence()]);
        say::out(&table(["USER", "WOULD", "BECAUSE"], rows));
    }
    Ok(plans.iter().map(|plan| plan.exit).fold(exit, Exit::max))
}

struct Plan {
    user: String,
    would: &'static str,
    code: &'static str,
    why: String,
    first: Option<String>,
    key: Option<AccessKeyId>,
    again: Option<String>,
    next: Option<String>,
    exit: Exit,
}

impl Plan {
    fn new(user: &User, seen: &Observation, policy: &Policy, shared: &Shared) -> Self {
        let decision = decide(seen, policy);
        let mut plan = Self {
            user: user.name.clone(),
            would: "rotate",
            code: decision.code(),
            why: String::new(),
            first: None,
            key: None,
            again: None,
            next: None,
            // A plan that finds work to do has done its own work.
            exit: Exit::Done,
        };
        match &decision {
            Decision::Perform(effect) => {
                plan.first = Some(effect.to_string());
                plan.would = match (&policy.goal, effect) {
                    (Goal::RollBack(_), _) => "roll back",
                    (Goal::Revive(_), _) => "revive",
                    (Goal::Revoke(_), _) => "revoke",
                    (Goal::Rotate, Effect::Promote(_)) => "go on",
                    (Goal::Rotate, Effect::Adopt { last: Some(_), .. }) => "adopt",
                    (Goal::Rotate, Effect::Deactivate(_) | Effect::Rest(_)) => "retire",
                    (Goal::Rotate, _) if policy.retire.is_some() => "retire",
                    (Goal::Rotate, _) => "rotate",
                };
                plan.key = match effect {
                    Effect::Delete(id)
                    | Effect::Deactivate(id)
                    | Effect::Promote(id)
                    | Effect::Rest(id)
                    | Effect::Restore(id)
                    | Effect::Activate(id) => Some(id.clone()),
                    Effect::Adopt { .. }
                    | Effect::Open
                    | Effect::Create
                    | Effect::Stage(_)
                    | Effect::Publish(_) => None,
                };
                plan.why = match &policy.goal {
                    Goal::Rotate if plan.would == "retire" => format!("LAST has rested; first: {effect}"),
                    Goal::Rotate if plan.would == "go on" => format!("not complete; first: {effect}"),
                    Goal::Rotate => format!("due; first: {effect}"),
                    Goal::RollBack(_) | Goal::Revive(_) => format!("first: {effect}"),
                    Goal::Revoke(leaked) => format!("{leaked} has leaked; first: {effect}"),
                };
                if plan.would == "adopt" {
                    plan.why = format!("met for the first time; first: {effect}, which then rests");
                }
            }
            Decision::Wait(pause, span) => {
                plan.would = "wait";
                plan.why = why_wait(pause, seen.facts());
                plan.again = Some(rfc3339(local_now() + *span));
            }
            Decision::Done => {
                plan.would = "nothing";
                plan.why = match &policy.goal {
                    Goal::Rotate => "nothing is due".into(),
                    Goal::RollBack(id) => format!("{id} is CURRENT already"),
                    Goal::Revive(id) => format!("{id} works already"),
                    Goal::Revoke(id) => format!("{id} is neither served nor works"),
                };
            }
            Decision::Refuse(refusal) => {
                plan.would = "refuse";
                plan.why = refusal.to_string();
                plan.next = Some(refusal.next_step(&user.name, shared.target.words_for(refusal)));
                plan.exit = Exit::Refused;
            }
        }
        plan
    }

    fn failed(user: &User, failure: &Failure) -> Self {
        Self {
            user: user.name.clone(),
            would: "fail",
            code: failure.code(),
            why: failure.to_string(),
            first: None,
            key: None,
            again: None,
            next: failure.next_step(),
            exit: failure.exit(),
        }
    }

    /// All of it in one cell of the table.
    fn sentence(&self) -> String {
        let mut sentence = self.why.clone();
        if self.again.is_some() || self.next.is_some() {
            sentence = format!("{sentence} [{}]", self.code);
        }
        if let Some(again) = &self.again {
            sentence = format!("{sentence}; worth running again after {again}");
        }
        if let Some(next) = &self.next {
            sentence = format!("{sentence}; next: {next}");
        }
        sentence
    }

    fn json(&self) -> serde_json::Value {
        json!({
            "user": self.user, "would": self.would, "code": self.code, "because": self.why,
            "first": self.first, "key": self.key.as_ref().map(AccessKeyId::as_str),
            "run_again_after": self.again, "next": self.next,
        })
    }
}
