//! What is written into a secret: notes in its tags, versions, and the stages that name these.

use aws_sdk_secretsmanager::error::ProvideErrorMetadata;
use aws_sdk_secretsmanager::types::Tag;
use rotator::{AccessKeyId, Slots, Status};
use secrecy::ExposeSecret;

use super::notes::{ADOPTED, OPEN, PROMOTED, REST, USER, adopted_text, open_text, promoted_text, rest_text};
use super::{Document, NO_PAIR, SecretsManager, token};
use crate::aws::NeverResend;
use crate::failure::{Class, Failure, from_sdk};
use crate::iam::User;
use crate::secret::Pair;

impl SecretsManager {
    /// Says in tags that a rotation has begun, and which keys were there before, so that later looks
    /// find it. The secret is created if it is absent.
    ///
    /// # Errors
    /// A call that failed.
    pub async fn write_names(&self, user: &User, seen: &Document, after: &Slots) -> Result<(), Failure> {
        let name = self.name(user);
        let mut tags = vec![tag(USER, &user.id)];
        if after.open {
            tags.push(tag(OPEN, open_text(self.clock.now(), after)));
        }
        let has_pair = seen.current_version.as_deref().is_some_and(|version| version != NO_PAIR);
        if let (false, Some(current)) = (has_pair, &after.current) {
            tags.push(tag(ADOPTED, adopted_text(current, after.last.as_ref())));
        }
        if !seen.exists {
            return self.create(user, &name, tags).await;
        }
        if seen.current_version.is_none() {
            let put = self.client.put_secret_value().secret_id(&name).secret_string("{}");
            let put = put.client_request_token(NO_PAIR).send().await;
            let doing = || format!("put a first version into the secret `{name}`");
            put.map_err(|error| from_sdk("secretsmanager:PutSecretValue", doing(), &error))?;
        }
        self.note(&name, tags).await
    }

    /// Says in a tag that LAST's rest begins anew now, with LAST being Active or not.
    ///
    /// # Errors
    /// A call that failed.
    pub async fn write_rest(
        &self,
        user: &User,
        seen: &Document,
        last: &AccessKeyId,
        status: Status,
    ) -> Result<(), Failure> {
        let name = self.name(user);
        if !seen.exists {
            let doing = format!("write the tags of the secret `{name}`");
            return Err(Failure::new(Class::Conflict, doing, "it was not there when it was looked at"));
        }
        self.note(&name, vec![tag(REST, rest_text(self.clock.now(), last, status))]).await
    }

    /// Puts the pair as AWSPENDING. Repeating it does nothing, since the token carries the key's id.
    ///
    /// # Errors
    /// A call that failed; [`Class::StoreRejected`] for a clear no.
    pub async fn stage(&self, user: &User, pair: &Pair) -> Result<(), Failure> {
        let name = self.name(user);
        let token = token(&pair.id);
        let doing = format!("put {} into the secret `{name}`", pair.id);
        if token.len() > 64 {
            return Err(Failure::new(
                Class::StoreRejected(None),
                doing,
                "the key's id is too long for a version's id",
            ));
        }
        let value = self.place.shape.text(pair);
        let put = self.client.put_secret_value().secret_id(&name).secret_string(value.expose_secret());
        let once = aws_sdk_secretsmanager::config::Builder::new().retry_classifier(NeverResend);
        let put = put.client_request_token(token).version_stages("AWSPENDING");
        let put = put.customize().config_override(once).send().await;
        put.map(drop).map_err(|error| {
            let failure = from_sdk("secretsmanager:PutSecretValue", doing, &error);
            // A clear no to the only attempt: then nobody has seen the secret.
            if let Class::Denied(action) = failure.class {
                return Failure { class: Class::StoreRejected(Some(action)), ..failure };
            }
            if matches!(failure.class, Class::Rejected | Class::Missing) {
                return Failure { class: Class::StoreRejected(None), ..failure };
            }
            failure
        })
    }

    /// The staged pair, for a run that did not make it.
    ///
    /// # Errors
    /// A call that failed.
    pub async fn staged(&self, user: &User, seen: &Document) -> Result<Pair, Failure> {
        let name = self.name(user);
        match &seen.pending_version {
            Some(version) => self.fetch(&name, version).await,
            None => {
                Err(Failure::new(Class::Conflict, format!("read the secret `{name}`"), "nothing is staged"))
            }
        }
    }

    /// LAST's pair, to be proved before it is served again.
    ///
    /// # Errors
    /// A call that failed, or a LAST that the secret only names: see [`Document::keeps_last`].
    pub async fn last_pair(&self, user: &User, seen: &Document) -> Result<Pair, Failure> {
        let name = self.name(user);
        match &seen.previous_version {
            Some(version) => self.fetch(&name, version).await,
            None => Err(no_last(format!("read LAST in the secret `{name}`"))),
        }
    }

