//! A read or a write in trouble: what the adapter says of it, and what the next look finds.

use std::time::Duration;

use fakes::gitlab::Person;
use fakes::server::{Answer, What};
use rotator_cli::failure::Class;
use rotator_cli::store::gitlab::{Gitlab, Surroundings, parse};
use rotator_cli::store::{Adapter, Reading, Serves, Undelivered};
use serde_json::{Value, json};

use crate::kit::{
    FILE, ID, Place, SECRET, TIME_LIMIT, TOKEN, alice, became, failed, file, id, mark, pair, put, read,
    secret,
};

const REJECTED: (&str, Option<Class>) = ("rejected", Some(Class::StoreRejected(None)));
const STALE: (&str, Option<Class>) = ("stale", Some(Class::Conflict));

fn says(status: u16, message: Value) -> What {
    What::Instead(Answer::json(status, json!({ "message": message })))
}

#[tokio::test]
async fn what_is_said_of_a_write_follows_from_who_has_seen_it() {
    // Whoever answers may repeat what it was sent.
    let echo = format!("{TOKEN} {} {}", secret(2), file(2));
    let elsewhere =
        Answer { status: 302, headers: vec![("location", "http://127.0.0.1:1/x".to_owned())], body: None };
    let unclear = |class| ("unclear", Some(class));
    let denied =
        Class::StoreRejected(Some("the scope `api` and the role Maintainer (in a group Owner) in GitLab"));
    let other = json!({ "key": FILE, "variable_type": "file", "value": "x", "description": mark(2) });
    let stories = [
        ("lost", What::Lost, unclear(Class::Unreachable), false),
        ("unheard", What::Unheard, unclear(Class::Unreachable), true),
        ("slow", What::Late(Duration::from_secs(60)), unclear(Class::Unanswered), false),
        (
            "broken",
            What::Denies(Answer::json(500, json!({ "message": echo }))),
            unclear(Class::Unanswered),
            true,
        ),
        (
            "portal",
            What::Instead(Answer::json(200, json!({ "login": echo }))),
            unclear(Class::Garbled),
            false,
        ),
        ("other", What::Instead(Answer::json(200, other)), unclear(Class::Garbled), false),
        ("by a proxy", What::Instead(Answer::json(403, json!(echo))), unclear(Class::Garbled), false),
        ("gateway", What::Instead(Answer::empty(502)), unclear(Class::Garbled), false),
        ("elsewhere", What::Instead(elsewhere), REJECTED, false),
        ("limited", What::Instead(Answer::json(429, json!("Retry later"))), REJECTED, false),
        ("invalid", says(400, json!({ "value": [format!("is invalid: {echo}")] })), REJECTED, false),
        ("expired", says(401, json!("401 Unauthorized")), REJECTED, false),
        ("denied", says(403, json!("403 Forbidden")), ("rejected", Some(denied)), false),
        ("moved", says(404, json!("404 Project Not Found")), REJECTED, false),
        (
            "ambiguous",
            says(409, json!("There are multiple variables with provided parameters.")),
            REJECTED,
            false,
        ),
        ("deleted", says(404, json!("404 Variable Not Found")), STALE, false),
    ];
    for (name, what, expected, landed) in stories {
        let place = Place::new().await;
        let store = place.file();
        put(&store, 1).await;
        let over = read(&store).await;
        place.next("PUT", "", what);
        assert_eq!(became(store.put(&alice(), &pair(2), &over).await), expected, "{name}");
        let serves = if landed { id(2) } else { id(1) };
        assert_eq!(read(&store).await.serves, Serves::Key(serves), "{name}");
        let requests = place.server.requests();
        assert_eq!(requests.iter().filter(|request| request.method == "PUT").count(), 1, "{name}: once");
    }
}

#[tokio::test]
async fn of_two_that_make_one_variable_one_is_refused() {
    let place = Place::new().await;
    for (store, names) in [(place.file(), [FILE].as_slice()), (place.two(), &[ID, SECRET])] {
        let nothing = read(&store).await;
        put(&store, 1).await;
        // Both have looked before the other wrote.
        for name in names {
            place.next("GET", name, says(404, json!("404 Variable Not Found")));
        }
        assert_eq!(became(store.put(&alice(), &pair(9), &nothing).await), STALE);
        assert_eq!(read(&store).await.serves, Serves::Key(id(1)));
    }
}

