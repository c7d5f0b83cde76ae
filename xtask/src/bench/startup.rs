//! How long it takes to say one's version: what every run pays before it does anything.

use std::path::Path;
use std::time::Duration;

use anyhow::{Result, ensure};

use super::measure;
use super::report::{Bound, Row};
use super::say;
use super::statistics::{Samples, digits};
use super::tools::Tools;

const RUNS: usize = 25;
/// The ancestor's time over ours.
const TIMES: f64 = 20.0;

pub fn rows(tools: &Tools, scratch: &Path) -> Result<Vec<Row>> {
    say(&format!("start-up: {RUNS} times --version of each"));
    let folder = tempfile::tempdir_in(scratch)?;
    let ours = ["iam-credential-rotation", "rotator"];
    let mut times: [Vec<Duration>; 2] = Default::default();
    let mut theirs = Vec::new();
    for turn in 0..=RUNS {
        for (name, times) in ours.iter().zip(&mut times) {
            let took = version(&tools.program(name), folder.path())?;
            // The first fills the caches.
            times.extend((turn > 0).then_some(took));
        }
        if let Ok(ancestor) = &tools.ancestor {
            let took = version(ancestor, folder.path())?;
            theirs.extend((turn > 0).then_some(took));
        }
    }
    let theirs = Samples::of_times(theirs);
    let each = ours.iter().zip(times).filter_map(|(name, times)| {
        let samples = Samples::of_times(times)?;
        Some(row(name, &samples, theirs.as_ref(), &tools.ancestor))
    });
    let told = theirs
        .as_ref()
        .map(|theirs| Row::told("startup-ancestor", "start-up: the ancestor", theirs.in_millis()));
    Ok(told.into_iter().chain(each).collect())
}

fn row(
    name: &str,
    samples: &Samples,
    theirs: Option<&Samples>,
    ancestor: &Result<std::path::PathBuf, String>,
) -> Row {
    let code = format!("startup-{name}");
    let figure = format!("start-up: `{name} --version`");
    let limit = format!("1/{TIMES} of the ancestor's");
    match (theirs, ancestor) {
        (Some(theirs), _) => {
            let times = theirs.median() / samples.median();
            let words = format!("{}, 1/{} of it", samples.in_millis(), digits(times));
            let row = Row::new(&code, figure, words, times, Bound::AtLeast(TIMES));
            Row { to_reach: format!("at most {limit}"), ..row }
        }
        (None, Err(why)) => Row::not_measured(&code, figure, why, &limit),
        (None, Ok(_)) => Row::not_measured(&code, figure, "no run of the ancestor", &limit),
    }
}

fn version(program: &Path, folder: &Path) -> Result<Duration> {
    let run = measure::run(program, &["--version"], &[], folder)?;
    ensure!(run.code == Some(0), "{} --version ended with {:?}: {}", program.display(), run.code, run.stderr);
    Ok(run.took)
}

#[cfg(test)]
mod tests {
    use super::super::report::Met;
    use super::*;

    #[test]
    fn a_twentieth_is_held_against_the_ancestor() {
        let samples = |seconds| Samples::new(vec![seconds]).unwrap();
        let here = Ok("/bin/ancestor".into());
        let row = |ours, theirs: Option<&Samples>| row("rotator", &samples(ours), theirs, &here);
        assert_eq!(row(0.005, Some(&samples(0.3))).met, Met::Yes);
        assert_eq!(row(0.02, Some(&samples(0.3))).met, Met::No);
        assert_eq!(row(0.02, None).met, Met::NotMeasured);
    }
}
