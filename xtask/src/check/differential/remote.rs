//! A side behind HTTP, asked through the SDK.

use std::fmt::Debug;
use std::time::Duration;

use anyhow::{Context, Result};
use aws_config::retry::RetryConfig;
use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_sdk_iam::config::Credentials;
use aws_sdk_iam::config::http::HttpResponse;
use aws_sdk_iam::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_iam::types::{StatusType, Tag};
use rotator::Status;
use tokio::runtime::{Builder, Runtime};

use super::answer::{Answer, Shown, Side, View, Who};
use super::differences::Endpoint;
use super::operation::{Key, Operation};
use super::reference::{OPEN, SLOTS, value};
use super::spaces::SpaceAsPlus;
use crate::accounts::{Pair, REGION};

/// A letter that no tag's key may have (API reference, `Tag`).
const INVALID: &str = "rotator:*";

/// One worker's way to an endpoint: its own user after user, its own neighbour.
pub struct Remote {
    runtime: Runtime,
    config: SdkConfig,
    iam: aws_sdk_iam::Client,
    prefix: String,
    begun: u32,
    /// Every key that was made for the user of now, in that order.
    made: Vec<Pair>,
    neighbour: Pair,
}

impl Remote {
    /// `prefix` begins every name, and no other worker's names.
    pub fn new(endpoint: Endpoint, url: &str, admin: &Pair, prefix: &str) -> Result<Self> {
        let runtime = Builder::new_current_thread().enable_all().build()?;
        let credentials = Credentials::new(&admin.id, &admin.secret, None, None, "xtask");
        let patience = TimeoutConfig::builder().operation_timeout(Duration::from_secs(30)).build();
        let config = runtime.block_on(
            aws_config::defaults(BehaviorVersion::latest())
                .endpoint_url(url)
                .region(Region::new(REGION))
                .credentials_provider(credentials)
                // Each answer is compared, so none may be covered up by another attempt.
                .retry_config(RetryConfig::disabled())
                .timeout_config(patience)
                .load(),
        );
        let mut of_iam = aws_sdk_iam::config::Builder::from(&config);
        if endpoint == Endpoint::Moto {
            of_iam = of_iam.interceptor(SpaceAsPlus);
        }
        let iam = aws_sdk_iam::Client::from_conf(of_iam.build());
        let name = format!("{prefix}-neighbour");
        let neighbour = runtime
            .block_on(async {
                iam.create_user().user_name(&name).send().await?;
                let made = iam.create_access_key().user_name(&name).send().await?;
                anyhow::Ok(made.access_key)
            })?
            .context("a new key without a key")?;
        let neighbour = Pair { id: neighbour.access_key_id, secret: neighbour.secret_access_key };
        Ok(Self { runtime, config, iam, prefix: prefix.into(), begun: 0, made: Vec::new(), neighbour })
    }

    fn user(&self) -> String {
        format!("{}-{}", self.prefix, self.begun)
    }

    fn pair(&self, key: Key) -> Pair {
        let made = match key {
            Key::Made(number) => self.made.get(usize::from(number).wrapping_sub(1)),
            Key::Neighbours => Some(&self.neighbour),
            Key::Nobodys => None,
        };
        made.cloned().unwrap_or_else(|| Pair {
            id: "AKIA____NOBODYS_KEY_".replace('_', "X"),
            secret: "none".repeat(10),
        })
    }

    fn create_key(&mut self) -> Answer {
        let call = self.iam.create_access_key().user_name(self.user());
        let key = match self.runtime.block_on(call.send()) {
            Ok(answer) => answer.access_key,
            Err(error) => return refusal(&error),
        };
        let Some(key) = key else { return Answer::Broken("a new key without a key".into()) };
        self.made.push(Pair { id: key.access_key_id, secret: key.secret_access_key });
        Answer::Key(u8::try_from(self.made.len()).unwrap_or(u8::MAX))
    }

