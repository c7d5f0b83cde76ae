//! Where pairs go: handed over to a pipeline, or written into a store that jobs read.
//!
//! Some stores hold the slots themselves (a *document*: Secrets Manager, a JSON file). All others are an
//! [`Adapter`] beside a ledger: they hold one pair as one unit, and what they cannot promise is data.

pub mod beside;
mod child;
pub mod compare;
pub mod disk;
pub mod documents;
pub mod exec;
pub mod file;
pub mod github;
pub mod gitlab;
pub mod handover;
pub mod http;
mod ini;
pub mod kubernetes;
mod members;
pub mod options;
pub mod profile;
pub mod secretsmanager;
pub mod ssm;
mod url;
pub mod value;
pub mod vault;

use rotator::AccessKeyId;

pub use url::{KINDS, StoreUrl};

use crate::failure::{Class, Failure};
use crate::iam::User;
use crate::secret::Pair;

/// What a back end promises. What it does not promise, nothing in this program relies on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Promises {
    /// What it tells of the pair that it serves.
    pub tells: Tells,
    /// A reader never sees one pair's id beside another pair's secret.
    pub one_unit: bool,
    /// It refuses a write over something that the writer has not seen.
    pub swaps: bool,
    /// It keeps the pair that it served before, so that it can be served again.
    pub keeps_previous: bool,
    /// When consumers get a new pair, for a person.
    pub consumers: &'static str,
}

/// What a back end tells of the pair that it serves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tells {
    /// Nothing.
    Nothing,
    /// That it was written, by a revision that each write changes; and perhaps, most of the time, whose key
    /// it is.
    Writes,
    /// Whose key it is.
    Key,
}

/// What a store serves, as far as it tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Serves {
    /// It cannot be asked.
    Untold,
    /// No pair was ever put there.
    Nothing,
    /// This key.
    Key(AccessKeyId),
    /// Parts of two pairs, which serve nobody: a write of several parts has come to an end amid them.
    Torn,
}

/// One look at a store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reading {
    /// What it serves.
    pub serves: Serves,
    /// What a write has to name to be a write over just this; opaque to all but the adapter.
    pub revision: Option<String>,
}

/// What became of a pair that was put, where it did not arrive for sure.
#[derive(Debug)]
pub enum Undelivered {
    /// A clear no: nobody has seen the secret.
    Rejected(Failure),
    /// A clear no, since somebody wrote after the look that the write rests on: nobody has seen the
    /// secret, and after another look it can be put.
    Stale(Failure),
    /// It may have arrived, in part or as a whole.
    Unclear(Failure),
}

impl Undelivered {
    /// Nothing was sent, for a reason that lies in what went before.
    pub(crate) fn unsent(doing: &str, why: Failure) -> Self {
        let said = match why.doing.as_str() {
            before if before == doing => why.said,
            before => format!("cannot {before}: {}", why.said),
        };
        Self::Rejected(Failure::new(rejected(&why.class), doing, said))
    }

    /// An answer that was no yes: a clear no, unless its class leaves open what became of the request.
    pub(crate) fn refused(failure: Failure) -> Self {
        if failure.is_unclear() {
            return Self::Unclear(failure);
        }
        Self::Rejected(Failure { class: rejected(&failure.class), ..failure })
    }
}

fn rejected(class: &Class) -> Class {
    let missing = if let Class::Denied(right) = class { Some(*right) } else { None };
    Class::StoreRejected(missing)
}

/// A store of one pair for each user, beside a ledger of names.
///
/// No method retries what may have taken hold, and none prints or keeps a secret elsewhere.
pub trait Adapter {
    /// What it can and cannot do.
    fn promises(&self) -> Promises;

    /// Where a user's pair is, for a person: `vault:ci/alice`.
    fn name(&self, user: &User) -> String;

    /// Looks what the store serves. Absent is [`Serves::Nothing`] only if it is told apart from
    /// forbidden.
    ///
    /// # Errors
    /// A call that failed, or a place that holds something else than a pair: that is not ours to write.
    fn read(&self, user: &User) -> impl Future<Output = Result<Reading, Failure>>;

    /// Puts a pair as one unit in the place of what was seen. After `Ok` it is stored to stay.
    ///
    /// # Errors
    /// [`Undelivered`].
    fn put(&self, user: &User, pair: &Pair, over: &Reading) -> impl Future<Output = Result<(), Undelivered>>;

    /// The pair with this id, if the store keeps it beside or behind the one that it serves.
    ///
    /// # Errors
    /// A call that failed.
    fn previous(&self, user: &User, id: &AccessKeyId) -> impl Future<Output = Result<Option<Pair>, Failure>>;
}

/// `{user}`, `{path}` and `{account}` in the name of a place.
#[must_use]
pub fn fill(template: &str, user: &User, account: &str) -> String {
    let path = user.path.trim_matches('/');
    template.replace("{user}", &user.name).replace("{path}", path).replace("{account}", account)
}
