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
        if let Some(told) = told(seen.facts(), decision) {
            self.hear(told);
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

/// What a store that tells when it was written settled, where nobody else could.
fn told(facts: &Facts, decision: &Decision) -> Option<&'static str> {
    let pending = |id: &AccessKeyId| facts.slots.pending.as_ref() == Some(id);
    match (&facts.served, decision) {
        (Served::Changed, Decision::Perform(Effect::Promote(id)))
            if facts.hand != Hand::Stored(id.clone()) =>
        {
            Some("came to be served")
        }
        (Served::Unchanged, Decision::Perform(Effect::Delete(id))) if pending(id) => Some("was never served"),
        _ => None,
    }
}
