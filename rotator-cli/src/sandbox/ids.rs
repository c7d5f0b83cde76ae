//! Ids and secrets, drawn from a seed so that a run can be told again.
//!
//! A user's keys are drawn for that user alone, so what other users and other calls do at the same time
//! changes none of them.

use std::collections::BTreeMap;

use secrecy::SecretString;
use sha2::{Digest, Sha512};

const BASE32: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
const BASE64: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789/+";
const HEX: &[u8; 16] = b"0123456789abcdef";

/// The next id of each kind. Prefixes: IAM user guide, "IAM identifiers", "Unique identifiers".
#[derive(Clone, Debug)]
pub(super) struct Ids {
    seed: u64,
    /// How many were drawn for each kind and owner.
    drawn: BTreeMap<String, u64>,
}

impl Ids {
    pub(super) fn new(seed: u64) -> Self {
        Ids { seed, drawn: BTreeMap::new() }
    }

    pub(super) fn user(&mut self) -> String {
        format!("AIDA{}", self.draw("user", BASE32, 17))
    }

    pub(super) fn access_key(&mut self, owner: &str) -> String {
        format!("AKIA{}", self.draw(&format!("key of {owner}"), BASE32, 16))
    }

    pub(super) fn secret_key(&mut self, owner: &str) -> SecretString {
        SecretString::from(self.draw(&format!("secret of {owner}"), BASE64, 40))
    }

    /// Secrets Manager ends each ARN with a hyphen and six characters of its own.
    pub(super) fn arn_suffix(&mut self) -> String {
        self.draw("suffix", BASE64, 12).chars().filter(char::is_ascii_alphanumeric).take(6).collect()
    }

    pub(super) fn uuid(&mut self) -> String {
        let all = self.draw("uuid", HEX, 32);
        let mut uuid = String::with_capacity(36);
        for (place, digit) in all.chars().enumerate() {
            if [8, 12, 16, 20].contains(&place) {
                uuid.push('-');
            }
            uuid.push(digit);
        }
        uuid
    }

    /// `alphabet` has a power of two of letters, so no letter is likelier than another.
    fn draw(&mut self, what: &str, alphabet: &[u8], length: usize) -> String {
        let drawn = self.drawn.entry(what.to_owned()).or_default();
        *drawn += 1;
        let mut hash = Sha512::new();
        hash.update(self.seed.to_be_bytes());
        hash.update(drawn.to_be_bytes());
        hash.update(what);
        hash.finalize()
            .iter()
            .take(length)
            .filter_map(|byte| alphabet.get(usize::from(*byte) % alphabet.len()))
            .map(|letter| char::from(*letter))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret;

    use super::*;

    #[test]
    fn ids_have_the_shapes_of_aws_and_follow_from_the_seed() {
        let mut ids = Ids::new(7);
        let drawn = (ids.access_key("ci"), ids.user(), ids.secret_key("ci"), ids.uuid());
        assert_eq!(drawn.0.len(), 20);
        assert_eq!(drawn.1.len(), 21);
        assert_eq!(drawn.2.expose_secret().len(), 40);
        assert_eq!(drawn.3.len(), 36);
        assert_eq!(Ids::new(7).access_key("ci"), drawn.0);
        assert_ne!(Ids::new(8).access_key("ci"), drawn.0);
    }

    #[test]
    fn a_users_keys_do_not_hang_on_what_else_is_drawn() {
        let (mut calm, mut busy) = (Ids::new(7), Ids::new(7));
        let _others = (busy.uuid(), busy.user(), busy.access_key("nightly"), busy.secret_key("nightly"));
        assert_eq!(busy.access_key("ci"), calm.access_key("ci"));
        assert_ne!(busy.access_key("ci"), busy.access_key("nightly"));
    }
}
