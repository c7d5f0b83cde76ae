//! What a command meets in its life, for each configuration: users without keys, with one and with two, a first
//! meeting, and what a run left that died.

use rotator_cli::sandbox::{Fault, KeyStatus, What};

use crate::kit::{DAY, HOUR, MINUTE};
use crate::stage::Stage;

pub type Story = (&'static str, fn(&mut Stage));

/// A configuration: the options of the command, what `--for` says, and what happens in its life.
pub struct Life {
    pub name: &'static str,
    pub options: &'static str,
    pub tasks: &'static str,
    pub stories: &'static [Story],
}

const fn life(
    name: &'static str,
    tasks: &'static str,
    options: &'static str,
    stories: &'static [Story],
) -> Life {
    Life { name, options, tasks, stories }
}

pub const SECRET: &str = "--store secretsmanager:ci/{user}";
const SECRET_KEY: &str = "--store 'secretsmanager:ci/{user}?kms-key=alias/ci'";
const PARAMETER: &str = "--store ssm:/ci/{user}";
const PARAMETER_KEY: &str = "--store 'ssm:/ci/{user}?kms-key=alias/ci'";
const PARAMETER_BIG: &str = "--store 'ssm:/ci/{user}?kms-key=alias/ci&tier=advanced'";
const FILE: &str = "--store file:keys.json";
const PROFILE: &str = "--store 'file+aws:credentials#{user}'";
const EVIDENCE: &str = "-o pairs.json";
const CONFIRM: &str = "-o pairs.json --handover confirm";
const TRUST: &str = "-o pairs.json --handover trust";
const DATES: &str = "-o pairs.json --ledger dates";
const DROP_IN: &str = "-o pairs.json --ledger dates --handover trust";

/// All that `rotate` does with names and pairs in one place.
const ROTATE: &[Story] =
    &[("a new user", new_user), ("one key, then two", two_rotations), ("a lost answer", lost_answer)];
const ROTATE_SECRET: &[Story] = &[
    ("a new user", new_user),
    ("one key, then two", two_rotations),
    ("a lost answer", lost_answer),
    ("a run that died", dead_run),
];
const ROTATE_CONFIRM: &[Story] =
    &[("a new user", new_user), ("one key, then two", two_confirmed), ("a lost answer", lost_answer)];
/// Without a memory, what a lost answer left is a person's to mend.
const ROTATE_DATES: &[Story] = &[("a new user", new_user), ("one key, then two", two_rotations)];
const DROPS_IN: &[Story] = &[("one key, then two", ancestor)];
const LOOK_NEW: Story = ("one key", look_at_one);
const AUDIT: Story = ("two keys", audit_two);
const WORD: Story = ("a document", a_word);

pub const LIVES: &[Life] = &[
    life("rotate, tags, evidence", "rotate", EVIDENCE, ROTATE),
    life("rotate, tags, confirm", "rotate", CONFIRM, ROTATE_CONFIRM),
    life("rotate, tags, trust", "rotate", TRUST, ROTATE),
    life("rotate, dates, evidence", "rotate", DATES, ROTATE_DATES),
    life("rotate, dates, trust", "rotate", DROP_IN, ROTATE),
    life("iam-credential-rotation", "rotate", "--recursive --ledger dates --handover trust", DROPS_IN),
    life("rotate, secretsmanager", "rotate", SECRET, ROTATE_SECRET),
    life("rotate, secretsmanager, kms-key", "rotate", SECRET_KEY, ROTATE_SECRET),
    life("rotate, ssm", "rotate", PARAMETER, ROTATE),
    life("rotate, ssm, kms-key", "rotate", PARAMETER_KEY, ROTATE),
    life("rotate, ssm, kms-key, advanced", "rotate", PARAMETER_BIG, ROTATE),
    life("rotate, file", "rotate", FILE, ROTATE),
    life("rotate, file+aws", "rotate", PROFILE, ROTATE),
    life("plan, tags", "plan", TRUST, &[("one key", plan_one)]),
    life("plan, dates", "plan", DROP_IN, &[("one key", plan_one)]),
    life(
        "plan, secretsmanager",
        "plan",
        SECRET,
        &[("one key", plan_one), ("a pair put by hand", plan_by_hand)],
    ),
    life("plan, ssm", "plan", PARAMETER, &[("one key", plan_one)]),
    life("plan, file", "plan", FILE, &[("one key", plan_one)]),
    life("status, tags", "status", EVIDENCE, &[LOOK_NEW]),
    life("status, dates", "status", DATES, &[LOOK_NEW]),
    life("status, secretsmanager", "status", SECRET, &[LOOK_NEW, ("a pair put by hand", look_by_hand)]),
    life("status, ssm", "status", PARAMETER, &[LOOK_NEW]),
    life("status, file", "status", FILE, &[LOOK_NEW]),
    life("audit, tags", "audit", "--handover trust", &[AUDIT]),
    life("audit, dates", "audit", "--ledger dates --handover trust", &[AUDIT]),
    life("audit, secretsmanager", "audit", SECRET, &[AUDIT, ("a pair put by hand", audit_by_hand)]),
    life("audit, ssm", "audit", PARAMETER, &[AUDIT]),
    life("audit, file", "audit", FILE, &[AUDIT]),
    life(
        "confirm",
        "confirm",
        CONFIRM,
        &[WORD, ("the other key", denied_word), ("two keys", two_keys_confirmed)],
    ),
    life("confirm --all", "confirm-all", CONFIRM, &[("handed over", all_words)]),
    life(
        "adopt",
        "adopt",
        CONFIRM,
        &[("a first meeting", adopted), ("the other key", adopted_instead), ("two keys", two_keys_adopted)],
    ),
    life("rollback, secretsmanager", "rollback", SECRET, &[("at once", back), ("late", back_late)]),
    life("rollback, secretsmanager, kms-key", "rollback", SECRET_KEY, &[("at once", back)]),
    life("rollback, ssm", "rollback", PARAMETER, &[("at once", back), ("late", back_late)]),
    life("rollback, ssm, kms-key", "rollback", PARAMETER_KEY, &[("at once", back), ("late", back_late)]),
    life("rollback, file", "rollback", FILE, &[("at once", back), ("late", back_late)]),
    life("rollback, file+aws", "rollback", PROFILE, &[("put back by hand", back_by_hand)]),
    life("revoke, tags", "revoke", TRUST, &[("rested", revoke_rested)]),
    life(
        "revoke, secretsmanager",
        "revoke",
        SECRET,
        &[("rested", revoke_rested), ("young", revoke_young), ("a new user", revoke_new)],
    ),
    life("revoke, ssm", "revoke", PARAMETER, &[("rested", revoke_rested), ("young", revoke_young)]),
    life("revoke, file", "revoke", FILE, &[("rested", revoke_rested), ("young", revoke_young)]),
    life("retire, tags", "retire", TRUST, &[("rested", retire)]),
    life(
        "retire, secretsmanager",
        "retire",
        SECRET,
        &[("rested", retire), ("a run that died", retire_after_death)],
    ),
    life("retire, ssm", "retire", PARAMETER, &[("rested", retire)]),
    life("retire, file", "retire", FILE, &[("rested", retire)]),
    life("revive, tags", "revive", TRUST, &[("LAST is off", revive)]),
    life(
        "revive, secretsmanager",
        "revive",
        SECRET,
        &[("LAST is off", revive), ("a pair put by hand", revive_by_hand)],
    ),
    life("revive, ssm", "revive", PARAMETER, &[("LAST is off", revive)]),
    life("revive, file", "revive", FILE, &[("LAST is off", revive)]),
];

fn new_user(stage: &mut Stage) {
    stage.run("rotator rotate ci {}");
}

fn two_rotations(stage: &mut Stage) {
    stage.world.used_key("ci", 40 * DAY);
    stage.run("rotator rotate ci {}");
    if stage.runs.iter().any(|(_, ran)| ran.code != Some(0)) {
        return;
    }
    stage.pass(2 * HOUR);
    if !stage.world.path("credentials").exists() {
        let served = stage.served();
        stage.world.job(&served);
    }
    stage.run("rotator rotate ci {}");
    stage.pass(13 * HOUR);
    stage.run("rotator rotate ci {}");
}

fn two_confirmed(stage: &mut Stage) {
    stage.world.used_key("ci", 40 * DAY);
    stage.run("rotator rotate ci {}");
    if stage.runs.iter().any(|(_, ran)| ran.code != Some(0)) {
        return;
    }
    stage.prepare("rotator confirm pairs.json", 0);
    stage.pass(13 * HOUR);
    stage.run("rotator rotate ci {}");
}

fn ancestor(stage: &mut Stage) {
    stage.world.used_key("ci", 40 * DAY);
    for _ in 0..2 {
        stage.run_bare("iam-credential-rotation ci -o pairs.json");
        stage.pass(14 * HOUR);
    }
}

/// A key that nobody holds is found and deleted.
fn lost_answer(stage: &mut Stage) {
    stage.world.used_key("ci", 40 * DAY);
    let hits = stage.sandbox().inject(Fault::next("iam:CreateAccessKey", What::AnswerLost));
    stage.attempt("rotator rotate ci {} --deadline 3s");
    assert_eq!(hits.count(), 1);
    stage.sandbox().clear_faults();
    stage.pass(3 * HOUR);
    stage.run("rotator rotate ci {}");
}

/// Its pair is staged, and nobody has it in hand any more.
fn dead_run(stage: &mut Stage) {
    stage.world.used_key("ci", 40 * DAY);
    die_before_the_move(stage);
    stage.run("rotator rotate ci {}");
}

fn die_before_the_move(stage: &mut Stage) {
    let denied = stage.sandbox().inject(Fault::always("secretsmanager:UpdateSecretVersionStage", What::Deny));
    stage.attempt("rotator rotate ci {}");
    assert!(denied.count() > 0);
    stage.sandbox().clear_faults();
    stage.pass(3 * HOUR);
}

/// LAST has rested, if it was not used since.
fn plan_one(stage: &mut Stage) {
    rotated(stage);
    stage.pass(3 * DAY);
    stage.run("rotator plan ci {}");
    stage.run("rotator rotate ci {} --dry-run");
}

fn look_at_one(stage: &mut Stage) {
    rotated(stage);
    stage.run("rotator status ci {}");
}

/// Old enough for its use to matter.
fn audit_two(stage: &mut Stage) {
    stage.world.used_key("ci", 100 * DAY);
    stage.prepare("rotator rotate ci {}", 0);
    stage.pass(2 * MINUTE);
    stage.run("rotator audit ci {} --fail-on unused-45");
}

fn audit_by_hand(stage: &mut Stage) {
    put_by_hand(stage);
    stage.run("rotator audit ci {}");
}

fn plan_by_hand(stage: &mut Stage) {
    put_by_hand(stage);
    stage.run("rotator plan ci {}");
}

fn look_by_hand(stage: &mut Stage) {
    put_by_hand(stage);
    stage.run("rotator status ci {}");
}

fn revive_by_hand(stage: &mut Stage) {
    let pair = put_by_hand(stage);
    stage.world.status(&pair, KeyStatus::Inactive);
    stage.run("rotator revive ci {} --yes");
}

fn put_by_hand(stage: &mut Stage) -> crate::kit::Handed {
    let pair = stage.world.used_key("ci", 40 * DAY);
    let value = serde_json::json!({"AccessKeyId": pair.id, "SecretAccessKey": pair.secret});
    stage.sandbox().account().add_secret("ci/ci", Some(&value.to_string())).unwrap();
    pair
}

fn rotated(stage: &mut Stage) {
    stage.world.used_key("ci", 40 * DAY);
    stage.prepare("rotator rotate ci {}", 0);
    stage.pass(2 * MINUTE);
}

/// LAST and CURRENT, both the store's own.
fn rotated_twice(stage: &mut Stage) {
    rotated(stage);
    let last = stage.served();
    stage.world.job(&last);
    stage.pass(13 * HOUR);
    stage.prepare("rotator rotate ci {}", 0);
    stage.pass(2 * MINUTE);
}

fn a_word(stage: &mut Stage) {
    rotated(stage);
    stage.run("rotator confirm pairs.json");
}

/// What was handed over is not what the store serves.
fn denied_word(stage: &mut Stage) {
    let current = stage.world.used_key("ci", 40 * DAY);
    stage.prepare("rotator rotate ci {}", 0);
    stage.pass(3 * HOUR);
    stage.run(&format!("rotator confirm --user ci --key {}", current.id));
}

fn all_words(stage: &mut Stage) {
    rotated(stage);
    stage.run("rotator confirm --all ci --yes");
}

fn adopted(stage: &mut Stage) {
    let current = stage.world.used_key("ci", 40 * DAY);
    stage.run(&format!("rotator adopt ci --current {}", current.id));
}

fn adopted_instead(stage: &mut Stage) {
    let current = stage.world.used_key("ci", 40 * DAY);
    stage.prepare("rotator rotate ci {}", 0);
    stage.pass(3 * HOUR);
    stage.run(&format!("rotator adopt ci --current {}", current.id));
}

fn two_keys_confirmed(stage: &mut Stage) {
    stage.world.used_key("ci", 80 * DAY);
    let current = stage.world.used_key("ci", 40 * DAY);
    stage.pass(2 * DAY);
    stage.run(&format!("rotator confirm --user ci --key {}", current.id));
}

fn two_keys_adopted(stage: &mut Stage) {
    stage.world.used_key("ci", 80 * DAY);
    let current = stage.world.used_key("ci", 40 * DAY);
    stage.pass(2 * DAY);
    stage.run(&format!("rotator adopt ci --current {}", current.id));
}

fn back(stage: &mut Stage) {
    rotated_twice(stage);
    let last = stage.last();
    stage.run(&format!("rotator rollback ci {{}} --yes --key {last}"));
}

fn back_late(stage: &mut Stage) {
    rotated_twice(stage);
    let last = stage.last();
    stage.pass(13 * HOUR);
    stage.run(&format!("rotator rollback ci {{}} --yes --key {last}"));
    stage.pass(HOUR + 2 * MINUTE);
    stage.run(&format!("rotator rollback ci {{}} --yes --key {last}"));
}

/// Somebody has put LAST's pair back already: the names follow.
fn back_by_hand(stage: &mut Stage) {
    let last = stage.world.used_key("ci", 40 * DAY);
    stage.prepare("rotator rotate ci {}", 0);
    let id_and_secret =
        format!("[ci]\naws_access_key_id = {}\naws_secret_access_key = {}\n", last.id, last.secret);
    std::fs::write(stage.world.path("credentials"), id_and_secret).unwrap();
    stage.pass(3 * HOUR);
    stage.run(&format!("rotator rollback ci {{}} --yes --key {}", last.id));
}

fn revoke_rested(stage: &mut Stage) {
    rotated(stage);
    let leaked = stage.served();
    stage.pass(13 * HOUR);
    stage.run(&format!("rotator revoke ci {{}} --yes --key {}", leaked.id));
}

fn revoke_young(stage: &mut Stage) {
    rotated_twice(stage);
    let leaked = stage.served();
    stage.run(&format!("rotator revoke ci {{}} --yes --key {}", leaked.id));
}

/// The store does not know the user yet.
fn revoke_new(stage: &mut Stage) {
    let leaked = stage.world.used_key("ci", 40 * DAY);
    stage.run(&format!("rotator revoke ci {{}} --yes --key {}", leaked.id));
}

fn retire(stage: &mut Stage) {
    rotated(stage);
    for _ in 0..2 {
        stage.pass(8 * DAY);
        stage.run("rotator retire ci {} --yes");
    }
}

fn retire_after_death(stage: &mut Stage) {
    stage.world.used_key("ci", 40 * DAY);
    die_before_the_move(stage);
    stage.run("rotator retire ci {} --yes");
}

fn revive(stage: &mut Stage) {
    rotated(stage);
    let last = stage.last();
    stage.sandbox().account().set_status("ci", &last, KeyStatus::Inactive).unwrap();
    stage.run("rotator revive ci {} --yes");
}
