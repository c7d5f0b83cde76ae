//! Where pairs go in a world.

use std::path::Path;
use std::sync::Arc;

use anyhow::Result;
use bao::Bao;

use crate::check::flight::engine::Engine;
use crate::check::flight::store::Store;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Way {
    SecretsManager,
    Parameter,
    File,
    Profile,
    Exec,
    Vault,
    Kubernetes,
    Gitlab,
    GitHub,
    /// Into a document, `--handover evidence`.
    Evidence,
    /// Into a document, `--handover confirm`.
    Confirm,
}

impl Way {
    /// The store of the world of this name, whose program runs in `home`. `None`: a pipeline stores.
    ///
    /// # Errors
    /// It cannot be set up.
    pub async fn store(self, name: &str, bao: &Arc<Bao>, home: &Path) -> Result<Option<Store>> {
        Ok(match self {
            Self::SecretsManager => Some(Store::SecretsManager),
            Self::Parameter => Some(Store::Parameter),
            Self::File => Some(Store::file(home)),
            Self::Profile => Some(Store::profile(home)),
            Self::Exec => Some(Store::exec(home)?),
            Self::Vault => Some(Store::Vault(Engine::mount(bao, name, home).await?)),
            Self::Kubernetes => Some(Store::kubernetes(home)?),
            Self::Gitlab => Some(Store::gitlab()?),
            Self::GitHub => Some(Store::github()?),
            Self::Evidence | Self::Confirm => None,
        })
    }
}
