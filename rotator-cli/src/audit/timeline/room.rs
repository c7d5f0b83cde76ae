//! What fits at which width. The page has no script, so each label that may not fit carries a class, and the
//! box around the timeline (a container query) shows it from that width on.

/// The narrowest timeline there is: a telephone of 320 pixels without its margins.
const NARROWEST: f64 = 288.0;

/// The widths from which on labels are shown, as classes `a0`, … (shown from there) and `b0`, … (shown until
/// there). The page's style says the same, which a test compares.
const WIDTHS: [u16; 8] = [340, 400, 480, 560, 660, 780, 920, 1_060];

/// From which width on something of so many pixels fits into so many percent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fits {
    /// At any.
    Always,
    /// From the one of this place in the list on.
    From(usize),
    /// At none.
    Never,
}

impl Fits {
    /// Pixels into percent.
    pub fn new(pixels: f64, percent: f64) -> Self {
        let room = |width: f64| width * percent / 100.0 >= pixels;
        if room(NARROWEST) {
            return Self::Always;
        }
        WIDTHS.iter().position(|width| room(f64::from(*width))).map_or(Self::Never, Self::From)
    }

    /// The class of what is shown from there on; `None`: it is never shown.
    pub fn shown(self) -> Option<String> {
        match self {
            Self::Always => Some(String::new()),
            Self::From(place) => Some(format!(" a{place}")),
            Self::Never => None,
        }
    }

    /// The class of what stands in for it until then; `None`: nothing has to.
    pub fn instead(self) -> Option<String> {
        match self {
            Self::Always => None,
            Self::From(place) => Some(format!(" b{place}")),
            Self::Never => Some(String::new()),
        }
    }
}

/// How wide text is at most, in pixels: 12 pixels high, or bold capitals of 11. Taken from DejaVu Sans, the
/// widest of the fonts that the page may meet.
#[expect(clippy::cast_precision_loss, reason = "labels are short")]
pub fn width(text: &str) -> f64 {
    let capitals = text.chars().filter(char::is_ascii_uppercase).count();
    (text.chars().count() - capitals) as f64 * 7.7 + capitals as f64 * 9.0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::page::STYLE;

    #[test]
    fn the_style_has_each_width() {
        for (place, width) in WIDTHS.iter().enumerate() {
            let rule = format!(
                "@container (min-width: {width}px) {{ .a{place} {{ display: inline; }} .b{place} {{ display: none; }} }}\n"
            );
            assert!(STYLE.contains(&rule), "{rule}");
        }
        assert_eq!(STYLE.matches("@container").count(), WIDTHS.len());
    }

    #[test]
    fn what_is_too_wide_waits_for_room_and_something_stands_in_for_it() {
        assert_eq!(Fits::new(50.0, 20.0), Fits::Always);
        assert_eq!(Fits::new(50.0, 10.0), Fits::From(3));
        assert_eq!(Fits::new(50.0, 1.0), Fits::Never);
        assert_eq!(Fits::From(3).shown().as_deref(), Some(" a3"));
        assert_eq!(Fits::From(3).instead().as_deref(), Some(" b3"));
        assert_eq!((Fits::Never.shown(), Fits::Always.instead()), (None, None));
    }
}
