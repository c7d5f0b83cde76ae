//! What the lines tell, told again: each decision is made anew, each effect must have been decided, and each
//! end must be one to which the steps lead.

use std::collections::BTreeMap;
use std::time::Duration;

use rotator::{
    Became as Hold, CLAIMS, Decision, Effect, Holds, Limits, Memory, Observation, Policy, carry, decide,
};

use super::bystander::Bystander;
use super::carried::Carried;
use super::code::Code;
use super::ending::{Last, Steps, is_good};
use super::found::Found;
use crate::journal::line::{Became, Begun, Closed, Decided, Ended, Event, Fate, Times};

/// Where a line stands, and of which run it is.
#[derive(Debug, Clone)]
pub struct Place {
    /// Its place in the file.
    pub at: u64,
    /// Its run.
    pub run: String,
    /// A run of this name was there before.
    pub known: bool,
    /// Lines before it are lost, and that was told.
    pub lost: bool,
}

/// All runs of a file.
#[derive(Debug, Default)]
pub struct Replay {
    run: Option<OpenRun>,
    users: BTreeMap<String, Bystander>,
    /// How often lines were lost.
    loss: u64,
}

/// The run that is at work. There is one at a time: it holds the file's lock.
#[derive(Debug)]
struct OpenRun {
    at: u64,
    id: String,
    /// What it began with; `None` if that is not there.
    begun: Option<Terms>,
    users: BTreeMap<(String, String), UserRun>,
    loss: u64,
    bad: bool,
    closed: bool,
}

#[derive(Debug)]
struct Terms {
    command: String,
    account: String,
    policy: Policy,
}

/// One user in a run.
#[derive(Debug, Default)]
struct UserRun {
    carried: Carried,
    /// What was decided, where, and of which nothing was heard yet.
    pending: Option<(Effect, u64)>,
    memory: Memory,
    before: Before,
    steps: Steps,
    ended: bool,
    /// How often lines had been lost when its last line was read.
    loss: u64,
}

/// What a run may go on from without a look.
#[derive(Debug, Default)]
enum Before {
    /// Nothing: it has to look.
    #[default]
    Nothing,
    /// Its last observation.
    Seen(Observation),
    /// The same, and an effect since that took hold.
    Did(Observation, Effect),
    /// Lines are lost or wrong that would tell.
    Unknown,
}

impl Replay {
    /// The name of the run that is at work.
    pub fn open(&self) -> Option<&str> {
        self.run.as_ref().filter(|run| !run.closed).map(|run| run.id.as_str())
    }

    /// Lines were lost: what users carry and what the store serves is not known from here on.
    pub fn lose(&mut self) {
        self.loss += 1;
    }

    /// A line.
    pub fn tell(&mut self, place: &Place, event: &Event<'_>, found: &mut Found) {
        let here = (place.at, place.at);
        if let Event::Run(begun) = event {
            self.begin(place, begun, found);
            return;
        }
        if self.run.as_ref().is_none_or(|run| run.id != place.run) {
            if place.known {
                found.find(Code::AfterTheEnd, here, "its run ended, or was killed, before another one began");
                return;
            }
            if !place.lost {
                found.find(Code::NoBeginning, here, format!("run {} has no first line", place.run));
            }
            self.leave(found);
            self.run = Some(OpenRun::new(place, None, self.loss));
        }
        let Self { run: Some(run), users, loss } = self else { return };
        if run.closed {
            found.find(Code::AfterTheEnd, here, "its run was closed before");
            return;
        }
        match event {
            Event::Run(_) => {}
            Event::Decided(line) => run.decided(place.at, line, users, *loss, found),
            Event::Became(line) => run.became(place.at, line, users, *loss, found),
            Event::Ended(line) => run.ended(place.at, line, *loss, found),
            Event::Closed(line) => run.close(place.at, *line, *loss, found),
        }
    }

