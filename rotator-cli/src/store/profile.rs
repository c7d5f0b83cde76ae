//! A profile of an AWS shared credentials file: `file+aws:PATH#PROFILE`. Without `#PROFILE` it is the
//! profile `default`. Both parts may hold `{user}`, `{path}` and `{account}`.
//!
//! The file is changed as a person would change it: two values, and a session token that is stale beside
//! them is taken out. All else is kept byte for byte.

use std::time::Duration;

use rotator::AccessKeyId;

use crate::failure::{Class, Failure};
use crate::iam::User;
use crate::secret::Pair;
use crate::store::disk::{Content, PrivateFile, path_of};
use crate::store::ini::{Ini, is_profile_name};
use crate::store::options::Options;
use crate::store::{Adapter, Promises, Reading, Serves, Tells, Undelivered, fill};

/// Which profile of which file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The file.
    pub path: String,
    /// The profile.
    pub profile: String,
}

/// The profiles of one account's users.
#[derive(Debug, Clone)]
pub struct Profile {
    place: Place,
    account: String,
    wait: Duration,
}

/// Reads `PATH#PROFILE`.
///
/// # Errors
/// A sentence for the command line.
pub fn parse(rest: &str) -> Result<Place, String> {
    let place = Options::parse(rest, &[])?.place;
    let (path, profile) = place.split_once('#').unwrap_or((&place, "default"));
    if path.is_empty() || !is_profile_name(profile) {
        return Err(
            "name a file and a profile in it, for example 'file+aws:~/.aws/credentials#{user}'".into()
        );
    }
    Ok(Place { path: path.to_owned(), profile: profile.to_owned() })
}

impl Profile {
    /// What it can and cannot do.
    pub const PROMISES: Promises = Promises {
        tells: Tells::Key,
        one_unit: true,
        swaps: true,
        keeps_previous: false,
        consumers: "when they next read the file, at their start; SDKs cache what they read",
    };

    /// At most so long does a write wait for its turn.
    #[must_use]
    pub fn new(place: Place, account: &str, wait: Duration) -> Self {
        Self { place, account: account.to_owned(), wait }
    }

    fn file(&self, user: &User) -> Result<PrivateFile, Failure> {
        PrivateFile::find(&path_of(&self.place.path, user, &self.account)?)
    }

    fn profile(&self, user: &User) -> Result<String, Failure> {
        let profile = fill(&self.place.profile, user, &self.account);
        if is_profile_name(&profile) {
            return Ok(profile);
        }
        Err(self.setup(user, format!("`{profile}` cannot be the name of a profile")))
    }

    fn serves(&self, user: &User, content: &Content) -> Result<Serves, Failure> {
        let profile = self.profile(user)?;
        let served = Ini::parse(&content.text, &profile).and_then(|ini| ini.serves());
        let served = served.map_err(|said| self.setup(user, said))?;
        Ok(served.map_or(Serves::Nothing, Serves::Key))
    }

    /// The file with the pair in it, if it still is what was seen.
    fn edited(
        &self,
        user: &User,
        pair: &Pair,
        over: &Reading,
        now: &Content,
    ) -> Result<Vec<u8>, Undelivered> {
        let doing = || format!("put {} into {}", pair.id, self.name(user));
        if over.revision.as_ref() != Some(&now.revision()) {
            let said = "the file was changed after it was read";
            return Err(Undelivered::Stale(Failure::new(Class::Conflict, doing(), said)));
        }
        // What is served was no reason to refuse when it was read, and is the same still.
        let profile = self.profile(user).map_err(Undelivered::Rejected)?;
        let ini = Ini::parse(&now.text, &profile);
        let ini = ini.map_err(|said| Undelivered::Rejected(Failure::new(Class::Setup, doing(), said)))?;
        Ok(ini.with(pair).into_bytes())
    }

    fn setup(&self, user: &User, said: String) -> Failure {
        Failure::new(Class::Setup, format!("read {}", self.name(user)), said)
    }
}

impl Adapter for Profile {
    fn promises(&self) -> Promises {
        Self::PROMISES
    }

    fn name(&self, user: &User) -> String {
        let filled = |template: &str| fill(template, user, &self.account);
        format!("file+aws:{}#{}", filled(&self.place.path), filled(&self.place.profile))
    }

    async fn read(&self, user: &User) -> Result<Reading, Failure> {
        let content = self.file(user)?.look()?;
        Ok(Reading { serves: self.serves(user, &content)?, revision: Some(content.revision()) })
    }

    async fn put(&self, user: &User, pair: &Pair, over: &Reading) -> Result<(), Undelivered> {
        let file = self.file(user).map_err(Undelivered::Rejected)?;
        file.replace(self.wait, |now| self.edited(user, pair, over, now)).await
    }

    async fn previous(&self, _: &User, _: &AccessKeyId) -> Result<Option<Pair>, Failure> {
        Ok(None)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_profile_is_named_behind_the_file() {
        let place = |path: &str, profile: &str| Place { path: path.into(), profile: profile.into() };
        assert_eq!(parse("/a/{user}#ci-{user}"), Ok(place("/a/{user}", "ci-{user}")));
        assert_eq!(parse("~/.aws/credentials"), Ok(place("~/.aws/credentials", "default")));
        for wrong in ["", "#a", "/a#", "/a#[b]", "/a# b", "/a?x=y#b"] {
            assert!(parse(wrong).is_err(), "{wrong}");
        }
    }
}
