//! Finds secrets, whole or in part, as they are or as some encoding shows them.

use std::collections::{BTreeMap, HashSet};
use std::hash::{BuildHasherDefault, DefaultHasher};

use crate::accounts::Pair;

/// The shortest part that counts. Shorter ones turn up by chance.
pub const PART: usize = 8;
/// Eight bytes make ten whole letters of base64, wherever they begin.
const IN_BASE64: usize = 10;

/// Parts of one length.
struct Grams {
    length: usize,
    parts: HashSet<Vec<u8>, BuildHasherDefault<DefaultHasher>>,
    /// Whether any part begins with these three bytes: nearly always not, and this is quick to ask.
    begins: Vec<bool>,
}

/// What is looked for.
pub struct Scanner {
    /// Each pair's secret, by its key's id.
    secrets: BTreeMap<String, String>,
    plain: Grams,
    base64: Grams,
}

/// A part of a secret where none may be.
#[derive(Debug, PartialEq, Eq)]
pub struct Found {
    /// How it is written there.
    pub form: &'static str,
    pub at: usize,
}

impl Scanner {
    pub fn new<'a>(pairs: impl IntoIterator<Item = &'a Pair>) -> Self {
        let (plain, base64_letters) = (Grams::new(PART), Grams::new(IN_BASE64));
        let mut scanner = Self { secrets: BTreeMap::new(), plain, base64: base64_letters };
        for Pair { id, secret } in pairs {
            scanner.plain.add(secret.as_bytes());
            for shift in 0..3 {
                let shifted = [vec![b'?'; shift], secret.clone().into_bytes()].concat();
                // What the bytes before and after a part have a share in is not the part's.
                let letters = base64(&shifted);
                let own = letters.get((shift * 8).div_ceil(6)..shifted.len() * 8 / 6).unwrap_or_default();
                scanner.base64.add(own);
            }
            scanner.secrets.insert(id.clone(), secret.clone());
        }
        scanner
    }

    /// How many secrets are looked for.
    pub fn secrets(&self) -> usize {
        self.secrets.len()
    }

    /// The first part of any secret in a text, in any of the forms that are known here.
    pub fn find(&self, text: &[u8]) -> Option<Found> {
        type Read = fn(&[u8]) -> Vec<u8>;
        let has = |mark: u8| text.contains(&mark);
        let forms: [(&'static str, &Grams, bool, Read); 8] = [
            ("as it is", &self.plain, true, <[u8]>::to_vec),
            ("percent-escaped", &self.plain, has(b'%'), |text| unescaped(text, b"%", 2)),
            ("JSON-escaped", &self.plain, has(b'\\'), |text| {
                without_backslashes(&unescaped(text, b"\\u", 4))
            }),
            ("in hexadecimal", &self.plain, true, from_hex),
            ("as a list of bytes", &self.plain, has(b','), from_list),
            // Broken into lines, or quoted with blanks between its letters.
            ("with blanks in it", &self.plain, true, without_blanks),
            ("in base64", &self.base64, true, <[u8]>::to_vec),
            ("in base64 for URLs", &self.base64, has(b'-') || has(b'_'), from_url),
        ];
        forms.into_iter().filter(|(_, _, worth_it, _)| *worth_it).find_map(|(form, grams, _, read)| {
            let at = grams.find(&read(text))?;
            Some(Found { form, at })
        })
    }

    /// The text of a place where pairs may be: one secret beside each key's id is cut out, and with
    /// `torn` what a killed run had written of the last one.
    pub fn cut(&self, text: &str, torn: bool) -> String {
        const FIELD: &str = "\"SecretAccessKey\"";
        let mut rest = String::new();
        let mut pieces = text.split(FIELD);
        rest.push_str(pieces.next().unwrap_or_default());
        let mut seen = HashSet::new();
        let mut before = rest.clone();
        for piece in pieces {
            let value = piece.trim_start_matches([':', ' ', '\t']);
            let own = self.beside(&before).filter(|(id, _)| !seen.contains(*id));
            let after = own.and_then(|(id, secret)| {
                let value = value.strip_prefix('"')?;
                let whole = value.strip_prefix(secret).and_then(|rest| rest.strip_prefix('"'));
                let half = torn && secret.starts_with(value);
                seen.insert(id);
                whole.or(half.then_some(""))
            });
            rest.push_str(after.unwrap_or(piece));
            before = piece.to_owned();
        }
        rest
    }

    /// The pair whose id stands last in what precedes its secret.
    fn beside(&self, before: &str) -> Option<(&String, &String)> {
        let id = before.rsplit_once("\"AccessKeyId\"")?.1.split('"').nth(1)?;
        self.secrets.get_key_value(id)
    }
}

