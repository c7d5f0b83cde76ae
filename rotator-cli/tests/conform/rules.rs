//! Each rule broken, held, and not to be judged.

use rotator_cli::conform::conform;
use rotator_cli::conform::judge::Times;
use rotator_cli::conform::judge::Verdict::{self, Broken, Held, Unjudged};
use rotator_cli::conform::rules::RULES;
use rotator_cli::conform::select::Selection;
use rotator_cli::trail::Progress;

use crate::trail::{DAY, HOUR, MINUTE, NEW, OLD, THIRD, TIMES, Trail, folder};

#[test]
fn the_rules_are_pinned() {
    let ids = RULES.map(|rule| rule.id);
    assert_eq!(
        ids,
        [
            "never-takes-served",
            "current-works",
            "last-works",
            "off-before-gone",
            "too-many-keys",
            "rotated-in-time",
            "off-and-left",
            "by-hand"
        ]
    );
    for rule in RULES.iter().filter(|rule| rule.claim) {
        assert!(rotator::CLAIMS.iter().any(|claim| claim.name == rule.id), "{} is no claim", rule.id);
    }
}

/// A user whose rotation goes as it should: jobs go over to the new key, LAST rests and is deleted.
fn good() -> Trail {
    Trail::of_user()
        .made(MINUTE, OLD)
        .busy(HOUR, 40 * DAY, 6 * HOUR, OLD)
        .made(40 * DAY + MINUTE, NEW)
        .busy(40 * DAY + HOUR, 80 * DAY, 6 * HOUR, NEW)
        .gone(80 * DAY, OLD)
        .other(81 * DAY)
}

/// The main fault: the new pair never reached the store, and the next run deletes what it serves.
fn killed() -> Trail {
    Trail::of_user()
        .made(MINUTE, OLD)
        .busy(HOUR, 42 * DAY, 6 * HOUR, OLD)
        .made(40 * DAY + MINUTE, NEW)
        .gone(42 * DAY, OLD)
        .made(42 * DAY + 1, THIRD)
        .other(44 * DAY)
}

#[test]
fn a_good_rotation_is_held_by_every_rule() {
    assert_eq!(good().verdicts(), RULES.map(|rule| (rule.id, Held)));
}

#[test]
fn the_killing_is_one_finding_of_one_rule() {
    let broken: Vec<_> = killed().verdicts().into_iter().filter(|(_, verdict)| *verdict != Held).collect();
    assert_eq!(broken, [("never-takes-served", Broken)]);
    let said = "AKIAOLDOLDOLDOLDOLD1 was in use until 5h before it was deleted, and AKIANEWNEWNEWNEWNEW2 (made \
                2026-02-10T00:01:00Z) had never been used by then";
    assert_eq!(killed().says("never-takes-served"), [said]);
}

/// What a rule says, in one story for each verdict.
#[track_caller]
fn all(rule: &str, stories: &[(&str, Verdict, Trail)]) {
    let mut seen = Vec::new();
    for (story, verdict, trail) in stories {
        assert_eq!(trail.verdict(rule), *verdict, "{rule}, {story}: {:?}", trail.says(rule));
        seen.push(*verdict);
    }
    for verdict in [Broken, Held, Unjudged] {
        assert!(seen.contains(&verdict), "no story of {rule} is {}", verdict.name());
    }
}

