//! The programs as their users run them, against an account in memory.

mod ancestor;
mod bad_calls;
mod bad_input;
mod journal;
mod kill;
mod kit;
mod redact;
mod rotate;
mod secrets;
mod store;
mod streams;
