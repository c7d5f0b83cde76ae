//! From a request to what is done and answered: rate, fault, authentication, action.

use std::collections::BTreeMap;
use std::time::{Duration, SystemTime};

use serde_json::Value;

use super::access;
use super::account::Account;
use super::error::AwsError;
use super::faults::{Faults, What};
use super::request::{Asked, Input, Service};
use super::xml;
use super::{iam, secrets, ssm, sts};
use crate::clock::Stopwatch;

/// One request that was understood, and what became of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    /// When it was answered or left without an answer, by the sandbox's clock.
    pub at: SystemTime,
    /// When its head had been read, since the sandbox was started, in real time.
    pub began: Duration,
    /// When its answer was ready, likewise. What came to pass between the two of another call was side by side
    /// with this one.
    pub ended: Duration,
    /// `iam:CreateAccessKey`.
    pub action: String,
    /// The user that the call was about (for Secrets Manager: the secret, for SSM: the parameter).
    pub user: Option<String>,
    /// The access key id that the request claims to be signed with.
    pub signed_with: Option<String>,
    /// `None` where no answer was given.
    pub status: Option<u16>,
    /// The code of the refusal, where it was answered with one: `NoSuchEntity`.
    pub error: Option<&'static str>,
    /// What the caller says of itself in `User-Agent`.
    pub agent: Option<String>,
    /// The parameters of an IAM call, none of which is ever a secret, in their order.
    pub parameters: Vec<(String, String)>,
    /// The key that CreateAccessKey made, whoever got to hear of it.
    pub made: Option<String>,
}

/// All that a running sandbox remembers.
pub(super) struct State {
    pub(super) account: Account,
    pub(super) faults: Faults,
    pub(super) calls: Vec<Call>,
    /// Real time, since the sandbox was started.
    pub(super) watch: Stopwatch,
    /// For each action, what is left of its rate and when that was reckoned.
    buckets: BTreeMap<String, (f64, SystemTime)>,
}

/// What goes back to the caller.
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) content_type: &'static str,
    pub(super) body: String,
    pub(super) request_id: String,
    /// The code, where it is a refusal.
    pub(super) error: Option<&'static str>,
}

impl State {
    pub(super) fn new(account: Account) -> Self {
        State {
            account,
            faults: Faults::default(),
            calls: Vec::new(),
            watch: Stopwatch::start(),
            buckets: BTreeMap::new(),
        }
    }

    /// What is to go wrong with this call, decided when it comes in.
    pub(super) fn verdict(&mut self, asked: &Asked) -> Option<What> {
        if !self.within_rate(&asked.action()) {
            return Some(What::Throttle);
        }
        let user = self.subject(asked);
        self.faults.strike(&asked.action(), user.as_deref())
    }

    /// Does what is asked, as far as the verdict lets it. `None`: no answer is given.
    pub(super) fn handle(&mut self, asked: &Asked, verdict: Option<What>, began: Duration) -> Option<Answer> {
        let user = self.subject(asked);
        let issued = self.account.issued().len();
        let answer = match verdict {
            None | Some(What::Hang(_)) => Some(self.perform(asked)),
            Some(What::Throttle) => {
                let error = AwsError::new(400, "Throttling", "Rate exceeded");
                Some(self.refuse(asked.service, error))
            }
            Some(What::ErrorBefore { status, code }) => {
                let error = AwsError::new(status, code, "This fault was injected.");
                Some(self.refuse(asked.service, error))
            }
            Some(What::ErrorAfter) => {
                self.perform(asked);
                let error = AwsError::new(500, "ServiceFailure", "This fault was injected.");
                Some(self.refuse(asked.service, error))
            }
            Some(What::AnswerLost) => {
                self.perform(asked);
                None
            }
            Some(What::Lost) => None,
            Some(What::NotXml) => Some(Answer {
                status: 200,
                content_type: "text/html",
                body: "<html><body><p>Please log in to the network.</body></html>".to_owned(),
                request_id: self.account.ids.uuid(),
                error: None,
            }),
            Some(What::Expired) => {
                let message = "The security token included in the request is expired";
                let error = AwsError::new(403, "ExpiredToken", message);
                Some(self.refuse(asked.service, error))
            }
            Some(What::Deny) => {
                let error = self.denial(asked, user.as_deref());
                Some(self.refuse(asked.service, error))
            }
        };
        self.calls.push(Call {
            at: self.account.now(),
            began,
            ended: self.watch.elapsed(),
            action: asked.action(),
            user,
            signed_with: signer(asked).map(str::to_owned),
            status: answer.as_ref().map(|answer| answer.status),
            error: answer.as_ref().and_then(|answer| answer.error),
            agent: asked.header("user-agent").map(str::to_owned),
            parameters: asked.parameters(),
            made: self.account.issued().get(issued).map(|pair| pair.id.clone()),
        });
        answer
    }

