//! What stands after `gitlab:`, and what of the environment belongs to it.

use std::path::PathBuf;

use secrecy::SecretString;

use crate::iam::User;
use crate::store::fill;
use crate::store::ini::is_profile_name;
use crate::store::options::{Fields, Options};

const KNOWN: &[&str] = &[
    "variable",
    "profile",
    "names",
    "id-field",
    "secret-field",
    "hidden",
    "scope",
    "protected",
    "addr",
    "ca-file",
];
/// The options of one layout, which mean nothing in the other.
const OF_FILE: [&str; 2] = ["variable", "profile"];
const OF_TWO: [&str; 3] = ["id-field", "secret-field", "hidden"];

/// A store named `gitlab:projects/PATH?…` or `gitlab:groups/PATH?…`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// Whose variables they are, in the API's word: `projects` or `groups`.
    pub owners: &'static str,
    /// Its path or number, with `{user}`, `{path}` and `{account}`.
    pub owner: String,
    /// How a pair is laid out; names of variables may hold the same.
    pub layout: Layout,
    /// The environment scope, exactly one.
    pub scope: String,
    /// A variable that is made here reaches protected branches and tags only.
    pub protected: bool,
    /// The server, if it is named.
    pub address: Option<String>,
    /// The only authorities that are believed.
    pub ca_file: Option<PathBuf>,
}

/// How a pair is laid out in variables.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Layout {
    /// A profile in one variable of type `file`: one write is a whole pair.
    File {
        /// The variable.
        variable: String,
        /// The profile.
        profile: String,
    },
    /// A variable for each of the two: two writes.
    Two {
        /// The variables.
        names: Fields,
        /// A secret's variable that is made here shows its value to nobody again.
        hidden: bool,
    },
}

/// Reads what stands after `gitlab:`.
///
/// # Errors
/// A sentence for the command line.
pub fn parse(text: &str) -> Result<Config, String> {
    let options = Options::parse(text, KNOWN)?;
    let (owners, owner) = match options.place.split_once('/') {
        Some(("projects", owner)) => ("projects", owner.trim_matches('/')),
        Some(("groups", owner)) => ("groups", owner.trim_matches('/')),
        Some(_) | None => ("", ""),
    };
    if owner.is_empty() {
        return Err(
            "name a project or a group, for example 'gitlab:projects/acme/app' or 'gitlab:groups/acme'"
                .to_owned(),
        );
    }
    let yes = |name: &str| match options.get(name) {
        None => Ok(false),
        Some("yes") => Ok(true),
        Some(other) => Err(format!("`{name}={other}` is not known; known is `{name}=yes`")),
    };
    Ok(Config {
        owners,
        owner: owner.to_owned(),
        layout: layout(&options, yes("hidden")?)?,
        scope: options.get("scope").unwrap_or("*").to_owned(),
        protected: yes("protected")?,
        address: options.get("addr").map(str::to_owned),
        ca_file: options.get("ca-file").map(PathBuf::from),
    })
}

fn layout(options: &Options, hidden: bool) -> Result<Layout, String> {
    let (layout, others) = match options.get("names") {
        None => {
            let variable = options.get("variable").unwrap_or("AWS_SHARED_CREDENTIALS_FILE").to_owned();
            let profile = options.get("profile").unwrap_or("default").to_owned();
            if !is_profile_name(&profile) {
                return Err(format!("`{profile}` cannot be the name of a profile"));
            }
            (Layout::File { variable, profile }, OF_TWO.as_slice())
        }
        Some("two") => {
            (Layout::Two { names: options.fields_or(Fields::environment())?, hidden }, OF_FILE.as_slice())
        }
        Some(other) => return Err(format!("`names={other}` is not known; known is `names=two`")),
    };
    match others.iter().find(|name| options.get(name).is_some()) {
        None => Ok(layout),
        Some(name) if OF_TWO.contains(name) => Err(format!("`{name}` goes with `names=two`")),
        Some(name) => Err(format!("`{name}` does not go with `names=two`")),
    }
}

impl Config {
    /// The path of a user's project or group. An empty `{path}` leaves no empty part behind.
    ///
    /// # Errors
    /// GitLab has no such path.
    pub(super) fn owner(&self, user: &User, account: &str) -> Result<String, String> {
        let whole = fill(&self.owner, user, account);
        let parts: Vec<&str> = whole.split('/').filter(|part| !part.is_empty()).collect();
        let fits = |letter: char| letter.is_ascii_alphanumeric() || ['_', '-', '.'].contains(&letter);
        let part_fits = |part: &&str| part.chars().all(fits) && *part != "." && *part != "..";
        if parts.is_empty() || !parts.iter().all(part_fits) {
            return Err(format!("`{whole}` is no path of a project or a group"));
        }
        Ok(parts.join("/"))
    }
}

