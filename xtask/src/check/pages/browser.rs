//! A browser without a window, told what to do through a pipe (the DevTools protocol, one JSON text after the
//! other with a zero byte between). Nothing listens on a port.

use std::env;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use serde_json::{Value, json};
use tempfile::TempDir;

/// The names it goes by.
const NAMES: [&str; 4] = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
/// No answer takes this long, not even a PDF's.
const PATIENCE: Duration = Duration::from_secs(60);

pub struct Browser {
    child: Child,
    to: ChildStdin,
    from: Receiver<Value>,
    calls: u64,
    session: Option<String>,
    /// What it told by itself: requests, console, loading.
    pub events: Vec<Value>,
    _profile: TempDir,
}

impl Browser {
    pub fn open() -> Result<Self> {
        let program = find().context(
            "there is no Chromium here, and pages are looked at in one: install Debian's package `chromium` \
             (`apt-get install chromium`)",
        )?;
        let profile = TempDir::new().context("cannot make the browser's folder")?;
        let mut command = Command::new("sh");
        // The protocol's pipes are the descriptors 3 and 4.
        command.args(["-c", "exec \"$@\" 3<&0 4>&1 </dev/null >/dev/null 2>&1", "sh"]).arg(program);
        command.args([
            "--headless=new",
            "--remote-debugging-pipe",
            // Gates run as root in containers, where the sandbox cannot be set up; the pages are our own.
            "--no-sandbox",
            "--disable-gpu",
            "--disable-dev-shm-usage",
            "--hide-scrollbars",
            "--no-first-run",
            "--disable-extensions",
            "--disable-component-update",
            "--disable-background-networking",
            "--force-color-profile=srgb",
        ]);
        command.arg(format!("--user-data-dir={}", profile.path().display())).arg("about:blank");
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .context("cannot start the browser")?;
        let (Some(to), Some(out)) = (child.stdin.take(), child.stdout.take()) else {
            bail!("the browser has no pipes");
        };
        let (tell, from) = channel();
        thread::spawn(move || {
            let mut out = BufReader::new(out);
            let mut message = Vec::new();
            while out.read_until(0, &mut message).is_ok_and(|read| read > 0) {
                message.pop();
                let Ok(value) = serde_json::from_slice(&message) else { break };
                if tell.send(value).is_err() {
                    break;
                }
                message.clear();
            }
        });
        let mut browser =
            Self { child, to, from, calls: 0, session: None, events: Vec::new(), _profile: profile };
        let page = browser.call("Target.createTarget", json!({ "url": "about:blank" }))?;
        let attached = browser
            .call("Target.attachToTarget", json!({ "targetId": page["targetId"], "flatten": true }))?;
        browser.session = attached["sessionId"].as_str().map(str::to_owned);
        for domain in ["Page", "Runtime", "Log", "Network"] {
            browser.call(&format!("{domain}.enable"), json!({}))?;
        }
        Ok(browser)
    }

    /// Calls a method and waits for its answer.
    pub fn call(&mut self, method: &str, params: Value) -> Result<Value> {
        self.calls += 1;
        let id = self.calls;
        let mut call = json!({ "id": id, "method": method, "params": params });
        if let Some(session) = &self.session {
            call["sessionId"] = json!(session);
        }
        let mut text = serde_json::to_vec(&call)?;
        text.push(0);
        self.to.write_all(&text).and_then(|()| self.to.flush()).context("the browser takes no call")?;
        loop {
            let message = self.next(method)?;
            if message["id"] == json!(id) {
                ensure!(message.get("error").is_none(), "{method}: {}", message["error"]);
                return Ok(message["result"].clone());
            }
            self.events.push(message);
        }
    }

    /// Opens a file, and waits until it is there. What was told before is forgotten.
    pub fn show(&mut self, file: &Path) -> Result<()> {
        self.events.clear();
        let answer = self.call("Page.navigate", json!({ "url": format!("file://{}", file.display()) }))?;
        ensure!(answer.get("errorText").is_none(), "cannot open {}: {answer}", file.display());
        let loaded = |event: &Value| event["method"] == "Page.loadEventFired";
        while !self.events.iter().any(loaded) {
            let event = self.next("loading")?;
            self.events.push(event);
        }
        Ok(())
    }

    /// The value of an expression.
    pub fn evaluate(&mut self, script: &str) -> Result<Value> {
        let answer = self.call("Runtime.evaluate", json!({ "expression": script, "returnByValue": true }))?;
        ensure!(answer.get("exceptionDetails").is_none(), "the script fails: {}", answer["exceptionDetails"]);
        Ok(answer["result"]["value"].clone())
    }

    /// What the page asked for beside itself, and what the browser had to say of it.
    pub fn complaints(&self) -> Vec<String> {
        let told = |event: &Value| {
            let params = &event["params"];
            match event["method"].as_str() {
                Some("Network.requestWillBeSent") => {
                    let url = params["request"]["url"].as_str().unwrap_or_default().to_owned();
                    (params["type"] != "Document").then(|| format!("asked for {url}"))
                }
                Some("Log.entryAdded") => Some(format!("console: {}", params["entry"]["text"])),
                Some("Runtime.consoleAPICalled") => Some(format!("console: {}", params["args"])),
                Some("Runtime.exceptionThrown") => Some(format!("script: {}", params["exceptionDetails"])),
                _ => None,
            }
        };
        self.events.iter().filter_map(told).collect()
    }

    fn next(&mut self, during: &str) -> Result<Value> {
        self.from.recv_timeout(PATIENCE).with_context(|| format!("the browser says nothing: {during}"))
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        self.session = None;
        let _ = self.call("Browser.close", json!({}));
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn find() -> Option<PathBuf> {
    let folders: Vec<_> = env::split_paths(&env::var_os("PATH")?).collect();
    let places = NAMES.iter().flat_map(|name| folders.iter().map(move |folder| folder.join(name)));
    places.into_iter().find(|place| place.is_file())
}
