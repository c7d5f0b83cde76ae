//! Which pairs of case and fault there are, how each is told, and what is counted.

use std::collections::BTreeMap;
use std::fmt;

use rotator_cli::drive::Outcome;

use crate::faulty::{At, Fault, Strike};
use crate::kinds::Kind;
use crate::place::{Pipeline, Place, Settled, Store, Told};
use crate::play::{HOUR, Ran, clean_run, grant, pass, run, settle};

#[derive(Debug, Clone, Copy)]
pub struct Case {
    pub store: Store,
    pub kind: Kind,
}

impl Case {
    pub fn all(stores: &[Store]) -> Vec<Self> {
        let of = |store: &Store| {
            let store = *store;
            Kind::ALL
                .into_iter()
                .filter(move |kind| kind.occurs(&store))
                .map(move |kind| Self { store, kind })
        };
        stores.iter().flat_map(of).collect()
    }
}

/// One thing that goes wrong in one case.
#[derive(Debug, Clone, Copy)]
pub struct Pair {
    pub case: Case,
    /// How many effects come before the one that is struck.
    pub place: usize,
    pub strike: Strike,
    pub pipeline: Pipeline,
}

/// An effect of a clean run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Done {
    effect: &'static str,
    /// How many writes it took of the store, where that counts them.
    writes: usize,
}

/// The case with nothing going wrong: which effects it has.
pub async fn clean<P: Place>(place: &P, kind: Kind, rotations: usize) -> Result<Vec<Done>, String> {
    let told = async {
        let told = kind.prepare(place).await?;
        let ran = clean_run(place, &told).await?;
        granted(place, &told).await?;
        settle(place, rotations).await?;
        Ok(ran
            .begun
            .iter()
            .zip(&ran.writes)
            .map(|(effect, writes)| Done { effect, writes: *writes })
            .collect())
    };
    told.await.map_err(|error: String| format!("{kind:?}: {error}\n{}", place.story()))
}

impl fmt::Display for Done {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.writes {
            0 | 1 => f.write_str(self.effect),
            writes => write!(f, "{}*{writes}", self.effect),
        }
    }
}

/// What came of one pair.
#[derive(Debug)]
pub struct End {
    /// How the struck run ended.
    outcome: &'static str,
    /// What people were asked afterwards.
    asked: Vec<&'static str>,
    hits: usize,
    /// Calls of jobs that failed because their pair was torn.
    failed: usize,
}

/// The case with this pair's fault, and clean runs until rotations have got through.
pub async fn struck<P: Place>(place: &P, pair: &Pair, rotations: usize) -> Result<End, String> {
    let told = async {
        let (outcome, hits) = strike(place, pair).await?;
        let asked = settle(place, rotations).await?;
        Ok(End { outcome, hits, asked, failed: place.failed_calls() })
    };
    told.await.map_err(|error: String| format!("{pair:?}: {error}\n{}", place.story()))
}

/// The same with a second run two hours later, and what that one does.
pub async fn struck_twice<P: Place>(
    place: &P,
    pair: &Pair,
    second: Option<Strike>,
) -> Result<Vec<&'static str>, String> {
    let told = async {
        strike(place, pair).await?;
        pass(place, 2 * HOUR)?;
        let ran = run(place, &Told::Nothing, second, Pipeline::Stores).await?;
        if second.is_some() && ran.hits == 0 {
            return Err(format!("the second run was not struck: {ran:?}"));
        }
        settle(place, 1).await?;
        Ok(ran.begun)
    };
    told.await.map_err(|error: String| format!("{pair:?}, then {second:?}: {error}\n{}", place.story()))
}

async fn strike<P: Place>(place: &P, pair: &Pair) -> Result<(&'static str, usize), String> {
    let told = pair.case.kind.prepare(place).await?;
    let ran = run(place, &told, Some(pair.strike), pair.pipeline).await?;
    hit_there(pair, &ran)?;
    granted(place, &told).await?;
    Ok((ran.outcome.as_ref().map_or("killed", code), ran.hits))
}

/// What was asked for comes to pass in the end.
async fn granted<P: Place>(place: &P, told: &Told) -> Result<(), String> {
    match told {
        Told::Goal(goal) => grant(place, goal).await,
        Told::Nothing | Told::Word(_) => Ok(()),
    }
}

/// It struck where it was to strike, and as often as such a fault does.
fn hit_there(pair: &Pair, ran: &Ran) -> Result<(), String> {
    let Strike { effect, fault, at, .. } = pair.strike;
    let there = ran.hit == Some(pair.place) && ran.begun.get(pair.place) == Some(&effect);
    let once = at != At::Seam || fault.for_good() || ran.hits == 1;
    let dead = ran.outcome.is_none() == fault.kills();
    if !there || ran.hits == 0 || !once || !dead {
        return Err(format!("it did not strike as it should: {ran:?}"));
    }
    Ok(())
}

fn code(outcome: &Outcome) -> &'static str {
    match outcome {
        Outcome::NothingDue => "nothing due",
        Outcome::Settled => "settled",
        Outcome::Rotated(_) => "rotated",
        Outcome::Granted(_) => "granted",
        Outcome::HandedOver(_) => "handed over",
        Outcome::Waiting(..) => "waiting",
        Outcome::Refused(..) => "refused",
        Outcome::Failed(_) => "failed",
        Outcome::Stopped => "stopped",
    }
}

