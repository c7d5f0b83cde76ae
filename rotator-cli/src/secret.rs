//! The one type that holds a secret. It is shown to three parties only: the store that writes it, IAM's
//! own token service, when the new pair is proved, and the derivation of what else a store is to hold.

use aws_credential_types::Credentials;
use rotator::AccessKeyId;
use secrecy::{ExposeSecret, SecretString};

/// A new access key with its secret. `Debug` shows the id only; dropping it wipes the secret.
pub struct Pair {
    /// The key's id, which is no secret.
    pub id: AccessKeyId,
    secret: SecretString,
}

impl Pair {
    /// Takes the secret in. It is not copied.
    #[must_use]
    pub fn new(id: AccessKeyId, secret: String) -> Self {
        Self { id, secret: SecretString::from(secret) }
    }

    /// For the store that writes it.
    pub(crate) fn expose_to_store(&self) -> &str {
        self.secret.expose_secret()
    }

    /// For a password that follows from it.
    pub(crate) fn expose_to_derive(&self) -> &str {
        self.secret.expose_secret()
    }

    /// For the proof that the pair works.
    pub(crate) fn sign_with(&self) -> Credentials {
        Credentials::new(self.id.as_str(), self.secret.expose_secret(), None, None, "new key")
    }
}

impl std::fmt::Debug for Pair {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Pair").field("id", &self.id.as_str()).field("secret", &"[REDACTED]").finish()
    }
}
