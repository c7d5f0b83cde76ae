//! STS: the one call by which a key says whose it is (STS API reference, version 2011-06-15).

use super::access::Caller;
use super::account::Account;
use super::error::AwsError;
use super::xml;

pub(super) const NAMESPACE: &str = "https://sts.amazonaws.com/doc/2011-06-15/";

/// GetCallerIdentity needs no permission, and no policy can deny it (API reference).
pub(super) fn answer(
    account: &Account,
    caller: &Caller,
    operation: &str,
) -> Result<Option<String>, AwsError> {
    match operation {
        "GetCallerIdentity" => Ok(Some(
            xml::text("Arn", &caller.arn)
                + &xml::text("UserId", &caller.id)
                + &xml::text("Account", &account.settings.account_id),
        )),
        unknown => {
            let message = format!("Could not find operation {unknown} for version 2011-06-15");
            Err(AwsError::new(400, "InvalidAction", message))
        }
    }
}
