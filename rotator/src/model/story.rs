//! A step as a sentence, for whoever reads a counterexample.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt::Write;

use super::iam::{Id, Ticks};
use super::mind::{Held, Mind, Seen, Told, name, observation};
use super::run::{Blur, Fate};
use super::setup::{Deed, Setup, Wish};
use super::step::Step;
use super::world::World;
use crate::{Decision, Effect, Status};

/// Lets it happen, and tells it.
pub fn tell(setup: &Setup, mind: &mut Mind, world: &mut World, step: Step) -> String {
    let before = *world;
    world.happens(setup, mind, step);
    let decided = |who: usize| before.runs.get(who).copied().flatten().and_then(|run| run.decided);
    match step {
        Step::Tick => String::from("a tick passes"),
        Step::Start { who, word: false } => format!("run {who} begins"),
        Step::Start { who, word: true } => {
            let said = world.runs.get(who).copied().flatten().and_then(|run| run.word);
            said.map_or_else(
                || format!("run {who} begins"),
                |id| format!("run {who} begins; a person says that the store serves {}", short(id)),
            )
        }
        Step::Asks { who, wish } => format!("run {who} begins; {}", wish.words()),
        Step::Dies { who } => format!("run {who} dies"),
        Step::Looks { who, blur } => {
            let Some(run) = before.runs.get(who).copied().flatten() else { return String::new() };
            let seen = before.see(setup, &run, blur);
            let decision = (setup.decide_on(&seen)).map_or_else(|| String::from("it cannot"), |d| plain(&d));
            format!("run {who} sees {}{} and decides: {decision}", brief(&seen), blurred(blur))
        }
        Step::Carries { who } => {
            let seen = before.runs.get(who).copied().flatten().and_then(|run| run.carried);
            let Some(seen) = seen else { return String::new() };
            let decision = (setup.decide_on(&seen)).map_or_else(|| String::from("it cannot"), |d| plain(&d));
            format!("run {who} goes on from {} without a look and decides: {decision}", brief(&seen))
        }
        Step::Sends { who, fate } => match decided(who) {
            Some(request) => {
                let effect = plain(&Decision::Perform(Effect::from(request.act)));
                format!("run {who}: {effect}{}", fate.words())
            }
            None => String::new(),
        },
        Step::Lands { which } => match before.late.get(which).copied().flatten() {
            Some(request) => {
                format!("lands late: {}", plain(&Decision::Perform(Effect::from(request.act))))
            }
            None => String::new(),
        },
        Step::Arrives { which } => match before.deliveries.get(which).copied().flatten() {
            Some((id, _)) => format!("the pipeline stores {}", short(id)),
            None => String::new(),
        },
        Step::Uses { nth } => {
            let held = before.held_by_jobs(setup).nth(nth);
            held.map_or_else(String::new, |id| format!("a job uses {}", short(id)))
        }
        Step::Person(deed) => format!("a person {}", deed.words()),
        Step::Deletes { nth } => {
            let key = before.iam.keys().nth(nth);
            key.map_or_else(String::new, |key| format!("a person deletes {}", short(key.id)))
        }
    }
}

impl Setup {
    /// What is decided on this, for telling.
    fn decide_on(&self, seen: &Seen) -> Option<Decision> {
        let policy = seen.asked.of(&self.policy());
        observation(self.memory, seen).map(|seen| (self.decide)(&seen, &policy))
    }
}

impl Fate {
    fn words(self) -> &'static str {
        match self {
            Self::Good => "",
            Self::Unheard => ", and does not hear that it took hold",
            Self::Lost => ", which is lost on its way",
            Self::Late => ", which it gives up and which may land later",
            Self::Rejected => ", which the store rejects",
            Self::NotFollowed => ", which does not come as far as the second store",
            Self::Torn => ", of which the first part arrives",
            Self::TornLate => ", of which the first part arrives and the second may land later",
            Self::Unproved => ", whose proof does not come before the deadline",
            Self::BeyondQuota => ", beyond the quota",
        }
    }
}

