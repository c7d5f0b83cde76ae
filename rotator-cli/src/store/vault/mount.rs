//! Which engine a place belongs to: the mount's own path, which may have several parts, and its version.

use serde_json::Value;

use super::config::{Config, Version};
use super::session::{Session, failure};
use crate::failure::{Class, Failure};

/// A mounted key/value engine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Mount {
    /// Its path, without slashes at its ends.
    pub(super) path: String,
    /// Its version.
    pub(super) version: Version,
}

/// Asks what is mounted there: a question that any token with a right below the mount may ask (it is how
/// Vault's own command tells the versions apart). A place of version 1 on an engine of version 2 would else
/// look as if nothing were there.
pub(super) async fn find(session: &Session, config: &Config, place: &str) -> Result<Mount, Failure> {
    let known = place.split('{').next().unwrap_or_default();
    let known = if known == place { known } else { known.rsplit_once('/').map_or("", |(whole, _)| whole) };
    let doing = format!("find the secrets engine of `vault:{place}`");
    let mut path = vec!["sys", "internal", "ui", "mounts"];
    path.extend(known.split('/'));
    let answer = session.get(&path, None, &doing).await?;
    let setup = |said: String| Failure::new(Class::Setup, &doing, said);
    match (answer.status.as_u16(), config.version) {
        (200, _) => {}
        // Said on the command line for a server that does not tell; the mount is then one part.
        (403 | 404, Some(version)) => {
            let path = known.split('/').next().unwrap_or_default().to_owned();
            return Ok(Mount { path, version });
        }
        (403, None) => {
            return Err(setup(format!(
                "none is mounted there, or the token has no right at all in `{known}`"
            )));
        }
        // A namespace that is not there, above all.
        (404, None) => {
            let other = failure(&answer, "the Vault capability `read`", &doing);
            return Err(Failure { class: Class::Setup, ..other });
        }
        (_, _) => return Err(failure(&answer, "the Vault capability `read`", &doing)),
    }
    let text = |pointer| answer.at(pointer).and_then(Value::as_str);
    let path = text("/data/path").unwrap_or_default().trim_matches('/').to_owned();
    let version = match (text("/data/type"), text("/data/options/version")) {
        (Some("kv"), Some("2")) => Version::Two,
        (Some("kv" | "generic"), Some("1") | None) => Version::One,
        (Some("kv" | "generic"), Some(other)) => {
            return Err(setup(format!("it is a key/value engine of version {other}, which is not known")));
        }
        (Some(other), _) => {
            return Err(setup(format!("`{path}` is an engine of type `{other}` and not `kv`")));
        }
        (None, _) => return Err(Failure::new(Class::Garbled, &doing, "the answer names no engine")),
    };
    if config.version.is_some_and(|said| said != version) {
        return Err(setup(format!("`{path}` has another version than `version=…` says")));
    }
    if path.is_empty()
        || place.strip_prefix(path.as_str()).is_none_or(|rest| rest.trim_matches('/').is_empty())
    {
        return Err(setup(format!("`{path}` is the engine itself; name a path in it")));
    }
    Ok(Mount { path, version })
}
