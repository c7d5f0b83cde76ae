//! Damage is told with its file, and nothing is concluded from what may be missing for it.

use rotator_cli::conform::judge::Verdict::{Broken, Held, Unjudged};
use serde_json::json;

use crate::order::{Random, rounds};
use crate::trail::{DAY, HOUR, NEW, OLD, Trail, gzipped, judged, verdicts};

fn killed() -> Trail {
    Trail::of_user().made(1, OLD).busy(HOUR, 2 * DAY, 6 * HOUR, OLD).made(DAY, NEW).gone(2 * DAY, OLD)
}

#[test]
fn a_file_that_was_cut_off() {
    let (text, trail) = (killed().delivered(), killed());
    let zipped = gzipped(&text);
    for (name, bytes, said) in [
        ("cut.json", text.as_bytes()[..text.len() - 9].to_vec(), "ends in the middle"),
        ("cut.json.gz", zipped[..zipped.len() - 20].to_vec(), "the gzip ends too early"),
        ("tail.json.gz", [zipped.clone(), b"noise".to_vec()].concat(), "is damaged after"),
    ] {
        let report = judged(&[(name, bytes)]);
        assert!(report.reading.records > 0, "{name}");
        assert!(report.reading.problems[0].contains(said), "{name}: {:?}", report.reading.problems);
        assert!(report.gaps);
        // That the new key was not used is silence.
        let verdict =
            verdicts(&report).into_iter().find(|(rule, _)| *rule == "never-takes-served").unwrap().1;
        assert!(verdict != Broken, "{name}");
    }
    assert_eq!(trail.verdict("never-takes-served"), Broken);
}

#[test]
fn a_record_that_is_none() {
    for broken in [
        json!({"eventName": "X"}),
        json!({"eventName": "X", "eventTime": "yesterday"}),
        json!({"eventTime": "2026-01-01T00:00:00Z"}),
        json!({"eventName": 5, "eventTime": "2026-01-01T00:00:00Z"}),
        json!({"eventName": "X", "eventTime": "2026-01-01T00:00:00Z", "userIdentity": "me"}),
        json!({"CloudTrailEvent": "no JSON"}),
        json!("a word"),
    ] {
        let mut trail = killed();
        trail.records.insert(2, broken.clone());
        let report = trail.report();
        assert_eq!(report.reading.records as usize, trail.records.len() - 1, "{broken}");
        assert_eq!((report.reading.unreadable, report.gaps), (1, true), "{broken}");
        assert!(
            report.reading.problems[0].contains("trail.json: 1 of what is in it"),
            "{:?}",
            report.reading.problems
        );
        assert_eq!(trail.verdict("never-takes-served"), Unjudged);
        // That it was deleted within hours of its last use is seen all the same.
        assert_eq!((trail.verdict("last-works"), report.exit().code()), (Broken, 8));
    }
}

/// A change of which it is not said whose it was may have been anybody's.
#[test]
fn a_change_of_nobodys_key() {
    let trail = killed().made(3 * DAY, "AKIAX").with(|record| record["responseElements"] = json!({}));
    assert_eq!((trail.report().counts.unclear, trail.report().gaps), (1, true));
    assert_eq!(trail.verdict("never-takes-served"), Unjudged);
    // The account's root has keys too, and is no user.
    let root = killed()
        .made(3 * DAY, "AKIAX")
        .with(|record| record["requestParameters"] = json!(null))
        .with(|record| record["responseElements"] = json!({"accessKey": {"accessKeyId": "AKIAX"}}))
        .with(|record| {
            record["userIdentity"] = json!({"type": "Root", "arn": "arn:aws:iam::111122223333:root"})
        });
    assert_eq!((root.report().counts.unclear, root.report().gaps), (0, false));
}

#[test]
fn a_line_that_broke_off_costs_itself() {
    let good = Trail::of_user().made(1, OLD).other(DAY);
    let lines: Vec<_> = good.records.iter().map(ToString::to_string).collect();
    let torn = format!("{}\n{}\n{}\n{}\n", lines[0], &lines[1][..70], lines[2], lines[3]);
    let report = judged(&[("lines.jsonl", torn.into_bytes())]);
    assert_eq!((report.reading.records, report.reading.unreadable), (3, 1));
    assert!(verdicts(&report).iter().any(|(_, verdict)| *verdict != Held));
}

/// No bytes whatever make it panic, nor convict where a whole trail acquits.
#[test]
fn any_bytes() {
    let good = Trail::of_user()
        .made(1, OLD)
        .busy(HOUR, DAY, 6 * HOUR, OLD)
        .made(DAY, NEW)
        .busy(DAY + HOUR, 3 * DAY, 6 * HOUR, NEW)
        .gone(3 * DAY, OLD);
    let lines: String = good.records.iter().map(|record| format!("{record}\n")).collect();
    let sources = [good.delivered().into_bytes(), lines.into_bytes(), gzipped(&good.delivered())];
    let (mut random, mut damaged) = (Random(11), 0);
    for _ in 0..rounds(300, 30_000) {
        let mut bytes = sources[random.below(3)].clone();
        for _ in 0..=random.below(4) {
            let at = random.below(bytes.len());
            match random.below(5) {
                0 => bytes[at] = u8::try_from(random.below(256)).unwrap(),
                1 => bytes.truncate(at),
                2 => drop(bytes.remove(at)),
                3 => bytes.insert(at, b"{}[]\",:\\\n"[random.below(9)]),
                _ => {
                    let to = (at + random.below(400)).min(bytes.len());
                    drop(bytes.drain(at..to));
                }
            }
            if bytes.is_empty() {
                bytes.push(b'{');
            }
        }
        let report = crate::trail::try_judged(&[("x.json", bytes)]);
        let Ok(report) = report else { continue };
        damaged += usize::from(report.gaps);
        // Silence convicts nobody once something is known to be missing.
        if report.gaps {
            for (_, judged) in &report.users {
                let served = judged.iter().find(|one| one.rule.id == "never-takes-served").unwrap();
                assert!(served.verdict != Broken, "{served:?}");
            }
        }
    }
    assert!(damaged > 100, "only {damaged} were seen to be damaged");
}

#[test]
fn noise() {
    let mut random = Random(5);
    let alphabet = b"{}[]\",:\\ \n0aRecords";
    for _ in 0..rounds(300, 30_000) {
        let bytes: Vec<u8> = (0..random.below(300)).map(|_| alphabet[random.below(alphabet.len())]).collect();
        drop(crate::trail::try_judged(&[("x.json", bytes.clone())]));
        let mut zipped = gzipped(&String::from_utf8(bytes).unwrap());
        let at = random.below(zipped.len());
        zipped[at] ^= 0x55;
        drop(crate::trail::try_judged(&[("x.json.gz", zipped)]));
    }
}
