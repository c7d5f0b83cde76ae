//! An audit that is given a journal and CloudTrail shows keys that IAM does not list any more.

use serde_json::{Value, json};

use crate::account::{id, key, named};
use crate::kit::{DAY, HOUR, World};

/// A record as CloudTrail has it.
fn record(number: u32, at: &str, name: &str, about: &Value) -> Value {
    json!({
        "eventID": format!("event-{number}"), "eventTime": at, "eventName": name,
        "eventSource": "iam.amazonaws.com", "userAgent": "Boto3/1.40", "sourceIPAddress": "192.0.2.1",
        "recipientAccountId": "111122223333",
        "userIdentity": { "type": "AssumedRole", "arn": "arn:aws:sts::111122223333:assumed-role/ops/ops" },
        "requestParameters": about,
    })
}

#[test]
fn what_is_gone_is_shown_as_far_as_it_is_told() {
    let mut world = World::users(&["ci"]);
    let last = key(&world, "ci", 60 * DAY, Some(29 * DAY));
    let current = key(&world, "ci", 30 * DAY, Some(2 * HOUR));
    let slots = rotator::Slots { current: id(&current), last: id(&last), ..rotator::Slots::default() };
    named(&world, "ci", &slots, 30 * DAY);
    let gone = "AKIAGONEBEFORETHISDAY";
    let about = json!({ "userName": "ci", "accessKeyId": gone });
    let trail = json!({ "Records": [
        record(1, "2026-01-02T00:00:00Z", "DeleteAccessKey", &about),
        record(2, "2026-01-01T00:00:00Z", "UpdateAccessKey",
            &json!({ "userName": "ci", "accessKeyId": gone, "status": "Inactive" })),
    ]});
    world.write("trail.json", &trail.to_string());

    assert_eq!(world.run("rotator rotate ci -o pairs.json --handover trust --journal journal").code, Some(0));
    let ran = world.run("rotator audit ci --json --journal journal --cloudtrail trail.json --html page.html");
    assert_eq!((ran.code, ran.stderr.as_str()), (Some(0), ""));

    let report: Value = serde_json::from_str(&ran.stdout).unwrap();
    let user = &report["users"][0];
    let made = user["keys"][1]["id"].as_str().unwrap();
    let told: Vec<_> = user["history"]["keys"].as_array().unwrap().iter().collect();
    let ids: Vec<_> = told.iter().map(|key| key["id"].as_str().unwrap()).collect();
    assert_eq!(ids, [gone, last.as_str(), current.as_str(), made]);
    let roles = |place: usize| {
        let roles = told[place]["roles"].as_array().unwrap().iter();
        roles.map(|turn| turn["is"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(told[0]["deleted"], "2026-01-02T00:00:00Z");
    assert!(told[1]["deleted"].is_string() && told[2]["deleted"].is_null() && told[3]["deleted"].is_null());
    // All of it happened within a second, of which the last role counts.
    assert_eq!(
        [roles(0), roles(1), roles(2), roles(3)].map(|roles| roles.join(" ")),
        ["", "LAST", "LAST", "CURRENT"]
    );

    let page = world.read("page.html");
    for shown in
        [gone, &last, &current, made, "How rotation goes", "the journal journal", "CloudTrail in trail.json"]
    {
        assert!(page.contains(shown), "{shown}");
    }
}
