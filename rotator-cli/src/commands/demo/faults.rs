//! One failure each: what it breaks elsewhere, and how it is survived here.

use std::time::Duration;

use super::stage::{DAY, HOUR, Stage, USERS, codes, paragraph, stage_fault, step};
use crate::clock::sleep;
use crate::failure::Failure;
use crate::sandbox::{Fault, Hits, What};
use crate::say;

/// Everybody has two keys and a job that holds CURRENT, and the next rotation is due.
async fn begin(stage: &mut Stage, about: &str) -> Result<(), Failure> {
    for line in about.lines() {
        say::out(line);
    }
    stage.rotated_a_month_ago().await?;
    stage.start_jobs().await;
    step("1. A month after the last rotation. Jobs run, and the next rotation is due.");
    stage.show().await
}

/// The last rotation of a story: whatever was left over, everybody ends with a new CURRENT.
async fn ends_well(stage: &mut Stage, expected: [&str; 3], says: &str) -> Result<(), Failure> {
    let lines = stage.rotate().await?;
    stage.claim(codes(&lines) == expected, "the last run brings every user to its end");
    stage.show().await?;
    paragraph(says);
    Ok(())
}

fn struck(stage: &mut Stage, hits: &Hits) {
    stage.claim(hits.count() > 0, "the failure that this is about happened");
    stage.sandbox.clear_faults();
}

pub(super) async fn lost_answer(stage: &mut Stage) -> Result<(), Failure> {
    begin(
        stage,
        "The answer to CreateAccessKey gets lost. There may now be a live key whose secret nobody has. A\n\
         program that repeats the call makes one more of them; one that forgets it leaves it alive.",
    )
    .await?;
    let hits = stage.sandbox.inject(Fault::next("iam:CreateAccessKey", What::AnswerLost).for_user("deploy"));
    step("2. The rotation. For deploy, IAM creates the key, but the connection breaks before the answer.");
    let lines = stage.rotate().await?;
    struck(stage, &hits);
    stage.claim(codes(&lines) == ["unreachable", "rotated", "rotated"], "one user fails, the others do not");
    stage.show().await?;
    paragraph(
        "The call is not repeated. The store serves what it did before, and no other user was held up. \
         The stray key is left alone for an hour, since another run might be handing it to the store.",
    );
    stage.sandbox.advance(2 * HOUR);
    step("3. Two hours later, the next run.");
    let says = "The stray is deleted: it was made after a rotation was noted as begun, it was never used, \
                and it is older than any run may last. Then deploy is rotated.";
    ends_well(stage, ["rotated", "done", "done"], says).await
}

pub(super) async fn throttled(stage: &mut Stage) -> Result<(), Failure> {
    begin(
        stage,
        "IAM throttles CreateAccessKey for the third of three users, twice in a row. A program that prints\n\
         all pairs at its end loses those of the first two, and on its second run deletes what jobs use.",
    )
    .await?;
    stage.deadline(Duration::from_secs(7))?;
    let hits = stage.sandbox.inject(Fault::always("iam:CreateAccessKey", What::Throttle).for_user("release"));
    step("2. The first run. Each pair goes to the store by itself, at once.");
    let lines = stage.rotate().await?;
    stage.claim(codes(&lines) == ["rotated", "rotated", "throttled"], "two users are done, one is throttled");
    stage.show().await?;
    step("3. The second run, an hour later, throttled again. What is done stays done.");
    stage.sandbox.advance(HOUR);
    let before = hits.count();
    let lines = stage.rotate().await?;
    stage.claim(hits.count() > before, "the second run is throttled as well");
    struck(stage, &hits);
    stage.claim(codes(&lines) == ["done", "done", "throttled"], "nothing else happens in the second run");
    stage.show().await?;
    step("4. The third run. IAM answers again.");
    ends_well(stage, ["done", "done", "rotated"], "Nobody lost a key that was in use, and no pair was lost.")
        .await
}

