//! Whose keys are judged: by path, by name, by a file, by a tag in it.

use std::fs;

use rotator_cli::conform::conform;
use rotator_cli::conform::select::{Bad, Selection, Wish};
use rotator_cli::trail::Progress;
use serde_json::json;

use crate::trail::{DAY, HOUR, NEW, OLD, THIRD, TIMES, Trail, folder};

/// `ci` on /machines/, whose calls tell the path; `build` of unknown path; `person` on /people/.
fn trail() -> Trail {
    let named = |trail: Trail, name: &str| {
        trail.with(|record| {
            record["requestParameters"]["userName"] = name.into();
            record["responseElements"]["accessKey"]["userName"] = name.into();
        })
    };
    let trail = Trail::new().used(HOUR, OLD).made(DAY, NEW);
    let trail = named(trail.made(DAY, THIRD), "build");
    let trail = trail.user_made(DAY).with(|record| {
        record["requestParameters"] = json!({"userName": "person", "path": "/people/"});
        record["responseElements"] = json!({"user": {"userName": "person", "path": "/people/"}});
    });
    named(trail.made(DAY, "AKIAPERSONPERSON1234"), "person")
}

fn taken(wish: &Wish) -> (Vec<String>, Vec<String>) {
    let folder = folder(&[("trail.json", trail().delivered().into_bytes())]);
    let selection = Selection::new(wish).unwrap_or_else(|bad| panic!("{bad:?}"));
    let report = conform(&[folder.path().to_owned()], &selection, TIMES, &Progress::none()).unwrap();
    let exit = report.exit().code();
    assert!(report.pathless.is_empty() || exit != 0, "a user that was left out is not judged");
    (report.users.into_iter().map(|(user, _)| user.name).collect(), report.pathless)
}

#[test]
fn by_path_and_by_name() {
    let all = ["build", "ci", "person"];
    assert_eq!(taken(&Wish::default()).0, all);
    for path in ["machines", "/machines/", "/machines"] {
        let wish = Wish { path: Some(path.into()), ..Wish::default() };
        assert_eq!(taken(&wish), (vec!["ci".to_owned()], vec!["build".to_owned()]), "{path}");
    }
    let wish =
        |globs: &[&str]| Wish { globs: globs.iter().map(|&glob| glob.into()).collect(), ..Wish::default() };
    assert_eq!(taken(&wish(&["C*", "bui?d"])).0, ["build", "ci"]);
    let both = Wish { path: Some("people".into()), ..wish(&["p*"]) };
    assert_eq!(taken(&both), (vec!["person".to_owned()], Vec::new()));
}

#[test]
fn by_a_file_and_its_tags() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| {
        fs::write(folder.path().join(name), text).unwrap();
        Some(folder.path().join(name))
    };
    let names = write("names.txt", "# ours\nCI\n\nbuild\n");
    let details = json!({"UserDetailList": [
        {"UserName": "ci", "Path": "/machines/", "Tags": [{"Key": "team", "Value": "a"}]},
        {"UserName": "build", "Path": "/machines/", "Tags": [{"Key": "team", "Value": "b"}]},
        {"UserName": "person", "Path": "/people/"},
    ]});
    let details = write("details.json", &details.to_string());
    let wish = |file, tag: Option<&str>| Wish { file, tag: tag.map(str::to_owned), ..Wish::default() };
    assert_eq!(taken(&wish(names.clone(), None)).0, ["build", "ci"]);
    assert_eq!(taken(&wish(details.clone(), None)).0, ["build", "ci", "person"]);
    assert_eq!(taken(&wish(details.clone(), Some("team"))).0, ["build", "ci"]);
    assert_eq!(taken(&wish(details.clone(), Some("Team=b"))).0, ["build"]);
    // The file tells the path that the trail does not.
    let path = Wish { path: Some("machines".into()), ..wish(details, None) };
    assert_eq!(taken(&path), (vec!["build".to_owned(), "ci".to_owned()], Vec::new()));
    let list = write("list.json", r#"{"Users":[{"UserName":"ci","Path":"/machines/"}]}"#);
    for bad in [wish(names, Some("team")), wish(list, Some("team"))] {
        assert!(matches!(Selection::new(&bad), Err(Bad::Usage(_))));
    }
    let bad = wish(write("bad.json", "{\"Users\":[{}]}"), None);
    assert!(matches!(Selection::new(&bad), Err(Bad::File(_))));
}
