//! A story, told as what runs decide and what becomes of it. The claims are judged at every moment.

use core::time::Duration;

use rotator::{Decision, Memory, Policy};

use super::{Blur, Fate, Setup, Start, World, millis};

/// A world with the default times: what is asked for is due, rest 12 h, stray after 1 h. Runs look each time, so
/// that a story can say what happens before a look.
pub fn story(memory: Memory, start: Start) -> World {
    let setup = Setup::of(memory, start, Policy::default(), 10 * super::MINUTE);
    World::new(Setup { spares_looks: false, ..setup })
}

pub trait Tell {
    fn does(&mut self, who: usize, effects: &str);
    fn does_with(&mut self, who: usize, effect: &str, fate: Fate);
    fn decides(&mut self, who: usize, effect: &str);
    fn says(&mut self, who: usize, word: &str);
    fn says_blurred(&mut self, who: usize, word: &str, blur: Blur);
    fn after(&mut self, span: Duration);
    fn holds(&self);
}

impl Tell for World {
    /// The run decides on these effects, one after the other, and they take hold.
    fn does(&mut self, who: usize, effects: &str) {
        for effect in effects.split_whitespace() {
            self.does_with(who, effect, Fate::Good);
        }
    }

    /// The run decides on this effect, and this becomes of it.
    fn does_with(&mut self, who: usize, effect: &str, fate: Fate) {
        self.decides(who, effect);
        self.call(who, fate, Blur::default());
        self.pass(100);
        self.holds();
    }

    /// The run decides on this effect, and does not perform it yet.
    fn decides(&mut self, who: usize, effect: &str) {
        self.call(who, Fate::Good, Blur::default());
        let decided = self.decision.as_ref().map(Decision::code);
        assert_eq!(decided, Some(effect), "\n{}", self.story.join("\n"));
    }

    /// The run waits, refuses or is done with this word, and ends.
    fn says(&mut self, who: usize, word: &str) {
        self.says_blurred(who, word, Blur::default());
    }

    fn says_blurred(&mut self, who: usize, word: &str, blur: Blur) {
        self.call(who, Fate::Good, blur);
        let said = self.decision.as_ref().map(Decision::code);
        assert_eq!(said, Some(word), "\n{}", self.story.join("\n"));
        self.runs[who] = None;
        self.holds();
    }

    fn after(&mut self, span: Duration) {
        self.pass(millis(span));
        self.holds();
    }

    fn holds(&self) {
        assert_eq!(self.broken, None, "\n{}", self.story.join("\n"));
    }
}
