//! Trails as tests need them: short to write, whole in their form.

use std::fs;
use std::io::Write as _;
use std::path::PathBuf;
use std::time::{Duration, UNIX_EPOCH};

use flate2::Compression;
use flate2::write::GzEncoder;
use rotator_cli::clock::rfc3339;
use rotator_cli::conform::conform;
use rotator_cli::conform::judge::{Times, Verdict};
use rotator_cli::conform::report::Report;
use rotator_cli::conform::rules::RULES;
use rotator_cli::conform::select::Selection;
use rotator_cli::trail::Progress;
use serde_json::{Value, json};

pub const MINUTE: u64 = 60;
pub const HOUR: u64 = 3_600;
pub const DAY: u64 = 24 * HOUR;
/// 2026-01-01T00:00:00Z
pub const BEGIN: u64 = 1_767_225_600;
pub const TIMES: Times = Times { min_age: 12 * HOUR, period: 90 * DAY, quarantine: Some(7 * DAY) };

pub const OLD: &str = "AKIAOLDOLDOLDOLDOLD1";
pub const NEW: &str = "AKIANEWNEWNEWNEWNEW2";
pub const THIRD: &str = "AKIATHIRDTHIRDTHIRD3";

/// A trail that grows by one record for each call. Times are in seconds since [`BEGIN`].
#[derive(Default, Clone)]
pub struct Trail {
    pub records: Vec<Value>,
    agent: Option<String>,
}

impl Trail {
    /// Begins with something that is about no user's keys.
    pub fn new() -> Self {
        Self::default().other(0)
    }

    /// Begins with the user's creation, so that all of its keys are known.
    pub fn of_user() -> Self {
        Self::new().user_made(0)
    }

    pub fn with(mut self, change: impl FnOnce(&mut Value)) -> Self {
        change(self.records.last_mut().unwrap());
        self
    }

    /// What the following changes are made with.
    pub fn agent(mut self, agent: &str) -> Self {
        self.agent = Some(agent.to_owned());
        self
    }

    pub fn other(self, at: u64) -> Self {
        self.push(at, "ec2", "DescribeInstances", Value::Null, Value::Null)
    }

    pub fn user_made(self, at: u64) -> Self {
        let user = json!({"userName": "ci", "path": "/machines/"});
        self.push(at, "iam", "CreateUser", user.clone(), json!({"user": user}))
    }

    pub fn user_gone(self, at: u64) -> Self {
        self.push(at, "iam", "DeleteUser", json!({"userName": "ci"}), Value::Null)
    }

    pub fn made(self, at: u64, key: &str) -> Self {
        let answer = json!({"accessKey": {"accessKeyId": key, "status": "Active", "userName": "ci"}});
        self.push(at, "iam", "CreateAccessKey", json!({"userName": "ci"}), answer)
    }

    pub fn gone(self, at: u64, key: &str) -> Self {
        let asked = json!({"userName": "ci", "accessKeyId": key});
        self.push(at, "iam", "DeleteAccessKey", asked, Value::Null)
    }

    pub fn off(self, at: u64, key: &str) -> Self {
        self.switched(at, key, "Inactive")
    }

    pub fn on(self, at: u64, key: &str) -> Self {
        self.switched(at, key, "Active")
    }

    fn switched(self, at: u64, key: &str, status: &str) -> Self {
        let asked = json!({"userName": "ci", "accessKeyId": key, "status": status});
        self.push(at, "iam", "UpdateAccessKey", asked, Value::Null)
    }

    /// A job's call.
    pub fn used(self, at: u64, key: &str) -> Self {
        self.push(at, "ssm", "GetParameter", Value::Null, Value::Null).signed(key, "198.51.100.20", "job/1.0")
    }

    /// The call by which a tool proves its new key, and by which a job may ask who it is.
    pub fn asked_who(self, at: u64, key: &str, address: &str, agent: &str) -> Self {
        self.push(at, "sts", "GetCallerIdentity", Value::Null, Value::Null).signed(key, address, agent)
    }

