//! Who may call, and with which pair.

use rotator_cli::sandbox::{KeyStatus, Settings, Usage};
use secrecy::ExposeSecret;

use crate::{as_admin, as_pair, clients, code, is, refused, sandbox, says, seconds, start_time, still};

const INVALID: &str = "The security token included in the request is invalid.";

#[tokio::test]
async fn callers_learn_who_they_are() {
    let sandbox = sandbox(still()).await;
    let pair = sandbox.account().create_key("ci").unwrap();
    let user_id = sandbox.account().user("ci").unwrap().id;
    let who = as_pair(&sandbox, &pair).sts.get_caller_identity().send().await.unwrap();
    assert_eq!(
        (who.arn(), who.user_id(), who.account()),
        (Some("arn:aws:iam::111122223333:user/machines/ci"), Some(user_id.as_str()), Some("111122223333"))
    );
    let who = as_admin(&sandbox).sts.get_caller_identity().send().await.unwrap();
    assert_eq!(who.arn(), Some("arn:aws:iam::111122223333:user/sandbox/sandbox-administrator"));
}

#[tokio::test]
async fn a_wrong_secret_does_not_sign() {
    let sandbox = sandbox(still()).await;
    let pair = sandbox.account().create_key("ci").unwrap();
    let other = sandbox.account().create_key("ci").unwrap();
    assert!(!sandbox.account().works(&pair.id, other.secret.expose_secret()));
    let wrong = clients(&sandbox, &pair.id, other.secret.expose_secret());
    assert_eq!(code(wrong.sts.get_caller_identity().send().await), is(403, "SignatureDoesNotMatch"));
    assert_eq!(code(wrong.iam.list_users().send().await), is(403, "SignatureDoesNotMatch"));
    let secret = wrong.secrets.describe_secret().secret_id("x").send().await;
    assert_eq!(code(secret), is(400, "InvalidSignatureException"));
    // What was not authenticated was no use.
    assert_eq!(sandbox.account().key(&pair.id).unwrap().1.last_used, None);
}

#[tokio::test]
async fn unknown_inactive_and_deleted_keys_are_invalid() {
    let sandbox = sandbox(still()).await;
    let pair = sandbox.account().create_key("ci").unwrap();
    let job = as_pair(&sandbox, &pair);
    let call = async || job.sts.get_caller_identity().send().await;
    let invalid = says(403, "InvalidClientTokenId", INVALID);
    call().await.unwrap();

    sandbox.account().set_status("ci", &pair.id, KeyStatus::Inactive).unwrap();
    assert_eq!(refused(call().await), invalid);
    sandbox.account().set_status("ci", &pair.id, KeyStatus::Active).unwrap();
    call().await.unwrap();
    sandbox.account().delete_key("ci", &pair.id).unwrap();
    assert_eq!(refused(call().await), invalid);

    let unknown = clients(&sandbox, "AKIAAAAAAAAAAAAAAAAA", "secret");
    assert_eq!(refused(unknown.iam.list_users().send().await), invalid);
    let secret = unknown.secrets.describe_secret().secret_id("x").send().await;
    assert_eq!(refused(secret), says(400, "UnrecognizedClientException", INVALID));
}

#[tokio::test]
async fn a_new_key_works_once_it_has_propagated() {
    let sandbox = sandbox(Settings { propagation: seconds(10), ..still() }).await;
    let made = as_admin(&sandbox).iam.create_access_key().user_name("ci").send().await.unwrap();
    let made = made.access_key().unwrap();
    let job = clients(&sandbox, made.access_key_id(), made.secret_access_key());
    let call = async || job.sts.get_caller_identity().send().await;
    let invalid = says(403, "InvalidClientTokenId", INVALID);
    sandbox.advance(seconds(9));
    assert_eq!(refused(call().await), invalid);
    sandbox.advance(seconds(1));
    call().await.unwrap();

    // Active to Active changes nothing; from Inactive it propagates anew.
    let status = |status| {
        let id = made.access_key_id();
        sandbox.account().set_status("ci", id, status).unwrap();
    };
    status(KeyStatus::Active);
    call().await.unwrap();
    status(KeyStatus::Inactive);
    status(KeyStatus::Active);
    assert_eq!(refused(call().await), invalid);
    sandbox.advance(seconds(10));
    call().await.unwrap();
}