    fn begin(&mut self, place: &Place, begun: &Begun<'_>, found: &mut Found) {
        let here = (place.at, place.at);
        if self.run.as_ref().is_some_and(|run| run.id == place.run) {
            found.find(Code::AfterTheEnd, here, "its run had begun before");
            return;
        }
        self.leave(found);
        found.runs += 1;
        let Begun { command, account, policy, limits, .. } = begun;
        let policy = policy.clone().into_owned();
        match Limits::new(Duration::from_millis(limits.deadline_ms), &policy) {
            Err(conflict) => {
                found.find(Code::Limits, here, conflict.to_string());
            }
            Ok(right) if Times::from(&right) != *limits => {
                let (is, right) = (limits.request_timeout_ms, Times::from(&right).request_timeout_ms);
                let says = format!("a request may take {is} ms, and by the deadline it is {right} ms");
                found.find(Code::Limits, here, says);
            }
            Ok(_) => {}
        }
        let terms = Terms { command: command.to_string(), account: account.to_string(), policy };
        self.run = Some(OpenRun::new(place, Some(terms), self.loss));
    }

    /// No more lines of the run that is at work.
    fn leave(&mut self, found: &mut Found) {
        let Some(run) = self.run.take().filter(|run| !run.closed) else { return };
        let open = run.users.iter().filter(|(_, user)| !user.ended);
        let mut users: Vec<String> = Vec::new();
        for ((_, name), user) in open {
            users.push(match &user.pending {
                Some((effect, _)) => format!("{name} (nobody heard what became of `{effect}`)"),
                None => name.clone(),
            });
        }
        let whom = if users.is_empty() { String::new() } else { format!(": {}", users.join(", ")) };
        let what = run.begun.map_or_else(String::new, |terms| format!(", `{}`,", terms.command));
        found.killed += 1;
        found
            .note(run.at, format!("run {}{what} was killed{whom}; a later run looks and settles it", run.id));
    }

    /// The file is at its end.
    pub fn end(&mut self, found: &mut Found) {
        self.leave(found);
        found.users = u64::try_from(self.users.len()).unwrap_or(u64::MAX);
    }
}

impl OpenRun {
    fn new(place: &Place, begun: Option<Terms>, loss: u64) -> Self {
        let users = BTreeMap::new();
        // Of a run without a beginning nobody knows what its users had in hand.
        let loss = if begun.is_some() { loss } else { u64::MAX };
        Self { at: place.at, id: place.run.clone(), begun, users, loss, bad: false, closed: false }
    }

    /// The user in this run; what was lost is forgotten.
    fn user(&mut self, id: &str, name: &str, loss: u64) -> &mut UserRun {
        let begun = self.loss;
        let user = self
            .users
            .entry((id.to_owned(), name.to_owned()))
            .or_insert_with(|| UserRun { loss: begun, ..UserRun::default() });
        if user.loss != loss {
            let (memory, ended, steps) = (user.memory, false, Steps::unknown());
            *user = UserRun {
                carried: Carried::Unknown,
                pending: None,
                memory,
                before: Before::Unknown,
                steps,
                ended,
                loss,
            };
        }
        user
    }

