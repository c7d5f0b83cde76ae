//! What is decided where somebody asks for one key: that it is served again, or that it works again.

use core::time::Duration;

use crate::{
    AccessKeyId, Decision, Effect, Facts, Observation, Pause, Policy, Refusal, Served, Slots, Status,
};

/// LAST is to be served again, and CURRENT becomes LAST. Nothing is taken away.
pub(crate) fn roll_back(
    observation: &Observation,
    policy: &Policy,
    slots: &Slots,
    written: Option<Duration>,
    id: &AccessKeyId,
) -> Decision {
    let Facts { served, kept, .. } = observation.facts();
    if slots.current.as_ref() == Some(id) {
        return Decision::Done;
    }
    let key = observation.key(id).filter(|_| slots.last.as_ref() == Some(id));
    match key.map(|key| key.status) {
        None => Decision::Refuse(Refusal::NotLast(id.clone())),
        Some(Status::Inactive) => Decision::Refuse(Refusal::LastInactive(id.clone())),
        // The store serves it already, and the ledger is behind; or the store's answer is.
        Some(Status::Active) if *served == Served::Read(Some(id.clone())) => {
            match written.filter(|since| *since < policy.settle) {
                Some(since) => Decision::Wait(Pause::SlotsAreNew, policy.settle.saturating_sub(since)),
                None => Decision::Perform(Effect::Promote(id.clone())),
            }
        }
        Some(Status::Active) if !kept => Decision::Refuse(Refusal::NotKept(id.clone())),
        Some(Status::Active) => restore(policy, slots, written, id),
    }
}

/// A key with a name is to work again. That takes nothing from anybody.
pub(crate) fn revive(observation: &Observation, slots: &Slots, id: &AccessKeyId) -> Decision {
    let named = [&slots.current, &slots.last].into_iter().any(|slot| slot.as_ref() == Some(id));
    match observation.key(id).filter(|_| named).map(|key| key.status) {
        None => Decision::Refuse(Refusal::NotLast(id.clone())),
        Some(Status::Inactive) => Decision::Perform(Effect::Activate(id.clone())),
        Some(Status::Active) => Decision::Done,
    }
}

/// Serves LAST again, once no run can be about to take it: IAM's DeleteAccessKey has no condition, so a
/// run that found LAST rested may delete what is then served. A young rest keeps every run from that;
/// an old one is begun anew first, and what was on its way lands.
pub(crate) fn restore(
    policy: &Policy,
    slots: &Slots,
    written: Option<Duration>,
    id: &AccessKeyId,
) -> Decision {
    let since = written.unwrap_or(Duration::MAX);
    // Whoever sees older names, and an older answer of the store, would name the other key again.
    if since < policy.settle {
        return Decision::Wait(Pause::SlotsAreNew, policy.settle.saturating_sub(since));
    }
    let landed = policy.stray_after.saturating_add(policy.settle);
    if slots.resting.is_some() && since < landed {
        return Decision::Wait(Pause::MayBeTaken(id.clone()), landed.saturating_sub(since));
    }
    // This run's own request may land as late as any.
    if since.saturating_add(policy.stray_after) < policy.min_age {
        return Decision::Perform(Effect::Restore(id.clone()));
    }
    Decision::Perform(Effect::Rest(id.clone()))
}
