//! A table of the file as entries: each key and each value with its place in the text.

use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::fault::Fault;
use super::keys::{Key, Kind, nearest};

/// A piece of the file, and where it stands.
#[derive(Debug, Clone)]
pub struct At<T> {
    /// What it says.
    pub value: T,
    /// Where in the text, in bytes.
    pub at: Range<usize>,
}

/// A value.
#[derive(Debug, Clone)]
pub enum Value {
    /// A string, a number or a truth value, as the command line would have it.
    Text(String),
    /// An array of strings.
    List(Vec<At<String>>),
    /// A table of strings.
    Pairs(Vec<(String, String)>),
}

/// One line of a table.
#[derive(Debug, Clone)]
pub struct Entry {
    /// The key.
    pub key: At<String>,
    /// Its value.
    pub value: At<Value>,
}

/// What belongs elsewhere, with the word about it.
const MFA: [&str; 6] = ["mfa-serial", "mfa", "mfa-token", "mfa-code", "token-code", "mfa-device"];

/// Reads a table with these keys. `elsewhere` are keys of another table.
pub fn entries(
    table: &DeTable<'_>,
    keys: &[Key],
    elsewhere: &[Key],
    name: &str,
    faults: &mut Vec<Fault>,
) -> Vec<Entry> {
    let mut entries = Vec::new();
    for (key, value) in table {
        let word = key.get_ref().as_ref();
        let Some(known) = keys.iter().find(|known| known.name == word) else {
            faults.push(unknown(word, key.span(), keys, elsewhere, name));
            continue;
        };
        match read(known, value) {
            Ok(read) => entries.push(Entry {
                key: At { value: word.to_owned(), at: key.span() },
                value: At { value: read, at: value.span() },
            }),
            Err(fault) => faults.push(fault),
        }
    }
    entries
}

fn unknown(word: &str, at: Range<usize>, keys: &[Key], elsewhere: &[Key], name: &str) -> Fault {
    let plain = word.to_ascii_lowercase().replace('_', "-");
    if MFA.contains(&plain.as_str()) {
        return Fault::new(at, "a role that wants MFA cannot be assumed: a pipeline has nobody to type a code").help(
            "let the role's trust policy ask for an external id instead (`external-id`), or give a `profile` whose \
             credentials were had with MFA beforehand",
        );
    }
    if let Some((_, why)) = super::keys::NOT_IN_A_FILE.iter().find(|(name, _)| *name == plain) {
        return Fault::new(at, format!("`{word}` has no place in a file: {why}"))
            .help(format!("give --{plain} on the command line"));
    }
    if elsewhere.iter().any(|key| key.name == plain) {
        return Fault::new(at, format!("`{word}` is a key of a [[target]], not of {name}"));
    }
    let fault = Fault::new(at, format!("unknown key `{word}` in {name}"));
    match nearest(word, keys.iter().map(|key| key.name.as_str())) {
        Some(meant) => fault.help(format!("did you mean `{meant}`?")),
        None => fault.help("`rotator config schema` and docs/config.md have all keys"),
    }
}

fn read(key: &Key, value: &Spanned<DeValue<'_>>) -> Result<Value, Fault> {
    let found = value.get_ref();
    let wrong = |found: &DeValue<'_>, at: Range<usize>| {
        let fault = Fault::new(
            at,
            format!("`{}` is {}, and this is {}", key.name, key.kind.name(), article(found.type_str())),
        );
        match (key.kind, found) {
            (Kind::Text, DeValue::Integer(number)) => {
                fault.help(format!("write \"{}\", for times with a unit: \"12h\"", number.as_str()))
            }
            (Kind::Flag | Kind::Count, DeValue::String(_)) => fault.help("leave the quotes away"),
            (Kind::List, DeValue::String(_)) => fault.help("put it into brackets: [\"…\"]"),
            (_, _) => fault,
        }
    };
    let text = match (key.kind, found) {
        (Kind::Flag, DeValue::Boolean(flag)) => flag.to_string(),
        (Kind::Count, DeValue::Integer(number)) if number.radix() == 10 => number.as_str().replace('_', ""),
        (Kind::Text, DeValue::String(text)) => text.to_string(),
        (Kind::List, DeValue::Array(array)) => {
            let one = |value: &Spanned<DeValue<'_>>| match value.get_ref().as_str() {
                Some(text) => Ok(At { value: text.to_owned(), at: value.span() }),
                None => Err(wrong(value.get_ref(), value.span())),
            };
            return array.iter().map(one).collect::<Result<_, _>>().map(Value::List);
        }
        (Kind::Pairs, DeValue::Table(table)) => {
            let one = |(key, value): (&Spanned<_>, &Spanned<DeValue<'_>>)| {
                let name: &std::borrow::Cow<'_, str> = key.get_ref();
                match value.get_ref().as_str() {
                    Some(text) => Ok((name.to_string(), text.to_owned())),
                    None => Err(wrong(value.get_ref(), value.span())),
                }
            };
            return table.iter().map(one).collect::<Result<_, _>>().map(Value::Pairs);
        }
        (_, found) => return Err(wrong(found, value.span())),
    };
    if let Some(option) = &key.option
        && key.kind != Kind::Flag
        && let Err((why, meant)) = option.check(&text)
    {
        let why = if key.kind == Kind::Count { "it is a whole number from 0 on".to_owned() } else { why };
        let fault = Fault::new(value.span(), format!("`{}`: {why}", key.name));
        return Err(match meant {
            Some(meant) => fault.help(meant),
            None => fault,
        });
    }
    Ok(Value::Text(text))
}

/// `an integer`, `a string`
pub fn article(word: &str) -> String {
    let an = word.starts_with(['a', 'e', 'i', 'o', 'u']);
    format!("{} {word}", if an { "an" } else { "a" })
}
