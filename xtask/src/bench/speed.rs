//! Twenty users, 50 ms a call: the ancestor and ours in turns. The same runs tell of memory and of round trips.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result};

use super::place::{Place, Seen, whose};
use super::report::{Bound, Named, Row, times_faster};
use super::statistics::{Samples, digits};
use super::tools::{Tool, Tools};
use super::trips::{Way, way};
use super::{MIB, say};
use crate::check::flight::runtime;

const USERS: usize = 20;
pub const LATENCY: Duration = Duration::from_millis(50);
/// Times the critical path.
const MOST_OVER_PATH: f64 = 1.3;
const MEMORY_MIB: f64 = 16.0;

/// What all runs of a tool came to.
#[derive(Default)]
pub struct Measured {
    seconds: Vec<f64>,
    peaks: Vec<f64>,
    /// The longest of all runs.
    way: Way,
}

pub struct Speed(BTreeMap<Tool, Measured>);

/// Runs them in turns, so that what the machine does meanwhile befalls all of them; the first turn warms up.
pub fn measure(tools: &Tools, scratch: &Path, runs: usize) -> Result<Speed> {
    let mut measured: BTreeMap<Tool, Measured> = BTreeMap::new();
    for turn in 0..=runs {
        for tool in Tool::ALL {
            if tool == Tool::Ancestor && tools.ancestor.is_err() {
                continue;
            }
            let Seen { run, calls } = once(tool, tools, scratch).with_context(|| format!("turn {turn}"))?;
            let took = run.took.as_secs_f64();
            let kept = if turn == 0 { "to warm up" } else { "kept" };
            say(&format!("speed, turn {turn} of {runs}: {} took {took:.3} s ({kept})", tool.name()));
            if turn == 0 {
                continue;
            }
            let of_tool = measured.entry(tool).or_default();
            of_tool.seconds.push(took);
            of_tool.peaks.push(run.peak as f64 / MIB);
            let way = way(&calls, whose);
            if way.all > of_tool.way.all {
                of_tool.way = way;
            }
        }
    }
    Ok(Speed(measured))
}

fn once(tool: Tool, tools: &Tools, scratch: &Path) -> Result<Seen> {
    let folder = tempfile::tempdir_in(scratch)?;
    runtime()?.block_on(async {
        let place = Place::new(tool, USERS, tools, folder.path()).await?;
        place.play(tool, tools, folder.path(), LATENCY, None, |_| {}).await
    })
}

impl Speed {
    pub fn rows(&self, tools: &Tools) -> Vec<Row> {
        let mut rows = Vec::new();
        let ours = [
            (Tool::DropIn, "the drop-in (dates, trust)", 8.0),
            (Tool::Tags, "`rotator rotate`, tag ledger", 6.0),
            (Tool::Secrets, "`rotator rotate`, Secrets Manager", 6.0),
        ];
        if let Some((_, samples)) = self.of(Tool::Ancestor) {
            let figure = format!("{USERS} users, {} ms a call: the ancestor", LATENCY.as_millis());
            rows.push(Row::told("ancestor", figure, samples.in_seconds()));
        }
        for (tool, title, times) in ours {
            let Some((measured, samples)) = self.of(tool) else { continue };
            let name = tool.name();
            rows.push(Row::told(name, format!("the same: {title}"), samples.in_seconds()));
            let figure = format!("{title}: faster than the ancestor");
            let faster = format!("{name}-times-faster");
            rows.push(match (self.of(Tool::Ancestor), &tools.ancestor) {
                (Some((_, ancestor)), _) => {
                    let (ratio, words) = times_faster(&ancestor, &samples);
                    Row::new(&faster, figure, words, ratio, Bound::AtLeast(times)).within(" times")
                }
                (None, Err(why)) => {
                    Row::not_measured(&faster, figure, why, &format!("at least {times} times"))
                }
                (None, Ok(_)) => Row::not_measured(
                    &faster,
                    figure,
                    "no run of the ancestor",
                    &format!("at least {times} times"),
                ),
            });
            let path = measured.way.all as f64 * LATENCY.as_secs_f64();
            let over = samples.median() / path;
            let words = format!("{} times {} s ({} trips)", digits(over), digits(path), measured.way.all);
            let figure = format!("{title}: time over the critical path");
            let name = format!("{name}-over-critical-path");
            rows.push(match tool {
                // Told, since it is the other two of which it is asked.
                Tool::Ancestor | Tool::DropIn => Row::told(&name, figure, words),
                Tool::Tags | Tool::Secrets => {
                    Row::new(&name, figure, words, over, Bound::AtMost(MOST_OVER_PATH)).within(" times")
                }
            });
        }
        rows.extend(self.trips());
        rows.extend(self.memory());
        rows
    }

