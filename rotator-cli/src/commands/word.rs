//! `rotator confirm` and `rotator adopt`: somebody who knows says which key the store serves.

use std::collections::BTreeMap;
use std::io::Read;
use std::path::Path;
use std::time::Duration;

use rotator::AccessKeyId;
use serde::Deserialize;
use serde::de::IgnoredAny;

use super::{Ended, finish, on_signals, open};
use crate::args::{AdoptArg, AdoptArgs, ConfirmArgs, LedgerArg, StoreArgs, WordArgs};
use crate::commands::plan;
use crate::drive::Outcome;
use crate::exit::Exit;
use crate::failure::{Class, Failure};
use crate::fleet;
use crate::iam::User;
use crate::journal::Journal;
use crate::report::{Line, Teller};
use crate::settings::Settings;

/// A user's name, and the key that the store serves for it.
type Word = (String, AccessKeyId);

/// `rotator confirm`
///
/// # Errors
/// [`Ended`]: nothing was changed.
pub async fn confirm(args: ConfirmArgs) -> Result<Exit, Ended> {
    let words = match (&args.document, &args.user, &args.key) {
        (Some(document), _, _) => read(document)?,
        (None, Some(user), Some(key)) => vec![(user.clone(), key_id(key)?)],
        (None, _, _) => return Err(Ended::Usage("say FILE, or --user NAME --key ID".into())),
    };
    if words.is_empty() {
        return Err(Ended::Usage("the document names no user".into()));
    }
    say("confirm", words, args.word).await
}

/// `rotator adopt`
///
/// # Errors
/// [`Ended`]: nothing was changed.
pub async fn adopt(args: AdoptArgs) -> Result<Exit, Ended> {
    let word = (args.user, key_id(&args.current)?);
    say("adopt", vec![word], args.word).await
}

async fn say(command: &str, words: Vec<Word>, args: WordArgs) -> Result<Exit, Ended> {
    let store = StoreArgs {
        outfile: None,
        store: None,
        exec_served: None,
        with: None,
        ledger: Some(LedgerArg::Tags),
        handover: None,
        adopt: AdoptArg::Dates,
    };
    let mut settings = Settings::new(&store, &args.times, false).map_err(Ended::Usage)?;
    // A word settles what was begun. It begins nothing: no key is old enough to be due.
    settings.policy.max_age = Duration::MAX;
    let journal = Journal::open(args.journal.as_deref())?;
    let stop = on_signals()?;
    let shared = open(&args.aws, &settings, None, stop).await?;
    let teller = Teller::new(false, args.json);
    let (mut tasks, mut unknown) = (Vec::with_capacity(words.len()), Vec::new());
    for (name, key) in words {
        match shared.iam.user(&name).await {
            Ok(user) => tasks.push((user, Some(key))),
            // One name that is wrong does not stop the others.
            Err(failure) if failure.class == Class::Missing => {
                let nobody = User { name, id: String::new(), path: String::new() };
                unknown.push(Line::new(&nobody, &Outcome::Failed(failure), settings.memory, false));
            }
            Err(failure) => return Err(failure.into()),
        }
    }
    for line in &unknown {
        teller.line(line, line.user.len(), 0, 0);
    }
    if args.dry_run {
        let exit = plan::show(&shared, &settings, tasks, args.json).await?;
        return Ok(exit.max(fleet::exit(&unknown)));
    }
    if tasks.is_empty() && !args.json {
        return Ok(fleet::exit(&unknown));
    }
    journal.begin(command, &shared.caller.account, &shared.caller.arn, &settings.policy, &settings.limits);
    let mut lines = fleet::rotate(&shared, &settings.policy, tasks, 4, &journal, teller).await;
    lines.extend(unknown);
    let exit = fleet::exit(&lines);
    Ok(finish(journal, &shared, "", &lines, args.json, exit))
}

/// Reads the ids out of a handed-over document; the secrets in it are skipped unread.
fn read(document: &Path) -> Result<Vec<Word>, Ended> {
    #[derive(Deserialize)]
    struct Named {
        #[serde(rename = "AccessKeyId")]
        id: AccessKeyId,
        #[serde(rename = "SecretAccessKey")]
        _secret: Option<IgnoredAny>,
    }
    let from_stdin = document == Path::new("-");
    let doing = match from_stdin {
        true => "read standard input".to_owned(),
        false => format!("read {}", document.display()),
    };
    let mut text = Vec::new();
    let size = if from_stdin {
        std::io::stdin().lock().read_to_end(&mut text)
    } else {
        std::fs::File::open(document).and_then(|mut file| file.read_to_end(&mut text))
    };
    size.map_err(|error| Failure::new(Class::Setup, &doing, error.to_string()))?;
    // The parser's own message could quote a secret.
    let users: BTreeMap<String, Named> = serde_json::from_slice(&text).map_err(|error| {
        let at = format!("line {}, column {}", error.line(), error.column());
        Failure::new(
            Class::Setup,
            &doing,
            format!("it is not a document of pairs as `rotator rotate` writes it ({at})"),
        )
    })?;
    Ok(users.into_iter().map(|(user, named)| (user, named.id)).collect())
}

fn key_id(text: &str) -> Result<AccessKeyId, Ended> {
    AccessKeyId::parse(text).map_err(|error| Ended::Usage(format!("`{text}`: {error}")))
}
