//! Printing that cannot end a run: a reader who has gone is no reason to lose a key in hand.

use std::io::Write;

/// A line on stdout, for results.
pub fn out(text: &str) {
    drop(writeln!(anstream::stdout(), "{text}"));
}

/// A line on stderr, for the story.
pub fn err(text: &str) {
    drop(writeln!(anstream::stderr(), "{text}"));
}

/// A piece of a line on stderr, shown at once.
pub fn err_now(text: &str) {
    let mut stderr = anstream::stderr();
    drop(write!(stderr, "{text}").and_then(|()| stderr.flush()));
}
