//! What becomes of a request where it arrives.

use rotator::*;

use super::{Fate, World, millis, run::Request, slots::Version};

impl World {
    /// The request's one commit point. The key it made, if it made one.
    ///
    /// # Errors
    /// It did not take hold.
    pub fn land(&mut self, request: &Request) -> Result<Option<AccessKeyId>, ()> {
        let now = self.now;
        match &request.effect {
            Effect::Restore(key) if self.setup.memory == Memory::Ledger => {
                self.serve(key.clone());
                self.restored = Some(key.clone());
            }
            Effect::Adopt { .. }
            | Effect::Open
            | Effect::Stage(_)
            | Effect::Promote(_)
            | Effect::Rest(_)
            | Effect::Restore(_) => {
                let truth = self.slots.truth().clone();
                let adopts = matches!(request.effect, Effect::Adopt { .. });
                // Every document store can refuse to create what is there; some compare on each write.
                let document = self.setup.memory == Memory::Document;
                let swap =
                    adopts && document || self.setup.compare_and_swap && request.effect != Effect::Open;
                if swap && self.slots.count() != request.version {
                    return Err(());
                }
                // A word may be given to a run that has not seen what is written by now.
                let told = request.by_word && self.slots.count() != request.version;
                self.adopted_over |= adopts && truth.written.is_some() || told;
                // These are notes beside the names, so they are laid over what is there.
                let note = matches!(request.effect, Effect::Open | Effect::Rest(_));
                let mut slots =
                    if note { &truth.slots } else { &request.slots }.after(&request.effect, &request.keys);
                slots.open |= adopts && truth.slots.open;
                self.people.vouch(
                    &mut self.iam,
                    &request.effect,
                    slots.open,
                    request.looked.saturating_sub(self.setup.lag()),
                );
                let (named, over) = if note {
                    (truth.named, truth.over)
                } else {
                    // An adoption opens a rotation together with the names.
                    let opens = matches!(request.effect, Effect::Adopt { open: true, .. });
                    (Some(request.sent).filter(|_| !opens), request.over)
                };
                let (written, user) = (Some(request.sent), request.user);
                self.slots.write(Version { slots, written, named, user, over, landed: now });
                if let (Effect::Promote(key) | Effect::Restore(key), Memory::Document) =
                    (&request.effect, self.setup.memory)
                {
                    self.serve(key.clone());
                }
                if self.restored.take_if(|_| self.slots.truth().slots.current == self.served).is_some() {
                    self.people.wrote = self.people.wrote.map(|_| now);
                }
                self.judge_now();
            }
            Effect::Create => {
                if self.iam.full() || request.user != self.iam.user {
                    return Err(());
                }
                return Ok(Some(self.iam.add(now, self.setup.lag().min(5_000))));
            }
            Effect::Publish(key) => self.serve(key.clone()),
            Effect::Activate(key) => self.iam.turn(key, Status::Active, now),
            Effect::Deactivate(key) | Effect::Delete(key) => {
                let taken = self.taken(key, request.looked);
                if matches!(request.effect, Effect::Deactivate(_)) {
                    self.iam.turn(key, Status::Inactive, now);
                } else {
                    self.iam.remove(key, now);
                }
                self.judge(taken, None);
            }
        }
        Ok(None)
    }

    pub fn deliver(&mut self, key: &AccessKeyId, fate: Fate) {
        let left = millis(self.setup.policy.stray_after - self.setup.limits.deadline()) - 2_000;
        match fate {
            Fate::Dropped => {}
            Fate::Slow(percent) => {
                self.deliveries.push((self.now + left * u64::from(percent.min(100)) / 100, key.clone()));
            }
            Fate::Good | Fate::Unheard => self.serve(key.clone()),
            Fate::Rejected | Fate::NeverSent | Fate::Late(_) => {}
        }
    }
}
