//! A heap of trail: how long the release binary takes for it, and how much memory at most.

use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant, UNIX_EPOCH};

use anyhow::{Context, Result, ensure};
use flate2::Compression;
use flate2::write::GzEncoder;
use rotator_cli::clock::rfc3339;
use serde_json::Value;

use super::super::Figure;
use super::super::random::Random;
use crate::cargo;

const MEGABYTE: u64 = 1024 * 1024;
/// Gzipped, unless `ROTATOR_TRAIL_MB` says otherwise.
const SIZE: u64 = 256;
/// A file as CloudTrail's own go: some thousand records.
const RECORDS: u64 = 4_000;
const USERS: u64 = 400;
/// 2026-01-01T00:00:00Z
const BEGIN: u64 = 1_767_225_600;
/// Bounded: what is kept is keys and their spans of use, whatever the trail's size.
const MOST_MEMORY: u64 = 256 * MEGABYTE;

pub fn run(target: &Path) -> Result<Vec<Figure>> {
    cargo::run(&["build", "--quiet", "--release", "--package", "rotator-cli", "--bins"])?;
    let size = std::env::var("ROTATOR_TRAIL_MB").ok().and_then(|text| text.parse().ok()).unwrap_or(SIZE);
    let folder = target.join("trails/heap");
    drop(fs::remove_dir_all(&folder));
    fs::create_dir_all(&folder)?;
    let made = generate(&folder, size * MEGABYTE)?;
    let out = folder.with_extension("json");
    let started = Instant::now();
    let mut child = Command::new(target.join("release/rotator"))
        .args(["conform", "--json", "--period", "200d"])
        .arg(&folder)
        .stdout(File::create(&out)?)
        .stderr(Stdio::null())
        .spawn()
        .context("cannot run rotator")?;
    let mut most = 0;
    let status = loop {
        most = most.max(peak(child.id()));
        if let Some(status) = child.try_wait()? {
            break status;
        }
        thread::sleep(Duration::from_millis(20));
    };
    let took = started.elapsed();
    let report: Value = serde_json::from_slice(&fs::read(&out)?)?;
    drop(fs::remove_dir_all(&folder));
    let records = report.pointer("/trail/records").and_then(Value::as_u64);
    ensure!(records == Some(made.records), "{records:?} records were read, {} made", made.records);
    let broken = |user: &&Value| user.get("verdict").and_then(Value::as_str) == Some("broken");
    let users = report.get("users").and_then(Value::as_array).context("no users")?;
    let convicted: Vec<_> =
        users.iter().filter(broken).filter_map(|user| user.get("user")?.as_str()).collect();
    ensure!(convicted == ["job-000"], "convicted for {convicted:?}");
    ensure!(status.code() == Some(8), "exit {:?}", status.code());
    ensure!(users.len() as u64 == USERS, "{} users were judged", users.len());
    ensure!(most < MOST_MEMORY, "it took {} MB", most / MEGABYTE);
    let rate = made.gzipped as f64 / MEGABYTE as f64 / took.as_secs_f64();
    Ok(vec![
        Figure::new(
            "a heap of trail",
            format!(
                "{} records, {} MB, {} MB gzipped",
                made.records,
                made.plain / MEGABYTE,
                made.gzipped / MEGABYTE
            ),
        ),
        Figure::new("read and judged in", format!("{:.1} s ({rate:.1} MB/s gzipped)", took.as_secs_f64())),
        Figure::new("peak memory", format!("{} MB", most / MEGABYTE)),
    ])
}

#[derive(Default)]
struct Made {
    records: u64,
    plain: u64,
    gzipped: u64,
}

