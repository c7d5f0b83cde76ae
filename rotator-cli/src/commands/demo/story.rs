//! Two rotations, with jobs in flight through both.

use std::time::Duration;

use super::stage::{DAY, HOUR, Stage, codes, paragraph, step};
use crate::failure::Failure;
use crate::say;

pub(super) async fn two_rotations(stage: &mut Stage) -> Result<(), Failure> {
    say::out("An AWS account in memory, on 127.0.0.1: nothing leaves this machine, nothing stays on it.");
    say::out("Three machine users on /machines/. A job takes its user's key from Secrets Manager when it");
    say::out("starts, and keeps it until it ends. CURRENT is the key that the store gives to jobs; LAST is");
    say::out("the one that it gave before. Rotator, SDK and every call are real; only time is moved on.");

    stage.key_by_hand("deploy")?;
    stage.key_by_hand("nightly")?;
    stage.sandbox.advance(40 * DAY);
    stage.propagation(Duration::from_secs(1));
    stage.start_jobs().await;
    step("1. Two keys were put into the store by hand 40 days ago; release is new. Jobs start.");
    stage.show().await?;

    step("2. The first rotation, while they run. A new key takes a second to work.");
    let lines = stage.rotate().await?;
    stage.claim(codes(&lines) == ["rotated"; 3], "the first rotation reaches every user");
    stage.show().await?;
    paragraph("The store got each new key once it worked. The old one is LAST: jobs that hold it go on.");

    stage.end_jobs();
    stage.sandbox.advance(5 * HOUR);
    stage.start_jobs().await;
    step("3. Five hours later. Those jobs have ended; a job that starts now gets the new key.");
    stage.show().await?;
    let all = stage.jobs.len() == 3;
    stage.claim(all, "a job of every user starts after the first rotation");

    stage.end_jobs();
    stage.sandbox.advance(30 * DAY);
    stage.start_jobs().await;
    step("4. Thirty days later, with new jobs in flight: the second rotation.");
    let lines = stage.rotate().await?;
    stage.claim(codes(&lines) == ["rotated"; 3], "the second rotation reaches every user");
    stage.show().await?;
    paragraph(
        "LAST was not used for 30 days, so it made room. The key that jobs hold now is LAST, and works.",
    );
    Ok(())
}

/// Where to go from here.
pub(super) fn what_else() {
    say::out("See a failure survived: `rotator demo --fault lost-answer`; `rotator demo --help` names all.");
}
