//! Calls that failed: what was being done, what kind of failure it was, and its cause. A failure sets
//! the back-off, the exit code and the words; it is never an input to a decision.

use std::error::Error;
use std::fmt;

use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;

use crate::exit::Exit;
use crate::permissions::{ACTIONS, KMS};

/// What kind of failure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Class {
    /// The caller may not do this; the IAM action that is missing.
    Denied(&'static str),
    /// The caller's own credentials are missing, expired or wrong.
    Credentials,
    /// The store does not accept what it was shown: that, for a person.
    Token(&'static str),
    /// There are no credentials at all.
    NoCredentials,
    /// Too many calls.
    Throttled,
    /// No answer, or none that can be understood: it may have taken hold.
    Unanswered,
    /// No connection, or one that broke: it may have taken hold.
    Unreachable,
    /// An answer, but not one of AWS's; a proxy's perhaps.
    Garbled,
    /// A clear no that another moment may turn into a yes.
    Conflict,
    /// What was asked for is not there.
    Missing,
    /// A clear no.
    Rejected,
    /// The store's clear no to a new pair: nobody has seen the secret. With the action that is missing,
    /// where that is why.
    StoreRejected(Option<&'static str>),
    /// The new pair does not work, or not yet.
    NotProved,
    /// The run was told to stop.
    Stopped,
    /// The user's deadline has passed; nothing was begun.
    Deadline,
    /// Found before any change, and a person's to mend: an unreadable document, a wrong setting.
    Setup,
}

/// A call that failed.
#[derive(Debug)]
pub struct Failure {
    /// Its kind.
    pub class: Class,
    /// What was being done, to what: `create a key for user "ci"`.
    pub doing: String,
    /// What the other side said.
    pub said: String,
}

impl Failure {
    /// Every word that [`Failure::code`] has.
    pub const CODES: [&'static str; 14] = [
        "denied",
        "credentials",
        "throttled",
        "unanswered",
        "unreachable",
        "garbled",
        "conflict",
        "missing",
        "rejected",
        "store-rejected",
        "not-proved",
        "stopped",
        "deadline",
        "setup",
    ];

    /// The words of those after which what was asked for may have been done: see [`Failure::is_unclear`].
    pub const UNCLEAR: [&'static str; 3] = ["unanswered", "unreachable", "garbled"];

    /// A failure that no call caused.
    #[must_use]
    pub fn new(class: Class, doing: impl Into<String>, said: impl Into<String>) -> Self {
        Self { class, doing: doing.into(), said: said.into() }
    }

    /// Whether another look, a little later, may find it gone.
    #[must_use]
    pub fn may_pass(&self) -> bool {
        match self.class {
            Class::Throttled | Class::Unanswered | Class::Unreachable | Class::Garbled | Class::Conflict => {
                true
            }
            Class::Denied(_)
            | Class::Credentials
            | Class::Token(_)
            | Class::NoCredentials
            | Class::Missing
            | Class::Rejected
            | Class::StoreRejected(_)
            | Class::NotProved
            | Class::Stopped
            | Class::Deadline
            | Class::Setup => false,
        }
    }

    /// Whether what was asked for may have been done all the same.
    #[must_use]
    pub fn is_unclear(&self) -> bool {
        match self.class {
            Class::Unanswered | Class::Unreachable | Class::Garbled => true,
            Class::Throttled
            | Class::Conflict
            | Class::Denied(_)
            | Class::Credentials
            | Class::Token(_)
            | Class::NoCredentials
            | Class::Missing
            | Class::Rejected
            | Class::StoreRejected(_)
            | Class::NotProved
            | Class::Stopped
            | Class::Deadline
            | Class::Setup => false,
        }
    }

    /// The stable word for it in reports and journals.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self.class {
            Class::Denied(_) => "denied",
            Class::Credentials | Class::Token(_) | Class::NoCredentials => "credentials",
            Class::Throttled => "throttled",
            Class::Unanswered => "unanswered",
            Class::Unreachable => "unreachable",
            Class::Garbled => "garbled",
            Class::Conflict => "conflict",
            Class::Missing => "missing",
            Class::Rejected => "rejected",
            Class::StoreRejected(_) => "store-rejected",
            Class::NotProved => "not-proved",
            Class::Stopped => "stopped",
            Class::Deadline => "deadline",
            Class::Setup => "setup",
        }
    }

    /// The exit code of a user who failed by it.
    #[must_use]
    pub fn exit(&self) -> Exit {
        match self.class {
            Class::Denied(_) | Class::StoreRejected(Some(_)) => Exit::Denied,
            Class::Credentials
            | Class::Token(_)
            | Class::NoCredentials
            | Class::Throttled
            | Class::Unanswered
            | Class::Unreachable
            | Class::Garbled
            | Class::Conflict
            | Class::Missing
            | Class::Rejected
            | Class::StoreRejected(None)
            | Class::NotProved
            | Class::Stopped
            | Class::Deadline
            | Class::Setup => Exit::Failed,
        }
    }

    /// What a person does next, where there is something.
    #[must_use]
    pub fn next_step(&self) -> Option<String> {
        match self.class {
            Class::Denied(action) | Class::StoreRejected(Some(action)) => Some(format!("allow {action} for the identity that runs this")),
            Class::Credentials => {
                Some("renew or correct the credentials in use (`aws sts get-caller-identity` tries them), then run again".into())
            }
            Class::Token(what) => Some(format!("renew or correct {what}, then run again")),
            Class::Throttled => {
                Some("run again; with fewer users at once (--concurrency) if it persists".into())
            }
            Class::Missing => Some("see whether the name and the account are right, and what was deleted meanwhile".into()),
            Class::Unanswered => Some("run again; what took hold is found by looking".into()),
            Class::Unreachable => Some(
                "see whether the other side can be reached from here (network, proxy; for AWS, AWS_ENDPOINT_URL), then run \
                 again; what took hold is found by looking"
                    .into(),
            ),
            Class::Garbled => Some(
                "see whether a proxy or another service answers in its place (for AWS, AWS_ENDPOINT_URL), then run again; \
                 what took hold is found by looking"
                    .into(),
            ),
            Class::Conflict | Class::NotProved | Class::Stopped | Class::Deadline => Some("run again".into()),
            Class::NoCredentials | Class::Rejected | Class::StoreRejected(None) | Class::Setup => None,
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "cannot {}: {}", self.doing, self.said)
    }
}

impl Error for Failure {}

/// Sorts an SDK error. `action` is the IAM action that the call needs.
pub fn from_sdk<E>(
    action: &'static str,
    doing: impl Into<String>,
    error: &SdkError<E, HttpResponse>,
) -> Failure
where
    E: ProvideErrorMetadata + Error + 'static,
{
    let status = error.raw_response().map(|response| response.status().as_u16());
    let (class, said) = match error {
        SdkError::ServiceError(service) => {
            let meta = service.err().meta();
            match meta.code() {
                Some(code) => {
                    let action = missing(meta.message()).unwrap_or(action);
                    let class = class_of(action, code, status);
                    (class, format!("{code}: {}", meta.message().unwrap_or("no message")))
                }
                None => (Class::Garbled, not_aws(status)),
            }
        }
        SdkError::ConstructionFailure(_) => (Class::Setup, causes(error)),
        SdkError::TimeoutError(_) => (Class::Unanswered, "no answer in time".into()),
        SdkError::DispatchFailure(_) => (Class::Unreachable, last_cause(error)),
        SdkError::ResponseError(_) => (Class::Garbled, not_aws(status)),
        _ => (Class::Unanswered, causes(error)),
    };
    Failure { class, doing: doing.into(), said }
}

/// The action that a denial itself names, where it is one that we know: a call to one service may need
/// another's, as a key of KMS.
fn missing(message: Option<&str>) -> Option<&'static str> {
    let (_, rest) = message?.split_once("is not authorized to perform: ")?;
    let named = rest.split_whitespace().next()?;
    let known = ACTIONS.iter().map(|action| action.name).chain(KMS);
    known.into_iter().find(|action| *action == named)
}

