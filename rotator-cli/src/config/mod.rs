//! `rotator.toml`: many accounts, each with its options. One list of keys ([`keys`]) feeds the reading, the JSON
//! Schema and the documents; the options among them are taken from the command line's own definition.

mod clash;
mod fault;
mod file;
pub mod keys;
mod lay;
mod read;
pub mod schema;
mod target;
mod toml;

pub use fault::{Fault, Faults};
pub use file::{Config, NAME, find, load};
pub use lay::{Laid, Wanted, Wrong, assignments, keys_of, lay, retirements, span};
