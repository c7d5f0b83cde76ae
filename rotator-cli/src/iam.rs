//! The few IAM calls, one function each. Every one names the action it needs where it is denied.

mod pace;

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use aws_sdk_iam::types::StatusType;
use rotator::{AccessKeyId, Effect, Status, Used};

use self::pace::{Kind, Pace};
use crate::aws::{Caller, NeverResend, Session, iam_client};
use crate::clock::{Deadline, ServerClock, sleep};
use crate::failure::{Class, Failure};
use crate::limit::Limiter;
use crate::secret::Pair;

/// A machine user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    /// Its name, unique in the account.
    pub name: String,
    /// Its UserId, which a user of the same name made later does not have.
    pub id: String,
    /// Its path, with leading and trailing slash.
    pub path: String,
}

/// A key as ListAccessKeys shows it.
#[derive(Debug, Clone)]
pub struct ListedKey {
    /// Its id.
    pub id: AccessKeyId,
    /// Whether it works.
    pub status: Status,
    /// Its CreateDate, in whole seconds.
    pub created: SystemTime,
}

/// What IAM has on record of a key's last use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LastUse {
    /// When, in IAM's steps of 15 minutes; `None`: no use is on record.
    pub at: Option<SystemTime>,
    /// By which service and where, for a person: `s3 in eu-central-1`.
    pub by: Option<String>,
}

impl LastUse {
    /// As an age, by that clock.
    #[must_use]
    pub fn used(&self, clock: &ServerClock) -> Used {
        self.at.map_or(Used::Never, |at| Used::Ago(clock.since(at)))
    }
}

/// A page of a list of users, and where the next one begins.
#[derive(Debug, Default)]
pub struct UserPage {
    /// The users; there may be none although more are to come.
    pub users: Vec<User>,
    /// Of the next page; `None`: this was the last.
    pub next: Option<String>,
}

/// IAM, and the clock that its answers set.
#[derive(Debug, Clone)]
pub struct Iam {
    client: aws_sdk_iam::Client,
    pace: Pace,
    /// IAM's clock.
    pub clock: ServerClock,
}

impl Iam {
    /// Of the caller's account, with a limiter of its own.
    #[must_use]
    pub fn new(caller: &Caller) -> Self {
        Self::of(&caller.config)
    }

    /// The same while nobody knows yet whose account it is.
    #[must_use]
    pub fn before(session: &Session) -> Self {
        Self::of(&session.config)
    }

    fn of(config: &aws_config::SdkConfig) -> Self {
        let clock = ServerClock::default();
        Self { client: iam_client(config, &clock), pace: Pace::new(config), clock }
    }

    /// Under the limiter of everybody who works in this account.
    #[must_use]
    pub fn under(mut self, limiter: Arc<Limiter>) -> Self {
        self.pace.limiter = limiter;
        self
    }

    /// Whether a call to the account was throttled lately.
    #[must_use]
    pub fn is_throttled(&self) -> bool {
        self.pace.limiter.is_throttled()
    }

    /// The account's limiter.
    #[must_use]
    pub fn limiter(&self) -> &Limiter {
        &self.pace.limiter
    }

    /// Users under a path, nested ones too: ListUsers matches by prefix and may send short pages. At most so
    /// many on a page: 1 to 1000 (IAM API reference, ListUsers).
    ///
    /// # Errors
    /// A call that failed.
    pub async fn user_page(&self, path: &str, at_most: i32, from: Option<&str>) -> Result<UserPage, Failure> {
        let doing = || format!("list the users on {path}");
        let call = || {
            let call = self.client.list_users().path_prefix(path).max_items(at_most);
            call.set_marker(from.map(str::to_owned)).send()
        };
        let page = self.pace.call("iam:ListUsers", Kind::Reads, doing, call).await?;
        let next = next("ListUsers", page.is_truncated(), page.marker(), from)
            .map_err(|said| Failure::new(Class::Unanswered, doing(), said))?;
        Ok(UserPage { users: page.users().iter().map(user).collect(), next })
    }

    /// All users under a path.
    ///
    /// # Errors
    /// A call that failed.
    pub async fn users(&self, path: &str) -> Result<Vec<User>, Failure> {
        let mut users = Vec::new();
        let mut from: Option<String> = None;
        loop {
            let page = self.user_page(path, 1000, from.as_deref()).await?;
            users.extend(page.users);
            match page.next {
                Some(next) => from = Some(next),
                None => return Ok(users),
            }
        }
    }

