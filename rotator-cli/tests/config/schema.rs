//! The schema says what the reading takes, and each option of `rotate` has its key.

use std::collections::BTreeSet;

use clap::CommandFactory;
use rotator_cli::args::Cli;
use rotator_cli::config::{keys, schema};
use serde_json::{Value, json};

use crate::check::GOOD;
use crate::kit::World;

fn names(properties: &Value) -> BTreeSet<String> {
    properties.as_object().unwrap().keys().cloned().collect()
}

#[test]
fn every_option_of_rotate_and_retire_has_its_key_and_each_key_its_option() {
    let cli = Cli::command();
    let mut options = BTreeSet::new();
    for command in ["rotate", "plan", "status", "retire"] {
        let command = cli.find_subcommand(command).unwrap();
        options.extend(command.get_arguments().filter_map(|one| one.get_long()).map(str::to_owned));
    }
    for (name, _) in keys::NOT_IN_A_FILE {
        assert!(options.remove(name), "{name} is an option no more");
    }
    let schema = schema::schema();
    assert_eq!(names(&schema["properties"]["defaults"]["properties"]), options);
    let own: BTreeSet<String> = keys::own().into_iter().map(|key| key.name).collect();
    let all: BTreeSet<String> = options.union(&own).cloned().collect();
    assert_eq!(names(&schema["properties"]["target"]["items"]["properties"]), all);
    assert!(options.is_disjoint(&own));
}

/// TOML as JSON, as far as a configuration has it.
fn as_json(text: &str) -> Value {
    fn value(of: &toml::de::DeValue<'_>) -> Value {
        match of {
            toml::de::DeValue::Table(table) => table
                .iter()
                .map(|(key, inner)| (key.get_ref().to_string(), value(inner.get_ref())))
                .collect::<serde_json::Map<_, _>>()
                .into(),
            toml::de::DeValue::Array(array) => array.iter().map(|inner| value(inner.get_ref())).collect(),
            toml::de::DeValue::Boolean(flag) => json!(flag),
            toml::de::DeValue::Integer(number) => json!(number.as_str().parse::<i64>().unwrap()),
            toml::de::DeValue::String(text) => json!(text),
            toml::de::DeValue::Float(_) | toml::de::DeValue::Datetime(_) => panic!("no key has one: {of:?}"),
        }
    }
    value(&toml::de::DeValue::Table(toml::de::DeTable::parse(text).unwrap().into_inner()))
}

#[test]
fn the_schema_takes_what_the_reading_takes_and_refuses_what_it_refuses() {
    let schema = schema::schema();
    assert!(jsonschema::meta::is_valid(&schema));
    let validator = jsonschema::draft202012::new(&schema).unwrap();
    let mut world = World::new();
    let base = "[[target]]\nname = 'a'\npath = 'ci'\nstore = 'ssm:x'\n";
    for (text, fine) in [
        (GOOD.to_owned(), true),
        (base.to_owned(), true),
        (format!("{base}max-users = 3\nrecursive = true\nadopt = 'never'\n"), true),
        (format!("{base}max-users = '3'\n"), false),
        (format!("{base}max-users = -3\n"), false),
        (format!("{base}recursive = 'yes'\n"), false),
        (format!("{base}adopt = 'always'\n"), false),
        (format!("{base}min_age = '3h'\n"), false),
        (format!("{base}paths = ['ci']\n"), false),
        (format!("{base}external-id = 'abc'\n"), false),
        (format!("{base}outfile = 'x'\n"), false),
        (format!("{base}tags = {{ a = 1 }}\n"), false),
        (format!("[defaults]\nname = 'a'\n{base}"), false),
        ("[[target]]\nname = 'a'\nstore = 'ssm:x'\n".to_owned(), false),
        ("[[target]]\npath = 'a'\nstore = 'ssm:x'\n".to_owned(), false),
        ("[defaults]\n".to_owned(), false),
    ] {
        assert_eq!(validator.is_valid(&as_json(&text)), fine, "the schema on {text}");
        world.write("rotator.toml", &text);
        let code = world.run("rotator config check").code;
        assert_eq!(code, Some(if fine { 0 } else { 2 }), "the reading of {text}");
    }
    let printed = world.run("rotator config schema");
    assert_eq!(serde_json::from_str::<Value>(&printed.stdout).unwrap(), schema);
}
