//! The checks that every store stands, for a parameter.

use aws_config::SdkConfig;
use aws_sdk_ssm::Client;
use aws_sdk_ssm::types::ParameterType;
use rotator_cli::store::ssm::ParameterStore;

use crate::service::{Service, conforms, conforms_outside};

struct Parameters;

impl Service for Parameters {
    type Store = ParameterStore;

    const ROOT: &str = "/";
    // A creation never goes over a value, and each check here begins with nothing.
    const LOOKS: bool = true;
    const PUTS: usize = 40;
    const READ: &str = "ssm:GetParameter";
    const WRITE: &str = "ssm:PutParameter";
    const BRING: &str = Self::WRITE;
    const SERVE: &str = Self::WRITE;

    fn open(config: &SdkConfig, place: &str) -> ParameterStore {
        ParameterStore::at(config, place.parse().unwrap(), "111122223333")
    }

    async fn get(config: &SdkConfig, name: &str) -> Option<String> {
        let get = Client::new(config).get_parameter().name(name).with_decryption(true);
        get.send().await.ok()?.parameter?.value
    }

    async fn put(config: &SdkConfig, name: &str, text: &str) {
        let put = Client::new(config).put_parameter().name(name).value(text);
        put.r#type(ParameterType::SecureString).overwrite(true).send().await.unwrap();
    }
}

#[test]
fn it_conforms() {
    conforms::<Parameters>();
}

#[test]
fn it_conforms_outside() {
    conforms_outside::<Parameters>();
}