pub(super) async fn store_down(stage: &mut Stage) -> Result<(), Failure> {
    begin(
        stage,
        "The store refuses the new pair of deploy. A program that has deleted the old key by then has broken\n\
         every job; one that forgets the new key leaves a live one whose secret nobody has.",
    )
    .await?;
    let refused = What::ErrorBefore { status: 400, code: "EncryptionFailure" };
    let hits =
        stage.sandbox.inject(Fault::always("secretsmanager:PutSecretValue", refused).for_user("ci/deploy"));
    step("2. The rotation.");
    let lines = stage.rotate().await?;
    struck(stage, &hits);
    stage.claim(
        codes(&lines) == ["store-rejects", "rotated", "rotated"],
        "the refusal is told, and is one user's only",
    );
    let keys = stage.sandbox.account().keys("deploy").map_err(stage_fault)?.len();
    stage.claim(keys == 1, "the new key is taken back");
    stage.show().await?;
    paragraph(
        "The store said no, so nobody has seen the new key: it is taken back. The store serves CURRENT as \
         before. LAST had rested for a month and was deleted to make room.",
    );
    step("3. The store is mended. The next run.");
    ends_well(stage, ["rotated", "done", "done"], "Everybody has a new CURRENT, and LAST works on.").await
}

pub(super) async fn killed(stage: &mut Stage) -> Result<(), Failure> {
    begin(
        stage,
        "The process is killed between CreateAccessKey and the store: the worst moment, since the secret of\n\
         the new key was in its memory only.",
    )
    .await?;
    let hits = stage
        .sandbox
        .inject(Fault::always("secretsmanager:PutSecretValue", What::Lost).for_user("ci/deploy"));
    step("2. The rotation, one user after the other. It is killed as deploy's pair is on its way.");
    stage
        .rotate_until(async {
            while hits.count() == 0 {
                sleep(Duration::from_millis(1)).await;
            }
        })
        .await?;
    struck(stage, &hits);
    stage.show().await?;
    stage.sandbox.advance(Duration::from_secs(600));
    step("3. Ten minutes later, the next run.");
    let lines = stage.rotate().await?;
    stage.claim(codes(&lines) == ["in-flight", "rotated", "rotated"], "the key of the dead run is let be");
    paragraph(
        "The other users are done. The stray might be the key of a run that is still at work, so it waits.",
    );
    step("4. Two hours later.");
    stage.sandbox.advance(2 * HOUR);
    let says = "No run lasts so long: the stray is deleted, and deploy is rotated.";
    ends_well(stage, ["rotated", "done", "done"], says).await
}

pub(super) async fn slow_key(stage: &mut Stage) -> Result<(), Failure> {
    begin(
        stage,
        "IAM takes its time: a new key works only after five seconds. A program that puts it into the store\n\
         at once hands out a key that fails.",
    )
    .await?;
    stage.propagation(Duration::from_secs(5));
    stage.sandbox.clear_calls();
    step("2. The rotation. New jobs keep starting all the while, with whatever the store serves.");
    let lines = stage.rotate().await?;
    stage.claim(codes(&lines) == ["rotated"; 3], "every user is rotated");
    let refused = |line: &crate::report::Line| {
        let key = line.key.as_ref().map(rotator::AccessKeyId::as_str);
        let calls = stage.sandbox.calls();
        calls.iter().any(|call| call.signed_with.as_deref() == key && call.status == Some(403))
    };
    let all_refused = lines.iter().all(refused);
    stage.claim(all_refused, "every new key was refused at first");
    stage.show().await?;
    paragraph(
        "Each new key was tried with IAM's own token service, refused at first, and given to the store once it \
         had worked three times in a row. Until then the store served the old one.",
    );
    Ok(())
}

pub(super) async fn person(stage: &mut Stage) -> Result<(), Failure> {
    say::out("A person has made a second key for deploy by hand. A program that goes by age, or by what was");
    say::out("never used, deletes what somebody relies on: the store's key, or the person's.");
    for user in USERS {
        stage.key_by_hand(user)?;
    }
    stage.sandbox.advance(40 * DAY);
    stage.start_jobs().await;
    let pair = stage.sandbox.account().create_key("deploy").map_err(stage_fault)?;
    stage.sandbox.advance(2 * HOUR);
    step("1. Two hours ago somebody made a key for deploy. The store does not name it.");
    stage.show().await?;
    step("2. The rotation.");
    let lines = stage.rotate().await?;
    stage.claim(
        codes(&lines) == ["unknown-key", "rotated", "rotated"],
        "the key is refused, and the others are rotated",
    );
    let there = stage.sandbox.account().key(&pair.id).is_ok();
    stage.claim(there, "the person's key is untouched");
    stage.show().await?;
    paragraph("Nothing of deploy's was touched. It is a person's turn, and the report says what to do.");
    stage.sandbox.account().delete_key("deploy", &pair.id).map_err(stage_fault)?;
    step("3. Its owner deletes it. The next run.");
    ends_well(stage, ["rotated", "done", "done"], "Everybody has a new CURRENT, and LAST works on.").await
}
