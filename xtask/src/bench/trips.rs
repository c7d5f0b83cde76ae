//! Round trips: which calls of a run had to wait for which, counted from the endpoint's log.

use std::collections::BTreeMap;
use std::time::Duration;

use rotator_cli::sandbox::Call;

/// Calls one after the other; each of them may have had others at its side.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Trips(pub Vec<String>);

impl Trips {
    pub fn count(&self) -> usize {
        self.0.len()
    }
}

/// The way of one run: what it asked for itself, and then one of its users.
///
/// Which user: all have the same work, and on a busy machine a call that comes late looks as if it had waited for
/// another. So it is the one in the middle when they are ordered by their ways.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Way {
    /// Before there is a user: who runs this, who is on the path.
    pub run: Trips,
    /// The user in the middle.
    pub user: Trips,
    /// Both together, side by side where they were.
    pub all: usize,
}

/// Calls that were about a user, and those that were about none.
///
/// `whose` says which user a call was about.
pub fn way<'a>(calls: &'a [Call], whose: impl Fn(&'a Call) -> Option<&'a str>) -> Way {
    let mut own = Vec::new();
    let mut users: BTreeMap<&str, Vec<&Call>> = BTreeMap::new();
    for call in calls {
        match whose(call) {
            Some(user) => users.entry(user).or_default().push(call),
            None => own.push(call),
        }
    }
    let mut ways: Vec<_> = users
        .values()
        .map(|calls| (trips(calls), trips(&[own.as_slice(), calls].concat()).count()))
        .collect();
    ways.sort_by_key(|(user, all)| (user.count(), *all));
    let run = trips(&own);
    let middle = (!ways.is_empty()).then(|| ways.swap_remove(ways.len() / 2));
    let (user, all) = middle.unwrap_or_else(|| (Trips::default(), run.count()));
    Way { run, user, all }
}

/// The longest row of calls of which each began after the one before had ended; the rest stands beside those it
/// overlaps with.
///
/// The row is the greedy one by ends, which no other row is longer than.
pub fn trips(calls: &[&Call]) -> Trips {
    let mut by_end = calls.to_vec();
    by_end.sort_by_key(|call| (call.ended, call.began));
    let mut row: Vec<&Call> = Vec::new();
    let mut beside: Vec<&Call> = Vec::new();
    for call in by_end {
        let free = row.last().map_or(Duration::ZERO, |last| last.ended);
        if row.is_empty() || call.began >= free {
            row.push(call);
        } else {
            beside.push(call);
        }
    }
    let mut groups: Vec<Vec<&str>> = row.iter().map(|call| vec![name(call)]).collect();
    for call in beside {
        // The first that had not ended when it began: it overlaps that one, for it was not free to follow it.
        let place = row.iter().position(|other| other.ended > call.began).unwrap_or_default();
        if let Some(group) = groups.get_mut(place) {
            group.push(name(call));
        }
    }
    Trips(groups.iter().map(|group| words(group)).collect())
}

/// `ListAccessKeys + ListUserTags (side by side)`, `GetAccessKeyLastUsed ×2 (side by side)`.
fn words(group: &[&str]) -> String {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for name in group {
        *counts.entry(name).or_default() += 1;
    }
    let each = counts.iter().map(|(name, count)| match count {
        1 => (*name).to_owned(),
        more => format!("{name} ×{more}"),
    });
    let all = each.collect::<Vec<_>>().join(" + ");
    if group.len() > 1 { format!("{all} (side by side)") } else { all }
}

/// Without the service: `CreateAccessKey`.
fn name(call: &Call) -> &str {
    call.action.split_once(':').map_or(call.action.as_str(), |(_, name)| name)
}

#[cfg(test)]
pub mod tests {
    use std::time::SystemTime;

    use super::*;

    /// A call from one millisecond to another, answered with success.
    pub fn call(action: &str, user: Option<&str>, began: u64, ended: u64) -> Call {
        Call {
            at: SystemTime::UNIX_EPOCH,
            began: Duration::from_millis(began),
            ended: Duration::from_millis(ended),
            action: action.to_owned(),
            user: user.map(str::to_owned),
            signed_with: None,
            status: Some(200),
            error: None,
            agent: None,
            parameters: Vec::new(),
            made: None,
        }
    }

