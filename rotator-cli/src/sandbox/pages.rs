//! Lists in pages, in the manner of IAM.

use super::error::AwsError;
use super::settings::Settings;

/// One page; `marker` is there exactly when more is to come.
pub(super) struct Page<T> {
    pub(super) entries: Vec<T>,
    pub(super) marker: Option<String>,
}

/// The page after `marker` of a list that is sorted by its unique sort keys.
///
/// A marker is the number of the page and the last sort key shown. So entries that come and go
/// between two pages neither repeat nor hide others. AWS's markers are opaque.
pub(super) fn page<K: AsRef<str>, T>(
    all: impl IntoIterator<Item = (K, T)>,
    marker: Option<&str>,
    max_items: Option<usize>,
    settings: &Settings,
) -> Result<Page<T>, AwsError> {
    let (number, after) = match marker {
        None => (0, None),
        Some(marker) => {
            let parsed =
                marker.split_once(':').and_then(|(number, after)| Some((number.parse::<u32>().ok()?, after)));
            let (number, after) = parsed.ok_or_else(|| AwsError::invalid("Invalid Marker."))?;
            (number, (!after.is_empty()).then_some(after))
        }
    };
    let mut rest: Vec<_> =
        all.into_iter().filter(|(key, _)| after.is_none_or(|after| key.as_ref() > after)).collect();
    let wanted = max_items.unwrap_or(settings.page_size).max(1);
    let wanted = match (settings.short_pages, number % 2) {
        (false, _) => wanted,
        // Half of what is left, so that even a list of two takes more than one page.
        (true, 0) => wanted.min(rest.len().div_ceil(2)),
        (true, _) => 0,
    };
    let more = rest.len() > wanted;
    rest.truncate(wanted);
    let last = rest.last().map(|(key, _)| key.as_ref()).or(after);
    let marker = more.then(|| format!("{}:{}", number.wrapping_add(1), last.unwrap_or_default()));
    Ok(Page { entries: rest.into_iter().map(|(_, entry)| entry).collect(), marker })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sizes(settings: &Settings, length: usize, max_items: Option<usize>) -> Vec<usize> {
        let all: Vec<_> = (0..length).map(|n| (format!("{n:03}"), n)).collect();
        let (mut sizes, mut marker, mut seen) = (vec![], None, vec![]);
        loop {
            let page = page(all.clone(), marker.as_deref(), max_items, settings).unwrap();
            sizes.push(page.entries.len());
            seen.extend(page.entries);
            marker = page.marker;
            if marker.is_none() {
                assert_eq!(seen, (0..length).collect::<Vec<_>>());
                return sizes;
            }
        }
    }

    #[test]
    fn pages_hold_what_was_asked_for() {
        let calm = Settings::default();
        assert_eq!(sizes(&calm, 250, None), [100, 100, 50]);
        assert_eq!(sizes(&calm, 100, None), [100]);
        assert_eq!(sizes(&calm, 5, Some(2)), [2, 2, 1]);
        assert_eq!(sizes(&calm, 0, None), [0]);
    }

    #[test]
    fn short_pages_are_fewer_or_empty_with_more_to_come() {
        let short = Settings { short_pages: true, ..Settings::default() };
        assert_eq!(sizes(&short, 2, None), [1, 0, 1]);
        assert_eq!(sizes(&short, 5, Some(2)), [2, 0, 2, 0, 1]);
        assert_eq!(sizes(&short, 0, None), [0]);
    }

    #[test]
    fn a_foreign_marker_is_refused() {
        let all = vec![("a".to_owned(), ())];
        let page = page(all, Some("nonsense"), None, &Settings::default());
        assert_eq!(page.err().map(|error| error.code), Some("ValidationError"));
    }
}
