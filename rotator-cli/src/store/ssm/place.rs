//! Which parameters, and how they look: `ssm:NAME?id-field=…&secret-field=…&kms-key=…&tier=…`.

use std::str::FromStr;

use crate::ses::Extras;
use crate::store::options::{Fields, Options};
use crate::store::value::Shape;

/// What a parameter may hold, and what it costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tier {
    Standard,
    Advanced,
    /// The service chooses one of the two.
    IntelligentTiering,
}

impl Tier {
    /// The word for it (API reference, PutParameter, Tier).
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Standard => "Standard",
            Self::Advanced => "Advanced",
            Self::IntelligentTiering => "Intelligent-Tiering",
        }
    }
}

/// The parameters of one account and region.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// With `{user}`, `{path}` and `{account}`.
    pub(super) template: String,
    pub(super) shape: Shape,
    /// The KMS key for each version that is put.
    pub(super) kms_key: Option<String>,
    /// The tier that a parameter is created in.
    pub(super) tier: Tier,
    fields: Fields,
}

impl Place {
    /// The name of the parameters, with `{user}`, `{path}` and `{account}`.
    #[must_use]
    pub fn template(&self) -> &str {
        &self.template
    }

    /// The KMS key that is named.
    #[must_use]
    pub fn kms_key(&self) -> Option<&str> {
        self.kms_key.as_deref()
    }

    /// Whether a new parameter may be in the standard tier, and whether in the advanced one.
    #[must_use]
    pub fn tiers(&self) -> (bool, bool) {
        (self.tier != Tier::Advanced, self.tier != Tier::Standard)
    }

    /// Why no parameter can have this name.
    #[must_use]
    pub fn unfit(name: &str) -> Option<String> {
        unfit(name, "")
    }

    /// The same with more beside each pair.
    ///
    /// # Errors
    /// A sentence for the command line: two things have one name.
    pub fn with(self, extras: Extras) -> Result<Self, String> {
        Ok(Self { shape: Shape::new(self.fields.clone(), extras)?, ..self })
    }

    /// How many bytes a value may have: 4 KB, 8 KB in the advanced tier (API reference, PutParameter).
    pub(super) fn most_bytes(&self) -> usize {
        if self.tier == Tier::Standard { 4096 } else { 8192 }
    }
}

impl FromStr for Place {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let options = Options::parse(text, &["id-field", "secret-field", "kms-key", "tier"])?;
        if options.place.is_empty() {
            return Err("name the parameter, for example 'ssm:/ci/{user}'".to_owned());
        }
        let fields = options.fields()?;
        let tier = match options.get("tier").map(str::to_ascii_lowercase).as_deref() {
            None | Some("standard") => Tier::Standard,
            Some("advanced") => Tier::Advanced,
            Some("intelligent-tiering") => Tier::IntelligentTiering,
            Some(other) => {
                return Err(format!(
                    "`{other}` is no tier; there are standard, advanced and intelligent-tiering"
                ));
            }
        };
        Ok(Self {
            shape: Shape::new(fields.clone(), Extras::default())?,
            kms_key: options.get("kms-key").map(str::to_owned),
            template: options.place,
            tier,
            fields,
        })
    }
}

/// Why no parameter can have this name, which `arn` precedes in its ARN (API reference, PutParameter,
/// Name). The service would say so too, but only once there is a key to put.
pub(super) fn unfit(name: &str, arn: &str) -> Option<String> {
    let parts: Vec<&str> = name.strip_prefix('/').unwrap_or(name).split('/').collect();
    let fits = |letter: char| letter.is_ascii_alphanumeric() || "_.-/".contains(letter);
    let first = parts.first().map(|part| part.to_ascii_lowercase()).unwrap_or_default();
    if let Some(letter) = name.chars().find(|letter| !fits(*letter)) {
        return Some(format!(
            "a parameter's name has letters, digits and `_.-/` only, and this one has `{letter}`; use another \
             store for this user, or a name without {{user}}"
        ));
    }
    if parts.len() > 1 && !name.starts_with('/') {
        return Some(format!("a name with levels begins with a slash; write `/{name}`"));
    }
    if parts.iter().any(|part| part.is_empty()) {
        return Some("a level of it has no name".to_owned());
    }
    if first.starts_with("aws") || first.starts_with("ssm") {
        return Some("no name may begin with `aws` or `ssm`, which are the service's own".to_owned());
    }
    if parts.len() > 15 {
        return Some(format!("it has {} levels, and 15 are allowed", parts.len()));
    }
    let length = arn.len() + name.len();
    (length > 1011).then(|| format!("with its ARN it has {length} characters, and 1011 are allowed"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_with_options_is_a_place() {
        let plain: Place = "/ci/{user}".parse().unwrap();
        assert_eq!((plain.template.as_str(), plain.most_bytes()), ("/ci/{user}", 4096));
        let place: Place = "/ci?id-field=a&secret-field=b&kms-key=alias/ci&tier=Advanced".parse().unwrap();
        assert_eq!((place.kms_key.as_deref(), place.most_bytes()), (Some("alias/ci"), 8192));
        assert_eq!(place.shape.words(), "JSON with a and b");
        for text in ["", "?tier=standard", "/ci?tier=gold", "/ci?label=x", "/ci?secret-field=AccessKeyId"] {
            assert!(text.parse::<Place>().is_err(), "{text}");
        }
    }

    #[test]
    fn names_are_those_that_the_service_takes() {
        let arn = "arn:aws:ssm:eu-central-1:111122223333:parameter/";
        for name in ["ci", "/ci", "/ci/a_b.c-D9", "/ci/aws"] {
            assert_eq!(unfit(name, arn), None, "{name}");
        }
        let (deep, long) = ("/a".repeat(16), format!("/{}", "a".repeat(1000)));
        let unfits = [
            "/ci/a@b", "/ci/zoë", "/ci/a b", "ci/a", "/ci//a", "/ci/", "/", "", "/AWS/ci", "ssm-ci", &deep,
            &long,
        ];
        for name in unfits {
            assert!(unfit(name, arn).is_some(), "{name}");
        }
        assert_eq!(unfit(&"/a".repeat(15), arn), None);
    }
}
