//! `rotator confirm` and `rotator adopt`: somebody who knows says which key the store serves.

use std::collections::BTreeMap;
use std::io::Read;
use std::path::Path;
use std::time::Duration;

use futures_util::{StreamExt, TryStreamExt, stream};
use rotator::AccessKeyId;
use serde::Deserialize;
use serde::de::IgnoredAny;

use super::{Ended, finish, on_signals, open, users_on};
use crate::args::{AdoptArg, AdoptArgs, ConfirmArgs, LedgerArg, StoreArgs, WordArgs};
use crate::commands::key::agreed;
use crate::commands::plan;
use crate::drive::Outcome;
use crate::exit::Exit;
use crate::failure::{Class, Failure};
use crate::fleet::{self, Run};
use crate::iam::User;
use crate::journal::Journal;
use crate::ledger;
use crate::report::{Line, Teller};
use crate::say;
use crate::settings::{Settings, iam_path};
use crate::target::Shared;

/// A user's name, and the key that the store serves for it.
type Word = (String, AccessKeyId);

/// Whose keys are meant.
enum Meant {
    Named(Vec<Word>),
    /// PENDING of each user on a path.
    Pending {
        path: String,
        recursive: bool,
        yes: bool,
    },
}

/// So many users' tags are asked for at once.
const AT_ONCE: usize = 8;

/// `rotator confirm`
///
/// # Errors
/// [`Ended`]: nothing was changed.
pub async fn confirm(args: ConfirmArgs) -> Result<Exit, Ended> {
    let words = match (&args.document, &args.user, &args.key, &args.all) {
        (Some(document), ..) => read(document)?,
        (None, Some(user), Some(key), _) => vec![(user.clone(), key_id(key)?)],
        (None, _, _, Some(path)) => {
            let path = iam_path(path).map_err(Ended::Usage)?;
            let meant = Meant::Pending { path, recursive: args.recursive, yes: args.yes };
            return say("confirm", meant, args.word).await;
        }
        (None, ..) => return Err(Ended::Usage("say FILE, --user NAME --key ID, or --all PATH".into())),
    };
    if words.is_empty() {
        return Err(Ended::Usage("the document names no user".into()));
    }
    say("confirm", Meant::Named(words), args.word).await
}

/// `rotator adopt`
///
/// # Errors
/// [`Ended`]: nothing was changed.
pub async fn adopt(args: AdoptArgs) -> Result<Exit, Ended> {
    let word = (args.user, key_id(&args.current)?);
    say("adopt", Meant::Named(vec![word]), args.word).await
}

async fn say(command: &str, meant: Meant, args: WordArgs) -> Result<Exit, Ended> {
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
    let shared = open(&args.aws.clone().into(), &settings, None, stop).await?;
    let teller = Teller::new(false, args.json);
    let (mut tasks, mut unknown) = (Vec::new(), Vec::new());
    match meant {
        Meant::Named(words) => {
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
        }
        Meant::Pending { path, recursive, yes } => {
            let (users, left_out) = users_on(&shared.iam, &path, recursive).await?;
            left_out.iter().for_each(|note| teller.note(note));
            tasks = pending(&shared, users).await?;
            if tasks.is_empty() && !args.json {
                say::err(&format!("nobody on {path} waits for a word"));
                return Ok(Exit::Done);
            }
            let named =
                tasks.iter().filter_map(|(user, key)| Some(format!("{} {}", user.name, key.as_ref()?)));
            let all = named.collect::<Vec<_>>().join(", ");
            let what = format!("what was handed over last counts as stored: {all}");
            if !args.dry_run && !tasks.is_empty() && !agreed(&what, yes, "--yes")? {
                return Ok(Exit::Done);
            }
        }
    }
    for line in &unknown {
        teller.line(line, line.user.len());
    }
    if args.dry_run {
        let exit = plan::show(&shared, &settings, tasks, args.json).await?;
        return Ok(exit.max(fleet::exit(&unknown)));
    }
    if tasks.is_empty() && !args.json {
        return Ok(fleet::exit(&unknown));
    }
    journal.begin(command, &shared.caller.account, &shared.caller.arn, &settings.policy, &settings.limits);
    let run = Run::of_few(&settings.policy, 4, &journal, &teller);
    let mut tally = fleet::few(&shared, &run, tasks).await;
    tally.exit = tally.exit.max(fleet::exit(&unknown));
    tally.lines.extend(unknown);
    Ok(finish(journal, &shared, tally, &teller, args.json))
}

/// The users for whom a key was handed over that nobody has spoken of yet.
async fn pending(shared: &Shared, users: Vec<User>) -> Result<Vec<(User, Option<AccessKeyId>)>, Failure> {
    let asked = stream::iter(users).map(async |user| {
        let tags = shared.iam.tags(&user).await?;
        let pending = ledger::read(&user, &tags)?.slots.pending;
        Ok(pending.map(|key| (user, Some(key))))
    });
    let found: Vec<_> = asked.buffered(AT_ONCE).try_collect().await?;
    Ok(found.into_iter().flatten().collect())
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
