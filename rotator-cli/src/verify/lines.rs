//! A file, line by line, in constant memory.

use std::io::{self, BufRead, Read};

use sha2::{Digest, Sha256};

use crate::journal::line::hash_and_sum;

/// No line that the program writes is nearly so long.
pub const LONGEST: usize = 1024 * 1024;

/// A line as the file has it.
#[derive(Debug)]
pub struct Raw<'a> {
    /// Its place in the file, from 1 on.
    pub at: u64,
    /// Without its line feed.
    pub text: &'a [u8],
    /// Its hash.
    pub hash: String,
    /// Whether its own sum is right; `None` if it has none.
    pub sum: Option<bool>,
    /// It has a line feed.
    pub ended: bool,
    /// It is longer than [`LONGEST`], and `text` is only how it begins.
    pub long: bool,
}

/// Reads lines.
#[derive(Debug)]
pub struct Lines<R> {
    from: R,
    at: u64,
    text: Vec<u8>,
    /// How much was read, in bytes.
    pub bytes: u64,
}

impl<R: BufRead> Lines<R> {
    /// Begins.
    pub fn of(from: R) -> Self {
        Self { from, at: 0, text: Vec::new(), bytes: 0 }
    }

    /// The next line, if there is one.
    ///
    /// # Errors
    /// It cannot be read.
    pub fn next(&mut self) -> io::Result<Option<Raw<'_>>> {
        let mut digest = Sha256::new();
        if !self.more()? {
            return Ok(None);
        }
        self.at += 1;
        let (mut long, mut beginning) = (false, None);
        while !self.text.ends_with(b"\n") && self.text.len() > LONGEST {
            digest.update(&self.text);
            long = true;
            beginning.get_or_insert_with(|| self.text.iter().copied().take(64).collect::<Vec<_>>());
            if !self.more()? {
                break;
            }
        }
        let ended = self.text.ends_with(b"\n");
        if ended {
            self.text.pop();
        }
        let (hash, sum) = if long {
            digest.update(&self.text);
            (digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect(), None)
        } else {
            hash_and_sum(&self.text)
        };
        if let Some(beginning) = beginning {
            self.text = beginning;
        }
        Ok(Some(Raw { at: self.at, text: &self.text, hash, sum, ended, long }))
    }

    fn more(&mut self) -> io::Result<bool> {
        self.text.clear();
        let limit = u64::try_from(LONGEST).unwrap_or(u64::MAX).saturating_add(1);
        let size = Read::by_ref(&mut self.from).take(limit).read_until(b'\n', &mut self.text)?;
        self.bytes += u64::try_from(size).unwrap_or(u64::MAX);
        Ok(size > 0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::journal::hash;

    #[test]
    fn a_long_line_is_hashed_and_not_kept() {
        for size in [LONGEST, LONGEST + 1, 3 * LONGEST + 7] {
            let long = "x".repeat(size);
            let text = format!("a\n{long}\nb");
            let mut lines = Lines::of(text.as_bytes());
            assert_eq!(lines.next().unwrap().unwrap().text, b"a");
            let raw = lines.next().unwrap().unwrap();
            assert_eq!((raw.at, raw.ended, raw.long), (2, true, size > LONGEST));
            assert_eq!(raw.hash, hash(long.as_bytes()));
            assert!(raw.text.len() <= LONGEST);
            let raw = lines.next().unwrap().unwrap();
            assert_eq!((raw.text, raw.ended, raw.hash), (&b"b"[..], false, hash(b"b")));
            assert!(lines.next().unwrap().is_none());
        }
    }
}
