//! STS: the call by which a key says whose it is, and the one that assumes a role (STS API reference, version
//! 2011-06-15).

use super::access::Caller;
use super::account::Account;
use super::error::AwsError;
use super::request::Form;
use super::{roles, xml};

pub(super) const NAMESPACE: &str = "https://sts.amazonaws.com/doc/2011-06-15/";

/// GetCallerIdentity needs no permission, and no policy can deny it (API reference).
pub(super) fn answer(
    account: &mut Account,
    caller: &Caller,
    operation: &str,
    form: &Form,
) -> Result<Option<String>, AwsError> {
    match operation {
        "GetCallerIdentity" => Ok(Some(
            xml::text("Arn", &caller.arn)
                + &xml::text("UserId", &caller.id)
                + &xml::text("Account", &account.settings.account_id),
        )),
        "AssumeRole" => roles::assume(account, caller, form).map(Some),
        unknown => {
            let message = format!("Could not find operation {unknown} for version 2011-06-15");
            Err(AwsError::new(400, "InvalidAction", message))
        }
    }
}
