//! Facts that a broken reader brings: nothing is decided on them.

use core::fmt;

/// Facts that cannot all be true.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Contradiction {
    /// CURRENT, LAST and PENDING are three different keys or none.
    OneKeyInTwoSlots,
    /// IAM's list has each id once.
    KeyListedTwice,
    /// A document tells by itself what it serves.
    ToldBesideDocument,
    /// A store that is asked what it serves has a ledger beside it.
    ReadWithoutLedger,
    /// What keeps no names keeps no pair of LAST.
    KeptWithoutMemory,
    /// A word is about keys that were there before this run.
    WordWithKeyInHand,
    /// Slots that were written have a time.
    SlotsWithoutTime,
}

impl fmt::Display for Contradiction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::OneKeyInTwoSlots => "the memory names one key in two slots",
            Self::KeyListedTwice => "IAM's list has one key twice",
            Self::ToldBesideDocument => "the store says by itself which key it serves, so nobody else can",
            Self::KeptWithoutMemory => "where nothing is remembered, no pair is kept",
            Self::ReadWithoutLedger => "a store that is asked what it serves needs a ledger beside it",
            Self::WordWithKeyInHand => "a word cannot be given while a new key is in hand",
            Self::SlotsWithoutTime => "the memory names keys but not when it was written",
        })
    }
}

impl core::error::Error for Contradiction {}
