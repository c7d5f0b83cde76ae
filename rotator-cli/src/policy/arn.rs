//! ARNs of users, secrets, parameters and KMS keys, with wildcards for what is not known beforehand.

use serde_json::{Value, json};

/// Where the resources are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Where {
    /// Twelve digits, if they are known.
    pub account: Option<String>,
    /// The region, if one is known.
    pub region: Option<String>,
    /// `aws`, `aws-cn`, …
    pub partition: String,
}

/// The partition that a region is in (AWS SDKs, `partitions.json`: the regions' prefixes).
#[must_use]
pub fn partition_of(region: Option<&str>) -> &'static str {
    let begins = |prefix: &str| region.is_some_and(|region| region.starts_with(prefix));
    match () {
        () if begins("cn-") => "aws-cn",
        () if begins("us-gov-") => "aws-us-gov",
        () if begins("eusc-") => "aws-eusc",
        () if begins("us-iso-") => "aws-iso",
        () if begins("us-isob-") => "aws-iso-b",
        () if begins("eu-isoe-") => "aws-iso-e",
        () if begins("us-isof-") => "aws-iso-f",
        () => "aws",
    }
}

/// Whose resources are meant.
pub(super) struct Names<'a> {
    /// With slashes at both ends.
    pub(super) path: &'a str,
    pub(super) recursive: bool,
    pub(super) place: &'a Where,
}

impl Names<'_> {
    /// The users on the path, and those below it: a wildcard matches slashes too (IAM user guide, "IAM JSON
    /// policy elements: Resource").
    pub(super) fn users(&self) -> Vec<String> {
        let Where { partition, .. } = self.place;
        vec![format!("arn:{partition}:iam::{}:user{}*", self.account(), literal(self.path))]
    }

    /// A secret's ARN ends in a hyphen and six characters that nobody knows before it is made (Secrets Manager
    /// user guide, "Resource types").
    pub(super) fn secrets(&self, template: &str) -> Vec<String> {
        if template.starts_with("arn:") {
            return self.filled(template);
        }
        let names = self.filled(template).into_iter();
        names.map(|name| format!("{}secret:{name}-??????", self.regional("secretsmanager"))).collect()
    }

    /// A parameter's name that begins with a slash has just that one after `parameter` (Systems Manager user
    /// guide, "Restricting access to Parameter Store parameters using IAM policies").
    pub(super) fn parameters(&self, template: &str) -> Vec<String> {
        let names = self.filled(template).into_iter();
        names
            .map(|name| format!("{}parameter/{}", self.regional("ssm"), name.trim_start_matches('/')))
            .collect()
    }

    /// A KMS key by its ARN. An alias is no key's name in a policy (KMS developer guide, "Specifying KMS keys
    /// in IAM policy statements"), so with one it is every key that passes the condition.
    pub(super) fn kms(&self, key: &str) -> Vec<String> {
        vec![match alias(key) {
            Some(_) if key.starts_with("arn:") => {
                let before: Vec<_> = key.splitn(6, ':').take(5).collect();
                format!("{}:key/*", before.join(":"))
            }
            Some(_) => format!("{}key/*", self.regional("kms")),
            None if key.starts_with("arn:") => literal(key),
            None => format!("{}key/{}", self.regional("kms"), literal(key)),
        }]
    }

    /// The key has that alias (KMS developer guide, "kms:ResourceAliases"), and it is this service that uses it
    /// for us (the same, "kms:ViaService", whose names are sure in the commercial partition).
    pub(super) fn kms_if(&self, key: &str, service: &str) -> Value {
        let mut condition = serde_json::Map::new();
        if let (Some(region), "aws") = (&self.place.region, self.place.partition.as_str()) {
            let via = format!("{service}.{region}.amazonaws.com");
            condition.insert("StringEquals".to_owned(), json!({"kms:ViaService": via}));
        }
        if let Some(alias) = alias(key) {
            condition.insert(
                "ForAnyValue:StringEquals".to_owned(),
                json!({"kms:ResourceAliases": literal(alias)}),
            );
        }
        if condition.is_empty() { Value::Null } else { Value::Object(condition) }
    }

    /// One name that the template may come to, to see whether it can be one.
    pub(super) fn example(&self, template: &str) -> String {
        let account = self.place.account.as_deref().unwrap_or("111122223333");
        let path = self.path.trim_matches('/');
        template.replace("{user}", "user").replace("{path}", path).replace("{account}", account)
    }

    /// A user's path is the one that is named, or with those below it one that begins so.
    fn filled(&self, template: &str) -> Vec<String> {
        let path = self.path.trim_matches('/');
        let paths = match (self.recursive, path) {
            (false, path) => vec![literal(path)],
            (true, "") => vec!["*".to_owned()],
            (true, path) => vec![literal(path), format!("{}/*", literal(path))],
        };
        let template = literal(template).replace("{user}", "*").replace("{account}", self.account());
        if template.contains("{path}") {
            paths.iter().map(|path| template.replace("{path}", path)).collect()
        } else {
            vec![template]
        }
    }

    fn regional(&self, service: &str) -> String {
        let Where { region, partition, .. } = self.place;
        format!("arn:{partition}:{service}:{}:{}:", region.as_deref().unwrap_or("*"), self.account())
    }

    fn account(&self) -> &str {
        self.place.account.as_deref().unwrap_or("*")
    }
}

