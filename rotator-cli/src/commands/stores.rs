//! `rotator stores`: what each store promises, and what it does not.

use crate::exit::Exit;
use crate::say;
use crate::store::compare;
use crate::table::table;

use super::Ended;

/// Prints the comparison.
///
/// # Errors
/// None.
pub fn run() -> Result<Exit, Ended> {
    say::out(&table(compare::HEAD, compare::rows()));
    Ok(Exit::Done)
}
