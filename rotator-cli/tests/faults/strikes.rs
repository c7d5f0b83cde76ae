//! Which pairs of case and fault there are, how each is told, and what is counted.

use std::collections::BTreeMap;
use std::fmt;

use crate::faulty::{At, Fault, Strike};
use crate::kinds::Kind;
use crate::place::{Pipeline, Place, Store, To};
use crate::play::{Ran, clean_run, run, settle};

#[derive(Debug, Clone, Copy)]
pub struct Case {
    pub store: Store,
    pub kind: Kind,
}

impl Case {
    pub fn all(stores: &[Store]) -> Vec<Self> {
        let of = |store: &Store| {
            let store = *store;
            Kind::ALL.into_iter().filter(move |kind| kind.occurs(&store)).map(move |kind| Self { store, kind })
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

/// The case with nothing going wrong: which effects it has.
pub async fn clean<P: Place>(place: &P, kind: Kind, rotations: usize) -> Result<Vec<&'static str>, String> {
    let told = async {
        let word = kind.prepare(place).await?;
        let ran = clean_run(place, word.as_ref()).await?;
        settle(place, rotations).await?;
        Ok(ran.begun)
    };
    told.await.map_err(|error: String| format!("{kind:?}: {error}\n{}", place.story()))
}

/// What came of one pair.
#[derive(Debug)]
pub struct End {
    /// How the struck run ended.
    pub outcome: String,
    /// What people were asked afterwards.
    pub asked: Vec<&'static str>,
    pub hits: usize,
    /// The effects up to the struck one.
    begun: Vec<&'static str>,
}

/// The case with this pair's fault, and clean runs until rotations have got through.
pub async fn struck<P: Place>(place: &P, pair: &Pair, rotations: usize) -> Result<End, String> {
    let told = async {
        let word = pair.case.kind.prepare(place).await?;
        let ran = run(place, word.as_ref(), Some(pair.strike), pair.pipeline).await?;
        let begun = hit_there(pair, &ran)?;
        let outcome = ran.outcome.as_ref().map_or("killed", |outcome| crate::strikes::word(outcome));
        let asked = settle(place, rotations).await?;
        Ok(End { outcome: outcome.to_owned(), asked, hits: ran.hits, begun })
    };
    told.await.map_err(|error: String| format!("{pair:?}: {error}\n{}", place.story()))
}

/// It struck where it was to strike, and as often as such a fault does.
fn hit_there(pair: &Pair, ran: &Ran) -> Result<Vec<&'static str>, String> {
    let Strike { effect, fault, at, .. } = pair.strike;
    let there = ran.hit == Some(pair.place) && ran.begun.get(pair.place) == Some(&effect);
    let once = at == At::Wire || fault.for_good() || ran.hits == 1;
    let dead = ran.outcome.is_none() == fault.kills();
    if !there || ran.hits == 0 || !once || !dead {
        return Err(format!("it did not strike as it should: {ran:?}"));
    }
    Ok(ran.begun.iter().take(pair.place + 1).copied().collect())
}

fn word(outcome: &rotator_cli::drive::Outcome) -> &'static str {
    use rotator_cli::drive::Outcome;
    match outcome {
        Outcome::NothingDue => "nothing due",
        Outcome::Settled => "settled",
        Outcome::Rotated(_) => "rotated",
        Outcome::HandedOver(_) => "handed over",
        Outcome::Waiting(..) => "waiting",
        Outcome::Refused(..) => "refused",
        Outcome::Failed(_) => "failed",
        Outcome::Stopped => "stopped",
    }
}

/// All pairs, from what the clean runs did.
pub struct Plan {
    cases: Vec<(Case, Vec<&'static str>)>,
}

impl Plan {
    #[track_caller]
    pub fn of(cases: &[Case], begun: &[Result<Vec<&'static str>, String>]) -> Self {
        let wrong: Vec<_> = begun.iter().filter_map(|told| told.as_ref().err()).collect();
        assert!(wrong.is_empty(), "{} clean cases fail, the first:\n{}", wrong.len(), wrong[0]);
        let begun = begun.iter().map(|told| told.clone().unwrap());
        Self { cases: cases.iter().copied().zip(begun).collect() }
    }

    pub fn pairs(&self) -> Vec<Pair> {
        self.cases.iter().flat_map(|(case, begun)| pairs(*case, begun)).collect()
    }

    /// The effects of each case, and how many pairs that makes: a case that loses an effect shows here.
    pub fn table(&self) -> String {
        let mut text = String::new();
        for (case, begun) in &self.cases {
            let (store, kind) = (case.store.name, format!("{:?}", case.kind));
            let (effects, count) = (begun.join(" "), pairs(*case, begun).len());
            text += &format!("{store:24} {kind:15} {count:4}  {effects}\n");
        }
        text + &format!("{} pairs of case and fault\n", self.pairs().len())
    }
}

fn pairs(case: Case, begun: &[&'static str]) -> Vec<Pair> {
    let hands_over = begun.contains(&"publish") && drops(&case.store);
    let pipelines = if hands_over { &[Pipeline::Stores, Pipeline::Drops][..] } else { &[Pipeline::Stores] };
    let mut all = Vec::new();
    for (place, effect) in begun.iter().copied().enumerate() {
        let nth = begun.iter().take(place + 1).filter(|code| **code == effect).count();
        let seam = Fault::ALL.map(|fault| (At::Seam, fault));
        let wire = Fault::OF_THE_OTHER_SIDE.map(|fault| (At::Wire, fault));
        for (at, fault) in seam.into_iter().chain(wire) {
            let strike = Strike { effect, nth, fault, at };
            all.extend(pipelines.iter().map(|pipeline| Pair { case, place, strike, pipeline: *pipeline }));
        }
    }
    all
}

/// Whether a pair may be dropped. Where delivered counts as stored, that is what is trusted.
fn drops(store: &Store) -> bool {
    match (store.to, store.settled) {
        (To::SecretsManager, _) | (_, crate::place::Settled::Answer) => false,
        (To::File | To::Stdout | To::Memory { .. }, _) => true,
    }
}

/// What all pairs together came to.
pub struct Figures {
    hits: usize,
    outcomes: BTreeMap<String, usize>,
    asked: BTreeMap<&'static str, usize>,
}

impl Figures {
    /// Each pair must have come to a good end.
    #[track_caller]
    pub fn of(pairs: &[Pair], ends: &[Result<End, String>]) -> Self {
        let wrong: Vec<_> = ends.iter().filter_map(|end| end.as_ref().err()).collect();
        let list: Vec<_> = wrong.iter().filter_map(|wrong| wrong.lines().next()).collect();
        assert!(
            wrong.is_empty(),
            "{} of {} fail, the first:\n{}\nand all of them:\n{}",
            wrong.len(),
            ends.len(),
            wrong[0],
            list.join("\n")
        );
        assert_eq!(pairs.len(), ends.len());
        let mut figures = Self { hits: 0, outcomes: BTreeMap::new(), asked: BTreeMap::new() };
        for (pair, end) in pairs.iter().zip(ends) {
            let end = end.as_ref().unwrap();
            assert_eq!(end.begun.last(), Some(&pair.strike.effect));
            figures.hits += end.hits;
            *figures.outcomes.entry(end.outcome.clone()).or_default() += 1;
            for code in &end.asked {
                *figures.asked.entry(code).or_default() += 1;
            }
        }
        figures
    }
}

impl fmt::Display for Figures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} hits, struck runs {:?}, then asked {:?}", self.hits, self.outcomes, self.asked)
    }
}
