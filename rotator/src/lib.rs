//! Rotation of access keys by the CURRENT/LAST pattern, as one pure function.
//!
//! IAM lets a user have two access keys. **CURRENT** is the key that the secrets store hands to jobs
//! when they start. **LAST** is the key that was CURRENT before: jobs in flight may still hold it.
//! A rotation deletes LAST, creates a key, proves it, and makes it CURRENT in the store; the old
//! CURRENT becomes LAST. A job in flight thereby keeps a working key until the next rotation.
//!
//! The driver *observes* IAM and the store, [`decide`] says one thing, the driver *performs* that one
//! thing, and looks again. Being killed, timing out, losing an answer and being raced by another run
//! are then one case: the effect took hold or it did not, and the next look tells which. Where the run heard
//! that it took hold, [`carry`] says whether it may go on without that look.
//!
//! A whole rotation, told as observations and decisions:
//!
//! ```
//! use core::time::Duration;
//! use rotator::*;
//!
//! let day = |n: u64| Duration::from_secs(n * 86_400);
//! let now = Duration::ZERO;
//! let policy = Policy { max_age: day(30), ..Policy::default() };
//! let (k1, k2, k3) = (id("AKIA-1"), id("AKIA-2"), id("AKIA-3"));
//! # fn id(s: &str) -> AccessKeyId { AccessKeyId::parse(&format!("{:0<16}", s.replace('-', "_"))).unwrap() }
//! let key = |id: &AccessKeyId, age, used| Key { id: id.clone(), status: Status::Active, age, used };
//! let decide_on = |facts: Facts| decide(&Observation::new(facts).unwrap(), &policy);
//!
//! // k2 is CURRENT, thirty days old and due; k1 is LAST and has rested as long.
//! let facts = Facts {
//!     keys: vec![key(&k1, day(60), Used::Ago(day(29))), key(&k2, day(30), Used::Ago(now))],
//!     memory: Memory::Document,
//!     slots: Slots { current: Some(k2.clone()), last: Some(k1.clone()), ..Slots::default() },
//!     written: Some(day(30)),
//!     ..Facts::default()
//! };
//! assert_eq!(decide_on(facts.clone()), Decision::Perform(Effect::Delete(k1)));
//!
//! // LAST is gone. Say that a rotation is under way, before there is a key to find.
//! let facts = Facts { keys: vec![key(&k2, day(30), Used::Ago(now))], ..facts };
//! assert_eq!(decide_on(facts.clone()), Decision::Perform(Effect::Open));
//!
//! let opened = Slots { open: true, ..facts.slots.clone() };
//! let facts = Facts { slots: opened, written: Some(now), ..facts };
//! assert_eq!(decide_on(facts.clone()), Decision::Perform(Effect::Create));
//!
//! // The new key is held by this run and by nobody else: name it, with its secret, before anything.
//! let keys = vec![key(&k2, day(30), Used::Ago(now)), key(&k3, now, Used::Never)];
//! let facts = Facts { keys, hand: Hand::Holds(k3.clone()), ..facts };
//! assert_eq!(decide_on(facts.clone()), Decision::Perform(Effect::Stage(k3.clone())));
//!
//! let staged = facts.slots.after(&Effect::Stage(k3.clone()), &facts.keys);
//! let facts = Facts { slots: staged, hand: Hand::Stored(k3.clone()), ..facts };
//! assert_eq!(decide_on(facts.clone()), Decision::Perform(Effect::Promote(k3.clone())));
//!
//! // k3 is served, k2 rests as LAST and works on. Nothing is due.
//! let promoted = facts.slots.after(&Effect::Promote(k3.clone()), &facts.keys);
//! assert_eq!(promoted, Slots { current: Some(k3), last: Some(k2), ..Slots::default() });
//! assert_eq!(decide_on(Facts { slots: promoted, ..facts }), Decision::Done);
//! ```
//!
//! What is absent, and why: no clock (times come in as ages, so a history can be replayed), no secret
//! (only key ids, so nothing can leak), no errors as inputs (a failed call is followed by another
//! look), no state that outlives the call (a rotation outlives every process that takes part in it).

#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;
#[cfg(feature = "model")]
extern crate std;

mod claims;
mod contradiction;
mod dates;
mod decide;
mod decision;
mod goals;
mod looks;
#[cfg(feature = "serde")]
mod millis;
#[cfg(feature = "model")]
pub mod model;
mod observation;
mod policy;
mod run;
mod words;

pub use claims::{CLAIMS, Claim, Holds, Moment, Taken};
pub use contradiction::Contradiction;
pub use dates::roles;
pub use decide::decide;
pub use decision::{Decision, Effect, Pause, Refusal};
pub use looks::{carry, hangs_on_use};
pub use observation::{
    AccessKeyId, Facts, Hand, Key, Memory, NotAKeyId, Observation, Served, Slots, Status, Used,
};
pub use policy::{Adopt, Conflict, Goal, Limits, Policy};
pub use run::{Became, Run};