    /// Waits while calls for such an effect wait so long that its own turn would hardly come within the time
    /// of a request; and no longer than the deadline leaves that time.
    pub async fn until_its_turn_is_near(&self, effect: &Effect, deadline: &Deadline) {
        let action = match effect {
            Effect::Create => "iam:CreateAccessKey",
            Effect::Delete(_) => "iam:DeleteAccessKey",
            Effect::Activate(_) | Effect::Deactivate(_) => "iam:UpdateAccessKey",
            Effect::Adopt { .. }
            | Effect::Open
            | Effect::Rest(_)
            | Effect::Stage(_)
            | Effect::Publish(_)
            | Effect::Promote(_)
            | Effect::Restore(_) => "iam:TagUser",
        };
        let request = self.pace.request;
        while self.pace.limiter.backlog(action) > request / 2 && deadline.left() > request {
            sleep(Duration::from_millis(100)).await;
        }
    }

    /// One user by name.
    ///
    /// # Errors
    /// A call that failed; [`Class::Missing`] if there is no such user.
    pub async fn user(&self, name: &str) -> Result<User, Failure> {
        let doing = || format!("find user {name}");
        let call = || self.client.get_user().user_name(name).send();
        let answer = self.pace.call("iam:GetUser", Kind::Reads, doing, call).await?;
        answer
            .user()
            .map(user)
            .ok_or_else(|| Failure::new(Class::Unanswered, doing(), "the answer names no user"))
    }

    /// A user's keys, all pages.
    ///
    /// # Errors
    /// A call that failed.
    pub async fn keys(&self, user: &User) -> Result<Vec<ListedKey>, Failure> {
        let doing = || format!("list the keys of {}", user.name);
        let mut keys = Vec::new();
        let mut from = None;
        loop {
            let call = || {
                let call = self.client.list_access_keys().user_name(&user.name);
                call.set_marker(from.clone()).send()
            };
            let page = self.pace.call("iam:ListAccessKeys", Kind::Reads, doing, call).await?;
            for key in page.access_key_metadata() {
                let id = key.access_key_id().and_then(|id| AccessKeyId::parse(id).ok());
                let created = key.create_date().and_then(|date| SystemTime::try_from(*date).ok());
                let status = match key.status() {
                    Some(StatusType::Active) => Some(Status::Active),
                    // Whatever is not Active does not sign.
                    Some(_) => Some(Status::Inactive),
                    None => None,
                };
                let (Some(id), Some(created), Some(status)) = (id, created, status) else {
                    return Err(Failure::new(Class::Unanswered, doing(), "a key without id, date or status"));
                };
                keys.push(ListedKey { id, status, created });
            }
            from = next("ListAccessKeys", page.is_truncated(), page.marker(), from.as_deref())
                .map_err(|said| Failure::new(Class::Unanswered, doing(), said))?;
            if from.is_none() {
                return Ok(keys);
            }
        }
    }

    /// A key's last use. IAM leaves the date out where it has none on record.
    ///
    /// # Errors
    /// A call that failed; the caller takes that for [`Used::Unknown`], never for [`Used::Never`].
    pub async fn last_use(&self, id: &AccessKeyId) -> Result<LastUse, Failure> {
        let action = "iam:GetAccessKeyLastUsed";
        let doing = || format!("ask when {id} was last used");
        let call = || self.client.get_access_key_last_used().access_key_id(id.as_str()).send();
        let answer = self.pace.call(action, Kind::Reads, doing, call).await?;
        let Some(last) = answer.access_key_last_used() else {
            return Err(Failure::new(Class::Unanswered, doing(), "the answer says nothing of use"));
        };
        let at = match last.last_used_date() {
            None => None,
            Some(date) => Some(SystemTime::try_from(*date).map_err(|_| {
                Failure::new(Class::Unanswered, doing(), "the answer has no date that can be read")
            })?),
        };
        let by = format!("{} in {}", last.service_name(), last.region());
        Ok(LastUse { at, by: at.map(|_| by) })
    }

