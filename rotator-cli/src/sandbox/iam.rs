//! IAM, as far as keys, their users and tags go (IAM API reference, version 2010-05-08).

use std::time::SystemTime;

use secrecy::ExposeSecret;

use super::access::Caller;
use super::account::{Account, Key, KeyStatus, User};
use super::clock::xml_date;
use super::error::AwsError;
use super::pages::{Page, page};
use super::request::Form;
use super::xml;

pub(super) const NAMESPACE: &str = "https://iam.amazonaws.com/doc/2010-05-08/";

/// What goes into the result element; `None` where the action has none.
type Answer = Result<Option<String>, AwsError>;

pub(super) fn answer(account: &mut Account, caller: &Caller, operation: &str, form: &Form) -> Answer {
    let call = Call { account, caller, form, operation };
    match operation {
        "ListUsers" => call.list_users(),
        "GetUser" => call.get_user(),
        "CreateUser" => call.create_user(),
        "DeleteUser" => call.delete_user(),
        "ListAccessKeys" => call.list_access_keys(),
        "CreateAccessKey" => call.create_access_key(),
        "DeleteAccessKey" => call.delete_access_key(),
        "UpdateAccessKey" => call.update_access_key(),
        "GetAccessKeyLastUsed" => call.get_access_key_last_used(),
        "ListUserTags" => call.list_user_tags(),
        "TagUser" => call.tag_user(),
        "UntagUser" => call.untag_user(),
        unknown => Err(unknown_action(unknown)),
    }
}

/// The user that a call is about, for faults and the log.
pub(super) fn subject(
    account: &Account,
    operation: &str,
    form: &Form,
    signer: Option<&str>,
) -> Option<String> {
    if let Some(name) = form.get("UserName") {
        return Some(name.to_owned());
    }
    let key = match operation {
        "GetAccessKeyLastUsed" => form.get("AccessKeyId"),
        // Without UserName these are about the owner of the key that signs.
        "GetUser" | "ListAccessKeys" | "CreateAccessKey" | "DeleteAccessKey" | "UpdateAccessKey" => signer,
        _ => None,
    };
    key.and_then(|id| account.key(id).ok()).map(|(user, _)| user.name)
}

pub(super) fn unknown_action(operation: &str) -> AwsError {
    let message = format!("Could not find operation {operation} for version 2010-05-08");
    AwsError::new(400, "InvalidAction", message)
}

struct Call<'a> {
    account: &'a mut Account,
    caller: &'a Caller,
    form: &'a Form,
    operation: &'a str,
}

impl<'a> Call<'a> {
    fn list_users(self) -> Answer {
        let prefix = self.form.get("PathPrefix").unwrap_or("/");
        self.authorize(&self.account.user_arn(prefix, ""))?;
        if !prefix.starts_with('/') {
            return Err(AwsError::invalid(
                "The specified value for pathPrefix is invalid. It must begin with the / character.",
            ));
        }
        let page = self.page(self.account.users_below(prefix))?;
        let users = page.entries.iter().map(|user| self.user_xml(user));
        Ok(Some(xml::list("Users", users) + &end_of(&page)))
    }

    fn get_user(self) -> Answer {
        let name = self.user_or_caller();
        self.authorize_about(name)?;
        let user = self.account.user(name)?;
        let mut inner = self.user_xml(&user);
        let tags = self.account.listed_tags(name)?;
        if !tags.is_empty() {
            inner.push_str(&tags_xml(&tags));
        }
        Ok(Some(xml::wrap("User", &inner)))
    }

    fn create_user(self) -> Answer {
        let name = self.form.required("UserName")?;
        let path = self.form.get("Path").unwrap_or("/");
        self.authorize(&self.account.user_arn(path, name))?;
        let tags = self.form.tags()?;
        super::names::tags(&tags)?;
        let user = self.account.add_user(name, path)?;
        let mut inner = self.user_xml(&user);
        if !tags.is_empty() {
            self.account.tag_user(name, &tags)?;
            inner.push_str(&tags_xml(&tags));
        }
        Ok(Some(xml::wrap("User", &inner)))
    }

    fn delete_user(self) -> Answer {
        let name = self.form.required("UserName")?;
        self.authorize_about(name)?;
        self.account.delete_user(name)?;
        Ok(None)
    }

    fn list_access_keys(self) -> Answer {
        let name = self.user_or_caller();
        self.authorize_about(name)?;
        let keys = self.account.listed_keys(name)?;
        // In the order of their creation; IAM's own order is not published.
        let numbered = keys.into_iter().enumerate();
        let sortable = numbered.map(|(place, key)| (format!("{place:04}"), key));
        let page = self.page(sortable)?;
        let keys = page.entries.iter().map(|key| self.key_xml(name, key));
        Ok(Some(xml::text("UserName", name) + &xml::list("AccessKeyMetadata", keys) + &end_of(&page)))
    }

    fn create_access_key(self) -> Answer {
        let name = self.user_or_caller();
        self.authorize_about(name)?;
        let pair = self.account.create_key(name)?;
        let (_, key) = self.account.key(&pair.id)?;
        let secret = pair.secret.expose_secret();
        let inner = self.key_xml(name, &key) + &xml::text("SecretAccessKey", secret);
        Ok(Some(xml::wrap("AccessKey", &inner)))
    }

