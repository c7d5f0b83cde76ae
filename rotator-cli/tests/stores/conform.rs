//! The checks that every adapter stands. Which apply is read off its promises, and which ran is pinned, so
//! a check that stops checking fails.

use std::sync::Mutex;
use std::thread;
use std::time::Duration;

use rotator_cli::clock::Stopwatch;
use rotator_cli::failure::{Class, Failure};
use rotator_cli::store::{Adapter, Promises, Reading, Serves, Tells, Undelivered};

use crate::rig::{Rig, Trouble, alice, found, id, no_secret_in, pair, secret, user, wait};

const WRITERS: usize = 10;

/// The checks that ran, one name a line.
pub fn conform<R: Rig>() -> String {
    let checks: [(&str, Run<R>); 16] = [
        ("what is put is served", served),
        ("each user has a place", apart),
        ("any name of a user", any_name),
        ("a name that it cannot have is refused", unfit_name),
        ("absent is nothing", absent),
        ("a stale write is refused", stale),
        ("the last writer wins", last_wins),
        ("a write that was not heard of is found", unheard),
        ("a denied write is found", denied),
        ("no reader sees a torn pair", torn),
        ("of ten writers at once the pair of one", ten),
        ("forbidden is not absent", forbidden),
        ("something else is left alone", wrong_type),
        ("too large is found before a key is made", oversized),
        ("a clear no is a clear no", unavailable),
        ("nobody waits for ever", slow),
    ];
    let mut ran = Vec::new();
    for (name, check) in checks {
        let place = Check { rig: R::fresh(), told: Mutex::default() };
        if check(&place) {
            ran.push(name);
        }
        place.told.lock().unwrap().iter().for_each(|text| no_secret_in(text));
    }
    let place = Check { rig: R::fresh(), told: Mutex::default() };
    ran.push(previous(&place));
    ran.join("\n")
}

/// Whether it applied; what did not hold ends the test.
type Run<R> = fn(&Check<R>) -> bool;

/// A place, and all that was said about failures there.
struct Check<R> {
    rig: R,
    told: Mutex<Vec<String>>,
}

impl<R: Rig> Check<R> {
    fn promises(&self) -> Promises {
        self.rig.store().promises()
    }

    fn read(&self) -> Result<Reading, Failure> {
        let read = wait(self.rig.store().read(&alice()));
        if let Err(failure) = &read {
            self.tell(failure);
        }
        read
    }

    fn put(&self, n: usize, over: &Reading) -> Result<(), Undelivered> {
        let put = wait(self.rig.store().put(&alice(), &pair(n), over));
        if let Err(Undelivered::Rejected(told) | Undelivered::Stale(told) | Undelivered::Unclear(told)) = &put
        {
            self.tell(told);
        }
        put
    }

    fn tell(&self, failure: &Failure) {
        let next = failure.next_step().unwrap_or_default();
        self.told.lock().unwrap().push(format!("{failure} {failure:?} {next}"));
    }

    /// A put of ours that went well.
    #[track_caller]
    fn serves(&self, n: usize) {
        assert_eq!(self.rig.consumer(&alice()), Some(found(n)));
        let told = self.promises().tells != Tells::Nothing;
        assert_eq!(self.read().unwrap().serves, if told { Serves::Key(id(n)) } else { Serves::Untold });
    }

    /// Another hand's put, or one of ours that did not come to its end.
    #[track_caller]
    fn holds(&self, n: usize) {
        assert_eq!(self.rig.consumer(&alice()), Some(found(n)));
        let told = self.promises().tells == Tells::Key;
        assert_eq!(self.read().unwrap().serves, if told { Serves::Key(id(n)) } else { Serves::Untold });
    }
}

fn served<R: Rig>(check: &Check<R>) -> bool {
    check.put(1, &check.read().unwrap()).unwrap();
    check.serves(1);
    check.put(2, &check.read().unwrap()).unwrap();
    check.serves(2);
    true
}

