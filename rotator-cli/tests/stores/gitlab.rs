//! `gitlab:projects/PATH`, as a credentials file in one variable, and as two variables.

use std::sync::Mutex;
use std::time::Duration;

use fakes::gitlab::{Gitlab as Hosted, Person};
use fakes::server::{Answer, Server, Trouble as Fault, What};
use rotator_cli::iam::User;
use rotator_cli::store::gitlab::{Gitlab, Surroundings, parse};
use secrecy::SecretString;
use serde_json::json;

use crate::conform::conform;
use crate::rig::{LONG, Rig, SOON, Trouble, secret};

/// A project's variables. With `TWO`, one for the id and one for the secret.
struct Variables<const TWO: bool> {
    server: Server<Hosted>,
    time_limit: Mutex<Duration>,
}

impl<const TWO: bool> Variables<TWO> {
    fn value(&self, name: &str) -> Option<String> {
        self.server.with(|hosted| {
            hosted.variable("projects", "acme/app", name, "*").map(|variable| variable.value.clone())
        })
    }

    fn write(&self, name: &str, kind: &str, value: &str) {
        let fields = json!({ "key": name, "variable_type": kind, "value": value });
        self.server.with(|hosted| hosted.write("projects", "acme/app", &fields)).unwrap();
    }

    fn fault(&self, method: &'static str, what: What) {
        self.server.trouble(Fault { method, path: String::new(), what, always: true });
    }
}

impl<const TWO: bool> Rig for Variables<TWO> {
    type Store = Gitlab;

    const LOOKS: bool = true;
    const TEARS: bool = TWO;
    const ANY_NAME: bool = false;

    fn fresh() -> Self {
        let mut hosted = Hosted::default();
        hosted.owner("projects", "acme/app");
        hosted.token("glpat-t-ok-en", Person::Maintainer);
        Self { server: Server::on_a_thread(hosted).unwrap(), time_limit: Mutex::new(LONG) }
    }

    fn store(&self) -> Gitlab {
        let layout = match TWO {
            true => "names=two&id-field=ID_{user}&secret-field=SECRET_{user}",
            false => "variable=CREDENTIALS_{user}",
        };
        let place = format!("projects/acme/app?{layout}&addr={}", self.server.url());
        let token = Some(SecretString::from("glpat-t-ok-en"));
        let around = Surroundings { token, ..Surroundings::default() };
        let limit = *self.time_limit.lock().unwrap();
        Gitlab::open(parse(&place).unwrap(), &around, "123456789012", limit).unwrap()
    }

    fn consumer(&self, user: &User) -> Option<(String, String)> {
        let name = &user.name;
        if TWO {
            return self.value(&format!("ID_{name}")).zip(self.value(&format!("SECRET_{name}")));
        }
        let file = self.value(&format!("CREDENTIALS_{name}"))?;
        let line = |key: &str| {
            let line = file.lines().find_map(|line| line.strip_prefix(key)).unwrap();
            line.trim_start_matches(" = ").to_owned()
        };
        assert!(file.starts_with("[default]\n"));
        Some((line("aws_access_key_id"), line("aws_secret_access_key")))
    }

    fn stranger(&self, user: &User, (id, secret): (String, String)) {
        let name = &user.name;
        if TWO {
            self.write(&format!("SECRET_{name}"), "env_var", &secret);
            self.write(&format!("ID_{name}"), "env_var", &id);
        } else {
            let file = format!("[default]\naws_access_key_id = {id}\naws_secret_access_key = {secret}\n");
            self.write(&format!("CREDENTIALS_{name}"), "file", &file);
        }
    }

    fn arrange(&self, trouble: Trouble, user: &User) -> bool {
        let forbidden = || What::Instead(Answer::json(403, json!({ "message": "403 Forbidden" })));
        let name = &user.name;
        match trouble {
            Trouble::Forbidden => self.fault("GET", forbidden()),
            Trouble::WrongType if TWO => self.write(&format!("ID_{name}"), "env_var", "S3CR3T/0"),
            Trouble::WrongType => self.write(&format!("CREDENTIALS_{name}"), "env_var", "S3CR3T/0"),
            // How much a project's variable takes is not published.
            Trouble::Oversized => return false,
            Trouble::Unavailable => self.fault("POST", forbidden()),
            Trouble::Slow => {
                *self.time_limit.lock().unwrap() = SOON;
                self.fault("POST", What::Late(Duration::from_secs(60)));
            }
            // Of two writes the first that fails is the last.
            Trouble::Denies if TWO => return false,
            Trouble::Denies => {
                let said = format!("500 of {}", secret(1));
                self.fault("POST", What::Denies(Answer::json(500, json!({ "message": said }))));
            }
        }
        true
    }
}

#[test]
fn it_conforms_with_a_file() {
    insta::assert_snapshot!(conform::<Variables<false>>(), @r"
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
fn it_conforms_with_two_variables() {
    insta::assert_snapshot!(conform::<Variables<true>>(), @r"
    what is put is served
    each user has a place
    a name that it cannot have is refused
    absent is nothing
    a stale write is refused
    a write that was not heard of is found
    forbidden is not absent
    something else is left alone
    a clear no is a clear no
    nobody waits for ever
    the pair before is not kept
    ");
}
