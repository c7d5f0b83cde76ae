//! A journal replayed: every decision made again, every line checked against the one before.