/// What a policy reads as the text itself (IAM user guide, "IAM policy elements: Variables and tags": `${*}`,
/// `${?}` and `${$}` stand for the special characters).
fn literal(text: &str) -> String {
    let letters = text.chars().map(|letter| match letter {
        '*' | '?' | '$' => format!("${{{letter}}}"),
        other => other.to_string(),
    });
    letters.collect()
}

/// The alias in a KMS key's name, if it is one.
fn alias(key: &str) -> Option<&str> {
    let resource = if key.starts_with("arn:") { key.splitn(6, ':').nth(5)? } else { key };
    resource.starts_with("alias/").then_some(resource)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(region: Option<&str>) -> Where {
        let partition = partition_of(region).to_owned();
        Where { account: Some("111122223333".to_owned()), region: region.map(str::to_owned), partition }
    }

    #[test]
    fn a_partition_follows_from_the_region() {
        for (region, partition) in [
            (None, "aws"),
            (Some("eu-central-1"), "aws"),
            (Some("cn-north-1"), "aws-cn"),
            (Some("us-gov-west-1"), "aws-us-gov"),
            (Some("eusc-de-east-1"), "aws-eusc"),
            (Some("us-isob-east-1"), "aws-iso-b"),
        ] {
            assert_eq!(partition_of(region), partition);
        }
    }

    #[test]
    fn a_path_may_hold_what_is_a_wildcard_elsewhere() {
        let place = place(None);
        let names = Names { path: "/a*b?$/", recursive: false, place: &place };
        assert_eq!(names.users(), ["arn:aws:iam::111122223333:user/a${*}b${?}${$}/*"]);
    }

    #[test]
    fn a_place_becomes_arns() {
        let place = place(Some("eu-central-1"));
        let names = |recursive| Names { path: "/ci/", recursive, place: &place };
        let secret = "arn:aws:secretsmanager:eu-central-1:111122223333:secret:";
        assert_eq!(names(false).secrets("{path}/{user}/aws"), [format!("{secret}ci/*/aws-??????")]);
        let both = ["ci/*", "ci/*/*"].map(|name| format!("{secret}{name}-??????"));
        assert_eq!(names(true).secrets("{path}/{user}"), both);
        let parameter = "arn:aws:ssm:eu-central-1:111122223333:parameter/";
        for (template, name) in
            [("/ci/{user}", "ci/*"), ("{account}-{user}", "111122223333-*"), ("one", "one")]
        {
            assert_eq!(names(false).parameters(template), [format!("{parameter}{name}")]);
        }
        let root = Names { path: "/", recursive: true, place: &place };
        assert_eq!(root.parameters("/x/{path}/{user}"), [format!("{parameter}x/*/*")]);
    }

    #[test]
    fn a_kms_key_is_named_in_each_of_its_forms() {
        let place = place(Some("eu-central-1"));
        let names = Names { path: "/ci/", recursive: false, place: &place };
        let arn = "arn:aws:kms:eu-central-1:111122223333:";
        assert_eq!(names.kms("1234-ab"), [format!("{arn}key/1234-ab")]);
        assert_eq!(names.kms(&format!("{arn}key/1234-ab")), [format!("{arn}key/1234-ab")]);
        let via = json!({"kms:ViaService": "ssm.eu-central-1.amazonaws.com"});
        assert_eq!(names.kms_if("1234-ab", "ssm"), json!({"StringEquals": via}));
        for key in ["alias/ci", &format!("{arn}alias/ci")] {
            assert_eq!(names.kms(key), [format!("{arn}key/*")]);
            let has = json!({"kms:ResourceAliases": "alias/ci"});
            let both = json!({"StringEquals": via, "ForAnyValue:StringEquals": has});
            assert_eq!(names.kms_if(key, "ssm"), both);
        }
    }
}
