//! The figures as a table and as JSON. The same code prints the table after a run and into the documents.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use rotator_cli::table::table;
use serde::{Deserialize, Serialize};

use super::statistics::{Samples, digits};
use super::trips::Way;

/// `target/bench.json`, as docs/performance.md describes it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Report {
    /// Of this shape; another shape has another number.
    pub format: u32,
    pub rotator: String,
    pub machine: Machine,
    /// Runs of each tool of which the medians are; a first one was made and thrown away.
    pub runs: usize,
    pub rows: Vec<Row>,
    /// For each tool, the seconds of each run, smallest first.
    pub seconds: BTreeMap<String, Vec<f64>>,
    /// For each tool, the round trips by name.
    pub ways: BTreeMap<String, Named>,
}

/// What the figures depend on, and nothing that tells whose machine it is.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Machine {
    pub cores: usize,
    pub system: String,
    pub rustc: String,
    /// `null`: none here.
    pub python: Option<String>,
}

/// A figure.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Row {
    /// A stable word.
    pub name: String,
    pub figure: String,
    pub measured: String,
    pub to_reach: String,
    pub met: Met,
    /// What is held against `limit`; `null` where nothing was measured.
    pub value: Option<f64>,
    pub limit: Option<f64>,
}

/// Whether a figure is reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Met {
    Yes,
    No,
    /// Nothing was measured, and `measured` says why or how it can be.
    NotMeasured,
    /// Told for its own sake.
    Told,
}

/// Which way a figure has to go.
#[derive(Debug, Clone, Copy)]
pub enum Bound {
    AtLeast(f64),
    AtMost(f64),
    Under(f64),
}

/// Round trips by name.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Named {
    pub run: Vec<String>,
    pub user: Vec<String>,
    /// Fewer than the two together where they are side by side.
    pub all: usize,
}

impl From<&Way> for Named {
    fn from(way: &Way) -> Self {
        Self { run: way.run.0.clone(), user: way.user.0.clone(), all: way.all }
    }
}

impl Row {
    pub fn new(
        name: &str,
        figure: impl Into<String>,
        measured: impl Into<String>,
        value: f64,
        bound: Bound,
    ) -> Self {
        let (met, limit, words) = match bound {
            Bound::AtLeast(limit) => (value >= limit, limit, "at least"),
            Bound::AtMost(limit) => (value <= limit, limit, "at most"),
            Bound::Under(limit) => (value < limit, limit, "under"),
        };
        Self {
            name: name.to_owned(),
            figure: figure.into(),
            measured: measured.into(),
            to_reach: format!("{words} {limit}"),
            met: if met { Met::Yes } else { Met::No },
            value: Some(value),
            limit: Some(limit),
        }
    }

    /// The same with the limit in its unit: `16 MiB`, `1/20 of the ancestor's`.
    pub fn within(self, unit: &str) -> Self {
        Self { to_reach: format!("{}{unit}", self.to_reach), ..self }
    }

    pub fn told(name: &str, figure: impl Into<String>, measured: impl Into<String>) -> Self {
        Self {
            name: name.to_owned(),
            figure: figure.into(),
            measured: measured.into(),
            to_reach: String::new(),
            met: Met::Told,
            value: None,
            limit: None,
        }
    }

    pub fn not_measured(name: &str, figure: impl Into<String>, why: &str, to_reach: &str) -> Self {
        let row = Self::told(name, figure, format!("not measured: {why}"));
        Self { to_reach: to_reach.to_owned(), met: Met::NotMeasured, ..row }
    }
}

impl Met {
    fn words(self) -> &'static str {
        match self {
            Self::Yes => "yes",
            Self::No => "no",
            Self::NotMeasured => "not measured",
            Self::Told => "",
        }
    }
}

impl Report {
    /// Whether no figure that was measured is missed.
    pub fn met(&self) -> bool {
        self.rows.iter().all(|row| row.met != Met::No)
    }

    /// For a terminal.
    pub fn text(&self) -> String {
        let rows = self.rows.iter().map(cells);
        let mut text = table(["FIGURE", "MEASURED", "TO REACH", "MET"], rows) + "\n";
        for (tool, way) in &self.ways {
            let _infallible = write!(text, "\n{tool}: {}\n", way.heading());
            for (number, trip) in way.run.iter().chain(&way.user).enumerate() {
                let _infallible = writeln!(text, "  {:>2}  {trip}", number + 1);
            }
        }
        text
    }

    /// For the documents.
    #[cfg(test)]
    pub fn markdown(&self) -> String {
        let mut text = "| figure | measured | to reach | met |\n| --- | --- | --- | --- |\n".to_owned();
        for row in &self.rows {
            let _infallible = writeln!(text, "| {} |", cells(row).join(" | "));
        }
        text + "\n" + &self.circumstances() + "\n"
    }

    /// For the documents: what there is a goal for.
    #[cfg(test)]
    pub fn markdown_goals(&self) -> String {
        let mut text = "| figure | measured | to reach |\n| --- | --- | --- |\n".to_owned();
        for row in self.rows.iter().filter(|row| row.met != Met::Told) {
            let [figure, measured, to_reach, met] = cells(row);
            let missed = if row.met == Met::Yes { String::new() } else { format!(" ({met})") };
            let _infallible = writeln!(text, "| {figure} | {measured} | {to_reach}{missed} |");
        }
        text + "\n" + &self.circumstances() + "\n"
    }