    fn last_used(&self, id: &str) -> Answer {
        let call = self.iam.get_access_key_last_used().access_key_id(id);
        match self.runtime.block_on(call.send()) {
            Ok(answer) => Answer::LastUse {
                owner: self.who(answer.user_name().unwrap_or_default()),
                dated: answer.access_key_last_used().is_some_and(|last| last.last_used_date().is_some()),
            },
            Err(error) => refusal(&error),
        }
    }

    fn identity(&self, pair: &Pair) -> Answer {
        let credentials = Credentials::new(&pair.id, &pair.secret, None, None, "xtask");
        let config = aws_sdk_sts::config::Builder::from(&self.config).credentials_provider(credentials);
        let call = aws_sdk_sts::Client::from_conf(config.build()).get_caller_identity();
        match self.runtime.block_on(call.send()) {
            Ok(answer) => {
                let arn = answer.arn().unwrap_or_default();
                Answer::Is(match arn.rsplit_once(":user/") {
                    Some((_, name)) => self.who(name),
                    None if arn.ends_with(":root") => Who::Root,
                    None => Who::Other(arn.to_owned()),
                })
            }
            Err(error) => refusal(&error),
        }
    }

    fn who(&self, name: &str) -> Who {
        match name {
            name if name == self.user() => Who::User,
            name if name.ends_with("-neighbour") => Who::Neighbour,
            name => Who::Other(name.to_owned()),
        }
    }

    fn tag(&self, tags: &[(&str, String)]) -> Answer {
        let tags = tags.iter().map(|(key, value)| Tag::builder().key(*key).value(value).build());
        match tags.collect::<Result<Vec<_>, _>>() {
            Ok(tags) => {
                let call = self.iam.tag_user().user_name(self.user()).set_tags(Some(tags));
                done(self.runtime.block_on(call.send()))
            }
            Err(error) => Answer::Broken(error.to_string()),
        }
    }

    fn untag(&self, keys: Vec<String>) -> Answer {
        let call = self.iam.untag_user().user_name(self.user()).set_tag_keys(Some(keys));
        done(self.runtime.block_on(call.send()))
    }

    fn keys(&self, user: &str) -> Result<Vec<Shown>, Answer> {
        let call = self.iam.list_access_keys().user_name(user);
        let listed = self.runtime.block_on(call.send()).map_err(|error| refusal(&error))?;
        let shown = listed.access_key_metadata().iter().map(|key| {
            let id = key.access_key_id().unwrap_or_default();
            let place = self.made.iter().position(|made| made.id == id);
            Shown {
                number: place.and_then(|place| u8::try_from(place + 1).ok()),
                active: key.status() == Some(&StatusType::Active),
                whole_second: key.create_date().is_some_and(|date| date.subsec_nanos() == 0),
                prefix: id.starts_with("AKIA"),
            }
        });
        Ok(shown.collect())
    }

    fn tags(&self) -> Result<Vec<(String, String)>, Answer> {
        let call = self.iam.list_user_tags().user_name(self.user());
        let listed = self.runtime.block_on(call.send()).map_err(|error| refusal(&error))?;
        Ok(listed.tags().iter().map(|tag| (tag.key().to_owned(), tag.value().to_owned())).collect())
    }

    fn neighbour_intact(&self) -> bool {
        let call = self.iam.list_access_keys().user_name(format!("{}-neighbour", self.prefix));
        self.runtime.block_on(call.send()).is_ok_and(|listed| {
            let keys = listed.access_key_metadata();
            let own = |id| id == Some(self.neighbour.id.as_str());
            let intact = keys.iter().filter(|key| own(key.access_key_id()));
            intact.filter(|key| key.status() == Some(&StatusType::Active)).count() == 1 && keys.len() == 1
        })
    }
}

impl Side for Remote {
    fn begin(&mut self) {
        self.begun += 1;
        self.made.clear();
    }