    /// An error in the form that the service's protocol gives it.
    pub(super) fn refuse(&mut self, service: Service, error: AwsError) -> Answer {
        let request_id = self.account.ids.uuid();
        let namespace = match service {
            Service::Iam => iam::NAMESPACE,
            Service::Sts => sts::NAMESPACE,
            Service::SecretsManager | Service::Ssm => {
                let error = error.in_json(service);
                let body = serde_json::json!({"__type": error.code, "Message": error.message});
                return Answer {
                    status: error.status,
                    content_type: "application/x-amz-json-1.1",
                    body: body.to_string(),
                    request_id,
                    error: Some(error.code),
                };
            }
        };
        let fault = if error.status < 500 { "Sender" } else { "Receiver" };
        let inner =
            xml::text("Type", fault) + &xml::text("Code", error.code) + &xml::text("Message", &error.message);
        let inner = xml::wrap("Error", &inner) + &xml::text("RequestId", &request_id);
        Answer {
            status: error.status,
            content_type: "text/xml",
            body: format!("<ErrorResponse xmlns=\"{namespace}\">{inner}</ErrorResponse>\n"),
            request_id,
            error: Some(error.code),
        }
    }

    fn perform(&mut self, asked: &Asked) -> Answer {
        let caller = match access::caller(&mut self.account, asked) {
            Ok(caller) => caller,
            Err(error) => return self.refuse(asked.service, error),
        };
        let account = &mut self.account;
        let operation = &asked.operation;
        let answered = match (asked.service, &asked.input) {
            (Service::Iam, Input::Form(form)) => iam::answer(account, &caller, operation, form)
                .map(|result| self.xml(iam::NAMESPACE, operation, result)),
            (Service::Sts, Input::Form(form)) => sts::answer(account, &caller, operation, form)
                .map(|result| self.xml(sts::NAMESPACE, operation, result)),
            (Service::SecretsManager, Input::Json(input)) => {
                secrets::answer(account, &caller, operation, input).map(|result| self.json(&result))
            }
            (Service::Ssm, Input::Json(input)) => {
                ssm::answer(account, &caller, operation, input).map(|result| self.json(&result))
            }
            (Service::Iam | Service::Sts, Input::Json(_))
            | (Service::SecretsManager | Service::Ssm, Input::Form(_)) => {
                Err(AwsError::invalid("The body is not of the service's protocol."))
            }
        };
        answered.unwrap_or_else(|error| self.refuse(asked.service, error))
    }

    fn json(&mut self, result: &Value) -> Answer {
        Answer {
            status: 200,
            content_type: "application/x-amz-json-1.1",
            body: result.to_string(),
            request_id: self.account.ids.uuid(),
            error: None,
        }
    }

    fn xml(&mut self, namespace: &str, operation: &str, result: Option<String>) -> Answer {
        let request_id = self.account.ids.uuid();
        let result = result.map(|inner| xml::wrap(&format!("{operation}Result"), &inner));
        let inner =
            result.unwrap_or_default() + &xml::wrap("ResponseMetadata", &xml::text("RequestId", &request_id));
        Answer {
            status: 200,
            content_type: "text/xml",
            body: format!("<{operation}Response xmlns=\"{namespace}\">{inner}</{operation}Response>\n"),
            request_id,
            error: None,
        }
    }

    /// The refusal that a caller without this permission gets.
    fn denial(&self, asked: &Asked, user: Option<&str>) -> AwsError {
        let owner = signer(asked).and_then(|id| self.account.key(id).ok());
        let caller = owner.map_or_else(|| "anonymous".to_owned(), |(user, _)| user.arn);
        let resource = match (asked.service, user) {
            (Service::Iam, Some(name)) => match self.account.user(name) {
                Ok(user) => user.arn,
                Err(_) => self.account.user_arn("/", name),
            },
            (_, Some(name)) => name.to_owned(),
            (_, None) => "*".to_owned(),
        };
        AwsError::access_denied(&caller, &asked.action(), &resource)
    }

    fn subject(&self, asked: &Asked) -> Option<String> {
        let signer = signer(asked);
        match (asked.service, &asked.input) {
            (Service::Iam, Input::Form(form)) => iam::subject(&self.account, &asked.operation, form, signer),
            (Service::Sts, _) => {
                let (user, _) = self.account.key(signer?).ok()?;
                Some(user.name)
            }
            (Service::SecretsManager, Input::Json(input)) => secrets::subject(input),
            (Service::Ssm, Input::Json(input)) => ssm::subject(input),
            (Service::Iam, Input::Json(_)) | (Service::SecretsManager | Service::Ssm, Input::Form(_)) => None,
        }
    }

    /// A token bucket for each action that holds one second's worth. AWS throttles so too; how
    /// large its buckets are is not published.
    fn within_rate(&mut self, action: &str) -> bool {
        let Some(rate) = self.account.settings.rate else {
            return true;
        };
        let (rate, now) = (f64::from(rate), self.account.now());
        let bucket = self.buckets.entry(action.to_owned()).or_insert((rate, now));
        let since = now.duration_since(bucket.1).unwrap_or_default();
        let left = (bucket.0 + since.as_secs_f64() * rate).min(rate);
        let within = left >= 1.0;
        *bucket = (if within { left - 1.0 } else { left }, now);
        within
    }
}

fn signer(asked: &Asked) -> Option<&str> {
    let signed = asked.authorization.as_ref();
    signed.map(|signed| signed.access_key_id.as_str())
}
