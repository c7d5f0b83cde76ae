//! GitLab CI/CD variables of a project or a group, which jobs get when they start.
//!
//! A pair is a profile in one variable of type `file`, or two variables. The key's id stands in the
//! description too, which goes along in the same request as the value and can be read where the value is
//! hidden. GitLab takes any update, whatever it rests on: another writer is seen only if it came before the
//! last look.

mod config;
mod session;
mod two;
mod variable;

use std::time::Duration;

use reqwest::Method;
use rotator::AccessKeyId;
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

pub use self::config::{Config, Layout, Surroundings, parse};
use self::session::{Session, failure, words};
use self::variable::{Variable, mark};
use crate::clock::Deadline;
use crate::failure::{Class, Failure};
use crate::iam::User;
use crate::secret::Pair;
use crate::store::http::{Answer, Place, Server};
use crate::store::ini::Ini;
use crate::store::options::Fields;
use crate::store::{Adapter, Promises, Reading, Serves, Tells, Undelivered, fill};

/// The variables of one GitLab's projects or groups.
#[derive(Debug)]
pub struct Gitlab {
    session: Session,
    config: Config,
    account: String,
    time_limit: Duration,
}

/// A user's variables, in the order in which they are written: the secret first, so that an id is never
/// told before there is a secret for it.
struct Variables {
    owner: String,
    names: Vec<String>,
    found: Vec<Option<Variable>>,
}

impl Gitlab {
    /// What one variable of type `file` can and cannot do.
    pub const FILE: Promises = Promises {
        tells: Tells::Key,
        one_unit: true,
        swaps: false,
        keeps_previous: false,
        consumers: "at the start of a job",
    };
    /// What two variables can and cannot do.
    pub const TWO: Promises = Promises { one_unit: false, ..Self::FILE };

    /// Finds the server and the token; nothing is called.
    ///
    /// # Errors
    /// There is no token, or the address is none.
    pub fn open(
        config: Config,
        around: &Surroundings,
        account: &str,
        time_limit: Duration,
    ) -> Result<Self, Failure> {
        let setup = |said: String| Failure::new(Class::Setup, "speak to GitLab", said);
        let token = around.token.clone();
        let token = token.ok_or_else(|| setup("there is no token; set GITLAB_TOKEN".into()))?;
        let address = around.address(&config);
        let server = Server::new(&Place { address, ca_file: config.ca_file.clone(), time_limit });
        let session = Session { server: server.map_err(setup)?, token };
        Ok(Self { session, config, account: account.to_owned(), time_limit })
    }

    fn setup(&self, user: &User, said: String) -> Failure {
        Failure::new(Class::Setup, format!("use `{}`", self.name(user)), said)
    }

    fn filter(&self) -> (&'static str, String) {
        ("filter[environment_scope]", self.config.scope.clone())
    }

    async fn look(&self, user: &User) -> Result<Variables, Failure> {
        let setup = |said| self.setup(user, said);
        let owner = self.config.owner(user, &self.account).map_err(setup)?;
        let templates = match &self.config.layout {
            Layout::File { variable, .. } => vec![variable],
            Layout::Two { names, .. } => vec![&names.secret, &names.id],
        };
        let names = templates.into_iter().map(|name| config::variable(name, user, &self.account));
        let names = names.collect::<Result<Vec<_>, _>>().map_err(setup)?;
        let mut found = Vec::new();
        // The other way round than they are written: who writes meanwhile then looks torn, and never as if a
        // secret were missing.
        for name in names.iter().rev() {
            found.push(self.find(user, &owner, name).await?);
        }
        found.reverse();
        Ok(Variables { owner, names, found })
    }

