//! What a check needs of a store's place: a fresh one, a consumer's eyes, a stranger's hand, and troubles.

use std::time::Duration;

use rotator::AccessKeyId;
use rotator_cli::iam::User;
use rotator_cli::secret::Pair;
use rotator_cli::store::Adapter;
use tokio::runtime::Builder;

/// So long does a store wait where a check is about waiting.
pub const SOON: Duration = Duration::from_millis(300);
/// So long where it is not.
pub const LONG: Duration = Duration::from_secs(30);

/// One place of one kind of store.
pub trait Rig: Sync {
    type Store: Adapter + Send;

    /// Where it does not swap, it looks again before it writes, so most of what came in between is seen.
    const LOOKS: bool = false;
    /// Writers at the same time can leave parts of two pairs.
    const TEARS: bool = false;
    /// What it answers to a write may repeat what it was given.
    const PRINTS: bool = true;
    /// How often it is written while somebody reads it; a server takes longer.
    const PUTS: usize = 200;
    /// Any user's name can be a part of its places.
    const ANY_NAME: bool = true;

    fn fresh() -> Self;
    /// As another process of the program has it.
    fn store(&self) -> Self::Store;
    /// Id and secret as a consumer finds them, by other code than the store's.
    fn consumer(&self, user: &User) -> Option<(String, String)>;
    /// Somebody else puts a pair there.
    fn stranger(&self, user: &User, pair: (String, String));
    /// Brings the place into trouble; false if this kind of store cannot have it.
    fn arrange(&self, trouble: Trouble, user: &User) -> bool;
}

/// What can be wrong with a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    /// It cannot be looked at.
    Forbidden,
    /// Something else than a pair is there.
    WrongType,
    /// What is there is too large.
    Oversized,
    /// It cannot be written, and that is clear.
    Unavailable,
    /// It takes longer than anybody waits.
    Slow,
    /// It stores, and says that it did not. Whatever it was given, it prints.
    Denies,
}

pub fn wait<T>(work: impl Future<Output = T>) -> T {
    Builder::new_current_thread().enable_all().build().unwrap().block_on(work)
}

pub fn user(name: &str) -> User {
    User { name: name.into(), id: format!("AIDA{name}"), path: "/ci/".into() }
}

pub fn alice() -> User {
    user("alice")
}

pub fn id(n: usize) -> AccessKeyId {
    AccessKeyId::parse(&format!("AKIA{n:0>16}")).unwrap()
}

/// As IAM makes them: 40 letters, slash and plus among them.
pub fn secret(n: usize) -> String {
    format!("S3CR3T/{n:0>15}+S3CR3T/abcdefg+x")
}

pub fn pair(n: usize) -> Pair {
    Pair::new(id(n), secret(n))
}

/// As a consumer finds it.
pub fn found(n: usize) -> (String, String) {
    (id(n).to_string(), secret(n))
}

/// No form of any secret of these tests is in a text that people see.
#[track_caller]
pub fn no_secret_in(text: &str) {
    // Raw, in JSON, in URLs, and the beginning in base64.
    for form in ["S3CR3T/0", "S3CR3T\\/", "S3CR3T%2", "UzNDUjNUL", "S3CR3T"] {
        assert!(!text.contains(form), "{form} is in: {text}");
    }
}
