//! Which secrets, and how they look: `secretsmanager:NAME?id-field=…&secret-field=…&kms-key=…`.

use std::str::FromStr;

use crate::ses::Extras;
use crate::store::options::{Fields, Options};
use crate::store::value::Shape;

/// The secrets of one account and region.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// With `{user}`, `{path}` and `{account}`.
    pub(super) template: String,
    pub(super) shape: Shape,
    /// The KMS key that a secret is created with.
    pub(super) kms_key: Option<String>,
    fields: Fields,
}

impl Place {
    /// Secrets with this name, as plain as they come.
    #[must_use]
    pub fn named(template: &str) -> Self {
        let (template, fields) = (template.to_owned(), Fields::default());
        Self { template, shape: Shape::default(), kms_key: None, fields }
    }

    /// The name of the secrets, with `{user}`, `{path}` and `{account}`.
    #[must_use]
    pub fn template(&self) -> &str {
        &self.template
    }

    /// The KMS key that is named.
    #[must_use]
    pub fn kms_key(&self) -> Option<&str> {
        self.kms_key.as_deref()
    }

    /// Why no secret can have this name.
    #[must_use]
    pub fn unfit(name: &str) -> Option<String> {
        unfit(name)
    }

    /// The same with more beside each pair.
    ///
    /// # Errors
    /// A sentence for the command line: two things have one name.
    pub fn with(self, extras: Extras) -> Result<Self, String> {
        Ok(Self { shape: Shape::new(self.fields.clone(), extras)?, ..self })
    }
}

impl FromStr for Place {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let options = Options::parse(text, &["id-field", "secret-field", "kms-key"])?;
        if options.place.is_empty() {
            return Err("name the secret, for example 'secretsmanager:ci/{user}'".to_owned());
        }
        let fields = options.fields()?;
        Ok(Self {
            shape: Shape::new(fields.clone(), Extras::default())?,
            kms_key: options.get("kms-key").map(str::to_owned),
            template: options.place,
            fields,
        })
    }
}

/// Whether a secret's key, as DescribeSecret tells it, is the one that is named. It is told as an id or
/// an ARN, or left out for the service's own; it is named in any form that CreateSecret takes. An alias
/// beside an id cannot be compared without asking KMS, and counts as another key.
pub(super) fn same_key(named: &str, told: Option<&str>) -> bool {
    let told = told.unwrap_or("alias/aws/secretsmanager");
    if named.starts_with("arn:") && told.starts_with("arn:") {
        return named == told;
    }
    let bare = |key: &str| {
        let resource = if key.starts_with("arn:") { key.splitn(6, ':').nth(5).unwrap_or(key) } else { key };
        resource.strip_prefix("key/").unwrap_or(resource).to_owned()
    };
    bare(named) == bare(told)
}

/// Why no secret can have this name (API reference, CreateSecret, Name; the exclamation mark is in what the
/// service says itself). It would say so too, but a user's name may have a comma, and then each run would
/// come as far as that.
pub(super) fn unfit(name: &str) -> Option<String> {
    let fits = |letter: char| letter.is_ascii_alphanumeric() || "/_+=.@-!".contains(letter);
    if name.starts_with("arn:") {
        return None;
    }
    if let Some(letter) = name.chars().find(|letter| !fits(*letter)) {
        return Some(format!(
            "a secret's name has letters, digits and `/_+=.@-!` only, and this one has `{letter}`; use another \
             store for this user, or a name without {{user}}"
        ));
    }
    (name.len() > 512).then(|| format!("it has {} characters, and 512 are allowed", name.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_with_options_is_a_place() {
        assert_eq!("ci/{user}".parse(), Ok(Place::named("ci/{user}")));
        let place: Place = "ci?id-field=a&secret-field=b&kms-key=alias/ci".parse().unwrap();
        assert_eq!((place.template.as_str(), place.kms_key.as_deref()), ("ci", Some("alias/ci")));
        assert_eq!(place.shape.words(), "JSON with a and b");
        for text in ["", "?kms-key=x", "ci?tier=Standard", "ci?id-field=a&secret-field=a"] {
            assert!(text.parse::<Place>().is_err(), "{text}");
        }
    }

    #[test]
    fn names_are_those_that_the_service_takes() {
        let arn = "arn:aws:secretsmanager:eu-central-1:111122223333:secret:ci-AbCdEf";
        for name in ["ci", "ci/a_b+c=d.e@f-g!", arn] {
            assert_eq!(unfit(name), None, "{name}");
        }
        for name in ["a,b", "zoë", "two words", &"a".repeat(513)] {
            assert!(unfit(name).is_some(), "{name}");
        }
    }

    #[test]
    fn a_key_is_the_same_in_each_of_its_forms() {
        let (id, alias) = ("1234abcd-12ab", "alias/ci");
        let arn = |resource: &str| format!("arn:aws:kms:eu-central-1:111122223333:{resource}");
        let (key_arn, alias_arn) = (arn("key/1234abcd-12ab"), arn(alias));
        for (named, told) in
            [(id, key_arn.as_str()), (&key_arn, id), (alias, &alias_arn), (&key_arn, &key_arn)]
        {
            assert!(same_key(named, Some(told)), "{named} {told}");
        }
        assert!(same_key("alias/aws/secretsmanager", None));
        let elsewhere = key_arn.replace("eu-central-1", "us-east-1");
        for (named, told) in [(alias, Some(id)), (id, None), (&elsewhere, Some(key_arn.as_str()))] {
            assert!(!same_key(named, told), "{named} {told:?}");
        }
    }
}
