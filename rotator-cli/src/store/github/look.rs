//! Looks at the secrets and the variable of a place.

use std::time::SystemTime;

use reqwest::StatusCode;
use serde_json::Value;

use super::GitHub;
use super::place::{Kind, Spot};
use super::seen::{Held, Mark, Seen, now};
use super::session::{Right, failure};
use crate::failure::{Class, Failure};
use crate::store::http::Answer;

/// Pages of the repositories that may read something, of 30 each. More is not read in one go.
const MOST_PAGES: usize = 100;

impl GitHub {
    /// What is there now.
    pub(super) async fn look(&self, spot: &Spot) -> Result<Seen, Failure> {
        let mut secrets = Vec::new();
        for name in &spot.secrets {
            secrets.push((name.clone(), self.held(spot, name).await?));
        }
        let (mark, now) = self.mark(spot).await?;
        let new = secrets.iter().find(|(_, held)| held.is_none());
        if let (Some((name, _)), Kind::Organisation, None) = (new, spot.kind, &self.config.visibility) {
            let said = "it is not there yet; say who may read it: `?visibility=private` or `all`, or make it on GitHub";
            return Err(Failure::new(Class::Setup, format!("use the secret `{name}`"), said));
        }
        Ok(Seen { secrets, mark, now })
    }

    /// What can be seen of a secret; `None`: it is not there.
    async fn held(&self, spot: &Spot, name: &str) -> Result<Option<Held>, Failure> {
        let doing = format!("look at the secret `{name}`");
        let found =
            self.found(spot, &["secrets", name], Right::Secrets, &["secrets", "public-key"], &doing).await?;
        let Some(answer) = found else { return Ok(None) };
        let mut held =
            Held::read(&answer).ok_or_else(|| failure(&answer, Right::Secrets, spot.kind, &doing))?;
        match &mut held.reach {
            Some(reach) if reach.visibility == "selected" => {
                reach.repositories = Some(self.repositories(spot, name).await?);
            }
            Some(_) => {}
            None if spot.kind == Kind::Organisation => {
                return Err(Failure::new(Class::Garbled, doing, "the answer does not say who may read it"));
            }
            None => {}
        }
        Ok(Some(held))
    }

    /// The variable that names the key, if it is there, and the time on GitHub's clock.
    async fn mark(&self, spot: &Spot) -> Result<(Option<Mark>, SystemTime), Failure> {
        let doing = format!("look at the variable `{}`", spot.mark);
        let garbled = |said: &str| Failure::new(Class::Garbled, &doing, said);
        let path = ["variables", spot.mark.as_str()];
        let answer = self.get(spot, &path, None, &doing).await?;
        let now = now(&answer).ok_or_else(|| garbled("the answer does not say what time it is there"))?;
        if answer.status == StatusCode::NOT_FOUND {
            self.shown(spot, &["variables"], Right::Variables, &doing).await?;
            return Ok((None, now));
        }
        let mark = Mark::read(&answer).map_err(|said| Failure::new(Class::Setup, &doing, said))?;
        let mark = mark.ok_or_else(|| failure(&answer, Right::Variables, spot.kind, &doing))?;
        Ok((Some(mark), now))
    }

    /// The ids of the repositories that may read an organisation's secret.
    async fn repositories(&self, spot: &Spot, name: &str) -> Result<Vec<u64>, Failure> {
        let doing = format!("list the repositories that may read the secret `{name}`");
        let mut ids: Vec<u64> = Vec::new();
        for page in 1..=MOST_PAGES {
            let query = Some(("page", page.to_string()));
            let answer = self.get(spot, &["secrets", name, "repositories"], query, &doing).await?;
            let (Some(total), Some(some)) = (
                answer.at("/total_count").and_then(Value::as_u64),
                answer.at("/repositories").and_then(Value::as_array),
            ) else {
                return Err(failure(&answer, Right::Secrets, spot.kind, &doing));
            };
            ids.extend(some.iter().filter_map(|repository| repository.get("id").and_then(Value::as_u64)));
            if u64::try_from(ids.len()).is_ok_and(|so_far| so_far == total) {
                return Ok(ids);
            }
            if some.is_empty() {
                break;
            }
        }
        Err(Failure::new(
            Class::Garbled,
            doing,
            "the list is not whole, and what is missing would be taken away",
        ))
    }

    /// What is at a path; `None` if it is not there, in a place that lets us see `beside` it.
    async fn found(
        &self,
        spot: &Spot,
        path: &[&str],
        right: Right,
        beside: &[&str],
        doing: &str,
    ) -> Result<Option<Answer>, Failure> {
        let answer = self.get(spot, path, None, doing).await?;
        if answer.status != StatusCode::NOT_FOUND {
            return Ok(Some(answer));
        }
        self.shown(spot, beside, right, doing).await.map(|_| None)
    }

    /// What every place shows to whoever has the permission.
    pub(super) async fn shown(
        &self,
        spot: &Spot,
        path: &[&str],
        right: Right,
        doing: &str,
    ) -> Result<Answer, Failure> {
        let answer = self.get(spot, path, None, doing).await?;
        if answer.status == StatusCode::OK {
            Ok(answer)
        } else {
            Err(failure(&answer, right, spot.kind, doing))
        }
    }

    async fn get(
        &self,
        spot: &Spot,
        path: &[&str],
        query: Option<(&'static str, String)>,
        doing: &str,
    ) -> Result<Answer, Failure> {
        self.session.get(spot.path(path), query).await.map_err(|lost| lost.failure(doing))
    }
}