#[test]
fn never_takes_served() {
    let base = || Trail::of_user().made(MINUTE, OLD).busy(HOUR, 40 * DAY, 6 * HOUR, OLD);
    let rotated = || base().made(40 * DAY, NEW);
    let elsewhere = || {
        let agent = |api: &str| format!("aws-sdk-rust/1.3 api/{api}/1.1 os/linux app/rotator-0.1.0");
        let trail = base().agent(&agent("iam")).made(40 * DAY, NEW);
        let trail = trail.asked_who(40 * DAY + 5, NEW, "203.0.113.99", &agent("sts"));
        trail.gone(40 * DAY + HOUR, OLD)
    };
    let proof = |trail: Trail, at| trail.asked_who(at, NEW, "203.0.113.10", "Boto3/1.34.0");
    all(
        "never-takes-served",
        &[
            ("killed", Broken, killed()),
            ("switched off instead", Broken, rotated().off(40 * DAY + HOUR, OLD)),
            ("at once", Broken, rotated().gone(40 * DAY, OLD)),
            ("only proved", Broken, proof(rotated(), 40 * DAY + 5).gone(40 * DAY + HOUR, OLD)),
            ("only proved, over another way out", Broken, elsewhere()),
            ("its only key", Broken, base().gone(40 * DAY + HOUR, OLD).other(50 * DAY)),
            (
                "CURRENT taken, LAST idle",
                Broken,
                rotated()
                    .used(40 * DAY + HOUR, NEW)
                    .busy(41 * DAY, 50 * DAY, 6 * HOUR, NEW)
                    .gone(50 * DAY, NEW),
            ),
            ("held in the new key", Held, good()),
            (
                "a job uses the new key",
                Held,
                rotated().used(40 * DAY + HOUR, NEW).gone(40 * DAY + 2 * HOUR, OLD),
            ),
            (
                "a job asks who it is, from elsewhere",
                Held,
                rotated().asked_who(40 * DAY + 5, NEW, "198.51.100.20", "job/1.0").gone(40 * DAY + HOUR, OLD),
            ),
            ("asked who it is an hour later", Held, proof(rotated(), 41 * DAY).gone(41 * DAY + 1, OLD)),
            ("not in use", Held, rotated().gone(42 * DAY, OLD)),
            ("with the user", Held, base().gone(40 * DAY + HOUR, OLD).user_gone(40 * DAY + 2 * HOUR)),
            (
                "served again",
                Held,
                rotated()
                    .busy(40 * DAY, 41 * DAY, HOUR, NEW)
                    .used(41 * DAY + HOUR, OLD)
                    .gone(41 * DAY + 2 * HOUR, NEW),
            ),
            ("no use", Unjudged, Trail::of_user().made(MINUTE, OLD).made(40 * DAY, NEW).gone(42 * DAY, OLD)),
            (
                "only the tool's own calls",
                Unjudged,
                proof(Trail::of_user().made(MINUTE, OLD).made(40 * DAY, NEW), 40 * DAY + 5)
                    .gone(42 * DAY, OLD),
            ),
            (
                "both in use",
                Unjudged,
                rotated()
                    .busy(40 * DAY, 41 * DAY, HOUR, NEW)
                    .used(40 * DAY + 20 * HOUR, OLD)
                    .gone(41 * DAY, NEW),
            ),
            (
                "the trail begins too late",
                Unjudged,
                Trail::new().made(HOUR, NEW).used(2 * HOUR, NEW).gone(3 * HOUR, OLD),
            ),
            (
                "the other key is older than the trail",
                Unjudged,
                Trail::new().busy(HOUR, 10 * DAY, 6 * HOUR, OLD).off(10 * DAY, OLD).gone(20 * DAY, THIRD),
            ),
            (
                "another key may be there",
                Unjudged,
                Trail::new().busy(HOUR, 2 * DAY, HOUR, OLD).gone(2 * DAY, OLD),
            ),
        ],
    );
}

#[test]
fn last_works() {
    let base = || Trail::of_user().made(MINUTE, OLD).busy(HOUR, 40 * DAY, 6 * HOUR, OLD).made(40 * DAY, NEW);
    all(
        "last-works",
        &[
            ("too soon", Broken, base().used(40 * DAY + HOUR, NEW).gone(40 * DAY + 2 * HOUR, OLD)),
            ("still used", Broken, base().used(41 * DAY, NEW).used(41 * DAY, OLD).off(41 * DAY + HOUR, OLD)),
            (
                "without use",
                Broken,
                Trail::of_user().made(MINUTE, OLD).made(40 * DAY, NEW).gone(40 * DAY + HOUR, OLD),
            ),
            ("rested", Held, good()),
            (
                "rested, without use",
                Held,
                Trail::of_user().made(MINUTE, OLD).made(40 * DAY, NEW).gone(41 * DAY, OLD),
            ),
            (
                "never used",
                Held,
                base()
                    .used(40 * DAY + HOUR, NEW)
                    .gone(50 * DAY, OLD)
                    .made(60 * DAY, THIRD)
                    .gone(60 * DAY + HOUR, THIRD),
            ),
            ("no LAST, but CURRENT", Held, killed()),
            (
                "perhaps never used",
                Unjudged,
                Trail::new().made(DAY, NEW).used(DAY + HOUR, NEW).gone(DAY + 2 * HOUR, OLD),
            ),
        ],
    );
}

