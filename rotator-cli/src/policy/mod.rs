//! The least IAM policy for a configuration: which actions are [`permissions`](crate::permissions)' to say;
//! here they become statements about just these users, secrets, parameters and KMS keys. No call is made.

mod arn;
mod document;

use rotator::Memory;
use serde_json::json;

use crate::ledger::{OPEN, REST, SLOTS};
use crate::permissions::{ACTIONS, Action, Keeper, On, Task, actions};
use crate::settings::Settings;
use crate::store::{StoreUrl, secretsmanager, ssm};

use arn::Names;
pub use arn::{Where, partition_of};
pub use document::{Document, Statement};

/// What the policy is for.
#[derive(Debug, Clone)]
pub struct Wanted<'a> {
    /// The commands that are to be allowed.
    pub tasks: &'a [Task],
    /// Only their `--dry-run`.
    pub dry_run: bool,
    /// The path of the users, with slashes at both ends.
    pub path: &'a str,
    /// Those below it are meant too.
    pub recursive: bool,
    /// What the other options mean together.
    pub settings: &'a Settings,
    /// The account, region and partition.
    pub place: &'a Where,
}

/// Makes the policy.
///
/// # Errors
/// A sentence for the command line: what was asked for makes no sense.
pub fn policy(wanted: &Wanted) -> Result<Document, String> {
    let mut asked = Vec::new();
    for task in wanted.tasks {
        asked.extend(actions(*task, keeper(*task, wanted.settings)?));
    }
    let needed =
        ACTIONS.into_iter().filter(|action| asked.contains(action) && (action.reads || !wanted.dry_run));
    let needed: Vec<Action> = needed.collect();
    let mut document = Document::default();
    let names = Names { path: wanted.path, recursive: wanted.recursive, place: wanted.place };
    users(&mut document, &needed, &names);
    match &wanted.settings.store {
        Some(StoreUrl::SecretsManager(place)) => secrets(&mut document, &needed, &names, place)?,
        Some(StoreUrl::ParameterStore(place)) => parameters(&mut document, &needed, &names, place)?,
        Some(
            StoreUrl::File(_)
            | StoreUrl::Profile(_)
            | StoreUrl::Exec(_)
            | StoreUrl::Vault(_)
            | StoreUrl::Gitlab(_)
            | StoreUrl::Kubernetes(_)
            | StoreUrl::GitHub(_),
        )
        | None => {}
    }
    document.notes.extend(notes(wanted, &document));
    Ok(document)
}

/// Where a command's names and pairs are.
fn keeper(task: Task, settings: &Settings) -> Result<Keeper, String> {
    let keeper = match (&settings.store, settings.memory) {
        (Some(StoreUrl::SecretsManager(_)), _) => Keeper::Secrets,
        (Some(StoreUrl::ParameterStore(place)), _) => {
            Keeper::Parameters { key_named: place.kms_key().is_some() }
        }
        (_, Memory::Document) => Keeper::File,
        (_, Memory::Ledger) => Keeper::Tags,
        (_, Memory::Dates) => Keeper::Dates,
    };
    let says = |words: &str| Err(format!("--for {}: {words}", name(task)));
    match (task, keeper) {
        (Task::Confirm | Task::ConfirmAll | Task::Adopt, Keeper::Secrets | Keeper::File) => {
            says("this store is its own memory, and a word goes into tags: leave --store away")
        }
        // A word is about names, and no store is asked.
        (Task::Confirm | Task::ConfirmAll | Task::Adopt, Keeper::Parameters { .. }) => Ok(Keeper::Tags),
        (
            Task::Confirm
            | Task::ConfirmAll
            | Task::Adopt
            | Task::Rollback
            | Task::Revoke
            | Task::Retire
            | Task::Revive,
            Keeper::Dates,
        ) => says("--ledger dates keeps no memory, so this command does not go with it"),
        (Task::Rollback, Keeper::Tags) if settings.store.is_none() => says(
            "pairs that are handed over are not kept, so there is none to serve again: name a store that keeps LAST \
             (`rotator stores`)",
        ),
        (
            Task::Rotate
            | Task::Plan
            | Task::Status
            | Task::Audit
            | Task::Confirm
            | Task::ConfirmAll
            | Task::Adopt
            | Task::Rollback
            | Task::Revoke
            | Task::Retire
            | Task::Revive,
            keeper,
        ) => Ok(keeper),
    }
}

/// The word on the command line.
fn name(task: Task) -> String {
    let value = clap::ValueEnum::to_possible_value(&task);
    value.map(|value| value.get_name().to_owned()).unwrap_or_default()
}

fn on(needed: &[Action], on: On) -> Vec<&'static str> {
    needed.iter().filter(|action| action.on == on).map(|action| action.name).collect()
}