fn apart<R: Rig>(check: &Check<R>) -> bool {
    let (store, bob) = (check.rig.store(), user("bob"));
    check.put(1, &check.read().unwrap()).unwrap();
    let seen = wait(store.read(&bob)).unwrap();
    wait(store.put(&bob, &pair(2), &seen)).unwrap();
    check.serves(1);
    assert_eq!(check.rig.consumer(&bob), Some(found(2)));
    assert_ne!(store.name(&bob), "");
    true
}

/// What IAM allows today, and what it does not.
const NAMES: [&str; 3] = ["a_b+c,d.e@f-g", "zoë.ключ", "two words"];

fn any_name<R: Rig>(check: &Check<R>) -> bool {
    if !R::ANY_NAME {
        return false;
    }
    let store = check.rig.store();
    for (n, name) in NAMES.into_iter().enumerate() {
        let user = user(name);
        let seen = wait(store.read(&user)).unwrap();
        wait(store.put(&user, &pair(n), &seen)).unwrap();
        assert_eq!(check.rig.consumer(&user), Some(found(n)), "{name}");
    }
    true
}

fn unfit_name<R: Rig>(check: &Check<R>) -> bool {
    if R::ANY_NAME {
        return false;
    }
    let store = check.rig.store();
    for name in NAMES {
        assert_eq!(wait(store.read(&user(name))).unwrap_err().class, Class::Setup, "{name}");
    }
    true
}

fn absent<R: Rig>(check: &Check<R>) -> bool {
    let serves = check.read().unwrap().serves;
    let told = check.promises().tells != Tells::Nothing;
    assert_eq!(serves, if told { Serves::Nothing } else { Serves::Untold });
    true
}

fn stale<R: Rig>(check: &Check<R>) -> bool {
    if !check.promises().swaps && !R::LOOKS {
        return false;
    }
    let seen = check.read().unwrap();
    check.rig.stranger(&alice(), found(7));
    let put = check.put(1, &seen);
    assert!(matches!(put, Err(Undelivered::Stale(_))), "{put:?}");
    check.holds(7);
    assert!(matches!(check.put(1, &seen), Err(Undelivered::Stale(_))), "again, since nobody looked");
    check.put(1, &check.read().unwrap()).unwrap();
    check.serves(1);
    true
}

fn last_wins<R: Rig>(check: &Check<R>) -> bool {
    if check.promises().swaps || R::LOOKS {
        return false;
    }
    let seen = check.read().unwrap();
    check.rig.stranger(&alice(), found(7));
    check.put(1, &seen).unwrap();
    check.serves(1);
    true
}

/// The process died after the store had it: another one looks.
fn unheard<R: Rig>(check: &Check<R>) -> bool {
    if check.promises().tells == Tells::Nothing {
        return false;
    }
    let seen = check.read().unwrap();
    let _unheard = check.put(1, &seen);
    check.serves(1);
    let again = check.put(1, &seen);
    let sees = check.promises().swaps || R::LOOKS;
    assert_eq!(matches!(again, Err(Undelivered::Stale(_))), sees, "{again:?}");
    check.serves(1);
    true
}

fn denied<R: Rig>(check: &Check<R>) -> bool {
    if !check.rig.arrange(Trouble::Denies, &alice()) {
        return false;
    }
    let put = check.put(1, &check.read().unwrap());
    assert!(matches!(put, Err(Undelivered::Unclear(_))), "{put:?}");
    check.holds(1);
    assert_eq!(
        check.told.lock().unwrap()[0].contains("[REDACTED]"),
        R::PRINTS,
        "it printed what it was given"
    );
    true
}

fn torn<R: Rig>(check: &Check<R>) -> bool {
    if !check.promises().one_unit {
        return false;
    }
    check.put(0, &check.read().unwrap()).unwrap();
    let mut looks = 0;
    thread::scope(|scope| {
        let writer = scope.spawn(|| {
            for n in 1..=R::PUTS {
                check.put(n, &check.read().unwrap()).unwrap();
            }
        });
        while !writer.is_finished() {
            let (id, held) = check.rig.consumer(&alice()).unwrap();
            assert_eq!(held, secret(id.trim_start_matches("AKIA").parse().unwrap()));
            looks += 1;
        }
    });
    assert!(looks > R::PUTS / 10, "the reader was to look while it was written");
    check.serves(R::PUTS);
    true
}