    /// One variable, or that there is none.
    async fn find(&self, user: &User, owner: &str, name: &str) -> Result<Option<Variable>, Failure> {
        let doing = format!("read `{}`", self.name(user));
        let path = [self.config.owners, owner, "variables", name];
        let answer = self.session.get(&path, self.filter(), &doing).await?;
        if let Some(variable) = Variable::of(&answer, name) {
            return match self.is_in_scope(&answer) {
                true => Ok(Some(variable)),
                false => Err(self.setup(
                    user,
                    format!("the variable `{name}` has another scope than `{}`", self.config.scope),
                )),
            };
        }
        if answer.status.as_u16() != 404 || words(&answer).is_none() {
            return Err(failure(&answer, &doing));
        }
        // 404 may be about the project as well, which is not told to whom it is hidden from.
        let path = [self.config.owners, owner, "variables"];
        let list = self.session.get(&path, ("per_page", "1".to_owned()), &doing).await?;
        match list.status.as_u16() {
            200 if list.body.as_ref().is_some_and(Value::is_array) => Ok(None),
            _ => Err(failure(&list, &doing)),
        }
    }

    /// Groups have scopes in some editions only, and show none in the others.
    fn is_in_scope(&self, answer: &Answer) -> bool {
        answer.at("/environment_scope").and_then(Value::as_str).unwrap_or("*") == self.config.scope
    }

    fn reading(&self, user: &User, variables: &Variables) -> Result<Reading, Failure> {
        let at = |place: usize| variables.found.get(place).and_then(Option::as_ref);
        let serves = match &self.config.layout {
            Layout::File { profile, .. } => {
                let key = at(0).map(|variable| variable.in_profile(profile)).transpose();
                key.map(|key| key.flatten().map_or(Serves::Nothing, Serves::Key))
            }
            Layout::Two { .. } => match variables.names.as_slice() {
                [secret, id] => two::serves(&Fields { id: id.clone(), secret: secret.clone() }, at(1), at(0)),
                _ => Ok(Serves::Nothing),
            },
        };
        let serves = serves.map_err(|said| self.setup(user, said))?;
        Ok(Reading { serves, revision: revision(&variables.found) })
    }

    /// Writes one variable, and hears that it is as it was written.
    async fn write(
        &self,
        variables: &Variables,
        place: usize,
        value: &SecretString,
        pair: &Pair,
        doing: &str,
        deadline: &Deadline,
    ) -> Result<(), Undelivered> {
        let name = variables.names.get(place).map(String::as_str).unwrap_or_default();
        let exists = variables.found.get(place).is_some_and(Option::is_some);
        let description = mark(&pair.id);
        let mut body = json!({ "value": value.expose_secret(), "description": description });
        let mut path = vec![self.config.owners, variables.owner.as_str(), "variables"];
        let (method, query) = if exists {
            // What is left out stays as it is.
            path.push(name);
            (Method::PUT, Some(self.filter()))
        } else {
            if let Some(body) = body.as_object_mut() {
                body.insert("key".to_owned(), name.into());
                body.extend(self.settings(place));
            }
            (Method::POST, None)
        };
        let secrets = vec![value.clone(), SecretString::from(pair.expose_to_store())];
        let sent = self.session.write(method, &path, query, &body, secrets, deadline.left()).await;
        let answer = match sent {
            Ok(answer) => answer,
            Err(lost) if lost.may_have_arrived() => return Err(Undelivered::Unclear(lost.failure(doing))),
            Err(lost) => return Err(Undelivered::unsent(doing, lost.failure(doing))),
        };
        let is_stored = Variable::of(&answer, name).is_some_and(|stored| {
            let is_written = |now: &SecretString| now.expose_secret() == value.expose_secret();
            stored.value.as_ref().is_none_or(is_written)
                && stored.description.is_none_or(|now| now == description)
        });
        if is_stored && self.is_in_scope(&answer) {
            return Ok(());
        }
        let failure = failure(&answer, doing);
        // Somebody was there first: made it, or deleted it.
        let said = words(&answer).unwrap_or_default();
        let is_stale = match answer.status.as_u16() {
            400 => !exists && said.contains("already been taken"),
            404 => exists && said.contains("Variable Not Found"),
            _ => false,
        };
        if is_stale {
            return Err(Undelivered::Stale(Failure { class: Class::Conflict, ..failure }));
        }
        // Each other no of GitLab's own is given before anything is stored; of 5xx that is not said.
        Err(Undelivered::refused(failure))
    }

