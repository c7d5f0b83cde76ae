//! A command that looks, in one account or in several: one after the other, each under its name.

use std::future::Future;

use serde_json::{Value, json};

use super::Ended;
use crate::assignment::Assignment;
use crate::exit::Exit;
use crate::report::Teller;
use crate::say;

/// What a look at one account came to.
#[derive(Debug)]
pub struct Part {
    /// The report as data.
    pub json: Value,
    /// The same for a person.
    pub text: String,
    /// How it ended.
    pub exit: Exit,
}

impl Part {
    /// On stdout.
    pub fn print(&self, as_json: bool) {
        if as_json { say::out(&format!("{:#}", self.json)) } else { say::out(&self.text) }
    }

    /// The same with the target's name before all else.
    fn named(self, name: &str) -> Value {
        let mut named = serde_json::Map::new();
        named.insert("target".to_owned(), json!(name));
        if let Value::Object(report) = self.json {
            named.extend(report);
        }
        Value::Object(named)
    }
}

/// Who is told: of several targets each line has the name of its own.
#[must_use]
pub fn teller(one: &Assignment, several: bool) -> Teller {
    let teller = Teller::new(false, one.args.json);
    match &one.target {
        Some(name) if several => teller.of_target(name),
        Some(_) | None => teller,
    }
}

/// Looks at each. What ends one of several does not end the others.
///
/// # Errors
/// [`Ended`], where there is only one.
pub async fn each<F: Future<Output = Result<Part, Ended>>>(
    assignments: Vec<Assignment>,
    look: impl Fn(Assignment, bool) -> F,
) -> Result<Exit, Ended> {
    let several = assignments.len() > 1;
    let as_json = assignments.iter().any(|one| one.args.json);
    let (mut exit, mut parts) = (Exit::Done, Vec::new());
    for (at, one) in assignments.into_iter().enumerate() {
        let name = one.target.clone().unwrap_or_else(|| one.scope.name());
        let (teller, one_of_a_file) = (teller(&one, several), one.target.is_some());
        let looked = look(one, several).await;
        if !several {
            let part = looked?;
            exit = part.exit;
            // A target of a configuration is told of in the shape of several, however many there are.
            if as_json && one_of_a_file {
                parts.push(part.named(&name))
            } else {
                part.print(as_json)
            }
            continue;
        }
        if !as_json {
            say::out(&format!("{}{name}:", if at > 0 { "\n" } else { "" }));
        }
        match looked {
            Ok(part) => {
                exit = exit.max(part.exit);
                if as_json { parts.push(part.named(&name)) } else { part.print(false) }
            }
            Err(ended) => {
                exit = exit.max(ended.exit());
                let said = match &ended {
                    Ended::Usage(text) => {
                        teller.say(&format!("error: {text}"));
                        text.clone()
                    }
                    Ended::Failed(failure) => {
                        teller.fault(failure);
                        failure.to_string()
                    }
                };
                parts.push(json!({ "target": name, "error": said, "exit": ended.exit().code() }));
            }
        }
    }
    if as_json && !parts.is_empty() {
        say::out(&format!("{:#}", json!({ "version": 1, "targets": parts, "exit": exit.code() })));
    }
    Ok(exit)
}
