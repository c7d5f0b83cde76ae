//! Command line, environment, target, defaults, built in: key by key.

use rotator_cli::args::Cli;
use rotator_cli::config::keys::{self, Kind};
use rotator_cli::config::{Wanted, lay, load};

use clap::CommandFactory;
use std::fmt::Write as _;

use crate::kit::World;

/// Four values of each kind of key, from the weakest to the strongest.
fn values(key: &keys::Key) -> [String; 4] {
    let option = key.option.as_ref().unwrap();
    let all = |values: [&str; 4]| values.map(str::to_owned);
    match key.name.as_str() {
        "store" => all(["ssm:a", "ssm:b", "ssm:c", "ssm:d"]),
        "exec-served" => all(["a", "b", "c", "d"]),
        "with" => {
            all(["ses-smtp=eu-west-1", "ses-smtp=eu-west-2", "ses-smtp=eu-west-3", "ses-smtp=us-east-1"])
        }
        _ if key.kind == Kind::Flag => all(["false", "true", "false", "true"]),
        _ if key.kind == Kind::Count => all(["11", "12", "13", "14"]),
        _ if !option.values.is_empty() => {
            std::array::from_fn(|at| option.values[at % option.values.len()].clone())
        }
        _ if option.check("3h").is_ok() && option.check("config_three").is_err() => {
            all(["1h", "2h", "3h", "4h"])
        }
        _ => all(["w1", "w2", "w3", "w4"]),
    }
}

fn quoted(kind: Kind, value: &str) -> String {
    if kind == Kind::Text { format!("'{value}'") } else { value.to_owned() }
}

/// What clap would take, for one key said by so many of the four. The environment is a process's own, so the
/// program is asked, not a function.
#[test]
fn every_key_is_said_by_the_strongest() {
    let world = World::new();
    let mut asked = 0;
    for key in keys::options().iter().filter(|key| !["grace", "quarantine"].contains(&key.name.as_str())) {
        let option = key.option.as_ref().unwrap();
        let values = values(key);
        let shown = |key: &str, report: &serde_json::Value| {
            let name = match key {
                "store" | "outfile" => "pairs_go_to".to_owned(),
                other => other.replace('-', "_"),
            };
            report["targets"][0][&name].clone()
        };
        for strongest in 0..4 {
            // The command line has no place in `config check`; it is asked below.
            if strongest == 3 || (strongest == 2 && option.env.is_none()) {
                continue;
            }
            let said = |at: usize| if at <= strongest { Some(&values[at]) } else { None };
            let line = |value: Option<&String>| {
                value
                    .map_or_else(String::new, |value| format!("{} = {}\n", key.name, quoted(key.kind, value)))
            };
            let file = format!(
                "[defaults]\n{}[[target]]\nname = 'a'\npath = 'ci'\n{}",
                line(said(0)),
                line(said(1))
            );
            world.write("rotator.toml", &file);
            let mut command = world.command("ROTATOR_CONCURRENCY= rotator config check --json");
            if let (Some(value), Some(env)) = (said(2), &option.env) {
                command.env(env, value);
            }
            let out = command.output().unwrap();
            let report: serde_json::Value = serde_json::from_slice(&out.stdout)
                .unwrap_or_else(|_| panic!("{file}: {}", String::from_utf8_lossy(&out.stderr)));
            let shown = shown(&key.name, &report);
            if shown.is_null() || !report["errors"].as_array().unwrap().is_empty() {
                continue;
            }
            let wanted = &values[strongest];
            let got = shown.as_str().map_or_else(|| shown.to_string(), str::to_owned);
            assert_eq!(&got, wanted, "{} by {strongest}: {file}", key.name);
            asked += 1;
        }
    }
    // Keys that `config check` shows, three or two voices each.
    assert_eq!(asked, 29);
}

/// The command line over the file, and what nobody says, for every key there is.
#[test]
fn the_command_line_goes_before_the_file() {
    let world = World::new();
    let mut told = String::new();
    for key in keys::options() {
        let option = key.option.clone().unwrap();
        let command = if ["grace", "quarantine"].contains(&key.name.as_str()) { "retire" } else { "rotate" };
        let values = values(&key);
        let read = |file: &str, line: &[String]| {
            world.write("rotator.toml", file);
            let config = load(&world.path("rotator.toml"))
                .unwrap()
                .unwrap_or_else(|faults| panic!("{}", faults.text()));
            let mut words = vec!["rotator".to_owned(), command.to_owned(), "--all".to_owned()];
            words.extend(line.iter().cloned());
            let wanted = Wanted { command, line: words.iter().map(Into::into).collect(), names: Vec::new() };
            match lay(&config, &wanted) {
                Ok(laid) => format!("{:?} {:?}", laid[0].assignment.args, laid[0].assignment.retire),
                Err(wrong) => format!("{wrong:?}"),
            }
        };
        let target = "[[target]]\nname = 'a'\npath = 'ci'\n";
        let said = format!("{} = {}\n", key.name, quoted(key.kind, &values[1]));
        let line = match key.kind {
            Kind::Flag => vec![format!("--{}", key.name)],
            Kind::Count | Kind::Text | Kind::List | Kind::Pairs => {
                vec![format!("--{}={}", key.name, values[3])]
            }
        };
        let (nobody, by_target) = (read(target, &[]), read(&format!("{target}{said}"), &[]));
        let by_defaults = read(&format!("[defaults]\n{said}{target}"), &[]);
        let (alone, over) = (read(target, &line), read(&format!("{target}{said}"), &line));
        // Its own refusals tell where it stands.
        if by_target.starts_with("RotateArgs") {
            assert_eq!(by_target, by_defaults, "{}", key.name);
            assert_ne!(by_target, nobody, "{}: the file is not heard", key.name);
        } else {
            assert_ne!(by_target, nobody, "{}: the file is not heard", key.name);
        }
        if alone.starts_with("RotateArgs") {
            assert_eq!(alone, over, "{}: the command line goes before the file", key.name);
        }
        let default = option.default.as_deref().unwrap_or("-");
        let env = option.env.as_deref().unwrap_or("-");
        writeln!(told, "{:<13} {default:<8} {env}", key.name).unwrap();
    }
    insta::with_settings!({ prepend_module_to_snapshot => false, omit_expression => true }, {
        insta::assert_snapshot!("precedence", told);
    });
    Cli::command().debug_assert();
}

#[test]
fn a_place_replaces_the_weaker_ones_place() {
    let mut world = World::new();
    let file = "[defaults]\nstore = 'exec:put {user}'\nexec-served = 'served {user}'\n\
                [[target]]\nname = 'a'\npath = 'a'\n\
                [[target]]\nname = 'b'\npath = 'b'\noutfile = 'b.json'\nhandover = 'confirm'\n";
    world.write("rotator.toml", file);
    assert_eq!(world.run("rotator config check").code, Some(0));
    world.tell("# a document from the environment, for both: refused, since both would write there");
    assert_eq!(world.run("ROTATOR_OUTFILE=c.json rotator config check").code, Some(2));
    world.tell("# a store from the environment: the document of the file goes, and its handover");
    assert_eq!(world.run("ROTATOR_STORE='ssm:x/{user}' rotator config check").code, Some(0));
    assert_eq!(world.run("ROTATOR_STORE='exec:other {user}' rotator config check").code, Some(0));
    world.check("config_place");
}
