//! What CloudTrail tells of users' keys over time, for the audit's timeline.

use std::path::PathBuf;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use rotator::{AccessKeyId, Status};

use super::collect::{Collected, What};
use super::users::{Key, User, rebuild};
use crate::failure::Failure;
use crate::history::{KeyHistory, UserHistory};
use crate::trail::{self, Progress};

/// What CloudTrail tells of users' keys over time. It tells no roles: the store gave them.
///
/// # Errors
/// A file that cannot be read.
pub fn histories(trails: &[PathBuf]) -> Result<Vec<UserHistory>, Failure> {
    let mut collected = Collected::default();
    trail::read(trails, &Progress::none(), &mut |record| collected.add(record))?;
    let users = collected.accounts.iter().flat_map(|(number, account)| rebuild(number, account));
    Ok(users.map(|user| history(&user)).collect())
}

fn history(user: &User) -> UserHistory {
    UserHistory {
        user: user.name.clone(),
        account: Some(user.account.clone()).filter(|number| !number.is_empty()),
        path: user.path.clone(),
        since: Some(time(user.span.0)),
        keys: user.keys.iter().filter_map(key).collect(),
    }
}

/// `None`: its id is none that IAM gives.
fn key(key: &Key) -> Option<KeyHistory> {
    let made = key.made.iter().map(|made| (time(made.at), Status::Active));
    let switched = key.switched.iter().map(|change| match change.what {
        What::KeyOff => (time(change.at), Status::Inactive),
        What::KeyOn | What::KeyMade | What::KeyGone | What::UserMade | What::UserRenamed | What::UserGone => {
            (time(change.at), Status::Active)
        }
    });
    Some(KeyHistory {
        id: AccessKeyId::parse(&key.id).ok()?,
        created: key.made.as_ref().map(|made| time(made.at)),
        deleted: key.gone.as_ref().map(|gone| time(gone.at)),
        statuses: made.chain(switched).collect(),
        roles: Vec::new(),
        uses: key.jobs.iter().map(|(first, last)| (time(first), time(last))).collect(),
    })
}

fn time(at: u64) -> SystemTime {
    UNIX_EPOCH + Duration::from_secs(at)
}
