//! Roles, and the sessions of those who assumed one (STS API reference, AssumeRole).

use std::collections::BTreeMap;
use std::time::{Duration, SystemTime};

use secrecy::{ExposeSecret, SecretString};

use super::access::Caller;
use super::account::{Account, Signer, User};
use super::clock::xml_date;
use super::error::AwsError;
use super::policies::Context;
use super::request::Form;
use super::xml;

/// How long a session lasts if nobody says otherwise (API reference, `DurationSeconds`).
const LASTS: Duration = Duration::from_secs(60 * 60);

/// All roles of an account, and all sessions.
#[derive(Clone, Default)]
pub(super) struct Roles {
    /// The external id that each asks for.
    roles: BTreeMap<String, Option<String>>,
    sessions: BTreeMap<String, Session>,
}

#[derive(Clone)]
struct Session {
    user: User,
    secret: SecretString,
    token: String,
    expires: SystemTime,
}

impl Account {
    /// A role that may do everything, and that whoever may call `sts:AssumeRole` can assume, with the external id
    /// that it asks for. Its ARN.
    pub fn add_role(&mut self, name: &str, external_id: Option<&str>) -> String {
        let arn = format!("arn:aws:iam::{}:role/{name}", self.settings.account_id);
        self.roles.roles.insert(arn.clone(), external_id.map(str::to_owned));
        arn
    }

    /// The session whose key this is, if its token comes with it.
    pub(super) fn session(&self, id: &str, token: Option<&str>) -> Result<Option<Signer>, AwsError> {
        let Some(session) = self.roles.sessions.get(id) else { return Ok(None) };
        if token != Some(session.token.as_str()) {
            return Err(AwsError::invalid_token());
        }
        if session.expires <= self.now() {
            let message = "The security token included in the request is expired";
            return Err(AwsError::new(403, "ExpiredToken", message));
        }
        let (user, secret) = (session.user.clone(), session.secret.clone());
        Ok(Some(Signer { user, administrator: true, secret }))
    }
}

/// AssumeRole: for whoever may, with the external id that the role asks for. A role that there is not is refused
/// in the same words.
pub(super) fn assume(account: &mut Account, caller: &Caller, form: &Form) -> Result<String, AwsError> {
    let (arn, name) = (form.required("RoleArn")?, form.required("RoleSessionName")?);
    account.authorize_with(caller, "sts:AssumeRole", arn, &Context::new())?;
    let refused = || AwsError::access_denied(&caller.arn, "sts:AssumeRole", arn);
    let wanted = account.roles.roles.get(arn).ok_or_else(refused)?;
    if wanted.is_some() && wanted.as_deref() != form.get("ExternalId") {
        return Err(refused());
    }
    let role = arn.rsplit('/').next().unwrap_or_default().to_owned();
    let owner = format!("session of {role}");
    let id = account.ids.access_key(&owner).replacen("AKIA", "ASIA", 1);
    let (secret, token) = (account.ids.secret_key(&owner), account.ids.uuid());
    let now = account.now();
    let expires = now + LASTS;
    let session_arn = format!("arn:aws:sts::{}:assumed-role/{role}/{name}", account.settings.account_id);
    let role_id = format!("AROA{}:{name}", id.get(4..).unwrap_or_default());
    let user =
        User { name: name.to_owned(), path: "/".to_owned(), id: role_id, arn: session_arn, created: now };
    let credentials = xml::text("AccessKeyId", &id)
        + &xml::text("SecretAccessKey", secret.expose_secret())
        + &xml::text("SessionToken", &token)
        + &xml::text("Expiration", &xml_date(expires, false));
    let assumed = xml::text("AssumedRoleId", &user.id) + &xml::text("Arn", &user.arn);
    account.roles.sessions.insert(id, Session { user, secret, token, expires });
    Ok(xml::wrap("Credentials", &credentials) + &xml::wrap("AssumedRoleUser", &assumed))
}
