//! Hand-over: pairs leave on stdout or in a document, for a pipeline to store. User by user, since a
//! pair that waits in memory is lost with the process.

use std::fs::{self, File};
use std::io::{self, Write};
use std::os::fd::AsFd;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use serde_json::{Map, Value, json};

use crate::failure::{Class, Failure};
use crate::secret::Pair;
use crate::store::{Undelivered, disk};

/// Where handed-over pairs go.
#[derive(Debug)]
pub enum HandOver {
    /// One JSON object, written piece by piece: on stdout, or on what stands for it.
    Stdout(Mutex<Out>),
    /// A document, replaced as a whole after each user.
    File(Mutex<Document>),
}

/// Where the object goes, and how far it has come.
pub struct Out {
    to: Box<dyn Write + Send>,
    stream: Stream,
}

impl std::fmt::Debug for Out {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Out").field("stream", &self.stream).finish_non_exhaustive()
    }
}

/// How far the object on stdout has come.
#[derive(Debug, Default)]
pub struct Stream {
    users: usize,
    /// It took no more at some time.
    broken: bool,
}

/// A document of pairs on disk.
pub struct Document {
    path: PathBuf,
    users: Map<String, Value>,
}

impl std::fmt::Debug for Document {
    // The pairs in it are secrets.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Document").field("path", &self.path).finish_non_exhaustive()
    }
}

impl HandOver {
    /// Over stdout.
    #[must_use]
    pub fn stdout() -> Self {
        Self::to(io::stdout())
    }

    /// Over what stands for stdout: a pipe of one's own.
    #[must_use]
    pub fn to(pipe: impl Write + Send + 'static) -> Self {
        Self::Stdout(Mutex::new(Out { to: Box::new(pipe), stream: Stream::default() }))
    }

    /// Over stdout, if it leads anywhere: a closed one reads as `/dev/null` too, and takes everything.
    ///
    /// # Errors
    /// It leads nowhere.
    pub fn open_stdout() -> Result<Self, Failure> {
        let device = |file: File| file.metadata().map(|meta| meta.rdev()).ok().filter(|device| *device != 0);
        let stdout = io::stdout().as_fd().try_clone_to_owned().ok().map(File::from).and_then(device);
        let nowhere = File::open("/dev/null").ok().and_then(device);
        if stdout.is_some() && stdout == nowhere {
            let said = "it is closed or /dev/null, and every pair would be lost; send it to a program, or name a file with -o";
            return Err(Failure::new(Class::Setup, "hand pairs over on stdout", said));
        }
        Ok(Self::stdout())
    }

    /// Into a document. An existing one is merged into, or with `replace` written anew with the first
    /// pair. Whether it can be written is tried now, before any key is made.
    ///
    /// # Errors
    /// What stands in the way.
    pub fn file(path: &Path, replace: bool) -> Result<Self, Failure> {
        let doing = || format!("write {}", path.display());
        let setup = |said: String| Failure::new(Class::Setup, doing(), said);
        match fs::symlink_metadata(path) {
            Ok(meta) if meta.is_symlink() => {
                return Err(setup("it is a symbolic link; name the file that it points to".into()));
            }
            Ok(meta) if !meta.is_file() => return Err(setup("it is not a file; name one".into())),
            Ok(_) => {}
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(setup(error.to_string())),
        }
        let mut users = Map::new();
        match fs::read(path) {
            Ok(text) if !replace && !text.trim_ascii().is_empty() => {
                // The parser's own message could quote a secret.
                users = serde_json::from_slice(&text).map_err(|error| {
                    let at = format!("line {}, column {}", error.line(), error.column());
                    setup(format!("it exists and is not a document of pairs ({at}); move it away"))
                })?;
            }
            Ok(_) => {}
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(_) if replace => {}
            Err(error) => return Err(setup(error.to_string())),
        }
        disk::try_folder(path).map_err(setup)?;
        Ok(Self::File(Mutex::new(Document { path: path.to_owned(), users })))
    }

    /// Hands one pair over. After `Ok` it is out: on disk to stay, or written to stdout.
    ///
    /// # Errors
    /// [`Undelivered`].
    pub fn put(&self, user: &str, pair: &Pair) -> Result<(), Undelivered> {
        let value = json!({ "AccessKeyId": pair.id.as_str(), "SecretAccessKey": pair.expose_to_store() });
        match self {
            Self::Stdout(out) => {
                let Out { to, stream } = &mut *out.lock().unwrap_or_else(PoisonError::into_inner);
                stream.put(to, user, &value)
            }
            Self::File(document) => document.lock().unwrap_or_else(PoisonError::into_inner).put(user, value),
        }
    }

    /// Whether it still takes pairs, as far as is known: where it does not, no other user loses LAST for it.
    #[must_use]
    pub fn takes(&self) -> bool {
        match self {
            Self::Stdout(out) => !out.lock().unwrap_or_else(PoisonError::into_inner).stream.broken,
            Self::File(_) => true,
        }
    }

    /// Closes the object on stdout. Called once, however the run went.
    ///
    /// # Errors
    /// stdout is gone.
    pub fn close(&self) -> io::Result<()> {
        match self {
            Self::Stdout(out) => {
                let Out { to, stream } = &mut *out.lock().unwrap_or_else(PoisonError::into_inner);
                stream.close(to)
            }
            Self::File(_) => Ok(()),
        }
    }

    /// Where the pairs go, for a person.
    #[must_use]
    pub fn name(&self) -> String {
        match self {
            Self::Stdout(_) => "stdout".to_owned(),
            Self::File(document) => {
                document.lock().unwrap_or_else(PoisonError::into_inner).path.display().to_string()
            }
        }
    }
}

