//! From text to targets, or to everything that is wrong with it.

use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::fault::Fault;
use super::keys::{self, Key, nearest};
use super::target::Target;
use super::toml::{At, Entry, Value, article, entries};

/// What stands in a file.
#[derive(Debug, Clone, Default)]
pub struct Read {
    /// `[defaults]`
    pub defaults: Vec<Entry>,
    /// Each `[[target]]`.
    pub targets: Vec<Target>,
}

/// Reads all of it.
///
/// # Errors
/// Everything that is wrong by itself; what does not go together is found later.
pub fn read(text: &str) -> Result<Read, Vec<Fault>> {
    let (table, errors) = DeTable::parse_recoverable(text);
    if !errors.is_empty() {
        let end = text.len();
        let fault =
            |error: &toml::de::Error| Fault::new(error.span().unwrap_or(end..end), error.message().trim());
        return Err(errors.iter().map(fault).collect());
    }
    let mut faults = Vec::new();
    let (options, own) = (keys::options(), keys::own());
    let mut read = Read::default();
    for (key, value) in table.get_ref() {
        match (key.get_ref().as_ref(), value.get_ref()) {
            ("defaults", DeValue::Table(table)) => {
                read.defaults = entries(table, &options, &own, "[defaults]", &mut faults);
            }
            ("defaults", other) => {
                let said = format!("`defaults` is a table, and this is {}", article(other.type_str()));
                faults.push(Fault::new(value.span(), said).help("write [defaults], and its keys below"));
            }
            ("target", DeValue::Array(all)) => {
                let keys: Vec<Key> = own.iter().chain(&options).cloned().collect();
                for one in all {
                    let Some(table) = one.get_ref().as_table() else {
                        faults.push(Fault::new(one.span(), "a target is a table: write [[target]]"));
                        continue;
                    };
                    let before = faults.len();
                    let entries = entries(table, &keys, &[], "[[target]]", &mut faults);
                    place(&entries, &mut faults);
                    let whole = faults.len() == before;
                    let mut more = Vec::new();
                    let target = Target::new(entries, head(text, one), &mut more);
                    // What is missing may be what was misspelled.
                    faults.extend(more.into_iter().filter(|fault| whole || fault.at != head(text, one)));
                    read.targets.extend(target);
                }
            }
            ("target", _) => faults.push(
                Fault::new(key.span(), "there may be several targets")
                    .help("write [[target]], with two brackets"),
            ),
            (word, _) => faults.push(top(word, key.span(), &options, &own)),
        }
    }
    place(&read.defaults, &mut faults);
    if faults.is_empty() && read.targets.is_empty() {
        let end = text.len();
        faults.push(Fault::new(end..end, "there is no target").help("[[target]], with `name` and `path`"));
    }
    if faults.is_empty() { Ok(read) } else { Err(faults) }
}

/// Pairs go to one place.
fn place(entries: &[Entry], faults: &mut Vec<Fault>) {
    let find = |key: &str| entries.iter().find(|entry| entry.key.value == key);
    if let (Some(_), Some(outfile)) = (find("store"), find("outfile")) {
        let said = "pairs go to one place: `store` or `outfile`, not both";
        faults.push(Fault::new(outfile.key.at.clone(), said));
    }
}

fn top(word: &str, at: Range<usize>, options: &[Key], own: &[Key]) -> Fault {
    let fault = Fault::new(at, format!("unknown key `{word}`"));
    if options.iter().chain(own).any(|key| key.name == word) {
        let table =
            if own.iter().any(|key| key.name == word) { "[[target]]" } else { "[defaults] or [[target]]" };
        return fault.help(format!("it is a key of {table}"));
    }
    match nearest(word, ["defaults", "target"]) {
        Some("target") => fault.help("did you mean [[target]]?"),
        Some(_) => fault.help("did you mean [defaults]?"),
        None => fault.help("a file has [defaults] and [[target]]"),
    }
}

/// The line `[[target]]`: the parser's place of a table may be all of it.
fn head(text: &str, target: &Spanned<DeValue<'_>>) -> Range<usize> {
    let span = target.span();
    let line = text.get(span.start..).and_then(|rest| rest.lines().next()).unwrap_or_default();
    span.start..span.end.min(span.start + line.trim_end().len())
}

/// An entry's text, as the command line would have it.
pub fn text(entry: &Entry) -> Option<&str> {
    match &entry.value {
        At { value: Value::Text(text), .. } => Some(text),
        At { value: Value::List(_) | Value::Pairs(_), .. } => None,
    }
}
