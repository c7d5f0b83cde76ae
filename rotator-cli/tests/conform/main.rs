//! `rotator conform`: every rule broken, held and not to be judged; every container; damage; order.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "what a helper does not get ends its test"
)]

mod containers;
mod damage;
mod fixtures;
mod histories;
mod order;
mod program;
mod rules;
mod select;
mod trail;
