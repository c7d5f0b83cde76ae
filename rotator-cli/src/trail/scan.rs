//! Where one record ends and the next begins, without a whole file in memory.
//!
//! Only strings and brackets are looked at; each record is then read by serde on its own. So one that is
//! broken costs itself and not the file, in whatever container it stands.

/// The longest thing that is held. CloudTrail's own limit for an event is 256 KB (user guide, "CloudTrail
/// record contents"); `lookup-events` quotes one into a string.
const LONGEST: usize = 8 * 1024 * 1024;

/// What was found.
pub enum Found<'a> {
    /// A whole object, to be read as a record.
    Object(&'a [u8]),
    /// Bytes that belong to none, and why.
    Damage(&'static str),
}

/// Takes a file apart as it comes.
#[derive(Default)]
pub struct Scanner {
    place: Place,
    /// Open brackets.
    depth: usize,
    in_string: bool,
    escaped: bool,
    /// The object that is being read, from its `{` on.
    held: Vec<u8>,
    /// Where in `held` the last string begins.
    string_from: usize,
    /// That string is `Records` or `Events`, at the first level, and nothing but a colon came since.
    opens: bool,
    /// After damage: nothing counts until the next line.
    skips_line: bool,
    line_start: bool,
    container: bool,
}

/// Where the scanner is.
#[derive(Default, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// Where a container or a record may begin, or within an object that may be either.
    #[default]
    Top,
    /// In an array of records that is open this deep.
    Records(usize),
    /// In a container whose records are over.
    After,
}

impl Scanner {
    /// Whether something has begun that has not ended.
    pub fn is_open(&self) -> bool {
        self.depth > 0 || self.in_string
    }

    /// Whether an array of records was seen, be it empty.
    pub fn saw_container(&self) -> bool {
        self.container
    }

