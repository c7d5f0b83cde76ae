//! One profile of an AWS shared credentials file, read and changed without touching any other byte.
//!
//! The SDKs do not agree on every corner of the form (duplicates, indented lines, colons). Where they
//! read one text in two ways and our profile is concerned, it is refused: nothing says which they serve.

use rotator::AccessKeyId;

use crate::secret::Pair;

const ID: &str = "aws_access_key_id";
const SECRET: &str = "aws_secret_access_key";
/// A leftover session token is sent along with a long-lived pair, and AWS then refuses the pair.
const TOKENS: [&str; 2] = ["aws_session_token", "aws_security_token"];
/// A profile with one of these gets its credentials elsewhere.
const ELSEWHERE: [&str; 8] = [
    "credential_process",
    "credential_source",
    "role_arn",
    "source_profile",
    "sso_account_id",
    "sso_session",
    "sso_start_url",
    "web_identity_token_file",
];

/// A file and where one profile stands in it.
pub(super) struct Ini<'a> {
    lines: Vec<&'a str>,
    profile: &'a str,
    section: Option<Section>,
}

/// Line numbers from zero.
struct Section {
    header: usize,
    id: Option<usize>,
    secret: Option<usize>,
    tokens: Vec<usize>,
}

impl<'a> Ini<'a> {
    /// Finds the profile.
    ///
    /// # Errors
    /// A sentence: why this is not ours to change. It quotes no line, since any may hold a secret.
    pub(super) fn parse(text: &'a [u8], profile: &'a str) -> Result<Self, String> {
        let text = std::str::from_utf8(text).map_err(|_| "it is not UTF-8".to_owned())?;
        if text.starts_with('\u{feff}') {
            return Err("it begins with a byte order mark, which not every SDK reads over; remove it".into());
        }
        if text.replace("\r\n", "").contains('\r') {
            return Err("it has a carriage return amid a line, which not every SDK reads alike".into());
        }
        let lines: Vec<&str> = text.split_inclusive('\n').collect();
        let mut ini = Self { lines, profile, section: None };
        let mut section: Option<Section> = None;
        let mut ours = false;
        // Whether a line that is indented would continue one of ours.
        let mut open = false;
        for (at, line) in ini.lines.iter().enumerate() {
            let (row, content) = (at + 1, line.trim());
            if content.is_empty() || content.starts_with(['#', ';']) {
                continue;
            }
            let indented = line.starts_with([' ', '\t']);
            if let Some(name) = header(content) {
                if indented && name == profile {
                    return Err(format!(
                        "line {row} is indented, which not every SDK reads alike; mend that"
                    ));
                }
                if !indented {
                    ours = name == profile;
                    open = false;
                    if ours && section.is_some() {
                        return Err(format!("the profile `{profile}` stands there twice; remove one"));
                    }
                    if ours {
                        section = Some(Section { header: at, id: None, secret: None, tokens: Vec::new() });
                    }
                    continue;
                }
            }
            let Some(section) = section.as_mut().filter(|_| ours) else { continue };
            let key = key(content);
            let is_ours = key == ID || key == SECRET || TOKENS.contains(&key.as_str());
            if indented && (open || is_ours) {
                return Err(format!("line {row} is indented, which not every SDK reads alike; mend that"));
            }
            if indented {
                continue;
            }
            if is_ours && !content.contains(DELIMITERS) {
                return Err(format!("line {row} has no `=`"));
            }
            open = is_ours;
            if ELSEWHERE.contains(&key.as_str()) {
                let said = "gets its credentials elsewhere";
                return Err(format!("the profile `{profile}` {said} (`{key}`); name another profile"));
            }
            let before = match key.as_str() {
                ID => section.id.replace(at),
                SECRET => section.secret.replace(at),
                _ if is_ours => {
                    section.tokens.push(at);
                    None
                }
                _ => None,
            };
            if before.is_some() {
                return Err(format!("the profile `{profile}` has `{key}` twice; remove one"));
            }
        }
        ini.section = section;
        Ok(ini)
    }

    /// The key that the profile serves.
    ///
    /// # Errors
    /// A sentence: half a pair, or something else than a long-lived key.
    pub(super) fn serves(&self) -> Result<Option<AccessKeyId>, String> {
        let Some(section) = &self.section else { return Ok(None) };
        let value = |at: Option<usize>| at.and_then(|at| self.value(at));
        let profile = self.profile;
        match (value(section.id), value(section.secret)) {
            (None, None) => Ok(None),
            (Some(id), Some(_)) => match AccessKeyId::parse(id) {
                Ok(id) if !id.as_str().starts_with("ASIA") => Ok(Some(id)),
                Ok(_) => Err(format!(
                    "the profile `{profile}` holds temporary credentials, which some other tool renews; name another profile"
                )),
                Err(_) => Err(format!("`{ID}` of the profile `{profile}` is no access key's id")),
            },
            (Some(_), None) => Err(format!("the profile `{profile}` has `{ID}` without `{SECRET}`")),
            (None, Some(_)) => Err(format!("the profile `{profile}` has `{SECRET}` without `{ID}`")),
        }
    }

