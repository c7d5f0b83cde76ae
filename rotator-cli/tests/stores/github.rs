//! `github:OWNER/REPO`, with one secret and with two.

use std::sync::Mutex;
use std::time::Duration;

use fakes::github::{Hub, May};
use fakes::server::{Answer, Server, Trouble as Fault, What};
use rotator_cli::iam::User;
use rotator_cli::store::github::{GitHub, Surroundings, parse};
use serde_json::{Value, json};

use crate::conform::conform;
use crate::rig::{LONG, Rig, SOON, Trouble};

const TOKEN: &str = "ghp_t0ken";

/// A repository for each user. With `TWO`, the parts of a pair are in two secrets.
struct Actions<const TWO: bool> {
    server: Server<Hub>,
    time_limit: Mutex<Duration>,
}

impl<const TWO: bool> Actions<TWO> {
    /// The path of the secret that is written last.
    const LAST: &str = if TWO { "/secrets/AWS_ACCESS_KEY_ID" } else { "/secrets/" };

    fn fault(&self, what: What) {
        self.server.trouble(Fault { method: "PUT", path: Self::LAST.to_owned(), what, always: true });
    }

    fn value(&self, user: &User, name: &str) -> Option<String> {
        let place = format!("acme/{}", user.name);
        self.server.with(|hub| hub.secret(&place, name).map(|entry| entry.value.clone()))
    }
}

impl<const TWO: bool> Rig for Actions<TWO> {
    type Store = GitHub;

    const PUTS: usize = 60;
    const LOOKS: bool = true;
    const TEARS: bool = TWO;
    const ANY_NAME: bool = false;

    fn fresh() -> Self {
        let mut hub = Hub::new(TOKEN);
        hub.place("acme/alice");
        hub.place("acme/bob");
        Self { server: Server::on_a_thread(hub).unwrap(), time_limit: Mutex::new(LONG) }
    }

    fn store(&self) -> GitHub {
        let place = if TWO { "acme/{user}?names=two" } else { "acme/{user}" };
        let variables = [("GH_TOKEN", TOKEN.to_owned()), ("GITHUB_API_URL", self.server.url())];
        let variables = variables.map(|(name, value)| (name.to_owned(), value)).into();
        let limit = *self.time_limit.lock().unwrap();
        GitHub::new(parse(place).unwrap(), &Surroundings { variables }, "123456789012", limit).unwrap()
    }

    fn consumer(&self, user: &User) -> Option<(String, String)> {
        if TWO {
            return self.value(user, "AWS_ACCESS_KEY_ID").zip(self.value(user, "AWS_SECRET_ACCESS_KEY"));
        }
        let text = self.value(user, &format!("ROTATOR_{}", user.name.to_uppercase()))?;
        let value: Value = serde_json::from_str(&text).unwrap();
        let field = |name: &str| value[name].as_str().unwrap().to_owned();
        Some((field("AccessKeyId"), field("SecretAccessKey")))
    }

    fn stranger(&self, user: &User, (id, secret): (String, String)) {
        let place = format!("acme/{}", user.name);
        self.server.with(|hub| {
            hub.now += 60;
            if TWO {
                hub.write_secret(&place, "AWS_SECRET_ACCESS_KEY", &secret, None);
                hub.write_secret(&place, "AWS_ACCESS_KEY_ID", &id, None);
            } else {
                let value = json!({ "AccessKeyId": id, "SecretAccessKey": secret }).to_string();
                hub.write_secret(&place, &format!("ROTATOR_{}", user.name), &value, None);
            }
        });
    }

    fn arrange(&self, trouble: Trouble, user: &User) -> bool {
        match trouble {
            Trouble::Forbidden => self.server.with(|hub| hub.may = [May::Nothing; 2]),
            Trouble::WrongType => self.server.with(|hub| {
                let mark = if TWO { "AWS_SECRET_ACCESS_KEY_ID" } else { "ROTATOR_ALICE_ID" };
                hub.write_variable(&format!("acme/{}", user.name), mark, "S3CR3T/0");
            }),
            // A value's length is known before it is sent.
            Trouble::Oversized => return false,
            Trouble::Unavailable => self.server.with(|hub| hub.may = [May::Read; 2]),
            Trouble::Slow => {
                // It is looked several times before it is written.
                *self.time_limit.lock().unwrap() = 5 * SOON;
                self.fault(What::Late(Duration::from_secs(60)));
            }
            // It shows what it has unsealed, as the true one would not.
            Trouble::Denies if TWO => {
                let said = json!({ "message": format!("stored {}", crate::rig::secret(1)) });
                self.fault(What::Denies(Answer::json(500, said)));
            }
            Trouble::Denies => self.server.with(|hub| {
                // The mark is there, or the no would be to that.
                hub.write_variable(&format!("acme/{}", user.name), "ROTATOR_ALICE_ID", "none");
                hub.now += 60;
                hub.blabs = true;
            }),
        }
        true
    }
}

#[test]
fn one_secret_conforms() {
    insta::assert_snapshot!(conform::<Actions<false>>(), @r"
    what is put is served
    each user has a place
    a name that it cannot have is refused
    absent is nothing
    a stale write is refused
    a write that was not heard of is found
    a denied write is found
    no reader sees a torn pair
    of ten writers at once the pair of one
    forbidden is not absent
    something else is left alone
    a clear no is a clear no
    nobody waits for ever
    the pair before is not kept
    ");
}

#[test]
fn two_secrets_conform() {
    insta::assert_snapshot!(conform::<Actions<true>>(), @r"
    what is put is served
    each user has a place
    a name that it cannot have is refused
    absent is nothing
    a stale write is refused
    a write that was not heard of is found
    a denied write is found
    forbidden is not absent
    something else is left alone
    a clear no is a clear no
    nobody waits for ever
    the pair before is not kept
    ");
}