    /// The next bytes of the file.
    pub fn feed(&mut self, bytes: &[u8], found: &mut dyn FnMut(Found<'_>)) {
        let mut rest = bytes;
        while let Some((&byte, after)) = rest.split_first() {
            // Most of a trail is the inside of strings, and most of the rest is held as it is.
            let plain = self.plain(rest);
            if plain > 0 {
                let (text, more) = rest.split_at(plain);
                self.hold(text, found);
                (self.line_start, rest) = (false, more);
                continue;
            }
            if self.skips_line {
                self.skips_line = byte != b'\n';
            } else if self.in_string {
                self.string_byte(byte, found);
            } else {
                self.byte(byte, found);
            }
            self.line_start = byte == b'\n';
            rest = after;
        }
    }

    /// How many bytes from here on change nothing but what is held.
    fn plain(&self, bytes: &[u8]) -> usize {
        if self.skips_line || !self.in_string || self.escaped {
            return 0;
        }
        bytes.iter().position(|byte| matches!(byte, b'"' | b'\\' | b'\n')).unwrap_or(bytes.len())
    }

    fn byte(&mut self, byte: u8, found: &mut dyn FnMut(Found<'_>)) {
        // One record a line, and one that broke off before its end.
        if byte == b'{' && self.line_start && self.depth > 0 && self.place == Place::Top {
            self.give_up("a line ends before its record does", found);
        }
        match byte {
            b' ' | b'\t' | b'\r' | b'\n' | b':' if self.between() => {}
            b' ' | b'\t' | b'\r' | b'\n' | b':' => self.hold(&[byte], found),
            b',' if self.between() => {}
            b'{' => self.open(byte, found),
            b'[' if self.depth == 0 || self.opens => {
                self.depth += 1;
                self.place = Place::Records(self.depth);
                (self.container, self.opens) = (true, false);
                self.held.clear();
            }
            b'[' if !self.between() => self.open(byte, found),
            b'}' | b']' => self.close(byte, found),
            b'"' if self.depth > 0 => {
                if self.between() {
                    found(Found::Damage("something among the records is no object"));
                }
                self.string_from = self.held.len();
                self.hold(&[byte], found);
                self.in_string = true;
            }
            _ if self.depth == 0 => {
                found(Found::Damage("something stands where a record should begin"));
                self.skips_line = true;
            }
            _ if self.between() => {
                self.give_up("something among the records is no object", found);
                self.skips_line = true;
            }
            _ => {
                self.opens = false;
                self.hold(&[byte], found);
            }
        }
    }

    fn string_byte(&mut self, byte: u8, found: &mut dyn FnMut(Found<'_>)) {
        match byte {
            // JSON has no line break within a string.
            b'\n' => return self.give_up("a line ends within a string", found),
            b'\\' if !self.escaped => self.escaped = true,
            b'"' if !self.escaped => {
                self.in_string = false;
                let word = self.held.get(self.string_from..).unwrap_or_default();
                let names = word == b"\"Records" || word == b"\"Events";
                self.opens = self.place == Place::Top && self.depth == 1 && names;
            }
            _ => self.escaped = false,
        }
        self.hold(&[byte], found);
    }

    fn open(&mut self, byte: u8, found: &mut dyn FnMut(Found<'_>)) {
        if self.between() || self.depth == 0 {
            self.held.clear();
        }
        self.opens = false;
        self.depth += 1;
        self.hold(&[byte], found);
    }

    fn close(&mut self, byte: u8, found: &mut dyn FnMut(Found<'_>)) {
        self.opens = false;
        if self.depth == 0 {
            found(Found::Damage("something ends that has not begun"));
            self.skips_line = true;
            return;
        }
        if self.between() {
            self.depth -= 1;
            self.place = if self.depth == 0 { Place::Top } else { Place::After };
            return;
        }
        self.hold(&[byte], found);
        self.depth = self.depth.saturating_sub(1);
        let whole = match self.place {
            Place::Top => self.depth == 0,
            Place::Records(level) => self.depth == level,
            Place::After => false,
        };
        if whole {
            found(Found::Object(&self.held));
            self.held.clear();
        }
        if self.depth == 0 {
            self.place = Place::Top;
        }
    }

    /// Among records, and in none of them.
    fn between(&self) -> bool {
        self.place == Place::Records(self.depth)
    }

    fn hold(&mut self, bytes: &[u8], found: &mut dyn FnMut(Found<'_>)) {
        if self.place == Place::After || self.depth == 0 || self.between() {
            return;
        }
        if self.held.len() + bytes.len() > LONGEST {
            self.give_up("something is longer than any record", found);
            self.skips_line = true;
            return;
        }
        self.held.extend_from_slice(bytes);
    }

    /// Forgets what is open. What begins later stands for itself.
    fn give_up(&mut self, why: &'static str, found: &mut dyn FnMut(Found<'_>)) {
        found(Found::Damage(why));
        *self = Self { container: self.container, line_start: self.line_start, ..Self::default() };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is found, whatever pieces the file comes in.
    fn scan(text: &str) -> (Vec<String>, bool) {
        let once = |step: usize| {
            let (mut scanner, mut all) = (Scanner::default(), Vec::new());
            for piece in text.as_bytes().chunks(step) {
                scanner.feed(piece, &mut |found| {
                    all.push(match found {
                        Found::Object(bytes) => String::from_utf8_lossy(bytes).into_owned(),
                        Found::Damage(why) => format!("! {why}"),
                    });
                });
            }
            (all, scanner.is_open())
        };
        let whole = once(usize::MAX);
        for step in [1, 2, 3, 7] {
            assert_eq!(once(step), whole, "in pieces of {step}");
        }
        whole
    }

    fn found(text: &str) -> Vec<String> {
        let (found, open) = scan(text);
        assert!(!open, "{text}");
        found
    }

    #[test]
    fn records_come_out_of_every_container() {
        let one = r#"{"a":{"b":["]}",{"c":"\"\\"}]}}"#;
        let two = r#"{"d":null}"#;
        let both = [one, two];
        assert_eq!(found(&format!(r#"{{"Records":[{one},{two}]}}"#)), both);
        assert_eq!(found(&format!("{{\n \"Records\" : [\n {one} ,\n {two}\n ]\n}}\n")), both);
        assert_eq!(found(&format!("[{one}, {two}]")), both);
        assert_eq!(found(&format!("{one}\n{two}\n")), both);
        assert_eq!(found(&format!("{one}{two}")), both);
        let page =
            |record: &str| format!(r#"{{"x":"Events","Events":[{record}],"NextToken":{{"a":["{{"]}}}}"#);
        assert_eq!(found(&format!("{}\n{}", page(one), page(two))), both);
        assert_eq!(found(r#"{"Records":[]}"#), [""; 0]);
        assert_eq!(found(r#"{"a":"Records","b":["c"]}"#), [r#"{"a":"Records","b":["c"]}"#]);
    }

    #[test]
    fn damage_costs_itself() {
        let top = "! something stands where a record should begin";
        let line = "! a line ends before its record does";
        assert_eq!(found("{\"a\":1}\nnoise {\n{\"b\":2}\n"), ["{\"a\":1}", top, "{\"b\":2}"]);
        assert_eq!(found("{\"a\":{\n{\"b\":2}\n"), [line, "{\"b\":2}"]);
        assert_eq!(found("{\"a\":\"tor\n{\"b\":2}\n"), ["! a line ends within a string", "{\"b\":2}"]);
        assert_eq!(found("]\n{\"b\":2}"), ["! something ends that has not begun", "{\"b\":2}"]);
        assert_eq!(
            found("[{\"a\":1},\"b\",{\"c\":3}]"),
            ["{\"a\":1}", "! something among the records is no object", "{\"c\":3}"]
        );
        assert_eq!(scan("{\"Records\":[{\"a\":1},{\"b"), (vec!["{\"a\":1}".to_owned()], true));
    }

    #[test]
    fn what_is_longer_than_any_record_is_not_held() {
        let mut text = format!("{{\"a\":\"{}", "x".repeat(LONGEST));
        text.push_str("\"}\n{\"b\":2}");
        assert_eq!(found(&text), ["! something is longer than any record", "{\"b\":2}"]);
    }
}
