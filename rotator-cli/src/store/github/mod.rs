//! Secrets of GitHub Actions: of a repository, of one of its environments, or of an organisation.
//!
//! A secret can be written and not read. What GitHub tells of it is when it was last written. So a variable
//! beside it, the mark, names the key that was put there:
//!
//! - A put writes the secret first and the mark last, both in whole seconds of GitHub's clock. Runs that hand
//!   over different keys do not overlap: another key is put only once a request of the run before can no
//!   longer land. So a mark that is not older than the secret names what is served, and a secret that is newer
//!   than its mark was written by a run that died in between, or by a person. Then only this is told: that
//!   it was written, by a revision that has changed.
//! - A put first waits until all that it saw is two seconds old on GitHub's clock. So its secret is newer than
//!   the mark before, though both are dated in seconds, and its revision is another one. A secret and a mark of
//!   one second are therefore of one put: its secret came first. A person who writes the secret in the very
//!   second in which a run has marked it is not seen.
//! - The mark is made before the first put, and names no key yet. So what is newer than a mark was put by us, and
//!   a token that may not write it is found out before a secret is written.
//! - Two secrets are written one after the other, the id last. Where the secret is newer than the mark and the id is
//!   not, the id is another pair's. Made by hand, without a mark, they may be of any order.
//!
//! GitHub says 404 also for what a token may not see. Absent is what is not found in a place that lets us see
//! something else that needs the same permission: its public key for secrets, the list for variables.

mod look;
mod names;
mod place;
mod seal;
mod seen;
mod session;
mod write;

use std::time::Duration;

use rotator::AccessKeyId;

pub use self::place::{Config, parse};
pub use self::session::Surroundings;

use self::place::{Layout, Spot};
use self::session::Session;
use self::write::Write;
use crate::clock::Deadline;
use crate::failure::{Class, Failure};
use crate::iam::User;
use crate::secret::Pair;
use crate::store::{Adapter, Promises, Reading, Tells, Undelivered, fill};

/// A GitHub that one has a token for.
#[derive(Debug)]
pub struct GitHub {
    session: Session,
    config: Config,
    account: String,
    time_limit: Duration,
}

impl GitHub {
    /// What one secret with both parts can and cannot do.
    pub const ONE: Promises = Promises {
        tells: Tells::Writes,
        one_unit: true,
        swaps: false,
        keeps_previous: false,
        consumers: "secrets of a repository or an organisation: when a workflow run is queued; of an environment: when \
                    the job starts",
    };
    /// What a secret for each part can and cannot do.
    pub const TWO: Promises = Promises { one_unit: false, ..Self::ONE };

    /// Nothing is called yet.
    ///
    /// # Errors
    /// No token, or an address that cannot be used.
    pub fn new(
        config: Config,
        around: &Surroundings,
        account: &str,
        time_limit: Duration,
    ) -> Result<Self, Failure> {
        let session = Session::new(around, config.ca_file.clone(), time_limit)
            .map_err(|said| Failure::new(Class::Setup, "speak to GitHub", said))?;
        Ok(Self { session, config, account: account.to_owned(), time_limit })
    }

    fn spot(&self, user: &User) -> Result<Spot, Failure> {
        self.config
            .spot(user, &self.account)
            .map_err(|said| Failure::new(Class::Setup, format!("name the secret of {}", user.name), said))
    }
}

impl Adapter for GitHub {
    fn promises(&self) -> Promises {
        match self.config.layout {
            Layout::One { .. } => Self::ONE,
            Layout::Two { .. } => Self::TWO,
        }
    }

    fn name(&self, user: &User) -> String {
        let place = fill(&self.config.place, user, &self.account);
        let environment = self.config.environment.as_deref().map(|name| fill(name, user, &self.account));
        let environment = environment.map(|name| format!("?environment={name}")).unwrap_or_default();
        format!("github:{place}{environment}")
    }

    async fn read(&self, user: &User) -> Result<Reading, Failure> {
        let seen = self.look(&self.spot(user)?).await?;
        seen.reading().map_err(|said| Failure::new(Class::Setup, format!("use `{}`", self.name(user)), said))
    }

    async fn put(&self, user: &User, pair: &Pair, over: &Reading) -> Result<(), Undelivered> {
        // From here on: the driver reckons with a write that takes hold within one time limit.
        let deadline = Deadline::begin(self.time_limit);
        let doing = format!("put {} into `{}`", pair.id, self.name(user));
        let spot = self.spot(user).map_err(|failure| Undelivered::unsent(&doing, failure))?;
        Write { github: self, spot: &spot, pair, doing: &doing, deadline }.over(over).await
    }

    async fn previous(&self, _: &User, _: &AccessKeyId) -> Result<Option<Pair>, Failure> {
        Ok(None)
    }
}
