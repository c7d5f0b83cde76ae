//! The times that rotation keeps, and what they must satisfy together.

use core::fmt;
use core::time::Duration;

use crate::AccessKeyId;

const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(60 * 60);

/// What [`decide`](crate::decide) is told beside the observation.
///
/// ```
/// use core::time::Duration;
/// use rotator::Policy;
///
/// let days = |n: u64| Duration::from_secs(n * 86_400);
/// // Monthly; LAST is switched off after twelve hours, and deleted after a week.
/// let policy = Policy { max_age: days(30), retire: Some(days(7)), ..Policy::default() };
/// assert_eq!(policy.min_age, days(1) / 2);
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Policy {
    /// CURRENT is replaced at this age. Zero: now, since rotation was asked for.
    #[cfg_attr(feature = "serde", serde(rename = "max_age_ms", with = "crate::millis"))]
    pub max_age: Duration,
    /// A key that is no longer served may be in use for so long.
    #[cfg_attr(feature = "serde", serde(rename = "min_age_ms", with = "crate::millis"))]
    pub min_age: Duration,
    /// `None`: LAST works until the next rotation. `Some(quarantine)`: LAST is switched off once it has
    /// rested for `min_age`, and deleted once it has rested for the quarantine.
    #[cfg_attr(feature = "serde", serde(rename = "retire_ms", with = "crate::millis::maybe"))]
    pub retire: Option<Duration>,
    /// No run lasts so long, nor does any request that it made.
    #[cfg_attr(feature = "serde", serde(rename = "stray_after_ms", with = "crate::millis"))]
    pub stray_after: Duration,
    /// IAM's answers may lag by so much.
    #[cfg_attr(feature = "serde", serde(rename = "settle_ms", with = "crate::millis"))]
    pub settle: Duration,
    /// A pair that was handed over without error counts as stored, as long as nothing contradicts it.
    /// Only [`Memory::Dates`](crate::Memory::Dates) asks: elsewhere the memory says what was stored.
    pub trust: bool,
    /// What to do with a user whose memory is empty but who has keys.
    pub adopt: Adopt,
    /// What was asked for.
    pub goal: Goal,
}

/// What somebody asked for. All but the first name the key, so that asking twice does not do it twice.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "kebab-case"))]
pub enum Goal {
    /// That keys are rotated as they are due.
    #[default]
    Rotate,
    /// That this key, LAST, is served again.
    RollBack(AccessKeyId),
    /// That this key, LAST or CURRENT, works again.
    Revive(AccessKeyId),
    /// That this key, which has leaked, stops working as soon as it is not served.
    Revoke(AccessKeyId),
}

/// How a user is read whom no run has met before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "kebab-case"))]
pub enum Adopt {
    /// By creation dates and last use, where they leave no doubt.
    Dates,
    /// Not at all: a person names CURRENT.
    Never,
}

impl Policy {
    /// Whether LAST's rest is long enough for a run to wait for whoever may be taking LAST, and to serve it
    /// again before it has rested.
    #[must_use]
    pub fn can_serve_last_again(&self) -> bool {
        self.stray_after.saturating_mul(2).saturating_add(self.settle) < self.min_age
    }
}

impl Default for Policy {
    /// Twelve hours of rest outlast GitHub's longest hosted job (six hours) twice over.
    fn default() -> Self {
        Self {
            max_age: Duration::ZERO,
            min_age: 12 * HOUR,
            retire: None,
            stray_after: HOUR,
            settle: MINUTE,
            trust: false,
            adopt: Adopt::Dates,
            goal: Goal::Rotate,
        }
    }
}

/// What the driver keeps to, so that the policy's `stray_after` is true.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Limits {
    #[cfg_attr(feature = "serde", serde(rename = "deadline_ms", with = "crate::millis"))]
    deadline: Duration,
    #[cfg_attr(feature = "serde", serde(rename = "request_timeout_ms", with = "crate::millis"))]
    request_timeout: Duration,
}

