//! What speaks for AWS where a store of AWS's is checked: the embedded service, and a server that is not
//! ours, which `cargo xtask e2e` names.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;
use std::time::Duration;

use aws_config::SdkConfig;
use aws_credential_types::Credentials;
use rotator_cli::aws::{Access, configure};
use rotator_cli::sandbox::{Fault, Sandbox, Settings, What};
use secrecy::ExposeSecret;
use tokio::sync::oneshot;

use crate::gate::Gate;
use crate::rig::{SOON, wait};

pub trait Cloud: Sync {
    /// So long does a store wait where a check is about waiting.
    const SOON: Duration;

    fn start() -> Self;
    /// The endpoint that a store has, with whatever is wrong there.
    fn spoilt(&self) -> Access;
    /// The same for consumers and strangers, and nothing is wrong.
    fn sound(&self) -> Access;
    /// Each call of this action goes wrong from now on.
    fn spoil(&self, action: &str, what: What);
    /// Where nobody else has a pair.
    fn folder(&self) -> String;
}

pub fn config(access: &Access, limit: Duration) -> SdkConfig {
    wait(configure(access, limit)).0
}

fn access(url: &str, id: &str, secret: &str) -> Access {
    Access {
        region: Some("us-east-1".to_owned()),
        endpoint_url: Some(url.to_owned()),
        credentials: Some(Credentials::new(id, secret, None, None, "test")),
        ..Access::default()
    }
}

/// The embedded service.
pub struct Embedded {
    sandbox: Sandbox,
    /// Ends the sandbox's thread.
    _end: oneshot::Sender<()>,
}

impl Cloud for Embedded {
    const SOON: Duration = SOON;

    fn start() -> Self {
        let (ready, started) = mpsc::channel();
        let (end, ended) = oneshot::channel::<()>();
        std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async {
                ready.send(Sandbox::start(Settings::default()).await.unwrap()).unwrap();
                drop(ended.await);
            });
        });
        Self { sandbox: started.recv().unwrap(), _end: end }
    }

    fn spoilt(&self) -> Access {
        let admin = self.sandbox.admin();
        access(&self.sandbox.endpoint(), &admin.id, admin.secret.expose_secret())
    }

    fn sound(&self) -> Access {
        self.spoilt()
    }

    fn spoil(&self, action: &str, what: What) {
        let _hits = self.sandbox.inject(Fault::always(action, what));
    }

    fn folder(&self) -> String {
        "ci".to_owned()
    }
}

/// Names a server that is not ours: `cargo xtask e2e` does, and looks for what the tests then say.
pub const SERVER: &str = "ROTATOR_TEST_AWS";

/// That server.
pub struct Outside {
    server: String,
    gate: Gate,
    folder: String,
}

static FOLDERS: AtomicUsize = AtomicUsize::new(0);

impl Cloud for Outside {
    /// What comes before the call that hangs takes longer there.
    const SOON: Duration = Duration::from_secs(2);

    fn start() -> Self {
        let server = std::env::var(SERVER).unwrap();
        let number = FOLDERS.fetch_add(1, Ordering::Relaxed);
        let folder = format!("ci-{}-{number}", std::process::id());
        Self { gate: Gate::before(&server), server, folder }
    }

    fn spoilt(&self) -> Access {
        access(&self.gate.url, "test", "test")
    }

    fn sound(&self) -> Access {
        access(&self.server, "test", "test")
    }

    fn spoil(&self, action: &str, what: What) {
        self.gate.spoil(action, what);
    }

    fn folder(&self) -> String {
        self.folder.clone()
    }
}
