//! Anything at any call, from a seed: the same number tells the same story.

use std::time::Duration;

use rotator::Memory;

use crate::faulty::{At, Fault, Strike};
use crate::kinds::Kind;
use crate::memory::{STORES, Sim};
use crate::place::{Pipeline, Place, Told};
use crate::play::{DAY, HOUR, MINUTE, pass, settle, silent_run};
use crate::world::Blur;

const GAPS: [Duration; 8] =
    [Duration::from_secs(3), MINUTE, HOUR, Duration::from_secs(70 * 60), HOUR, HOUR, HOUR, DAY];

/// What came of one story.
#[derive(Debug, Clone, Copy, Default)]
pub struct Course {
    runs: usize,
    effects: usize,
    killed: usize,
    asked: usize,
}

/// Several runs in a storm, and from where they end two clean rotations.
pub async fn tell(seed: u64) -> Result<Course, String> {
    let mut dice = Storm::of(seed);
    let store = dice.any(&STORES);
    let kinds: Vec<_> =
        [Kind::Empty, Kind::OneUnmet, Kind::TwoUnmet, Kind::Current, Kind::Adopt, Kind::Deactivate]
            .into_iter()
            .filter(|kind| kind.occurs(&store))
            .collect();
    let kind = dice.any(&kinds);
    let place = Sim::start(store, kind.policy(&store), kind.start());
    let told = story(&place, kind, &mut dice).await;
    told.map_err(|error| format!("seed {seed}, {}, {kind:?}: {error}\n{}", store.name, place.story()))
}

async fn story(place: &Sim, kind: Kind, dice: &mut Storm) -> Result<Course, String> {
    let mut told = kind.prepare(place).await?;
    let mut course = Course::default();
    for _ in 0..2 + dice.below(7) {
        place.storm.replace(Some(Storm::of(dice.next())));
        let behind = dice.any(&[Pipeline::Stores, Pipeline::Stores, Pipeline::Drops]);
        let death = Strike {
            effect: dice.any(&[
                "adopt",
                "open",
                "create",
                "stage",
                "publish",
                "promote",
                "deactivate",
                "delete",
            ]),
            nth: 1,
            fault: dice.any(&[Fault::KilledBefore, Fault::KilledAfter]),
            at: At::Seam,
        };
        let death = dice.one_in(2).then_some(death);
        let (ran, _) = silent_run(place, &told, death, behind).await?;
        course.runs += 1;
        course.effects += ran.begun.len();
        course.killed += usize::from(ran.outcome.is_none());
        let gap = dice.any(&GAPS);
        if dice.one_in(2) {
            pass(place, gap)?;
        } else {
            place.pass(gap);
        }
        let says = place.store().memory == Memory::Ledger && dice.one_in(5);
        told = place.served().filter(|_| says).map_or(Told::Nothing, Told::Word);
    }
    place.storm.replace(None);
    pass(place, 13 * HOUR)?;
    course.asked = settle(place, 2).await?.len();
    Ok(course)
}

pub fn figures(all: impl Iterator<Item = Course>) -> String {
    let sum = all.fold(Course::default(), |a, b| Course {
        runs: a.runs + b.runs,
        effects: a.effects + b.effects,
        killed: a.killed + b.killed,
        asked: a.asked + b.asked,
    });
    let Course { runs, effects, killed, asked } = sum;
    format!("{runs} runs, {effects} effects, {killed} killed, people asked {asked} times")
}

/// A source of accidents (SplitMix64).
pub struct Storm(u64);

impl Storm {
    pub fn of(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() % u64::try_from(end).unwrap()).unwrap()
    }

    fn one_in(&mut self, n: usize) -> bool {
        self.below(n) == 0
    }

    fn any<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.below(of.len())]
    }

    /// What goes wrong with an effect.
    pub fn fault(&mut self) -> Option<Fault> {
        self.one_in(5).then(|| self.any(&Fault::OF_THE_OTHER_SIDE))
    }

    /// How slow a pipeline or a late request is, in percent of what it may take.
    pub fn slowness(&mut self) -> Option<u8> {
        self.one_in(2).then(|| u8::try_from(self.below(101)).unwrap())
    }

    /// How badly a run sees.
    pub fn blur(&mut self) -> Blur {
        let mut bad = || self.one_in(6);
        let (stale_list, stale_slots, stale_store) = (bad(), bad(), bad());
        Blur { stale_list, stale_slots, stale_store, late_use: bad(), unread: [bad(), bad()] }
    }
}