    /// The file with another pair in the profile, and without the profile's session token.
    pub(super) fn with(&self, pair: &Pair) -> String {
        let (id, secret) = (pair.id.as_str(), pair.expose_to_store());
        let end = self.line_end();
        let Some(section) = &self.section else { return self.appended(id, secret, end) };
        let mut text = String::new();
        for (at, line) in self.lines.iter().enumerate() {
            if Some(at) == section.id {
                text.push_str(&replaced(line, id));
            } else if Some(at) == section.secret {
                text.push_str(&replaced(line, secret));
            } else if !section.tokens.contains(&at) {
                text.push_str(line);
            }
            if at == section.header {
                let id = section.id.is_none().then(|| format!("{ID} = {id}"));
                let secret = section.secret.is_none().then(|| format!("{SECRET} = {secret}"));
                let ended = line.ends_with('\n');
                for new in id.into_iter().chain(secret) {
                    // A header that ends the file without a newline stays the start of one without.
                    text.push_str(&if ended { format!("{new}{end}") } else { format!("{end}{new}") });
                }
            }
        }
        text
    }

    fn appended(&self, id: &str, secret: &str, end: &str) -> String {
        let mut text = self.lines.concat();
        let ended = text.is_empty() || text.ends_with('\n');
        if !ended {
            text.push_str(end);
        }
        if self.lines.last().is_some_and(|line| !line.trim().is_empty()) {
            text.push_str(end);
        }
        let (profile, last) = (self.profile, if ended { end } else { "" });
        text.push_str(&format!("[{profile}]{end}{ID} = {id}{end}{SECRET} = {secret}{last}"));
        text
    }

    /// The line end that the file has already.
    fn line_end(&self) -> &'static str {
        if self.lines.first().is_some_and(|line| line.ends_with("\r\n")) { "\r\n" } else { "\n" }
    }

    /// What stands behind the delimiter, up to a comment; nothing is no value.
    fn value(&self, at: usize) -> Option<&str> {
        let (_, value) = self.lines.get(at)?.split_once(DELIMITERS)?;
        let comment = [" #", " ;", "\t#", "\t;"].iter().filter_map(|mark| value.find(mark)).min();
        let value = comment.and_then(|at| value.get(..at)).unwrap_or(value).trim();
        (!value.is_empty()).then_some(value)
    }
}

/// Whether a text can be a profile's name that every SDK finds again.
pub(super) fn is_profile_name(name: &str) -> bool {
    let bad = |letter: char| letter.is_control() || ['[', ']', '#', ';'].contains(&letter);
    !name.is_empty() && name.trim() == name && !name.contains(bad)
}

/// botocore takes either.
const DELIMITERS: [char; 2] = ['=', ':'];

fn header(content: &str) -> Option<&str> {
    content.strip_prefix('[')?.split_once(']').map(|(name, _)| name.trim())
}

/// Names of settings are the same in any case of letters.
fn key(content: &str) -> String {
    content.split(DELIMITERS).next().unwrap_or_default().trim().to_ascii_lowercase()
}

/// A line with another value. A comment behind the old value goes with it: botocore would read it as a part
/// of the value.
fn replaced(line: &str, value: &str) -> String {
    let body = line.trim_end_matches(['\n', '\r']);
    let end = line.strip_prefix(body).unwrap_or_default();
    let delimiter = body.find(DELIMITERS).map_or(body.len(), |at| at + 1);
    let (name, old) = body.split_at(delimiter);
    let space: String = old.chars().take_while(|letter| letter.is_whitespace()).collect();
    format!("{name}{space}{value}{end}")
}

#[cfg(test)]
mod tests {
    use super::*;

    const NEW: &str = "AKIANEWNEWNEWNEWNEW1";

    fn put(text: &str, profile: &str) -> String {
        let pair = Pair::new(AccessKeyId::parse(NEW).unwrap(), "n/e+w".into());
        Ini::parse(text.as_bytes(), profile).unwrap().with(&pair)
    }

    fn why(text: &str) -> String {
        let said = Ini::parse(text.as_bytes(), "ci").and_then(|ini| ini.serves().map(drop)).unwrap_err();
        assert!(!said.contains("S3CR3T"), "{said}");
        said
    }

