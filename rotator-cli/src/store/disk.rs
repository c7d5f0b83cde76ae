//! A private file that is replaced as a whole: readers find the old one or the new one, and nothing else.
//!
//! Writers take turns by a lock on a side file, `.NAME.rotator-lock`, not on the file itself: that one is
//! replaced, and whoever waits for it would hold the lock of a file that nobody sees any more. The side
//! file is empty and stays, since removing it would let two writers lock two files of one name. A program
//! that does not take the lock (an editor, `aws configure`) is noticed if it wrote before the comparison;
//! between that and the rename there is no help.
//!
//! What hangs on the old file itself is lost with it: extended attributes, and names by hard links, which
//! is why a file with two names is refused. One with an access control list shows as readable by its group
//! and is refused as well.

use std::fs::{self, File, OpenOptions, Permissions, TryLockError};
use std::io::{self, Read, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt, PermissionsExt, fchown};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use rustix::fs::OFlags;
use sha2::{Digest, Sha256};
use tempfile::NamedTempFile;

use crate::clock::{Deadline, local_now, sleep};
use crate::failure::{Class, Failure};
use crate::iam::User;
use crate::store::{Undelivered, fill};

/// No file of pairs is larger; one that is holds something else.
pub const LIMIT: usize = 1 << 20;
/// A temporary file of a killed run is removed once it is as old as this.
const LEFT_BEHIND: Duration = Duration::from_secs(60 * 60);
/// How the name of a temporary file begins.
const PREFIX: &str = ".rotator-";
/// How many letters end a temporary file's name.
const LETTERS: usize = 6;

/// A private file, existing or not, with all links on the way resolved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PrivateFile {
    path: PathBuf,
}

/// A file as it stood.
pub struct Content {
    /// What is in it; nothing, if there is none.
    pub text: Vec<u8>,
    /// When it was last written; `None` if there is none.
    pub modified: Option<SystemTime>,
    kept: Option<Kept>,
}

/// What a new file takes over from the old one.
#[derive(Debug, Clone, Copy)]
struct Kept {
    mode: u32,
    owner: u32,
    group: u32,
}

impl std::fmt::Debug for Content {
    // The text holds secrets.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Content").field("bytes", &self.text.len()).finish_non_exhaustive()
    }
}

impl Content {
    /// What tells this content from any other, absent from empty too.
    #[must_use]
    pub fn revision(&self) -> String {
        if self.kept.is_none() { "absent".to_owned() } else { digest(&self.text) }
    }

    /// Whether there is a file.
    #[must_use]
    pub fn exists(&self) -> bool {
        self.kept.is_some()
    }
}