    fn decided(
        &mut self,
        at: u64,
        line: &Decided<'_>,
        bystanders: &mut BTreeMap<String, Bystander>,
        loss: u64,
        found: &mut Found,
    ) {
        let here = (at, at);
        let Decided { user: name, user_id, carried, observation, decision } = line;
        let terms = self.begun.as_ref().map(|terms| (terms.account.clone(), terms.policy.clone()));
        let user = self.user(user_id, name, loss);
        if user.ended || user.steps.are_over() {
            found.find(Code::AfterTheEnd, here, format!("{name} is looked at once more after its run's end"));
            return;
        }
        if let Some((effect, decided)) = user.pending.take() {
            let says =
                format!("line {decided} decided for {name} to {effect}, and nothing tells what became of it");
            found.find(Code::UnreportedEffect, here, says);
            user.carried = Carried::Unknown;
            user.steps = Steps::unknown();
            user.before = Before::Unknown;
        }
        let facts = observation.clone().into_owned();
        user.memory = facts.memory;
        user.pending = match &**decision {
            Decision::Perform(effect) => Some((effect.clone(), at)),
            Decision::Wait(..) | Decision::Done | Decision::Refuse(_) => None,
        };
        let seen = match Observation::new(facts) {
            Ok(seen) => seen,
            Err(contradiction) => {
                found.find(Code::Contradiction, here, format!("{name}: {contradiction}"));
                user.carried = Carried::Unknown;
                user.steps = Steps::unknown();
                user.before = Before::Unknown;
                return;
            }
        };
        let key = terms.as_ref().map_or_else(String::new, |(account, _)| account.clone());
        let bystander = bystanders.entry(format!("{key}/{user_id}")).or_default();
        if bystander.loss != loss {
            *bystander = Bystander::after(loss);
        }
        let fits_the_hand = user.carried.look(seen.facts(), |id| bystander.knows(id));
        if !fits_the_hand {
            let hand = &seen.facts().hand;
            let says = format!(
                "{name}: what the run did before cannot have led to {hand:?}, writable {}",
                seen.facts().writable
            );
            found.find(Code::Carried, here, says);
        }
        let before = std::mem::replace(&mut user.before, Before::Seen(seen.clone()));
        let Some((_, policy)) = terms else { return };
        let fits = match &before {
            Before::Unknown => true,
            Before::Nothing | Before::Seen(_) => false,
            Before::Did(before, effect) => follows(before, effect, &seen, &policy),
        };
        if *carried && fits_the_hand && !fits {
            let says =
                format!("{name}: the look was spared, and what was seen before and done since is another");
            found.find(Code::Carried, here, says);
        }
        user.steps.decided(&seen, &policy, decision);
        found.decisions += 1;
        let right = decide(&seen, &policy);
        if right == **decision {
            judge(at, name, &seen, &policy, decision, bystander, found);
        } else {
            let broken = broken(&seen, &policy, decision);
            let broken = if broken.is_empty() {
                String::new()
            } else {
                format!("; that breaks {}", broken.join(", "))
            };
            let says = format!("{name}: decided is `{decision}`, and right is `{right}`{broken}");
            user.before = Before::Unknown;
            found.find(Code::WrongDecision, here, says);
        }
    }

    fn became(
        &mut self,
        at: u64,
        line: &Became<'_>,
        bystanders: &mut BTreeMap<String, Bystander>,
        loss: u64,
        found: &mut Found,
    ) {
        let here = (at, at);
        let Became { user: name, user_id, effect, became } = line;
        let account = self.begun.as_ref().map_or_else(String::new, |terms| terms.account.clone());
        let user = self.user(user_id, name, loss);
        if user.ended {
            found.find(Code::AfterTheEnd, here, format!("{name} has an effect after its run's end"));
            return;
        }
        let decided = user.pending.take().map(|(effect, _)| effect);
        match &decided {
            Some(decided) if *decided == **effect => {}
            None if user.carried == Carried::Unknown => {}
            Some(decided) => {
                let says =
                    format!("{name}: what was decided is `{decided}`, and what was done is `{effect}`");
                found.find(Code::UndecidedEffect, here, says);
            }
            None => {
                found.find(Code::UndecidedEffect, here, format!("{name}: nothing decided `{effect}`"));
            }
        }
        found.effects += 1;
        user.carried.after(effect, user.memory, became);
        user.before = match (std::mem::take(&mut user.before), became) {
            (Before::Seen(seen), Fate::TookHold(_)) if decided.as_ref() == Some(&**effect) => {
                Before::Did(seen, effect.clone().into_owned())
            }
            (Before::Seen(_), Fate::Failed { .. }) => Before::Nothing,
            (Before::Nothing | Before::Seen(_) | Before::Did(..) | Before::Unknown, _) => Before::Unknown,
        };
        user.steps.became(effect, became);
        if let Some(bystander) = bystanders.get_mut(&format!("{account}/{user_id}")) {
            bystander.became(effect, became);
        }
    }

