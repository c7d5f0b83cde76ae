//! What follows the place in a store's name: `secretsmanager:ci/{user}?id-field=access_key&kms-key=alias/ci`.

use std::collections::BTreeMap;

/// The place and its options.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    /// What stands before the question mark.
    pub place: String,
    values: BTreeMap<String, String>,
}

/// The names of the two fields of a pair in a JSON value or a map.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fields {
    /// The field with the key's id.
    pub id: String,
    /// The field with the secret.
    pub secret: String,
}

impl Default for Fields {
    /// As IAM names them.
    fn default() -> Self {
        Self { id: "AccessKeyId".to_owned(), secret: "SecretAccessKey".to_owned() }
    }
}

impl Fields {
    /// As the SDKs look for them in the environment.
    #[must_use]
    pub fn environment() -> Self {
        Self { id: "AWS_ACCESS_KEY_ID".to_owned(), secret: "AWS_SECRET_ACCESS_KEY".to_owned() }
    }
}

impl Options {
    /// Splits `PLACE?name=value&name=value`. A name that is not among `known` is an error, and so is one
    /// that stands there twice.
    ///
    /// # Errors
    /// A sentence for the command line.
    pub fn parse(text: &str, known: &[&str]) -> Result<Self, String> {
        let (place, options) = text.split_once('?').unwrap_or((text, ""));
        let mut values = BTreeMap::new();
        for option in options.split('&').filter(|option| !option.is_empty()) {
            let (name, value) = option.split_once('=').unwrap_or((option, ""));
            if !known.contains(&name) {
                return Err(match known {
                    [] => format!("`{name}`: this store takes no options"),
                    _ => format!("`{name}` is no option of this store; it takes {}", known.join(", ")),
                });
            }
            if value.is_empty() {
                return Err(format!("`{name}` needs a value: `{name}=…`"));
            }
            if values.insert(name.to_owned(), value.to_owned()).is_some() {
                return Err(format!("`{name}` is given twice"));
            }
        }
        Ok(Self { place: place.to_owned(), values })
    }

    /// One option's value.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.values.get(name).map(String::as_str)
    }

    /// `id-field` and `secret-field`.
    ///
    /// # Errors
    /// Both fields have one name.
    pub fn fields(&self) -> Result<Fields, String> {
        self.fields_or(Fields::default())
    }

    /// The same where others are usual.
    ///
    /// # Errors
    /// Both fields have one name.
    pub fn fields_or(&self, usual: Fields) -> Result<Fields, String> {
        let field = |name, usual: String| self.get(name).map_or(usual, str::to_owned);
        let fields = Fields { id: field("id-field", usual.id), secret: field("secret-field", usual.secret) };
        if fields.id == fields.secret {
            return Err("`id-field` and `secret-field` must have different values".to_owned());
        }
        Ok(fields)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KNOWN: &[&str] = &["id-field", "secret-field", "kms-key"];

    #[test]
    fn a_place_may_have_options() {
        let plain = Options::parse("ci/{user}", KNOWN).unwrap();
        assert_eq!((plain.place.as_str(), plain.fields()), ("ci/{user}", Ok(Fields::default())));
        let text =
            "ci/{user}?id-field=AWS_ACCESS_KEY_ID&secret-field=AWS_SECRET_ACCESS_KEY&kms-key=alias/a=b";
        let named = Options::parse(text, KNOWN).unwrap();
        assert_eq!(named.get("kms-key"), Some("alias/a=b"));
        assert_eq!(named.fields().unwrap().secret, "AWS_SECRET_ACCESS_KEY");
    }

    #[test]
    fn what_makes_no_sense_is_said() {
        for text in ["a?kms-keys=1", "a?kms-key=", "a?kms-key", "a?kms-key=1&kms-key=2"] {
            assert!(Options::parse(text, KNOWN).is_err(), "{text}");
        }
        assert!(Options::parse("a?x=1", &[]).unwrap_err().contains("takes no options"));
        assert!(Options::parse("a?id-field=x&secret-field=x", KNOWN).unwrap().fields().is_err());
    }
}