    /// For the documents: the round trips by name.
    #[cfg(test)]
    pub fn markdown_ways(&self) -> String {
        let mut text = "| trip |".to_owned();
        for (tool, way) in &self.ways {
            let _infallible = write!(text, " {tool}: {} |", way.heading());
        }
        text += "\n| --- |";
        text.extend(self.ways.iter().map(|_| " --- |"));
        let deepest = self.ways.values().map(|way| way.run.len() + way.user.len()).max().unwrap_or_default();
        for place in 0..deepest {
            let _infallible = write!(text, "\n| {} |", place + 1);
            for way in self.ways.values() {
                let trip = way.run.iter().chain(&way.user).nth(place);
                let _infallible = write!(text, " {} |", trip.map_or("", String::as_str));
            }
        }
        text + "\n"
    }

    #[cfg(test)]
    fn circumstances(&self) -> String {
        let Machine { cores, system, rustc, python } = &self.machine;
        let python = python.as_deref().map(|version| format!(", {version}")).unwrap_or_default();
        format!(
            "rotator {}, {cores} cores, {system}, {rustc}{python}; medians of {} runs in turns, the least and the \
             most in brackets.",
            self.rotator, self.runs
        )
    }
}

impl Named {
    fn heading(&self) -> String {
        format!("{} of the run, {} of a user, {} in all", self.run.len(), self.user.len(), self.all)
    }
}

fn cells(row: &Row) -> [String; 4] {
    [row.figure.clone(), row.measured.clone(), row.to_reach.clone(), row.met.words().to_owned()]
}

/// How many times faster, by the medians.
pub fn times_faster(slow: &Samples, fast: &Samples) -> (f64, String) {
    let ratio = slow.median() / fast.median();
    (ratio, format!("{} times", digits(ratio)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(rows: Vec<Row>) -> Report {
        let machine = Machine {
            cores: 2,
            system: "linux, x86_64".to_owned(),
            rustc: "rustc 1.94.1".to_owned(),
            python: None,
        };
        let way = Named {
            run: vec!["GetCallerIdentity".to_owned()],
            user: vec!["ListAccessKeys".to_owned(), "CreateAccessKey".to_owned()],
            all: 3,
        };
        Report {
            format: 1,
            rotator: "0.1.0".to_owned(),
            machine,
            runs: 5,
            rows,
            seconds: BTreeMap::new(),
            ways: BTreeMap::from([("drop-in".to_owned(), way)]),
        }
    }

    #[test]
    fn a_limit_is_met_or_missed_as_its_words_say() {
        let met = |value, bound| Row::new("x", "x", "x", value, bound).met;
        assert_eq!(met(8.0, Bound::AtLeast(8.0)), Met::Yes);
        assert_eq!(met(7.9, Bound::AtLeast(8.0)), Met::No);
        assert_eq!(met(16.0, Bound::AtMost(16.0)), Met::Yes);
        assert_eq!(met(12.0, Bound::Under(12.0)), Met::No);
        // What could not be reckoned is not met.
        assert_eq!(met(f64::NAN, Bound::AtMost(1.0)), Met::No);
    }

    #[test]
    fn one_missed_figure_is_enough() {
        let yes = Row::new("size", "binary", "11.0 MiB", 11.0, Bound::Under(12.0)).within(" MiB");
        let no = Row::new("memory", "memory", "17.0 MiB", 17.0, Bound::AtMost(16.0)).within(" MiB");
        let unknown = Row::not_measured("cold", "build", "ask with --cold-build", "under 6 min");
        assert!(report(vec![yes.clone(), unknown.clone()]).met());
        assert!(!report(vec![yes, no, unknown]).met());
    }

    #[test]
    fn the_tables_show_every_row_and_trip() {
        let row = Row::new("size", "binary", "11.0 MiB", 11.0, Bound::Under(12.0)).within(" MiB");
        let unknown = Row::not_measured("cold", "build", "ask with --cold-build", "under 6 min");
        let report = report(vec![row, unknown]);
        assert_eq!(
            report.text(),
            "FIGURE  MEASURED                             TO REACH      MET\n\
             binary  11.0 MiB                             under 12 MiB  yes\n\
             build   not measured: ask with --cold-build  under 6 min   not measured\n\
             \n\
             drop-in: 1 of the run, 2 of a user, 3 in all\n   \
             1  GetCallerIdentity\n   \
             2  ListAccessKeys\n   \
             3  CreateAccessKey\n"
        );
        assert!(report.markdown().contains("| binary | 11.0 MiB | under 12 MiB | yes |\n"));
        let goals = report.markdown_goals();
        assert!(goals.contains("| binary | 11.0 MiB | under 12 MiB |\n"), "{goals}");
        assert!(goals.contains("| under 6 min (not measured) |\n"), "{goals}");
        assert!(report.markdown_ways().ends_with("| 3 | CreateAccessKey |\n"));
        let read: Report = serde_json::from_str(&serde_json::to_string(&report).unwrap()).unwrap();
        assert_eq!(read.markdown(), report.markdown());
    }
}