    /// A job's calls, at this pace.
    pub fn busy(mut self, from: u64, to: u64, pace: u64, key: &str) -> Self {
        for at in (from..=to).step_by(usize::try_from(pace).unwrap()) {
            self = self.used(at, key);
        }
        self
    }

    pub fn signed(self, key: &str, address: &str, agent: &str) -> Self {
        self.with(|record| {
            record["userIdentity"] = json!({
                "type": "IAMUser",
                "arn": "arn:aws:iam::111122223333:user/machines/ci",
                "accountId": "111122223333",
                "accessKeyId": key,
                "userName": "ci",
            });
            record["sourceIPAddress"] = address.into();
            record["userAgent"] = agent.into();
        })
    }

    pub fn failed(self, error: &str) -> Self {
        self.with(|record| {
            record["errorCode"] = error.into();
            record["responseElements"] = Value::Null;
        })
    }

    fn push(mut self, at: u64, service: &str, name: &str, asked: Value, answered: Value) -> Self {
        let number = self.records.len();
        self.records.push(json!({
            "eventVersion": "1.09",
            "userIdentity": {
                "type": "AssumedRole",
                "arn": "arn:aws:sts::111122223333:assumed-role/rotation/run",
                "accountId": "111122223333",
                "accessKeyId": "ASIAROTATIONROTATION",
            },
            "eventTime": rfc3339(UNIX_EPOCH + Duration::from_secs(BEGIN + at)),
            "eventSource": format!("{service}.amazonaws.com"),
            "eventName": name,
            "awsRegion": "us-east-1",
            "sourceIPAddress": "203.0.113.10",
            "userAgent": self.agent.as_deref().unwrap_or("Boto3/1.34.0"),
            "requestParameters": asked,
            "responseElements": answered,
            "eventID": format!("00000000-0000-4000-8000-{number:012}"),
            "eventType": "AwsApiCall",
            "recipientAccountId": "111122223333",
        }));
        self
    }

    pub fn delivered(&self) -> String {
        json!({ "Records": self.records }).to_string()
    }

    pub fn report(&self) -> Report {
        judged(&[("trail.json", self.delivered().into_bytes())])
    }

    /// Every rule's verdict on the one user.
    pub fn verdicts(&self) -> Vec<(&'static str, Verdict)> {
        verdicts(&self.report())
    }

    #[track_caller]
    pub fn verdict(&self, rule: &str) -> Verdict {
        self.verdicts().into_iter().find(|(id, _)| *id == rule).unwrap().1
    }

    /// What is said about a rule: findings, or why it cannot be judged.
    pub fn says(&self, rule: &str) -> Vec<String> {
        let report = self.report();
        let (_, judged) = &report.users[0];
        let one = judged.iter().find(|one| one.rule.id == rule).unwrap();
        let found = one.findings.iter().map(|finding| finding.says.clone());
        found.chain(one.reasons.iter().cloned()).collect()
    }
}

pub fn verdicts(report: &Report) -> Vec<(&'static str, Verdict)> {
    let (_, judged) = report.users.first().unwrap_or_else(|| panic!("nobody was judged: {report:?}"));
    assert_eq!(judged.len(), RULES.len());
    judged.iter().map(|one| (one.rule.id, one.verdict)).collect()
}

/// A folder with these files, judged.
pub fn judged(files: &[(&str, Vec<u8>)]) -> Report {
    let folder = folder(files);
    conform(&[folder.path().to_owned()], &Selection::default(), TIMES, &Progress::none()).unwrap()
}

pub fn folder(files: &[(&str, Vec<u8>)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, bytes) in files {
        let path: PathBuf = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }
    folder
}

pub fn gzipped(text: &str) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(text.as_bytes()).unwrap();
    encoder.finish().unwrap()
}

/// The same where nothing may be readable.
pub fn try_judged(files: &[(&str, Vec<u8>)]) -> Result<Report, rotator_cli::failure::Failure> {
    let folder = folder(files);
    conform(&[folder.path().to_owned()], &Selection::default(), TIMES, &Progress::none())
}