impl Stream {
    fn put(&mut self, out: &mut impl Write, user: &str, pair: &Value) -> Result<(), Undelivered> {
        let failure = |class, said: String| Failure::new(class, "write the pair to stdout", said);
        if self.broken {
            return Err(Undelivered::Rejected(failure(
                Class::StoreRejected(None),
                "stdout broke off earlier".into(),
            )));
        }
        let start = if self.users == 0 { "{\n" } else { ",\n" };
        let piece = format!("{start}{}", indented(user, pair));
        let mut rest = piece.as_bytes();
        while !rest.is_empty() {
            match out.write(rest) {
                Ok(0) => return Err(self.broke(piece.len() == rest.len(), "stdout takes no more".into())),
                Ok(n) => rest = rest.get(n..).unwrap_or_default(),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(self.broke(piece.len() == rest.len(), error.to_string())),
            }
        }
        self.users += 1;
        out.flush().map_err(|error| Undelivered::Unclear(failure(Class::Rejected, error.to_string())))
    }

    /// The write failed: before the first byte nobody has seen the secret, afterwards somebody may have.
    fn broke(&mut self, nothing_left: bool, said: String) -> Undelivered {
        let doing = "write the pair to stdout";
        self.broken = true;
        if nothing_left {
            return Undelivered::Rejected(Failure::new(Class::StoreRejected(None), doing, said));
        }
        Undelivered::Unclear(Failure::new(Class::Rejected, doing, said))
    }

    fn close(&self, out: &mut impl Write) -> io::Result<()> {
        out.write_all(if self.users == 0 { b"{}\n" } else { b"\n}\n" })?;
        out.flush()
    }
}

impl Document {
    fn put(&mut self, user: &str, pair: Value) -> Result<(), Undelivered> {
        let mut users = self.users.clone();
        users.insert(user.to_owned(), pair);
        let text = format!("{:#}", Value::Object(users.clone()));
        disk::replace_unlocked(&self.path, text.as_bytes())?;
        self.users = users;
        Ok(())
    }
}

/// One user's piece of the document, indented as in a whole one.
fn indented(user: &str, pair: &Value) -> String {
    let whole = format!("{:#}", json!({ user: pair }));
    whole.trim_start_matches("{\n").trim_end_matches("\n}").to_owned()
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use rotator::AccessKeyId;

    use super::*;

    fn pair(n: u8) -> Pair {
        Pair::new(AccessKeyId::parse(&format!("AKIA{n:0>16}")).unwrap(), format!("se/cr+et-{n}"))
    }

    fn value(n: u8) -> Value {
        json!({ "AccessKeyId": format!("AKIA{n:0>16}"), "SecretAccessKey": format!("se/cr+et-{n}") })
    }

    #[test]
    fn stdout_is_the_ancestors_document() {
        let (mut out, mut stream) = (Vec::new(), Stream::default());
        stream.put(&mut out, "one", &value(1)).unwrap();
        stream.put(&mut out, "two", &value(2)).unwrap();
        stream.close(&mut out).unwrap();
        let whole = format!("{:#}\n", json!({ "one": value(1), "two": value(2) }));
        assert_eq!(String::from_utf8(out).unwrap(), whole);
    }

    #[test]
    fn without_a_user_it_is_an_empty_object() {
        let mut out = Vec::new();
        Stream::default().close(&mut out).unwrap();
        assert_eq!(out, b"{}\n");
    }

    /// Takes so many bytes, then is gone, as a pipe whose reader ended.
    struct Pipe(usize);

    impl Write for Pipe {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            if self.0 == 0 {
                return Err(io::ErrorKind::BrokenPipe.into());
            }
            let n = bytes.len().min(self.0);
            self.0 -= n;
            Ok(n)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_pipe_that_takes_nothing_has_rejected_the_pair() {
        let became = Stream::default().put(&mut Pipe(0), "one", &value(1));
        assert!(matches!(became, Err(Undelivered::Rejected(_))), "{became:?}");
    }

    #[test]
    fn a_pipe_that_breaks_midway_may_have_shown_it() {
        let (mut pipe, mut stream) = (Pipe(40), Stream::default());
        let first = stream.put(&mut pipe, "one", &value(1));
        assert!(matches!(first, Err(Undelivered::Unclear(_))), "{first:?}");
        let second = stream.put(&mut Vec::new(), "two", &value(2));
        assert!(matches!(second, Err(Undelivered::Rejected(_))), "a torn object takes no more: {second:?}");
    }

    #[test]
    fn a_document_is_private_whole_and_merged() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("pairs.json");
        HandOver::file(&path, false).unwrap().put("one", &pair(1)).unwrap();
        HandOver::file(&path, false).unwrap().put("two", &pair(2)).unwrap();
        let text = fs::read_to_string(&path).unwrap();
        assert_eq!(text, format!("{:#}", json!({ "one": value(1), "two": value(2) })));
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1, "nothing is left beside it");

        HandOver::file(&path, true).unwrap().put("three", &pair(3)).unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), format!("{:#}", json!({ "three": value(3) })));
    }

    #[test]
    fn what_cannot_be_written_is_found_before_any_change() {
        let dir = tempfile::tempdir().unwrap();
        let (link, text) = (dir.path().join("link"), dir.path().join("text"));
        std::os::unix::fs::symlink("elsewhere", &link).unwrap();
        fs::write(&text, "{ \"user\": se/cr+et").unwrap();
        for path in [link.as_path(), text.as_path(), dir.path(), Path::new("/nowhere/pairs.json")] {
            let failure = HandOver::file(path, false).unwrap_err();
            assert_eq!(failure.class, Class::Setup, "{failure}");
            assert!(!failure.to_string().contains("cr+et"), "{failure}");
        }
    }
}