/// The name of a user's variable.
///
/// # Errors
/// No variable can have it ("GitLab CI/CD variables": letters, digits and `_`).
pub(super) fn variable(template: &str, user: &User, account: &str) -> Result<String, String> {
    let name = fill(template, user, account);
    let fits = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
    if name.is_empty() || name.len() > 255 || !name.chars().all(fits) {
        return Err(format!("`{name}` is no variable's name: letters, digits and `_`, 255 at most"));
    }
    Ok(name)
}

/// What the environment says.
#[derive(Clone, Default)]
pub struct Surroundings {
    /// GITLAB_TOKEN.
    pub token: Option<SecretString>,
    /// GITLAB_HOST, as glab has it: with or without `https://`.
    pub host: Option<String>,
    /// CI_SERVER_URL, which each job has.
    pub ci_server: Option<String>,
}

impl std::fmt::Debug for Surroundings {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Surroundings").field("host", &self.host).finish_non_exhaustive()
    }
}

impl Surroundings {
    /// This process's.
    #[must_use]
    pub fn of_this_process() -> Self {
        let variable = |name: &str| {
            let value = std::env::var(name).ok()?.trim().to_owned();
            (!value.is_empty()).then_some(value)
        };
        Self {
            token: variable("GITLAB_TOKEN").map(SecretString::from),
            host: variable("GITLAB_HOST"),
            ci_server: variable("CI_SERVER_URL"),
        }
    }

    /// The server: as it is named, then that of the job that this runs in. A job's token is never shown to
    /// gitlab.com for lack of a name.
    #[must_use]
    pub(super) fn address(&self, config: &Config) -> String {
        let named = config.address.as_ref().or(self.host.as_ref()).or(self.ci_server.as_ref());
        match named {
            None => "https://gitlab.com".to_owned(),
            Some(url) if url.contains("://") => url.clone(),
            Some(host) => format!("https://{host}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn user(name: &str, path: &str) -> User {
        User { name: name.to_owned(), id: "AIDA".to_owned(), path: path.to_owned() }
    }

    #[test]
    fn a_place_and_its_options() {
        let plain = parse("projects/acme/app").unwrap();
        let file = Layout::File { variable: "AWS_SHARED_CREDENTIALS_FILE".into(), profile: "default".into() };
        assert_eq!((plain.owners, plain.owner.as_str(), &plain.layout), ("projects", "acme/app", &file));
        assert_eq!((plain.scope.as_str(), plain.protected), ("*", false));
        let two = parse("groups/7?names=two&secret-field=KEY&scope=prod/*&protected=yes&hidden=yes").unwrap();
        let names = Fields { secret: "KEY".to_owned(), ..Fields::environment() };
        assert_eq!((two.owners, &two.layout), ("groups", &Layout::Two { names, hidden: true }));
        assert_eq!((two.scope.as_str(), two.protected), ("prod/*", true));
    }

    #[test]
    fn what_makes_no_sense_is_said() {
        for text in [
            "",
            "acme/app",
            "projects",
            "projects//",
            "instances/x",
            "projects/a?names=three",
            "projects/a?protected=no",
            "projects/a?names=two&variable=X",
            "projects/a?names=two&id-field=X&secret-field=X",
            "projects/a?id-field=X",
            "projects/a?hidden=yes",
            "projects/a?profile=[x]",
            "projects/a?token=x",
        ] {
            assert!(parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn names_are_those_of_gitlab() {
        let at = |place: &str, user: &User| parse(place).unwrap().owner(user, "12");
        assert_eq!(at("projects/{path}/{user}.x", &user("a-b", "/")).unwrap(), "a-b.x");
        assert_eq!(at("groups/{account}/{path}", &user("a", "/x/y/")).unwrap(), "12/x/y");
        for name in ["..", "a+b", "é", "a b"] {
            assert!(at("projects/acme/{user}", &user(name, "/")).is_err(), "{name}");
        }
        assert_eq!(variable("KEY_{user}", &user("ci_1", "/"), "12").unwrap(), "KEY_ci_1");
        for name in ["a-b", "é", "a.b", &"x".repeat(256)] {
            assert!(variable("{user}", &user(name, "/"), "12").is_err(), "{name}");
        }
    }

    #[test]
    fn the_server_is_the_one_that_is_named_nearest() {
        let address = |around: &Surroundings, place: &str| around.address(&parse(place).unwrap());
        let mut around = Surroundings::default();
        assert_eq!(address(&around, "projects/a"), "https://gitlab.com");
        around.ci_server = Some("https://ci.example.com".to_owned());
        assert_eq!(address(&around, "projects/a"), "https://ci.example.com");
        around.host = Some("git.example.com".to_owned());
        assert_eq!(address(&around, "projects/a"), "https://git.example.com");
        assert_eq!(address(&around, "projects/a?addr=https://x/git"), "https://x/git");
        around.token = Some(SecretString::from("S3CR3T"));
        assert!(!format!("{around:?}").contains("S3CR3T"));
    }
}