fn users(document: &mut Document, needed: &[Action], names: &Names) {
    document.allow("FindUsers", on(needed, On::Everything), vec!["*".to_owned()]);
    let (tag, keys): (Vec<_>, Vec<_>) =
        on(needed, On::Users).into_iter().partition(|action| *action == "iam:TagUser");
    document.allow("KeysOfTheseUsers", keys, names.users());
    // Tags can decide who may do what, so only ours may be set (Service Authorization Reference, IAM, TagUser
    // with aws:TagKeys; IAM user guide, "AWS global condition context keys", aws:TagKeys with ForAllValues).
    document.allow_if(
        "OwnTagsOfTheseUsers",
        tag,
        names.users(),
        json!({"ForAllValues:StringEquals": {"aws:TagKeys": [SLOTS, OPEN, REST]}}),
    );
}

fn secrets(
    document: &mut Document,
    needed: &[Action],
    names: &Names,
    place: &secretsmanager::Place,
) -> Result<(), String> {
    let asked = on(needed, On::Secrets);
    if asked.is_empty() {
        return Ok(());
    }
    if let Some(said) = secretsmanager::Place::unfit(&names.example(place.template())) {
        return Err(format!("`secretsmanager:{}`: {said}", place.template()));
    }
    // Secrets Manager user guide, "Authentication and access control": CreateSecret, PutSecretValue and
    // GetSecretValue with a customer managed key.
    let writes = asked.contains(&"secretsmanager:PutSecretValue");
    let reads = writes || asked.contains(&"secretsmanager:GetSecretValue");
    document.allow("TheseSecrets", asked, names.secrets(place.template()));
    match place.kms_key() {
        Some(key) => {
            let uses = [(writes, "kms:GenerateDataKey"), (reads, "kms:Decrypt")];
            let uses = uses.into_iter().filter_map(|(needed, action)| needed.then_some(action)).collect();
            document.allow_if(
                "KmsKeyOfTheseSecrets",
                uses,
                names.kms(key),
                names.kms_if(key, "secretsmanager"),
            );
        }
        None => document.notes.push(
            "secrets under the service's own KMS key are meant. For one under a key of yours name that too \
             (`secretsmanager:…?kms-key=ARN`)"
                .to_owned(),
        ),
    }
    Ok(())
}

fn parameters(
    document: &mut Document,
    needed: &[Action],
    names: &Names,
    place: &ssm::Place,
) -> Result<(), String> {
    let asked = on(needed, On::Parameters);
    if asked.is_empty() {
        return Ok(());
    }
    if let Some(said) = ssm::Place::unfit(&names.example(place.template())) {
        return Err(format!("`ssm:{}`: {said}", place.template()));
    }
    let writes = asked.contains(&"ssm:PutParameter");
    document.allow("TheseParameters", asked, names.parameters(place.template()));
    match place.kms_key() {
        Some(key) => {
            // Systems Manager user guide, "How AWS Systems Manager Parameter Store uses AWS KMS": a standard
            // value is encrypted by KMS itself, an advanced one under a data key.
            let (standard, advanced) = place.tiers();
            let uses = [
                (writes && standard, "kms:Encrypt"),
                (writes && advanced, "kms:GenerateDataKey"),
                (true, "kms:Decrypt"),
            ];
            let uses = uses.into_iter().filter_map(|(needed, action)| needed.then_some(action)).collect();
            document.allow_if("KmsKeyOfTheseParameters", uses, names.kms(key), names.kms_if(key, "ssm"));
        }
        None => document.notes.push(
            "parameters under the account's default KMS key are meant. For one under a key of yours name that too \
             (`ssm:…?kms-key=ARN`)"
                .to_owned(),
        ),
    }
    Ok(())
}

/// What a person should know about this policy, in one line each.
fn notes(wanted: &Wanted, document: &Document) -> Vec<String> {
    let mut notes = Vec::new();
    let Where { account, region, .. } = wanted.place;
    let has = |service: &str| document.statements.iter().any(|statement| statement.is_about(service));
    if account.is_none() {
        notes.push("the account is not named, so the ARNs say `*`: --account NUMBER narrows them".to_owned());
    }
    if region.is_none() && (has("secretsmanager") || has("ssm")) {
        notes.push("no region is configured, so the ARNs say `*`: --region REGION narrows them".to_owned());
    }
    match (wanted.path, wanted.recursive) {
        ("/", _) => notes.push(
            "the path is `/`, and every user's ARN begins with it: this is about all users of the account".to_owned(),
        ),
        (path, false) => notes.push(format!(
            "no wildcard tells users on {path} from those on paths below it, so both are allowed here; rotator takes \
             the latter only with --recursive"
        )),
        (_, true) => {}
    }
    let page = wanted.settings.store.as_ref().and_then(|store| match store {
        StoreUrl::SecretsManager(_)
        | StoreUrl::ParameterStore(_)
        | StoreUrl::File(_)
        | StoreUrl::Profile(_) => None,
        StoreUrl::Exec(_) => Some("exec"),
        StoreUrl::Vault(_) => Some("vault"),
        StoreUrl::Gitlab(_) => Some("gitlab"),
        StoreUrl::Kubernetes(_) => Some("kubernetes"),
        StoreUrl::GitHub(_) => Some("github"),
    });
    if let Some(page) = page {
        notes.push(format!(
            "this is IAM's part; which rights the store itself has to give is told in docs/stores/{page}.md"
        ));
    }
    notes
}