/// Users' jobs at work over a hundred days; each user is rotated as it should be, and the first one's new key
/// never arrives.
fn generate(folder: &Path, size: u64) -> Result<Made> {
    let (mut made, mut random, mut file) = (Made::default(), Random::new(7), 0_u64);
    // Known only once it is done, so time runs by bytes.
    while made.gzipped < size {
        let path = folder.join(format!("{:02}", file / 500)).join(format!("{file:06}.json.gz"));
        fs::create_dir_all(path.parent().unwrap_or(folder))?;
        let begin = BEGIN + made.gzipped * 100 * 86_400 / size;
        let end = if file == 0 { begin } else { begin + 60 };
        one(&path, file == 0, (begin, end), made.gzipped * 2 > size, &mut random, &mut made)?;
        file += 1;
    }
    // The last word: what is deleted, and under whom.
    let path = folder.join("zz.json.gz");
    last(&path, BEGIN + 100 * 86_400 + 3_600, &mut made)?;
    Ok(made)
}

fn key(user: u64, generation: u64) -> String {
    format!("AKIAHEAP{user:06}{generation:06}")
}

fn one(
    path: &PathBuf,
    first: bool,
    (begin, end): (u64, u64),
    second_half: bool,
    random: &mut Random,
    made: &mut Made,
) -> Result<()> {
    let mut out = Counted::new(path)?;
    let mut comma = "{\"Records\":[";
    if first {
        for user in 0..USERS {
            let name = format!("job-{user:03}");
            let asked = format!(r#"{{"userName":"{name}","path":"/ci/"}}"#);
            write!(out, "{comma}{}", change(begin, "CreateUser", &asked, "null", random.draw()))?;
            comma = ",";
            let generations: &[u64] = &[0, 1];
            for generation in generations {
                let asked = format!(r#"{{"userName":"{name}"}}"#);
                let answer = format!(
                    r#"{{"accessKey":{{"accessKeyId":"{}","status":"Active","userName":"{name}"}}}}"#,
                    key(user, *generation)
                );
                let at = begin + generation * 30;
                write!(out, "{comma}{}", change(at, "CreateAccessKey", &asked, &answer, random.draw()))?;
                made.records += 1;
            }
            made.records += 1;
        }
    }
    for _ in 0..RECORDS {
        let draw = random.draw();
        let user = draw % USERS;
        // The first user's jobs never get the new key.
        let generation = u64::from(second_half && user != 0);
        let at = begin + (draw >> 20) % (end - begin + 1);
        write!(out, "{comma}{}", used(at, user, generation, draw, random.draw()))?;
        comma = ",";
        made.records += 1;
    }
    write!(out, "]}}")?;
    out.end(made)
}

fn last(path: &PathBuf, at: u64, made: &mut Made) -> Result<()> {
    let mut out = Counted::new(path)?;
    let mut comma = "{\"Records\":[";
    let mut random = Random::new(9);
    write!(out, "{comma}{}", used(at - 1_800, 0, 0, 1, 2))?;
    comma = if comma.is_empty() { comma } else { "," };
    made.records += 1;
    for user in 0..USERS {
        let asked = format!(r#"{{"userName":"job-{user:03}","accessKeyId":"{}"}}"#, key(user, 0));
        write!(out, "{comma}{}", change(at, "DeleteAccessKey", &asked, "null", random.draw()))?;
        made.records += 1;
    }
    write!(out, "]}}")?;
    out.end(made)
}

fn change(at: u64, name: &str, asked: &str, answered: &str, draw: u64) -> String {
    let time = rfc3339(UNIX_EPOCH + Duration::from_secs(at));
    format!(
        r#"{{"eventVersion":"1.09","userIdentity":{{"type":"AssumedRole","principalId":"AROAHEAP:rotation","arn":"arn:aws:sts::111122223333:assumed-role/rotation/run","accountId":"111122223333","accessKeyId":"ASIAHEAP00000000"}},"eventTime":"{time}","eventSource":"iam.amazonaws.com","eventName":"{name}","awsRegion":"us-east-1","sourceIPAddress":"203.0.113.10","userAgent":"Boto3/1.34.0","requestParameters":{asked},"responseElements":{answered},"eventID":"{name}-{draw:016x}","readOnly":false,"eventType":"AwsApiCall","managementEvent":true,"recipientAccountId":"111122223333","eventCategory":"Management"}}"#
    )
}

/// A call with as much around it as real ones have, and as little of it alike.
fn used(at: u64, user: u64, generation: u64, draw: u64, other: u64) -> String {
    const CALLS: [(&str, &str); 6] = [
        ("ssm", "GetParameter"),
        ("sts", "GetCallerIdentity"),
        ("kms", "Decrypt"),
        ("ecr", "GetAuthorizationToken"),
        ("ec2", "DescribeInstances"),
        ("secretsmanager", "GetSecretValue"),
    ];
    let (service, name) = CALLS.get((draw >> 8) as usize % CALLS.len()).copied().unwrap_or_default();
    let time = rfc3339(UNIX_EPOCH + Duration::from_secs(at));
    let key = key(user, generation);
    format!(
        r#"{{"eventVersion":"1.09","userIdentity":{{"type":"IAMUser","principalId":"AIDAHEAP{user:013}","arn":"arn:aws:iam::111122223333:user/ci/job-{user:03}","accountId":"111122223333","accessKeyId":"{key}","userName":"job-{user:03}"}},"eventTime":"{time}","eventSource":"{service}.amazonaws.com","eventName":"{name}","awsRegion":"us-east-1","sourceIPAddress":"198.51.100.{}","userAgent":"aws-sdk-go-v2/1.30.{} os/linux lang/go#1.22.5 md/GOOS#linux md/GOARCH#amd64 api/{service}#1.{}.0","requestParameters":{{"name":"/ci/{other:016x}","withDecryption":true,"encryptionContext":{{"PARAMETER_ARN":"arn:aws:ssm:us-east-1:111122223333:parameter/ci/{draw:016x}"}}}},"responseElements":null,"requestID":"{draw:016x}-{other:016x}","eventID":"{other:016x}-{draw:016x}","readOnly":true,"resources":[{{"accountId":"111122223333","type":"AWS::KMS::Key","ARN":"arn:aws:kms:us-east-1:111122223333:key/{:016x}"}}],"eventType":"AwsApiCall","managementEvent":true,"recipientAccountId":"111122223333","eventCategory":"Management","tlsDetails":{{"tlsVersion":"TLSv1.3","cipherSuite":"TLS_AES_128_GCM_SHA256","clientProvidedHostHeader":"{service}.us-east-1.amazonaws.com"}}}}"#,
        (draw >> 16) % 250,
        (draw >> 24) % 9,
        (draw >> 28) % 60,
        draw ^ other,
    )
}

struct Counted {
    out: BufWriter<GzEncoder<File>>,
    path: PathBuf,
    plain: u64,
}

impl Counted {
    fn new(path: &PathBuf) -> Result<Self> {
        let encoder = GzEncoder::new(File::create(path)?, Compression::new(3));
        Ok(Self { out: BufWriter::with_capacity(1 << 18, encoder), path: path.clone(), plain: 0 })
    }

    fn end(self, made: &mut Made) -> Result<()> {
        let encoder = self.out.into_inner().map_err(std::io::IntoInnerError::into_error)?;
        encoder.finish()?;
        made.plain += self.plain;
        made.gzipped += fs::metadata(&self.path)?.len();
        Ok(())
    }
}

impl Write for Counted {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        let count = self.out.write(bytes)?;
        self.plain += count as u64;
        Ok(count)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.out.flush()
    }
}

/// The most memory that a process has held so far, in bytes; 0 where the system does not tell.
fn peak(process: u32) -> u64 {
    let status = fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kilobytes = line.and_then(|line| line.trim().split(' ').next()?.parse::<u64>().ok());
    kilobytes.unwrap_or(0) * 1024
}
