//! A pair as a JSON object: what a store that holds text gets, and what is read back out of it.

use rotator::AccessKeyId;
use secrecy::SecretString;
use serde_json::{Map, Value};

use crate::secret::Pair;
use crate::ses::Extras;
use crate::store::options::Fields;

/// How a store's pairs look.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Shape {
    fields: Fields,
    extras: Extras,
}

impl Shape {
    /// The pair under these names, and what is stored beside it.
    ///
    /// # Errors
    /// A sentence for the command line: two things have one name.
    pub fn new(fields: Fields, extras: Extras) -> Result<Self, String> {
        let taken = [&fields.id, &fields.secret].into_iter().any(|field| field == Extras::MEMBER);
        if taken && !extras.is_empty() {
            return Err(format!(
                "the field `{}` is that of the SMTP passwords; give the pair's another name",
                Extras::MEMBER
            ));
        }
        Ok(Self { fields, extras })
    }

    /// What a store's refusal of another value calls one: `JSON with AccessKeyId and SecretAccessKey`.
    #[must_use]
    pub fn words(&self) -> String {
        format!("JSON with {} and {}", self.fields.id, self.fields.secret)
    }

    /// The members of the object, in the order in which a person looks for them.
    pub(crate) fn members(&self, pair: &Pair) -> Map<String, Value> {
        let Fields { id, secret } = &self.fields;
        let mut members = Map::new();
        members.insert(id.clone(), pair.id.as_str().into());
        members.insert(secret.clone(), pair.expose_to_store().into());
        members.extend(self.extras.members(pair));
        members
    }

    /// The object as text. The same pair gives the same text, so a put can be repeated.
    pub(crate) fn text(&self, pair: &Pair) -> SecretString {
        SecretString::from(Value::from(self.members(pair)).to_string())
    }

    /// The pair in an object of this shape, whatever else is in there. `None`: it holds something else.
    /// The text is a secret, so why it cannot be read is not told.
    pub(crate) fn pair(&self, text: &str) -> Option<Pair> {
        let value: Value = serde_json::from_str(text).ok()?;
        let field = |name: &str| value.get(name).and_then(Value::as_str);
        let id = AccessKeyId::parse(field(&self.fields.id)?).ok()?;
        let secret = field(&self.fields.secret).filter(|secret| !secret.is_empty())?;
        Some(Pair::new(id, secret.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret;

    use super::*;

    const ID: &str = "AKIAIOSFODNN7EXAMPLE";

    fn pair() -> Pair {
        Pair::new(AccessKeyId::parse(ID).unwrap(), "se/cr+et".to_owned())
    }

    fn fields(id: &str, secret: &str) -> Fields {
        Fields { id: id.to_owned(), secret: secret.to_owned() }
    }

    #[test]
    fn what_is_written_is_read() {
        let plain = Shape::default();
        let text = plain.text(&pair());
        let expected = format!(r#"{{"AccessKeyId":"{ID}","SecretAccessKey":"se/cr+et"}}"#);
        assert_eq!(text.expose_secret(), expected);

        let named =
            Shape::new(fields("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"), Extras::default()).unwrap();
        assert!(named.pair(&expected).is_none(), "other names are another shape");
        let read = named.pair(named.text(&pair()).expose_secret()).unwrap();
        assert_eq!((read.id.as_str(), read.expose_to_store()), (ID, "se/cr+et"));
    }

    #[test]
    fn extras_stand_behind_the_pair() {
        let shape = Shape::new(Fields::default(), "ses-smtp=eu-central-1".parse().unwrap()).unwrap();
        let members = shape.members(&pair());
        assert_eq!(members.keys().collect::<Vec<_>>(), ["AccessKeyId", "SecretAccessKey", "SesSmtp"]);
        assert_eq!(shape.pair(shape.text(&pair()).expose_secret()).unwrap().id.as_str(), ID);
        assert!(Shape::new(fields("SesSmtp", "b"), Extras::default()).is_ok());
        assert!(Shape::new(fields("SesSmtp", "b"), "ses-smtp=eu-central-1".parse().unwrap()).is_err());
    }

    #[test]
    fn something_else_is_no_pair() {
        let other = [
            "",
            "{}",
            "[]",
            "AKIAIOSFODNN7EXAMPLE",
            r#"{"AccessKeyId":1,"SecretAccessKey":"x"}"#,
            r#"{"AccessKeyId":"AKIAIOSFODNN7EXAMPLE"}"#,
            r#"{"AccessKeyId":"no key","SecretAccessKey":"x"}"#,
            r#"{"AccessKeyId":"AKIAIOSFODNN7EXAMPLE","SecretAccessKey":""}"#,
        ];
        for text in other {
            assert!(Shape::default().pair(text).is_none(), "{text}");
        }
    }
}
