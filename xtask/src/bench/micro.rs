//! The two figures that criterion measures: one decision, and worlds of the exhaustive check.

use std::path::Path;

use anyhow::{Context, Result};
use serde_json::Value;

use super::report::Row;
use super::say;
use super::statistics::digits;
use crate::cargo;

/// Runs `cargo bench` of the pure crate and reads what criterion wrote down.
pub fn rows(target: &Path) -> Result<Vec<Row>> {
    say("criterion: cargo bench --package rotator");
    cargo::run(&["bench", "--quiet", "--locked", "--package", "rotator"])?;
    let criterion = target.join("criterion");
    let mut rows = Vec::new();
    for (group, unit) in [("decide", "ns"), ("walk", "worlds/s")] {
        for (name, estimate) in estimates(&criterion.join(group), group)? {
            let words = match estimate.elements {
                Some(elements) => format!("{} {unit}", thousands(elements / estimate.nanoseconds * 1e9)),
                None => format!("{} {unit}", digits(estimate.nanoseconds)),
            };
            rows.push(Row::told(&format!("{group}-{name}"), format!("criterion, {group}: {name}"), words));
        }
    }
    Ok(rows)
}

struct Estimate {
    nanoseconds: f64,
    elements: Option<f64>,
}

fn estimates(folder: &Path, group: &str) -> Result<Vec<(String, Estimate)>> {
    let entries = std::fs::read_dir(folder).with_context(|| format!("criterion wrote no `{group}`"))?;
    let mut found = Vec::new();
    for entry in entries {
        let entry = entry?;
        let read = |name: &str| -> Option<Value> {
            let text = std::fs::read_to_string(entry.path().join("new").join(name)).ok()?;
            serde_json::from_str(&text).ok()
        };
        // Beside the benches there may be a folder of the report.
        let Some((estimates, benchmark)) = read("estimates.json").zip(read("benchmark.json")) else {
            continue;
        };
        let nanoseconds = estimates.pointer("/median/point_estimate").and_then(Value::as_f64);
        let name = benchmark.get("function_id").and_then(Value::as_str).map(str::to_owned);
        let elements = benchmark.pointer("/throughput/Elements").and_then(Value::as_f64);
        let (nanoseconds, name) = nanoseconds.zip(name).context("criterion writes another shape")?;
        found.push((name, Estimate { nanoseconds, elements }));
    }
    found.sort_by(|a, b| a.0.cmp(&b.0));
    Ok(found)
}

/// `1 234 567`.
fn thousands(value: f64) -> String {
    let plain = format!("{value:.0}");
    let mut text = String::new();
    for (place, digit) in plain.chars().enumerate() {
        if place > 0 && (plain.len() - place).is_multiple_of(3) {
            text.push(' ');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_criterion_wrote_is_read() {
        let folder = tempfile::tempdir().unwrap();
        let new = folder.path().join("one").join("new");
        std::fs::create_dir_all(&new).unwrap();
        std::fs::create_dir_all(folder.path().join("report")).unwrap();
        std::fs::write(new.join("estimates.json"), r#"{"median":{"point_estimate":500.0}}"#).unwrap();
        let benchmark = r#"{"function_id":"one","throughput":{"Elements":1000}}"#;
        std::fs::write(new.join("benchmark.json"), benchmark).unwrap();
        let found = estimates(folder.path(), "walk").unwrap();
        let (name, estimate) = &found[0];
        assert_eq!((found.len(), name.as_str()), (1, "one"));
        assert_eq!((estimate.nanoseconds, estimate.elements), (500.0, Some(1000.0)));
        assert!(estimates(&folder.path().join("none"), "walk").is_err());
    }

    #[test]
    fn large_numbers_are_grouped() {
        assert_eq!([1.0, 999.4, 1_000.0, 1_234_567.0].map(thousands), ["1", "999", "1 000", "1 234 567"]);
    }
}
