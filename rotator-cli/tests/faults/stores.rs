//! The stores that are struck at an endpoint.

use rotator::Memory;

use crate::place::{Host, Settled, Store, To};

/// Those of AWS, and hand-overs.
pub const OF_AWS: [Store; 9] = [
    over("secrets manager", Memory::Document, To::SecretsManager, Settled::Answer),
    over("tags, parameter store", Memory::Ledger, To::ParameterStore, Settled::Answer),
    over("tags, file, confirm", Memory::Ledger, To::File, Settled::Word),
    over("tags, stdout, evidence", Memory::Ledger, To::Stdout, Settled::Use),
    over("tags, stdout, confirm", Memory::Ledger, To::Stdout, Settled::Word),
    over("tags, file, evidence", Memory::Ledger, To::File, Settled::Use),
    over("tags, file, trust", Memory::Ledger, To::File, Settled::Answer),
    over("dates, stdout, trust", Memory::Dates, To::Stdout, Settled::Answer),
    over("dates, file, evidence", Memory::Dates, To::File, Settled::Use),
];

/// By the real adapters of stores that no AWS endpoint serves.
pub const SHELVES: [Store; 3] = [
    over("file", Memory::Document, To::JsonFile, Settled::Answer),
    over("tags, file+aws", Memory::Ledger, To::Profile, Settled::Answer),
    over("tags, exec", Memory::Ledger, To::Command, Settled::Answer),
];

/// A real server, where there is one.
pub const SERVERS: [Store; 1] = [over("tags, OpenBao", Memory::Ledger, To::OpenBao, Settled::Answer)];

/// Stand-ins for hosted ones, by the adapters that speak to those.
pub const HOSTED: [Store; 5] = [
    hosted("tags, GitHub", Host::GitHub),
    hosted("tags, GitHub, names=two", Host::GitHubTwo),
    hosted("tags, GitLab", Host::Gitlab),
    hosted("tags, GitLab, names=two", Host::GitlabTwo),
    hosted("tags, Kubernetes", Host::Kubernetes),
];

const fn hosted(name: &'static str, host: Host) -> Store {
    over(name, Memory::Ledger, To::Hosted(host), Settled::Answer)
}

const fn over(name: &'static str, memory: Memory, to: To, settled: Settled) -> Store {
    Store { name, memory, to, settled }
}
