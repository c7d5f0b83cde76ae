//! What others print may repeat a secret that they were given, in one coding or another. It is taken out
//! before anybody reads it.

use std::fmt;

use aws_smithy_types::base64;

/// Stands in the secret's place.
const MARK: &str = "[REDACTED]";
/// A shorter piece of a coding is found by chance in honest text.
const SHORTEST: usize = 6;

/// The forms of some secrets.
pub struct Redact(Vec<String>);

impl fmt::Debug for Redact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Redact")
    }
}

impl Redact {
    /// Knows the secret as it is, in JSON, in URLs and in base64, alone or amid other text.
    #[must_use]
    pub fn new(secret: &str) -> Self {
        let url: String = form_urlencoded::byte_serialize(secret.as_bytes()).collect();
        let json = serde_json::Value::from(secret).to_string();
        let json = json.trim_matches('"').to_owned();
        let mut forms = vec![json.replace('/', "\\/"), json, url.replace('+', "%20"), lower_hex(&url), url];
        for lead in 0..3 {
            let coded = base64_behind(lead, secret);
            forms.extend([coded.replace('+', "-").replace('/', "_"), coded]);
        }
        forms.retain(|form| form.len() >= SHORTEST);
        if !secret.is_empty() {
            forms.push(secret.to_owned());
        }
        // The longest first: no part of a form is to be left over.
        forms.sort_by_key(|form| std::cmp::Reverse(form.len()));
        forms.dedup();
        Self(forms)
    }

    /// Knows one more.
    #[must_use]
    pub fn and(mut self, secret: &str) -> Self {
        self.0.extend(Self::new(secret).0);
        self.0.sort_by_key(|form| std::cmp::Reverse(form.len()));
        self
    }

    /// The text without the secrets.
    #[must_use]
    pub fn text(&self, text: &str) -> String {
        self.0.iter().fold(text.to_owned(), |text, form| text.replace(form, MARK))
    }
}

/// The letters of base64 that are the secret's alone where so many bytes, modulo three, stand before it.
fn base64_behind(lead: usize, secret: &str) -> String {
    let coded = base64::encode([vec![0; lead], secret.as_bytes().to_vec()].concat());
    // Six bits a letter: the first ones are shared with what stands before, the last one with what follows.
    let shared = (lead * 8).div_ceil(6);
    let whole = coded.trim_end_matches('=');
    let end = if whole.len() == coded.len() { whole.len() } else { whole.len() - 1 };
    whole.get(shared..end).unwrap_or_default().to_owned()
}

fn lower_hex(url: &str) -> String {
    let mut parts = url.split('%');
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |text, part| {
        let (hex, rest) = part.split_at(part.len().min(2));
        format!("{text}%{}{rest}", hex.to_ascii_lowercase())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";

    #[test]
    fn no_coding_of_the_secret_is_left() {
        let redact = Redact::new(SECRET);
        let all = |lead: &str| base64::encode(format!("{lead}{SECRET} and more"));
        for text in [
            SECRET.to_owned(),
            format!("AWS_SECRET_ACCESS_KEY={SECRET};"),
            base64::encode(SECRET),
            all(""),
            all("A"),
            all("AK"),
            all("AKI"),
            all("AK").replace('/', "_").replace('+', "-"),
            SECRET.replace('/', "%2F").replace('+', "%2B"),
            SECRET.replace('/', "%2f").replace('+', "%2b"),
            SECRET.replace('/', "\\/"),
        ] {
            let clean = redact.text(&text);
            assert!(clean.contains(MARK), "{text}");
            // Of base64, a letter on either side is shared with the text around.
            for piece in SECRET.as_bytes().windows(8) {
                assert!(!clean.contains(std::str::from_utf8(piece).unwrap()), "{text}: {clean}");
            }
        }
        assert!(redact.text(&all("A")).len() < 40, "{}", redact.text(&all("A")));
    }

    #[test]
    fn what_must_be_escaped_in_json_is_found_there() {
        let redact = Redact::new("a\"b\\c\nd/e");
        assert_eq!(redact.text("{\"x\":\"a\\\"b\\\\c\\nd/e\"}"), "{\"x\":\"[REDACTED]\"}");
    }

    #[test]
    fn honest_text_stays() {
        assert_eq!(Redact::new(SECRET).text("no space left"), "no space left");
        assert_eq!(Redact::new("").text("no space left"), "no space left");
        assert_eq!(format!("{:?}", Redact::new(SECRET)), "Redact");
    }
}
