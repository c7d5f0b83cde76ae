//! The least IAM policy for a configuration.
