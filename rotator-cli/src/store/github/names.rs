//! Names of secrets and variables: letters without regard to case, digits and `_`, no digit in front, and
//! not beginning with `GITHUB_` (GitHub, "Secrets reference").
//!
//! A user's name is written so that it can be read back, since two users must not share a secret: in
//! capitals, which IAM does not tell apart either, with `__` for `-`. Where that is not one to one (an `_`
//! beside another or beside `-`, at either end, any other character) the name is refused.

use crate::iam::User;

/// A template for a name, which may hold `{user}` and `{account}`.
pub(super) fn fit(template: &str) -> Result<(), String> {
    let sample = template.replace("{user}", "U").replace("{account}", "0");
    is_name(&sample).map_err(|said| format!("`{template}` {said}"))
}

/// The name for a user.
pub(super) fn named_for(template: &str, user: &User, account: &str) -> Result<String, String> {
    let mut name = template.replace("{account}", account);
    if name.contains("{user}") {
        let letters = letters(&user.name).ok_or_else(|| {
            format!(
                "another user's secret could have the name that `{}` makes; name the secret without {{user}}, in a \
                 place of the user's own",
                user.name
            )
        })?;
        name = name.replace("{user}", &letters);
    }
    let name = name.to_ascii_uppercase();
    is_name(&name).map(|()| name.clone()).map_err(|said| format!("`{name}` {said}"))
}

/// Whether two templates never make one name, whichever users they are filled with.
pub(super) fn apart(one: &str, other: &str) -> bool {
    let (one, other) = (one.to_ascii_uppercase(), other.to_ascii_uppercase());
    let ends =
        |name: &str| name.split_once("{USER}").map(|(before, after)| (before.to_owned(), after.to_owned()));
    match (ends(&one), ends(&other)) {
        (Some((a, b)), Some((c, d))) => {
            !(a.starts_with(&c) || c.starts_with(&a)) || !(b.ends_with(&d) || d.ends_with(&b))
        }
        // One of them would be all users'.
        (Some(_), None) | (None, Some(_)) => false,
        (None, None) => one != other,
    }
}

fn is_name(name: &str) -> Result<(), &'static str> {
    if name.is_empty() || !name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') {
        return Err("is no name of a secret: that has letters, digits and `_`");
    }
    if name.starts_with(|c: char| c.is_ascii_digit()) {
        return Err("is no name of a secret: that does not begin with a digit");
    }
    if name.to_ascii_uppercase().starts_with("GITHUB_") {
        return Err("is no name of a secret: GITHUB_ is GitHub's own");
    }
    Ok(())
}

fn letters(user: &str) -> Option<String> {
    let ends_in = |c: char| matches!(c, '_' | '-');
    if user.is_empty() || user.starts_with(ends_in) || user.ends_with(ends_in) {
        return None;
    }
    if ["__", "_-", "-_"].iter().any(|beside| user.contains(beside)) {
        return None;
    }
    let letter = |c: char| match c {
        '-' => Some("__".to_owned()),
        '_' => Some("_".to_owned()),
        c if c.is_ascii_alphanumeric() => Some(c.to_ascii_uppercase().to_string()),
        _ => None,
    };
    user.chars().map(letter).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[test]
    fn no_two_users_have_one_name() {
        let alphabet = ['a', '1', '_', '-', '.'];
        let mut names = vec![String::new()];
        let mut taken = BTreeMap::new();
        let mut refused = 0;
        for _ in 0..6 {
            names = names.iter().flat_map(|name| alphabet.map(|c| format!("{name}{c}"))).collect();
            for name in &names {
                match letters(name) {
                    Some(made) => assert_eq!(taken.insert(made, name.clone()), None, "{name}"),
                    None => refused += 1,
                }
            }
        }
        assert_eq!((taken.len(), refused), (866, 18_664));
    }

    #[test]
    fn a_name_for_a_user() {
        let user = |name: &str| User { name: name.into(), id: "AIDA".into(), path: "/".into() };
        let name = |template: &str, who: &str| named_for(template, &user(who), "123456789012");
        assert_eq!(name("ROTATOR_{user}", "Ci-deploy_1"), Ok("ROTATOR_CI__DEPLOY_1".into()));
        assert_eq!(name("keys", "zoë"), Ok("KEYS".into()), "named without the user");
        for (template, who) in
            [("{user}", "a.b"), ("{user}", "1a"), ("{user}", "github_x"), ("{account}", "a")]
        {
            assert!(name(template, who).is_err(), "{template} {who}");
        }
    }

    #[test]
    fn templates_that_meet_are_not_apart() {
        assert!(
            apart("ID_{user}", "SECRET_{user}") && apart("{user}_ID", "{user}_SECRET") && apart("A", "B")
        );
        for (one, other) in
            [("a", "A"), ("{user}", "{user}_S"), ("A_{user}", "B"), ("A_{user}", "A_{user}_B")]
        {
            assert!(!apart(one, other), "{one} {other}");
        }
    }
}
