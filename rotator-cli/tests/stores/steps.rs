//! A store that holds the slots itself, as one that serves a pair: the driver's own steps, one after the other.

use std::sync::Mutex;

use rotator::{AccessKeyId, Effect, Slots};
use rotator_cli::failure::{Class, Failure};
use rotator_cli::iam::User;
use rotator_cli::secret::Pair;
use rotator_cli::store::documents::{Document, Documents};
use rotator_cli::store::{Adapter, Promises, Reading, Serves, Undelivered};

/// What was read, found again by the number that is the reading's revision.
static SEEN: Mutex<Vec<Document>> = Mutex::new(Vec::new());

pub struct AsAdapter(pub Documents);

impl AsAdapter {
    async fn stored(&self, user: &User, pair: &Pair, over: Document) -> Result<(), Undelivered> {
        let Self(store) = self;
        // What it keeps is not put there anew.
        if over.slots().last.as_ref() == Some(&pair.id) && over.keeps_last() {
            return store.restore(user, &over).await.map_err(told);
        }
        let open = Effect::Open;
        store.write(user, &over, &open, &over.slots().after(&open, &[])).await.map_err(told)?;
        let opened = self.unchanged(user, &over.slots()).await?;
        store.stage(user, &opened, pair).await?;
        let staged = self.unchanged(user, &over.slots()).await?;
        // Another one has staged its own since.
        if staged.slots().pending.as_ref() != Some(&pair.id) {
            return Err(stale());
        }
        let promote = Effect::Promote(pair.id.clone());
        let after = staged.slots().after(&promote, &[]);
        store.promote(user, &staged, &after).await.map_err(told)
    }

    async fn unchanged(&self, user: &User, names: &Slots) -> Result<Document, Undelivered> {
        let now = self.0.read(user).await.map_err(told)?;
        if now.slots().current == names.current {
            return Ok(now);
        }
        Err(stale())
    }
}

fn stale() -> Undelivered {
    Undelivered::Stale(Failure::new(Class::Conflict, "stage the pair", "somebody has written there"))
}

/// A write without the secret, that was not done for sure.
fn told(failure: Failure) -> Undelivered {
    if failure.class == Class::Conflict {
        Undelivered::Stale(failure)
    } else if failure.is_unclear() {
        Undelivered::Unclear(failure)
    } else {
        Undelivered::Rejected(failure)
    }
}

impl Adapter for AsAdapter {
    fn promises(&self) -> Promises {
        self.0.promises()
    }

    fn name(&self, user: &User) -> String {
        self.0.name(user)
    }

    async fn read(&self, user: &User) -> Result<Reading, Failure> {
        let document = self.0.read(user).await?;
        let serves = document.slots().current.map_or(Serves::Nothing, Serves::Key);
        let mut seen = SEEN.lock().unwrap();
        seen.push(document);
        Ok(Reading { serves, revision: Some((seen.len() - 1).to_string()) })
    }

    async fn put(&self, user: &User, pair: &Pair, over: &Reading) -> Result<(), Undelivered> {
        let over = over.revision.as_ref().unwrap().parse::<usize>().unwrap();
        let over = SEEN.lock().unwrap()[over].clone();
        self.stored(user, pair, over).await
    }

    async fn previous(&self, user: &User, id: &AccessKeyId) -> Result<Option<Pair>, Failure> {
        let document = self.0.read(user).await?;
        if document.slots().last.as_ref() != Some(id) || !document.keeps_last() {
            return Ok(None);
        }
        self.0.previous(user, &document).await.map(Some)
    }
}
