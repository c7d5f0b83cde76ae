//! One HTTP client for all services of AWS, with one pool of connections.

use aws_smithy_http_client::proxy::ProxyConfig;
use aws_smithy_http_client::tls::Provider;
use aws_smithy_http_client::tls::rustls_provider::CryptoMode;
use aws_smithy_http_client::{Builder, ConnectorBuilder};
use aws_smithy_runtime_api::client::connector_metadata::ConnectorMetadata;
use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient,
    SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;

/// The SDK's default client, made once: each client of a service would make its own, with a connection and
/// a parsed list of root certificates of its own, the client that proves a new pair included.
#[must_use]
pub fn shared() -> SharedHttpClient {
    SharedHttpClient::new(ByScheme::new(plain(), tls()))
}

/// For an endpoint on loopback, past any proxy.
#[must_use]
pub fn loopback() -> SharedHttpClient {
    Builder::new().build_http()
}

fn tls() -> SharedHttpClient {
    Builder::new().build_with_connector_fn(|settings, components| {
        let mut connector = ConnectorBuilder::default().tls_provider(Provider::Rustls(CryptoMode::AwsLc));
        connector.set_connector_settings(settings.cloned());
        connector.set_sleep_impl(components.and_then(|components| components.sleep_impl()));
        connector.set_proxy_config(Some(ProxyConfig::from_env()));
        connector.build()
    })
}

/// `None` where a proxy may be asked, which may itself speak TLS.
fn plain() -> Option<SharedHttpClient> {
    let proxied = ["http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"];
    let proxied = proxied.iter().any(|name| std::env::var_os(name).is_some_and(|url| !url.is_empty()));
    (!proxied).then(|| {
        Builder::new().build_with_connector_fn(|settings, components| {
            let mut connector = ConnectorBuilder::default();
            connector.set_connector_settings(settings.cloned());
            connector.set_sleep_impl(components.and_then(|components| components.sleep_impl()));
            connector.build_http()
        })
    })
}

/// The system's root certificates are read and parsed once an `https:` URL is asked, and not before: that is most
/// of what a small run computes. The SDK's client does it when any client of a service is made, and makes a
/// connector anew for each call only to see whether it can.
#[derive(Debug)]
struct ByScheme {
    plain: Option<SharedHttpClient>,
    tls: SharedHttpClient,
}

impl ByScheme {
    fn new(plain: Option<SharedHttpClient>, tls: SharedHttpClient) -> Self {
        Self { plain, tls }
    }
}

impl HttpClient for ByScheme {
    fn http_connector(
        &self,
        settings: &HttpConnectorSettings,
        components: &RuntimeComponents,
    ) -> SharedHttpConnector {
        let Some(plain) = &self.plain else { return self.tls.http_connector(settings, components) };
        SharedHttpConnector::new(Either {
            plain: plain.http_connector(settings, components),
            tls: self.tls.clone(),
            settings: settings.clone(),
            components: components.clone(),
        })
    }

    fn connector_metadata(&self) -> Option<ConnectorMetadata> {
        self.tls.connector_metadata()
    }
}

#[derive(Debug)]
struct Either {
    plain: SharedHttpConnector,
    tls: SharedHttpClient,
    settings: HttpConnectorSettings,
    components: RuntimeComponents,
}

impl HttpConnector for Either {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        if request.uri().starts_with("http://") {
            return self.plain.call(request);
        }
        self.tls.http_connector(&self.settings, &self.components).call(request)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use aws_smithy_runtime_api::client::result::ConnectorError;
    use aws_smithy_runtime_api::client::runtime_components::RuntimeComponentsBuilder;
    use aws_smithy_runtime_api::http::Request;
    use aws_smithy_types::body::SdkBody;

    use super::*;

    /// Counts its connectors, which answer nothing.
    #[derive(Debug, Clone, Default)]
    struct Counted(Arc<AtomicUsize>);

    impl HttpClient for Counted {
        fn http_connector(&self, _: &HttpConnectorSettings, _: &RuntimeComponents) -> SharedHttpConnector {
            self.0.fetch_add(1, Ordering::SeqCst);
            SharedHttpConnector::new(Silent)
        }
    }

    #[derive(Debug)]
    struct Silent;

    impl HttpConnector for Silent {
        fn call(&self, _: HttpRequest) -> HttpConnectorFuture {
            HttpConnectorFuture::ready(Err(ConnectorError::user("nobody is asked".into())))
        }
    }

    async fn asked(client: &ByScheme, url: &str) {
        let settings = HttpConnectorSettings::builder().build();
        let components = RuntimeComponentsBuilder::for_tests().build().unwrap();
        let mut request: HttpRequest = Request::new(SdkBody::empty());
        request.set_uri(url).unwrap();
        assert!(client.http_connector(&settings, &components).call(request).await.is_err());
    }

    #[tokio::test]
    async fn certificates_are_read_for_https_alone() {
        let (plain, tls) = (Counted::default(), Counted::default());
        let client =
            ByScheme::new(Some(SharedHttpClient::new(plain.clone())), SharedHttpClient::new(tls.clone()));
        let counts = || (plain.0.load(Ordering::SeqCst), tls.0.load(Ordering::SeqCst));
        asked(&client, "http://127.0.0.1:4566/").await;
        assert_eq!(counts(), (1, 0));
        asked(&client, "https://iam.amazonaws.com/").await;
        assert_eq!(counts(), (2, 1));
    }

    #[tokio::test]
    async fn where_there_may_be_a_proxy_the_client_is_the_sdks() {
        let tls = Counted::default();
        let client = ByScheme::new(None, SharedHttpClient::new(tls.clone()));
        asked(&client, "http://127.0.0.1:4566/").await;
        assert_eq!(tls.0.load(Ordering::SeqCst), 1);
    }
}
