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
    say::out("");
    let legend = compare::LEGEND.map(|(column, says)| [column.to_owned(), says.to_owned()]);
    say::out(&table(["COLUMN", "MEANS"], legend.into_iter()));
    Ok(Exit::Done)
}