impl Grams {
    fn new(length: usize) -> Self {
        Self { length, parts: HashSet::default(), begins: vec![false; 1 << 24] }
    }

    fn add(&mut self, text: &[u8]) {
        for part in text.windows(self.length) {
            if let Some(begins) = self.begins.get_mut(beginning(part)) {
                *begins = true;
            }
            self.parts.insert(part.to_vec());
        }
    }

    /// Where the first of them is in a text.
    fn find(&self, text: &[u8]) -> Option<usize> {
        let mut parts = text.windows(self.length);
        parts.position(|part| self.begins.get(beginning(part)) == Some(&true) && self.parts.contains(part))
    }
}

fn beginning(part: &[u8]) -> usize {
    part.iter().take(3).fold(0, |bits, byte| bits << 8 | usize::from(*byte))
}

fn base64(bytes: &[u8]) -> Vec<u8> {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut letters = Vec::new();
    for three in bytes.chunks(3) {
        let bits =
            three.iter().fold(0_u32, |bits, byte| bits << 8 | u32::from(*byte)) << (8 * (3 - three.len()));
        for at in 0..=three.len() {
            let letter = LETTERS.get((bits >> (18 - 6 * at) & 63) as usize);
            letters.extend(letter);
        }
    }
    letters
}

/// `%2F` or `\u002f` as the byte that it stands for.
fn unescaped(text: &[u8], mark: &[u8], digits: usize) -> Vec<u8> {
    let mut plain = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((first, tail)) = rest.split_first() {
        let code = rest.strip_prefix(mark).and_then(|code| code.split_at_checked(digits));
        let byte = code.and_then(|(code, _)| u8::from_str_radix(std::str::from_utf8(code).ok()?, 16).ok());
        match code.zip(byte) {
            Some(((_, after), byte)) => {
                plain.push(byte);
                rest = after;
            }
            None => {
                plain.push(*first);
                rest = tail;
            }
        }
    }
    plain
}

fn without_backslashes(text: &[u8]) -> Vec<u8> {
    text.iter().copied().filter(|byte| *byte != b'\\').collect()
}

fn without_blanks(text: &[u8]) -> Vec<u8> {
    text.iter().copied().filter(|byte| !byte.is_ascii_whitespace()).collect()
}

fn from_url(text: &[u8]) -> Vec<u8> {
    let letter = |byte: &u8| match byte {
        b'-' => b'+',
        b'_' => b'/',
        other => *other,
    };
    text.iter().map(letter).collect()
}

/// Every run of hexadecimal digits read as bytes, from its first digit and from its second.
fn from_hex(text: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for run in text.split(|byte| !byte.is_ascii_hexdigit()).filter(|run| run.len() >= 2 * PART) {
        for from in 0..2 {
            let pairs = run.get(from..).unwrap_or_default().chunks_exact(2);
            bytes.extend(
                pairs.filter_map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()),
            );
            bytes.push(b' ');
        }
    }
    bytes
}

