//! Reports that somebody made up: every case there is, nobody, very many, and names that are out to break the
//! page. The tests compare them; `cargo xtask check pages` opens them in a browser.

use std::time::{Duration, SystemTime};

use rotator::{AccessKeyId, Status, Used};
pub use rotator_cli::audit::ROTATED_90 as ROTATED;
use rotator_cli::audit::{Audit, AuditedKey, AuditedUser, Outcome, Rule, Verdict, statements};
use rotator_cli::audit::{ONE_ACTIVE, UNKNOWN_KEY, UNUSED_45 as UNUSED};
use rotator_cli::history::{KeyHistory, Role, UserHistory};

/// 2026-11-30, 12:00 UTC.
const NOON: u64 = 1_796_040_000;

/// Each report with its name.
pub fn all() -> Vec<(&'static str, Audit)> {
    vec![("few", few()), ("none", none()), ("many", many(200)), ("hostile", hostile())]
}

/// A user for each case.
pub fn few() -> Audit {
    let users = vec![
        deploy(),
        daily(),
        AuditedUser {
            seen: false,
            note: Some(
                "The user could not be looked at: AccessDenied, iam:ListAccessKeys is missing.".into(),
            ),
            ..user("denied", Vec::new(), Vec::new())
        },
        user("empty", Vec::new(), Vec::new()),
        fresh(),
        killed(),
        legacy(),
        nightly(),
        release(),
    ];
    let verdicts = vec![
        broken(
            &ROTATED,
            "legacy",
            Some(id("LEGACY", 1)),
            "2112d old, more than 90 days",
            "rotate it: `rotator rotate machines`",
        ),
        broken(
            &ROTATED,
            "nightly",
            Some(id("NIGHTLY", 2)),
            "97d old, more than 90 days",
            "rotate it: `rotator rotate machines`",
        ),
        held(&ROTATED, "deploy", Some(id("DEPLOY", 3)), "24d old"),
        held(&ROTATED, "release", Some(id("RELEASE", 2)), "20d old"),
        unjudged(
            &UNUSED,
            "legacy",
            Some(id("LEGACY", 1)),
            "made 2112d ago, and IAM did not say when it was last used",
            "allow iam:GetAccessKeyLastUsed for the identity that runs this, or audit again",
        ),
        unjudged(
            &UNUSED,
            "denied",
            None,
            "the user could not be looked at",
            "see the user's note, then audit again",
        ),
        held(&UNUSED, "deploy", Some(id("DEPLOY", 3)), "last used 2h ago by s3 in eu-central-1"),
        held(&ONE_ACTIVE, "nightly", None, "one Active key"),
        held(&ONE_ACTIVE, "fresh", None, "one Active key"),
        broken(
            &UNKNOWN_KEY,
            "killed",
            Some(id("KILLED", 3)),
            "without a name and 33d old: a dead run's, or a person's",
            "find its owner, then delete it; or if it is what jobs use: `rotator adopt killed --current AKIAKILLEDEEEE000003`",
        ),
    ];
    audit(users, &[&ROTATED, &UNUSED, &ONE_ACTIVE, &UNKNOWN_KEY], verdicts)
}

/// What a page is shown with.
pub fn picture() -> Audit {
    let few = few();
    let shown = |name: &str| ["deploy", "killed"].contains(&name);
    let rules = vec![&ROTATED, &UNKNOWN_KEY];
    let asked = |verdict: &Verdict| rules.contains(&verdict.rule);
    let of_shown = |verdict: &Verdict| asked(verdict) && verdict.user.as_deref().is_some_and(shown);
    Audit {
        users: few.users.into_iter().filter(|user| shown(&user.name)).collect(),
        verdicts: few.verdicts.into_iter().filter(of_shown).collect(),
        rules,
        ..few
    }
}

/// A path that nobody is on.
pub fn none() -> Audit {
    audit(Vec::new(), &[&ROTATED, &UNUSED], Vec::new())
}

