//! A reference world, for the checks: IAM, stores, runs, jobs and people, small enough to be walked
//! from end to end. Time is counted in ticks; each deviation from the ideal is a switch.

pub mod iam;
