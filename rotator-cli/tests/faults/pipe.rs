//! A pipe in the place of stdout, which breaks on demand, and what the program behind it reads.

use std::io::{self, Write};
use std::sync::{Arc, Mutex};

use rotator::AccessKeyId;

/// Both ends of the pipe.
#[derive(Clone, Default)]
pub struct Pipe(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    bytes: Vec<u8>,
    /// So many more bytes pass.
    passes: Option<usize>,
    /// How often a write found it broken.
    struck: usize,
}

impl Pipe {
    /// For a new process.
    pub fn open(&self) -> Self {
        *self.0.lock().unwrap() = State::default();
        self.clone()
    }

    pub fn breaks_after(&self, bytes: usize) {
        self.0.lock().unwrap().passes = Some(bytes);
    }

    /// How often it was found broken until now.
    pub fn mend(&self) -> usize {
        let mut state = self.0.lock().unwrap();
        state.passes = None;
        std::mem::take(&mut state.struck)
    }

    /// All that passed.
    pub fn read(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().bytes.clone()).unwrap()
    }
}

impl Write for Pipe {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut state = self.0.lock().unwrap();
        let taken = state.passes.map_or(bytes.len(), |passes| passes.min(bytes.len()));
        if taken == 0 {
            state.struck += 1;
            return Err(io::ErrorKind::BrokenPipe.into());
        }
        state.passes = state.passes.map(|passes| passes - taken);
        state.bytes.extend(bytes.iter().take(taken));
        Ok(taken)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The user's pair in a document, whole or cut off behind it. A pair that is torn is none.
pub fn pair_of(document: &str, user: &str) -> Option<AccessKeyId> {
    let whole = serde_json::from_str(document).or_else(|_| serde_json::from_str(&format!("{document}\n}}")));
    let users: serde_json::Value = whole.ok()?;
    let pair = users.get(user)?;
    pair.get("SecretAccessKey")?;
    AccessKeyId::parse(pair.get("AccessKeyId")?.as_str()?).ok()
}
