//! Breadth first through every world that can be reached. Both halves of the worlds are walked at the
//! same time; which half a world belongs to is in its hash, so each walk is the same as the last one.

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::hash::BuildHasher;
use std::collections::HashMap;
use std::thread;

use super::calm::{Calm, tell_calmly};
use super::hash::Quick;
use super::judge::{Events, MomentClaim};
use super::mind::{Mind, Seen};
use super::setup::Setup;
use super::state::State;
use super::step::Step;
use super::story::tell;
use super::world::World;
use crate::Effect;

/// The claim that is about a world's future: from it, faultless runs and helpful people rotate on and on.
pub const SETTLES: &str = "settles";

const SHARDS: usize = 2;
/// How many worlds of a shard are walked on from before what they led to is put in its place.
const BATCH: usize = 16_384;

/// What a walk came to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Walk {
    /// Different worlds.
    pub worlds: usize,
    /// Steps between them.
    pub edges: u64,
    /// Steps of the longest way to a world.
    pub depth: usize,
    /// Different observations that were decided.
    pub observations: usize,
    /// How often each decision was made, by its stable word.
    pub decided: BTreeMap<&'static str, u64>,
    /// How effects led from one state of the memory to another.
    pub moves: BTreeSet<Move>,
    /// What did not hold.
    pub broken: Option<Broken>,
}

/// An effect that took hold: the state before, its stable word, the state after.
pub type Move = (State, &'static str, State);

/// A claim that does not hold, and the shortest story that shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Broken {
    /// The names of all claims that do not hold in that moment.
    pub claims: Vec<&'static str>,
    /// Steps to the moment in which it does not hold.
    pub steps: usize,
    /// They, in words.
    pub story: Vec<String>,
}

/// A world's place: its shard and its number there.
type Place = (u8, u32);

#[derive(Default)]
struct Shard {
    worlds: Vec<World>,
    parents: Vec<Place>,
    places: HashMap<u64, u32, Quick>,
}

/// What one thread finds on its way.
struct Walker {
    mind: Mind,
    calm: Calm,
    edges: u64,
    decided: BTreeMap<&'static str, u64>,
    moves: BTreeSet<Move>,
    broken: Option<(u32, Step, Vec<&'static str>)>,
    found: [Vec<(u64, World, Place)>; SHARDS],
}

/// Walks through every world that can be reached in this setup, or until a claim does not hold. Then
/// each world is followed to where nothing fails any more.
#[must_use]
pub fn walk(setup: &Setup) -> Walk {
    let claims = setup.moment_claims();
    let mut shards: [Shard; SHARDS] = Default::default();
    let mut walkers = [(); SHARDS].map(|()| Walker::new(setup));
    let first = World::new(setup);
    let hash = Quick.hash_one(first);
    shards.iter_mut().zip(0..).filter(|(_, at)| *at == shard_of(hash)).for_each(|(shard, at)| {
        shard.insert(hash, first, (at, 0));
    });
    let mut walk = Walk::default();
    let mut done = [0; SHARDS];
    loop {
        let ends: Vec<_> = shards.iter().map(|shard| shard.worlds.len()).collect();
        if done.iter().eq(&ends) {
            break;
        }
        // One level, in batches.
        while done.iter().ne(&ends) {
            let starts = done;
            for (done, end) in done.iter_mut().zip(&ends) {
                *done = (*done + BATCH).min(*end);
            }
            thread::scope(|scope| {
                for (at, walker) in walkers.iter_mut().enumerate() {
                    let (shards, claims, range) = (&shards, &claims, (starts, done));
                    scope.spawn(move || walker.walk(setup, claims, shards, at, range));
                }
            });
            thread::scope(|scope| {
                let mut found: [Vec<Vec<_>>; SHARDS] = Default::default();
                for walker in &mut walkers {
                    for (to, from) in found.iter_mut().zip(&mut walker.found) {
                        to.push(core::mem::take(from));
                    }
                }
                for (shard, found) in shards.iter_mut().zip(found) {
                    scope.spawn(move || {
                        for (hash, world, parent) in found.into_iter().flatten() {
                            shard.insert(hash, world, parent);
                        }
                    });
                }
            });
        }
        let broken = walkers.iter_mut().zip(0..).find_map(|(walker, at)| Some((at, walker.broken.take()?)));
        if let Some((at, (number, step, claims))) = broken {
            let mut steps = way(setup, &shards, (at, number));
            steps.push(step);
            let (mut told, _) = story(setup, &steps);
            told.push(format!("does not hold: {}", claims.join(", ")));
            walk.broken = Some(Broken { claims, steps: steps.len(), story: told });
            break;
        }
        walk.depth += 1;
    }
    if walk.broken.is_none() && !setup.gives_up(SETTLES) {
        walk.broken = settle(setup, &mut walkers, &shards);
    }
    walk.worlds = shards.iter().map(|shard| shard.worlds.len()).sum();
    let mut observations = std::collections::HashSet::<Seen>::new();
    for walker in walkers {
        walk.edges += walker.edges;
        for (word, count) in walker.decided {
            *walk.decided.entry(word).or_default() += count;
        }
        observations.extend(walker.mind.seen());
        walk.moves.extend(walker.moves);
    }
    walk.observations = observations.len();
    walk
}

/// From each world, where nothing fails any more, rotation goes on.
fn settle(setup: &Setup, walkers: &mut [Walker; SHARDS], shards: &[Shard; SHARDS]) -> Option<Broken> {
    let stuck: Vec<_> = thread::scope(|scope| {
        let walks = walkers.iter_mut().zip(shards).map(|(Walker { mind, calm, .. }, shard)| {
            scope.spawn(move || {
                let mut worlds = shard.worlds.iter().zip(0..);
                worlds.find_map(|(world, number): (_, u32)| {
                    calm.goes_on(setup, mind, world).err().map(|calm_steps| (number, calm_steps))
                })
            })
        });
        let walks: Vec<_> = walks.collect();
        walks.into_iter().map(|walk| walk.join().ok().flatten()).collect()
    });
    let ways = stuck.into_iter().zip(0..).filter_map(|(stuck, at)| {
        stuck.map(|(number, calm_steps)| (way(setup, shards, (at, number)), calm_steps))
    });
    let (steps, calm_steps) = ways.min_by_key(|(steps, _)| steps.len())?;
    let (mut told, world) = story(setup, &steps);
    told.push(String::from("nothing fails any more"));
    told.extend(tell_calmly(setup, world, calm_steps));
    told.push(format!("does not hold: {SETTLES}"));
    Some(Broken { claims: alloc::vec![SETTLES], steps: steps.len(), story: told })
}

impl Walker {
    fn new(setup: &Setup) -> Self {
        Self {
            mind: Mind::new(setup),
            calm: Calm::default(),
            edges: 0,
            decided: BTreeMap::new(),
            moves: BTreeSet::new(),
            broken: None,
            found: Default::default(),
        }
    }