    fn perform(&mut self, operation: &Operation) -> Answer {
        let (iam, user) = (self.iam.clone(), self.user());
        match operation {
            Operation::CreateUser => done(self.runtime.block_on(iam.create_user().user_name(user).send())),
            Operation::CreateUserInCapitals => {
                done(self.runtime.block_on(iam.create_user().user_name(user.to_uppercase()).send()))
            }
            Operation::DeleteUser => done(self.runtime.block_on(iam.delete_user().user_name(user).send())),
            Operation::CreateKey => self.create_key(),
            Operation::UpdateKey(key, status) => {
                let status = match status {
                    Status::Active => StatusType::Active,
                    Status::Inactive => StatusType::Inactive,
                };
                let call = iam.update_access_key().user_name(user).access_key_id(self.pair(*key).id);
                done(self.runtime.block_on(call.status(status).send()))
            }
            Operation::DeleteKey(key) => {
                let call = iam.delete_access_key().user_name(user).access_key_id(self.pair(*key).id);
                done(self.runtime.block_on(call.send()))
            }
            Operation::LastUsed(key) => self.last_used(&self.pair(*key).id),
            Operation::Identity(key) => self.identity(&self.pair(*key)),
            Operation::Tag { slots, open } => {
                let slots = slots.map(|number| (SLOTS, value(SLOTS, number)));
                let open = open.map(|number| (OPEN, value(OPEN, number)));
                self.tag(&slots.into_iter().chain(open).collect::<Vec<_>>())
            }
            Operation::TagInCapitals(number) => self.tag(&[(&SLOTS.to_uppercase(), value(SLOTS, *number))]),
            Operation::TagBesideInvalid(number) => {
                self.tag(&[(SLOTS, value(SLOTS, *number)), (INVALID, "any".into())])
            }
            Operation::Untag { slots, open } => {
                let named = [(*slots, SLOTS), (*open, OPEN)].into_iter().filter(|(named, _)| *named);
                self.untag(named.map(|(_, key)| key.to_owned()).collect())
            }
        }
    }

    fn look(&mut self, after: &Operation) -> View {
        View {
            keys: self.keys(&self.user()),
            tags: self.tags(),
            neighbour_intact: after.key() != Some(Key::Neighbours) || self.neighbour_intact(),
        }
    }

    fn undo(&mut self, operation: &Operation, tags: &[(String, String)]) -> Answer {
        if *operation == Operation::CreateUserInCapitals {
            let call = self.iam.delete_user().user_name(self.user().to_uppercase());
            return done(self.runtime.block_on(call.send()));
        }
        let there = match self.tags() {
            Ok(there) => there,
            Err(answer) => return answer,
        };
        let untagged = match there.is_empty() {
            true => Answer::Done,
            false => self.untag(there.into_iter().map(|(key, _)| key).collect()),
        };
        if untagged != Answer::Done || tags.is_empty() {
            return untagged;
        }
        self.tag(&tags.iter().map(|(key, value)| (key.as_str(), value.clone())).collect::<Vec<_>>())
    }

    /// Endpoints that search all users for a key would become slower with every sequence.
    fn end(&mut self) {
        let user = self.user();
        for pair in std::mem::take(&mut self.made) {
            let call = self.iam.delete_access_key().user_name(&user).access_key_id(pair.id);
            let _ = self.runtime.block_on(call.send());
        }
        let _ = self.runtime.block_on(self.iam.delete_user().user_name(user).send());
    }
}

fn done<T, E>(result: Result<T, SdkError<E, HttpResponse>>) -> Answer
where
    E: ProvideErrorMetadata + Debug,
{
    match result {
        Ok(_) => Answer::Done,
        Err(error) => refusal(&error),
    }
}

fn refusal<E>(error: &SdkError<E, HttpResponse>) -> Answer
where
    E: ProvideErrorMetadata + Debug,
{
    match error.raw_response() {
        Some(answer) => {
            let code = match error.code() {
                Some(code) => code.to_owned(),
                None => misplaced(answer.body().bytes().unwrap_or_default()),
            };
            Answer::No(answer.status().as_u16(), code.into())
        }
        None => Answer::Broken(format!("{error:?}")),
    }
}

/// The code of an error whose XML is not as the SDK reads it.
fn misplaced(body: &[u8]) -> String {
    let body = String::from_utf8_lossy(body);
    let code = body.split_once("<Code>").and_then(|(_, rest)| rest.split_once("</Code>"));
    code.map_or_else(|| "without a code".into(), |(code, _)| format!("{code}, misplaced"))
}
