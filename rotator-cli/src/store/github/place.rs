//! What stands after `github:`, and the names that follow from it for one user.

use std::path::PathBuf;

use super::names::{apart, fit, named_for};
use crate::iam::User;
use crate::ses::Extras;
use crate::store::fill;
use crate::store::options::{Fields, Options};
use crate::store::value::Shape;

const KNOWN: &[&str] = &[
    "environment",
    "visibility",
    "secret",
    "id-field",
    "secret-field",
    "names",
    "id-name",
    "secret-name",
    "mark",
    "ca-file",
];
/// The options of one secret, and those of two.
const ONE: &[&str] = &["secret", "id-field", "secret-field"];
const TWO: &[&str] = &["id-name", "secret-name"];

/// A store named `github:OWNER/REPO?…` or `github:ORGANISATION?…`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// Owner and repository, or an organisation; with `{user}`, `{path}` and `{account}`.
    pub place: String,
    /// An environment of the repository.
    pub environment: Option<String>,
    /// Who may read what is new in an organisation: `all` or `private`.
    pub visibility: Option<String>,
    /// How a pair is stored.
    pub layout: Layout,
    /// The variable that names the key that is served.
    pub mark: String,
    /// The only authorities that are believed.
    pub ca_file: Option<PathBuf>,
}

/// How a pair is stored. Names may hold `{user}` and `{account}`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Layout {
    /// As JSON in one secret.
    One {
        /// Its name.
        secret: String,
        /// The members of its value.
        fields: Fields,
        /// Its value.
        shape: Shape,
    },
    /// As two secrets.
    Two {
        /// The name of the key's id.
        id: String,
        /// The name of the key's secret.
        secret: String,
    },
}

/// Reads what stands after `github:`.
///
/// # Errors
/// A sentence for the command line.
pub fn parse(text: &str) -> Result<Config, String> {
    let options = Options::parse(text, KNOWN)?;
    let place = options.place.clone();
    let in_organisation = match place.split('/').collect::<Vec<_>>().as_slice() {
        [organisation] if !organisation.is_empty() => true,
        [owner, repository] if !owner.is_empty() && !repository.is_empty() => false,
        _ => return Err("name a repository or an organisation: 'github:OWNER/REPO', 'github:ORG'".to_owned()),
    };
    let environment = options.get("environment").map(str::to_owned);
    if in_organisation && environment.is_some() {
        return Err("environments are a repository's: 'github:OWNER/REPO?environment=…'".to_owned());
    }
    let visibility = options.get("visibility").map(str::to_owned);
    match visibility.as_deref() {
        None => {}
        Some(_) if !in_organisation => return Err("`visibility` is for an organisation's secrets".to_owned()),
        Some("all" | "private") => {}
        Some("selected") => {
            return Err(
                "with chosen repositories, make the secret on GitHub first; its choice is kept".to_owned()
            );
        }
        Some(other) => {
            return Err(format!("`visibility={other}`: what is new can be read by `all` or `private`"));
        }
    }
    let layout = layout(&options)?;
    let mark = options.get("mark").map_or_else(|| format!("{}_ID", layout.secret()), str::to_owned);
    fit(&mark)?;
    if layout.secret().contains("{user}") && !mark.contains("{user}") {
        return Err("`mark` must hold {user}, as the secret's name does: it names one user's key".to_owned());
    }
    let ca_file = options.get("ca-file").map(PathBuf::from);
    Ok(Config { place, environment, visibility, layout, mark, ca_file })
}

fn layout(options: &Options) -> Result<Layout, String> {
    let none_of = |names: &[&str], others: &str| match names.iter().find(|name| options.get(name).is_some()) {
        Some(name) => Err(format!("`{name}` is no option of {others}")),
        None => Ok(()),
    };
    let name = |option: &str, usual: &str| {
        let name = options.get(option).unwrap_or(usual).to_owned();
        fit(&name).map(|()| name)
    };
    match options.get("names") {
        None | Some("one") => {
            none_of(TWO, "one secret; say `names=two`")?;
            let fields = options.fields()?;
            let shape = Shape::new(fields.clone(), Extras::default())?;
            Ok(Layout::One { secret: name("secret", "ROTATOR_{user}")?, fields, shape })
        }
        Some("two") => {
            none_of(ONE, "`names=two`")?;
            let id = name("id-name", "AWS_ACCESS_KEY_ID")?;
            let secret = name("secret-name", "AWS_SECRET_ACCESS_KEY")?;
            if !apart(&id, &secret) {
                return Err("`id-name` and `secret-name` must be apart for all users".to_owned());
            }
            Ok(Layout::Two { id, secret })
        }
        Some(other) => Err(format!("`names={other}`: a pair is in `one` secret or in `two`")),
    }
}

impl Layout {
    /// The template of the secret that holds the secret.
    fn secret(&self) -> &str {
        match self {
            Self::One { secret, .. } | Self::Two { secret, .. } => secret,
        }
    }
}

impl Config {
    /// The same with more in the secret.
    ///
    /// # Errors
    /// A sentence for the command line.
    pub fn with(self, extras: Extras) -> Result<Self, String> {
        match self.layout {
            Layout::One { secret, fields, .. } => {
                let shape = Shape::new(fields.clone(), extras)?;
                Ok(Self { layout: Layout::One { secret, fields, shape }, ..self })
            }
            Layout::Two { .. } => Err("--with needs one secret; leave `names=two` out".to_owned()),
        }
    }