#[test]
fn current_works() {
    let base = || Trail::of_user().made(MINUTE, OLD);
    all(
        "current-works",
        &[
            ("deleted, then made", Broken, base().gone(DAY, OLD).made(DAY + 30, NEW).other(9 * DAY)),
            ("deleted for good", Broken, base().gone(DAY, OLD).other(9 * DAY)),
            (
                "both off",
                Broken,
                base().made(2 * MINUTE, NEW).off(DAY, OLD).off(DAY + 1, NEW).on(2 * DAY, NEW),
            ),
            ("within one second", Held, base().gone(DAY, OLD).made(DAY, NEW)),
            ("with the user", Held, base().gone(DAY, OLD).user_gone(DAY + HOUR).other(9 * DAY)),
            ("made before", Held, base().made(DAY, NEW).gone(DAY + 1, OLD).other(9 * DAY)),
            ("off and on again within one second", Held, base().off(DAY, OLD).on(DAY, OLD)),
            ("unknown keys", Unjudged, Trail::new().gone(DAY, OLD).other(9 * DAY)),
            ("the trail ends", Unjudged, base().gone(DAY, OLD).other(DAY + HOUR)),
        ],
    );
    // IAM allows no third, so two at once are all.
    let two = Trail::new().used(1, OLD).made(DAY, NEW).gone(2 * DAY, OLD).gone(3 * DAY, NEW).other(9 * DAY);
    assert_eq!(two.verdict("current-works"), Broken);
    let hidden = Trail::new().gone(DAY, OLD).used(2 * DAY, NEW).other(9 * DAY);
    assert_eq!(hidden.verdict("current-works"), Held, "a key from before the trail was there");
}

#[test]
fn too_many_keys() {
    let three = || Trail::of_user().made(1, OLD).made(HOUR, NEW).made(2 * HOUR, THIRD);
    all(
        "too-many-keys",
        &[
            ("all are used", Broken, three().used(3 * HOUR, OLD).used(3 * HOUR, NEW)),
            ("all are deleted later", Broken, three().gone(3 * HOUR, OLD).gone(3 * HOUR, NEW)),
            ("two", Held, good()),
            (
                "within one second",
                Held,
                Trail::of_user().made(1, OLD).made(2, NEW).made(DAY, THIRD).gone(DAY, OLD),
            ),
            ("a deletion is missing", Unjudged, three().used(3 * HOUR, NEW)),
            ("a deleted key lingers", Unjudged, three().used(2 * HOUR + 30, OLD).used(3 * HOUR, NEW)),
        ],
    );
}

#[test]
fn rotated_in_time() {
    let old = || Trail::of_user().made(MINUTE, OLD);
    all(
        "rotated-in-time",
        &[
            ("at the trail's end", Broken, old().other(91 * DAY)),
            ("when it was deleted", Broken, old().made(30 * DAY, NEW).gone(91 * DAY, OLD)),
            (
                "older than the trail",
                Broken,
                Trail::new().used(HOUR, OLD).used(92 * DAY, OLD).made(92 * DAY, NEW),
            ),
            ("in time", Held, good()),
            ("off in time", Held, old().made(30 * DAY, NEW).off(40 * DAY, OLD).gone(95 * DAY, OLD)),
            (
                "older than the trail, which is short",
                Unjudged,
                Trail::new().used(HOUR, OLD).made(2 * DAY, NEW),
            ),
            ("an unknown key may be there", Unjudged, Trail::new().made(DAY, NEW)),
        ],
    );
}