    fn names(calls: &[Call]) -> Vec<String> {
        trips(&calls.iter().collect::<Vec<_>>()).0
    }

    #[test]
    fn calls_one_after_the_other_are_one_trip_each() {
        let calls = [
            call("iam:ListAccessKeys", Some("a"), 0, 50),
            call("iam:CreateAccessKey", Some("a"), 50, 100),
            call("iam:DeleteAccessKey", Some("a"), 103, 153),
        ];
        assert_eq!(names(&calls), ["ListAccessKeys", "CreateAccessKey", "DeleteAccessKey"]);
    }

    #[test]
    fn calls_side_by_side_are_one_trip() {
        let calls = [
            call("iam:ListUserTags", Some("a"), 1, 51),
            call("iam:ListAccessKeys", Some("a"), 0, 50),
            call("iam:GetAccessKeyLastUsed", Some("a"), 52, 102),
            call("iam:GetAccessKeyLastUsed", Some("a"), 52, 103),
        ];
        let expected =
            ["ListAccessKeys + ListUserTags (side by side)", "GetAccessKeyLastUsed ×2 (side by side)"];
        assert_eq!(names(&calls), expected);
    }

    /// A slow call beside two quick ones that wait for each other: two trips, not one and not three.
    #[test]
    fn the_longest_row_counts() {
        let calls = [
            call("iam:ListUsers", None, 0, 100),
            call("iam:ListAccessKeys", None, 0, 40),
            call("iam:ListUserTags", None, 45, 95),
        ];
        assert_eq!(names(&calls), ["ListAccessKeys + ListUsers (side by side)", "ListUserTags"]);
    }

    #[test]
    fn users_side_by_side_do_not_lengthen_each_others_way() {
        let calls = [
            call("sts:GetCallerIdentity", None, 0, 50),
            call("iam:ListUsers", None, 51, 101),
            call("iam:ListAccessKeys", Some("a"), 102, 152),
            call("iam:ListAccessKeys", Some("b"), 102, 152),
            call("iam:CreateAccessKey", Some("a"), 153, 203),
            call("iam:CreateAccessKey", Some("b"), 153, 203),
        ];
        let way = way(&calls, |call| call.user.as_deref());
        assert_eq!(way.run.0, ["GetCallerIdentity", "ListUsers"]);
        assert_eq!(way.user.0, ["ListAccessKeys", "CreateAccessKey"]);
        assert_eq!(way.all, 4);
    }

    /// What the run asks while the first users are already under way costs no time of its own.
    #[test]
    fn what_a_run_asks_beside_its_users_is_not_counted_twice() {
        let calls = [
            call("iam:ListUsers", None, 0, 50),
            call("iam:ListAccessKeys", Some("a"), 51, 101),
            call("iam:ListUsers", None, 51, 101),
        ];
        let way = way(&calls, |call| call.user.as_deref());
        assert_eq!((way.run.count(), way.user.count(), way.all), (2, 1, 2));
    }

    /// Of three users one is late once, so that two calls of it do not overlap any more.
    #[test]
    fn the_user_in_the_middle_counts() {
        let two = |user, second| {
            [
                call("iam:ListAccessKeys", Some(user), 0, 50),
                call("iam:ListUserTags", Some(user), second, second + 50),
            ]
        };
        let calls = [two("a", 1), two("b", 60), two("c", 2)].concat();
        assert_eq!(way(&calls, |call| call.user.as_deref()).user.count(), 1);
        let calls = [two("a", 60), two("b", 60), two("c", 2)].concat();
        assert_eq!(way(&calls, |call| call.user.as_deref()).user.count(), 2);
    }

    #[test]
    fn nothing_is_no_trip() {
        assert_eq!(trips(&[]).count(), 0);
        assert_eq!(way(&[], |call| call.user.as_deref()), Way::default());
    }
}