/// Whether the code of a refusal says that there were too many calls: nothing was done.
pub(crate) fn is_throttling(code: &str) -> bool {
    matches!(code, "Throttling" | "ThrottlingException" | "TooManyRequestsException" | "RequestLimitExceeded")
}

fn class_of(action: &'static str, code: &str, status: Option<u16>) -> Class {
    match code {
        "AccessDenied" | "AccessDeniedException" | "UnauthorizedOperation" => Class::Denied(action),
        "ExpiredToken"
        | "ExpiredTokenException"
        | "InvalidClientTokenId"
        | "UnrecognizedClientException"
        | "SignatureDoesNotMatch"
        | "InvalidSignatureException" => Class::Credentials,
        code if is_throttling(code) => Class::Throttled,
        "NoSuchEntity" | "ResourceNotFoundException" => Class::Missing,
        "LimitExceeded" | "EntityTemporarilyUnmodifiable" | "ConcurrentModification" => Class::Conflict,
        _ => match status {
            Some(400..=499) => Class::Rejected,
            Some(_) | None => Class::Unanswered,
        },
    }
}

/// What can be said of an answer in another form than the service's.
fn not_aws(status: Option<u16>) -> String {
    let status = status.map(|status| format!(" (HTTP {status})")).unwrap_or_default();
    format!("the answer is none that AWS would give{status}")
}

/// The cause at the end of the chain: `Connection refused` is what a person can act on, and not through
/// which layers it came.
pub(crate) fn last_cause(error: &dyn Error) -> String {
    let mut last = error;
    while let Some(cause) = last.source() {
        last = cause;
    }
    last.to_string()
}

/// The causes of an error in one line, without saying one thing twice.
pub fn causes(error: &dyn Error) -> String {
    let mut line = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        let text = cause.to_string();
        if !line.contains(&text) {
            line = format!("{line}: {text}");
        }
        next = cause.source();
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What reads journals knows every word that is written there.
    #[test]
    fn the_lists_of_words_are_complete() {
        let all = [
            Class::Denied("iam:ListUsers"),
            Class::Credentials,
            Class::Token("a token"),
            Class::NoCredentials,
            Class::Throttled,
            Class::Unanswered,
            Class::Unreachable,
            Class::Garbled,
            Class::Conflict,
            Class::Missing,
            Class::Rejected,
            Class::StoreRejected(None),
            Class::NotProved,
            Class::Stopped,
            Class::Deadline,
            Class::Setup,
        ];
        let all = all.map(|class| Failure::new(class, "look", "no"));
        let mut words: Vec<_> = all.iter().map(Failure::code).collect();
        words.dedup();
        assert_eq!(words, Failure::CODES);
        let unclear: Vec<_> = all.iter().filter(|failure| failure.is_unclear()).map(Failure::code).collect();
        assert_eq!(unclear, Failure::UNCLEAR);
    }
}
