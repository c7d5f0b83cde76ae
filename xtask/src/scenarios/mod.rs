//! The stories that the built programs are played through, one file for each.

mod smoke;

use anyhow::Result;

use crate::stage::Stage;

pub struct Scenario {
    /// Of its file and of its snapshot.
    pub name: &'static str,
    pub play: fn(&mut Stage) -> Result<()>,
}

/// The length is written out so that a scenario cannot be lost unnoticed.
pub const ALL: [Scenario; 1] = [Scenario { name: "smoke", play: smoke::play }];

// To come, with the command line:
// - first_rotation: a user with no key gets CURRENT
// - second_rotation: CURRENT becomes LAST, and LAST still works
// - two_keys_already: a user at the quota, nothing named by the store
// - killed_and_resumed: each commit point, then a clean run
// - stray: a key that the store does not name is refused, adopted, confirmed
// - fleet: users on a path, one of them denied
// - plan_changes_nothing: `plan` and `status` leave IAM as it was
// - ancestor: `iam-credential-rotation` on stdout, with `-o`, with no user on the path

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
