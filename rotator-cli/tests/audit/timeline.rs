//! Histories put together: times from several sources, and who is believed.

use std::time::{Duration, SystemTime};

use rotator::{AccessKeyId, Status, Used};
use rotator_cli::audit::{AuditedKey, timeline};
use rotator_cli::history::{KeyHistory, Role, UserHistory};
use rotator_cli::iam::User;

use crate::account::noon;
use crate::kit::{DAY, HOUR};

fn id(n: u8) -> AccessKeyId {
    AccessKeyId::parse(&format!("AKIA___________{n}")).unwrap()
}

fn ago(days: u32) -> SystemTime {
    noon() - days * DAY
}

fn listed(n: u8, made: u32, status: Status, role: Option<Role>, used: Used) -> AuditedKey {
    let created = ago(made);
    AuditedKey { id: id(n), status, role, created, age: made * DAY, used, used_by: None, due: None }
}

fn present(keys: &[AuditedKey]) -> UserHistory {
    let user = User { name: "ci".to_owned(), id: "AIDA".to_owned(), path: "/ci/".to_owned() };
    timeline::present(&user, keys, ago(10), noon())
}

fn key(n: u8) -> KeyHistory {
    KeyHistory {
        id: id(n),
        created: None,
        deleted: None,
        statuses: Vec::new(),
        roles: Vec::new(),
        uses: Vec::new(),
    }
}

fn told(since: u32, keys: Vec<KeyHistory>) -> UserHistory {
    UserHistory { user: "ci".to_owned(), since: Some(ago(since)), keys, ..UserHistory::default() }
}

#[test]
fn the_account_alone_tells_of_today() {
    let used = Used::Ago(HOUR);
    let last = listed(1, 40, Status::Inactive, Some(Role::Last), Used::Never);
    let current = listed(2, 10, Status::Active, Some(Role::Current), used);
    let history = present(&[last, current]);
    assert_eq!(history.since, Some(noon()));
    assert_eq!(history.path.as_deref(), Some("/ci/"));
    assert_eq!(
        history.keys,
        [
            KeyHistory {
                created: Some(ago(40)),
                // Since when it is off is not told: by now at the latest.
                statuses: vec![(ago(40), Status::Active), (noon(), Status::Inactive)],
                roles: vec![(ago(10), Role::Last)],
                ..key(1)
            },
            KeyHistory {
                created: Some(ago(10)),
                statuses: vec![(ago(10), Status::Active)],
                roles: vec![(ago(10), Role::Current)],
                uses: vec![(noon() - HOUR, noon() - HOUR)],
                ..key(2)
            },
        ]
    );
    assert_eq!(timeline::merge(&history, true, &[], noon()), history);
}

#[test]
fn nobody_has_a_role_before_there_is_a_key() {
    let young = listed(1, 3, Status::Active, Some(Role::Stray), Used::Never);
    assert_eq!(present(&[young]).keys[0].roles, [(ago(3), Role::Stray)]);
}

#[test]
fn a_journal_and_a_trail_tell_what_was_before() {
    let now = present(&[
        listed(2, 40, Status::Active, Some(Role::Last), Used::Ago(9 * DAY)),
        listed(3, 10, Status::Active, Some(Role::Current), Used::Never),
    ]);
    let journal = told(
        50,
        vec![
            KeyHistory { roles: vec![(ago(50), Role::Current), (ago(40), Role::Last)], ..key(1) },
            KeyHistory { roles: vec![(ago(40), Role::Pending), (ago(39), Role::Current)], ..key(2) },
        ],
    );
    let trail = told(
        60,
        vec![
            KeyHistory {
                created: Some(ago(60)),
                deleted: Some(ago(10)),
                statuses: vec![(ago(60), Status::Active), (ago(20), Status::Inactive)],
                uses: vec![(ago(59), ago(41))],
                ..key(1)
            },
            KeyHistory { uses: vec![(ago(30), ago(20)), (ago(25), ago(9)), (ago(38), ago(36))], ..key(2) },
        ],
    );
    let merged = timeline::merge(&now, true, &[&journal, &trail], noon());
    assert_eq!(merged.since, Some(ago(60)));
    assert_eq!(
        merged.keys,
        [
            KeyHistory {
                created: Some(ago(60)),
                deleted: Some(ago(10)),
                statuses: vec![(ago(60), Status::Active), (ago(20), Status::Inactive)],
                roles: vec![(ago(50), Role::Current), (ago(40), Role::Last)],
                uses: vec![(ago(59), ago(41))],
                ..key(1)
            },
            KeyHistory {
                created: Some(ago(40)),
                statuses: vec![(ago(40), Status::Active)],
                roles: vec![(ago(40), Role::Pending), (ago(39), Role::Current), (ago(10), Role::Last)],
                uses: vec![(ago(38), ago(36)), (ago(30), ago(9))],
                ..key(2)
            },
            now.keys[1].clone(),
        ]
    );
    // The order of the sources makes no difference.
    assert_eq!(timeline::merge(&now, true, &[&trail, &journal], noon()), merged);
}

#[test]
fn what_iam_lists_now_outweighs_what_was_told() {
    let now = present(&[listed(1, 40, Status::Active, Some(Role::Current), Used::Never)]);
    let wrong = told(
        90,
        vec![KeyHistory {
            created: Some(ago(80)),
            deleted: Some(ago(5)),
            statuses: vec![(ago(80), Status::Active), (ago(20), Status::Inactive)],
            // The names were written ten days ago, and nothing was named since.
            roles: vec![(ago(40), Role::Pending), (ago(5), Role::Last)],
            ..key(1)
        }],
    );
    let merged = timeline::merge(&now, true, &[&wrong], noon());
    assert_eq!(
        merged.keys,
        [KeyHistory {
            created: Some(ago(40)),
            statuses: vec![(ago(40), Status::Active), (ago(20), Status::Inactive), (noon(), Status::Active)],
            roles: vec![(ago(40), Role::Pending), (ago(10), Role::Current)],
            ..key(1)
        }]
    );
}

#[test]
fn a_key_that_is_not_listed_is_gone_unless_nobody_could_look() {
    let old = told(90, vec![KeyHistory { created: Some(ago(80)), ..key(1) }]);
    let gone = |listed| timeline::merge(&present(&[]), listed, &[&old], noon()).keys[0].deleted;
    assert_eq!(gone(true), Some(noon()));
    assert_eq!(gone(false), None);
}

#[test]
fn a_history_is_taken_for_its_user_and_account() {
    let of = |user: &str, account: Option<&str>| UserHistory {
        user: user.to_owned(),
        account: account.map(str::to_owned),
        ..UserHistory::default()
    };
    let all = [of("ci", None), of("CI", Some("1")), of("ci", Some("2")), of("cd", Some("1"))];
    assert_eq!(timeline::about(&all, "1", "ci"), [&all[0], &all[1]]);
}

#[test]
fn a_use_that_is_older_than_time_itself_is_none() {
    let used = Used::Ago(Duration::MAX);
    assert_eq!(present(&[listed(1, 1, Status::Active, None, used)]).keys[0].uses, []);
}
