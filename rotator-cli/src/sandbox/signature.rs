//! Signature Version 4, recomputed: does the caller hold the secret?
//!
//! IAM user guide, "Create a signed AWS API request". The date that was signed is not held
//! against the clock, for the sandbox's clock is its own.

use hmac::{Hmac, KeyInit, Mac};
use hyper::HeaderMap;
use hyper::http::request::Parts;
use sha2::{Digest, Sha256};

const ALGORITHM: &str = "AWS4-HMAC-SHA256";

/// What the `Authorization` header says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Authorization {
    pub(super) access_key_id: String,
    pub(super) region: String,
    pub(super) service: String,
    date: String,
    signed_headers: String,
    signature: String,
}

impl Authorization {
    /// `None` if the header is not of the form that AWS documents.
    pub(super) fn parse(header: &str) -> Option<Self> {
        let fields = header.strip_prefix(ALGORITHM)?;
        let field = |name: &str| {
            fields.split(',').find_map(|field| field.trim().strip_prefix(name)?.strip_prefix('='))
        };
        let mut scope = field("Credential")?.split('/');
        let authorization = Authorization {
            access_key_id: scope.next()?.to_owned(),
            date: scope.next()?.to_owned(),
            region: scope.next()?.to_owned(),
            service: scope.next()?.to_owned(),
            signed_headers: field("SignedHeaders")?.to_owned(),
            signature: field("Signature")?.to_owned(),
        };
        (scope.next() == Some("aws4_request") && scope.next().is_none()).then_some(authorization)
    }

    /// Whether this very request was signed with the secret.
    pub(super) fn verifies(&self, head: &Parts, body: &[u8], secret: &str) -> bool {
        self.check(head, body, secret).is_some()
    }

    fn check(&self, head: &Parts, body: &[u8], secret: &str) -> Option<()> {
        let time = head.headers.get("x-amz-date")?.to_str().ok()?;
        if !time.starts_with(&self.date) {
            return None;
        }
        let scope = format!("{}/{}/{}/aws4_request", self.date, self.region, self.service);
        let request = self.canonical_request(head, body)?;
        let to_sign = format!("{ALGORITHM}\n{time}\n{scope}\n{}", hex(&Sha256::digest(request)));
        let mut key = format!("AWS4{secret}").into_bytes();
        for part in [&self.date, &self.region, &self.service, "aws4_request"] {
            key = mac(&key, part)?.finalize().into_bytes().to_vec();
        }
        // Compared by the MAC itself, in constant time.
        mac(&key, &to_sign)?.verify_slice(&unhex(&self.signature)?).ok()
    }

    fn canonical_request(&self, head: &Parts, body: &[u8]) -> Option<String> {
        let mut query: Vec<_> = head
            .uri
            .query()
            .unwrap_or_default()
            .split('&')
            .filter(|pair| !pair.is_empty())
            .map(|pair| if pair.contains('=') { pair.to_owned() } else { format!("{pair}=") })
            .collect();
        query.sort();
        let mut headers = String::new();
        for name in self.signed_headers.split(';') {
            let value = header_value(&head.headers, name)?;
            headers.push_str(&format!("{name}:{value}\n"));
        }
        Some(format!(
            "{}\n{}\n{}\n{headers}\n{}\n{}",
            head.method,
            encode_path(head.uri.path()),
            query.join("&"),
            self.signed_headers,
            hex(&Sha256::digest(body)),
        ))
    }
}

/// All values of a header, each with its spaces collapsed, joined by commas.
fn header_value(headers: &HeaderMap, name: &str) -> Option<String> {
    let mut values = Vec::new();
    for value in headers.get_all(name) {
        let words: Vec<_> = value.to_str().ok()?.split_whitespace().collect();
        values.push(words.join(" "));
    }
    (!values.is_empty()).then(|| values.join(","))
}

/// Every service but S3 encodes the path once more than it is in the request.
fn encode_path(path: &str) -> String {
    let mut encoded = String::new();
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    encoded
}

/// HMAC takes a key of any length; the `Option` is the library's.
fn mac(key: &[u8], message: &str) -> Option<Hmac<Sha256>> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).ok()?;
    mac.update(message.as_bytes());
    Some(mac)
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    text.as_bytes()
        .chunks(2)
        .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok())
        .collect()
}
