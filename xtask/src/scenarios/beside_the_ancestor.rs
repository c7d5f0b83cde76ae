//! The Python tool and the drop-in, each in a fresh account with the same users: the same documents,
//! the same keys afterwards.

use anyhow::{Result, ensure};

use crate::accounts::{ANY_SECRET, Accounts};
use crate::stage::{Output, Stage, pairs};

pub fn play(stage: &mut Stage) -> Result<()> {
    let ancestor = stage.ancestor()?;
    let ids = [stage.account(1), stage.account(2)];
    let [theirs, ours] = ids.each_ref().map(|id| stage.accounts.of(id));
    let [their_admin, our_admin] =
        ids.each_ref().map(|id| [("AWS_ACCESS_KEY_ID", id.as_str()), ("AWS_SECRET_ACCESS_KEY", ANY_SECRET)]);
    let users = ["zero", "one", "two", "below"].map(|word| stage.name(word));
    let path = stage.path();
    let bare = path.trim_matches('/').to_owned();
    let mut known = [seed(&theirs, &users, &path)?, seed(&ours, &users, &path)?];
    stage.rest_twice();

    for round in 1..=2 {
        if round == 2 {
            stage.rest_twice();
        }
        stage.note(&format!("round {round}"));
        let file = format!("{}.json", stage.name("pairs"));
        let args = if round == 1 { vec![bare.as_str()] } else { vec!["-o", &file, &bare] };
        let their = stage.run_ancestor(&ancestor, &args, &their_admin)?;
        let our = stage.run_with("iam-credential-rotation", &args, &our_admin)?;
        let (their_text, our_text) = match round {
            1 => (their.stdout.clone(), our.stdout.clone()),
            _ => (ancestor.read(&file)?, stage.read(&file)?),
        };
        same_surface(&their, &our)?;
        ensure!(shape(&their_text)? == shape(&our_text)?, "other documents:\n{their_text}\n{our_text}");
        stage.note("both documents are the same but for the pairs");

        let after = [listed(&theirs, &users)?, listed(&ours, &users)?];
        let [their_places, our_places] = [0, 1].map(|i| places(known.get(i), after.get(i)));
        ensure!(their_places == our_places, "other keys: {their_places:?} and {our_places:?}");
        stage.note(&format!(
            "the keys that are left, by the place they had before: {}",
            our_places.join("; ")
        ));
        for (name, accounts) in [("theirs", &theirs), ("ours", &ours)] {
            stage.note(name);
            for user in &users {
                stage.show_keys_in(accounts, user)?;
            }
        }
        known = after;
    }

    stage.note("a path without users");
    let nobody = format!("{bare}-nobody");
    let their = stage.run_ancestor(&ancestor, &[&nobody], &their_admin)?;
    let our = stage.run_with("iam-credential-rotation", &[&nobody], &our_admin)?;
    ensure!(their.code == our.code, "other exit codes");
    Ok(())
}

/// Users with no key, one, two, and one on a path below: the ancestor takes that too.
fn seed(accounts: &Accounts, users: &[String; 4], path: &str) -> Result<Vec<Vec<String>>> {
    let [zero, one, two, below] = users;
    for user in [zero, one, two] {
        accounts.create_user(path, user)?;
    }
    accounts.create_user(&format!("{path}deep/"), below)?;
    for user in [one, two, two, below] {
        accounts.create_key(user)?;
    }
    listed(accounts, users)
}

/// Each user's keys, all of which work.
fn listed(accounts: &Accounts, users: &[String]) -> Result<Vec<Vec<String>>> {
    let keys = |user: &String| {
        let keys = accounts.keys(user)?;
        ensure!(keys.iter().all(|key| key.status == "Active"), "{user} has a key that does not work");
        Ok(keys.into_iter().map(|key| key.id).collect())
    };
    users.iter().map(keys).collect()
}

/// For each user, each key now: the place that it had before, or `new`.
fn places(before: Option<&Vec<Vec<String>>>, after: Option<&Vec<Vec<String>>>) -> Vec<String> {
    let users = before.into_iter().flatten().zip(after.into_iter().flatten());
    let places = users.map(|(before, after)| {
        let place = |id: &String| match before.iter().position(|known| known == id) {
            Some(place) => (place + 1).to_string(),
            None => "new".to_owned(),
        };
        after.iter().map(place).collect::<Vec<_>>().join(", ")
    });
    places.collect()
}

fn same_surface(their: &Output, our: &Output) -> Result<()> {
    ensure!(their.code == our.code, "other exit codes: {:?} and {:?}", their.code, our.code);
    ensure!(shape(&their.stdout)? == shape(&our.stdout)?, "other words on stdout");
    Ok(())
}

/// A document's text with the pairs taken out.
fn shape(text: &str) -> Result<String> {
    let mut shape = text.to_owned();
    if !text.is_empty() {
        for (_, pair) in pairs(text)? {
            shape = shape.replace(&pair.id, "[KEY]").replace(&pair.secret, "[SECRET]");
        }
    }
    Ok(shape)
}
