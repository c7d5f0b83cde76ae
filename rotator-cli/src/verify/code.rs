//! What can be wrong with a journal, in one table.

/// What does not hold. The words are stable.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Code {
    /// `not-a-journal`
    NotAJournal,
    /// `unknown-version`
    UnknownVersion,
    /// `line-too-long`
    LineTooLong,
    /// `edited`
    Edited,
    /// `missing`
    Missing,
    /// `duplicated`
    Duplicated,
    /// `reordered`
    Reordered,
    /// `foreign`
    Foreign,
    /// `truncated`
    Truncated,
    /// `no-beginning`
    NoBeginning,
    /// `after-the-end`
    AfterTheEnd,
    /// `no-end`
    NoEnd,
    /// `limits`
    Limits,
    /// `contradiction`
    Contradiction,
    /// `carried`
    Carried,
    /// `wrong-decision`
    WrongDecision,
    /// `undecided-effect`
    UndecidedEffect,
    /// `unreported-effect`
    UnreportedEffect,
    /// `wrong-outcome`
    WrongOutcome,
    /// `wrong-exit`
    WrongExit,
    /// `claim`
    Claim,
}

impl Code {
    /// All of them: first those of the file, then those of the chain, then those of what the lines tell.
    pub const ALL: [Self; 21] = [
        Self::NotAJournal,
        Self::UnknownVersion,
        Self::LineTooLong,
        Self::Edited,
        Self::Missing,
        Self::Duplicated,
        Self::Reordered,
        Self::Foreign,
        Self::Truncated,
        Self::NoBeginning,
        Self::AfterTheEnd,
        Self::NoEnd,
        Self::Limits,
        Self::Contradiction,
        Self::Carried,
        Self::WrongDecision,
        Self::UndecidedEffect,
        Self::UnreportedEffect,
        Self::WrongOutcome,
        Self::WrongExit,
        Self::Claim,
    ];

    /// The stable word.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::NotAJournal => "not-a-journal",
            Self::UnknownVersion => "unknown-version",
            Self::LineTooLong => "line-too-long",
            Self::Edited => "edited",
            Self::Missing => "missing",
            Self::Duplicated => "duplicated",
            Self::Reordered => "reordered",
            Self::Foreign => "foreign",
            Self::Truncated => "truncated",
            Self::NoBeginning => "no-beginning",
            Self::AfterTheEnd => "after-the-end",
            Self::NoEnd => "no-end",
            Self::Limits => "limits",
            Self::Contradiction => "contradiction",
            Self::Carried => "carried",
            Self::WrongDecision => "wrong-decision",
            Self::UndecidedEffect => "undecided-effect",
            Self::UnreportedEffect => "unreported-effect",
            Self::WrongOutcome => "wrong-outcome",
            Self::WrongExit => "wrong-exit",
            Self::Claim => "claim",
        }
    }

    /// What it means.
    #[must_use]
    pub fn meaning(self) -> &'static str {
        match self {
            Self::NotAJournal => "no line of the file is a journal's, or it has none",
            Self::UnknownVersion => "the journal is of a version that this program does not read",
            Self::LineTooLong => "a line is longer than any that the program writes",
            Self::Edited => {
                "a line is not as it was written: its sum, or the hash in the line after it, tells"
            }
            Self::Missing => "lines are missing between two others",
            Self::Duplicated => "a line is there twice",
            Self::Reordered => "a line stands after one that was written later",
            Self::Foreign => "a line is of another journal, or of no journal",
            Self::Truncated => {
                "the journal begins in the middle, ends in the middle of a line that no run can have been writing, or \
                 does not reach the line that was kept (`--head`)"
            }
            Self::NoBeginning => "a run has no first line, so that nobody knows by which policy it decided",
            Self::AfterTheEnd => "a user or a run goes on after its end",
            Self::NoEnd => "a run was closed, and a user in it has no end",
            Self::Limits => {
                "the policy's times do not go together, or the limits are not those of the policy"
            }
            Self::Contradiction => "an observation contradicts itself",
            Self::Carried => {
                "an observation shows in the run's hand what its effects cannot have put there; or a look was spared, \
                 and the observation is not the one before with what came of the effect since"
            }
            Self::WrongDecision => "the observation and the policy lead to another decision",
            Self::UndecidedEffect => "an effect was not decided, or another one was",
            Self::UnreportedEffect => {
                "an effect was decided, and the next line of its user does not tell what became of it"
            }
            Self::WrongOutcome => "a user's outcome is none to which the last steps lead",
            Self::WrongExit => "the exit code is 0 although a user was refused, has to wait or failed",
            Self::Claim => "a claim does not hold",
        }
    }

    /// What a person does next.
    #[must_use]
    pub fn next_step(self) -> &'static str {
        match self {
            Self::NotAJournal => "name a file that `--journal` wrote",
            Self::UnknownVersion => "verify it with the version of rotator that wrote it",
            Self::LineTooLong
            | Self::Edited
            | Self::Missing
            | Self::Duplicated
            | Self::Reordered
            | Self::Foreign
            | Self::Truncated => {
                "compare it with a copy that only others can write, and ask who could write this file; CloudTrail has \
                 the calls themselves (`rotator conform`)"
            }
            Self::NoBeginning
            | Self::AfterTheEnd
            | Self::NoEnd
            | Self::UndecidedEffect
            | Self::UnreportedEffect => {
                "take the lines of this run for forged until CloudTrail shows the same calls (`rotator conform`)"
            }
            Self::Limits
            | Self::Contradiction
            | Self::Carried
            | Self::WrongDecision
            | Self::WrongOutcome
            | Self::WrongExit => {
                "see which program wrote this run (`version` in its first line): either the line is forged, or that is \
                 not the program that was approved"
            }
            Self::Claim => {
                "see what became of the user's jobs, and report it: either a line is forged, or this is a fault of rotator's"
            }
        }
    }

    /// Whether several in a row are one.
    pub(super) fn is_of_lines(self) -> bool {
        match self {
            Self::Edited | Self::Duplicated | Self::Reordered | Self::Foreign => true,
            Self::NotAJournal
            | Self::UnknownVersion
            | Self::LineTooLong
            | Self::Missing
            | Self::Truncated
            | Self::NoBeginning
            | Self::AfterTheEnd
            | Self::NoEnd
            | Self::Limits
            | Self::Contradiction
            | Self::Carried
            | Self::WrongDecision
            | Self::UndecidedEffect
            | Self::UnreportedEffect
            | Self::WrongOutcome
            | Self::WrongExit
            | Self::Claim => false,
        }
    }

    /// The table for the documents.
    #[must_use]
    pub fn table() -> String {
        let rows = Self::ALL
            .map(|code| format!("| `{}` | {} | {} |\n", code.word(), code.meaning(), code.next_step()));
        format!("| code | meaning | next step |\n| --- | --- | --- |\n{}", rows.concat())
    }
}
