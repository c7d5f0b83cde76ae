//! What the audit's timeline takes from a trail.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use rotator::AccessKeyId;
use rotator::Status::{Active, Inactive};
use rotator_cli::conform::histories;
use rotator_cli::history::{KeyHistory, UserHistory};

use crate::trail::{BEGIN, DAY, HOUR, MINUTE, NEW, OLD, Trail, folder};

fn at(seconds: u64) -> SystemTime {
    UNIX_EPOCH + Duration::from_secs(BEGIN + seconds)
}

#[test]
fn keys_statuses_and_spans_of_use() {
    let trail = Trail::new()
        .used(HOUR, OLD)
        .used(HOUR + 10 * MINUTE, OLD)
        .used(5 * HOUR, OLD)
        .made(DAY, NEW)
        .asked_who(DAY + 5, NEW, "203.0.113.10", "Boto3/1.34.0")
        .off(2 * DAY, OLD)
        .on(3 * DAY, OLD)
        .off(4 * DAY, OLD)
        .gone(5 * DAY, OLD);
    let folder = folder(&[("trail.json", trail.delivered().into_bytes())]);
    let id = |text| AccessKeyId::parse(text).unwrap();
    assert_eq!(
        histories(&[folder.path().to_owned()]).unwrap(),
        [UserHistory {
            user: "ci".to_owned(),
            account: Some("111122223333".to_owned()),
            path: Some("/machines/".to_owned()),
            since: Some(at(0)),
            keys: vec![
                KeyHistory {
                    id: id(OLD),
                    created: None,
                    deleted: Some(at(5 * DAY)),
                    statuses: vec![(at(2 * DAY), Inactive), (at(3 * DAY), Active), (at(4 * DAY), Inactive)],
                    roles: Vec::new(),
                    uses: vec![(at(HOUR), at(HOUR + 10 * MINUTE)), (at(5 * HOUR), at(5 * HOUR))],
                },
                KeyHistory {
                    id: id(NEW),
                    created: Some(at(DAY)),
                    deleted: None,
                    statuses: vec![(at(DAY), Active)],
                    roles: Vec::new(),
                    // Its maker's proof is no use.
                    uses: Vec::new(),
                },
            ],
        }]
    );
    assert!(histories(&[folder.path().join("nowhere")]).is_err());
}
