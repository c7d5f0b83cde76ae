//! What is asked, and of which service.

use hyper::Method;
use hyper::body::Bytes;
use hyper::http::request::Parts;
use serde_json::Value;

use super::error::AwsError;
use super::signature::Authorization;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Service {
    Iam,
    Sts,
    SecretsManager,
    Ssm,
}

impl Service {
    /// The name in actions, scopes and targets.
    pub(super) fn prefix(self) -> &'static str {
        match self {
            Service::Iam => "iam",
            Service::Sts => "sts",
            Service::SecretsManager => "secretsmanager",
            Service::Ssm => "ssm",
        }
    }
}

/// A request that could be read. Whether it may be made is asked elsewhere.
pub(super) struct Asked {
    pub(super) service: Service,
    /// `CreateAccessKey`.
    pub(super) operation: String,
    pub(super) input: Input,
    pub(super) authorization: Option<Authorization>,
    pub(super) head: Parts,
    pub(super) body: Bytes,
}

pub(super) enum Input {
    Form(Form),
    Json(Value),
}

impl Asked {
    /// The service is told by `X-Amz-Target` or by the scope of the signature, as it is one
    /// endpoint for all of them.
    pub(super) fn parse(head: Parts, body: Bytes) -> Result<Self, (Service, AwsError)> {
        let header = |name: &str| head.headers.get(name)?.to_str().ok();
        let signed = header("authorization");
        let authorization = signed.and_then(Authorization::parse);
        if let Some(target) = header("x-amz-target") {
            let (service, operation) = match target.split_once('.') {
                Some(("secretsmanager", operation)) => (Service::SecretsManager, operation),
                Some(("AmazonSSM", operation)) => (Service::Ssm, operation),
                Some(_) | None => {
                    let error = AwsError::new(400, "UnknownOperationException", "unknown X-Amz-Target");
                    return Err((Service::SecretsManager, error));
                }
            };
            let refuse = |code, message: &str| (service, AwsError::new(400, code, message));
            let input: Value = serde_json::from_slice(&body)
                .map_err(|_| refuse("SerializationException", "the body is not JSON"))?;
            return Ok(Asked {
                service,
                operation: operation.to_owned(),
                input: Input::Json(input),
                authorization,
                head,
                body,
            });
        }
        let form = Form::parse(&body);
        let operation = form.get("Action").unwrap_or_default().to_owned();
        let scope = authorization.as_ref().map(|signed| signed.service.as_str());
        let service = match scope {
            Some("sts") => Service::Sts,
            None if operation == "GetCallerIdentity" => Service::Sts,
            Some(_) | None => Service::Iam,
        };
        if head.method != Method::POST {
            // AWS takes the Query protocol by GET as well; no SDK sends it so.
            return Err((service, AwsError::invalid("Only POST is served here.")));
        }
        Ok(Asked { service, operation, input: Input::Form(form), authorization, head, body })
    }

    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.head.headers.get(name)?.to_str().ok()
    }

    /// What IAM is asked, without the operation itself. Stores are asked to keep secrets, so theirs are not here.
    pub(super) fn parameters(&self) -> Vec<(String, String)> {
        match (&self.input, self.service) {
            (Input::Form(Form(all)), Service::Iam) => {
                all.iter().filter(|(name, _)| name != "Action" && name != "Version").cloned().collect()
            }
            (Input::Form(_), Service::Sts | Service::SecretsManager | Service::Ssm) | (Input::Json(_), _) => {
                Vec::new()
            }
        }
    }

    /// `iam:CreateAccessKey`.
    pub(super) fn action(&self) -> String {
        format!("{}:{}", self.service.prefix(), self.operation)
    }
}

/// The parameters of the Query protocol.
pub(super) struct Form(Vec<(String, String)>);

impl Form {
    pub(super) fn parse(body: &[u8]) -> Self {
        Form(form_urlencoded::parse(body).into_owned().collect())
    }

    pub(super) fn get(&self, name: &str) -> Option<&str> {
        let found = self.0.iter().find(|(own, _)| own == name);
        found.map(|(_, value)| value.as_str())
    }

    pub(super) fn required(&self, name: &str) -> Result<&str, AwsError> {
        self.get(name).ok_or_else(|| missing(name))
    }

    /// `MaxItems`, 1 to 1000 (API reference, ListUsers).
    pub(super) fn max_items(&self) -> Result<Option<usize>, AwsError> {
        let Some(given) = self.get("MaxItems") else {
            return Ok(None);
        };
        match given.parse() {
            Ok(count @ 1..=1000) => Ok(Some(count)),
            Ok(_) | Err(_) => Err(AwsError::invalid("MaxItems must be from 1 to 1000.")),
        }
    }

    /// `TagKeys.member.1` and on, until one is missing.
    pub(super) fn members(&self, name: &str) -> Vec<String> {
        (1..).map_while(|place: u32| self.get(&format!("{name}.member.{place}"))).map(str::to_owned).collect()
    }

    /// `Tags.member.1.Key` with its `Value`, and on.
    pub(super) fn tags(&self) -> Result<Vec<(String, String)>, AwsError> {
        (1..)
            .map_while(|place: u32| {
                let key = self.get(&format!("Tags.member.{place}.Key"))?;
                let name = format!("Tags.member.{place}.Value");
                let value = self.required(&name).map(str::to_owned);
                Some(value.map(|value| (key.to_owned(), value)))
            })
            .collect()
    }
}

pub(super) fn missing(name: &str) -> AwsError {
    AwsError::invalid(format!(
        "1 validation error detected: Value null at '{name}' failed to satisfy constraint: \
         Member must not be null"
    ))
}