fn ten<R: Rig>(check: &Check<R>) -> bool {
    let seen = check.read().unwrap();
    let wins = Mutex::new(Vec::new());
    thread::scope(|scope| {
        for n in 1..=WRITERS {
            let (wins, seen) = (&wins, &seen);
            scope.spawn(move || match check.put(n, seen) {
                Ok(()) => wins.lock().unwrap().push(n),
                Err(Undelivered::Stale(_)) => assert!(check.promises().swaps || R::LOOKS),
                // Of writers at the same time it cannot be told whose mark stands beside whose pair.
                Err(Undelivered::Unclear(_)) if check.promises().tells == Tells::Writes => {
                    wins.lock().unwrap().push(n);
                }
                Err(other) => panic!("{other:?}"),
            });
        }
    });
    let wins = wins.into_inner().unwrap();
    match check.promises() {
        Promises { swaps: true, .. } => assert_eq!(wins.len(), 1),
        _ if R::LOOKS => assert!(!wins.is_empty()),
        _ => assert_eq!(wins.len(), WRITERS),
    }
    if R::TEARS {
        return false;
    }
    let held = check.rig.consumer(&alice()).unwrap();
    assert!(wins.iter().any(|n| found(*n) == held), "{held:?}");
    true
}

fn forbidden<R: Rig>(check: &Check<R>) -> bool {
    if check.promises().tells == Tells::Nothing {
        return false;
    }
    assert!(check.rig.arrange(Trouble::Forbidden, &alice()), "what can be read can be forbidden");
    check.read().unwrap_err();
    true
}

fn wrong_type<R: Rig>(check: &Check<R>) -> bool {
    if check.promises().tells == Tells::Nothing {
        return false;
    }
    assert!(check.rig.arrange(Trouble::WrongType, &alice()), "what can be read can be wrong");
    assert_eq!(check.read().unwrap_err().class, Class::Setup);
    true
}

fn oversized<R: Rig>(check: &Check<R>) -> bool {
    if !check.rig.arrange(Trouble::Oversized, &alice()) {
        return false;
    }
    assert_eq!(check.read().unwrap_err().class, Class::Setup);
    true
}

fn unavailable<R: Rig>(check: &Check<R>) -> bool {
    let seen = check.read().unwrap();
    assert!(check.rig.arrange(Trouble::Unavailable, &alice()));
    let put = check.put(1, &seen);
    assert!(matches!(put, Err(Undelivered::Rejected(_))), "{put:?}");
    assert_eq!(check.rig.consumer(&alice()), None);
    true
}

fn slow<R: Rig>(check: &Check<R>) -> bool {
    let seen = check.read().unwrap();
    assert!(check.rig.arrange(Trouble::Slow, &alice()));
    let watch = Stopwatch::start();
    let put = check.put(1, &seen);
    assert!(matches!(put, Err(Undelivered::Stale(_) | Undelivered::Unclear(_))), "{put:?}");
    assert!(watch.elapsed() < Duration::from_secs(10), "{:?}", watch.elapsed());
    assert_eq!(check.rig.consumer(&alice()), None);
    true
}

fn previous<R: Rig>(check: &Check<R>) -> &'static str {
    check.put(1, &check.read().unwrap()).unwrap();
    check.put(2, &check.read().unwrap()).unwrap();
    let kept = wait(check.rig.store().previous(&alice(), &id(1))).unwrap();
    assert_eq!(kept.is_some(), check.promises().keeps_previous);
    match kept {
        Some(kept) => {
            assert_eq!(kept.id, id(1));
            assert!(wait(check.rig.store().previous(&alice(), &id(9))).unwrap().is_none());
            wait(check.rig.store().put(&alice(), &kept, &check.read().unwrap())).unwrap();
            // With the secret that it had.
            check.serves(1);
            "the pair before is kept"
        }
        None => "the pair before is not kept",
    }
}
