//! The time axis that all users share, and its ticks. UTC, without a clock.

use std::time::SystemTime;

use time::{Date, Month, OffsetDateTime, Weekday};

use super::super::AuditedUser;
use super::{At, seconds};

const DAY: At = 86_400;
/// Keys that are older than this, where nothing is told but what IAM lists, begin beyond the left edge: else
/// one key of ten years would press everybody's rotations into a stripe.
const REACH: At = 400 * DAY;
/// Where more is told, this far at least.
const NEAR: At = 100 * DAY;

/// From when until when, with round ticks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Axis {
    /// The left edge.
    pub from: At,
    /// The right edge: today, and a little of what is to come.
    pub to: At,
    /// When the account was looked at.
    pub today: At,
    /// Days, Mondays, or first days of months, in order.
    pub ticks: Vec<Tick>,
}

/// A round time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tick {
    /// When.
    pub at: At,
    /// `2026-11`, or `2026-11-23` where ticks are days.
    pub label: String,
    /// How many neighbours apart ticks of this rank are: where there is little room, only high ranks are
    /// shown. 1, 2, 4 or 8.
    pub rank: u32,
}

impl Axis {
    /// The axis on which all that is known of these users has its place, with the due dates that lie near.
    #[must_use]
    pub fn over(users: &[AuditedUser], at: SystemTime) -> Self {
        let today = seconds(at);
        let (mut told, mut made, mut dues) = (today, today, Vec::new());
        for user in users {
            for key in &user.keys {
                made = made.min(seconds(key.created));
                dues.extend(key.due.map(seconds));
            }
            told = told.min(user.history.since.map_or(today, seconds));
            for key in &user.history.keys {
                made = made.min(key.created.map_or(today, seconds));
                let times = key.roles.iter().map(|(at, _)| at).chain(key.statuses.iter().map(|(at, _)| at));
                let times = times.chain(key.uses.iter().map(|(from, _)| from)).chain(key.deleted.as_ref());
                told = times.fold(told, |first, at| first.min(seconds(*at)));
            }
        }
        let reach = if told < today { (today - told).max(NEAR) } else { REACH };
        let from = told.min(made.max(today - reach)).min(today - 2 * DAY);
        let span = today - from;
        // A due date that lies further off is told at the edge.
        let near = dues.into_iter().map(|due| due - today).filter(|left| *left <= span / 2).max();
        let ahead = near.unwrap_or(0).max(0) + span / 25;
        let (from, to) = (from - span / 60, today + ahead);
        Self { from, to, today, ticks: ticks(from, to) }
    }

    /// Where a time is between the edges, in percent; beyond them: at the edge.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "seconds of some centuries")]
    pub fn place(&self, at: At) -> f64 {
        let share = (at - self.from) as f64 / (self.to - self.from).max(1) as f64;
        (share * 100.0).clamp(0.0, 100.0)
    }
}

/// Round times between two, at most about sixteen.
fn ticks(from: At, to: At) -> Vec<Tick> {
    let times = match (to - from) / DAY {
        ..=14 => days(from, to, 1),
        15..=100 => days(from, to, 7),
        101..=500 => months(from, to, 1),
        501..=1_500 => months(from, to, 3),
        1_501..=6_000 => months(from, to, 12),
        _ => months(from, to, 120),
    };
    let of_days = (to - from) / DAY <= 100;
    let tick = |(place, at): (usize, At)| {
        let rank = if place.is_multiple_of(8) { 8 } else { 1 << place.trailing_zeros().min(3) };
        let label = if of_days { date(at) } else { date(at).chars().take(7).collect() };
        Tick { at, label, rank }
    };
    times.into_iter().enumerate().map(tick).collect()
}

/// Midnights, each day or each Monday.
fn days(from: At, to: At, step: At) -> Vec<At> {
    let mut day = from.div_euclid(DAY) * DAY;
    while day < from || (step == 7 && weekday(day) != Some(Weekday::Monday)) {
        day += DAY;
    }
    (0..).map(|n| day + n * step * DAY).take_while(|at| *at <= to).collect()
}

fn weekday(at: At) -> Option<Weekday> {
    OffsetDateTime::from_unix_timestamp(at).ok().map(OffsetDateTime::weekday)
}

