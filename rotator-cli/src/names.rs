//! Users by their names: globs as a shell has them, `*`, `?` and `[a-z]`.

use glob::{MatchOptions, Pattern};

/// What no name of a user has (IAM user guide, "IAM name requirements"), so that a pattern with it fits nobody.
const NEVER: [char; 3] = ['{', '}', '\\'];

/// Globs of which one must fit.
#[derive(Debug, Default)]
pub struct Names {
    globs: Vec<Pattern>,
    ignore_case: bool,
}

impl Names {
    /// # Errors
    /// A pattern that cannot be understood, in a sentence.
    pub fn new(texts: &[String]) -> Result<Self, String> {
        let globs = texts.iter().map(|text| pattern(text)).collect::<Result<_, _>>()?;
        Ok(Self { globs, ignore_case: false })
    }

    /// The same whatever the case of letters.
    #[must_use]
    pub fn ignoring_case(self) -> Self {
        Self { ignore_case: true, ..self }
    }

    /// Whether there is no glob.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.globs.is_empty()
    }

    /// Whether a glob fits this name, from its beginning to its end.
    #[must_use]
    pub fn have(&self, name: &str) -> bool {
        let options = MatchOptions { case_sensitive: !self.ignore_case, ..MatchOptions::new() };
        self.globs.iter().any(|glob| glob.matches_with(name, options))
    }
}

/// Whether a text is no pattern but a name.
#[must_use]
pub fn is_plain(text: &str) -> bool {
    !text.contains(['*', '?', '['])
}

fn pattern(text: &str) -> Result<Pattern, String> {
    if let Some(never) = text.chars().find(|letter| NEVER.contains(letter)) {
        return Err(format!("`{text}` fits nobody: no user's name has `{never}`; give a glob for each"));
    }
    // `**` is for paths, and a name has none.
    if text.contains("**") {
        return Err(format!("`{text}`: one `*` stands for any letters, and any number of them"));
    }
    Pattern::new(text).map_err(|error| {
        format!("`{text}`: letter {} begins a range as `[a-z]`, without its end", error.pos + 1)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(texts: &[&str]) -> Result<Names, String> {
        Names::new(&texts.iter().map(|&text| text.to_owned()).collect::<Vec<_>>())
    }

    #[test]
    fn stars_question_marks_and_ranges() {
        let names = names(&["ci-*", "deploy-?", "job[0-9]", "x.y+z@w"]).unwrap();
        for name in ["ci-", "ci-a.b", "deploy-1", "job7", "x.y+z@w"] {
            assert!(names.have(name), "{name}");
        }
        for name in ["ci", "my-ci-a", "CI-a", "deploy-12", "jobs", "x.y+z@wa", ""] {
            assert!(!names.have(name), "{name}");
        }
        assert!(names.ignoring_case().have("CI-a"));
        assert!(Names::default().is_empty() && !Names::default().have("a"));
    }

    #[test]
    fn what_could_fit_nobody_is_refused() {
        let said = |text: &str| names(&["ci", text]).unwrap_err();
        assert_eq!(said("ci-{a,b}"), "`ci-{a,b}` fits nobody: no user's name has `{`; give a glob for each");
        assert_eq!(said("a\\*"), "`a\\*` fits nobody: no user's name has `\\`; give a glob for each");
        assert_eq!(said("ci-**"), "`ci-**`: one `*` stands for any letters, and any number of them");
        assert_eq!(said("ci-[a"), "`ci-[a`: letter 4 begins a range as `[a-z]`, without its end");
    }

    #[test]
    fn a_name_is_no_pattern() {
        assert!(is_plain("ci-a.b+c") && !is_plain("ci-*") && !is_plain("c?") && !is_plain("[c]i"));
    }
}
