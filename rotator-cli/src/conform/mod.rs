//! CloudTrail judged against the CURRENT/LAST pattern, whatever tool made it.
