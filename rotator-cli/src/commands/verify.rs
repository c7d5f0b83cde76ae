//! `rotator verify`: replays journals.

use std::fs::File;
use std::io::{BufReader, IsTerminal, Read};
use std::path::Path;

use indicatif::{ProgressBar, ProgressStyle};

use super::Ended;
use crate::args::VerifyArgs;
use crate::exit::Exit;
use crate::failure::{Class, Failure};
use crate::say;
use crate::verify::{Found, Kept, report, verify};

/// From this size on somebody who watches wants to know how far it is, in bytes.
const LONG: u64 = 8 * 1024 * 1024;

/// Replays journals.
///
/// # Errors
/// [`Ended::Usage`] where heads and journals do not go together.
pub fn run(args: VerifyArgs) -> Result<Exit, Ended> {
    let VerifyArgs { journals, head: heads, json } = args;
    if !heads.is_empty() && heads.len() != journals.len() {
        return Err(Ended::Usage(format!(
            "--head is said once for each journal, in their order: there {} for {}",
            if heads.len() == 1 { "is 1".to_owned() } else { format!("are {}", heads.len()) },
            if journals.len() == 1 { "1 journal".to_owned() } else { format!("{} journals", journals.len()) },
        )));
    }
    if journals.iter().filter(|path| *path == Path::new("-")).count() > 1 {
        return Err(Ended::Usage("standard input can be read once only".into()));
    }
    let (mut all, mut exit) = (Vec::new(), Exit::Done);
    for (place, path) in journals.iter().enumerate() {
        let name = path.display().to_string();
        match read(path, &name, heads.get(place)) {
            Ok(found) => {
                exit = exit.max(if found.holds() { Exit::Done } else { Exit::Found });
                if !json {
                    say::out(&report::text(&name, &found));
                }
                all.push((name, found));
            }
            // The others are worth reading all the same.
            Err(failure) => {
                let ended = Ended::Failed(failure);
                ended.tell(false);
                exit = exit.max(ended.exit());
            }
        }
    }
    if json {
        say::out(&format!("{:#}", report::json(&all, exit)));
    }
    Ok(exit)
}

fn read(path: &Path, name: &str, kept: Option<&Kept>) -> Result<Found, Failure> {
    let doing =
        || if name == "-" { "read standard input".to_owned() } else { format!("read the journal {name}") };
    let failure = |error: std::io::Error| Failure::new(Class::Setup, doing(), error.to_string());
    let (from, size): (Box<dyn Read>, u64) = if path == Path::new("-") {
        (Box::new(std::io::stdin().lock()), 0)
    } else {
        let file = File::open(path).map_err(failure)?;
        let size = file.metadata().map_or(0, |meta| meta.len());
        (Box::new(file), size)
    };
    let bar = bar(name, size);
    let found =
        verify(BufReader::with_capacity(1024 * 1024, from), name, kept, |bytes| bar.set_position(bytes));
    bar.finish_and_clear();
    found.map_err(failure)
}

/// Shown on a terminal alone, and for long files alone.
fn bar(name: &str, size: u64) -> ProgressBar {
    if size < LONG || !std::io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let style = ProgressStyle::with_template("{msg} {wide_bar} {bytes} of {total_bytes}");
    let bar = ProgressBar::new(size).with_message(name.to_owned());
    match style {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}
