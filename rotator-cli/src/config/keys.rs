//! Every key of the configuration file, once.

use clap::builder::ValueParser;
use clap::{Arg, ArgAction, Command, CommandFactory};

use crate::args::Cli;

/// What TOML calls the value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// `true` or `false`
    Flag,
    /// A whole number.
    Count,
    /// A string.
    Text,
    /// An array of strings.
    List,
    /// A table of strings.
    Pairs,
}

impl Kind {
    /// For a person: `a string`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Flag => "true or false",
            Self::Count => "a whole number",
            Self::Text => "a string",
            Self::List => "an array of strings",
            Self::Pairs => "a table of strings",
        }
    }
}

/// One key.
#[derive(Debug, Clone)]
pub struct Key {
    /// As it stands in the file; an option's long name.
    pub name: String,
    /// The type of its value.
    pub kind: Kind,
    /// What it means, in one sentence.
    pub says: String,
    /// The command line's own reading of it; `None` for what has no option.
    pub option: Option<Reader>,
}

/// An option of the command line.
#[derive(Debug, Clone)]
pub struct Reader {
    /// clap's name for it.
    pub id: String,
    /// How its value is read.
    pub parser: ValueParser,
    /// What it may be, if that is a list.
    pub values: Vec<String>,
    /// What it is if nobody says anything.
    pub default: Option<String>,
    /// Its environment variable.
    pub env: Option<String>,
}

/// Options that a file cannot set: which targets, and what the one who starts a run says about this run.
pub const NOT_IN_A_FILE: [(&str, &str); 7] = [
    ("all", "whoever starts a run says which targets"),
    ("target", "whoever starts a run says which targets"),
    ("config", "a file does not name itself"),
    ("shard", "each run has another share"),
    ("dry-run", "whoever starts a run says whether it changes anything"),
    ("json", "whoever starts a run knows who reads its report"),
    ("yes", "a question is answered by whoever starts the run"),
];

/// Keys that only a target has; [`options`] are keys of `[defaults]` and of targets.
const OWN: [(&str, Kind, &str); 9] = [
    ("name", Kind::Text, "The target's name, for --target and reports"),
    ("path", Kind::Text, "The path of the machine users"),
    ("paths", Kind::List, "Several paths, in the place of `path`"),
    ("include", Kind::List, "Only users whose name fits one of these globs"),
    ("exclude", Kind::List, "No user whose name fits one of these globs"),
    ("tags", Kind::Pairs, "Only users that have all of these IAM tags; takes iam:ListUserTags for each user"),
    ("role-arn", Kind::Text, "The role that is assumed in the account"),
    ("external-id", Kind::Text, "The external id that the role's trust policy asks for"),
    ("session-name", Kind::Text, "The role session's name in CloudTrail [default: rotator]"),
];

/// Keys of a target alone.
#[must_use]
pub fn own() -> Vec<Key> {
    let key = |(name, kind, says): (&str, Kind, &str)| Key {
        name: name.to_owned(),
        kind,
        says: says.to_owned(),
        option: None,
    };
    OWN.map(key).into()
}

/// The options of `rotate` and `retire` that a file can set, in the order of the command line's help.
#[must_use]
pub fn options() -> Vec<Key> {
    let cli = Cli::command();
    let mut keys: Vec<Key> = Vec::new();
    for name in ["rotate", "retire"] {
        let arguments = cli.find_subcommand(name).into_iter().flat_map(Command::get_arguments);
        for argument in arguments {
            let Some(key) = key(argument) else { continue };
            let left_out = NOT_IN_A_FILE.iter().any(|(name, _)| *name == key.name);
            if !left_out && keys.iter().all(|other| other.name != key.name) {
                keys.push(key);
            }
        }
    }
    keys
}

fn key(argument: &Arg) -> Option<Key> {
    let name = argument.get_long()?.to_owned();
    let parser = argument.get_value_parser().clone();
    let flag = matches!(argument.get_action(), ArgAction::SetTrue);
    let kind = match flag {
        true => Kind::Flag,
        false if parser.type_id() == ValueParser::from(clap::value_parser!(usize)).type_id() => Kind::Count,
        false => Kind::Text,
    };
    let values = argument.get_possible_values();
    let values = match flag {
        true => Vec::new(),
        false => values.iter().map(|value| value.get_name().to_owned()).collect(),
    };
    let default = argument.get_default_values().first().map(|value| value.to_string_lossy().into_owned());
    let reader = Reader {
        id: argument.get_id().to_string(),
        parser,
        values,
        default: default.filter(|_| !flag),
        env: argument.get_env().map(|name| name.to_string_lossy().into_owned()),
    };
    let says = argument.get_help().map(ToString::to_string).unwrap_or_default();
    Some(Key { name, kind, says, option: Some(reader) })
}

impl Reader {
    /// Whether the command line would take this value.
    ///
    /// # Errors
    /// Why not, in clap's own words, and what it could be instead.
    pub fn check(&self, value: &str) -> Result<(), (String, Option<String>)> {
        use clap::error::{ContextKind, ContextValue, ErrorKind};

        let parser = self.parser.clone();
        let alone = Command::new("value").arg(Arg::new("value").long("value").value_parser(parser));
        let Err(error) = alone.try_get_matches_from(["value", &format!("--value={value}")]) else {
            return Ok(());
        };
        if matches!(error.kind(), ErrorKind::InvalidValue) {
            let meant = match error.get(ContextKind::SuggestedValue) {
                Some(ContextValue::String(meant)) => Some(format!("did you mean `{meant}`?")),
                Some(_) | None => None,
            };
            let says = format!("it is one of {}, and not `{value}`", self.values.join(", "));
            return Err((says, meant));
        }
        let why = std::error::Error::source(&error).map(ToString::to_string);
        Err((why.unwrap_or_else(|| "this value is not understood".to_owned()), None))
    }
}

/// The nearest of these words, if one is near.
#[must_use]
pub fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let plain = word.to_ascii_lowercase().replace('_', "-");
    let near = |other: &'a str| (strsim::jaro_winkler(&plain, other), other);
    let best = known.into_iter().map(near).max_by(|(a, _), (b, _)| a.total_cmp(b));
    best.filter(|(near, _)| *near > 0.8).map(|(_, other)| other)
}

/// All keys for the documents, as a table.
#[must_use]
pub fn table() -> String {
    let row = |key: &Key, place: &str| {
        let (env, default) = match &key.option {
            Some(option) => (option.env.clone(), option.default.clone()),
            None => (None, None),
        };
        let code = |text: Option<String>| text.map_or_else(String::new, |text| format!("`{text}`"));
        let says = key.says.replace('|', "\\|").replace('\n', " ");
        format!(
            "| `{}` | {} | {place} | {} | {} | {says} |\n",
            key.name,
            key.kind.name(),
            code(default),
            code(env)
        )
    };
    let own: String = own().iter().map(|key| row(key, "target")).collect();
    let options: String = options().iter().map(|key| row(key, "both")).collect();
    format!(
        "| key | value | stands in | default | variable | meaning |\n| --- | --- | --- | --- | --- | --- |\n{own}{options}"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_words_are_found_and_far_ones_are_not() {
        assert_eq!(nearest("min_age", ["min-age", "stray-after"]), Some("min-age"));
        assert_eq!(nearest("mim-age", ["min-age", "stray-after"]), Some("min-age"));
        assert_eq!(nearest("colour", ["min-age", "stray-after"]), None);
    }
}
