//! What the pairs and the storms have found, told one by one.

use rotator::Memory;
use rotator_cli::drive::Outcome;

use crate::faulty::{At, Fault, Strike};
use crate::kinds::Kind;
use crate::memory::{STORES, Sim};
use crate::place::{Pipeline, Place, Told};
use crate::play::{Ran, run, settle};
use crate::world::id;

/// The first run of a user of this kind, in a ledger. The answer to one effect is lost, and the request
/// takes hold seconds later.
async fn unheard(kind: Kind, effect: &'static str) -> (Sim, Ran) {
    let store = STORES.into_iter().find(|store| store.memory == Memory::Ledger).unwrap();
    let place = Sim::start(store, kind.policy(&store), kind.start());
    let strike = Strike { effect, nth: 1, fault: Fault::AnswerLost, at: At::Wire };
    let ran = run(&place, &Told::Nothing, Some(strike), Pipeline::Stores).await.unwrap();
    assert_eq!(ran.hits, 1);
    (place, ran)
}

/// A user without keys has room for two. A second one, made in the place of a first that takes hold after
/// all, left a key beside CURRENT that no rotation explained, and a person was asked whose it is.
#[tokio::test]
async fn a_first_key_of_which_nothing_was_heard_is_not_made_twice() {
    let (place, ran) = unheard(Kind::Empty, "create").await;
    assert_eq!(ran.begun, ["open", "create"]);
    assert!(matches!(ran.outcome, Some(Outcome::Failed(_))), "{:?}", ran.outcome);
    assert_eq!(settle(&place, 2).await.unwrap(), [""; 0], "nobody is asked");
}

/// An adoption that takes hold after all wrote the old names over those of the rotation that followed it:
/// what was served had lost its name.
#[tokio::test]
async fn an_adoption_of_which_nothing_was_heard_ends_the_run() {
    let (place, ran) = unheard(Kind::OneUnmet, "adopt").await;
    assert_eq!(ran.begun, ["adopt"]);
    assert!(matches!(ran.outcome, Some(Outcome::Failed(_))), "{:?}", ran.outcome);
    assert_eq!(settle(&place, 2).await.unwrap(), [""; 0], "nobody is asked");
}

/// Beside CURRENT, too, a run asks once: what the call made, a later run finds without a name and takes back.
#[tokio::test]
async fn a_key_beside_current_of_which_nothing_was_heard_is_asked_for_once() {
    let (place, ran) = unheard(Kind::OneUnmet, "create").await;
    assert_eq!(ran.begun, ["adopt", "create"]);
    assert_eq!(place.served(), Some(id(1)));
    assert_eq!(settle(&place, 2).await.unwrap(), [""; 0], "nobody is asked");
}
