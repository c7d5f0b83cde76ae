//! What a run wrote and waits to see.

use rotator::{AccessKeyId, Facts, Slots, Status};

/// What the next look has to show, so that no decision rests on an older state.
pub(super) enum Expect {
    Gone(AccessKeyId),
    Turned(AccessKeyId, Status),
    Slots(Slots),
    Served(AccessKeyId),
}

impl Expect {
    pub(super) fn visible_in(&self, facts: &Facts) -> bool {
        match self {
            Self::Gone(id) => facts.keys.iter().all(|key| key.id != *id),
            Self::Turned(id, status) => facts.keys.iter().all(|key| key.id != *id || key.status == *status),
            Self::Served(id) => facts.served.key() == Some(id),
            Self::Slots(slots) => facts.slots == *slots,
        }
    }
}