/// First days of months: each, of quarters, of years, of decades.
fn months(from: At, to: At, step: i32) -> Vec<At> {
    let Ok(first) = OffsetDateTime::from_unix_timestamp(from) else { return Vec::new() };
    let begun = first.year() * 12 + i32::from(u8::from(first.month())) - 1;
    let begun = begun.div_euclid(step) * step;
    let round = (0..).map_while(|n| first_of(begun + n * step));
    round.skip_while(|at| *at < from).take_while(|at| *at <= to).collect()
}

/// The first day of a month that is counted from the year 0.
fn first_of(month: i32) -> Option<At> {
    let name = u8::try_from(month.rem_euclid(12) + 1).ok().and_then(|number| Month::try_from(number).ok())?;
    let day = Date::from_calendar_date(month.div_euclid(12), name, 1).ok()?;
    Some(day.midnight().assume_utc().unix_timestamp())
}

/// `2026-11-23`, in UTC.
#[must_use]
pub fn date(at: At) -> String {
    match OffsetDateTime::from_unix_timestamp(at) {
        Ok(then) => {
            let then = then.date();
            format!("{:04}-{:02}-{:02}", then.year(), u8::from(then.month()), then.day())
        }
        Err(_) => format!("{at} s after 1970"),
    }
}

/// `2026-11-23 16:05`, in UTC.
#[must_use]
pub fn minute(at: At) -> String {
    let of_day = at.rem_euclid(DAY);
    format!("{} {:02}:{:02}", date(at), of_day / 3_600, of_day / 60 % 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 2026-11-30, 12:00 UTC.
    const NOON: At = 1_796_040_000;

    fn labels(days_before: At, days_after: At) -> Vec<String> {
        let ticks = ticks(NOON - days_before * DAY, NOON + days_after * DAY);
        ticks.into_iter().map(|tick| tick.label).collect()
    }

    #[test]
    fn times_are_read_as_the_calendar_has_them() {
        assert_eq!(minute(NOON), "2026-11-30 12:00");
        assert_eq!((date(0), date(-1)), ("1970-01-01".to_owned(), "1969-12-31".to_owned()));
        assert_eq!(
            (date(951_782_400), date(4_107_542_400)),
            ("2000-02-29".to_owned(), "2100-03-01".to_owned())
        );
        assert_eq!(date(At::MAX), format!("{} s after 1970", At::MAX));
    }

    #[test]
    fn a_few_days_have_a_tick_each() {
        assert_eq!(labels(2, 1), ["2026-11-29", "2026-11-30", "2026-12-01"]);
    }

    #[test]
    fn weeks_begin_on_mondays() {
        assert_eq!(labels(20, 5), ["2026-11-16", "2026-11-23", "2026-11-30"]);
    }

    #[test]
    fn months_quarters_and_years_begin_on_their_first_day() {
        assert_eq!(labels(110, 10), ["2026-09", "2026-10", "2026-11", "2026-12"]);
        assert_eq!(labels(700, 10)[..3], ["2025-01", "2025-04", "2025-07"]);
        assert_eq!(labels(1_800, 0), ["2022-01", "2023-01", "2024-01", "2025-01", "2026-01"]);
        assert_eq!(labels(20_000, 0), ["1980-01", "1990-01", "2000-01", "2010-01", "2020-01"]);
        for tick in ticks(NOON - 2_000 * DAY, NOON) {
            assert!(minute(tick.at).ends_with("-01 00:00"), "{}", minute(tick.at));
        }
    }

    #[test]
    fn there_are_never_many_ticks() {
        for days in 1..8_000 {
            let count = ticks(NOON - days * DAY, NOON).len();
            assert!((1..=17).contains(&count) || !(3..=6_000).contains(&days), "{count} in {days} days");
        }
    }

    #[test]
    fn every_other_tick_can_be_left_out_and_the_rest_are_even() {
        let ranks: Vec<_> = ticks(NOON - 300 * DAY, NOON).into_iter().map(|tick| tick.rank).collect();
        assert_eq!(ranks, [8, 1, 2, 1, 4, 1, 2, 1, 8]);
    }

    #[test]
    fn nothing_known_is_two_days() {
        let at = SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(1_796_040_000);
        let axis = Axis::over(&[], at);
        assert!(axis.from < NOON - 2 * DAY && NOON < axis.to, "{axis:?}");
        assert!(axis.place(NOON) > 90.0);
        assert_eq!((axis.place(At::MIN / 2), axis.place(At::MAX / 2)), (0.0, 100.0));
    }
}