#[test]
fn off_before_gone() {
    let off =
        || Trail::of_user().made(1, OLD).used(HOUR, OLD).made(DAY, NEW).used(DAY, NEW).off(10 * DAY, OLD);
    all(
        "off-before-gone",
        &[
            ("too soon", Broken, off().gone(11 * DAY, OLD)),
            ("after the quarantine", Held, off().gone(17 * DAY, OLD)),
            ("on again in between", Held, off().on(11 * DAY, OLD).gone(12 * DAY, OLD)),
            ("never used", Held, off().made(20 * DAY, THIRD).off(21 * DAY, THIRD).gone(22 * DAY, THIRD)),
            ("with the user", Held, off().gone(11 * DAY, OLD).gone(11 * DAY, NEW).user_gone(11 * DAY + 1)),
            ("nothing is off", Held, good()),
            ("perhaps off before the trail", Unjudged, Trail::new().made(HOUR, NEW).gone(DAY, OLD)),
            ("not off in a trail that is long enough", Held, Trail::new().made(HOUR, NEW).gone(8 * DAY, OLD)),
        ],
    );
}

/// A key that is switched off may be deleted the next day by whoever has promised nothing else.
#[test]
fn a_quarantine_is_asked_for_only_where_one_was_promised() {
    let soon = Trail::of_user().made(1, OLD).used(HOUR, OLD).off(10 * DAY, OLD).gone(11 * DAY, OLD);
    let folder = folder(&[("trail.json", soon.delivered().into_bytes())]);
    let asked = |quarantine| {
        let times = Times { quarantine, ..TIMES };
        let report =
            conform(&[folder.path().to_owned()], &Selection::default(), times, &Progress::none()).unwrap();
        report.users[0]
            .1
            .iter()
            .filter(|one| one.rule.id == "off-before-gone")
            .map(|one| one.verdict)
            .collect()
    };
    let none: Vec<Verdict> = asked(None);
    assert_eq!((none, asked(Some(DAY)), asked(Some(DAY + 1))), (vec![], vec![Held], vec![Broken]));
}

#[test]
fn off_and_left() {
    let off = || Trail::of_user().made(1, OLD).made(DAY, NEW).off(2 * DAY, OLD);
    let cut = |trail: Trail| {
        trail.other(100 * DAY).with(|record| record["eventTime"] = "soon".into()).other(100 * DAY)
    };
    all(
        "off-and-left",
        &[
            ("left", Broken, off().other(93 * DAY)),
            ("not for long", Held, off().other(80 * DAY)),
            ("deleted", Held, off().gone(20 * DAY, OLD).other(93 * DAY)),
            ("something could not be read", Unjudged, cut(off())),
        ],
    );
}

#[test]
fn by_hand() {
    let tool = || Trail::of_user().agent("aws-sdk-rust/1.3 app/rotator-0.1.0").made(1, OLD).made(DAY, NEW);
    let console = "console.amazonaws.com";
    let amid = |agent: &str| tool().agent(agent).gone(2 * DAY, OLD).agent("Boto3/1").made(3 * DAY, THIRD);
    all(
        "by-hand",
        &[
            ("in the console", Broken, amid(console)),
            ("with the AWS CLI", Broken, amid("aws-cli/2.15.0 Python/3.11")),
            ("only tools", Held, amid("Terraform/1.9 aws-sdk-go-v2")),
            (
                "only by hand",
                Held,
                Trail::of_user().agent(console).made(1, OLD).made(DAY, NEW).gone(2 * DAY, OLD),
            ),
            (
                "before and after",
                Held,
                Trail::of_user()
                    .agent(console)
                    .made(1, OLD)
                    .agent("Boto3/1")
                    .made(DAY, NEW)
                    .agent(console)
                    .gone(2 * DAY, OLD),
            ),
            ("within the same second", Held, tool().agent(console).off(DAY, OLD)),
            ("no user agent", Unjudged, amid(console).clone_without_agent(4)),
        ],
    );
}

impl Trail {
    fn clone_without_agent(mut self, place: usize) -> Self {
        self.records[place].as_object_mut().unwrap().remove("userAgent");
        self
    }
}

