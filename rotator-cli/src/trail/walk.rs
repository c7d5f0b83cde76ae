//! Folders, in the order of their names, one file at a time.

use std::fs;
use std::path::{Path, PathBuf};

/// A file, or an entry that cannot be read and why.
pub type Entry<'a> = Result<&'a Path, (&'a Path, String)>;

/// Deeper than any trail: ACCOUNT/CloudTrail/REGION/YEAR/MONTH/DAY, and what people put around it.
const DEEPEST: usize = 40;

/// Every file in a folder, and in those below it.
pub fn files(folder: &Path, each: &mut dyn FnMut(Entry<'_>)) {
    below(folder, 0, each);
}

fn below(folder: &Path, depth: usize, each: &mut dyn FnMut(Entry<'_>)) {
    if depth > DEEPEST {
        return each(Err((folder, "lies deeper than any trail".to_owned())));
    }
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) => return each(Err((folder, format!("cannot be read: {error}")))),
    };
    let mut paths = Vec::new();
    for entry in entries {
        match entry {
            Ok(entry) => paths.push(entry.path()),
            Err(error) => each(Err((folder, format!("cannot be read whole: {error}")))),
        }
    }
    paths.sort();
    for path in paths {
        let of_itself = fs::symlink_metadata(&path);
        match fs::metadata(&path) {
            Ok(meta) if meta.is_dir() => {
                // A link may lead back up.
                if of_itself.is_ok_and(|own| own.is_symlink()) {
                    each(Err((
                        &path,
                        "is a link to a folder, which is not followed; name the folder".to_owned(),
                    )));
                } else {
                    below(&path, depth + 1, each);
                }
            }
            Ok(meta) if meta.is_file() => each(Ok(&path)),
            Ok(_) => each(Err((&path, "is neither a file nor a folder".to_owned()))),
            Err(error) => each(Err((&path, format!("cannot be read: {error}")))),
        }
    }
}

/// How many bytes there are to read, as far as that can be told.
pub fn size(paths: &[PathBuf]) -> u64 {
    let length =
        |path: &Path| fs::metadata(path).ok().filter(fs::Metadata::is_file).map_or(0, |meta| meta.len());
    let mut total = 0;
    for path in paths {
        if path.is_dir() {
            files(path, &mut |file| total += file.map_or(0, length));
        } else {
            total += length(path);
        }
    }
    total
}