    #[test]
    fn only_two_values_of_one_profile_change() {
        let before = "# ours\r\n[a]\r\naws_access_key_id=AKIAOLDOLDOLDOLDOLD0\r\n\r\n[ci]\r\nregion = eu-west-1\r\n\
            AWS_Access_Key_Id =  AKIAOLDOLDOLDOLDOLD1 # of bob\r\naws_secret_access_key:old\r\n; end\r\n[z]\r\nx = y";
        let after = "# ours\r\n[a]\r\naws_access_key_id=AKIAOLDOLDOLDOLDOLD0\r\n\r\n[ci]\r\nregion = eu-west-1\r\n\
            AWS_Access_Key_Id =  AKIANEWNEWNEWNEWNEW1\r\naws_secret_access_key:n/e+w\r\n; end\r\n[z]\r\nx = y";
        assert_eq!(put(before, "ci"), after);
        let served = Ini::parse(before.as_bytes(), "ci").unwrap().serves().unwrap();
        assert_eq!(served.unwrap().as_str(), "AKIAOLDOLDOLDOLDOLD1");
    }

    #[test]
    fn a_stale_session_token_goes() {
        let before = "[ci]\naws_access_key_id = AKIAOLDOLDOLDOLDOLD1\naws_session_token = t\n\
            aws_secret_access_key = old\naws_security_token = t\nregion = x\n[b]\naws_session_token = t\n";
        let after = "[ci]\naws_access_key_id = AKIANEWNEWNEWNEWNEW1\naws_secret_access_key = n/e+w\nregion = x\n\
            [b]\naws_session_token = t\n";
        assert_eq!(put(before, "ci"), after);
    }

    #[test]
    fn a_profile_that_is_not_there_yet_is_appended() {
        let pair = "aws_access_key_id = AKIANEWNEWNEWNEWNEW1\naws_secret_access_key = n/e+w";
        assert_eq!(put("", "ci"), format!("[ci]\n{pair}\n"));
        assert_eq!(put("[a]\nx = y\n", "ci"), format!("[a]\nx = y\n\n[ci]\n{pair}\n"));
        assert_eq!(put("[a]\nx = y\n\n", "ci"), format!("[a]\nx = y\n\n[ci]\n{pair}\n"));
        assert_eq!(put("[a]\nx = y", "ci"), format!("[a]\nx = y\n\n[ci]\n{pair}"), "no newline, as before");
    }

    #[test]
    fn a_profile_without_a_pair_gets_one() {
        let pair = "aws_access_key_id = AKIANEWNEWNEWNEWNEW1\naws_secret_access_key = n/e+w";
        assert_eq!(put("[ci]\nregion = x\n", "ci"), format!("[ci]\n{pair}\nregion = x\n"));
        assert_eq!(put("[ci]", "ci"), format!("[ci]\n{pair}"));
        let ini = Ini::parse(b"[ci]\naws_access_key_id =\naws_secret_access_key =\n", "ci").unwrap();
        assert_eq!(ini.serves(), Ok(None));
    }

    #[test]
    fn what_sdks_read_in_two_ways_is_refused() {
        let pair = "aws_access_key_id = AKIAOLDOLDOLDOLDOLD1\naws_secret_access_key = S3CR3T\n";
        for (text, word) in [
            (format!("[ci]\n{pair}[b]\n[ci]\n"), "twice"),
            (format!("[ci]\n{pair}[ ci ] # again\n"), "twice"),
            (format!("[ci]\n{pair}AWS_SECRET_ACCESS_KEY = S3CR3T\n"), "twice"),
            (format!("[ci]\n{pair}  S3CR3T\n"), "line 4 is indented"),
            (format!("[ci]\n{pair}\n# c\n  S3CR3T\n"), "line 6 is indented"),
            ("[ci]\nregion = x\n  aws_access_key_id = AKIAOLDOLDOLDOLDOLD1\n".into(), "line 3 is indented"),
            (format!("  [ci]\n{pair}"), "line 1 is indented"),
            (format!("\u{feff}[ci]\n{pair}"), "byte order mark"),
            (format!("[ci]\r{pair}"), "carriage return"),
            (format!("[ci]\n{pair}aws_session_token\n"), "line 4 has no `=`"),
            ("[ci]\nrole_arn = arn\n".into(), "gets its credentials elsewhere (`role_arn`)"),
            ("[ci]\naws_secret_access_key = S3CR3T\n".into(), "without `aws_access_key_id`"),
            ("[ci]\naws_access_key_id = AKIAOLDOLDOLDOLDOLD1\n".into(), "without `aws_secret_access_key`"),
            (pair.replace("AKIA", "ASIA").replace("aws_a", "[ci]\naws_a"), "temporary credentials"),
            (pair.replace("AKIA", "A=").replace("aws_a", "[ci]\naws_a"), "no access key's id"),
        ] {
            assert!(why(&text).contains(word), "{text}: {}", why(&text));
        }
        assert!(Ini::parse(b"[ci]\n\xff", "ci").is_err());
    }

    #[test]
    fn what_other_profiles_hold_is_their_matter() {
        let others = "[a]\nx = 1\nx = 2\n  y\n[a]\ns3 =\n  max = 1\n[ci]\ns3 =\n  max = 1\n";
        assert!(put(others, "ci").starts_with("[a]\nx = 1\nx = 2\n  y\n[a]\ns3 =\n  max = 1\n[ci]\naws_acc"));
    }
}