/// A user acting on itself is not named in the request.
#[test]
fn a_user_that_acts_on_itself() {
    let own = |trail: Trail| {
        trail.signed(OLD, "198.51.100.20", "aws-cli/2").with(|record| {
            let asked = &mut record["requestParameters"];
            match asked.as_object_mut().unwrap() {
                fields if fields.len() == 1 => *asked = serde_json::Value::Null,
                fields => drop(fields.remove("userName")),
            }
        })
    };
    let trail = own(Trail::of_user().made(1, OLD).used(39 * DAY, OLD).made(40 * DAY, NEW));
    let trail = own(trail.gone(40 * DAY + 5, OLD)).other(50 * DAY);
    let report = trail.report();
    assert_eq!((report.users.len(), report.counts.changes, report.counts.unclear), (1, 4, 0));
    assert_eq!(report.users[0].0.keys.len(), 2);
    // Its own calls about its keys are the tool's, and no job's: a day without a use came before.
    assert_eq!(trail.verdict("never-takes-served"), Held);
    assert_eq!(trail.verdict("last-works"), Broken);
}

#[test]
fn failed_calls_change_nothing_and_are_counted() {
    let trail = good()
        .gone(50 * DAY, NEW)
        .failed("AccessDenied")
        .made(51 * DAY, THIRD)
        .failed("LimitExceededException")
        .user_gone(52 * DAY)
        .failed("DeleteConflictException");
    assert_eq!(trail.verdicts(), good().verdicts());
    let counts = trail.report().counts;
    assert_eq!((counts.denied, counts.failed, counts.changes), (1, 2, 4));
    // A call that was denied was signed with the key all the same; one that was not let in was not.
    let killed = killed();
    let denied = killed.clone().used(41 * DAY, NEW).failed("AccessDenied");
    assert_eq!(denied.verdict("never-takes-served"), Held);
    let refused = killed.used(41 * DAY, NEW).failed("InvalidClientTokenId");
    assert_eq!(refused.verdict("never-takes-served"), Broken);
}

#[test]
fn a_user_that_is_made_again_is_another_one() {
    let trail = Trail::of_user()
        .made(1, OLD)
        .gone(DAY, OLD)
        .user_gone(DAY)
        .user_made(DAY)
        .made(DAY, NEW)
        .other(9 * DAY);
    let report = trail.report();
    let users: Vec<_> = report
        .users
        .iter()
        .map(|(user, judged)| {
            let keys: Vec<_> = user.keys.iter().map(|key| key.id.as_str()).collect();
            let held = judged.iter().all(|one| one.verdict == Held);
            (keys, user.gone.is_some(), held)
        })
        .collect();
    assert_eq!(users, [(vec![OLD], true, true), (vec![NEW], false, true)]);
}

#[test]
fn names_are_one_without_regard_to_case_and_a_renamed_user_stays_one() {
    let renamed = Trail::of_user()
        .made(1, OLD)
        .user_made(DAY)
        .with(|record| {
            record["eventName"] = "UpdateUser".into();
            record["requestParameters"] = serde_json::json!({"userName": "CI", "newUserName": "build"});
            record["responseElements"] = serde_json::Value::Null;
        })
        .made(2 * DAY, NEW)
        .with(|record| record["requestParameters"]["userName"] = "Build".into())
        .with(|record| record["responseElements"]["accessKey"]["userName"] = "build".into())
        .gone(3 * DAY, OLD);
    let report = renamed.report();
    assert_eq!(report.users.len(), 1);
    assert_eq!((report.users[0].0.name.as_str(), report.users[0].0.keys.len()), ("build", 2));
}

/// An extract of one kind of events shows no deletions, so silence about them says nothing.
#[test]
fn an_extract_concludes_nothing_from_silence() {
    let mut extract = Trail::of_user().made(1, OLD).made(60 * DAY, NEW).made(100 * DAY, THIRD);
    extract.records.retain(|record| record["eventName"] == "CreateAccessKey");
    let verdicts = extract.verdicts();
    assert!(verdicts.iter().all(|(_, verdict)| *verdict != Broken), "{verdicts:?}");
    assert_eq!(extract.report().exit().code(), 9);
}

/// Insights events bear the names of calls, and are none.
#[test]
fn only_calls_are_calls() {
    let insight =
        good().gone(50 * DAY, NEW).with(|record| record["eventType"] = "AwsCloudTrailInsight".into());
    assert_eq!(insight.verdicts(), good().verdicts());
    let other =
        good().gone(50 * DAY, NEW).with(|record| record["eventSource"] = "example.amazonaws.com".into());
    assert_eq!(other.verdicts(), good().verdicts());
}
