//! Where things are in a timeline.

use regex::Regex;
use rotator::{Status, Used};
use rotator_cli::audit::timeline::{Axis, Begin, End, gaps, in_words, lanes, seconds, timeline, together};
use rotator_cli::audit::{Audit, AuditedUser};
use rotator_cli::history::Role;

use super::samples::{self, at, hours, id, listed, user};
use super::with;

fn few(name: &str) -> (AuditedUser, Axis) {
    let Audit { users, at, .. } = samples::few();
    let axis = Axis::over(&users, at);
    (users.into_iter().find(|user| user.name == name).unwrap(), axis)
}

#[test]
fn lanes_are_as_the_sources_tell_them() {
    let told = |name: &str| {
        let (user, axis) = few(name);
        let lanes = lanes(&user, axis.today);
        let lines = lanes.iter().map(|lane| format!("{}: {}", lane.id, in_words(lane)));
        let together = together(&lanes, user.history.since.map(seconds), axis.today);
        let spans = together.iter().map(|span| {
            let days = (span.to - span.from) / 86_400;
            format!("{} keys for {days} days{}", span.keys, if span.known { "" } else { ", as far as known" })
        });
        let gaps = gaps(&user).into_iter();
        format!("{name}\n  {}\n", lines.chain(spans).chain(gaps).collect::<Vec<_>>().join("\n  "))
    };
    let all = ["deploy", "nightly", "killed", "release", "legacy", "fresh"].map(told).concat();
    insta::assert_snapshot!(all);
}

/// Spans follow each other without gap or overlap from the left end to the right one, uses are in order, and
/// everything drawn is inside.
#[test]
fn spans_fill_their_lanes_in_order() {
    let mut seen = 0;
    for (_, audit) in samples::all() {
        let axis = Axis::over(&audit.users, audit.at);
        for user in &audit.users {
            for lane in lanes(user, axis.today) {
                let mut at = lane.begin.at();
                for span in &lane.spans {
                    assert_eq!(span.from, at);
                    assert!(span.from < span.to, "{span:?}");
                    at = span.to;
                    seen += 1;
                }
                assert_eq!(at, lane.end.at(), "{lane:?}");
                assert!(lane.uses.windows(2).all(|two| two[0].1 <= two[1].0), "{:?}", lane.uses);
            }
        }
    }
    assert_eq!(seen, 1_107, "spans");
}