/// All pairs, from what the clean runs did.
pub struct Plan {
    cases: Vec<(Case, Vec<Done>)>,
}

impl Plan {
    #[track_caller]
    pub fn of(cases: &[Case], done: Vec<Result<Vec<Done>, String>>) -> Self {
        Self { cases: cases.iter().copied().zip(good(done)).collect() }
    }

    pub fn pairs(&self) -> Vec<Pair> {
        self.cases.iter().flat_map(|(case, done)| pairs(*case, done)).collect()
    }

    /// The faults of a second run that does these effects.
    pub fn seconds(begun: &[&'static str]) -> Vec<Strike> {
        strikes(begun).map(|(_, strike)| strike).collect()
    }

    /// The effects of each case, and how many pairs that makes: a case that loses an effect shows here.
    pub fn table(&self) -> String {
        let mut text = String::new();
        for (case, done) in &self.cases {
            let (store, kind) = (case.store.name, format!("{:?}", case.kind));
            let effects: Vec<_> = done.iter().map(ToString::to_string).collect();
            let (effects, count) = (effects.join(" "), pairs(*case, done).len());
            text += &format!("{store:24} {kind:15} {count:4}  {effects}\n");
        }
        text + &format!("{} pairs of case and fault\n", self.pairs().len())
    }
}

fn pairs(case: Case, done: &[Done]) -> Vec<Pair> {
    let begun: Vec<_> = done.iter().map(|done| done.effect).collect();
    // A pair may be dropped; where what was delivered counts as stored, that is what is trusted.
    let may_drop = begun.contains(&"publish") && case.store.settled != Settled::Answer;
    let pipelines = if may_drop { &[Pipeline::Stores, Pipeline::Drops][..] } else { &[Pipeline::Stores] };
    let of = |(place, strike)| {
        pipelines.iter().map(move |pipeline| Pair { case, place, strike, pipeline: *pipeline })
    };
    let occurs = |(_, strike): &(usize, Strike)| {
        strike.at == At::Seam || case.store.can_fail_so(strike.effect, strike.fault)
    };
    strikes(&begun).chain(later(done)).filter(occurs).flat_map(of).collect()
}

/// Where an effect takes several writes: each after the first, struck in each way, and a death between each
/// and the next.
fn later(done: &[Done]) -> impl Iterator<Item = (usize, Strike)> {
    done.iter().enumerate().flat_map(move |(place, Done { effect, writes })| {
        let nth = done.iter().take(place + 1).filter(|done| done.effect == *effect).count();
        let strike = move |at, fault| (place, Strike { effect, nth, fault, at });
        let after = |passes| if passes == 0 { At::Wire } else { At::Later(passes) };
        let deaths = (1..*writes).map(move |passes| strike(after(passes - 1), Fault::KilledAfter));
        let others = (1..*writes)
            .flat_map(move |passes| Fault::OF_THE_OTHER_SIDE.map(|fault| strike(At::Later(passes), fault)));
        deaths.chain(others)
    })
}

/// Each effect, struck in each way.
fn strikes(begun: &[&'static str]) -> impl Iterator<Item = (usize, Strike)> {
    let seam = Fault::ALL.map(|fault| (At::Seam, fault));
    let wire = Fault::OF_THE_OTHER_SIDE.map(|fault| (At::Wire, fault));
    begun.iter().copied().enumerate().flat_map(move |(place, effect)| {
        let nth = begun.iter().take(place + 1).filter(|code| **code == effect).count();
        let all = seam.into_iter().chain(wire);
        all.map(move |(at, fault)| (place, Strike { effect, nth, fault, at }))
    })
}

/// What all pairs together came to.
pub struct Figures {
    hits: usize,
    /// Pairs that left the store torn, and the calls of jobs that failed on it.
    pub torn: usize,
    pub failed: usize,
    outcomes: BTreeMap<&'static str, usize>,
    asked: BTreeMap<&'static str, usize>,
}

impl Figures {
    #[track_caller]
    pub fn of(ends: Vec<Result<End, String>>) -> Self {
        let mut figures =
            Self { hits: 0, torn: 0, failed: 0, outcomes: BTreeMap::new(), asked: BTreeMap::new() };
        for end in good(ends) {
            figures.hits += end.hits;
            figures.torn += usize::from(end.failed > 0);
            figures.failed += end.failed;
            *figures.outcomes.entry(end.outcome).or_default() += 1;
            for code in end.asked {
                *figures.asked.entry(code).or_default() += 1;
            }
        }
        figures
    }
}

/// Each must have come to a good end.
#[track_caller]
pub fn good<T>(ends: Vec<Result<T, String>>) -> Vec<T> {
    let all = ends.len();
    let (good, wrong): (Vec<_>, Vec<_>) = ends.into_iter().partition(Result::is_ok);
    let wrong: Vec<_> = wrong.into_iter().filter_map(Result::err).collect();
    if let Some(first) = wrong.first() {
        let lines: Vec<_> = wrong.iter().filter_map(|told| told.lines().next()).take(40).collect();
        panic!("{} of {all} fail; the first:\n{first}\n\n{}", wrong.len(), lines.join("\n"));
    }
    good.into_iter().filter_map(Result::ok).collect()
}

impl fmt::Display for Figures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} hits, struck runs {:?}, then asked {:?}", self.hits, self.outcomes, self.asked)
    }
}
