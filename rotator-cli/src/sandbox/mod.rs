//! An AWS account in memory: IAM, STS, Secrets Manager and Parameter Store behind HTTP on loopback.
//!
//! The real SDK speaks to it, so what the demo shows and what the tests check is the path that a
//! rotation takes against AWS, signatures included. It does what AWS documents: two keys a user,
//! pages, keys that work only after a while, lists that are late. And it does on demand what AWS
//! does on a bad day: see [`Fault`].
//!
//! ```no_run
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! use rotator_cli::sandbox::{Fault, Sandbox, Settings, What};
//!
//! let sandbox = Sandbox::start(Settings::default()).await?;
//! sandbox.account().add_user("ci", "/machines/")?;
//! let lost = sandbox.inject(Fault::next("iam:CreateAccessKey", What::AnswerLost));
//! // … a rotation against sandbox.endpoint(), signed with sandbox.admin() …
//! assert_eq!(lost.count(), 1);
//! # Ok(())
//! # }
//! ```
//!
//! What AWS does not publish is answered in the plainest way, and the code says where.

mod access;
mod account;
mod clock;
mod error;
mod faults;
mod fields;
mod iam;
mod ids;
mod lagging;
mod names;
mod pages;
mod parameters;
mod policies;
mod request;
mod roles;
mod secrets;
mod server;
mod service;
mod settings;
mod signature;
mod ssm;
mod sts;
mod vault;
mod xml;

use std::fmt;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::ops::{Deref, DerefMut};
use std::sync::MutexGuard;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::task::JoinHandle;

pub use account::{Account, Key, KeyStatus, LastUse, Pair, User};
pub use error::AwsError;
pub use faults::{Fault, Hits, What, When};
pub use parameters::{Parameter, ParameterVersion};
pub use service::Call;
pub use settings::{Settings, Usage};
pub use vault::{Secret, Version};

use server::Shared;
use service::State;

/// The administrator is a user like others, on a path where nothing is rotated.
pub const ADMINISTRATOR: &str = "sandbox-administrator";
const ADMINISTRATOR_PATH: &str = "/sandbox/";

/// A running sandbox. It stops when it is dropped.
pub struct Sandbox {
    address: SocketAddr,
    admin: Pair,
    shared: Shared,
    server: JoinHandle<()>,
}

impl Sandbox {
    /// Listens on 127.0.0.1 and serves from the current tokio runtime.
    pub async fn start(settings: Settings) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, settings.port)).await?;
        let address = listener.local_addr()?;
        let mut account = Account::new(settings);
        let admin = account.add_administrator(ADMINISTRATOR, ADMINISTRATOR_PATH).map_err(io::Error::other)?;
        let shared = Shared::new(State::new(account));
        let server = tokio::spawn(server::accept(listener, shared.clone()));
        Ok(Sandbox { address, admin, shared, server })
    }

    /// `http://127.0.0.1:PORT`, one for all services.
    #[must_use]
    pub fn endpoint(&self) -> String {
        format!("http://{}", self.address)
    }

    /// A pair that may do everything that is not denied, and works from the start.
    #[must_use]
    pub fn admin(&self) -> &Pair {
        &self.admin
    }

    /// The account itself. No call is served while the guard is held: do not hold it across an
    /// `await`.
    #[must_use]
    pub fn account(&self) -> AccountGuard<'_> {
        AccountGuard(self.shared.lock())
    }

    /// Moves the clock forward: keys propagate, lists catch up, rates recover.
    pub fn advance(&self, by: Duration) {
        self.account().advance(by);
    }

    /// Makes something go wrong. Of several faults that strike one call, the first injected wins.
    pub fn inject(&self, fault: Fault) -> Hits {
        self.shared.lock().faults.inject(fault)
    }

    /// Nothing goes wrong from here on; what [`Hits`] counted stays counted.
    pub fn clear_faults(&self) {
        self.shared.lock().faults.clear();
    }

    /// Every request so far that was understood, in the order in which they were done.
    #[must_use]
    pub fn calls(&self) -> Vec<Call> {
        self.shared.lock().calls.clone()
    }

    /// How many calls of this action were answered with success, without a copy of them.
    #[must_use]
    pub fn done(&self, action: &str) -> usize {
        let state = self.shared.lock();
        state.calls.iter().filter(|call| call.status == Some(200) && call.action == action).count()
    }

    /// Forgets the calls so far, so that [`calls`](Self::calls) shows only later ones.
    pub fn clear_calls(&self) {
        self.shared.lock().calls.clear();
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        self.server.abort();
    }
}

impl fmt::Debug for Sandbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sandbox").field("endpoint", &self.endpoint()).finish_non_exhaustive()
    }
}

/// See [`Sandbox::account`].
pub struct AccountGuard<'a>(MutexGuard<'a, State>);

impl Deref for AccountGuard<'_> {
    type Target = Account;

    fn deref(&self) -> &Account {
        &self.0.account
    }
}

impl DerefMut for AccountGuard<'_> {
    fn deref_mut(&mut self) -> &mut Account {
        &mut self.0.account
    }
}
