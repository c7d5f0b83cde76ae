//! What cannot be in one file, found before any call.

use super::fault::Fault;
use super::file::Config;
use super::lay::{Laid, options};
use super::read::text;
use super::target::Target;
use crate::names::{Names, is_plain};

/// Two targets of one name, and two that would take the same users.
pub fn in_file(config: &Config) -> Vec<Fault> {
    let mut faults = Vec::new();
    for (at, target) in config.targets.iter().enumerate() {
        let before = || config.targets.iter().take(at);
        if before().any(|other| other.name.value == target.name.value) {
            let said = format!("there are two targets `{}`", target.name.value);
            faults.push(Fault::new(target.name.at.clone(), said));
        } else if let Some(other) = before().find(|other| overlap(config, other, target)) {
            let said =
                format!("`{}` and `{}` would take the same users", other.name.value, target.name.value);
            let place = target.paths.first().map_or(target.at.clone(), |path| path.at.clone());
            faults.push(Fault::new(place, said).help(
                "give them paths that do not overlap, or let one `exclude` what the other has as `include`",
            ));
        }
    }
    faults
}

fn overlap(config: &Config, a: &Target, b: &Target) -> bool {
    let value = |target: &Target, key: &str| {
        let all = options(config, target);
        all.into_iter().find(|entry| entry.key.value == key).and_then(text).map(str::to_owned)
    };
    let same = |key: &str| value(a, key) == value(b, key);
    let account = |target: &Target| target.role.as_ref().and_then(|role| role.account()).map(str::to_owned);
    let one_account = match (account(a), account(b)) {
        (Some(a), Some(b)) => a == b,
        (None, None) => same("profile"),
        // Whose account a profile's is, is not known before a call.
        (Some(_), None) | (None, Some(_)) => false,
    };
    if !one_account || !same("endpoint-url") {
        return false;
    }
    let below = |target: &Target| value(target, "recursive").as_deref() == Some("true");
    let meets = |upper: &Target, lower: &Target| {
        upper.paths.iter().any(|path| {
            let fits = |other: &str| other == path.value || (below(upper) && other.starts_with(&path.value));
            lower.paths.iter().any(|other| fits(&other.value))
        })
    };
    (meets(a, b) || meets(b, a)) && !apart(a, b) && !apart(b, a)
}

/// Whether the names that `a` includes are surely none of `b`'s.
fn apart(a: &Target, b: &Target) -> bool {
    let excluded = |glob: &String| b.exclude.contains(glob);
    let taken = |name: &String| {
        let fits = |globs: &[String]| Names::new(globs).is_ok_and(|names| names.have(name));
        (b.include.is_empty() || fits(&b.include)) && !fits(&b.exclude)
    };
    !a.include.is_empty() && a.include.iter().all(|glob| excluded(glob) || (is_plain(glob) && !taken(glob)))
}

/// Pairs of several targets that would go to one place.
pub fn on_stdout(laid: &[(&Target, Laid)]) -> Vec<Fault> {
    let mut faults = Vec::new();
    let to_us = laid.iter().filter(|(_, laid)| laid.settings.store.is_none()).collect::<Vec<_>>();
    if laid.len() < 2 {
        return faults;
    }
    for (at, (target, one)) in to_us.iter().enumerate() {
        if one.assignment.args.dry_run {
            continue;
        }
        match &one.assignment.args.store.outfile {
            None => {
                let said = format!(
                    "target `{}` has no place for its pairs, and stdout is not for several targets",
                    target.name.value
                );
                faults.push(
                    Fault::new(target.at.clone(), said)
                        .help("give it a `store` or an `outfile`, or rotate it alone: --target NAME"),
                );
            }
            Some(file) => {
                let before = to_us.iter().take(at);
                let mut same =
                    before.filter(|(_, other)| other.assignment.args.store.outfile.as_ref() == Some(file));
                if let Some((other, _)) = same.next_back() {
                    let said = format!(
                        "targets `{}` and `{}` hand their pairs over in one document, {}",
                        other.name.value,
                        target.name.value,
                        file.display()
                    );
                    faults
                        .push(Fault::new(target.at.clone(), said).help("give each an `outfile` of its own"));
                }
            }
        }
    }
    faults
}
