//! A key/value engine of OpenBao: one role for the program, with the rights that its page names, and a token
//! for jobs that can read and nothing else.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, Result, ensure};
use bao::{Bao, ROOT};
use reqwest::{Client, Method, StatusCode};
use serde_json::{Value, json};

use super::place::text;
use crate::accounts::Pair;

#[derive(Clone)]
pub struct Engine {
    bao: Arc<Bao>,
    mount: String,
    /// What the program is told to store into.
    pub name: String,
    reader: String,
    client: Client,
}

impl Engine {
    /// Version 2, which takes no write without check-and-set. The role's secret id is a file in `home`.
    pub async fn mount(bao: &Arc<Bao>, mount: &str, home: &Path) -> Result<Self> {
        bao.mount(mount, 2).await;
        bao.admin("POST", &format!("{mount}/config"), json!({ "cas_required": true })).await;
        let rights =
            |capabilities: Value| format!("path \"{mount}/data/ci/*\" {{ capabilities = {capabilities} }}");
        let (role, secret) = bao.role(mount, &rights(json!(["create", "update", "read"]))).await;
        let reader = bao.token(&format!("{mount}-jobs"), &rights(json!(["read"]))).await;
        let file = home.join("secret-id");
        fs::write(&file, secret)?;
        fs::set_permissions(&file, fs::Permissions::from_mode(0o600))?;
        let name = format!(
            "vault:{mount}/ci/{{user}}?addr={}&auth=approle&auth-mount={mount}&role-id={role}&secret-id-file={}",
            bao.url,
            file.display()
        );
        let client = Client::builder().no_proxy().build()?;
        Ok(Self { bao: bao.clone(), mount: mount.to_owned(), name, reader, client })
    }

    /// As a job reads it: both fields from one answer.
    pub async fn read(&self, user: &str) -> Result<Option<Pair>, String> {
        let (status, answer) = self
            .call(Method::GET, user, &self.reader, Value::Null)
            .await
            .map_err(|error| format!("{error:#}"))?;
        match status {
            StatusCode::OK => {
                Ok(answer.pointer("/data/data").and_then(|pair| Pair::from_json(&pair.to_string())))
            }
            StatusCode::NOT_FOUND => Ok(None),
            _ => Err(format!("OpenBao answered {status}: {answer}")),
        }
    }

    /// The first pair, as its administrator writes it.
    pub async fn write(&self, user: &str, pair: &Pair) -> Result<()> {
        let data = json!({ "AccessKeyId": pair.id, "SecretAccessKey": pair.secret });
        let body = json!({ "options": { "cas": 0 }, "data": data });
        let (status, answer) = self.call(Method::POST, user, ROOT, body).await?;
        ensure!(status.is_success(), "cannot put a pair into OpenBao: {status} {answer}");
        Ok(())
    }

    async fn call(
        &self,
        method: Method,
        user: &str,
        token: &str,
        body: Value,
    ) -> Result<(StatusCode, Value)> {
        let call = self.client.request(method, format!("{}/v1/{}/data/ci/{user}", self.bao.url, self.mount));
        let answer = call.header("x-vault-token", token).json(&body).send().await;
        let answer = answer.map_err(|error| anyhow::anyhow!(text(&error)))?;
        let status = answer.status();
        let answer = answer.json().await.context("OpenBao answers no JSON")?;
        Ok((status, answer))
    }
}
