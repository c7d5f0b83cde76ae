//! How much of an allowed rate a run used, and how often it was told to slow down.

use std::collections::BTreeMap;
use std::time::Duration;

use rotator_cli::sandbox::Call;

/// Of one run against an endpoint that allows so many calls a second for each action.
#[derive(Debug, Clone, PartialEq)]
pub struct Used {
    /// The action that was answered most often: nothing ends sooner than its rate allows.
    pub bottleneck: String,
    /// How often it was answered.
    pub answered: usize,
    /// Its answers to what the rate would have allowed in the run's whole time; start and end count too.
    pub share: f64,
    /// Answers that said "slow down" to all answers.
    pub throttled: f64,
    /// All answers.
    pub calls: usize,
}

/// `None` where there is no call.
pub fn used(calls: &[Call], rate: u32, took: Duration) -> Option<Used> {
    let mut answered: BTreeMap<&str, usize> = BTreeMap::new();
    let mut throttled = 0;
    for call in calls {
        if is_throttled(call) {
            throttled += 1;
        } else if call.status == Some(200) {
            *answered.entry(&call.action).or_default() += 1;
        }
    }
    let (bottleneck, answered) = answered.into_iter().max_by_key(|(_, count)| *count)?;
    let allowed = took.as_secs_f64() * f64::from(rate);
    Some(Used {
        bottleneck: bottleneck.to_owned(),
        answered,
        share: answered as f64 / allowed,
        throttled: f64::from(throttled) / calls.len() as f64,
        calls: calls.len(),
    })
}

fn is_throttled(call: &Call) -> bool {
    call.error.is_some_and(|code| code == "Throttling" || code == "ThrottlingException")
}

#[cfg(test)]
mod tests {
    use super::super::trips::tests::call;
    use super::*;

    #[test]
    fn the_action_that_is_answered_most_is_held_against_the_rate() {
        let mut calls: Vec<_> = (0..90).map(|_| call("sts:GetCallerIdentity", Some("a"), 0, 1)).collect();
        calls.extend((0..6).map(|_| call("iam:ListAccessKeys", Some("a"), 0, 1)));
        let refused = |code| Call {
            status: Some(400),
            error: Some(code),
            ..call("iam:CreateAccessKey", Some("a"), 0, 1)
        };
        calls.extend(["Throttling", "ThrottlingException", "AccessDenied", "NoSuchEntity"].map(refused));
        let used = used(&calls, 10, Duration::from_secs(10)).unwrap();
        assert_eq!((used.bottleneck.as_str(), used.answered, used.calls), ("sts:GetCallerIdentity", 90, 100));
        assert!((used.share - 0.9).abs() < 1e-9);
        assert!((used.throttled - 0.02).abs() < 1e-9);
    }

    /// Refused calls use nothing of the rate.
    #[test]
    fn throttled_calls_are_no_use_of_the_rate() {
        let refused =
            Call { status: Some(400), error: Some("Throttling"), ..call("iam:ListUsers", None, 0, 1) };
        assert_eq!(used(&[refused], 10, Duration::from_secs(1)), None);
        assert_eq!(used(&[], 10, Duration::from_secs(1)), None);
    }
}
