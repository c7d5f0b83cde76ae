//! The bystander, who knows everything and judges each moment by `CLAIMS`.

use core::time::Duration;

use rotator::*;

use super::{Start, Time, World};

impl World {
    pub fn judge_now(&mut self) {
        self.judge(None, None);
    }

    pub fn judge_decision(&mut self, seen: &Observation, policy: &Policy, decision: &Decision) {
        let refused = match decision {
            Decision::Refuse(refusal) => Some(refusal.clone()),
            Decision::Perform(_) | Decision::Wait(..) | Decision::Done => None,
        };
        if let Some(word) = settled(seen, policy, decision) {
            self.hear(word);
        }
        if !matches!(decision, Decision::Perform(_)) {
            self.hear(decision.code());
        }
        for claim in CLAIMS {
            if let Holds::Decision(holds) = claim.holds
                && !holds(seen, policy, decision)
            {
                self.breaks(claim.name);
            }
        }
        // A word is a person's, who is at hand to say it again when IAM's list has caught up.
        let said = seen.facts().served.is_said();
        self.judge(None, refused.filter(|_| !said));
    }

    pub fn judge(&mut self, taken: Option<Taken>, refused: Option<Refusal>) {
        let by_person = |id: &AccessKeyId| self.people.broken.contains(id);
        let moment = Moment {
            served_works: self
                .served
                .as_ref()
                .filter(|id| !by_person(id))
                .map(|id| self.iam.works(id, self.now)),
            taken,
            longest_job: Duration::from_millis(self.setup.longest_job()),
            quarantine: self.setup.policy.retire,
            named_is_served: self.named_is_served(),
            refused,
            person_acted: self.people.any() || self.person_was_here() || self.adopted_over,
            faultless: false,
        };
        for claim in CLAIMS {
            if let Holds::Moment(holds) = claim.holds
                && !self.given_up(claim.name)
                && !holds(&moment)
            {
                self.breaks(claim.name);
            }
        }
    }

    fn breaks(&mut self, name: &'static str) {
        tell!(self, "{}: NOT {name}", self.now);
        self.broken = self.broken.or(Some(name));
    }

    /// What is not promised without a memory: a person's key looks like ours, and nothing keeps the
    /// first two runs of an empty user apart (see the stories). With tags, two first runs may leave the
    /// name of the older key (the walk's row `ledger-two-first`); nothing is taken by that.
    fn given_up(&self, name: &str) -> bool {
        let no_names = matches!(name, "foreign-untouched" | "no-false-refusal");
        let first_names =
            self.setup.memory == Memory::Ledger && self.setup.start == Start::Empty && self.two_began;
        self.first_two()
            || self.setup.memory == Memory::Dates && no_names
            || first_names && name == "ledger-true"
    }

    /// Two runs made the first keys of a user, and no memory keeps them apart.
    pub fn first_two(&self) -> bool {
        self.setup.memory == Memory::Dates && self.setup.start == Start::Empty && self.two_began
    }

    /// Two keys that no run made are a person's doing. And where two runs begin with an empty user,
    /// a person may have to delete a key that nobody uses.
    fn person_was_here(&self) -> bool {
        match self.setup.start {
            Start::Empty => self.two_began,
            Start::UnmetNewerServed | Start::UnmetOlderServed => true,
            Start::Named | Start::NamedWithLast | Start::Unmet => false,
        }
    }

    fn named_is_served(&self) -> Option<bool> {
        let truth = self.slots.truth();
        let silent = truth.written.is_none() || truth.slots.under_way() || self.on_the_way();
        // A run serves LAST again first, and names it then.
        let silent = silent || self.restored.is_some() && self.restored == self.served;
        let applies =
            self.setup.memory != Memory::Dates && !silent && !self.people.any() && !self.adopted_over;
        applies.then(|| truth.slots.current == self.served)
    }

    /// What a bystander says of a key that is about to be taken, by a run that looked at `looked`.
    pub fn taken(&self, id: &AccessKeyId, looked: Time) -> Option<Taken> {
        let key = self.iam.key(id)?;
        let served_until = self.left.iter().find(|(left, _)| left == id).map(|(_, at)| self.now - at);
        // A first use that IAM did not show yet cannot be heeded.
        let used = key.first_used.is_some_and(|at| at + self.setup.lag() < looked);
        Some(Taken {
            id: id.clone(),
            served: self.served.as_ref() == Some(id),
            served_until: served_until.map(Duration::from_millis),
            foreign: key.by_person && (used || !key.in_open),
            leaked: key.leaked,
            off_for: None,
        })
    }
}

/// What the store settled by telling that it was written, or was not, since PENDING was named: where
/// nothing else told that by then.
fn settled(seen: &Observation, policy: &Policy, decision: &Decision) -> Option<&'static str> {
    let facts = seen.facts();
    let pending = seen.key(facts.slots.pending.as_ref()?)?;
    let own = facts.hand.key() == Some(&pending.id);
    let said = facts.hand == Hand::Stored(pending.id.clone());
    let was_used = facts.written.is_some_and(|since| match pending.used {
        Used::Ago(ago) => ago + policy.stray_after < since,
        Used::Never | Used::Unknown => false,
    });
    let on = |effect| *decision == Decision::Perform(effect);
    let (promotes, deletes) =
        (on(Effect::Promote(pending.id.clone())), on(Effect::Delete(pending.id.clone())));
    let young = facts.written.is_some_and(|since| since < policy.stray_after);
    match facts.served {
        Served::Changed if promotes && !own && young => Some("named for a run at work"),
        Served::Changed if promotes && !was_used && !said && own => Some("own arrived"),
        Served::Changed if promotes && !was_used && !said => Some("arrived"),
        Served::Unchanged if deletes && !own => Some("did not arrive"),
        Served::Unchanged | Served::Changed if decision.code() == "maybe-served" && !was_used => {
            Some("asked in vain")
        }
        Served::Unchanged | Served::Changed | Served::Untold | Served::Said(_) | Served::Read(_) => None,
    }
}