impl Limits {
    /// How far IAM's and the store's whole-second `Date` headers may be apart from the truth.
    pub const CLOCK_ERROR: Duration = Duration::from_secs(1);

    /// Checks the times against each other. A request may take a quarter of the deadline, and 30 s at
    /// most.
    ///
    /// # Errors
    /// The first [`Conflict`] found: with such times one run could take another's key for a dead one's.
    ///
    /// ```
    /// use core::time::Duration;
    /// use rotator::{Conflict, Limits, Policy};
    ///
    /// let minutes = |n: u64| Duration::from_secs(n * 60);
    /// let limits = Limits::new(minutes(10), &Policy::default())?;
    /// assert_eq!(limits.request_timeout(), Duration::from_secs(30));
    ///
    /// let hasty = Policy { stray_after: minutes(10), ..Policy::default() };
    /// let conflict = Limits::new(minutes(10), &hasty).unwrap_err();
    /// assert!(matches!(conflict, Conflict::RunOutlivesStray { .. }));
    ///
    /// let restless = Policy { min_age: minutes(30), ..Policy::default() };
    /// let conflict = Limits::new(minutes(10), &restless).unwrap_err();
    /// assert_eq!(
    ///     conflict.to_string(),
    ///     "LAST must rest at least as long as a run may be in flight: \
    ///      min-age (30min) is less than stray-after (1h)"
    /// );
    /// # Ok::<(), Conflict>(())
    /// ```
    pub fn new(deadline: Duration, policy: &Policy) -> Result<Self, Conflict> {
        let request_timeout = (deadline / 4).min(Duration::from_secs(30));
        // A reader whom the latest names have not reached sees the key without a name for so much longer.
        let slack = request_timeout.saturating_add(policy.settle).saturating_add(2 * Self::CLOCK_ERROR);
        if deadline.is_zero() {
            return Err(Conflict::NoTime);
        }
        if policy.settle > policy.stray_after {
            return Err(Conflict::SettleOutlivesStray {
                settle: policy.settle,
                stray_after: policy.stray_after,
            });
        }
        if deadline.saturating_add(slack) >= policy.stray_after {
            return Err(Conflict::RunOutlivesStray { deadline, slack, stray_after: policy.stray_after });
        }
        if policy.stray_after > policy.min_age {
            return Err(Conflict::StrayOutlivesRest {
                stray_after: policy.stray_after,
                min_age: policy.min_age,
            });
        }
        if !policy.max_age.is_zero() && policy.max_age <= policy.min_age {
            return Err(Conflict::DueBeforeRested { max_age: policy.max_age, min_age: policy.min_age });
        }
        if matches!(policy.goal, Goal::RollBack(_)) && !policy.can_serve_last_again() {
            let Policy { min_age, stray_after, settle, .. } = *policy;
            return Err(Conflict::NoTimeForLast { min_age, stray_after, settle });
        }
        match policy.retire {
            Some(quarantine) if quarantine <= policy.min_age => {
                Err(Conflict::QuarantineTooShort { quarantine, min_age: policy.min_age })
            }
            Some(_) | None => Ok(Self { deadline, request_timeout }),
        }
    }

    /// No effect begins later than this after the user's rotation began.
    #[must_use]
    pub fn deadline(&self) -> Duration {
        self.deadline
    }

    /// How long one request may take.
    #[must_use]
    pub fn request_timeout(&self) -> Duration {
        self.request_timeout
    }
}

