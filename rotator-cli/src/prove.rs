//! The proof that a new pair works, before the store serves it.

use aws_config::SdkConfig;
use aws_smithy_types::retry::RetryConfig;

use crate::clock::{Deadline, sleep};
use crate::failure::{Class, Failure, from_sdk};
use crate::iam::User;
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
    let ask = async || match client.get_caller_identity().send().await {
        Ok(answer) if answer.user_id() == Some(&user.id) => Ok(()),
        Ok(answer) => Err(Asked::Otherwise(answer.arn().unwrap_or("nobody").to_owned())),
        Err(error) => Err(Asked::Refused(from_sdk("sts:GetCallerIdentity", doing(), &error).said)),
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
    /// Not yet, or not at all.
    Refused(String),
}