#[tokio::test]
async fn absence_is_proved() {
    let place = Place::new().await;
    let store = place.file();
    for (person, class) in [
        (Person::Stranger, Class::Missing),
        (
            Person::Developer,
            Class::Denied("the scope `api` and the role Maintainer (in a group Owner) in GitLab"),
        ),
    ] {
        place.token(person);
        assert_eq!(failed(store.read(&alice()).await).0, class);
    }
    place.token(Person::Maintainer);
    assert_eq!(failed(place.store("projects/acme/nothing").read(&alice()).await).0, Class::Missing);
    // It is said of the variable, and the list is shown to nobody.
    place.next("GET", FILE, says(404, json!("404 Not Found")));
    place.next("GET", "", says(404, json!("404 Project Not Found")));
    assert_eq!(failed(store.read(&alice()).await).0, Class::Missing);
    for (answer, class) in [
        (Answer::empty(404), Class::Garbled),
        (Answer::json(404, json!("<html>")), Class::Garbled),
        (Answer::json(401, json!({ "error": "invalid_token" })), Class::Token("GITLAB_TOKEN")),
        (Answer::json(200, json!({ "key": "OTHER", "value": "x", "variable_type": "file" })), Class::Garbled),
        (Answer::empty(429), Class::Throttled),
        (Answer::json(503, json!({ "message": "busy" })), Class::Unanswered),
        (Answer::empty(503), Class::Garbled),
    ] {
        let shown = format!("{answer:?}");
        place.next("GET", "", What::Instead(answer));
        assert_eq!(failed(store.read(&alice()).await).0, class, "{shown}");
    }
}

#[tokio::test]
async fn a_token_that_may_only_read_is_told_when_it_writes() {
    let place = Place::new().await;
    place.token(Person::Reader);
    let store = place.file();
    let over = read(&store).await;
    let Err(Undelivered::Rejected(failure)) = store.put(&alice(), &pair(1), &over).await else {
        panic!("it is refused")
    };
    assert!(failure.next_step().unwrap().contains("scope `api`"), "{failure}");
    let none = Gitlab::open(parse("projects/a").unwrap(), &Surroundings::default(), "12", TIME_LIMIT);
    assert!(failed(none).1.contains("GITLAB_TOKEN"));
}

/// As an older GitLab does, which does not look at the scope that is asked for.
#[tokio::test]
async fn another_scope_than_was_asked_for_is_refused() {
    let place = Place::new().await;
    let store = place.store("groups/acme?scope=production");
    let other = json!({ "key": FILE, "value": file(1), "variable_type": "file", "environment_scope": "*" });
    place.next("GET", "", What::Instead(Answer::json(200, other)));
    let (class, said) = failed(store.read(&alice()).await);
    assert_eq!(class, Class::Setup);
    assert!(said.contains("another scope"), "{said}");
    let multiple =
        "There are multiple variables with provided parameters. Please use 'filter[environment_scope]'";
    place.next("GET", "", says(409, json!(multiple)));
    let (class, said) = failed(store.read(&alice()).await);
    assert_eq!(class, Class::Setup);
    assert!(said.contains("leave one variable"), "{said}");
}

/// The secret is stored, and its id is not, or not for sure.
#[tokio::test]
async fn what_ends_amid_the_two_is_torn_and_mended() {
    for what in [
        says(403, json!("403 Forbidden")),
        says(404, json!("404 Variable Not Found")),
        What::Lost,
        What::Late(Duration::from_secs(60)),
    ] {
        let place = Place::new().await;
        let store = place.two();
        put(&store, 1).await;
        let over = read(&store).await;
        place.next("PUT", ID, what);
        let unclear = ("unclear", Some(Class::Unanswered));
        assert_eq!(became(store.put(&alice(), &pair(2), &over).await), unclear);
        assert_eq!((place.variable(SECRET).value, place.variable(ID).value), (secret(2), id(1).to_string()));
        mended(&place, over).await;
    }
}

#[tokio::test]
async fn a_first_pair_that_ends_amid_the_two_is_mended() {
    let place = Place::new().await;
    let over = read(&place.two()).await;
    place.next("POST", "", What::Unheard);
    assert_eq!(became(place.two().put(&alice(), &pair(2), &over).await).0, "unclear");
    assert_eq!(place.variable(SECRET).value, secret(2));
    mended(&place, over).await;
}

async fn mended(place: &Place, over: Reading) {
    let store = place.two();
    let seen = read(&store).await;
    assert_eq!(seen.serves, Serves::Torn);
    assert_eq!(became(store.put(&alice(), &pair(3), &over).await), STALE, "it is another than was seen");
    store.put(&alice(), &pair(3), &seen).await.unwrap();
    assert_eq!(read(&store).await.serves, Serves::Key(id(3)));
}

#[tokio::test]
async fn descriptions_that_are_not_kept_are_no_ground_for_two() {
    let place = Place::new().await;
    put(&place.two(), 1).await;
    let old =
        json!({ "key": SECRET, "value": secret(1), "variable_type": "env_var", "environment_scope": "*" });
    place.next("GET", SECRET, What::Instead(Answer::json(200, old)));
    let (class, said) = failed(place.two().read(&alice()).await);
    assert_eq!(class, Class::Setup);
    assert!(said.contains("16.2"), "{said}");
}
