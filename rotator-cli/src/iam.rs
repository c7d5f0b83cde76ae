//! The few IAM calls, one function each. Every one names the action it needs where it is denied.

use std::time::SystemTime;

use aws_sdk_iam::types::StatusType;
use rotator::{AccessKeyId, Status, Used};

use crate::aws::{Caller, NeverResend, iam_client};
use crate::clock::ServerClock;
use crate::failure::{Class, Failure, from_sdk};
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

/// IAM, and the clock that its answers set.
#[derive(Debug, Clone)]
pub struct Iam {
    client: aws_sdk_iam::Client,
    /// IAM's clock.
    pub clock: ServerClock,
}

impl Iam {
    /// Of the caller's account.
    #[must_use]
    pub fn new(caller: &Caller) -> Self {
        let clock = ServerClock::default();
        Self { client: iam_client(caller, &clock), clock }
    }

    /// All users under a path, nested ones too: ListUsers matches by prefix and may send short pages.
    ///
    /// # Errors
    /// A call that failed.
    pub async fn users(&self, path: &str) -> Result<Vec<User>, Failure> {
        let mut users = Vec::new();
        let mut pages = self.client.list_users().path_prefix(path).into_paginator().send();
        while let Some(page) = pages.next().await {
            let page =
                page.map_err(|error| from_sdk("iam:ListUsers", format!("list the users on {path}"), &error))?;
            users.extend(page.users().iter().map(user));
        }
        Ok(users)
    }

    /// One user by name.
    ///
    /// # Errors
    /// A call that failed; [`Class::Missing`] if there is no such user.
    pub async fn user(&self, name: &str) -> Result<User, Failure> {
        let doing = || format!("find user {name}");
        let answer = self.client.get_user().user_name(name).send().await;
        let answer = answer.map_err(|error| from_sdk("iam:GetUser", doing(), &error))?;
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
        let mut pages = self.client.list_access_keys().user_name(&user.name).into_paginator().send();
        while let Some(page) = pages.next().await {
            let page = page.map_err(|error| from_sdk("iam:ListAccessKeys", doing(), &error))?;
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
        }
        Ok(keys)
    }

    /// A key's last use. IAM leaves the date out where it has none on record.
    ///
    /// # Errors
    /// A call that failed; the caller takes that for [`Used::Unknown`], never for [`Used::Never`].
    pub async fn last_use(&self, id: &AccessKeyId) -> Result<LastUse, Failure> {
        let action = "iam:GetAccessKeyLastUsed";
        let doing = || format!("ask when {id} was last used");
        let answer = self.client.get_access_key_last_used().access_key_id(id.as_str()).send().await;
        let answer = answer.map_err(|error| from_sdk(action, doing(), &error))?;
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
        let once = aws_sdk_iam::config::Builder::new().retry_classifier(NeverResend);
        let answer = self
            .client
            .create_access_key()
            .user_name(&user.name)
            .customize()
            .config_override(once)
            .send()
            .await;
        let answer = answer.map_err(|error| from_sdk("iam:CreateAccessKey", doing(), &error))?;
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
        let call = self.client.update_access_key().user_name(&user.name).access_key_id(id.as_str());
        let answer = call.status(StatusType::Active).send().await;
        answer.map(drop).map_err(|error| from_sdk("iam:UpdateAccessKey", format!("activate {id}"), &error))
    }

    /// Switches a key off.
    ///
    /// # Errors
    /// A call that failed.
    pub async fn deactivate(&self, user: &User, id: &AccessKeyId) -> Result<(), Failure> {
        let call = self.client.update_access_key().user_name(&user.name).access_key_id(id.as_str());
        let answer = call.status(StatusType::Inactive).send().await;
        answer.map(drop).map_err(|error| from_sdk("iam:UpdateAccessKey", format!("deactivate {id}"), &error))
    }

    /// Deletes a key. Gone is what was wanted.
    ///
    /// # Errors
    /// A call that failed.
    pub async fn delete(&self, user: &User, id: &AccessKeyId) -> Result<(), Failure> {
        let call = self.client.delete_access_key().user_name(&user.name).access_key_id(id.as_str());
        match call.send().await {
            Ok(_) => Ok(()),
            Err(error) if error.as_service_error().is_some_and(|e| e.is_no_such_entity_exception()) => Ok(()),
            Err(error) => Err(from_sdk("iam:DeleteAccessKey", format!("delete {id}"), &error)),
        }
    }

    /// A user's tags, all pages.
    ///
    /// # Errors
    /// A call that failed.
    pub async fn tags(&self, user: &User) -> Result<Vec<(String, String)>, Failure> {
        let mut tags = Vec::new();
        let mut pages = self.client.list_user_tags().user_name(&user.name).into_paginator().send();
        while let Some(page) = pages.next().await {
            let page = page.map_err(|error| {
                from_sdk("iam:ListUserTags", format!("read the tags of {}", user.name), &error)
            })?;
            tags.extend(page.tags().iter().map(|tag| (tag.key().to_owned(), tag.value().to_owned())));
        }
        Ok(tags)
    }

    /// Sets one tag of a user.
    ///
    /// # Errors
    /// A call that failed.
    pub async fn tag(&self, user: &User, key: &str, value: &str) -> Result<(), Failure> {
        let doing = || format!("write the tag `{key}` of {}", user.name);
        let tag = aws_sdk_iam::types::Tag::builder().key(key).value(value).build();
        let tag = tag.map_err(|error| Failure::new(Class::Setup, doing(), error.to_string()))?;
        let answer = self.client.tag_user().user_name(&user.name).tags(tag).send().await;
        answer.map(drop).map_err(|error| from_sdk("iam:TagUser", doing(), &error))
    }
}

fn user(user: &aws_sdk_iam::types::User) -> User {
    User { name: user.user_name().to_owned(), id: user.user_id().to_owned(), path: user.path().to_owned() }
}
