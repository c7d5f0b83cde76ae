//! That the check can fail: a rotator that goes by dates, and jobs that are longer than `--min-age`.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::Result;

use crate::check::flight::jobs::{Counts, Jobs, Source};
use crate::check::flight::place::{LONGEST_JOB, MIN_AGE, Place, STRAY_AFTER};
use crate::check::flight::program::Program;
use crate::check::flight::store::Store;
use crate::check::random::Random;

/// The ancestor's way: of two keys the older goes, a new one is made, and a run that dies before its end
/// loses the pair. After two such runs the store serves a key that is gone.
pub async fn by_dates(place: Place) -> Result<Counts> {
    let place = Arc::new(place);
    let stored = Arc::new(Mutex::new(BTreeMap::new()));
    let source = Source::Pipeline(stored.clone());
    let jobs = Jobs::start(&place, source, LONGEST_JOB, Duration::from_millis(20), Random::new(1));
    place.create_user("/bad/", "bad").await?;
    let pair = place.create_key("bad").await?;
    stored.lock().unwrap_or_else(PoisonError::into_inner).insert("bad".to_owned(), pair);
    jobs.add("bad").await;
    jobs.round().await;
    for _ in 0..2 {
        let keys = place.keys("bad").await?;
        if let [older, _] = keys.as_slice() {
            place.delete_key("bad", older).await?;
        }
        let _lost = place.create_key("bad").await?;
        jobs.round().await;
    }
    Ok(jobs.counts())
}

/// Jobs of up to three times `--min-age`, while the program rotates as soon as it may. That some of them
/// lose their key shows that those of the check come close to the edge and are watched.
pub async fn too_long(binaries: &Path) -> Result<Counts> {
    // Without last use: where IAM tells it, LAST rests for as long as a job uses it.
    let place = Arc::new(Place::memory(false, Duration::ZERO).await?);
    let longest = 3 * MIN_AGE;
    let source = Source::Store(Store::SecretsManager);
    let jobs = Jobs::start(&place, source, longest, Duration::from_millis(20), Random::new(2));
    let mut program = Program::new(binaries)?;
    place.create_user("/long/", "long").await?;
    jobs.add("long").await;
    let words = [vec!["rotate", "/long/"], Store::SecretsManager.words()].concat();
    let words: Vec<_> = words.into_iter().map(str::to_owned).collect();
    for _ in 0..4 {
        program.run(&place, &words, None).await?;
        jobs.round().await;
        jobs.pass(MIN_AGE + STRAY_AFTER).await?;
    }
    Ok(jobs.counts())
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::runtime::Builder;

    #[test]
    fn a_rotator_that_goes_by_dates_is_caught() {
        let runtime = Builder::new_current_thread().enable_all().build().unwrap();
        let counts = runtime
            .block_on(async { by_dates(Place::memory(true, Duration::ZERO).await.unwrap()).await })
            .unwrap();
        assert!(
            counts.refused.iter().any(|refused| refused.said.contains("InvalidClientTokenId")),
            "{:?}",
            counts.refused
        );
        assert!(Counts { refused: Vec::new(), ..counts }.must_have_failed("").is_err());
    }
}