/// Times that do not go together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Conflict {
    /// A deadline of zero.
    NoTime,
    /// `deadline + request timeout + settle + 2 × clock error < stray_after` does not hold.
    RunOutlivesStray {
        /// The deadline asked for.
        deadline: Duration,
        /// Request timeout, lag of answers, and clock error.
        slack: Duration,
        /// When a key is held to be a dead run's.
        stray_after: Duration,
    },
    /// `stray_after <= min_age` does not hold.
    StrayOutlivesRest {
        /// When a key is held to be a dead run's.
        stray_after: Duration,
        /// LAST's rest.
        min_age: Duration,
    },
    /// `settle <= stray_after` does not hold.
    SettleOutlivesStray {
        /// How long answers may lag.
        settle: Duration,
        /// When a key is held to be a dead run's.
        stray_after: Duration,
    },
    /// `min_age < max_age` does not hold.
    DueBeforeRested {
        /// When CURRENT is due.
        max_age: Duration,
        /// LAST's rest.
        min_age: Duration,
    },
    /// `2 × stray_after + settle < min_age` does not hold, and LAST is to be served again.
    NoTimeForLast {
        /// LAST's rest.
        min_age: Duration,
        /// When a key is held to be a dead run's.
        stray_after: Duration,
        /// How long answers may lag.
        settle: Duration,
    },
    /// `min_age < quarantine` does not hold.
    QuarantineTooShort {
        /// How long LAST stays switched off.
        quarantine: Duration,
        /// LAST's rest.
        min_age: Duration,
    },
}

impl fmt::Display for Conflict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::NoTime => f.write_str("a deadline of zero leaves no time for a rotation"),
            Self::RunOutlivesStray { deadline, slack, stray_after } => {
                let [deadline, slack, stray_after] = [deadline, slack, stray_after].map(Span);
                write!(
                    f,
                    "a run could still be at work when its key is taken for a dead run's: the deadline ({deadline}) \
                 and {slack} for its last request, late answers and the clocks must be less than stray-after ({stray_after})"
                )
            }
            Self::StrayOutlivesRest { stray_after, min_age } => {
                let [stray_after, min_age] = [stray_after, min_age].map(Span);
                write!(
                    f,
                    "LAST must rest at least as long as a run may be in flight: \
                 min-age ({min_age}) is less than stray-after ({stray_after})"
                )
            }
            Self::SettleOutlivesStray { settle, stray_after } => {
                let [settle, stray_after] = [settle, stray_after].map(Span);
                write!(
                    f,
                    "answers may not lag longer than a run may be in flight: \
                 settle ({settle}) is more than stray-after ({stray_after})"
                )
            }
            Self::DueBeforeRested { max_age, min_age } => {
                let [max_age, min_age] = [max_age, min_age].map(Span);
                write!(
                    f,
                    "a key would be due before LAST has rested: \
                 rotate-after ({max_age}) must be more than min-age ({min_age})"
                )
            }
            Self::NoTimeForLast { min_age, stray_after, settle } => {
                let [min_age, stray_after, settle] = [min_age, stray_after, settle].map(Span);
                write!(
                    f,
                    "there is no time to serve LAST again: min-age ({min_age}) must be more than twice stray-after \
                 ({stray_after}) and settle ({settle}), so that whoever may be taking LAST has finished"
                )
            }
            Self::QuarantineTooShort { quarantine, min_age } => {
                let [quarantine, min_age] = [quarantine, min_age].map(Span);
                write!(
                    f,
                    "a key that is switched off is kept for longer than it rested before: the quarantine ({quarantine}) must be \
                 more than min-age ({min_age})"
                )
            }
        }
    }
}

impl core::error::Error for Conflict {}

/// `12h`, `10min`, `90s`: as a person would have written it.
struct Span(Duration);

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.0.as_secs(), self.0.subsec_millis()) {
            (seconds, 0) if seconds != 0 && seconds % 86_400 == 0 => write!(f, "{}d", seconds / 86_400),
            (seconds, 0) if seconds != 0 && seconds % 3_600 == 0 => write!(f, "{}h", seconds / 3_600),
            (seconds, 0) if seconds != 0 && seconds % 60 == 0 => write!(f, "{}min", seconds / 60),
            (_, _) => write!(f, "{:?}", self.0),
        }
    }
}