    fn walk(
        &mut self,
        setup: &Setup,
        claims: &[MomentClaim],
        shards: &[Shard; SHARDS],
        at: usize,
        (starts, ends): ([usize; SHARDS], [usize; SHARDS]),
    ) {
        let (Some(shard), Some(start), Some(end)) = (shards.get(at), starts.get(at), ends.get(at)) else {
            return;
        };
        let mut steps = Vec::new();
        let worlds = shard.worlds.iter().zip(0_u32..).skip(*start).take(end - start);
        for (world, number) in worlds {
            steps.clear();
            world.steps(setup, &mut steps);
            for step in &steps {
                let (after, events) = world.after(setup, &mut self.mind, *step);
                self.edges += 1;
                if let Some(word) = events.decided {
                    *self.decided.entry(word).or_default() += 1;
                }
                if let (Some(act), true) = (events.performed, after != *world) {
                    let moved = (world.state(setup), Effect::from(act).code(), after.state(setup));
                    self.moves.insert(moved);
                }
                let broken = broken(setup, claims, &after, &events);
                if !broken.is_empty() && self.broken.is_none() {
                    self.broken = Some((number, *step, broken));
                }
                if after != *world {
                    let hash = Quick.hash_one(after);
                    let parent = (u8::try_from(at).unwrap_or_default(), number);
                    let found = self.found.get_mut(usize::from(shard_of(hash)));
                    found.into_iter().for_each(|found| found.push((hash, after, parent)));
                }
            }
        }
    }
}

fn broken(setup: &Setup, claims: &[MomentClaim], world: &World, events: &Events) -> Vec<&'static str> {
    let moment = world.moment(setup, events);
    let moments = claims.iter().filter(|(_, holds)| !holds(&moment)).map(|(name, _)| *name);
    events.broken.into_iter().chain(moments).collect()
}

impl Shard {
    /// Puts a world in its place, unless it is there. Two worlds of one hash each get a place.
    fn insert(&mut self, mut hash: u64, world: World, parent: Place) {
        let number = u32::try_from(self.worlds.len()).unwrap_or(u32::MAX);
        loop {
            match self.places.get(&hash).map(|at| self.worlds.get(*at as usize)) {
                Some(Some(there)) if *there == world => return,
                Some(_) => hash = hash.wrapping_add(1),
                None => break,
            }
        }
        self.places.insert(hash, number);
        self.worlds.push(world);
        self.parents.push(parent);
    }
}

fn shard_of(hash: u64) -> u8 {
    u8::try_from(hash >> 63).unwrap_or_default()
}

/// The steps to a world.
fn way(setup: &Setup, shards: &[Shard; SHARDS], to: Place) -> Vec<Step> {
    let shard = |shard: u8| shards.get(usize::from(shard));
    let world = |(at, number): Place| shard(at).and_then(|shard| shard.worlds.get(number as usize));
    let parent =
        |(at, number): Place| shard(at).and_then(|shard| shard.parents.get(number as usize)).copied();
    let mut places = alloc::vec![to];
    while let Some(before) = places.last().and_then(|place| parent(*place).filter(|before| before != place)) {
        places.push(before);
    }
    places.reverse();
    let mut mind = Mind::new(setup);
    let mut steps = Vec::new();
    let mut possible = Vec::new();
    for pair in places.windows(2) {
        let [before, after] = pair else { continue };
        let (Some(before), Some(after)) = (world(*before), world(*after)) else { continue };
        possible.clear();
        before.steps(setup, &mut possible);
        steps.extend(possible.iter().find(|step| before.after(setup, &mut mind, **step).0 == *after));
    }
    steps
}

/// The steps in words, and where they lead.
fn story(setup: &Setup, steps: &[Step]) -> (Vec<String>, World) {
    let (mut world, mut mind) = (World::new(setup), Mind::new(setup));
    let told = steps.iter().map(|step| tell(setup, &mut mind, &mut world, *step)).collect();
    (told, world)
}