    /// Creates a key. Sent once: after anything but a clear answer a live key may exist whose secret
    /// nobody has.
    ///
    /// # Errors
    /// A call that failed.
    pub async fn create(&self, user: &User) -> Result<Pair, Failure> {
        let doing = || format!("create a key for {}", user.name);
        let call = || {
            let once = aws_sdk_iam::config::Builder::new().retry_classifier(NeverResend);
            let call = self.client.create_access_key().user_name(&user.name);
            call.customize().config_override(once).send()
        };
        let answer = self.pace.call("iam:CreateAccessKey", Kind::Once, doing, call).await?;
        let key = answer
            .access_key
            .ok_or_else(|| Failure::new(Class::Unanswered, doing(), "the answer has no key"))?;
        let id = AccessKeyId::parse(&key.access_key_id)
            .map_err(|error| Failure::new(Class::Unanswered, doing(), error.to_string()))?;
        // IAM returns the secret only here; there is no second chance.
        Ok(Pair::new(id, key.secret_access_key))
    }

    /// Switches a key on again.
    ///
    /// # Errors
    /// A call that failed.
    pub async fn activate(&self, user: &User, id: &AccessKeyId) -> Result<(), Failure> {
        self.turn(user, id, StatusType::Active, "activate").await
    }

    /// Switches a key off.
    ///
    /// # Errors
    /// A call that failed.
    pub async fn deactivate(&self, user: &User, id: &AccessKeyId) -> Result<(), Failure> {
        self.turn(user, id, StatusType::Inactive, "deactivate").await
    }

    async fn turn(&self, user: &User, id: &AccessKeyId, to: StatusType, verb: &str) -> Result<(), Failure> {
        let call = || {
            let call = self.client.update_access_key().user_name(&user.name).access_key_id(id.as_str());
            call.status(to.clone()).send()
        };
        let doing = || format!("{verb} {id}");
        self.pace.call("iam:UpdateAccessKey", Kind::Changes, doing, call).await.map(drop)
    }

    /// Deletes a key. Gone is what was wanted.
    ///
    /// # Errors
    /// A call that failed.
    pub async fn delete(&self, user: &User, id: &AccessKeyId) -> Result<(), Failure> {
        let call = || self.client.delete_access_key().user_name(&user.name).access_key_id(id.as_str()).send();
        let doing = || format!("delete {id}");
        match self.pace.call("iam:DeleteAccessKey", Kind::Changes, doing, call).await {
            Err(failure) if failure.class != Class::Missing => Err(failure),
            Ok(_) | Err(_) => Ok(()),
        }
    }

    /// A user's tags, all pages.
    ///
    /// # Errors
    /// A call that failed.
    pub async fn tags(&self, user: &User) -> Result<Vec<(String, String)>, Failure> {
        let doing = || format!("read the tags of {}", user.name);
        let (mut tags, mut from) = (Vec::new(), None);
        loop {
            let call = || self.client.list_user_tags().user_name(&user.name).set_marker(from.clone()).send();
            let page = self.pace.call("iam:ListUserTags", Kind::Reads, doing, call).await?;
            tags.extend(page.tags().iter().map(|tag| (tag.key().to_owned(), tag.value().to_owned())));
            from = next("ListUserTags", page.is_truncated(), page.marker(), from.as_deref())
                .map_err(|said| Failure::new(Class::Unanswered, doing(), said))?;
            if from.is_none() {
                return Ok(tags);
            }
        }
    }

    /// Sets one tag of a user.
    ///
    /// # Errors
    /// A call that failed.
    pub async fn tag(&self, user: &User, key: &str, value: &str) -> Result<(), Failure> {
        let doing = || format!("write the tag `{key}` of {}", user.name);
        let tag = aws_sdk_iam::types::Tag::builder().key(key).value(value).build();
        let tag = tag.map_err(|error| Failure::new(Class::Setup, doing(), error.to_string()))?;
        let call = || self.client.tag_user().user_name(&user.name).tags(tag.clone()).send();
        self.pace.call("iam:TagUser", Kind::Changes, doing, call).await.map(drop)
    }
}

/// The marker of the next page. One that leads back to the page itself would be asked for without an end.
fn next(
    list: &str,
    truncated: bool,
    marker: Option<&str>,
    from: Option<&str>,
) -> Result<Option<String>, String> {
    match marker.filter(|marker| truncated && !marker.is_empty()) {
        Some(marker) if from == Some(marker) => Err(format!("{list} goes round in a circle")),
        marker => Ok(marker.map(str::to_owned)),
    }
}

fn user(user: &aws_sdk_iam::types::User) -> User {
    User { name: user.user_name().to_owned(), id: user.user_id().to_owned(), path: user.path().to_owned() }
}
