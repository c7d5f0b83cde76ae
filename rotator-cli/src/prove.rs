//! The proof that a new pair works, before the store serves it.

use aws_config::SdkConfig;
use aws_smithy_types::retry::RetryConfig;

use crate::clock::{Deadline, in_time, sleep};
use crate::failure::{Class, Failure, from_sdk};
use crate::iam::User;
use crate::limit::Limiter;
use crate::secret::Pair;
use std::time::Duration;

/// Asks the token service who the new pair is, until it has answered three times in a row that it is `user`:
/// once, and then twice at the same time, over two connections that may lead to two of its machines. AWS
/// publishes no bound on how long a new key takes to work everywhere, and one success proves little: about one
/// call in ten was seen to fail after it (rhyeal/aws-rotate-iam-keys issue 81).
///
/// `beside` is done at the same time as the last two, each time that it comes to them. Gives up while `reserve`
/// is left of the deadline, so that the key can be taken back.
///
/// # Errors
/// [`Class::NotProved`] if the pair does not work in time, or is somebody else's; and what `beside` says.
pub async fn prove(
    config: &SdkConfig,
    limiter: &Limiter,
    user: &User,
    pair: &Pair,
    deadline: &Deadline,
    reserve: Duration,
    beside: impl AsyncFn() -> Result<(), Failure>,
) -> Result<(), Failure> {
    let doing = || format!("prove that {} works", pair.id);
    let config = aws_sdk_sts::config::Builder::from(config)
        .credentials_provider(pair.sign_with())
        // The loop below is the retry, and a refusal of a key that is seconds old is expected.
        .retry_config(RetryConfig::standard().with_max_attempts(1))
        .build();
    let client = aws_sdk_sts::Client::from_conf(config);
    let action = "sts:GetCallerIdentity";
    let ask = async || {
        // Waiting for one's turn is within the time for all of it.
        let spare = deadline.left().saturating_sub(reserve);
        let Some(ticket) = in_time(spare, limiter.ticket(action)).await else {
            return Err(Asked::Refused(format!("{action} is throttled")));
        };
        let answer = client.get_caller_identity().send().await;
        let answer = answer.map_err(|error| from_sdk(action, doing(), &error));
        let throttled = answer.as_ref().is_err_and(|failure| failure.class == Class::Throttled);
        limiter.answered(action, ticket, throttled);
        match answer {
            Ok(answer) if answer.user_id() == Some(&user.id) => Ok(()),
            Ok(answer) => Err(Asked::Otherwise(answer.arn().unwrap_or("nobody").to_owned())),
            // Says nothing of the pair, and the limiter has taken it into account.
            Err(_) if throttled => Err(Asked::Throttled),
            Err(failure) => Err(Asked::Refused(failure.said)),
        }
    };
    let mut pause = Duration::from_millis(100);
    loop {
        let mut answers = ask().await;
        if answers.is_ok() {
            if deadline.left() < reserve {
                return Err(Failure::new(Class::NotProved, doing(), "it answers too slowly"));
            }
            let (second, third, done) = tokio::join!(ask(), ask(), beside());
            answers = second.and(third);
            if answers.is_ok() {
                return done;
            }
        }
        let said = match answers {
            Ok(()) => continue,
            Err(Asked::Otherwise(whose)) => {
                return Err(Failure::new(Class::NotProved, doing(), format!("it answers as {whose}")));
            }
            Err(Asked::Throttled) if deadline.left() > reserve => continue,
            Err(Asked::Throttled) => format!("{action} is throttled"),
            Err(Asked::Refused(said)) => said,
        };
        if deadline.left() < reserve + pause {
            return Err(Failure::new(Class::NotProved, doing(), said));
        }
        sleep(pause).await;
        pause = (pause * 2).min(Duration::from_secs(5));
    }
}

/// An answer that is no proof.
enum Asked {
    /// The pair is this one's.
    Otherwise(String),
    /// Too many calls, of whatever pair.
    Throttled,
    /// Not yet, or not at all.
    Refused(String),
}
