//! Everything that a program shows while it runs: its streams, files, arguments and environment, and those
//! of its children.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};

const LONGEST_RUN: Duration = Duration::from_secs(120);

/// One thing that somebody could read.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Shown {
    /// `stdout`, `file pairs.json`, `argv of a child` …
    pub place: String,
    pub text: Vec<u8>,
    /// Of a file.
    pub mode: Option<u32>,
}

/// What one run showed.
pub struct Watched {
    pub code: Option<i32>,
    pub stdout: Vec<u8>,
    pub shown: Vec<Shown>,
    /// Other processes that were seen.
    pub children: usize,
    /// How often files and processes were looked at.
    pub looks: usize,
}

/// When a run is ended from outside.
pub type Until<'a> = Option<&'a dyn Fn() -> bool>;

/// Runs a program whose folder is `home`, and looks at all of it as often as it can.
pub fn watch(command: &mut Command, home: &Path, input: &[u8], kill: Until) -> Result<Watched> {
    // Outside the home: these are the program's streams, not its files.
    let (out, err) = (tempfile::NamedTempFile::new()?, tempfile::NamedTempFile::new()?);
    command.stdin(Stdio::piped()).stdout(File::create(out.path())?).stderr(File::create(err.path())?);
    let mut child = command.spawn().context("cannot run the program")?;
    let id = child.id();
    // A program that does not read has closed it.
    drop(child.stdin.take().map(|mut stdin| stdin.write_all(input)));
    let (over, mut seen) = (AtomicBool::new(false), Seen::default());
    let status = thread::scope(|scope| {
        scope.spawn(|| {
            while !over.load(Ordering::Relaxed) {
                seen.look(id, home);
                thread::sleep(Duration::from_micros(500));
            }
        });
        let status = wait(&mut child, kill);
        over.store(true, Ordering::Relaxed);
        status
    })?;
    seen.files(home);
    let (stdout, stderr) = (fs::read(out.path())?, fs::read(err.path())?);
    let Seen { mut shown, children, looks } = seen;
    for (place, text) in [("stdout", &stdout), ("stderr", &stderr)] {
        shown.insert((place.to_owned(), text.clone()), None);
    }
    let shown = shown.into_iter().map(|((place, text), mode)| Shown { place, text, mode });
    let children = children.len();
    Ok(Watched { code: status.code(), stdout, shown: shown.collect(), children, looks })
}

fn wait(child: &mut Child, kill: Until) -> Result<std::process::ExitStatus> {
    let started = Instant::now();
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(status);
        }
        if kill.is_some_and(|kill| kill()) {
            child.kill()?;
            return Ok(child.wait()?);
        }
        if started.elapsed() > LONGEST_RUN {
            child.kill()?;
            child.wait()?;
            ensure!(false, "the program did not end within {LONGEST_RUN:?}");
        }
        thread::sleep(Duration::from_millis(1));
    }
}

/// Each text once, however often it was seen.
#[derive(Default)]
struct Seen {
    shown: BTreeMap<(String, Vec<u8>), Option<u32>>,
    children: BTreeMap<u32, ()>,
    looks: usize,
}

impl Seen {
    fn look(&mut self, id: u32, home: &Path) {
        self.looks += 1;
        for (process, whose) in family(id) {
            if process != id {
                self.children.insert(process, ());
            }
            for (file, what) in [("cmdline", "argv"), ("environ", "environment")] {
                if let Ok(text) = fs::read(format!("/proc/{process}/{file}")) {
                    self.shown.insert((format!("{what} of {whose}"), text), None);
                }
            }
        }
        self.files(home);
    }

    fn files(&mut self, home: &Path) {
        for path in all_files(home) {
            let name = path.strip_prefix(home).unwrap_or(&path).display().to_string();
            let mode = fs::metadata(&path).map(|meta| meta.permissions().mode() & 0o777).ok();
            if let Ok(text) = fs::read(&path) {
                let before = self.drop_prefixes(&name, &text);
                let widest = self.shown.entry((format!("file {name}"), text)).or_default();
                let modes = [*widest, mode, before];
                *widest = modes.into_iter().flatten().reduce(|one, other| one | other);
            }
        }
    }
}

impl Seen {
    /// A file that only grew shows again what it showed before. Gives the widest mode that it had.
    fn drop_prefixes(&mut self, name: &str, text: &[u8]) -> Option<u32> {
        let place = format!("file {name}");
        let grew = |old: &[u8]| text.len() > old.len() && text.starts_with(old);
        let before = self.shown.range((place.clone(), Vec::new())..).take_while(|((at, _), _)| *at == place);
        let prefixes: Vec<_> = before.filter(|((_, old), _)| grew(old)).map(|(key, _)| key.clone()).collect();
        let modes = prefixes.iter().filter_map(|prefix| self.shown.remove(prefix)?);
        modes.reduce(|one, other| one | other)
    }
}

/// A process and all that it started.
fn family(id: u32) -> Vec<(u32, &'static str)> {
    let mut family = vec![(id, "the program")];
    let mut next = 0;
    while let Some((parent, _)) = family.get(next).copied() {
        next += 1;
        for task in fs::read_dir(format!("/proc/{parent}/task")).into_iter().flatten().flatten() {
            let children = fs::read_to_string(task.path().join("children")).unwrap_or_default();
            family.extend(children.split_whitespace().filter_map(|id| Some((id.parse().ok()?, "a child"))));
        }
    }
    family
}

/// Also in folders below.
pub fn all_files(folder: &Path) -> Vec<PathBuf> {
    let (mut files, mut folders) = (Vec::new(), vec![folder.to_owned()]);
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            match entry.file_type() {
                Ok(kind) if kind.is_dir() => folders.push(entry.path()),
                Ok(kind) if kind.is_file() => files.push(entry.path()),
                Ok(_) | Err(_) => {}
            }
        }
    }
    files
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shell(script: &str) -> Watched {
        let home = tempfile::tempdir().unwrap();
        let mut command = Command::new("sh");
        command.args(["-c", script]).current_dir(home.path());
        watch(&mut command, home.path(), b"", None).unwrap()
    }

    fn shows(watched: &Watched, place: &str, text: &str) -> bool {
        let text = text.as_bytes();
        let has = |shown: &Shown| shown.text.windows(text.len()).any(|part| part == text);
        watched.shown.iter().any(|shown| shown.place == place && has(shown))
    }

    #[test]
    fn streams_files_and_children_are_seen() {
        let watched = shell(
            "echo to-stdout; echo to-stderr >&2; mkdir sub; echo kept > sub/kept; echo gone > gone; sleep 0.2; \
             rm gone; HIDDEN=in-environment sleep 0.21",
        );
        assert!(shows(&watched, "stdout", "to-stdout") && shows(&watched, "stderr", "to-stderr"));
        assert!(shows(&watched, "file sub/kept", "kept") && shows(&watched, "file gone", "gone"));
        assert!(shows(&watched, "argv of a child", "0.21"));
        assert!(shows(&watched, "environment of a child", "HIDDEN=in-environment"));
        assert!(watched.children > 0 && watched.looks > 0);
    }
}