    fn trips(&self) -> Vec<Row> {
        let most = [(Tool::DropIn, "dates", 8.0), (Tool::Secrets, "store", 10.0), (Tool::Tags, "tags", 11.0)];
        let row = |(tool, title, most): (Tool, &str, f64)| {
            let way = &self.0.get(&tool)?.way;
            let figure = format!("round trips on one user's critical path: {title}");
            let words = format!("{} (with the run's own: {})", way.user.count(), way.all);
            let name = format!("trips-{title}");
            Some(Row::new(&name, figure, words, way.user.count() as f64, Bound::AtMost(most)))
        };
        most.into_iter().filter_map(row).collect()
    }

    /// The largest of all runs of ours.
    fn memory(&self) -> Option<Row> {
        let ours = self.0.iter().filter(|(tool, _)| **tool != Tool::Ancestor);
        let samples = Samples::new(ours.flat_map(|(_, measured)| measured.peaks.clone()).collect())?;
        let theirs = self.0.get(&Tool::Ancestor).and_then(|measured| Samples::new(measured.peaks.clone()));
        let theirs = theirs.map(|theirs| format!(" (the ancestor: {})", digits(theirs.most())));
        let words = format!("{} MiB{}", digits(samples.most()), theirs.unwrap_or_default());
        let figure = format!("peak memory, {USERS} users, the worst of all runs");
        Some(Row::new("memory-20", figure, words, samples.most(), Bound::AtMost(MEMORY_MIB)).within(" MiB"))
    }

    pub fn seconds(&self) -> BTreeMap<String, Vec<f64>> {
        let each =
            self.0.keys().filter_map(|tool| Some((tool.name().to_owned(), self.of(*tool)?.1.all().to_vec())));
        each.collect()
    }

    pub fn ways(&self) -> BTreeMap<String, Named> {
        // The ancestor's users come one after the other: its way is all of its calls.
        let ours = self.0.iter().filter(|(tool, _)| **tool != Tool::Ancestor);
        ours.map(|(tool, measured)| (tool.name().to_owned(), Named::from(&measured.way))).collect()
    }

    fn of(&self, tool: Tool) -> Option<(&Measured, Samples)> {
        let measured = self.0.get(&tool)?;
        Some((measured, Samples::new(measured.seconds.clone())?))
    }
}

#[cfg(test)]
mod tests {
    use super::super::report::Met;
    use super::super::trips::Trips;
    use super::*;

    fn speed(ancestor: Option<f64>, ours: f64, trips: usize) -> Vec<Row> {
        let way = Way {
            run: Trips(vec!["ListUsers".into()]),
            user: Trips(vec!["X".into(); trips - 1]),
            all: trips,
        };
        let one = |seconds: f64| Measured { seconds: vec![seconds], peaks: vec![10.0], way: way.clone() };
        let mut all: BTreeMap<_, _> =
            [Tool::DropIn, Tool::Tags, Tool::Secrets].into_iter().map(|tool| (tool, one(ours))).collect();
        if let Some(seconds) = ancestor {
            all.insert(Tool::Ancestor, one(seconds));
        }
        let tools = Tools { binaries: "/bin".into(), ancestor: Err("no Python here".to_owned()) };
        Speed(all).rows(&tools)
    }

    fn met(rows: &[Row], name: &str) -> Met {
        rows.iter().find(|row| row.name == name).unwrap().met
    }

    #[test]
    fn ratios_are_held_against_what_is_to_reach() {
        let rows = speed(Some(3.5), 0.5, 10);
        assert_eq!(met(&rows, "drop-in-times-faster"), Met::No);
        assert_eq!(met(&rows, "tags-times-faster"), Met::Yes);
        assert_eq!(met(&rows, "tags-over-critical-path"), Met::Yes);
        assert_eq!(met(&rows, "trips-dates"), Met::No);
        assert_eq!(met(&rows, "trips-store"), Met::Yes);
        assert_eq!(met(&rows, "memory-20"), Met::Yes);
        let rows = speed(Some(3.5), 0.66, 10);
        assert_eq!(met(&rows, "secrets-manager-over-critical-path"), Met::No);
        assert_eq!(met(&rows, "secrets-manager-times-faster"), Met::No);
    }

    #[test]
    fn without_the_ancestor_the_rest_is_measured_all_the_same() {
        let rows = speed(None, 0.5, 10);
        let row = rows.iter().find(|row| row.name == "drop-in-times-faster").unwrap();
        assert_eq!((row.met, row.measured.as_str()), (Met::NotMeasured, "not measured: no Python here"));
        assert_eq!(met(&rows, "tags-over-critical-path"), Met::Yes);
    }
}
