//! The end of an existing journal, found from the end: a journal of years is not read for one more run.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};

use serde::Deserialize;

use super::line::{FIRST, VERSION, hash};

/// So much of the end is read first.
const WINDOW: u64 = 64 * 1024;
/// No line of ours is nearly so long.
const AT_MOST: u64 = 16 * 1024 * 1024;

/// Where a journal ends.
#[derive(Debug, PartialEq, Eq)]
pub struct Tail {
    /// The last line's number; 0 where there is none.
    pub line: u64,
    /// The last line's hash.
    pub hash: String,
    /// It has no line feed: a run was killed while it wrote it.
    pub torn: bool,
}

/// Finds the end.
///
/// # Errors
/// It cannot be read, or it is not a journal of this version.
pub fn tail(file: &mut File) -> io::Result<Tail> {
    let len = file.seek(SeekFrom::End(0))?;
    if len == 0 {
        return Ok(Tail { line: 0, hash: FIRST.to_owned(), torn: false });
    }
    let mut window = WINDOW;
    loop {
        let start = len.saturating_sub(window);
        file.seek(SeekFrom::Start(start))?;
        let mut bytes = Vec::new();
        Read::by_ref(file).take(window).read_to_end(&mut bytes)?;
        if let Some(tail) = end_of(&bytes, start == 0)? {
            return Ok(tail);
        }
        if start == 0 || window >= AT_MOST {
            return Err(not_ours());
        }
        window *= 4;
    }
}

/// `None`: not enough of it is there.
fn end_of(bytes: &[u8], whole: bool) -> io::Result<Option<Tail>> {
    #[derive(Deserialize)]
    struct Number {
        rotator: u32,
        line: Option<u64>,
    }
    let torn = !bytes.ends_with(b"\n");
    let text = bytes.strip_suffix(b"\n").unwrap_or(bytes);
    let mut last = None;
    // A torn line has no number that could be read; it counts all the same.
    for (after, line) in (0..).zip(text.rsplit(|byte| *byte == b'\n')) {
        let begins = whole || line.as_ptr() != text.as_ptr();
        if !begins {
            return Ok(None);
        }
        let hash = last.get_or_insert_with(|| hash(line)).clone();
        match serde_json::from_slice(line) {
            Ok(Number { rotator: VERSION, line: Some(number) }) => {
                return Ok(Some(Tail { line: number.saturating_add(after), hash, torn }));
            }
            Ok(Number { .. }) => return Err(not_ours()),
            Err(_) => {}
        }
    }
    // All that there is may be a torn first line.
    let first = torn && !text.contains(&b'\n') && text.starts_with(b"{");
    Ok(last.filter(|_| first).map(|hash| Tail { line: 1, hash, torn }))
}

fn not_ours() -> io::Error {
    let said = format!("it does not end as a journal of version {VERSION}; name another file");
    io::Error::new(io::ErrorKind::InvalidData, said)
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn of(text: &str) -> Result<Tail, String> {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(text.as_bytes()).unwrap();
        tail(&mut file).map_err(|error| error.to_string())
    }

    #[test]
    fn the_last_line_is_found_from_the_end() {
        let line = |number: u64, long: usize| {
            format!("{{\"rotator\":2,\"line\":{number},\"said\":\"{}\"}}", "x".repeat(long))
        };
        assert_eq!(of(""), Ok(Tail { line: 0, hash: FIRST.into(), torn: false }));
        // Longer than what is read first.
        for long in [0, 100_000, 300_000] {
            let (one, two) = (line(1, long), line(2, long));
            let whole = Tail { line: 2, hash: hash(two.as_bytes()), torn: false };
            assert_eq!(of(&format!("{one}\n{two}\n")), Ok(whole));
            let torn = Tail { line: 3, hash: hash(b"{\"rot"), torn: true };
            assert_eq!(of(&format!("{one}\n{two}\n{{\"rot")), Ok(torn));
        }
        assert_eq!(of("{\"rotat"), Ok(Tail { line: 1, hash: hash(b"{\"rotat"), torn: true }));
    }

    #[test]
    fn nothing_is_appended_to_what_is_not_a_journal() {
        for text in ["a letter", "a letter\n", "{}\n{\n", "{\"rotator\":1,\"kind\":\"closed\"}\n"] {
            assert!(of(text).unwrap_err().contains("not end as a journal of version 2"), "{text}");
        }
        // So much of nothing is given up.
        assert!(of(&"x".repeat(17 * 1024 * 1024)).is_err());
    }
}
