//! The role of another account.

use aws_config::SdkConfig;
use aws_config::sts::AssumeRoleProvider;
use aws_credential_types::Credentials;
use aws_credential_types::provider::{ProvideCredentials, SharedCredentialsProvider};
use aws_sdk_sts::operation::assume_role::AssumeRoleError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;

use crate::failure::{Class, Failure, causes};

/// A role that is assumed before anything else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Role {
    /// `arn:aws:iam::111122223333:role/rotator`
    pub arn: String,
    /// What its trust policy asks for. AWS does not treat it as a secret (IAM user guide, "Access to AWS accounts
    /// owned by third parties").
    pub external_id: Option<String>,
    /// The session's name in CloudTrail; `rotator` if there is none.
    pub session_name: Option<String>,
}

/// The session's name, unless somebody says another.
pub const SESSION: &str = "rotator";

impl Role {
    /// The account's number, if this is the ARN of a role.
    #[must_use]
    pub fn account(&self) -> Option<&str> {
        account_of(&self.arn)
    }

    /// The same configuration with the role's credentials, which are renewed as they expire, and those of now.
    ///
    /// # Errors
    /// The role cannot be assumed.
    pub async fn assume(&self, config: SdkConfig) -> Result<(SdkConfig, Credentials), Failure> {
        let mut role = AssumeRoleProvider::builder(&self.arn)
            .session_name(self.session_name.as_deref().unwrap_or(SESSION))
            .configure(&config);
        if let Some(id) = &self.external_id {
            role = role.external_id(id);
        }
        // The source is the configuration's own: the default chain, or a profile.
        let provider = role.build().await;
        let credentials = provider.provide_credentials().await.map_err(|error| self.refused(&error))?;
        let provider = SharedCredentialsProvider::new(provider);
        Ok((config.into_builder().credentials_provider(provider).build(), credentials))
    }

    fn refused(&self, error: &(dyn std::error::Error + 'static)) -> Failure {
        let doing = format!("assume the role {}", self.arn);
        let mut cause = Some(error);
        while let Some(error) = cause {
            if let Some(refused) = error.downcast_ref::<AssumeRoleError>() {
                let (code, message) = (refused.code().unwrap_or("no code"), refused.message());
                let said = format!("{code}: {}", message.unwrap_or("no message"));
                if code != "AccessDenied" {
                    return Failure::new(Class::Credentials, doing, said);
                }
                let hint = match self.external_id {
                    Some(_) => "; the role must trust this identity, under just this external id",
                    None => {
                        "; the role must trust this identity, and if it asks for an external id, `external-id` gives it"
                    }
                };
                return Failure::new(Class::Denied("sts:AssumeRole"), doing, said + hint);
            }
            cause = error.source();
        }
        Failure::new(Class::Credentials, doing, causes(error))
    }
}

/// The account of a role: `arn:aws:iam::111122223333:role/rotator`.
fn account_of(arn: &str) -> Option<&str> {
    let mut parts = arn.splitn(6, ':');
    let (head, partition, service, region) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
    let (account, role) = (parts.next()?, parts.next()?);
    let digits = account.len() == 12 && account.bytes().all(|byte| byte.is_ascii_digit());
    let named = role.strip_prefix("role/").is_some_and(|name| !name.is_empty());
    let whole = head == "arn" && partition.starts_with("aws") && service == "iam" && region.is_empty();
    (whole && digits && named).then_some(account)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_role_is_of_an_account() {
        assert_eq!(account_of("arn:aws:iam::111122223333:role/x/rotator"), Some("111122223333"));
        assert_eq!(account_of("arn:aws-cn:iam::111122223333:role/r"), Some("111122223333"));
        for wrong in [
            "arn:aws:iam::111122223333:role/",
            "arn:aws:iam::11112222333:role/r",
            "arn:aws:iam::111122223333:user/r",
            "arn:aws:sts::111122223333:role/r",
            "rotator",
        ] {
            assert_eq!(account_of(wrong), None, "{wrong}");
        }
    }
}
