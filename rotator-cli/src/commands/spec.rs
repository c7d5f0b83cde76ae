//! `rotator spec`: the specification that the binary carries.

use std::io::Write;

use super::Ended;
use crate::args::SpecArgs;
use crate::exit::Exit;
use crate::failure::{Class, Failure};
use crate::{say, spec};

/// Prints the specification on stdout, byte for byte as SPEC.md had it when the program was built; or as data;
/// or writes it as a page.
///
/// # Errors
/// [`Ended::Failed`]: the file cannot be written.
pub fn run(args: SpecArgs) -> Result<Exit, Ended> {
    let SpecArgs { json, html } = args;
    if let Some(file) = html {
        let doing = || format!("write {}", file.display());
        std::fs::write(&file, spec::html())
            .map_err(|error| Failure::new(Class::Setup, doing(), error.to_string()))?;
    } else if json {
        say::out(&format!("{:#}", spec::json()));
    } else {
        // The bytes themselves. A reader who has gone has read enough.
        let mut stdout = std::io::stdout().lock();
        drop(stdout.write_all(spec::TEXT.as_bytes()).and_then(|()| stdout.flush()));
    }
    Ok(Exit::Done)
}
