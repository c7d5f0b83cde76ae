//! What a story needs of the place in which it is told: the embedded endpoint, or memory.

use std::time::Duration;

use rotator::{AccessKeyId, Goal, Memory, Policy};
use rotator_cli::drive::{Outcome, Step, World};
use rotator_cli::store::Tells;

use crate::faulty::{Fault, Wire};

/// A kind of store, in the place that has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Store {
    pub name: &'static str,
    pub memory: Memory,
    pub to: To,
    pub settled: Settled,
}

/// Where pairs go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum To {
    SecretsManager,
    /// Beside tags, and it can be asked what it serves.
    ParameterStore,
    /// By a pipeline, from a document.
    File,
    Stdout,
    /// `file:`, its own memory.
    JsonFile,
    /// `file+aws:`, beside tags.
    Profile,
    /// `exec:` with `--exec-served`, beside tags.
    Command,
    /// `vault:`, beside tags.
    OpenBao,
    /// A stand-in for a hosted one, beside tags.
    Hosted(Host),
    /// In memory: a document, and whether it compares before it swaps; what a hand-over leads to; or
    /// what a store beside a ledger tells.
    Memory {
        compare_and_swap: bool,
        tells: Tells,
    },
}

/// Stores that no test may call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Host {
    /// `github:` with one secret. What is sealed in it is not read; it tells when it was written.
    GitHub,
    /// The same with `names=two`.
    GitHubTwo,
    /// `gitlab:` with one variable.
    Gitlab,
    /// The same with `names=two`.
    GitlabTwo,
    /// `kubernetes:`.
    Kubernetes,
}

impl Store {
    /// Beside a ledger, and it tells which key it serves.
    pub fn can_be_asked(&self) -> bool {
        let hosted = matches!(self.to, To::Hosted(Host::Gitlab | Host::GitlabTwo | Host::Kubernetes));
        let beside = self.keeps_last() && self.memory == Memory::Ledger;
        beside || hosted || matches!(self.to, To::Profile | To::Command)
    }

    /// What was delivered counts as stored, and is stored once the process has ended.
    pub fn is_trusted(&self) -> bool {
        self.settled == Settled::Answer && matches!(self.to, To::File | To::Stdout)
    }

    /// It has LAST's pair.
    pub fn keeps_last(&self) -> bool {
        let beside =
            matches!(self.to, To::ParameterStore | To::OpenBao | To::Memory { tells: Tells::Key, .. });
        self.memory == Memory::Document || beside
    }

    /// A pair is stored by two writes, and is torn between them.
    pub fn tears(&self) -> bool {
        matches!(self.to, To::Hosted(Host::GitHubTwo | Host::GitlabTwo))
    }

    /// Whether the effect is a write into the store itself.
    pub fn writes(&self, effect: &str) -> bool {
        match self.memory {
            Memory::Document => ["adopt", "open", "stage", "promote", "rest", "restore"].contains(&effect),
            Memory::Ledger | Memory::Dates => ["publish", "restore"].contains(&effect),
        }
    }

    /// Whether this can go wrong on the way to its commit point. A write into a file of this machine has no
    /// answer that could be lost.
    pub fn can_fail_so(&self, effect: &str, fault: Fault) -> bool {
        let local = matches!(self.to, To::JsonFile | To::Profile) && self.writes(effect);
        !(local && matches!(fault, Fault::ErrorAfter | Fault::AnswerLost))
    }
}

/// What a run is told when it begins.
#[derive(Debug, Clone)]
pub enum Told {
    Nothing,
    /// By somebody who knows: this key is what the store serves.
    Word(AccessKeyId),
    /// By somebody who asks for one key.
    Goal(Goal),
}

impl Told {
    pub fn word(&self) -> Option<&AccessKeyId> {
        match self {
            Self::Word(id) => Some(id),
            Self::Nothing | Self::Goal(_) => None,
        }
    }

    /// As the commands have it: a word begins nothing, and what has leaked is due.
    pub fn policy(&self, plain: &Policy) -> Policy {
        match self {
            Self::Nothing => plain.clone(),
            Self::Word(_) => Policy { max_age: Duration::MAX, ..plain.clone() },
            Self::Goal(goal) => {
                let leaked = matches!(goal, Goal::Revoke(_));
                let max_age = if leaked { Duration::ZERO } else { plain.max_age };
                Policy { max_age, goal: goal.clone(), ..plain.clone() }
            }
        }
    }
}

/// By what it becomes known that a pair was stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Settled {
    /// The store answers; or what was delivered counts as stored, and it is.
    Answer,
    /// The pipeline says so afterwards. Jobs run so rarely that their use tells nothing.
    Word,
    /// Jobs use the new key.
    Use,
}

/// What the pipeline does with a pair that a struck run handed over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Pipeline {
    Stores,
    Drops,
}

/// What a user has before the first run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Start {
    Empty,
    /// One key that jobs use.
    One,
    /// Two keys, of which jobs use the newer.
    Two,
    /// Two keys, both used of late; the newer is served.
    Ambiguous,
}

/// One user, one store, and a bystander who knows everything and judges each moment by `CLAIMS`.
pub trait Place: Wire {
    /// What a process of the program has for itself.
    type Process;
    type Run<'a>: World
    where
        Self: 'a;

    fn store(&self) -> &Store;
    fn policy(&self) -> &Policy;
    /// A process of the program begins. What is behind it does so with what it hands over.
    async fn process(&self, behind: Pipeline) -> Self::Process;
    /// A run begins in this process.
    fn run<'a>(&'a self, process: &'a Self::Process, told: &Told, policy: &Policy) -> Self::Run<'a>;
    /// The bystander sees what a run sees, decides and does.
    fn saw(&self, step: &Step<'_>, policy: &Policy);
    /// The run came to this end; `None`: it was killed.
    fn over(&self, _: Option<&Outcome>) {}
    /// The process is gone, however it ended, and its output is read. What is newly stored.
    fn ended(&self) -> Option<AccessKeyId>;
    fn pass(&self, span: Duration);
    /// A job uses what the store serves.
    fn job(&self);
    fn served(&self) -> Option<AccessKeyId>;
    fn works(&self, id: &AccessKeyId) -> bool;
    /// How often the store began to serve a new key.
    fn rotations(&self) -> usize;
    /// How many calls of jobs failed because their pair was torn.
    fn failed_calls(&self) -> usize {
        0
    }
    /// A person looks what jobs use, and deletes the other key.
    fn person_deletes_what_is_not_served(&self);
    fn tell(&self, line: String);
    /// The first claim that did not hold.
    fn broken(&self) -> Option<String>;
    fn story(&self) -> String;
}
