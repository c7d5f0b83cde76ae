//! The public key of a place, and a secret sealed for whoever holds the private one: libsodium's sealed box
//! (GitHub, "Encrypting secrets for the REST API").

use aws_smithy_types::base64;
use crypto_box::PublicKey;
use crypto_box::aead::OsRng;
use reqwest::StatusCode;
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;

use crate::store::http::Answer;

/// A place's public key.
pub(super) struct Key {
    /// Which one it is.
    pub(super) id: String,
    key: PublicKey,
}

impl Key {
    /// Reads an answer. `None`: there is no key in it.
    pub(super) fn read(answer: &Answer) -> Option<Self> {
        if answer.status != StatusCode::OK {
            return None;
        }
        let id = answer.at("/key_id").and_then(Value::as_str)?.to_owned();
        let bytes = base64::decode(answer.at("/key").and_then(Value::as_str)?).ok()?;
        let bytes: [u8; 32] = bytes.try_into().ok()?;
        Some(Self { id, key: PublicKey::from(bytes) })
    }

    /// The box with this in it, as base64. Each time it is another one.
    ///
    /// # Errors
    /// A sentence.
    pub(super) fn seal(&self, text: &SecretString) -> Result<String, &'static str> {
        let sealed = self.key.seal(&mut OsRng, text.expose_secret().as_bytes());
        sealed.map(base64::encode).map_err(|_| "it cannot be sealed for this key")
    }
}
