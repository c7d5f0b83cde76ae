//! Commands for a bad day: `rollback`, `revoke`, `retire`, `revive`.