    fn delete_access_key(self) -> Answer {
        let name = self.user_or_caller();
        self.authorize_about(name)?;
        self.account.delete_key(name, self.key_id()?)?;
        Ok(None)
    }

    fn update_access_key(self) -> Answer {
        let name = self.user_or_caller();
        self.authorize_about(name)?;
        let status = match self.form.required("Status")? {
            "Active" => KeyStatus::Active,
            "Inactive" => KeyStatus::Inactive,
            other => {
                let message = format!("Status may not be set to {other}.");
                return Err(AwsError::invalid(message));
            }
        };
        self.account.set_status(name, self.key_id()?, status)?;
        Ok(None)
    }

    /// A key that was never used has no date, and `N/A` for the rest (API reference,
    /// AccessKeyLastUsed). What is answered for a key that is gone is not published.
    fn get_access_key_last_used(self) -> Answer {
        let id = self.key_id()?;
        let found = self.account.key(id);
        let owner = found.as_ref().map_or("*", |(user, _)| user.name.as_str());
        self.authorize_about(owner)?;
        let (user, key) = found?;
        let used = match key.last_used {
            Some(used) => {
                xml::text("LastUsedDate", &self.date(used.at))
                    + &xml::text("ServiceName", &used.service)
                    + &xml::text("Region", &used.region)
            }
            None => xml::text("ServiceName", "N/A") + &xml::text("Region", "N/A"),
        };
        Ok(Some(xml::text("UserName", &user.name) + &xml::wrap("AccessKeyLastUsed", &used)))
    }

    fn list_user_tags(self) -> Answer {
        let name = self.form.required("UserName")?;
        self.authorize_about(name)?;
        let tags = self.account.listed_tags(name)?.into_iter();
        let page = self.page(tags.map(|tag| (tag.0.to_lowercase(), tag)))?;
        Ok(Some(tags_xml(&page.entries) + &end_of(&page)))
    }

    fn tag_user(self) -> Answer {
        let name = self.form.required("UserName")?;
        let tags = self.form.tags()?;
        let keys = tags.iter().map(|(key, _)| key.clone()).collect();
        self.account.authorize_with(
            self.caller,
            "iam:TagUser",
            &self.arn(name),
            &vec![("aws:TagKeys", keys)],
        )?;
        self.account.tag_user(name, &tags)?;
        Ok(None)
    }

    fn untag_user(self) -> Answer {
        let name = self.form.required("UserName")?;
        self.authorize_about(name)?;
        let keys = self.form.members("TagKeys");
        self.account.untag_user(name, &keys)?;
        Ok(None)
    }

    /// Without UserName the call is about the owner of the key that signs it (API reference,
    /// CreateAccessKey).
    fn user_or_caller(&self) -> &'a str {
        self.form.get("UserName").unwrap_or(&self.caller.name)
    }

    fn key_id(&self) -> Result<&'a str, AwsError> {
        let id = self.form.required("AccessKeyId")?;
        let fits = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
        if !(16..=128).contains(&id.len()) || !id.bytes().all(fits) {
            let message = "AccessKeyId must be 16 to 128 letters, digits and underscores.";
            return Err(AwsError::invalid(message));
        }
        Ok(id)
    }

    /// The resource of a user who is not there has no path that could be known.
    fn authorize_about(&self, name: &str) -> Result<(), AwsError> {
        self.authorize(&self.arn(name))
    }

    fn arn(&self, name: &str) -> String {
        match self.account.user(name) {
            Ok(user) => user.arn,
            Err(_) => self.account.user_arn("/", name),
        }
    }

    fn authorize(&self, resource: &str) -> Result<(), AwsError> {
        let action = format!("iam:{}", self.operation);
        self.account.authorize(self.caller, &action, resource)
    }

    fn page<K: AsRef<str>, T>(&self, all: impl IntoIterator<Item = (K, T)>) -> Result<Page<T>, AwsError> {
        let marker = self.form.get("Marker");
        page(all, marker, self.form.max_items()?, &self.account.settings)
    }

    fn date(&self, at: SystemTime) -> String {
        xml_date(at, self.account.settings.fractions)
    }

    fn user_xml(&self, user: &User) -> String {
        xml::text("Path", &user.path)
            + &xml::text("UserName", &user.name)
            + &xml::text("UserId", &user.id)
            + &xml::text("Arn", &user.arn)
            + &xml::text("CreateDate", &self.date(user.created))
    }

    fn key_xml(&self, user: &str, key: &Key) -> String {
        let status = match key.status {
            KeyStatus::Active => "Active",
            KeyStatus::Inactive => "Inactive",
        };
        xml::text("UserName", user)
            + &xml::text("AccessKeyId", &key.id)
            + &xml::text("Status", status)
            + &xml::text("CreateDate", &self.date(key.created))
    }
}

fn tags_xml(tags: &[(String, String)]) -> String {
    let members = tags.iter();
    let members = members.map(|(key, value)| xml::text("Key", key) + &xml::text("Value", value));
    xml::list("Tags", members)
}

fn end_of<T>(page: &Page<T>) -> String {
    match &page.marker {
        Some(marker) => xml::text("IsTruncated", "true") + &xml::text("Marker", marker),
        None => xml::text("IsTruncated", "false"),
    }
}
