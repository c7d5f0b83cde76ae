//! Amazon SES takes mail over SMTP for a user name and a password that follow from an access key.
//!
//! The user name is the key's id. The password is derived from the secret for one region, and works in no
//! other (Amazon SES developer guide, "Obtaining Amazon SES SMTP credentials", "Obtaining Amazon SES SMTP
//! credentials by converting existing AWS credentials"). So what is stored names its regions.

use std::str::FromStr;

use hmac::{Hmac, KeyInit, Mac};
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Map, Value, json};
use sha2::Sha256;

use crate::secret::Pair;

/// What is stored beside a pair: `--with ses-smtp=eu-central-1,us-east-1`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Extras {
    regions: Vec<String>,
}

impl Extras {
    /// The member of a JSON object, or the field of a store, that holds them.
    pub const MEMBER: &str = "SesSmtp";

    /// Nothing is stored beside the pair.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.regions.is_empty()
    }

    /// The members to add to a JSON object with the pair; none, where nothing was asked for:
    /// `"SesSmtp": {"eu-central-1": {"Username": …, "Password": …}}`.
    ///
    /// One member whatever the regions are, so that no region's name can meet a field's; and the user name
    /// again in each, so that a mailer is configured from one object without knowing that it is the key's id.
    pub(crate) fn members(&self, pair: &Pair) -> Map<String, Value> {
        let smtp = self.regions.iter().map(|region| {
            let password = Password::derive(pair, region);
            let login = json!({ "Username": pair.id.as_str(), "Password": password.expose_to_store() });
            (region.clone(), login)
        });
        let smtp: Map<String, Value> = smtp.collect();
        if smtp.is_empty() { Map::new() } else { Map::from_iter([(Self::MEMBER.to_owned(), smtp.into())]) }
    }

    /// The secrets among them, to be taken out of what others print.
    pub(crate) fn secrets(&self, pair: &Pair) -> impl Iterator<Item = SecretString> {
        self.regions.iter().map(|region| Password::derive(pair, region).0)
    }
}

impl FromStr for Extras {
    type Err = String;

    /// AWS's list of regions grows, so only the form of a name is looked at.
    fn from_str(text: &str) -> Result<Self, String> {
        let Some(("ses-smtp", regions)) = text.split_once('=') else {
            return Err(format!("`{text}`: known is ses-smtp=REGION[,REGION]"));
        };
        let mut named: Vec<String> = Vec::new();
        for region in regions.split(',') {
            let fits = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
            let ends_in_number =
                region.split('-').count() >= 3 && region.ends_with(|c: char| c.is_ascii_digit());
            if !region.bytes().all(fits) || !ends_in_number {
                return Err(format!("`{region}` is no region's name; one looks like eu-central-1"));
            }
            if named.iter().any(|other| other == region) {
                return Err(format!("the region {region} is named twice"));
            }
            named.push(region.to_owned());
        }
        Ok(Self { regions: named })
    }
}

/// An SMTP password: as secret as the secret that it follows from.
pub struct Password(SecretString);

impl Password {
    /// The password of one region, 44 characters. The older form that holds in every region (version 2)
    /// is not offered: SES has made none since 2019-01-10 (the same page).
    #[must_use]
    pub fn derive(pair: &Pair, region: &str) -> Self {
        // The page's own constants; the date is not one that passes.
        let mut key = mac(format!("AWS4{}", pair.expose_to_derive()).as_bytes(), "11111111");
        for message in [region, "ses", "aws4_request", "SendRawEmail"] {
            key = mac(&key, message);
        }
        let mut bytes = vec![0x04];
        bytes.extend(key);
        Self(SecretString::from(aws_smithy_types::base64::encode(bytes)))
    }

    /// For the store that writes it.
    pub(crate) fn expose_to_store(&self) -> &str {
        self.0.expose_secret()
    }
}

impl std::fmt::Debug for Password {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Password([REDACTED])")
    }
}

fn mac(key: &[u8], message: &str) -> Vec<u8> {
    // HMAC takes keys of any length (RFC 2104, section 3), so there is always a result.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key) else { return Vec::new() };
    mac.update(message.as_bytes());
    mac.finalize().into_bytes().to_vec()
}

#[cfg(test)]
mod tests {
    use rotator::AccessKeyId;

    use super::*;

    fn pair(secret: &str) -> Pair {
        Pair::new(AccessKeyId::parse("AKIAIOSFODNN7EXAMPLE").unwrap(), secret.to_owned())
    }

    /// The first four are those that the AWS provider of Terraform is tested with
    /// (hashicorp/terraform-provider-aws, internal/service/iam/access_key_test.go).
    #[test]
    fn passwords_are_those_that_others_derive() {
        let vectors = [
            ("eu-central-1", "some+secret+key", "BMXhUYlu5Z3gSXVQORxlVa7XPaz91aGWdfHxvkOZdWZ2"),
            ("eu-central-1", "another+secret+key", "BBbphbrQmrKMx42d1N6+C7VINYEBGI5v9VsZeTxwskfh"),
            ("us-west-1", "some+secret+key", "BH+jbMzper5WwlwUar9E1ySBqHa9whi0GPo+sJ0mVYJj"),
            ("us-west-1", "another+secret+key", "BKVmjjMDFk/qqw8EROW99bjCS65PF8WKvK5bSr4Y6EqF"),
            (
                "us-east-1",
                "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
                "BLBM/9hSUELfq8Gw+rU1YcBjkOxGbhT2XG763xVLGWL9",
            ),
        ];
        for (region, secret, password) in vectors {
            let derived = Password::derive(&pair(secret), region);
            assert_eq!(derived.expose_to_store(), password, "{region}");
            assert_eq!(format!("{derived:?}"), "Password([REDACTED])");
        }
    }

    #[test]
    fn each_region_has_its_login() {
        let extras: Extras = "ses-smtp=eu-central-1,us-west-1".parse().unwrap();
        let id = "AKIAIOSFODNN7EXAMPLE";
        let (eu, us) =
            ("BMXhUYlu5Z3gSXVQORxlVa7XPaz91aGWdfHxvkOZdWZ2", "BH+jbMzper5WwlwUar9E1ySBqHa9whi0GPo+sJ0mVYJj");
        assert_eq!(
            Value::from(extras.members(&pair("some+secret+key"))),
            json!({ "SesSmtp": {
                "eu-central-1": { "Username": id, "Password": eu },
                "us-west-1": { "Username": id, "Password": us },
            } })
        );
        assert!(Extras::default().members(&pair("x")).is_empty());
    }

    #[test]
    fn what_names_no_region_is_said() {
        for text in ["ses-smtp=us-gov-west-1", "ses-smtp=eusc-de-east-1,mx-central-1"] {
            assert!(text.parse::<Extras>().is_ok(), "{text}");
        }
        for text in ["ses", "ses-smtp", "ses-smtp=", "smtp=eu-central-1", "ses-smtp=eu-central-1,"] {
            assert!(text.parse::<Extras>().is_err(), "{text}");
        }
        for text in ["Frankfurt", "eu-central", "eu-central-1 ", "EU-CENTRAL-1", "eu-west-1,eu-west-1"] {
            assert!(format!("ses-smtp={text}").parse::<Extras>().is_err(), "{text}");
        }
    }
}
