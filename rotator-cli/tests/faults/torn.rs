//! What jobs make of a pair that is read in its parts.

use std::time::SystemTime;

use rotator::AccessKeyId;
use rotator_cli::sandbox::Sandbox;
use secrecy::ExposeSecret;

use crate::hosted::Parts;

/// What a job gets that starts now.
pub enum Got {
    Nothing,
    /// A whole pair, and whether a call that is signed with both parts is answered.
    Pair {
        id: AccessKeyId,
        signs: bool,
    },
    /// Parts of two pairs, or of one without the other: no call is answered.
    Torn,
}

impl Got {
    pub fn of(parts: Parts, sandbox: &Sandbox) -> Self {
        let (id, secret) = match (parts.id, parts.secret) {
            (None, None) => return Self::Nothing,
            (Some(id), Some(secret)) => (id, secret),
            (Some(_), None) | (None, Some(_)) => return Self::Torn,
        };
        let account = sandbox.account();
        let mut issued = account.issued().iter();
        if !issued.any(|pair| pair.id == id && pair.secret.expose_secret() == secret) {
            return Self::Torn;
        }
        Self::Pair { signs: account.works(&id, &secret), id: AccessKeyId::parse(&id).unwrap() }
    }
}

/// How a pair of two writes is torn.
#[derive(Default)]
pub struct Torn {
    pub since: Option<SystemTime>,
    /// A write was to go wrong in this story.
    pub struck: bool,
    /// When the last run began.
    pub begun: Option<SystemTime>,
    /// Calls of jobs that got what is torn.
    pub failed: usize,
}