#[test]
fn everything_that_is_drawn_is_between_the_edges() {
    let number = Regex::new(r#" (x|x1|x2|width)="(-?[0-9.]+)%""#).unwrap();
    let bar = Regex::new(r#"<rect [^>]*x="([0-9.]+)%"[^>]* width="([0-9.]+)%""#).unwrap();
    let mut seen = 0;
    for (_, audit) in samples::all() {
        let axis = Axis::over(&audit.users, audit.at);
        for (place, user) in audit.users.iter().enumerate() {
            let svg = timeline(user, &axis, place);
            for found in number.captures_iter(&svg) {
                let at: f64 = found[2].parse().unwrap();
                assert!((0.0..=100.0).contains(&at), "{}", &found[0]);
                seen += 1;
            }
            for found in bar.captures_iter(&svg) {
                let ends: [f64; 2] = [1, 2].map(|group| found[group].parse().unwrap());
                assert!(ends[0] + ends[1] <= 100.02, "{}", &found[0]);
            }
        }
    }
    assert!(seen > 10_000, "{seen}");
}

#[test]
fn a_due_date_that_lies_near_has_its_place_and_one_far_off_is_told_at_the_edge() {
    let (deploy, axis) = few("deploy");
    let due = seconds(deploy.keys[1].due.unwrap());
    assert!(axis.today < due && due < axis.to, "{axis:?}");
    let (fresh, axis) = few("fresh");
    assert!(axis.to < seconds(fresh.keys[0].due.unwrap()));
    let svg = timeline(&fresh, &axis, 0);
    assert!(svg.contains(">due 2028-01-04, beyond this picture</text>"), "{svg}");
    assert!(svg.contains("<line class=\"due\" x1=\"100.00%\""), "{svg}");
}

#[test]
fn one_old_key_does_not_press_the_others_into_a_stripe() {
    let (_, axis) = few("legacy");
    assert!(axis.today - axis.from < 120 * 86_400, "{axis:?}");
    // With nothing but today's list, a year is in sight.
    let old = user("old", vec![listed(id("OLD", 1), None, 3_000, Used::Unknown, None)], Vec::new());
    let axis = Axis::over(&[old], at(0));
    assert_eq!((axis.today - axis.from) / 86_400, 406);
}

/// What is not known is never drawn as a creation, and what was made early is not drawn as unknown.
#[test]
fn open_ends_are_open() {
    let (deploy, axis) = few("deploy");
    let all = lanes(&deploy, axis.today);
    assert!(matches!((all[0].begin, all[1].begin), (Begin::Before(_), Begin::Made(_))));
    let svg = timeline(&deploy, &axis, 0);
    assert_eq!(["#m-torn", "#m-made", "#m-gone"].map(|mark| svg.matches(mark).count()), [1, 2, 1]);
    let (legacy, axis) = few("legacy");
    let svg = timeline(&legacy, &axis, 0);
    assert_eq!(["#m-torn", "#m-made", "#m-earlier"].map(|mark| svg.matches(mark).count()), [0, 0, 1]);
    // Heard of once, and not listed: gone, nobody knows when.
    let mut lost = with(0);
    let mut told = deploy.history.keys[1].clone();
    told.deleted = None;
    lost.history.keys = vec![told];
    let lane = &lanes(&lost, axis.today)[0];
    assert!(matches!(lane.end, End::LastHeardOf(_)), "{lane:?}");
    let svg = timeline(&lost, &axis, 0);
    assert_eq!(["#m-lost", "#m-gone"].map(|mark| svg.matches(mark).count()), [1, 0]);
}

/// With no more than today's list, a role has no past: the bar's role is not known, and a stub has today's.
#[test]
fn todays_role_is_not_given_a_past() {
    let (release, axis) = few("release");
    let svg = timeline(&release, &axis, 0);
    assert_eq!(svg.matches("class=\"bar unknown\"").count(), 2);
    assert_eq!(svg.matches("width=\"16\"").count(), 2);
    assert_eq!(svg.matches("class=\"bar current\"").count(), 1);
    // Nor is it said that two keys worked, only that there were two.
    assert!(svg.contains(">2 keys, 20 d</text>"), "{svg}");
    assert!(!svg.contains("2 keys work"), "{svg}");
}

#[test]
fn a_time_without_any_key_is_told_only_where_it_is_known() {
    let (killed, axis) = few("killed");
    let none = |user: &AuditedUser| {
        let since = user.history.since.map(seconds);
        together(&lanes(user, axis.today), since, axis.today).iter().filter(|span| span.keys == 0).count()
    };
    assert_eq!(none(&killed), 2);
    let mut unseen = killed.clone();
    unseen.history.since = None;
    assert_eq!(none(&unseen), 0);
    // A key whose end nobody told may have been there.
    let mut lost = killed;
    lost.history.keys[1].deleted = None;
    assert_eq!(none(&lost), 0);
}

#[test]
fn an_inactive_key_is_half_as_high_and_says_so() {
    let (nightly, axis) = few("nightly");
    let svg = timeline(&nightly, &axis, 0);
    assert!(svg.contains("class=\"bar last off\""), "{svg}");
    assert!(svg.contains(">LAST, Inactive</text>"), "{svg}");
    assert!(svg.contains("<tspan dx=\"6\">Inactive</tspan>"), "{svg}");
}

#[test]
fn more_keys_than_are_drawn_are_the_oldest_of_those_that_are_gone() {
    let (daily, axis) = few("daily");
    let svg = timeline(&daily, &axis, 0);
    let drawn: Vec<_> =
        (1..=20).filter(|n| svg.contains(&format!("<tspan class=\"id\">{}", id("DAILY", *n)))).collect();
    assert_eq!(drawn, (9..=20).collect::<Vec<_>>());
}

/// IAM's last use is no second use beside the trail's own record of it.
#[test]
fn the_last_use_counts_once() {
    let (deploy, axis) = few("deploy");
    let mut told = deploy.clone();
    let used = |user: &AuditedUser| lanes(user, axis.today)[2].uses.len();
    let before = used(&told);
    told.keys[1].used = Used::Ago(hours(1));
    assert_eq!(used(&told), before + 1);
    told.keys[1].used = Used::Unknown;
    assert_eq!(used(&told), before);
}

#[test]
fn changes_before_a_key_was_made_or_after_it_was_deleted_leave_no_span() {
    let mut odd = with(0);
    let mut told = few("deploy").0.history.keys[1].clone();
    told.roles.insert(0, (at(24 * 100), Role::Pending));
    told.deleted = Some(at(24 * 30));
    told.statuses.push((at(24), Status::Inactive));
    odd.history.keys = vec![told];
    let lane = &lanes(&odd, seconds(at(0)))[0];
    assert_eq!(lane.spans.first().unwrap().from, seconds(at(24 * 69)));
    assert_eq!(lane.spans.last().unwrap().to, seconds(at(24 * 30)));
    assert!(lane.spans.iter().all(|span| span.status == Some(Status::Active)), "{:?}", lane.spans);
}
