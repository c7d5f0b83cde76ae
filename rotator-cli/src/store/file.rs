//! A JSON file with one member for each user, which is its own memory: `file:PATH`.
//!
//! A member holds the pairs CURRENT, LAST and PENDING, each an object with an id and a secret, and
//! `rotator`: for which UserId it was written, when, and since when a rotation is open. A key that was
//! there before the file is named by its id alone. Members of other users, and members of ours that this
//! program does not know, are kept as they are written.
//!
//! Every write takes the file's lock and rests on the user's own member being what was seen; what changed
//! for other users meanwhile is no conflict.

use std::time::{Duration, SystemTime};

use rotator::{AccessKeyId, Effect, Slots, Status};

use crate::clock::{local_now, parse_rfc3339, rfc3339};
use crate::failure::{Class, Failure};
use crate::iam::User;
use crate::secret::Pair;
use crate::ses::Extras;
use crate::store::disk::{PrivateFile, digest, path_of};
use crate::store::members::Members;
use crate::store::options::{Fields, Options};
use crate::store::value::Shape;
use crate::store::{Promises, Tells, Undelivered, fill};

/// Which file, and how the fields of a pair are named in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The file; may hold `{user}`, `{path}` and `{account}`.
    pub path: String,
    /// The fields.
    pub fields: Fields,
    /// What stands beside them.
    pub extras: Extras,
}

/// The files of one account's users.
#[derive(Debug, Clone)]
pub struct JsonFile {
    place: Place,
    account: String,
    wait: Duration,
}

/// A user's member as read. It holds no secret.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Document {
    /// Who is who.
    pub slots: Slots,
    /// When the member was last written, if it ever was.
    pub written: Option<SystemTime>,
    /// The member was written for another user of this name.
    pub other_user: bool,
    /// LAST's secret is there too.
    kept: bool,
    /// What a write has to find unchanged.
    revision: Option<String>,
}

impl Document {
    /// Whether the file holds LAST's pair, and not its id alone.
    #[must_use]
    pub fn keeps_last(&self) -> bool {
        self.kept
    }
}

/// Reads `PATH?id-field=NAME&secret-field=NAME`.
///
/// # Errors
/// A sentence for the command line.
pub fn parse(rest: &str) -> Result<Place, String> {
    let options = Options::parse(rest, &["id-field", "secret-field"])?;
    if options.place.is_empty() {
        return Err("name a file, for example 'file:/var/lib/ci/keys.json'".into());
    }
    Ok(Place { fields: options.fields()?, path: options.place, extras: Extras::default() })
}

impl Place {
    /// The same with more beside each pair.
    ///
    /// # Errors
    /// A sentence for the command line: two things have one name.
    pub fn with(self, extras: Extras) -> Result<Self, String> {
        Shape::new(self.fields.clone(), extras.clone())?;
        Ok(Self { extras, ..self })
    }
}

impl JsonFile {
    /// What it can and cannot do.
    pub const PROMISES: Promises = Promises {
        tells: Tells::Key,
        one_unit: true,
        swaps: true,
        keeps_previous: true,
        consumers: "when they next read the file, most of them at their start",
    };

    /// At most so long does a write wait for its turn.
    #[must_use]
    pub fn new(place: Place, account: &str, wait: Duration) -> Self {
        Self { place, account: account.to_owned(), wait }
    }

    /// What it can and cannot do.
    #[must_use]
    pub fn promises(&self) -> Promises {
        Self::PROMISES
    }

    /// Where a user's pairs are, for a person.
    #[must_use]
    pub fn name(&self, user: &User) -> String {
        format!("file:{}", fill(&self.place.path, user, &self.account))
    }

    /// Reads the slots.
    ///
    /// # Errors
    /// A file that cannot be read, or one that holds something else.
    pub async fn read(&self, user: &User) -> Result<Document, Failure> {
        let content = self.find(user)?.look()?;
        let member = self.member(user, &content.text).and_then(|(_, member)| match member {
            None => Ok(Document::default()),
            Some(member) => self.document(user, &member, content.modified),
        });
        member.map_err(|said| self.failure(Class::Setup, user, "read", said))
    }

    /// Says that a rotation has begun, and which keys were there before.
    ///
    /// # Errors
    /// [`Class::Conflict`] if the member is not what was seen; a file that cannot be written.
    pub async fn write_names(&self, user: &User, seen: &Document, after: &Slots) -> Result<(), Failure> {
        let named = self.write(user, seen, after, None).await;
        named.map_err(|undelivered| undelivered_as(Class::Rejected, undelivered))
    }

    /// Puts the pair as PENDING. Repeating it does nothing.
    ///
    /// # Errors
    /// [`Class::StoreRejected`] and [`Class::Conflict`] are a clear no: nobody has seen the secret.
    pub async fn stage(&self, user: &User, seen: &Document, pair: &Pair) -> Result<(), Failure> {
        let after = seen.slots.after(&Effect::Stage(pair.id.clone()), &[]);
        let staged = self.write(user, seen, &after, Some(pair)).await;
        staged.map_err(|undelivered| undelivered_as(Class::StoreRejected(None), undelivered))
    }

