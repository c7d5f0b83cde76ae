//! The proof that a new pair works, before the store serves it.

use aws_config::SdkConfig;
use aws_smithy_types::retry::RetryConfig;

use crate::clock::{Deadline, in_time, sleep};
use crate::failure::{Class, Failure, from_sdk};
use crate::iam::User;
use crate::limit::Limiter;
use crate::secret::Pair;
use std::time::Duration;

/// So many answers in a row. AWS publishes no bound on how long a new key takes to work everywhere, and
/// one success proves little: about one call in ten was seen to fail after it (rhyeal/aws-rotate-iam-keys
/// issue 81).
const IN_A_ROW: u32 = 3;

/// Asks the token service who the new pair is, until it has answered several times in a row that it is
/// `user`. Gives up while `reserve` is left of the deadline, so that the key can be taken back.
///
/// # Errors
/// [`Class::NotProved`] if the pair does not work in time, or is somebody else's.
pub async fn prove(
    config: &SdkConfig,
    limiter: &Limiter,
    user: &User,
    pair: &Pair,
    deadline: &Deadline,
    reserve: Duration,
) -> Result<(), Failure> {
    let doing = || format!("prove that {} works", pair.id);
    let config = aws_sdk_sts::config::Builder::from(config)
        .credentials_provider(pair.sign_with())
        // The loop below is the retry, and a refusal of a key that is seconds old is expected.
        .retry_config(RetryConfig::standard().with_max_attempts(1))
        .build();
    let client = aws_sdk_sts::Client::from_conf(config);
    let (mut answered, mut pause) = (0, Duration::from_millis(100));
    let action = "sts:GetCallerIdentity";
    loop {
        // Waiting for one's turn is within the time for all of it.
        let spare = deadline.left().saturating_sub(reserve);
        let Some(ticket) = in_time(spare, limiter.ticket(action)).await else {
            return Err(Failure::new(Class::NotProved, doing(), format!("{action} is throttled")));
        };
        let answer = client.get_caller_identity().send().await;
        let answer = answer.map_err(|error| from_sdk(action, doing(), &error));
        let throttled = answer.as_ref().is_err_and(|failure| failure.class == Class::Throttled);
        limiter.answered(action, ticket, throttled);
        let said = match answer {
            Ok(answer) if answer.user_id() == Some(&user.id) => {
                answered += 1;
                if answered == IN_A_ROW {
                    return Ok(());
                }
                if deadline.left() < reserve {
                    return Err(Failure::new(Class::NotProved, doing(), "it answers too slowly"));
                }
                continue;
            }
            Ok(answer) => {
                let whose = answer.arn().unwrap_or("nobody");
                return Err(Failure::new(Class::NotProved, doing(), format!("it answers as {whose}")));
            }
            Err(failure) => failure.said,
        };
        if throttled && deadline.left() > reserve {
            // Says nothing of the pair, and the limiter has taken it into account.
            continue;
        }
        answered = 0;
        if deadline.left() < reserve + pause {
            return Err(Failure::new(Class::NotProved, doing(), said));
        }
        sleep(pause).await;
        pause = (pause * 2).min(Duration::from_secs(5));
    }
}