#[tokio::test]
async fn machine_users_may_only_ask_who_they_are() {
    let sandbox = sandbox(still()).await;
    let pair = sandbox.account().create_key("ci").unwrap();
    let job = as_pair(&sandbox, &pair);
    let arn = "arn:aws:iam::111122223333:user/machines/ci";
    assert_eq!(
        refused(job.iam.create_access_key().user_name("ci").send().await),
        says(
            403,
            "AccessDenied",
            &format!(
                "User: {arn} is not authorized to perform: iam:CreateAccessKey on resource: {arn} \
                 because no identity-based policy allows the iam:CreateAccessKey action"
            )
        )
    );
    assert_eq!(
        refused(job.secrets.get_secret_value().secret_id("ci/aws").send().await),
        says(
            400,
            "AccessDeniedException",
            &format!(
                "User: {arn} is not authorized to perform: secretsmanager:GetSecretValue on \
                 resource: ci/aws because no identity-based policy allows the \
                 secretsmanager:GetSecretValue action"
            )
        )
    );
    assert_eq!(sandbox.account().keys("ci").unwrap().len(), 1);
    sandbox.account().allow("ci", "iam:CreateAccessKey");
    job.iam.create_access_key().user_name("ci").send().await.unwrap();
    assert_eq!(code(job.iam.list_users().send().await), is(403, "AccessDenied"));
    // What one is allowed, another is not.
    sandbox.account().add_user("other", "/machines/").unwrap();
    let pair = sandbox.account().create_key("other").unwrap();
    let create = as_pair(&sandbox, &pair).iam.create_access_key();
    let create = create.user_name("other").send().await;
    assert_eq!(code(create), is(403, "AccessDenied"));
}

#[tokio::test]
async fn the_administrator_may_not_do_what_is_denied() {
    let sandbox = sandbox(still()).await;
    let admin = as_admin(&sandbox);
    let id = sandbox.account().create_key("ci").unwrap().id;
    let last_used = async || admin.iam.get_access_key_last_used().access_key_id(&id).send().await;
    sandbox.account().deny("iam:GetAccessKeyLastUsed");
    sandbox.account().deny("sts:GetCallerIdentity");
    assert_eq!(code(last_used().await), is(403, "AccessDenied"));
    admin.iam.list_users().send().await.unwrap();
    // No policy can deny this one.
    admin.sts.get_caller_identity().send().await.unwrap();
    sandbox.account().undeny("iam:GetAccessKeyLastUsed");
    last_used().await.unwrap();
    sandbox.account().deny("secretsmanager:*");
    let secret = admin.secrets.describe_secret().secret_id("x").send().await;
    assert_eq!(code(secret), is(400, "AccessDeniedException"));
}

#[tokio::test]
async fn use_is_recorded_in_quarters_of_an_hour() {
    let sandbox = sandbox(still()).await;
    let pair = sandbox.account().create_key("ci").unwrap();
    let job = as_pair(&sandbox, &pair);
    // 03:04:05.625 and on to 03:19:05.625.
    sandbox.advance(seconds(900));
    job.sts.get_caller_identity().send().await.unwrap();
    let used = sandbox.account().key(&pair.id).unwrap().1.last_used.unwrap();
    let quarter = start_time() - seconds(245) - std::time::Duration::from_millis(625);
    assert_eq!(used.at, quarter + seconds(900));
    assert_eq!((used.service.as_str(), used.region.as_str()), ("sts", "eu-central-1"));
}

#[tokio::test]
async fn use_is_recorded_as_finely_as_wished_or_not_at_all() {
    let sandbox = sandbox(Settings { usage: Usage::Recorded { every: seconds(0) }, ..still() }).await;
    let pair = sandbox.account().create_key("ci").unwrap();
    let job = as_pair(&sandbox, &pair);
    let last_used = || sandbox.account().key(&pair.id).unwrap().1.last_used;
    job.sts.get_caller_identity().send().await.unwrap();
    assert_eq!(last_used().unwrap().at, start_time());
    sandbox.account().settings.usage = Usage::Ignored;
    sandbox.advance(seconds(1));
    job.sts.get_caller_identity().send().await.unwrap();
    assert_eq!(last_used().unwrap().at, start_time());
}

#[tokio::test]
async fn without_authentication_any_pair_is_the_administrators() {
    let sandbox = sandbox(Settings { authenticate: false, ..still() }).await;
    let pair = sandbox.account().create_key("ci").unwrap();
    let arn = async |id: &str| {
        let sts = clients(&sandbox, id, "wrong").sts;
        let who = sts.get_caller_identity().send().await.unwrap();
        who.arn().unwrap().to_owned()
    };
    let admin = "arn:aws:iam::111122223333:user/sandbox/sandbox-administrator";
    assert_eq!(arn("AKIAAAAAAAAAAAAAAAAA").await, admin);
    assert_eq!(arn(&pair.id).await, "arn:aws:iam::111122223333:user/machines/ci");
}