    fn ended(&mut self, at: u64, line: &Ended<'_>, loss: u64, found: &mut Found) {
        let here = (at, at);
        let Ended { user: name, user_id, outcome } = line;
        self.bad |= !is_good(outcome);
        let policy = self.begun.as_ref().map(|terms| terms.policy.clone());
        let user = self.user(user_id, name, loss);
        if user.ended {
            found.find(Code::AfterTheEnd, here, format!("{name} ends twice"));
            return;
        }
        user.ended = true;
        if let Some((effect, decided)) = user.pending.take() {
            let says =
                format!("line {decided} decided for {name} to {effect}, and nothing tells what became of it");
            found.find(Code::UnreportedEffect, here, says);
        } else if let Some(policy) = policy
            && !user.steps.lead_to(outcome, &policy)
        {
            let last = match user.steps.last() {
                Last::Nothing => "nothing was decided".to_owned(),
                Last::Unknown => "what came before is not known".to_owned(),
                Last::Decided(decision) => format!("the last decision is `{decision}`"),
                Last::Did(effect) => format!("the last step is `{effect}`"),
            };
            found.find(Code::WrongOutcome, here, format!("{name} ends as {outcome}, and {last}"));
        }
    }

    fn close(&mut self, at: u64, line: Closed, loss: u64, found: &mut Found) {
        let here = (at, at);
        self.closed = true;
        let whole = self.loss == loss;
        for ((_, name), user) in self.users.iter().filter(|(_, user)| !user.ended && whole) {
            match &user.pending {
                Some((effect, decided)) => {
                    let says = format!(
                        "line {decided} decided for {name} to {effect}, and nothing tells what became of it"
                    );
                    found.find(Code::UnreportedEffect, here, says);
                }
                None => {
                    found.find(Code::NoEnd, here, format!("{name} has no end"));
                }
            }
        }
        if line.exit == 0 && self.bad {
            let says = "the exit code is 0, and a user of this run was refused, has to wait or failed";
            found.find(Code::WrongExit, here, says);
        }
        self.users.clear();
    }
}

/// Whether this is what a run may go on from without a look, after an effect that took hold in any way.
fn follows(before: &Observation, effect: &Effect, seen: &Observation, policy: &Policy) -> bool {
    let made = seen.facts().hand.key().cloned().map(Hold::Made);
    let ways = [Some(Hold::Done), Some(Hold::Stored), made];
    ways.into_iter().flatten().any(|way| carry(before, effect, &way, policy).as_ref() == Some(seen))
}

/// Every claim, on a step that was decided rightly.
fn judge(
    at: u64,
    name: &str,
    seen: &Observation,
    policy: &Policy,
    decision: &Decision,
    bystander: &mut Bystander,
    found: &mut Found,
) {
    let moment = bystander.decided(seen, policy, decision);
    for (place, claim) in CLAIMS.iter().enumerate() {
        let (judged, holds) = match claim.holds {
            Holds::Decision(holds) => (true, holds(seen, policy, decision)),
            Holds::Moment(holds) => (bystander.shows(claim.name, &moment), holds(&moment)),
        };
        if let Some(count) = found.claims.get_mut(place) {
            count.steps += u64::from(judged);
            count.broken += u64::from(!holds);
        }
        if !holds {
            let says = format!("{name}: `{decision}`. {}: \"{}\"", claim.name, claim.says);
            found.find_claim(Code::Claim, Some(claim.name), (at, at), says);
        }
    }
}

/// The claims about one decision that this one breaks, beside that it is another one.
fn broken(seen: &Observation, policy: &Policy, decision: &Decision) -> Vec<&'static str> {
    let broken = CLAIMS.iter().filter(|claim| match claim.holds {
        Holds::Decision(holds) => claim.name != "same-answer" && !holds(seen, policy, decision),
        Holds::Moment(_) => false,
    });
    broken.map(|claim| claim.name).collect()
}
