//! The stores side by side, for `rotator stores` and the documents.

use serde_json::{Value, json};

use crate::store::exec::Exec;
use crate::store::file::JsonFile;
use crate::store::github::GitHub;
use crate::store::gitlab::Gitlab;
use crate::store::kubernetes::Kubernetes;
use crate::store::profile::Profile;
use crate::store::secretsmanager::SecretsManager;
use crate::store::ssm::ParameterStore;
use crate::store::vault::Vault;
use crate::store::{Promises, Tells};

/// The columns.
pub const HEAD: [&str; 7] = [
    "STORE",
    "MEMORY",
    "CAN BE ASKED",
    "ONE UNIT",
    "REFUSES A STALE WRITE",
    "KEEPS LAST",
    "JOBS GET A NEW PAIR",
];

/// What the columns mean.
pub const LEGEND: [(&str, &str); 6] = [
    (
        "MEMORY",
        "where it is remembered which key is CURRENT and which LAST: in the store, or in tags of the IAM user",
    ),
    (
        "CAN BE ASKED",
        "it tells which key it serves, or when it was written; else a run that dies may need a word (`rotator confirm`)",
    ),
    ("ONE UNIT", "nobody reads one pair's id beside another pair's secret"),
    ("REFUSES A STALE WRITE", "it takes no pair over something that this run has not seen"),
    ("KEEPS LAST", "`rotator rollback` can serve LAST again"),
    ("JOBS GET A NEW PAIR", "from when on; LAST must rest for longer (--min-age), and for the longest job"),
];

/// A store as a person names it, where the slots live beside it, and what it promises.
const STORES: [(&str, &str, Promises); 14] = [
    ("file:PATH", "store", JsonFile::PROMISES),
    ("file+aws:PATH#PROFILE", "tags", Profile::PROMISES),
    ("exec:COMMAND", "tags", Exec::WRITE_ONLY),
    ("exec:COMMAND with --exec-served", "tags", Exec::WITH_SERVED),
    ("secretsmanager:NAME", "store", SecretsManager::PROMISES),
    ("ssm:NAME", "tags", ParameterStore::PROMISES),
    ("vault:MOUNT/PATH (KV version 2)", "tags", Vault::KV2),
    ("vault:MOUNT/PATH (KV version 1)", "tags", Vault::KV1),
    ("github:OWNER/REPO", "tags", GitHub::ONE),
    ("github:OWNER/REPO?names=two", "tags", GitHub::TWO),
    ("gitlab:projects/PATH", "tags", Gitlab::FILE),
    ("gitlab:projects/PATH?names=two", "tags", Gitlab::TWO),
    ("kubernetes:NAMESPACE/NAME", "tags", Kubernetes::PROMISES),
    ("stdout, -o FILE", "tags or dates", HAND_OVER),
];

/// What a pipeline promises.
pub const HAND_OVER: Promises = Promises {
    tells: Tells::Nothing,
    one_unit: true,
    swaps: false,
    keeps_previous: false,
    consumers: "once a pipeline has stored it",
};

/// One row for each store.
pub fn rows() -> impl Iterator<Item = [String; 7]> {
    STORES.into_iter().map(|(store, memory, promises)| {
        let yes = |promised| if promised { "yes" } else { "no" };
        let Promises { tells, one_unit, swaps, keeps_previous, consumers } = promises;
        [store, memory, told(tells), yes(one_unit), yes(swaps), yes(keeps_previous), consumers]
            .map(str::to_owned)
    })
}

/// What a person has to know of a store before pairs go there: what it does not promise, and when jobs get
/// a new pair.
#[must_use]
pub fn cautions(promises: &Promises) -> Vec<String> {
    let told = match promises.tells {
        Tells::Key => None,
        Tells::Writes => Some(
            "the store tells when it was written, and not at all times which key it serves: write nothing there by hand \
             while a rotation is at work",
        ),
        Tells::Nothing => Some(
            "the store cannot be asked what it serves: if a run dies while it hands a pair over, one use of the new key \
             or a word (`rotator confirm`) settles it",
        ),
    };
    let torn = (!promises.one_unit).then_some(
        "the store takes no pair as one unit: in the middle of a write, jobs may read one pair's id beside another \
         pair's secret",
    );
    let stale = (!promises.swaps)
        .then_some("the store refuses no stale write: let nothing else write there, or the last writer wins");
    let gone = (!promises.keeps_previous)
        .then_some("the store does not keep LAST's pair: `rotator rollback` cannot serve it again");
    let late = format!("jobs get a new pair: {}. LAST must rest for longer (--min-age)", promises.consumers);
    let known = [told, torn, stale, gone].into_iter().flatten().map(str::to_owned);
    known.chain([late]).collect()
}

/// What a store promises, for machines.
#[must_use]
pub fn json(memory: &str, promises: &Promises) -> Value {
    json!({
        "memory": memory,
        "can_be_asked": told(promises.tells),
        "one_unit": promises.one_unit,
        "refuses_a_stale_write": promises.swaps,
        "keeps_last": promises.keeps_previous,
        "jobs_get_a_new_pair": promises.consumers,
    })
}

fn told(tells: Tells) -> &'static str {
    match tells {
        Tells::Nothing => "no",
        Tells::Writes => "when it was written",
        Tells::Key => "yes",
    }
}

/// The same for the documents.
#[must_use]
pub fn markdown() -> String {
    let line = |cells: [String; 7]| format!("| {} |\n", cells.join(" | "));
    let head = line(HEAD.map(str::to_lowercase));
    let rule = line(HEAD.map(|_| "---".to_owned()));
    let rows = rows().map(|mut cells| {
        if let Some(store) = cells.first_mut() {
            *store = format!("`{store}`");
        }
        line(cells)
    });
    let legend = LEGEND.map(|(column, says)| format!("- *{}*: {says}\n", column.to_lowercase()));
    let table = [head, rule].into_iter().chain(rows).chain(["\n".to_owned()]);
    table.chain(legend).collect()
}
