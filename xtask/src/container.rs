//! LocalStack in a container, for as long as the scenarios run.

use std::time::Duration;

use anyhow::{Context, Result};
use testcontainers::core::{IntoContainerPort, WaitFor};
use testcontainers::runners::AsyncRunner;
use testcontainers::{ContainerAsync, GenericImage, ImageExt};
use tokio::runtime::Runtime;

const PORT: u16 = 4566;

pub struct LocalStack {
    container: ContainerAsync<GenericImage>,
    pub endpoint: String,
}

impl LocalStack {
    pub fn start(runtime: &Runtime, image: &str) -> Result<Self> {
        let (name, tag) = split(image);
        let request = GenericImage::new(name, tag)
            .with_exposed_port(PORT.tcp())
            .with_wait_for(WaitFor::message_on_either_std("Ready."))
            .with_startup_timeout(Duration::from_secs(180))
            .with_env_var("GATEWAY_LISTEN", format!("0.0.0.0:{PORT}"))
            // Neither usage reports nor a certificate from outside: the scenarios need no network.
            .with_env_var("DISABLE_EVENTS", "1")
            .with_env_var("SKIP_SSL_CERT_DOWNLOAD", "1");
        runtime.block_on(async {
            let container =
                request.start().await.with_context(|| format!("cannot start a container of {image}"))?;
            let host = container.get_host().await?;
            let port = container.get_host_port_ipv4(PORT).await?;
            let endpoint = format!("http://{host}:{port}");
            Ok(Self { container, endpoint })
        })
    }

    pub fn id(&self) -> &str {
        self.container.id()
    }

    pub fn remove(self, runtime: &Runtime) -> Result<()> {
        runtime.block_on(self.container.rm()).context("cannot remove the LocalStack container")
    }

    /// Leaves it running: testcontainers removes a container when its handle is dropped.
    pub fn keep(self) {
        println!(
            "xtask: LocalStack stays at {} as container {}; `docker rm -f` ends it",
            self.endpoint,
            self.container.id()
        );
        std::mem::forget(self.container);
    }
}

/// A colon before the last slash belongs to a registry's port, not to a tag.
fn split(image: &str) -> (&str, &str) {
    match image.rsplit_once(':') {
        Some((name, tag)) if !tag.contains('/') => (name, tag),
        _ => (image, "latest"),
    }
}

#[cfg(test)]
mod tests {
    use super::split;

    #[test]
    fn an_image_without_a_tag_is_the_latest() {
        assert_eq!(split("a/b:1.2"), ("a/b", "1.2"));
        assert_eq!(split("a/b"), ("a/b", "latest"));
        assert_eq!(split("host:5000/b"), ("host:5000/b", "latest"));
    }
}