/// SHA-256, in hexadecimal digits.
#[must_use]
pub fn digest(text: &[u8]) -> String {
    Sha256::digest(text).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The path that a template names for a user. `~/` is the home folder: no shell has replaced it behind a
/// store's scheme.
///
/// # Errors
/// A user's name or path that would lead out of the folder that the template names.
pub fn path_of(template: &str, user: &User, account: &str) -> Result<PathBuf, Failure> {
    let refused = |said: &str| Failure::new(Class::Setup, format!("find the file `{template}`"), said);
    let named = |part: &str, text: &str| template.contains(part) && text.split('/').any(|name| name == "..");
    if named("{user}", &user.name) || named("{path}", &user.path) {
        return Err(refused("the name or path of the user holds `..`, which leads out of the folder"));
    }
    let filled = fill(template, user, account);
    match filled.strip_prefix("~/") {
        None => Ok(PathBuf::from(filled)),
        Some(rest) => match std::env::home_dir() {
            Some(home) => Ok(home.join(rest)),
            None => Err(refused("there is no home folder; name the whole path")),
        },
    }
}

impl PrivateFile {
    /// Resolves links, so that a link's target is replaced and not the link.
    ///
    /// # Errors
    /// A folder that is absent, a link that leads nowhere, a path that cannot be followed.
    pub fn find(path: &Path) -> Result<Self, Failure> {
        let setup =
            |said: String| Failure::new(Class::Setup, format!("find the file {}", path.display()), said);
        match fs::canonicalize(path) {
            Ok(path) => return Ok(Self { path }),
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(setup(error.to_string())),
            Err(_) if fs::symlink_metadata(path).is_ok() => {
                return Err(setup("it is a symbolic link that leads nowhere".into()));
            }
            Err(_) => {}
        }
        let Some(name) = path.file_name() else { return Err(setup("it names no file".into())) };
        let folder = folder(path);
        let found = fs::canonicalize(folder).map_err(|error| {
            setup(format!("its folder {} cannot be entered: {error}; make it first", folder.display()))
        })?;
        Ok(Self { path: found.join(name) })
    }

    /// Reads it. It need not exist.
    ///
    /// # Errors
    /// A file that cannot be read, or that is none for secrets.
    pub fn look(&self) -> Result<Content, Failure> {
        let doing = || format!("read {}", self.path.display());
        let setup = |said: String| Failure::new(Class::Setup, doing(), said);
        // Without NONBLOCK, opening a named pipe waits for its other end.
        let flags = OFlags::NONBLOCK | OFlags::NOFOLLOW;
        let opened = OpenOptions::new().read(true).custom_flags(flags.bits().cast_signed()).open(&self.path);
        let file = match opened {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Ok(Content { text: Vec::new(), modified: None, kept: None });
            }
            Err(error) => return Err(setup(error.to_string())),
        };
        let meta = file.metadata().map_err(|error| setup(error.to_string()))?;
        if !meta.is_file() {
            return Err(setup("it is not a file; name one".into()));
        }
        if meta.mode() & 0o077 != 0 {
            let path = self.path.display();
            let said =
                format!("others than its owner have rights to it; take them back (`chmod 600 {path}`)");
            return Err(setup(said));
        }
        if meta.nlink() > 1 {
            let said = "it has further names (hard links), which would keep the old content; remove them";
            return Err(setup(said.into()));
        }
        let mut text = Vec::new();
        let most = u64::try_from(LIMIT).unwrap_or(u64::MAX).saturating_add(1);
        file.take(most).read_to_end(&mut text).map_err(|error| setup(error.to_string()))?;
        if text.len() > LIMIT {
            return Err(setup("it has more than 1 MiB, so it is no file of pairs".into()));
        }
        let kept = Kept { mode: meta.mode() & 0o700, owner: meta.uid(), group: meta.gid() };
        Ok(Content { text, modified: meta.modified().ok(), kept: Some(kept) })
    }

    /// Replaces it, while no other writer does, by what `edit` makes of its content. What the edit rests
    /// on, it compares there.
    ///
    /// # Errors
    /// [`Undelivered`]: `Stale` too if the lock is not to be had in time, since then nothing was written
    /// and a later look may find it free.
    pub async fn replace(
        &self,
        wait: Duration,
        edit: impl FnOnce(&Content) -> Result<Vec<u8>, Undelivered>,
    ) -> Result<(), Undelivered> {
        let held = self.lock(wait).await?;
        let seen = self.look().map_err(Undelivered::Rejected)?;
        self.sweep();
        let text = edit(&seen)?;
        if text.len() > LIMIT {
            return Err(Undelivered::Rejected(self.refusal("it would have more than 1 MiB")));
        }
        let written = write_whole(&self.path, &self.prefix(), &text, seen.kept);
        drop(held);
        written
    }

    /// Waits for its turn. The lock ends with the file that is returned, or with the process.
    async fn lock(&self, wait: Duration) -> Result<File, Undelivered> {
        let path = folder(&self.path).join(format!(".{}.rotator-lock", self.file_name()));
        let rejected = |error: io::Error| {
            let said = format!("its lock {}: {error}", path.display());
            Undelivered::Rejected(self.refusal(said))
        };
        let flags = (OFlags::NONBLOCK | OFlags::NOFOLLOW).bits().cast_signed();
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(false).mode(0o600).custom_flags(flags);
        let file = options.open(&path).map_err(rejected)?;
        let deadline = Deadline::begin(wait);
        loop {
            match file.try_lock() {
                Ok(()) => return Ok(file),
                Err(TryLockError::Error(error)) => return Err(rejected(error)),
                Err(TryLockError::WouldBlock) if deadline.left() == Duration::ZERO => {
                    let said = format!("another program holds its lock {}", path.display());
                    return Err(Undelivered::Stale(Failure::new(Class::Conflict, self.doing(), said)));
                }
                Err(TryLockError::WouldBlock) => sleep(Duration::from_millis(10)).await,
            }
        }
    }

    /// Removes what killed runs left beside the file: each such piece may hold a secret. Only the holder of
    /// the lock makes any, so what is there is nobody's; the age is for writers on another machine, to which
    /// a shared folder may not carry the lock.
    fn sweep(&self) {
        let prefix = self.prefix();
        let is_ours = |name: &str| {
            name.strip_prefix(&prefix).is_some_and(|rest| {
                rest.len() == LETTERS && rest.bytes().all(|letter| letter.is_ascii_alphanumeric())
            })
        };
        let is_old = |entry: &fs::DirEntry| {
            let modified = entry.metadata().and_then(|meta| meta.modified()).ok();
            let age = modified.and_then(|time| local_now().duration_since(time).ok());
            age.is_some_and(|age| age > LEFT_BEHIND)
        };
        for entry in fs::read_dir(folder(&self.path)).into_iter().flatten().flatten() {
            if entry.file_name().to_str().is_some_and(is_ours) && is_old(&entry) {
                // One that cannot be removed harms nothing, and the next writer tries again.
                drop(fs::remove_file(entry.path()));
            }
        }
    }

    fn file_name(&self) -> String {
        self.path.file_name().unwrap_or_default().to_string_lossy().into_owned()
    }

    fn prefix(&self) -> String {
        format!("{PREFIX}{}-", self.file_name())
    }

    fn doing(&self) -> String {
        format!("write {}", self.path.display())
    }

    fn refusal(&self, said: impl Into<String>) -> Failure {
        Failure::new(Class::StoreRejected(None), self.doing(), said)
    }
}

