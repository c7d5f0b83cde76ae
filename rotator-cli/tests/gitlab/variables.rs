//! Variables: how they are made and changed, whose they are, and what they serve.

use fakes::gitlab::Variable;
use rotator_cli::failure::Class;
use rotator_cli::iam::User;
use rotator_cli::store::{Adapter, Reading, Serves};
use serde_json::{Value, json};

use crate::kit::{FILE, ID, Place, SECRET, alice, became, failed, file, id, mark, pair, put, read, secret};

#[tokio::test]
async fn a_file_is_made_whole_and_changed_whole() {
    let place = Place::new().await;
    let store = place.file();
    assert_eq!(read(&store).await, Reading { serves: Serves::Nothing, revision: None });
    put(&store, 1).await;
    let made = Variable {
        key: FILE.to_owned(),
        value: file(1),
        kind: "file".to_owned(),
        scope: "*".to_owned(),
        description: Some(mark(1)),
        protected: false,
        masked: false,
        hidden: false,
        raw: true,
    };
    assert_eq!(place.variable(FILE), made);
    // What somebody has set since stays.
    place.write(&json!({ "key": FILE, "protected": true, "raw": false }));
    put(&store, 2).await;
    let changed =
        Variable { value: file(2), description: Some(mark(2)), protected: true, raw: false, ..made };
    assert_eq!(place.variable(FILE), changed);
    let requests = place.server.requests();
    let last = requests.last().unwrap();
    assert_eq!(last.query, "filter%5Benvironment_scope%5D=*");
    let body = last.json().unwrap();
    assert_eq!(body.as_object().unwrap().keys().collect::<Vec<_>>(), ["value", "description"]);
    assert_eq!(requests.iter().filter(|request| request.method == "PUT").count(), 1, "the pair, in one");
}

#[tokio::test]
async fn other_profiles_of_the_file_stay() {
    let place = Place::new().await;
    let before = "[default]\nregion = x\n\n[ci]\naws_access_key_id = AKIA0000000000000009\naws_secret_access_key = x\n";
    place.write(&json!({ "key": FILE, "value": before, "variable_type": "file" }));
    let store = place.store("projects/acme/app?profile=ci");
    assert_eq!(read(&store).await.serves, Serves::Key(id(9)));
    put(&store, 1).await;
    assert!(
        place.variable(FILE).value.starts_with("[default]\nregion = x\n\n[ci]\naws_access_key_id = AKIA00")
    );
    assert_eq!(read(&store).await.serves, Serves::Key(id(1)));
    assert_eq!(read(&place.file()).await.serves, Serves::Nothing, "another profile");
}

#[tokio::test]
async fn the_value_outweighs_the_description() {
    let place = Place::new().await;
    put(&place.file(), 1).await;
    place.write(&json!({ "key": FILE, "value": file(2) }));
    assert_eq!(read(&place.file()).await.serves, Serves::Key(id(2)));
    put(&place.two(), 3).await;
    place.write(&json!({ "key": ID, "value": id(4).as_str() }));
    assert_eq!(read(&place.two()).await.serves, Serves::Key(id(4)));
}

#[tokio::test]
async fn two_variables_are_made_masked_and_in_this_order() {
    let place = Place::new().await;
    put(&place.two(), 1).await;
    let names = |method: &str| {
        let requests = place.server.requests();
        let writes = requests.iter().filter(|request| request.method == method);
        writes.map(|request| request.json().unwrap()["value"].clone()).collect::<Vec<Value>>()
    };
    assert_eq!(names("POST"), [json!(secret(1)), json!(id(1).as_str())], "the secret first");
    for (name, value) in [(ID, id(1).to_string()), (SECRET, secret(1))] {
        let made = place.variable(name);
        assert_eq!((made.value, made.kind.as_str(), made.description), (value, "env_var", Some(mark(1))));
        assert!(made.masked && made.raw && !made.hidden && !made.protected);
    }
    put(&place.two(), 2).await;
    assert_eq!(names("PUT"), [json!(secret(2)), json!(id(2).as_str())]);
    assert_eq!(read(&place.two()).await.serves, Serves::Key(id(2)));
}

