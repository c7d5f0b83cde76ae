//! What stands after `kubernetes:`, and which names Kubernetes takes.

use std::path::PathBuf;

use crate::iam::User;
use crate::store::fill;
use crate::store::ini::is_profile_name;
use crate::store::options::{Fields, Options};

const KNOWN: &[&str] = &["id-field", "secret-field", "profile", "managed", "context", "kubeconfig"];
/// The data key of an INI file, by the name that the SDKs give that file.
pub(super) const CREDENTIALS: &str = "credentials";

/// A store named `kubernetes:NAMESPACE/NAME?…`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// The namespace, with `{user}`, `{path}` and `{account}`.
    pub namespace: String,
    /// The Secret's name, with the same.
    pub name: String,
    /// The data keys of the pair.
    pub fields: Fields,
    /// The profile of a credentials file that holds the pair too, for those who mount the Secret.
    pub profile: Option<String>,
    /// A Secret that another tool manages is written to all the same.
    pub though_managed: bool,
    /// The kubeconfig's context.
    pub context: Option<String>,
    /// The kubeconfig; without it KUBECONFIG, `~/.kube/config`, or the pod's service account.
    pub kubeconfig: Option<PathBuf>,
}

/// Reads what stands after `kubernetes:`.
///
/// # Errors
/// A sentence for the command line.
pub fn parse(text: &str) -> Result<Config, String> {
    let options = Options::parse(text, KNOWN)?;
    let (namespace, name) = match options.place.split_once('/') {
        Some((namespace, name)) if !namespace.is_empty() && !name.is_empty() && !name.contains('/') => {
            (namespace.to_owned(), name.to_owned())
        }
        Some(_) | None => {
            return Err(
                "name the namespace and the Secret, for example 'kubernetes:ci/aws-{user}'".to_owned()
            );
        }
    };
    let fields = options.fields_or(Fields::environment())?;
    for field in [&fields.id, &fields.secret] {
        if !is_data_key(field) {
            return Err(format!("`{field}` is no key that a Secret's data can have: [-._A-Za-z0-9]"));
        }
    }
    let profile = options.get("profile").map(str::to_owned);
    if let Some(profile) = &profile {
        if !is_profile_name(profile) {
            return Err(format!("`{profile}` cannot be the name of a profile"));
        }
        if fields.id == CREDENTIALS || fields.secret == CREDENTIALS {
            return Err(format!("with `profile`, the data key `{CREDENTIALS}` holds the profile"));
        }
    }
    let though_managed = match options.get("managed") {
        None => false,
        Some("ignore") => true,
        Some(other) => return Err(format!("`managed={other}` is not known; known is `managed=ignore`")),
    };
    Ok(Config {
        namespace,
        name,
        fields,
        profile,
        though_managed,
        context: options.get("context").map(str::to_owned),
        kubeconfig: options.get("kubeconfig").map(PathBuf::from),
    })
}

impl Config {
    /// The namespace and the name of a user's Secret. Kubernetes knows small letters only; IAM tells no two
    /// users apart by the case of letters, so those of the user are made small.
    #[must_use]
    pub fn place(&self, user: &User, account: &str) -> (String, String) {
        let user = User {
            name: user.name.to_ascii_lowercase(),
            path: user.path.to_ascii_lowercase(),
            id: user.id.clone(),
        };
        (fill(&self.namespace, &user, account), fill(&self.name, &user, account))
    }
}

/// Why Kubernetes has no such place ("Object Names and IDs"): a namespace is an RFC 1123 label, a Secret's
/// name an RFC 1123 subdomain.
pub(super) fn unfit(namespace: &str, name: &str) -> Option<String> {
    if namespace.len() > 63 || !is_label(namespace) {
        return Some(format!(
            "`{namespace}` is no namespace's name: small letters, digits and `-` within, 63 at most"
        ));
    }
    if name.len() > 253 || !name.split('.').all(is_label) {
        return Some(format!(
            "`{name}` is no Secret's name: small letters, digits, and `-` and `.` within, 253 at most"
        ));
    }
    None
}

fn is_label(text: &str) -> bool {
    let inner = |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '-';
    !text.is_empty() && text.chars().all(inner) && !text.starts_with('-') && !text.ends_with('-')
}

/// As Kubernetes checks them ("Secrets": alphanumeric characters, `-`, `_` or `.`).
fn is_data_key(text: &str) -> bool {
    let fits = |letter: char| letter.is_ascii_alphanumeric() || ['-', '_', '.'].contains(&letter);
    !text.is_empty() && text.len() <= 253 && text.chars().all(fits) && text != "." && text != ".."
}

#[cfg(test)]
mod tests {
    use super::*;

    fn user(name: &str) -> User {
        User { name: name.to_owned(), id: "AIDA".to_owned(), path: "/CI/".to_owned() }
    }

    #[test]
    fn a_place_and_its_options() {
        let plain = parse("ci/aws-{user}").unwrap();
        assert_eq!(plain.fields, Fields::environment());
        assert!(!plain.though_managed && plain.profile.is_none() && plain.context.is_none());
        assert_eq!(plain.place(&user("BuildBot"), "1"), ("ci".to_owned(), "aws-buildbot".to_owned()));
        let full =
            "{path}/{account}.{user}?id-field=id&secret-field=key&profile=default&managed=ignore&context=a@b";
        let full = parse(full).unwrap();
        assert_eq!((full.fields.id.as_str(), full.profile.as_deref()), ("id", Some("default")));
        assert!(full.though_managed);
        assert_eq!(full.place(&user("x"), "12"), ("ci".to_owned(), "12.x".to_owned()));
    }

    #[test]
    fn what_makes_no_sense_is_said() {
        for text in [
            "",
            "aws",
            "/aws",
            "ci/",
            "ci/a/b",
            "ci/a?id-field=a b",
            "ci/a?id-field=x&secret-field=x",
            "ci/a?profile=[x]",
            "ci/a?profile=x&id-field=credentials",
            "ci/a?managed=yes",
            "ci/a?token=x",
        ] {
            assert!(parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn names_are_those_of_kubernetes() {
        for (namespace, name) in [("ci", "aws"), ("a-1", "a.b-c.1"), ("0", &"x".repeat(253))] {
            assert_eq!(unfit(namespace, name), None, "{namespace}/{name}");
        }
        for (namespace, name) in [
            ("c.i", "aws"),
            ("-ci", "aws"),
            ("CI", "aws"),
            (&"x".repeat(64), "aws"),
            ("ci", "a_b"),
            ("ci", "a..b"),
            ("ci", ".."),
            ("ci", "a-"),
            ("ci", "é"),
            ("ci", &"x".repeat(254)),
        ] {
            assert!(unfit(namespace, name).is_some(), "{namespace}/{name}");
        }
    }
}
