//! Who calls, and whether they may.

use secrecy::ExposeSecret;

use super::account::Account;
use super::clock;
use super::error::AwsError;
use super::faults::covers;
use super::policies::Context;
use super::request::Asked;
use super::settings::Usage;
use super::{ADMINISTRATOR, LastUse};

/// Whoever made the call, as far as IAM is concerned.
pub(super) struct Caller {
    pub(super) name: String,
    pub(super) id: String,
    pub(super) arn: String,
    administrator: bool,
}

/// The user whose working key signed this request, with the right secret.
///
/// The codes are those of "Common Errors" in the IAM API reference; the text of
/// `SignatureDoesNotMatch` is cut to its first sentence.
pub(super) fn caller(account: &mut Account, asked: &Asked) -> Result<Caller, AwsError> {
    if !account.settings.authenticate {
        return unchecked(account, asked);
    }
    let Some(signed) = &asked.authorization else {
        return Err(if asked.head.headers.contains_key("authorization") {
            let message = "The request signature does not conform to AWS standards.";
            AwsError::new(400, "IncompleteSignature", message)
        } else {
            let message = "Request is missing Authentication Token";
            AwsError::new(403, "MissingAuthenticationToken", message)
        });
    };
    let session = account.session(&signed.access_key_id, asked.header("x-amz-security-token"))?;
    let of_role = session.is_some();
    let signer =
        session.or_else(|| account.signer(&signed.access_key_id)).ok_or_else(AwsError::invalid_token)?;
    let right_service = signed.service == asked.service.prefix();
    let secret = signer.secret.expose_secret();
    if !right_service || !signed.verifies(&asked.head, &asked.body, secret) {
        let message = "The request signature we calculated does not match the signature you \
                       provided.";
        return Err(AwsError::new(403, "SignatureDoesNotMatch", message));
    }
    // Last use is of users' keys alone.
    if !of_role {
        record_use(account, asked)?;
    }
    Ok(Caller {
        name: signer.user.name,
        id: signer.user.id,
        arn: signer.user.arn,
        administrator: signer.administrator,
    })
}

/// Nothing is checked: the key's owner if there is one, or else the administrator.
fn unchecked(account: &mut Account, asked: &Asked) -> Result<Caller, AwsError> {
    let signed = asked.authorization.as_ref();
    let owner = signed.and_then(|signed| account.signer(&signed.access_key_id));
    if let Some(owner) = owner {
        record_use(account, asked)?;
        return Ok(Caller {
            name: owner.user.name,
            id: owner.user.id,
            arn: owner.user.arn,
            administrator: owner.administrator,
        });
    }
    let user = account.user(ADMINISTRATOR).map_err(|_| AwsError::invalid_token())?;
    Ok(Caller { name: user.name, id: user.id, arn: user.arn, administrator: true })
}

/// A call counts once it is authenticated, whatever is answered then. Whether AWS counts calls
/// that are then denied is not published.
fn record_use(account: &mut Account, asked: &Asked) -> Result<(), AwsError> {
    let Usage::Recorded { every } = account.settings.usage else {
        return Ok(());
    };
    let Some(signed) = &asked.authorization else {
        return Ok(());
    };
    let last_use = LastUse {
        at: clock::floor(account.now(), every),
        service: asked.service.prefix().to_owned(),
        region: signed.region.clone(),
    };
    account.set_last_used(&signed.access_key_id, Some(last_use))
}

impl Account {
    /// Lets a user do more than ask who it is: `iam:CreateAccessKey`, `iam:*`.
    pub fn allow(&mut self, user: &str, action: &str) {
        self.allowed.push((user.to_owned(), action.to_owned()));
    }

    /// Takes an action from everybody, the administrator too.
    pub fn deny(&mut self, action: &str) {
        self.denied.push(action.to_owned());
    }

    /// Takes a denial back, spelled as it was given.
    pub fn undeny(&mut self, action: &str) {
        self.denied.retain(|denied| denied != action);
    }

    /// Machine users may nothing but what was allowed them, or what their policies allow; a denial goes before
    /// everything.
    pub(super) fn authorize(&self, caller: &Caller, action: &str, resource: &str) -> Result<(), AwsError> {
        self.authorize_with(caller, action, resource, &Context::new())
    }

    /// The same for a request of which policies may know more.
    pub(super) fn authorize_with(
        &self,
        caller: &Caller,
        action: &str,
        resource: &str,
        context: &Context,
    ) -> Result<(), AwsError> {
        let denied = self.denied.iter().any(|pattern| covers(pattern, action));
        let allowed = caller.administrator
            || self.allowed.iter().any(|(user, pattern)| *user == caller.name && covers(pattern, action))
            || self.policies_allow(&caller.name, action, resource, context);
        if denied || !allowed {
            return Err(AwsError::access_denied(&caller.arn, action, resource));
        }
        Ok(())
    }

    /// A service uses a KMS key for whoever calls it. The service's own key is everybody's in the account (KMS
    /// developer guide, "AWS managed keys"); one with an alias here is the key of that alias alone.
    pub(super) fn authorize_key(
        &self,
        caller: &Caller,
        service: &str,
        key: Option<&str>,
        actions: &[&str],
    ) -> Result<(), AwsError> {
        let Some(key) = key.filter(|key| !key.starts_with("alias/aws/")) else { return Ok(()) };
        let (region, account) = (&self.settings.region, &self.settings.account_id);
        let name = key.strip_prefix("alias/").unwrap_or(key);
        let arn = if key.starts_with("arn:") {
            key.to_owned()
        } else {
            format!("arn:aws:kms:{region}:{account}:key/{name}")
        };
        let aliases = if key.starts_with("alias/") { vec![key.to_owned()] } else { Vec::new() };
        let via = vec![format!("{service}.{region}.amazonaws.com")];
        let context = vec![("kms:ViaService", via), ("kms:ResourceAliases", aliases)];
        actions.iter().try_for_each(|action| self.authorize_with(caller, action, &arn, &context))
    }
}