/// A fleet: two keys each, a sixth of them with something to say.
pub fn many(number: usize) -> Audit {
    let (mut users, mut verdicts) = (Vec::new(), Vec::new());
    for n in 0..number {
        let name = format!("ci-{n:04}");
        let (first, second) = (id("FLEETA", n), id("FLEETB", n));
        let (old, young) = (40 + n as u64 % 70, 3 + n as u64 % 30);
        let mut told = rotated(&[first.clone(), second.clone()], &[old, young]);
        told.iter_mut().for_each(|key| key.uses = daily_uses(key));
        let keys = vec![
            listed(first.clone(), Some(Role::Last), old, Used::Ago(hours(24 * young)), None),
            listed(second.clone(), Some(Role::Current), young, Used::Ago(hours(2)), Some(30)),
        ];
        verdicts.push(match old > 90 {
            true => broken(
                &ROTATED,
                &name,
                Some(first),
                &format!("{old}d old, more than 90 days"),
                "rotate it: `rotator rotate machines`",
            ),
            false => held(&ROTATED, &name, Some(first), &format!("{old}d old")),
        });
        verdicts.push(match n % 6 {
            0 => {
                unjudged(&UNUSED, &name, Some(second), "IAM did not say when it was last used", "audit again")
            }
            _ => held(&UNUSED, &name, Some(second), "last used 2h ago by s3 in eu-central-1"),
        });
        users.push(user(&name, keys, told));
    }
    verdicts.sort_by_key(|verdict| verdict.rule.id);
    audit(users, &[&ROTATED, &UNUSED, &ONE_ACTIVE], verdicts)
}

/// Names that try to leave their place.
pub fn hostile() -> Audit {
    let names = [
        "<script>alert(1)</script>",
        "\"><img src=x onerror=alert(1)>",
        "' onmouseover='alert(1)",
        "</title></style><svg onload=alert(1)>",
        "]]><!-- --> &amp; &#0;",
        "nul\0bell\u{7}escape\u{1b}[31m",
        "line\nbreak\ttab",
        "\u{202e}gpj.exe",
        "שירות-משתמש",
        "مستخدم",
        "zero\u{200b}width\u{feff}",
        "",
    ];
    let long = format!("very-long-{}", "x".repeat(400));
    let (mut users, mut verdicts) = (Vec::new(), Vec::new());
    for (n, name) in names.into_iter().chain([long.as_str()]).enumerate() {
        let key = id("HOSTILE", n);
        let told = rotated(std::slice::from_ref(&key), &[20]);
        let keys = vec![listed(key.clone(), Some(Role::Current), 20, Used::Never, Some(30))];
        let one = user(name, keys, told);
        users.push(AuditedUser { path: format!("/{name}/"), note: Some(format!("note of {name}")), ..one });
        verdicts.push(broken(&ROTATED, name, Some(key), &format!("why: {name}"), &format!("next: {name}")));
    }
    let long_id = AccessKeyId::parse(&"K".repeat(128)).unwrap();
    users.push(user("long-id", vec![listed(long_id, None, 700, Used::Unknown, None)], Vec::new()));
    let hostile = audit(users, &[&ROTATED], verdicts);
    Audit {
        caller: "arn:aws:iam::000000000000:user/<b>\"who\"</b>".into(),
        scope: "/<i>/".into(),
        sources: vec!["journal <u>x</u>".into()],
        ..hostile
    }
}