impl Deed {
    fn words(self) -> &'static str {
        match self {
            Self::Creates => "makes a key",
            Self::Uses => "uses that key",
            Self::UsesOther => "uses a key that is not served",
            Self::Deactivates => "deactivates what is served",
            Self::Deletes => "deletes what is served",
            Self::DeactivatesOther => "deactivates PENDING or LAST",
            Self::DeletesOther => "deletes PENDING or LAST",
            Self::Activates => "activates a key",
            Self::Recreates => "deletes the user and makes it anew",
            Self::Wipes => "removes the memory",
            Self::DropsCurrent => "removes CURRENT's name",
            Self::Swaps => "swaps CURRENT and LAST in the memory",
            Self::PutsBack => "puts LAST's pair back into the store",
        }
    }
}

impl Wish {
    fn words(self) -> &'static str {
        match self {
            Self::RollBack => "a person asks that LAST is served again",
            Self::Revive => "a person asks that LAST works again",
            Self::RevokeCurrent => "a person says that CURRENT has leaked",
            Self::RevokeLast => "a person says that LAST has leaked",
        }
    }
}

/// `k1` for the first key.
fn short(id: Id) -> String {
    format!("k{}", id.number())
}

/// The decision in its own words, with short ids.
fn plain(decision: &Decision) -> String {
    let mut text = decision.to_string();
    for number in (1..=u8::MAX).rev() {
        let id = Id::nth(number);
        if text.contains("AKIA") {
            text = text.replace(name(id).as_str(), &short(id));
        }
    }
    text
}

/// `k1 (4 ticks old, used 1 ago), k2 (new, unused); CURRENT k1, PENDING k2, written 1 ago; holds k2`.
fn brief(seen: &Seen) -> String {
    let keys = seen.keys.iter().flatten().map(|key| {
        let used = match key.used {
            Err(()) => String::from("use unread"),
            Ok(None) => String::from("unused"),
            Ok(Some(ago)) => format!("used {}", since(ago)),
        };
        let off = if key.status == Status::Inactive { ", Inactive" } else { "" };
        format!("{} (made {}, {used}{off})", short(key.id), since(key.age))
    });
    let keys: Vec<_> = keys.collect();
    let mut text = if keys.is_empty() { String::from("no key") } else { keys.join(", ") };
    let named = [("CURRENT", seen.names.current), ("LAST", seen.names.last), ("PENDING", seen.names.pending)];
    let mut parts: Vec<_> =
        named.into_iter().filter_map(|(slot, id)| id.map(|id| format!("{slot} {}", short(id)))).collect();
    if seen.names.open {
        parts.push(String::from("open"));
    }
    if let Some(status) = seen.names.resting {
        parts.push(format!("resting anew ({status})"));
    }
    if let Some(age) = seen.written {
        parts.push(format!("written {}", since(age)));
    }
    if !parts.is_empty() {
        // Writing to a String does not fail.
        let _ = write!(text, "; {}", parts.join(", "));
    }
    if let Told::Changed(changed) = seen.told {
        let word = if changed { "written" } else { "not written" };
        let _ = write!(text, ", store {word} since PENDING was named");
    }
    if let Told::Read(id) = seen.told {
        let _ = write!(text, "; the store serves {}", id.map_or(String::from("nothing"), short));
    }
    let held = match seen.hand {
        Held::Empty | Held::Asked => None,
        Held::Holds(id) => Some(("holds", id)),
        Held::Sent(id) => Some(("has sent", id)),
        Held::Stored(id) => Some(("has stored", id)),
    };
    if let Some((verb, id)) = held {
        let _ = write!(text, "; it {verb} {}", short(id));
    }
    if !seen.writable {
        text.push_str("; the store takes nothing");
    }
    text
}

fn since(ticks: Ticks) -> String {
    if ticks == 0 { String::from("now") } else { format!("{ticks} ago") }
}

fn blurred(blur: Blur) -> String {
    let Blur { stale_keys, stale_slots, stale_read, late_use, unread, clock, slots_clock } = blur;
    let notes = [
        (stale_keys, "an old list"),
        (stale_slots, "old slots"),
        (stale_read, "an old answer of the store"),
        (late_use, "old uses"),
        (unread.contains(&true), "uses unread"),
        (clock != 0 || slots_clock != 0, "a clock that is off"),
    ];
    let notes: Vec<_> = notes.into_iter().filter_map(|(is, note)| is.then_some(note)).collect();
    if notes.is_empty() { String::new() } else { format!(" ({})", notes.join(", ")) }
}