    /// The staged pair, for a run that did not make it.
    ///
    /// # Errors
    /// [`Class::Conflict`] if it is no longer staged.
    pub async fn staged(&self, user: &User, seen: &Document) -> Result<Pair, Failure> {
        self.pair(user, "PENDING", seen.slots.pending.as_ref())
    }

    /// The pair that was served before, for a proof that it works still.
    ///
    /// # Errors
    /// [`Class::Missing`] if LAST is named without its secret.
    pub async fn previous(&self, user: &User, seen: &Document) -> Result<Pair, Failure> {
        self.pair(user, "LAST", seen.slots.last.as_ref())
    }

    /// Moves the pairs as `after` names them: PENDING becomes CURRENT, CURRENT becomes LAST. One write, so
    /// a reader finds the one state or the other.
    ///
    /// # Errors
    /// [`Class::Conflict`] if the member is not what was seen; a file that cannot be written.
    pub async fn promote(&self, user: &User, seen: &Document, after: &Slots) -> Result<(), Failure> {
        self.staged(user, seen).await?;
        self.write_names(user, seen, after).await
    }

    /// Serves LAST again: CURRENT and LAST change places, and both pairs are kept.
    ///
    /// # Errors
    /// [`Class::Missing`] if LAST is named without its secret; [`Class::Conflict`] if the member is not what
    /// was seen; a file that cannot be written.
    pub async fn restore(&self, user: &User, seen: &Document) -> Result<(), Failure> {
        self.previous(user, seen).await?;
        let Slots { current, last, .. } = seen.slots.clone();
        let after = Slots { current: last, last: current, resting: None, ..seen.slots.clone() };
        self.write_names(user, seen, &after).await
    }

    fn find(&self, user: &User) -> Result<PrivateFile, Failure> {
        PrivateFile::find(&path_of(&self.place.path, user, &self.account)?)
    }

    /// The whole file, and the text of the user's member.
    fn member(&self, user: &User, text: &[u8]) -> Result<(Members, Option<String>), String> {
        let text = std::str::from_utf8(text).map_err(|_| "it is not UTF-8".to_owned())?;
        let file = Members::parse(text)?;
        let member = file.get(&user.name).map(str::to_owned);
        Ok((file, member))
    }

    fn document(&self, user: &User, member: &str, modified: Option<SystemTime>) -> Result<Document, String> {
        let of_user = |said| format!("`{}`: {said}", user.name);
        let members = Members::parse(member).map_err(of_user)?;
        let ours = members.object("rotator").map_err(of_user)?.unwrap_or_default();
        let time = |name: &str| match ours.text(name)? {
            None => Ok(None),
            Some(text) => match parse_rfc3339(&text) {
                Some(time) => Ok(Some(time)),
                None => Err(format!("`rotator`: `{name}` is no time")),
            },
        };
        let slots = Slots {
            current: self.id(&members, "CURRENT").map_err(of_user)?,
            last: self.id(&members, "LAST").map_err(of_user)?,
            pending: self.id(&members, "PENDING").map_err(of_user)?,
            open: time("open").map_err(of_user)?.is_some(),
            resting: match ours.text("resting").map_err(of_user)?.as_deref() {
                None => None,
                Some("active") => Some(Status::Active),
                Some("inactive") => Some(Status::Inactive),
                Some(_) => return Err(of_user("`rotator`: `resting` is neither active nor inactive".into())),
            },
        };
        // A member that somebody wrote by hand is at most as new as the file.
        let written = time("written").map_err(of_user)?.or(modified).filter(|_| !slots.is_empty());
        let other_user = ours.text("user").map_err(of_user)?.is_some_and(|id| id != user.id);
        let last = members.object("LAST").map_err(of_user)?;
        let kept = last.is_some_and(|last| last.get(&self.place.fields.secret).is_some());
        Ok(Document { slots, written, other_user, kept, revision: Some(digest(member.as_bytes())) })
    }

    fn id(&self, members: &Members, slot: &str) -> Result<Option<AccessKeyId>, String> {
        let Some(object) = members.object(slot)? else { return Ok(None) };
        let field = &self.place.fields.id;
        let id = object.text(field).map_err(|said| format!("`{slot}`: {said}"))?;
        let id = id.and_then(|id| AccessKeyId::parse(&id).ok());
        id.map(Some).ok_or_else(|| format!("`{slot}`: `{field}` is no access key's id"))
    }

    /// A slot's pair, if the slot still names the key that was seen there.
    fn pair(&self, user: &User, slot: &str, seen: Option<&AccessKeyId>) -> Result<Pair, Failure> {
        let doing = format!("read {slot} in");
        let setup = |said| self.failure(Class::Setup, user, &doing, said);
        let content = self.find(user)?.look()?;
        let (_, member) = self.member(user, &content.text).map_err(setup)?;
        let members = Members::parse(&member.unwrap_or_default()).map_err(setup)?;
        let id = self.id(&members, slot).map_err(setup)?;
        let Some(id) = id.filter(|id| Some(id) == seen) else {
            let said = "it does not name the key that was seen there";
            return Err(self.failure(Class::Conflict, user, &doing, said.into()));
        };
        let object = members.object(slot).map_err(setup)?.unwrap_or_default();
        match object.text(&self.place.fields.secret).map_err(setup)? {
            Some(secret) => Ok(Pair::new(id, secret)),
            None => {
                let said = format!("it names {id} without its secret, which was never stored here");
                Err(self.failure(Class::Missing, user, &doing, said))
            }
        }
    }