    /// Notes the time at which the staged version comes into force: before the move, which has to follow at once.
    ///
    /// Noted after, the time could be lost with the process, and LAST's rest would count from some older
    /// change: it could end while jobs hold LAST. Noted before, these are the ends:
    ///
    /// - the note is lost: the move is not tried;
    /// - the move does not come: a line is believed of the key in force only, and the one that still is
    ///   keeps its own line;
    /// - the move comes, and its answer is lost: the note is there already;
    /// - another run makes the same move first: its note or ours is there, seconds apart;
    /// - another run moves elsewhere first: our note takes the place of its own, and what is left is
    ///   LastChangedDate, as for a move that somebody makes by hand.
    ///
    /// # Errors
    /// A call that failed.
    pub async fn announce(&self, user: &User, seen: &Document) -> Result<(), Failure> {
        let name = self.name(user);
        match &seen.slots.pending {
            Some(id) => self.note_promotion(&name, seen, id).await,
            None => Err(not_staged(&name)),
        }
    }

    /// Moves AWSCURRENT to the staged version, from the version that was seen to have it; the service
    /// moves AWSPREVIOUS by itself (API reference, UpdateSecretVersionStage). The commit point: one conditional
    /// move.
    ///
    /// # Errors
    /// A call that failed; [`Class::Conflict`] if somebody else moved AWSCURRENT meanwhile.
    pub async fn promote(&self, user: &User, seen: &Document) -> Result<(), Failure> {
        let name = self.name(user);
        let Some(pending) = &seen.pending_version else { return Err(not_staged(&name)) };
        self.move_current(&name, seen, pending).await?;
        // Tidying: other tools take AWSPENDING for a rotation under way. A later look ignores it anyway.
        let call = self.client.update_secret_version_stage().secret_id(&name).version_stage("AWSPENDING");
        drop(call.remove_from_version_id(pending).send().await);
        Ok(())
    }

    /// Moves AWSCURRENT back to the version that holds LAST; what was CURRENT becomes LAST.
    ///
    /// # Errors
    /// A call that failed; [`Class::Conflict`] if somebody else moved AWSCURRENT meanwhile;
    /// [`Class::Setup`] for a LAST that the secret only names.
    pub async fn restore(&self, user: &User, seen: &Document) -> Result<(), Failure> {
        let name = self.name(user);
        let (Some(previous), Some(last)) = (&seen.previous_version, &seen.slots.last) else {
            return Err(no_last(format!("move AWSCURRENT of the secret `{name}` back")));
        };
        self.note_promotion(&name, seen, last).await?;
        self.move_current(&name, seen, previous).await
    }

    async fn note_promotion(&self, name: &str, seen: &Document, id: &AccessKeyId) -> Result<(), Failure> {
        let still = seen.slots.current.as_ref().zip(seen.in_force_since);
        self.note(name, vec![tag(PROMOTED, promoted_text(id, self.clock.now(), still))]).await
    }

    async fn move_current(&self, name: &str, seen: &Document, to: &str) -> Result<(), Failure> {
        let call = self.client.update_secret_version_stage().secret_id(name).version_stage("AWSCURRENT");
        let call = call.move_to_version_id(to).set_remove_from_version_id(seen.current_version.clone());
        call.send().await.map(drop).map_err(|error| {
            let doing = format!("move AWSCURRENT of the secret `{name}`");
            let failure = from_sdk("secretsmanager:UpdateSecretVersionStage", doing, &error);
            match error.code() {
                // AWSCURRENT is not where it was seen (API reference, RemoveFromVersionId).
                Some("InvalidParameterException") => Failure { class: Class::Conflict, ..failure },
                Some(_) | None => failure,
            }
        })
    }

    async fn create(&self, user: &User, name: &str, tags: Vec<Tag>) -> Result<(), Failure> {
        let create = self.client.create_secret().name(name).set_tags(Some(tags));
        let create = create.secret_string("{}").client_request_token(NO_PAIR);
        let create = create.set_kms_key_id(self.place.kms_key.clone());
        let description = format!("Access key of the IAM user {}, rotated by rotator", user.name);
        let created = create.description(description).send().await;
        let doing = format!("create the secret `{name}`");
        created.map(drop).map_err(|error| {
            let exists = error.as_service_error().is_some_and(|e| e.is_resource_exists_exception());
            let failure = from_sdk("secretsmanager:CreateSecret", doing, &error);
            // Somebody has made it since it was looked at.
            if exists { Failure { class: Class::Conflict, ..failure } } else { failure }
        })
    }

    async fn note(&self, name: &str, tags: Vec<Tag>) -> Result<(), Failure> {
        let tagged = self.client.tag_resource().secret_id(name).set_tags(Some(tags)).send().await;
        let doing = format!("write the tags of the secret `{name}`");
        tagged.map(drop).map_err(|error| from_sdk("secretsmanager:TagResource", doing, &error))
    }
}

fn tag(key: &str, value: impl Into<String>) -> Tag {
    Tag::builder().key(key).value(value).build()
}

fn not_staged(name: &str) -> Failure {
    Failure::new(Class::Conflict, format!("move AWSCURRENT of the secret `{name}`"), "nothing is staged")
}

fn no_last(doing: String) -> Failure {
    Failure::new(
        Class::Setup,
        doing,
        "LAST is a key that was there before the secret was: its id is known here, and its secret is not",
    )
}
