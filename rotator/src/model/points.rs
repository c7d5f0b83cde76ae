//! Observations from the whole input space of `decide`, reachable or not, and every claim about one
//! decision on each.
//!
//! The space (statuses, ages and uses around each threshold, every slot assignment, every hand and
//! word, each policy) has some 10^9 points. They are visited in an order that spreads evenly over all
//! dimensions, and each point once if as many are asked for.

use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;
use core::time::Duration;

use super::mind::SAME_ANSWER;
use crate::{
    AccessKeyId, Adopt, Became, CLAIMS, Decision, Effect, Facts, Goal, Hand, Holds, Key, Memory, Observation,
    Policy, Served, Slots, Status, Used, carry, hangs_on_use,
};

const SECOND: Duration = Duration::from_secs(1);
const SETTLE: Duration = Duration::from_secs(60);
const STRAY: Duration = Duration::from_secs(3_600);
const REST: Duration = Duration::from_secs(12 * 3_600);
const WEEK: Duration = Duration::from_secs(7 * 86_400);
const MONTH: Duration = Duration::from_secs(30 * 86_400);

/// What is asked of a look that was made without last uses.
const SPARED: &str = "spared-use-changes-nothing";
/// And of what a run goes on from without a look.
const CARRIED: &str = "carried-takes-nothing";

/// A decision that breaks a claim.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unclaimed {
    /// The claim's name.
    pub claim: &'static str,
    /// On what was decided, and what.
    pub told: String,
}

/// How often each decision was made, by its stable word, and how many observations there were.
pub type Counts = BTreeMap<&'static str, u64>;

/// Visits so many points for each number of keys.
///
/// # Errors
/// The first decision that breaks a claim.
pub fn visit_points(
    memory: Memory,
    points: u64,
    decide: fn(&Observation, &Policy) -> Decision,
) -> Result<Counts, Unclaimed> {
    let policies = policies();
    let mut counts = Counts::new();
    for keys in 0..=3 {
        // Three keys have one answer.
        let points = if keys == 3 { points / 50 } else { points };
        visit(keys, memory, points, &policies, decide, &mut counts)?;
    }
    Ok(counts)
}

fn visit(
    keys: usize,
    memory: Memory,
    points: u64,
    policies: &[Policy],
    decide: fn(&Observation, &Policy) -> Decision,
    counts: &mut Counts,
) -> Result<(), Unclaimed> {
    let size = facts(&mut Wheels::at(0), keys, memory, policies).2;
    let step = coprime_near(size / 1_000 * 618, size);
    for n in 0..points.min(size) {
        let at = u128::from(n) * u128::from(step) % u128::from(size);
        let at = u64::try_from(at).unwrap_or_default();
        let (facts, policy, _) = facts(&mut Wheels::at(at), keys, memory, policies);
        let Ok(seen) = Observation::new(facts) else { continue };
        let decision = decide(&seen, policy);
        *counts.entry("observations").or_default() += 1;
        let unread = unread(&seen);
        if unread.as_ref().is_some_and(|unread| !hangs_on_use(unread, policy)) {
            *counts.entry("needs-no-use").or_default() += 1;
            if unread.is_none_or(|unread| decide(&unread, policy) != decision) {
                let told = format!("{decision:?}\n{policy:?}\n{:?}", seen.facts());
                return Err(Unclaimed { claim: SPARED, told });
            }
        }
        *counts.entry(decision.code()).or_default() += 1;
        for next in goes_on(&seen, policy, &decision) {
            *counts.entry("goes-on").or_default() += 1;
            let taken = match decide(&next, policy) {
                Decision::Perform(Effect::Delete(id) | Effect::Deactivate(id)) => Some(id),
                Decision::Perform(_) | Decision::Wait(..) | Decision::Done | Decision::Refuse(_) => None,
            };
            if taken.is_some_and(|id| next.facts().hand != Hand::Holds(id)) {
                let told = format!("{decision:?}\n{policy:?}\n{:?}", seen.facts());
                return Err(Unclaimed { claim: CARRIED, told });
            }
        }
        for claim in CLAIMS {
            if let Holds::Decision(holds) = claim.holds
                && claim.name != SAME_ANSWER
                && !holds(&seen, policy, &decision)
            {
                let told = format!("{decision:?}\n{policy:?}\n{:?}", seen.facts());
                return Err(Unclaimed { claim: claim.name, told });
            }
        }
    }
    Ok(())
}

/// What a run goes on from after the effect that was decided, whatever was heard of it.
fn goes_on(seen: &Observation, policy: &Policy, decision: &Decision) -> Vec<Observation> {
    let Decision::Perform(effect) = decision else { return Vec::new() };
    let [.., made] = ids();
    let ways = [Became::Done, Became::Stored, Became::Made(made), Became::Unclear];
    ways.iter().filter_map(|became| carry(seen, effect, became, policy)).collect()
}

/// The same look without last uses.
fn unread(seen: &Observation) -> Option<Observation> {
    let facts = seen.facts();
    let keys = facts.keys.iter().map(|key| Key { used: Used::Unknown, ..key.clone() }).collect();
    Observation::new(Facts { keys, ..facts.clone() }).ok()
}

