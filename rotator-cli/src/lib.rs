//! Drives the pure machine of the crate `rotator` against AWS.

pub mod ancestor;
pub mod args;
pub mod aws;
pub mod clock;
pub mod commands;
pub mod drive;
pub mod exit;
pub mod failure;
pub mod fleet;
pub mod iam;
pub mod journal;
pub mod ledger;
pub mod live;
pub mod permissions;
pub mod prove;
pub mod report;
pub mod sandbox;
pub mod say;
pub mod secret;
pub mod ses;
pub mod settings;
pub mod stop;
pub mod store;
pub mod table;
pub mod target;
pub mod turns;
