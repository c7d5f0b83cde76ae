//! CloudTrail as people have it: delivered files, folders of them, bare arrays, JSON lines, `lookup-events`.
//!
//! One record is in memory at a time. What cannot be read or understood is told and counted; whether a
//! judgement still holds without it is for the reader of the records to say.

mod progress;
mod record;
mod scan;
mod walk;

use std::fs::File;
use std::io::{self, BufReader, Read};
use std::path::{Path, PathBuf};

use flate2::bufread::MultiGzDecoder;

pub use progress::Progress;
pub use record::{Record, Who};

use crate::failure::{Class, Failure};
use record::Parsed;
use scan::{Found, Scanner};

/// Problems that are told one by one; the rest are only counted.
const TOLD: usize = 20;
const BUFFER: usize = 256 * 1024;

/// What was read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reading {
    /// Files that held records, or could have.
    pub files: u64,
    /// CloudTrail's digest files, which hold no record.
    pub digests: u64,
    /// Records that were understood.
    pub records: u64,
    /// Records that were not, and stretches of files that are no record at all.
    pub unreadable: u64,
    /// The first problems, each with its file.
    pub problems: Vec<String>,
    /// How many more there were.
    pub more_problems: u64,
    /// Whether records may be missing for it.
    gaps: bool,
}

impl Reading {
    /// Whether everything was read and understood, so that what is not there may be taken for absent.
    #[must_use]
    pub fn whole(&self) -> bool {
        !self.gaps
    }

    /// A file that a trail should have, and that is none.
    fn no_trail(&mut self, path: &Path, said: &str, named: bool) {
        // A note that somebody put beside the records is no hole in them.
        let records = ["json", "gz", "jsonl", "ndjson"].map(Some);
        let ending = path.extension().and_then(|ending| ending.to_str());
        let gaps = self.gaps || named || records.contains(&ending);
        self.problem(path, said);
        self.gaps = gaps;
    }

    fn problem(&mut self, path: &Path, said: impl std::fmt::Display) {
        self.gaps = true;
        if self.problems.len() < TOLD {
            self.problems.push(format!("{}: {said}", shown(path)));
        } else {
            self.more_problems += 1;
        }
    }
}

/// Reads every record of these files and folders. `-` is standard input.
///
/// # Errors
/// Something that was named cannot be opened, or nothing at all could be read.
pub fn read(
    paths: &[PathBuf],
    progress: &Progress,
    each: &mut dyn FnMut(&Record<'_>),
) -> Result<Reading, Failure> {
    let mut read = Reading::default();
    progress.expect(walk::size(paths));
    for path in paths {
        if path.as_os_str() == "-" {
            take((path, true), &mut io::stdin().lock(), progress, &mut read, each);
            continue;
        }
        let cannot = |error: io::Error| {
            Failure::new(Class::Setup, format!("read the trail {}", path.display()), error.to_string())
        };
        if std::fs::metadata(path).map_err(cannot)?.is_dir() {
            std::fs::read_dir(path).map_err(cannot)?;
            walk::files(path, &mut |file| match file {
                Ok(file) => match File::open(file) {
                    Ok(mut open) => take((file, false), &mut open, progress, &mut read, each),
                    Err(error) => read.problem(file, format!("cannot be opened: {error}")),
                },
                Err((entry, said)) => read.problem(entry, said),
            });
        } else {
            let mut open = File::open(path).map_err(cannot)?;
            take((path, true), &mut open, progress, &mut read, each);
        }
    }
    progress.end();
    if read.files == 0 && read.digests == 0 {
        let said = read.problems.first().map_or("there is no file in it", String::as_str);
        return Err(Failure::new(Class::Setup, "find a trail in what was named", said));
    }
    Ok(read)
}

/// One file, gzipped or not.
fn take(
    (path, named): (&Path, bool),
    file: &mut dyn Read,
    progress: &Progress,
    read: &mut Reading,
    each: &mut dyn FnMut(&Record<'_>),
) {
    // A pipe may give one byte at first.
    let (mut file, mut start) = (progress.counting(file), Vec::new());
    match file.by_ref().take(2).read_to_end(&mut start) {
        Ok(0) => return read.no_trail(path, "is empty", named),
        Ok(_) => {}
        Err(error) => return read.problem(path, format!("cannot be read: {error}")),
    }
    let zipped = start == [0x1f, 0x8b];
    let mut bytes = BufReader::with_capacity(BUFFER, io::Cursor::new(start).chain(file));
    if zipped {
        // Files that were joined are one gzip of several members.
        records((path, named), &mut MultiGzDecoder::new(bytes), read, each);
    } else {
        records((path, named), &mut bytes, read, each);
    }
}

fn records(
    (path, named): (&Path, bool),
    from: &mut dyn Read,
    read: &mut Reading,
    each: &mut dyn FnMut(&Record<'_>),
) {
    let mut scanner = Scanner::default();
    let (mut records, mut lost, mut first_lost) = (0_u64, 0_u64, None);
    let mut buffer = vec![0; BUFFER];
    let mut digest = false;
    let mut found = |found: Found<'_>| match found {
        Found::Object(bytes) => {
            let parsed = record::parse(bytes, &mut |parsed| match parsed {
                Parsed::Record(record) => {
                    records += 1;
                    each(&record);
                }
                Parsed::Digest => digest = true,
            });
            if let Err(said) = parsed {
                lost += 1;
                first_lost.get_or_insert(said);
            }
        }
        Found::Damage(said) => {
            lost += 1;
            first_lost.get_or_insert_with(|| said.to_owned());
        }
    };
    let ended = loop {
        match from.read(&mut buffer) {
            Ok(0) => break None,
            Ok(count) => scanner.feed(buffer.get(..count).unwrap_or_default(), &mut found),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => break Some(error),
        }
    };
    let open = scanner.is_open();
    let container = scanner.saw_container();
    read.records += records;
    if digest && records == 0 && lost == 0 {
        read.digests += 1;
        return;
    }
    let any = records > 0 || container;
    if any {
        read.files += 1;
        read.unreadable += lost;
    }
    let broken = ended.is_some() || open;
    match ended {
        Some(error) => {
            let early = error.kind() == io::ErrorKind::UnexpectedEof;
            let said = if early { "the gzip ends too early".to_owned() } else { error.to_string() };
            read.problem(path, format!("is damaged after {records} records: {said}"));
        }
        None if open => read.problem(path, format!("ends in the middle, after {records} records")),
        None => {}
    }
    if any && lost > 0 {
        let first = first_lost.unwrap_or_default();
        read.problem(
            path,
            format!("{lost} of what is in it are no records that can be understood ({first})"),
        );
    } else if !any && !broken {
        read.no_trail(path, "is no trail", named);
    }
}

fn shown(path: &Path) -> String {
    if path.as_os_str() == "-" { "standard input".to_owned() } else { path.display().to_string() }
}
