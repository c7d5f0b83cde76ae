//! The checks that every store stands, for a secret.

use aws_config::SdkConfig;
use aws_sdk_secretsmanager::Client;
use rotator_cli::store::documents::Documents;
use rotator_cli::store::secretsmanager::SecretsManager;

use crate::service::{Service, conforms, conforms_outside};
use crate::steps::AsAdapter;

struct Secrets;

impl Service for Secrets {
    type Store = AsAdapter;

    const ROOT: &str = "";
    const PUTS: usize = 30;
    const READ: &str = "secretsmanager:DescribeSecret";
    const WRITE: &str = "secretsmanager:CreateSecret";
    const BRING: &str = "secretsmanager:PutSecretValue";
    const SERVE: &str = "secretsmanager:UpdateSecretVersionStage";

    fn open(config: &SdkConfig, place: &str) -> AsAdapter {
        let store = SecretsManager::at(config, place.parse().unwrap(), "111122223333");
        AsAdapter(Documents::SecretsManager(store))
    }

    async fn get(config: &SdkConfig, name: &str) -> Option<String> {
        let secret = Client::new(config).get_secret_value().secret_id(name).send().await.ok()?;
        secret.secret_string
    }

    async fn put(config: &SdkConfig, name: &str, text: &str) {
        let client = Client::new(config);
        let put = client.put_secret_value().secret_id(name).secret_string(text).send().await;
        if put.is_err_and(|error| error.into_service_error().is_resource_not_found_exception()) {
            client.create_secret().name(name).secret_string(text).send().await.unwrap();
        }
    }
}

#[test]
fn it_conforms() {
    conforms::<Secrets>();
}

#[test]
fn it_conforms_outside() {
    conforms_outside::<Secrets>();
}