#[tokio::test]
async fn a_hidden_secret_is_told_by_its_description() {
    let place = Place::new().await;
    let store = place.store("projects/acme/app?names=two&hidden=yes&protected=yes");
    put(&store, 1).await;
    assert!(place.variable(SECRET).hidden && !place.variable(ID).hidden);
    assert!(place.variable(SECRET).protected && place.variable(ID).protected);
    assert_eq!(read(&store).await.serves, Serves::Key(id(1)));
    put(&store, 2).await;
    assert_eq!(place.variable(SECRET).value, secret(2));
    assert_eq!(read(&store).await.serves, Serves::Key(id(2)));
    // Only its description tells that somebody has changed it.
    let seen = read(&store).await;
    place.write(&json!({ "key": SECRET, "value": secret(7), "description": mark(7) }));
    assert_eq!(read(&store).await.serves, Serves::Torn);
    assert_eq!(became(store.put(&alice(), &pair(3), &seen).await).0, "stale");
}

#[tokio::test]
async fn exactly_one_scope_is_read_and_written() {
    let place = Place::new().await;
    for (scope, n) in [("*", 1), ("production", 2)] {
        let fields =
            json!({ "key": FILE, "value": file(n), "variable_type": "file", "environment_scope": scope });
        place.write(&fields);
    }
    let store = place.store("projects/acme/app?scope=production");
    assert_eq!(read(&store).await.serves, Serves::Key(id(2)));
    put(&store, 3).await;
    assert_eq!(read(&place.file()).await.serves, Serves::Key(id(1)), "the other is as it was");
    let review = place.store("projects/acme/app?scope=review/*");
    assert_eq!(read(&review).await.serves, Serves::Nothing);
    put(&review, 4).await;
    assert_eq!(read(&review).await.serves, Serves::Key(id(4)));
}

#[tokio::test]
async fn a_group_has_variables_too() {
    let place = Place::new().await;
    let store = place.store("groups/acme?variable=AWS_{user}");
    put(&store, 1).await;
    let value = |hosted: &mut fakes::gitlab::Gitlab| {
        hosted.variable("groups", "acme", "AWS_alice", "*").unwrap().value.clone()
    };
    assert_eq!(place.server.with(value), file(1));
    assert_eq!(store.name(&alice()), "gitlab:groups/acme/variables/AWS_alice");
    let dashed = User { name: "ci-deploy".to_owned(), ..alice() };
    let (class, said) = failed(store.read(&dashed).await);
    assert_eq!(class, Class::Setup);
    assert!(said.contains("letters, digits and `_`"), "{said}");
}

#[tokio::test]
async fn what_is_not_a_pair_is_left_alone() {
    let variable =
        |key: &str, kind: &str, value: &str| json!({ "key": key, "variable_type": kind, "value": value });
    let one = id(1);
    for (fields, two, word) in [
        (variable(FILE, "env_var", &secret(1)), false, "no variable of type `file`"),
        (variable(FILE, "file", "[default]\nrole_arn = x\n"), false, "elsewhere"),
        (variable(FILE, "file", &format!("[default]\naws_access_key_id = {one}\n")), false, "without"),
        (variable(ID, "env_var", &secret(1)), true, "no access key's id"),
        (variable(ID, "file", one.as_str()), true, "of type `file`"),
        (variable(ID, "env_var", one.as_str()), true, "none named `AWS_SECRET_ACCESS_KEY`"),
        (variable(SECRET, "env_var", &secret(1)), true, "none named `AWS_ACCESS_KEY_ID`"),
        (variable(SECRET, "file", &secret(1)), true, "of type `file`"),
    ] {
        let place = Place::new().await;
        place.write(&fields);
        let store = if two { place.two() } else { place.file() };
        let (class, said) = failed(store.read(&alice()).await);
        assert_eq!(class, Class::Setup);
        assert!(said.contains(word), "{said}");
        let over = Reading { serves: Serves::Nothing, revision: None };
        assert_eq!(became(store.put(&alice(), &pair(2), &over).await).0, "rejected", "{word}");
        assert!(place.server.requests().iter().all(|request| request.method == "GET"), "{word}");
    }
    // Hidden, and nobody says whose it is.
    let place = Place::new().await;
    let fields = json!({ "key": ID, "value": one.as_str(), "masked_and_hidden": true });
    place.write(&fields);
    place.write(&variable(SECRET, "env_var", &secret(1)));
    assert!(failed(place.two().read(&alice()).await).1.contains("write `rotator: KEY-ID` there"));
    place.write(&json!({ "key": ID, "description": mark(1) }));
    assert_eq!(read(&place.two()).await.serves, Serves::Key(id(1)));
}