/// `[65, 66]`, as a program prints bytes when it is asked to debug.
fn from_list(text: &[u8]) -> Vec<u8> {
    let (mut bytes, mut number, mut gap) = (Vec::new(), None::<u32>, true);
    for byte in text {
        if byte.is_ascii_digit() {
            number = Some(number.unwrap_or(0).saturating_mul(10).saturating_add(u32::from(byte - b'0')));
            gap = false;
        } else {
            bytes.extend(number.take().and_then(|number| u8::try_from(number).ok()));
            if !gap && !b", ".contains(byte) {
                bytes.push(b' ');
                gap = true;
            }
        }
    }
    bytes.extend(number.and_then(|number| u8::try_from(number).ok()));
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";

    fn scanner() -> Scanner {
        Scanner::new([&Pair { id: "AKIAIOSFODNN7EXAMPLE".into(), secret: SECRET.into() }])
    }

    #[track_caller]
    fn form(text: &str) -> Option<&'static str> {
        scanner().find(text.as_bytes()).map(|found| found.form)
    }

    #[test]
    fn eight_characters_are_found_and_seven_are_not() {
        assert_eq!(form(&format!("error: {SECRET}!")), Some("as it is"));
        for at in 0..=SECRET.len() - PART {
            assert_eq!(form(&format!("-{}-", &SECRET[at..at + PART])), Some("as it is"), "{at}");
            assert_eq!(form(&format!("-{}-", &SECRET[at..at + PART - 1])), None, "{at}");
        }
        assert_eq!(form("no secret is in this text, however long it is and whatever it says"), None);
    }

    #[test]
    fn a_part_is_found_in_every_form() {
        let part = &SECRET[10..22];
        for before in ["", "a", "ab"] {
            let text = [before.as_bytes(), part.as_bytes(), b"??"].concat();
            assert_eq!(form(&String::from_utf8(base64(&text)).unwrap()), Some("in base64"), "{before}");
        }
        assert_eq!(form(&part.replace('/', "%2F").replace('+', "%2b")), Some("percent-escaped"));
        assert_eq!(form(&part[..8].replace('/', "\\/")), Some("JSON-escaped"));
        assert_eq!(form(&part.replace('/', "\\u002F").replace('+', "\\u002b")), Some("JSON-escaped"));
        let hex: String = part.bytes().map(|byte| format!("{byte:02X}")).collect();
        assert_eq!((form(&hex), form(&format!("0{hex}"))), (Some("in hexadecimal"), Some("in hexadecimal")));
        assert_eq!(form(&format!("{:?}", part.as_bytes())), Some("as a list of bytes"));
        assert_eq!(form(&format!("{}\n  {}", &part[..6], &part[6..])), Some("with blanks in it"));
    }

    #[test]
    fn base64_is_as_everybody_writes_it() {
        let written = |text: &str| String::from_utf8(base64(text.as_bytes())).unwrap();
        assert_eq!(
            (written("abc"), written("abcd"), written("ab")),
            ("YWJj".into(), "YWJjZA".into(), "YWI".into())
        );
    }

    #[test]
    fn what_is_allowed_is_cut_out_once_and_the_rest_is_scanned() {
        let scanner = scanner();
        let clean = |text: &str, torn| scanner.find(scanner.cut(text, torn).as_bytes()).is_none();
        let pair = format!(r#""AccessKeyId": "AKIAIOSFODNN7EXAMPLE", "SecretAccessKey": "{SECRET}""#);
        assert!(clean(&format!(r#"{{"ci": {{{pair}}}}}"#), false));
        assert!(!clean(&format!(r#"{{"ci": {{{pair}}}, "again": {{{pair}}}}}"#), false), "twice");
        assert!(!clean(&format!(r#"{{"ci": {{{pair}}}}} {}"#, &SECRET[3..12]), false), "beside it");
        let other = pair.replace("AKIAIOSFODNN7EXAMPLE", "AKIAANOTHERSPAIR0000");
        assert!(!clean(&other, false), "beside another key's id");
        let half = &pair[..pair.len() - 20];
        assert!(clean(half, true) && !clean(half, false), "half a secret, of a run that was killed");
    }
}