    /// Where a user's pair is.
    ///
    /// # Errors
    /// A sentence: GitHub has no such place, or another user's would have the same name.
    pub(super) fn spot(&self, user: &User, account: &str) -> Result<Spot, String> {
        let place = fill(&self.place, user, account);
        let parts: Vec<&str> = place.split('/').collect();
        if let Some(part) = parts.iter().find(|part| !is_slug(part)) {
            return Err(format!("`{part}` is no name of an owner, a repository or an organisation"));
        }
        let kind = match (parts.len(), &self.environment) {
            (1, _) => Kind::Organisation,
            (2, None) => Kind::Repository,
            (2, Some(_)) => Kind::Environment,
            _ => return Err(format!("`{place}` is neither a repository nor an organisation")),
        };
        let mut base: Vec<String> = parts.iter().map(|part| (*part).to_owned()).collect();
        base.insert(0, if kind == Kind::Organisation { "orgs" } else { "repos" }.to_owned());
        match self.environment.as_deref().map(|name| fill(name, user, account)) {
            // In a URL they lead elsewhere.
            Some(name) if name == "." || name == ".." => {
                return Err(format!("`{name}` is no name of an environment here"));
            }
            Some(name) => base.extend(["environments".to_owned(), name]),
            None => base.push("actions".to_owned()),
        }
        let name = |template: &str| named_for(template, user, account);
        let secrets = match &self.layout {
            Layout::One { secret, .. } => vec![name(secret)?],
            // The id comes last: until it is there, nobody can sign with what is.
            Layout::Two { id, secret } => vec![name(secret)?, name(id)?],
        };
        Ok(Spot { kind, base, secrets, mark: name(&self.mark)? })
    }
}

/// Where one user's pair is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Spot {
    /// What it belongs to.
    pub kind: Kind,
    base: Vec<String>,
    /// The names of its secrets, in the order in which they are written.
    pub secrets: Vec<String>,
    /// The name of the variable that names the key.
    pub mark: String,
}

/// What secrets belong to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Repository,
    Environment,
    Organisation,
}

impl Spot {
    /// The parts of a path below the place.
    pub fn path<'a>(&'a self, below: &[&'a str]) -> Vec<&'a str> {
        self.base.iter().map(String::as_str).chain(below.iter().copied()).collect()
    }
}

/// What an owner or a repository may be named, and nothing that leads elsewhere in a URL.
fn is_slug(part: &str) -> bool {
    let letters = part.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'));
    letters && !matches!(part, "" | "." | "..")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn user(name: &str) -> User {
        User { name: name.into(), id: "AIDA".into(), path: "/ci/".into() }
    }

    fn spot(text: &str, name: &str) -> Result<Spot, String> {
        parse(text).unwrap().spot(&user(name), "123456789012")
    }

    #[test]
    fn the_three_places() {
        let repository = spot("acme/app", "deploy").unwrap();
        assert_eq!(repository.path(&["secrets"]), ["repos", "acme", "app", "actions", "secrets"]);
        assert_eq!(
            (repository.secrets, repository.mark.as_str()),
            (vec!["ROTATOR_DEPLOY".into()], "ROTATOR_DEPLOY_ID")
        );
        let environment = spot("acme/{user}?environment=a/b&names=two", "app").unwrap();
        assert_eq!(environment.path(&[]), ["repos", "acme", "app", "environments", "a/b"]);
        assert_eq!(environment.secrets, ["AWS_SECRET_ACCESS_KEY", "AWS_ACCESS_KEY_ID"]);
        let organisation = spot("acme?secret=k_{account}&mark=m_{account}", "x").unwrap();
        assert_eq!(organisation.path(&[]), ["orgs", "acme", "actions"]);
        assert_eq!((organisation.kind, organisation.mark.as_str()), (Kind::Organisation, "M_123456789012"));
    }

    #[test]
    fn what_makes_no_sense_is_said() {
        for text in [
            "",
            "/",
            "a/",
            "a/b/c",
            "acme?environment=x",
            "acme/app?visibility=all",
            "acme?visibility=selected",
            "acme?visibility=none",
            "acme/app?names=three",
            "acme/app?id-name=A",
            "acme/app?names=two&secret=A",
            "acme/app?names=two&id-name=a&secret-name=A",
            "acme/app?names=two&id-name={user}&secret-name={user}_S",
            "acme/app?mark=SERVED",
            "acme/app?secret=my-keys",
            "acme/app?secret={path}",
            "acme/app?secret=GITHUB_KEYS",
            "acme/app?secret=1",
            "acme/app?id-field=a&secret-field=a",
        ] {
            assert!(parse(text).is_err(), "{text}");
        }
        for (text, name) in
            [("{user}/app", "."), ("a/{user}", ".."), ("a/{user}", "b+c"), ("a/b?environment={user}", "..")]
        {
            assert!(
                spot(&format!("{text}{}secret=K", if text.contains('?') { '&' } else { '?' }), name).is_err()
            );
        }
    }
}
