//! Which names and tags IAM takes (API reference, CreateUser and Tag).

use super::error::AwsError;

/// Up to 64 of the letters, digits and `_+=,.@-`.
pub(super) fn user_name(name: &str) -> Result<(), AwsError> {
    let fits = |letter: char| letter.is_ascii_alphanumeric() || "_+=,.@-".contains(letter);
    if !(1..=64).contains(&name.len()) || !name.chars().all(fits) {
        return Err(AwsError::invalid(
            "The specified value for userName is invalid. It must contain only alphanumeric \
             characters and/or the following: +=,.@_-",
        ));
    }
    Ok(())
}

/// A slash, or printable ASCII between two slashes.
pub(super) fn path(path: &str) -> Result<(), AwsError> {
    let slashes = path.starts_with('/') && path.ends_with('/');
    if !slashes || path.len() > 512 || !path.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(AwsError::invalid(
            "The specified value for path is invalid. It must begin and end with / and contain \
             only printable ASCII characters.",
        ));
    }
    Ok(())
}

/// Keys of 1 to 128 and values of up to 256 letters, digits, spaces and `_.:/=+-@`, no key twice.
pub(super) fn tags(tags: &[(String, String)]) -> Result<(), AwsError> {
    let fits = |text: &str| {
        text.chars().all(|letter| letter.is_alphanumeric() || letter == ' ' || "_.:/=+-@".contains(letter))
    };
    let mut keys: Vec<_> = tags.iter().map(|(key, _)| key.to_lowercase()).collect();
    keys.sort();
    keys.dedup();
    if keys.len() < tags.len() {
        let message = "Duplicate tag keys found. Please note that Tag keys are case insensitive.";
        return Err(AwsError::new(400, "InvalidInput", message));
    }
    for (key, value) in tags {
        let lengths = (1..=128).contains(&key.chars().count()) && value.chars().count() <= 256;
        if !lengths || !fits(key) || !fits(value) || key.to_lowercase().starts_with("aws:") {
            return Err(AwsError::invalid(format!("The tag `{key}` is not valid.")));
        }
    }
    Ok(())
}
