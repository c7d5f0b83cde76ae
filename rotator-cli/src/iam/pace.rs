//! How a call to IAM is sent: when the account's limiter lets it, again if it was throttled, and within its time.

use std::cell::Cell;
use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use aws_config::SdkConfig;
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;

use crate::clock::in_time;
use crate::failure::{Class, Failure, from_sdk};
use crate::limit::Limiter;

/// So often a call is sent while it is throttled. More tell nothing new: the driver looks again, and later.
const SENT: u32 = 5;
/// A read may wait for its turn for so many times what a request may take.
const PATIENCE: u32 = 4;

/// What kind of call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Nothing takes hold, so it may wait for its turn beyond the time of a request.
    Reads,
    /// Takes hold within the time of a request or never, waiting and sending again included: the driver
    /// reckons with that.
    Changes,
    /// The same, and it is sent once.
    Once,
}

/// The account's limiter, and the times.
#[derive(Debug, Clone)]
pub(super) struct Pace {
    pub(super) limiter: Arc<Limiter>,
    /// How long one request may take.
    pub(super) request: Duration,
}

impl Pace {
    pub(super) fn new(config: &SdkConfig) -> Self {
        let request = config.timeout_config().and_then(|times| times.operation_timeout());
        Self { limiter: Arc::default(), request: request.unwrap_or(Duration::from_secs(30)) }
    }

    /// Sends a call.
    ///
    /// # Errors
    /// A call that failed. [`Class::Throttled`]: it did not take hold, or was not sent at all.
    pub(super) async fn call<T, E, F>(
        &self,
        action: &'static str,
        kind: Kind,
        doing: impl Fn() -> String,
        send: impl Fn() -> F,
    ) -> Result<T, Failure>
    where
        E: ProvideErrorMetadata + Error + 'static,
        F: Future<Output = Result<T, SdkError<E, HttpResponse>>>,
    {
        let on_its_way = Cell::new(false);
        let call = Call { action, doing: &doing, on_its_way: &on_its_way };
        match kind {
            Kind::Reads => self.resend(&call, SENT, PATIENCE * self.request, &send).await,
            Kind::Changes | Kind::Once => {
                let at_most = if kind == Kind::Once { 1 } else { SENT };
                match in_time(self.request, self.resend(&call, at_most, self.request, &send)).await {
                    Some(answer) => answer,
                    None if on_its_way.get() => {
                        Err(Failure::new(Class::Unanswered, doing(), "no answer in time"))
                    }
                    None => Err(call.never_had_its_turn(self.request)),
                }
            }
        }
    }

    async fn resend<T, E, F>(
        &self,
        call: &Call<'_, impl Fn() -> String>,
        at_most: u32,
        patience: Duration,
        send: &impl Fn() -> F,
    ) -> Result<T, Failure>
    where
        E: ProvideErrorMetadata + Error + 'static,
        F: Future<Output = Result<T, SdkError<E, HttpResponse>>>,
    {
        let mut sent = 0;
        loop {
            let ticket = in_time(patience, self.limiter.ticket(call.action)).await;
            let ticket = ticket.ok_or_else(|| call.never_had_its_turn(patience))?;
            sent += 1;
            call.on_its_way.set(true);
            let answer = send().await.map_err(|error| from_sdk(call.action, (call.doing)(), &error));
            call.on_its_way.set(false);
            let throttled = answer.as_ref().is_err_and(|failure| failure.class == Class::Throttled);
            self.limiter.answered(call.action, ticket, throttled);
            if !throttled || sent == at_most {
                return answer;
            }
        }
    }
}

/// A call, for whoever sends it.
struct Call<'a, D> {
    action: &'static str,
    doing: &'a D,
    /// It was sent, and nothing was heard yet.
    on_its_way: &'a Cell<bool>,
}

impl<D: Fn() -> String> Call<'_, D> {
    fn never_had_its_turn(&self, within: Duration) -> Failure {
        let said =
            format!("{} is throttled, and its turn did not come in {} s", self.action, within.as_secs());
        Failure::new(Class::Throttled, (self.doing)(), said)
    }
}