fn audit(users: Vec<AuditedUser>, rules: &[&'static Rule], verdicts: Vec<Verdict>) -> Audit {
    Audit {
        version: "0.0.0",
        account: "111122223333".into(),
        caller: "arn:aws:sts::111122223333:assumed-role/auditor/jane".into(),
        scope: "/machines/".into(),
        at: at(0),
        sources: vec![
            "the account itself".into(),
            "journal rotations.jsonl".into(),
            "CloudTrail in trail/".into(),
        ],
        rotate_after: Some(hours(24 * 45)),
        min_age: hours(12),
        users,
        without_keys: 3,
        rules: rules.to_vec(),
        verdicts,
        statements: statements(Some(hours(24 * 45))),
    }
}

/// Two rotations: the first key was there before the records begin.
fn deploy() -> AuditedUser {
    let ids = [id("DEPLOY", 1), id("DEPLOY", 2), id("DEPLOY", 3)];
    let mut told = rotated(&ids, &[160, 69, 24]);
    told[0].created = None;
    told[0].roles = vec![(at(24 * 110), Role::Current), (at(24 * 69 - 1), Role::Last)];
    told[0].statuses = vec![(at(24 * 110), Status::Active)];
    told[0].deleted = Some(at(24 * 24 + 1));
    told.iter_mut().for_each(|key| key.uses = daily_uses(key));
    told[0].uses = vec![(at(24 * 109), at(24 * 80)), (at(24 * 79), at(24 * 68 + 14))];
    let keys = vec![
        listed(ids[1].clone(), Some(Role::Last), 69, Used::Ago(hours(24 * 23 + 20)), None),
        listed(ids[2].clone(), Some(Role::Current), 24, Used::Ago(hours(2)), Some(21)),
    ];
    user("deploy", keys, told)
}

/// More keys than are drawn.
fn daily() -> AuditedUser {
    let ids: Vec<_> = (1..=20).map(|n| id("DAILY", n)).collect();
    let ages: Vec<_> = (0..20).map(|n| 96 - 5 * n).collect();
    let mut told = rotated(&ids, &ages);
    told.iter_mut().for_each(|key| key.uses = daily_uses(key));
    let keys = vec![
        listed(ids[18].clone(), Some(Role::Last), 6, Used::Ago(hours(26)), None),
        listed(ids[19].clone(), Some(Role::Current), 1, Used::Ago(hours(1)), Some(44)),
    ];
    user("daily", keys, told)
}

/// Made today; due further off than the picture goes.
fn fresh() -> AuditedUser {
    let key = id("FRESH", 1);
    let told = KeyHistory { roles: vec![(at(3), Role::Pending)], ..history(&key, 3) };
    let keys = vec![AuditedKey {
        created: at(3),
        age: hours(3),
        ..listed(key, Some(Role::Pending), 0, Used::Never, Some(400))
    }];
    user("fresh", keys, vec![told])
}

/// The served key was deleted while jobs used it; for a while there was none; then one by hand.
fn killed() -> AuditedUser {
    let (served, lost, by_hand) = (id("KILLED", 1), id("KILLED", 2), id("KILLED", 3));
    let gone = KeyHistory {
        deleted: Some(at(24 * 49)),
        statuses: vec![(at(24 * 100), Status::Active)],
        roles: vec![(at(24 * 100), Role::Current)],
        uses: vec![(at(24 * 99), at(24 * 49))],
        ..history(&served, 24 * 100)
    };
    let never = KeyHistory {
        deleted: Some(at(24 * 40)),
        statuses: vec![(at(24 * 50), Status::Active), (at(24 * 44), Status::Inactive)],
        roles: vec![(at(24 * 50), Role::Stray)],
        uses: Vec::new(),
        ..history(&lost, 24 * 50)
    };
    let made = KeyHistory {
        statuses: vec![(at(24 * 33), Status::Active)],
        uses: vec![(at(24 * 32), at(24 * 32)), (at(24 * 25), at(24 * 25)), (at(24 * 18), at(5))],
        ..history(&by_hand, 24 * 33)
    };
    let keys = vec![listed(by_hand, Some(Role::Stray), 33, Used::Ago(hours(5)), None)];
    user("killed", keys, vec![gone, never, made])
}

/// Older than the picture; nothing tells of it, and its use could not be read.
fn legacy() -> AuditedUser {
    let key = listed(id("LEGACY", 1), None, 2_112, Used::Unknown, None);
    AuditedUser { history: UserHistory::default(), ..user("legacy", vec![key], Vec::new()) }
}

/// CURRENT is overdue; LAST was retired.
fn nightly() -> AuditedUser {
    let ids = [id("NIGHTLY", 1), id("NIGHTLY", 2)];
    let mut told = rotated(&ids, &[107, 97]);
    told[0].deleted = None;
    told[0].statuses.push((at(24 * 60), Status::Inactive));
    told.iter_mut().for_each(|key| key.uses = daily_uses(key));
    told[0].uses = vec![(at(24 * 106), at(24 * 96))];
    let last = listed(ids[0].clone(), Some(Role::Last), 107, Used::Ago(hours(24 * 96)), None);
    let keys = vec![
        AuditedKey { status: Status::Inactive, ..last },
        AuditedKey {
            due: Some(at(24 * 52)),
            ..listed(ids[1].clone(), Some(Role::Current), 97, Used::Ago(hours(7)), None)
        },
    ];
    user("nightly", keys, told)
}

/// No more than today's state.
fn release() -> AuditedUser {
    let keys = vec![
        listed(id("RELEASE", 1), Some(Role::Last), 66, Used::Ago(hours(24 * 19)), None),
        listed(id("RELEASE", 2), Some(Role::Current), 20, Used::Ago(hours(9)), Some(25)),
    ];
    AuditedUser { history: UserHistory::default(), ..user("release", keys, Vec::new()) }
}

pub fn user(name: &str, keys: Vec<AuditedKey>, told: Vec<KeyHistory>) -> AuditedUser {
    let history = UserHistory {
        user: name.into(),
        account: None,
        path: None,
        since: (!told.is_empty()).then(|| at(24 * 110)),
        keys: told,
    };
    AuditedUser { name: name.into(), path: "/machines/".into(), keys, seen: true, note: None, history }
}

/// Keys that were rotated one after the other, so many days ago each: handed over within the hour, and the
/// one before the last deleted as the next is made.
fn rotated(ids: &[AccessKeyId], days: &[u64]) -> Vec<KeyHistory> {
    let mut told = Vec::new();
    for (n, (id, days_ago)) in ids.iter().zip(days).enumerate() {
        let made = days_ago * 24;
        let mut roles = vec![(at(made), Role::Pending), (at(made - 1), Role::Current)];
        if let Some(next) = days.get(n + 1) {
            roles.push((at(next * 24 - 1), Role::Last));
        }
        let deleted = days.get(n + 2).map(|after| at(after * 24 + 1));
        told.push(KeyHistory {
            roles,
            deleted,
            statuses: vec![(at(made), Status::Active)],
            ..history(id, made)
        });
    }
    told
}

/// Used from an hour after it was served until twelve hours after the next one was, with a gap.
fn daily_uses(key: &KeyHistory) -> Vec<(SystemTime, SystemTime)> {
    let Some((served, _)) = key.roles.iter().find(|(_, role)| *role == Role::Current) else {
        return Vec::new();
    };
    let last =
        key.roles.iter().find(|(_, role)| *role == Role::Last).map_or(at(2), |(at, _)| *at + hours(12));
    let first = *served + hours(1);
    let half = first + last.duration_since(first).unwrap_or_default() / 2;
    match half + hours(36) {
        again if again < last => vec![(first, half), (again, last)],
        _ => vec![(first, last)],
    }
}

fn history(id: &AccessKeyId, hours_ago: u64) -> KeyHistory {
    KeyHistory {
        id: id.clone(),
        created: Some(at(hours_ago)),
        deleted: None,
        statuses: Vec::new(),
        roles: Vec::new(),
        uses: Vec::new(),
    }
}

/// A key that IAM lists, made so many days ago, due in so many.
pub fn listed(id: AccessKeyId, role: Option<Role>, days: u64, used: Used, due: Option<u64>) -> AuditedKey {
    let due = due.map(|days| at(0) + hours(24 * days));
    let used_by = matches!(used, Used::Ago(_)).then(|| "s3 in eu-central-1".to_owned());
    let (created, age) = (at(24 * days), hours(24 * days));
    AuditedKey { id, status: Status::Active, role, created, age, used, used_by, due }
}

pub fn id(word: &str, n: usize) -> AccessKeyId {
    AccessKeyId::parse(&format!("AKIA{word:E<10}{n:06}")).unwrap()
}

/// So many hours ago.
pub fn at(hours_ago: u64) -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(NOON) - hours(hours_ago)
}

pub fn hours(hours: u64) -> Duration {
    Duration::from_secs(3_600 * hours)
}

fn broken(rule: &'static Rule, user: &str, key: Option<AccessKeyId>, says: &str, next: &str) -> Verdict {
    Verdict { next: Some(next.into()), ..verdict(rule, user, key, Outcome::Broken, says) }
}

fn unjudged(rule: &'static Rule, user: &str, key: Option<AccessKeyId>, says: &str, next: &str) -> Verdict {
    Verdict { next: Some(next.into()), ..verdict(rule, user, key, Outcome::Unjudged, says) }
}

fn held(rule: &'static Rule, user: &str, key: Option<AccessKeyId>, says: &str) -> Verdict {
    verdict(rule, user, key, Outcome::Held, says)
}

fn verdict(
    rule: &'static Rule,
    user: &str,
    key: Option<AccessKeyId>,
    outcome: Outcome,
    says: &str,
) -> Verdict {
    Verdict { rule, user: Some(user.into()), key, outcome, says: says.into(), next: None }
}
