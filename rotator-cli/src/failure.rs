//! Calls that failed: what was being done, what kind of failure it was, and its cause. A failure sets
//! the back-off, the exit code and the words; it is never an input to a decision.

use std::error::Error;
use std::fmt;

use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;

/// What kind of failure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Class {
    /// The caller may not do this; the IAM action that is missing.
    Denied(&'static str),
    /// The caller's own credentials are missing, expired or wrong.
    Credentials,
    /// Too many calls.
    Throttled,
    /// No answer, or none that can be understood: it may have taken hold.
    Unanswered,
    /// A clear no that another moment may turn into a yes.
    Conflict,
    /// What was asked for is not there.
    Missing,
    /// A clear no.
    Rejected,
    /// The store's clear no to a new pair: nobody has seen the secret.
    StoreRejected,
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
    /// A failure that no call caused.
    #[must_use]
    pub fn new(class: Class, doing: impl Into<String>, said: impl Into<String>) -> Self {
        Self { class, doing: doing.into(), said: said.into() }
    }

    /// Whether another look, a little later, may find it gone.
    #[must_use]
    pub fn may_pass(&self) -> bool {
        match self.class {
            Class::Throttled | Class::Unanswered | Class::Conflict => true,
            Class::Denied(_)
            | Class::Credentials
            | Class::Missing
            | Class::Rejected
            | Class::StoreRejected
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
            Class::Credentials => "credentials",
            Class::Throttled => "throttled",
            Class::Unanswered => "unanswered",
            Class::Conflict => "conflict",
            Class::Missing => "missing",
            Class::Rejected => "rejected",
            Class::StoreRejected => "store-rejected",
            Class::NotProved => "not-proved",
            Class::Stopped => "stopped",
            Class::Deadline => "deadline",
            Class::Setup => "setup",
        }
    }

    /// What a person does next, where there is something.
    #[must_use]
    pub fn next_step(&self) -> Option<String> {
        match self.class {
            Class::Denied(action) => Some(format!("allow {action} for the identity that runs this")),
            Class::Credentials => {
                Some("look at the credentials in use (`aws sts get-caller-identity`)".into())
            }
            Class::Throttled => {
                Some("run again; with fewer users at once (--concurrency) if it persists".into())
            }
            Class::Unanswered => Some("run again; what took hold is found by looking".into()),
            Class::Conflict | Class::NotProved | Class::Stopped | Class::Deadline => Some("run again".into()),
            Class::Missing | Class::Rejected | Class::StoreRejected | Class::Setup => None,
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
            let code = meta.code().unwrap_or("no error code");
            let class = class_of(action, code, status);
            (class, format!("{code}: {}", meta.message().unwrap_or("no message")))
        }
        SdkError::ConstructionFailure(_) => (Class::Setup, causes(error)),
        SdkError::TimeoutError(_) => (Class::Unanswered, "no answer in time".into()),
        SdkError::DispatchFailure(_) => (Class::Unanswered, format!("no answer: {}", root(error))),
        SdkError::ResponseError(_) => {
            (Class::Unanswered, format!("the answer cannot be understood ({})", causes(error)))
        }
        _ => (Class::Unanswered, causes(error)),
    };
    Failure { class, doing: doing.into(), said }
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
        "Throttling" | "ThrottlingException" | "TooManyRequestsException" | "RequestLimitExceeded" => {
            Class::Throttled
        }
        "NoSuchEntity" | "ResourceNotFoundException" => Class::Missing,
        "LimitExceeded" | "EntityTemporarilyUnmodifiable" | "ConcurrentModification" => Class::Conflict,
        _ => match status {
            Some(400..=499) => Class::Rejected,
            Some(_) | None => Class::Unanswered,
        },
    }
}

/// The innermost cause: the layers of an HTTP client between it and the call tell a person nothing.
fn root(error: &dyn Error) -> String {
    let mut cause = error;
    while let Some(next) = cause.source() {
        cause = next;
    }
    cause.to_string()
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
