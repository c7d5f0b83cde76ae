//! Stores beside a ledger, as one: a closed set, chosen on the command line.

use futures_util::FutureExt;
use futures_util::future::LocalBoxFuture;
use rotator::AccessKeyId;

use crate::failure::Failure;
use crate::iam::User;
use crate::secret::Pair;
use crate::store::exec::Exec;
use crate::store::github::GitHub;
use crate::store::gitlab::Gitlab;
use crate::store::kubernetes::Kubernetes;
use crate::store::profile::Profile;
use crate::store::ssm::ParameterStore;
use crate::store::vault::Vault;
use crate::store::{Adapter, Promises, Reading, Undelivered};

/// A store of one pair for each user.
#[derive(Debug)]
pub enum Stores {
    /// A profile of the AWS shared credentials file.
    Profile(Profile),
    /// Any command.
    Exec(Exec),
    /// AWS Systems Manager Parameter Store.
    ParameterStore(ParameterStore),
    /// HashiCorp Vault or OpenBao.
    Vault(Box<Vault>),
    /// GitLab CI/CD variables.
    Gitlab(Box<Gitlab>),
    /// Kubernetes.
    Kubernetes(Box<Kubernetes>),
    /// Secrets of GitHub Actions.
    GitHub(Box<GitHub>),
}

/// The same call of whichever it is.
macro_rules! each {
    ($self:ident, $store:ident => $call:expr) => {
        match $self {
            Self::Profile($store) => $call,
            Self::Exec($store) => $call,
            Self::ParameterStore($store) => $call,
            Self::Vault($store) => $call,
            Self::Gitlab($store) => $call,
            Self::Kubernetes($store) => $call,
            Self::GitHub($store) => $call,
        }
    };
}

impl Adapter for Stores {
    fn promises(&self) -> Promises {
        each!(self, store => store.promises())
    }

    fn name(&self, user: &User) -> String {
        each!(self, store => store.name(user))
    }

    async fn read(&self, user: &User) -> Result<Reading, Failure> {
        self.boxed_read(user).await
    }

    async fn put(&self, user: &User, pair: &Pair, over: &Reading) -> Result<(), Undelivered> {
        self.boxed_put(user, pair, over).await
    }

    async fn previous(&self, user: &User, id: &AccessKeyId) -> Result<Option<Pair>, Failure> {
        self.boxed_previous(user, id).await
    }
}

/// Each in a box: seven futures in one are as large as the largest wherever they are awaited, and are compiled there.
impl Stores {
    fn boxed_read<'a>(&'a self, user: &'a User) -> LocalBoxFuture<'a, Result<Reading, Failure>> {
        each!(self, store => store.read(user).boxed_local())
    }

    fn boxed_put<'a>(
        &'a self,
        user: &'a User,
        pair: &'a Pair,
        over: &'a Reading,
    ) -> LocalBoxFuture<'a, Result<(), Undelivered>> {
        each!(self, store => store.put(user, pair, over).boxed_local())
    }

    fn boxed_previous<'a>(
        &'a self,
        user: &'a User,
        id: &'a AccessKeyId,
    ) -> LocalBoxFuture<'a, Result<Option<Pair>, Failure>> {
        each!(self, store => store.previous(user, id).boxed_local())
    }
}