    /// The one write: the user's member with the slots as in `after`, under the lock and over what was seen.
    async fn write(
        &self,
        user: &User,
        seen: &Document,
        after: &Slots,
        new: Option<&Pair>,
    ) -> Result<(), Undelivered> {
        let file = self.find(user).map_err(Undelivered::Rejected)?;
        let rejected = |said| Undelivered::Rejected(self.failure(Class::Rejected, user, "write", said));
        file.replace(self.wait, |now| {
            let (mut users, member) = self.member(user, &now.text).map_err(rejected)?;
            let revision = member.as_ref().map(|member| digest(member.as_bytes()));
            let mut members = Members::parse(&member.unwrap_or_default()).map_err(rejected)?;
            if new.is_some_and(|pair| self.is_staged(&members, pair)) {
                return Ok(now.text.clone());
            }
            if revision != seen.revision {
                let said = "this user's part of the file was changed after it was read".to_owned();
                return Err(Undelivered::Stale(self.failure(Class::Conflict, user, "write", said)));
            }
            self.arrange(&mut members, after, new).map_err(rejected)?;
            sign(&mut members, user, after).map_err(rejected)?;
            users.set(&user.name, members.to_json(1));
            Ok(format!("{}\n", users.to_json(0)).into_bytes())
        })
        .await
    }

    fn is_staged(&self, members: &Members, pair: &Pair) -> bool {
        let staged = members.object("PENDING").ok().flatten().unwrap_or_default();
        let holds =
            |field: &str, value: &str| staged.text(field).ok().flatten().is_some_and(|held| held == value);
        holds(&self.place.fields.id, pair.id.as_str())
            && holds(&self.place.fields.secret, pair.expose_to_store())
    }

    /// Brings each pair that is there, and the new one, to the slot that names it.
    fn arrange(&self, members: &mut Members, after: &Slots, new: Option<&Pair>) -> Result<(), String> {
        const SLOTS: [&str; 3] = ["CURRENT", "LAST", "PENDING"];
        let Fields { id: id_field, secret: secret_field } = &self.place.fields;
        let mut held = Vec::new();
        if let Some(pair) = new {
            let mut object = Members::default();
            object.set_text(id_field, pair.id.as_str());
            object.set_text(secret_field, pair.expose_to_store());
            for (name, value) in self.place.extras.members(pair) {
                object.set(&name, value.to_string());
            }
            held.push((pair.id.clone(), object.to_json(2)));
        }
        for slot in SLOTS {
            if let (Some(id), Some(object)) = (self.id(members, slot)?, members.get(slot)) {
                held.push((id, object.to_owned()));
            }
        }
        for (slot, id) in SLOTS.into_iter().zip([&after.current, &after.last, &after.pending]) {
            let Some(id) = id else {
                members.remove(slot);
                continue;
            };
            let object = held.iter().find(|(of, _)| of == id).map(|(_, object)| object.clone());
            members.set(
                slot,
                object.unwrap_or_else(|| {
                    let mut named = Members::default();
                    named.set_text(id_field, id.as_str());
                    named.to_json(2)
                }),
            );
        }
        Ok(())
    }

    fn failure(&self, class: Class, user: &User, doing: &str, said: String) -> Failure {
        Failure::new(class, format!("{doing} {}", self.name(user)), said)
    }
}

/// Writes down for whom, when, and since when a rotation is open.
///
/// By the clock of this machine: behind a file there is no server whose answers carry a date. Both ends of
/// the span since then are read off this clock, so only its being set between two runs can shorten it; a
/// time that lies in the future counts as just now, and the next run waits.
fn sign(members: &mut Members, user: &User, after: &Slots) -> Result<(), String> {
    let mut ours = members.object("rotator")?.unwrap_or_default();
    let now = rfc3339(local_now());
    ours.set_text("user", &user.id);
    ours.set_text("written", &now);
    if !after.open {
        ours.remove("open");
    } else if ours.get("open").is_none() {
        ours.set_text("open", &now);
    }
    match after.resting {
        None => ours.remove("resting"),
        Some(Status::Active) => ours.set_text("resting", "active"),
        Some(Status::Inactive) => ours.set_text("resting", "inactive"),
    }
    members.set("rotator", ours.to_json(2));
    Ok(())
}

/// A write that did not arrive for sure, with the class that a clear no has here.
fn undelivered_as(clear_no: Class, undelivered: Undelivered) -> Failure {
    match undelivered {
        Undelivered::Rejected(failure) => Failure { class: clear_no, ..failure },
        Undelivered::Stale(failure) | Undelivered::Unclear(failure) => failure,
    }
}