    /// What a variable has that is made here.
    fn settings(&self, place: usize) -> Vec<(String, Value)> {
        let mut settings = vec![
            ("environment_scope", json!(self.config.scope)),
            ("protected", json!(self.config.protected)),
            ("raw", json!(true)),
        ];
        match &self.config.layout {
            // What has several lines cannot be masked.
            Layout::File { .. } => settings.push(("variable_type", json!("file"))),
            Layout::Two { hidden, .. } => {
                settings.push(("variable_type", json!("env_var")));
                settings.push(("masked", json!(true)));
                if *hidden && place == 0 {
                    settings.push(("masked_and_hidden", json!(true)));
                }
            }
        }
        settings.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
    }
}

impl Adapter for Gitlab {
    fn promises(&self) -> Promises {
        match self.config.layout {
            Layout::File { .. } => Self::FILE,
            Layout::Two { .. } => Self::TWO,
        }
    }

    fn name(&self, user: &User) -> String {
        let Config { owners, owner, layout, .. } = &self.config;
        let variable = match layout {
            Layout::File { variable, .. } => variable,
            Layout::Two { names, .. } => &names.id,
        };
        format!("gitlab:{}", fill(&format!("{owners}/{owner}/variables/{variable}"), user, &self.account))
    }

    async fn read(&self, user: &User) -> Result<Reading, Failure> {
        let variables = self.look(user).await?;
        self.reading(user, &variables)
    }

    async fn put(&self, user: &User, pair: &Pair, over: &Reading) -> Result<(), Undelivered> {
        // From here on: the driver reckons with a write that takes hold within one time limit.
        let deadline = Deadline::begin(self.time_limit);
        let doing = format!("put {} into `{}`", pair.id, self.name(user));
        let unsent = |failure: Failure| Undelivered::unsent(&doing, failure);
        let before = self.look(user).await.map_err(unsent)?;
        if self.reading(user, &before).map_err(unsent)? != *over {
            // This is all the protection there is: a write in the moment between is not seen.
            let said = "somebody has written there since it was looked at";
            return Err(Undelivered::Stale(Failure::new(Class::Conflict, doing, said)));
        }
        match &self.config.layout {
            Layout::File { profile, .. } => {
                let text = before.found.first().and_then(Option::as_ref).and_then(|file| file.value.as_ref());
                let text = text.map_or("", |text| text.expose_secret());
                let ini =
                    Ini::parse(text.as_bytes(), profile).map_err(|said| unsent(self.setup(user, said)))?;
                let value = SecretString::from(ini.with(pair));
                self.write(&before, 0, &value, pair, &doing, &deadline).await
            }
            Layout::Two { .. } => {
                let secret = SecretString::from(pair.expose_to_store());
                self.write(&before, 0, &secret, pair, &doing, &deadline).await?;
                let id = SecretString::from(pair.id.as_str());
                let second = self.write(&before, 1, &id, pair, &doing, &deadline).await;
                second.map_err(|undelivered| {
                    let (Undelivered::Rejected(failure)
                    | Undelivered::Stale(failure)
                    | Undelivered::Unclear(failure)) = undelivered;
                    let said = format!("its secret is stored, and perhaps not its id: {}", failure.said);
                    Undelivered::Unclear(Failure { class: Class::Unanswered, said, ..failure })
                })
            }
        }
    }

    async fn previous(&self, _: &User, _: &AccessKeyId) -> Result<Option<Pair>, Failure> {
        Ok(None)
    }
}

/// GitLab has no number of a variable's versions, so it is told from what is in it; as a hash, since that is
/// a secret.
fn revision(found: &[Option<Variable>]) -> Option<String> {
    if found.iter().all(Option::is_none) {
        return None;
    }
    let state = found.iter().map(|variable| variable.as_ref().map(Variable::state)).collect::<Vec<_>>();
    let digest = Sha256::digest(json!(state).to_string());
    Some(digest.iter().map(|byte| format!("{byte:02x}")).collect())
}
