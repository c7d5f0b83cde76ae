//! Time passes for a document of `file:`. It is dated by the clock of this machine, which nobody can move on.

use std::fs::{self, File};
use std::io;
use std::path::Path;
use std::time::Duration;

use rotator_cli::clock::{parse_rfc3339, rfc3339};
use serde_json::{Map, Value};

/// Each date in it is that much earlier, and so is its own: a member without notes is as old as the file.
/// A document that is not there has no dates.
pub fn age(path: &Path, by: Duration) -> io::Result<()> {
    let text = match fs::read_to_string(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        read => read?,
    };
    let mut members: Map<String, Value> = serde_json::from_str(&text)?;
    for notes in members.values_mut().filter_map(|member| member.get_mut("rotator")?.as_object_mut()) {
        for name in ["written", "open"] {
            let Some(at) = notes.get_mut(name) else { continue };
            let time = at.as_str().and_then(parse_rfc3339);
            let time = time.ok_or_else(|| io::Error::other(format!("no time in `{name}`: {at}")))?;
            *at = rfc3339(time - by).into();
        }
    }
    let before = fs::metadata(path)?.modified()? - by;
    // In place, so that its mode stays.
    fs::write(path, Value::Object(members).to_string())?;
    File::options().write(true).open(path)?.set_modified(before)
}