/// One point of the space: facts, policy, and how many points there are.
fn facts<'a>(
    wheels: &mut Wheels,
    count: usize,
    memory: Memory,
    policies: &'a [Policy],
) -> (Facts, &'a Policy, u64) {
    let ids = ids();
    let [a, b, .., absent] = &ids;
    let policy = wheels.choose(policies);
    let keys = ids.iter().take(count).map(|id| key(wheels, id)).collect();

    // Where something was written: two listed keys and an absent one, each in any slot or in none.
    let mut slots = Slots::default();
    let mut written = None;
    if memory != Memory::Dates {
        let times = [
            None,
            Some(0),
            Some(60),
            Some(3_599),
            Some(3_600),
            Some(43_200),
            Some(604_800),
            Some(MONTH.as_secs()),
        ];
        written = wheels.choose(&times).map(Duration::from_secs);
        let named = [(); 3].map(|()| wheels.choose(&[None, Some(a), Some(b), Some(absent)]).cloned());
        let open = wheels.turn(2) == 1;
        if written.is_some() {
            let [current, last, pending] = named;
            let resting = wheels.choose(&[None, Some(Status::Active), Some(Status::Inactive)]);
            slots = Slots { current, last, pending, open, resting: *resting };
        }
    }

    // A key in hand, or a word, or neither.
    let at = wheels.turn(15);
    let id = [a, b, absent].into_iter().nth(at % 3).unwrap_or(absent).clone();
    let (hand, served) = match at / 3 {
        0 => (Hand::Holds(id), Served::Untold),
        1 => (Hand::Sent(id), Served::Untold),
        2 => (Hand::Stored(id), Served::Untold),
        3 => (Hand::Empty, Served::Said(id)),
        _ if at == 14 => (Hand::Asked, Served::Untold),
        _ => (Hand::Empty, Served::Untold),
    };
    // A store beside a ledger may tell by itself, whatever is in hand.
    let served = match memory {
        Memory::Ledger => match wheels.turn(8) {
            0 => Served::Read(None),
            1 => Served::Read(Some(a.clone())),
            2 => Served::Read(Some(b.clone())),
            3 => Served::Changed,
            4 => Served::Unchanged,
            _ => served,
        },
        Memory::Document | Memory::Dates => served,
    };
    let kept = wheels.turn(3) == 0;
    let writable = wheels.turn(2) == 0;
    let own = wheels.choose(&[None, Some(a), Some(b)]).cloned();
    let same_user = wheels.turn(16) != 0;
    let facts = Facts { same_user, keys, memory, slots, written, hand, writable, served, kept, own };
    (facts, policy, wheels.size)
}

fn key(wheels: &mut Wheels, id: &AccessKeyId) -> Key {
    let status = if wheels.turn(4) == 0 { Status::Inactive } else { Status::Active };
    let ages = [Duration::ZERO, SETTLE, STRAY, REST, REST + STRAY, REST + STRAY + SECOND, MONTH, 2 * MONTH];
    let age = wheels.choose(&ages);
    let agos = [Duration::ZERO, STRAY - SECOND, STRAY, REST - SECOND, REST, WEEK, MONTH];
    let used = match wheels.turn(agos.len() + 2) {
        0 => Used::Never,
        1 => Used::Unknown,
        ago => Used::Ago(agos.get(ago - 2).copied().unwrap_or_default()),
    };
    Key { id: id.clone(), status, age: *age, used }
}

fn policies() -> Vec<Policy> {
    let keep = Policy { max_age: MONTH, ..Policy::default() };
    let [a, ..] = ids();
    vec![
        Policy::default(),
        Policy { retire: Some(WEEK), ..keep.clone() },
        Policy { retire: Some(WEEK), ..Policy::default() },
        Policy { trust: true, ..keep.clone() },
        Policy { trust: true, ..Policy::default() },
        Policy { adopt: Adopt::Never, ..keep.clone() },
        Policy { goal: Goal::RollBack(a.clone()), ..keep.clone() },
        Policy { goal: Goal::Revive(a.clone()), ..keep.clone() },
        Policy { goal: Goal::Revoke(a), ..Policy::default() },
        keep,
    ]
}

/// Three that may be listed, and one that is absent.
fn ids() -> [AccessKeyId; 4] {
    [1, 2, 3, 99].map(|number| super::mind::name(super::iam::Id::nth(number)))
}

/// A point's number, read as one digit for each choice.
struct Wheels {
    rest: u64,
    size: u64,
}

impl Wheels {
    fn at(number: u64) -> Self {
        Self { rest: number, size: 1 }
    }

    fn turn(&mut self, faces: usize) -> usize {
        let faces = faces as u64;
        let face = self.rest % faces;
        self.rest /= faces;
        self.size *= faces;
        usize::try_from(face).unwrap_or_default()
    }

    /// One of these; there is at least one.
    fn choose<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        let face = self.turn(from.len());
        #[expect(clippy::indexing_slicing, reason = "a face is less than the number of faces")]
        &from[face]
    }
}

/// A step that comes to each of `size` points before it comes to one again.
fn coprime_near(start: u64, size: u64) -> u64 {
    let divisor = |mut a: u64, mut b: u64| {
        while b > 0 {
            (a, b) = (b, a % b);
        }
        a
    };
    (start.max(1)..).find(|step| divisor(*step, size) == 1).unwrap_or(1)
}