/// Replaces a file by a new one that only its owner can read, and does not return before it is on disk. A
/// link in its place is replaced, not followed.
pub(crate) fn replace_unlocked(path: &Path, text: &[u8]) -> Result<(), Undelivered> {
    write_whole(path, PREFIX, text, None)
}

fn write_whole(path: &Path, prefix: &str, text: &[u8], kept: Option<Kept>) -> Result<(), Undelivered> {
    let doing = format!("write {}", path.display());
    let rejected = |error: io::Error| {
        Undelivered::Rejected(Failure::new(Class::StoreRejected(None), &doing, plain(&error)))
    };
    let unclear =
        |error: io::Error| Undelivered::Unclear(Failure::new(Class::Unanswered, &doing, plain(&error)));
    let mut file = temporary(path, prefix).map_err(rejected)?;
    file.write_all(text).map_err(rejected)?;
    if let Some(kept) = kept {
        kept.give(file.as_file()).map_err(rejected)?;
    }
    file.as_file().sync_all().map_err(rejected)?;
    // The commit point.
    if let Err(tempfile::PersistError { error, .. }) = file.persist(path) {
        match took_hold(path, text) {
            Ok(true) => {}
            Ok(false) => return Err(rejected(error)),
            Err(_) => return Err(unclear(error)),
        }
    }
    File::open(folder(path)).and_then(|folder| folder.sync_all()).map_err(unclear)
}

/// Whether a rename took hold that is said to have failed: over a network, what failed can be the second
/// attempt. To call that a clear no would cost the key that is served.
fn took_hold(path: &Path, text: &[u8]) -> io::Result<bool> {
    match fs::read(path) {
        Ok(now) => Ok(now == text),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error),
    }
}

impl Kept {
    fn give(self, file: &File) -> io::Result<()> {
        let new = file.metadata()?;
        if new.uid() != self.owner {
            // Whoever reads the old file could not read a new one of another owner.
            fchown(file, Some(self.owner), Some(self.group))?;
        } else if new.gid() != self.group {
            // Its group has no right to it, so one that cannot be kept is no loss.
            drop(fchown(file, None, Some(self.group)));
        }
        file.set_permissions(Permissions::from_mode(self.mode))
    }
}

/// Whether a file can be made beside `path`, for those who ask before there is a secret.
pub(crate) fn try_folder(path: &Path) -> Result<(), String> {
    let tried = temporary(path, PREFIX);
    tried.map(drop).map_err(|error| {
        format!("no file can be made in its folder {}: {}", folder(path).display(), plain(&error))
    })
}

/// A new file beside `path` that only its owner can read. It goes with the value.
fn temporary(path: &Path, prefix: &str) -> io::Result<NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(prefix).rand_bytes(LETTERS).permissions(Permissions::from_mode(0o600));
    builder.tempfile_in(folder(path))
}

/// The system's own words, without the temporary file's name around them.
fn plain(error: &io::Error) -> String {
    let text = error.to_string();
    text.split(" at path ").next().unwrap_or_default().to_owned()
}

fn folder(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if parent != Path::new("") => parent,
        Some(_) | None => Path::new("."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rename_is_believed_to_have_failed_only_if_the_file_says_so() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("keys");
        assert!(!took_hold(&path, b"new").unwrap());
        fs::write(&path, "old").unwrap();
        assert!(!took_hold(&path, b"new").unwrap());
        fs::write(&path, "new").unwrap();
        assert!(took_hold(&path, b"new").unwrap());
        // A folder in its place refuses the rename, and cannot be read.
        let refused = replace_unlocked(folder.path(), b"new");
        assert!(matches!(refused, Err(Undelivered::Unclear(_))), "{refused:?}");
    }
}
