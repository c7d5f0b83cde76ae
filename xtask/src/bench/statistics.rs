//! Medians and ratios of a few runs.

use std::time::Duration;

/// What several runs of one thing came to. There is at least one.
#[derive(Debug, Clone, PartialEq)]
pub struct Samples(Vec<f64>);

impl Samples {
    /// `None` where nothing was measured.
    pub fn new(mut values: Vec<f64>) -> Option<Self> {
        values.sort_by(f64::total_cmp);
        (!values.is_empty()).then_some(Self(values))
    }

    /// In seconds.
    pub fn of_times(times: impl IntoIterator<Item = Duration>) -> Option<Self> {
        Self::new(times.into_iter().map(|time| time.as_secs_f64()).collect())
    }

    /// The middle one; of an even number, the mean of the two in the middle.
    pub fn median(&self) -> f64 {
        let at = |place: usize| self.0.get(place).copied().unwrap_or(f64::NAN);
        let middle = self.0.len() / 2;
        if self.0.len() % 2 == 1 { at(middle) } else { f64::midpoint(at(middle.wrapping_sub(1)), at(middle)) }
    }

    pub fn least(&self) -> f64 {
        self.0.first().copied().unwrap_or(f64::NAN)
    }

    pub fn most(&self) -> f64 {
        self.0.last().copied().unwrap_or(f64::NAN)
    }

    /// Smallest first.
    pub fn all(&self) -> &[f64] {
        &self.0
    }

    /// `0.412 s (0.409 to 0.430)`: median, least, most.
    pub fn in_seconds(&self) -> String {
        format!("{} s ({} to {})", digits(self.median()), digits(self.least()), digits(self.most()))
    }

    /// The same in thousandths.
    pub fn in_millis(&self) -> String {
        let milli = |seconds: f64| digits(seconds * 1_000.0);
        format!("{} ms ({} to {})", milli(self.median()), milli(self.least()), milli(self.most()))
    }
}

/// Three digits that mean something: `0.412`, `3.61`, `58.2`, `271`.
pub fn digits(value: f64) -> String {
    match value.abs() {
        small if small < 1.0 => format!("{value:.3}"),
        units if units < 10.0 => format!("{value:.2}"),
        tens if tens < 100.0 => format!("{value:.1}"),
        _ => format!("{value:.0}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn samples(values: &[f64]) -> Samples {
        Samples::new(values.to_vec()).unwrap()
    }

    #[test]
    fn the_median_is_the_middle_whatever_the_order() {
        let odd = samples(&[3.0, 1.0, 20.0]);
        assert_eq!((odd.median(), odd.least(), odd.most()), (3.0, 1.0, 20.0));
        assert_eq!(samples(&[4.0, 1.0, 2.0, 9.0]).median(), 3.0);
        assert_eq!(samples(&[7.0]).median(), 7.0);
        assert_eq!(Samples::new(Vec::new()), None);
    }

    #[test]
    fn a_figure_has_three_digits_that_mean_something() {
        assert_eq!(
            [0.0123, 0.4567, 4.567, 45.67, 456.7].map(digits),
            ["0.012", "0.457", "4.57", "45.7", "457"]
        );
        assert_eq!(samples(&[0.5, 0.25, 1.25]).in_seconds(), "0.500 s (0.250 to 1.25)");
        assert_eq!(samples(&[0.0034]).in_millis(), "3.40 ms (3.40 to 3.40)");
    }
}
