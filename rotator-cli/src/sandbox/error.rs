//! What a service says when it does not do what was asked.

use std::fmt;

use super::request::Service;

/// An error in AWS's terms: the HTTP status, the code a program reads, the text a person reads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AwsError {
    /// `404`.
    pub status: u16,
    /// `NoSuchEntity`: what a program may go by.
    pub code: &'static str,
    /// AWS's own words where they are known; no program should go by them.
    pub message: String,
}

impl AwsError {
    pub(super) fn new(status: u16, code: &'static str, message: impl Into<String>) -> Self {
        AwsError { status, code, message: message.into() }
    }

    pub(super) fn no_such_user(name: &str) -> Self {
        let message = format!("The user with name {name} cannot be found.");
        AwsError::new(404, "NoSuchEntity", message)
    }

    pub(super) fn no_such_key(id: &str) -> Self {
        let message = format!("The Access Key with id {id} cannot be found.");
        AwsError::new(404, "NoSuchEntity", message)
    }

    pub(super) fn invalid(message: impl Into<String>) -> Self {
        AwsError::new(400, "ValidationError", message)
    }

    pub(super) fn invalid_token() -> Self {
        let message = "The security token included in the request is invalid.";
        AwsError::new(403, "InvalidClientTokenId", message)
    }

    pub(super) fn access_denied(caller: &str, action: &str, resource: &str) -> Self {
        let message = format!(
            "User: {caller} is not authorized to perform: {action} on resource: {resource} \
             because no identity-based policy allows the {action} action"
        );
        AwsError::new(403, "AccessDenied", message)
    }

    /// The same refusal as the JSON services name it.
    ///
    /// They answer 400 where the Query services answer 403, with codes of their own
    /// (Secrets Manager API reference, "Common Error Types"). `UnrecognizedClientException`
    /// and `InvalidSignatureException` are not on that page; they are what AWS sends.
    pub(super) fn in_json(self, service: Service) -> Self {
        let (status, code) = match self.code {
            "AccessDenied" => (400, "AccessDeniedException"),
            "Throttling" => (400, "ThrottlingException"),
            "InvalidClientTokenId" => (400, "UnrecognizedClientException"),
            "SignatureDoesNotMatch" => (400, "InvalidSignatureException"),
            "ExpiredToken" => (400, "ExpiredTokenException"),
            // SSM's own word (API reference, PutParameter).
            "ServiceFailure" if service == Service::Ssm => (500, "InternalServerError"),
            "ServiceFailure" => (500, "InternalServiceError"),
            "ValidationError" => (400, "ValidationException"),
            other => (self.status, other),
        };
        AwsError { status, code, message: self.message }
    }
}

impl fmt::Display for AwsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({}): {}", self.code, self.status, self.message)
    }
}

impl std::error::Error for AwsError {}
