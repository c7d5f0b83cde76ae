//! Shares of the users of many runs: `--shard I/N`. Every user is in just one share, whoever computes it.

use std::fmt;
use std::str::FromStr;

use sha2::{Digest, Sha256};

/// The Ith of N shares, from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shard {
    index: u32,
    of: u32,
}

impl Shard {
    /// Whether a user is in this share: by account and UserId, so that a user that is renamed or moved keeps
    /// its share.
    #[must_use]
    pub fn has(&self, account: &str, user_id: &str) -> bool {
        // Never zero, as parsed; and a share of nothing has nobody.
        number(account, user_id).checked_rem(u64::from(self.of)) == Some(u64::from(self.index) - 1)
    }
}

/// The first eight bytes, big endian, of SHA-256 of `ACCOUNT/USERID`.
fn number(account: &str, user_id: &str) -> u64 {
    let sum = Sha256::digest(format!("{account}/{user_id}"));
    sum.iter().take(8).fold(0, |number, byte| number << 8 | u64::from(*byte))
}

impl FromStr for Shard {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let form = || format!("a share is I/N, such as 1/3, and not `{text}`");
        let (index, of) = text.split_once('/').ok_or_else(form)?;
        let number = |text: &str| match text.bytes().all(|byte| byte.is_ascii_digit()) {
            true => text.parse::<u32>().map_err(|_| form()),
            false => Err(form()),
        };
        match (number(index)?, number(of)?) {
            (_, 0) => Err(format!("`{text}` is a share of no shares: they are 1/N to N/N")),
            (0, of) => Err(format!(
                "shares are counted from 1, so the first of {of} is 1/{of}: where an index begins at 0, add 1"
            )),
            (index, of) if index > of => {
                Err(format!("there is no share {index} of {of}: they are 1/{of} to {of}/{of}"))
            }
            (index, of) => Ok(Self { index, of }),
        }
    }
}

impl fmt::Display for Shard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.index, self.of)
    }
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;

    const ACCOUNT: &str = "111122223333";

    fn shards(of: u32) -> Vec<Shard> {
        (1..=of).map(|index| Shard { index, of }).collect()
    }

    /// Computed by another program:
    /// `python3 -c 'import hashlib; n = int.from_bytes(hashlib.sha256(b"ACCOUNT/USERID").digest()[:8], "big");
    /// print(n, n % 3 + 1, n % 16 + 1, n % 1000 + 1)'`.
    #[test]
    fn others_compute_the_same() {
        for (account, user, expected, shares) in [
            ("111122223333", "AIDACKCEVSQ6C2EXAMPLE", 15_242_687_624_391_806_395, [2, 12, 396]),
            ("111122223333", "AIDA0000000000000001", 11_443_694_421_243_813_124, [2, 5, 125]),
            ("444455556666", "AIDACKCEVSQ6C2EXAMPLE", 14_460_485_198_932_901_898, [1, 11, 899]),
            ("000000000000", "", 8_262_710_212_421_668_053, [1, 6, 54]),
        ] {
            assert_eq!(number(account, user), expected);
            for (of, index) in [3, 16, 1000].into_iter().zip(shares) {
                let having: Vec<_> =
                    shards(of).into_iter().filter(|shard| shard.has(account, user)).collect();
                assert_eq!(having, [Shard { index, of }]);
            }
        }
    }

    proptest! {
        #[test]
        fn each_user_is_in_just_one_share(
            account in "[0-9]{12}",
            users in vec("AIDA[A-Z2-7]{17}", 1..40),
            of in prop_oneof![1_u32..40, Just(u32::MAX)],
        ) {
            for user in users {
                // The one share that there must be, and of the others as many as can be looked at.
                let own = u32::try_from(number(&account, &user) % u64::from(of)).unwrap() + 1;
                let index = |index| Shard { index, of }.has(&account, &user);
                prop_assert!(index(own));
                let having = (1..=of.min(64)).filter(|other| index(*other)).collect::<Vec<_>>();
                prop_assert!(having.iter().all(|other| *other == own), "{having:?}");
                prop_assert!(of > 64 || having == [own]);
            }
        }
    }

    /// Chi-square: with N-1 degrees of freedom a sum of twice N is far beyond chance for none of these.
    #[test]
    fn shares_are_even() {
        let users: Vec<String> = (0..5_000).map(|user| format!("AIDA{user:017}")).collect();
        for of in [2_u32, 3, 7, 16, 50] {
            let sizes = shards(of)
                .into_iter()
                .map(|shard| users.iter().filter(|user| shard.has(ACCOUNT, user)).count());
            let even = 5_000.0 / f64::from(of);
            let chi: f64 = sizes.map(|size| (size as f64 - even).powi(2) / even).sum();
            assert!(chi < 2.0 * f64::from(of) + 8.0, "{of} shares: {chi}");
        }
    }

    #[test]
    fn what_is_no_share_is_told_so() {
        let told = |text: &str| text.parse::<Shard>().unwrap_err();
        assert_eq!(
            told("0/3"),
            "shares are counted from 1, so the first of 3 is 1/3: where an index begins at 0, add 1"
        );
        assert_eq!(told("4/3"), "there is no share 4 of 3: they are 1/3 to 3/3");
        assert_eq!(told("0/0"), "`0/0` is a share of no shares: they are 1/N to N/N");
        for text in ["a/b", "3", "", "/", "1/", "/3", "1/3/5", "-1/3", "+1/3", "1/4294967296", " 1/3"] {
            assert_eq!(told(text), format!("a share is I/N, such as 1/3, and not `{text}`"));
        }
        for text in ["1/1", "3/3", "4294967295/4294967295"] {
            assert_eq!(text.parse::<Shard>().unwrap().to_string(), text);
        }
    }
}
