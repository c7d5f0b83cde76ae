//! The stories that the built programs are played through, one file for each.

mod a_bad_day;
mod beside_the_ancestor;
mod drop_in;
mod empty_path;
mod for_auditors;
mod journal;
mod keys_0_1_2;
mod nested_path;
mod parameter_store;
mod plan_and_status;
mod refused_input;
mod secrets_manager;
mod smoke;
mod three_rotations;
mod too_many;
mod user_fails_midway;

use anyhow::Result;

use crate::stage::Stage;

pub struct Scenario {
    /// Of its file and of its snapshot.
    pub name: &'static str,
    pub play: fn(&mut Stage) -> Result<()>,
}

/// The length is written out so that a scenario cannot be lost unnoticed. Those that rest longest come
/// first, since several play side by side.
pub const ALL: [Scenario; 16] = [
    Scenario { name: "a_bad_day", play: a_bad_day::play },
    Scenario { name: "parameter_store", play: parameter_store::play },
    Scenario { name: "beside_the_ancestor", play: beside_the_ancestor::play },
    Scenario { name: "keys_0_1_2", play: keys_0_1_2::play },
    Scenario { name: "drop_in", play: drop_in::play },
    Scenario { name: "secrets_manager", play: secrets_manager::play },
    Scenario { name: "three_rotations", play: three_rotations::play },
    Scenario { name: "for_auditors", play: for_auditors::play },
    Scenario { name: "journal", play: journal::play },
    Scenario { name: "plan_and_status", play: plan_and_status::play },
    Scenario { name: "nested_path", play: nested_path::play },
    Scenario { name: "too_many", play: too_many::play },
    Scenario { name: "user_fails_midway", play: user_fails_midway::play },
    Scenario { name: "empty_path", play: empty_path::play },
    Scenario { name: "refused_input", play: refused_input::play },
    Scenario { name: "smoke", play: smoke::play },
];

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;
    use std::fs;
    use std::path::Path;

    #[test]
    fn every_file_is_a_scenario() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/scenarios");
        let files: BTreeSet<String> = fs::read_dir(folder)
            .unwrap()
            .map(|file| file.unwrap().path())
            .map(|file| file.file_stem().unwrap().to_string_lossy().into_owned())
            .filter(|name| name != "mod")
            .collect();
        let names: BTreeSet<String> = ALL.iter().map(|s| s.name.to_string()).collect();
        assert_eq!(names.len(), ALL.len());
        assert_eq!(names, files);
    }
}
