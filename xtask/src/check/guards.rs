//! Takes out each guard of the shipped source, one at a time, and looks which claim then fails: all of
//! the maimed copies are one scratch program, so they are compiled once.

use std::fmt::Write;
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::Stdio;

use anyhow::{Context, Result, ensure};
use rotator::model::{Caught, Guard, guards};

use super::{Effort, Figure};
use crate::cargo;

const CAUGHT: &str = "rotator/src/model/caught.rs";

/// The deep form walks every standard row without each guard and compares what fails first with what is
/// written down; or writes it down, where `UPDATE_PINS` is set. The short one walks the row that is
/// written down.
pub fn run(effort: Effort) -> Result<Vec<Figure>> {
    let root = cargo::workspace();
    let scratch = cargo::target_directory()?.join("guards");
    write_program(root, &scratch)?;
    let mut command = cargo::command(&["run", "--quiet", "--release", "--manifest-path"]);
    command.arg(scratch.join("Cargo.toml")).env("CARGO_TARGET_DIR", scratch.join("target"));
    let update_pins = std::env::var_os("UPDATE_PINS").is_some();
    if effort == Effort::Short && !update_pins {
        command.args(["--", "--as-written-down"]);
    }
    let mut program = command.stdout(Stdio::piped()).spawn().context("cannot run cargo")?;
    let mut found = String::new();
    for line in program.stdout.take().map(BufReader::new).into_iter().flat_map(BufRead::lines) {
        let line = line.context("its answer is not UTF-8")?;
        if effort == Effort::Deep || update_pins {
            println!("{line}");
        }
        writeln!(found, "{line}")?;
    }
    ensure!(program.wait()?.success(), "the program without guards does not run");
    if update_pins {
        return update(root, &found);
    }
    let mut wrong = String::new();
    for (guard, line) in guards().zip(found.lines()) {
        let expected = match guard.caught() {
            Some(Caught::Test(_)) => line_of(guard, None),
            caught => line_of(guard, caught),
        };
        if line != expected {
            writeln!(wrong, "found    {line}\nexpected {expected}")?;
        }
    }
    ensure!(found.lines().count() == guards().count(), "some guards were left out");
    ensure!(wrong.is_empty(), "not as written down:\n{wrong}");
    let caught = |is: fn(&Caught) -> bool| {
        guards().filter(|guard| guard.caught().is_some_and(|caught| is(&caught))).count()
    };
    Ok(vec![
        Figure::new("guards taken out", guards().count()),
        Figure::new("a world breaks a claim", caught(|caught| matches!(caught, Caught::World { .. }))),
        Figure::new("an observation breaks a claim", caught(|caught| matches!(caught, Caught::Point { .. }))),
        Figure::new("a named test fails", caught(|caught| matches!(caught, Caught::Test(_)))),
    ])
}

/// `name: row claim steps`, as the scratch program prints it.
fn line_of(guard: &Guard, caught: Option<Caught>) -> String {
    let name = guard.name;
    match caught {
        Some(Caught::World { row, claim, steps }) => format!("{name}: world {row} {claim} {steps}"),
        Some(Caught::Point { claim }) => format!("{name}: point {claim}"),
        Some(Caught::Test(_)) | None => format!("{name}: nothing"),
    }
}

fn update(root: &Path, found: &str) -> Result<Vec<Figure>> {
    let path = root.join(CAUGHT);
    let old = fs::read_to_string(&path)?;
    let (head, _) = old.split_once("= &[").context("caught.rs has no table")?;
    let mut new = format!("{head}= &[\n");
    for (guard, line) in guards().zip(found.lines()) {
        let words: Vec<_> = line.split_whitespace().collect();
        let caught = match (words.as_slice(), guard.caught()) {
            ([_, "world", row, claim, steps], _) => {
                format!("Caught::World {{ row: {row:?}, claim: {claim:?}, steps: {steps} }}")
            }
            ([_, "point", claim], _) => format!("Caught::Point {{ claim: {claim:?} }}"),
            (_, Some(Caught::Test(test))) => format!("Caught::Test({test:?})"),
            (_, _) => continue,
        };
        writeln!(new, "    ({:?}, {caught}),", guard.name)?;
    }
    new.push_str("];\n");
    fs::write(&path, new)?;
    Ok(Vec::new())
}

/// A program with one maimed copy of `decide` for each guard.
fn write_program(root: &Path, scratch: &Path) -> Result<()> {
    let sources = scratch.join("src");
    fs::create_dir_all(&sources)?;
    let manifest = format!(
        "[package]\nname = \"guards\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[workspace]\n\n[dependencies]\n\
         rotator = {{ path = {:?}, features = [\"model\"] }}\n\n[profile.release]\ndebug-assertions = true\n",
        root.join("rotator")
    );
    fs::write(scratch.join("Cargo.toml"), manifest)?;
    let mut main = String::from("#![allow(warnings)]\nextern crate alloc;\n");
    let mut table = String::new();
    for (number, guard) in guards().enumerate() {
        let mut module = String::new();
        for file in ["decide", "goals", "dates"] {
            let source = fs::read_to_string(root.join(format!("rotator/src/{file}.rs")))?;
            let source = if guard.file == file { without(guard, source)? } else { source };
            // The module's documentation stands at its beginning, where a copy has none.
            let code: String = source
                .lines()
                .filter(|line| !line.starts_with("//"))
                .fold(String::new(), |all, line| all + line + "\n");
            let code = code
                .replace("crate::dates", "super::dates")
                .replace("crate::goals", "super::goals")
                .replace("use crate::{", "use rotator::{");
            writeln!(module, "pub mod {file} {{\n{code}}}")?;
        }
        fs::write(sources.join(format!("g{number}.rs")), module)?;
        writeln!(main, "mod g{number};")?;
        write!(table, "g{number}::decide::decide, ")?;
    }
    write!(main, "{}", MAIN.replace("TABLE", &table))?;
    fs::write(sources.join("main.rs"), main)?;
    Ok(())
}

/// The source without the guard.
fn without(guard: &Guard, source: String) -> Result<String> {
    guard.edits.iter().try_fold(source, |source, (find, replace)| {
        let count = source.matches(find).count();
        ensure!(count == 1, "`{}` of the guard {} is {count} times in {}.rs", find, guard.name, guard.file);
        Ok(source.replacen(find, replace, 1))
    })
}

const MAIN: &str = r#"
use rotator::model::{Caught, catch, guards, is_caught};

fn main() {
    let decides: &[fn(&rotator::Observation, &rotator::Policy) -> rotator::Decision] = &[TABLE];
    let only: Vec<_> = std::env::args().skip(1).collect();
    for (guard, decide) in guards().zip(decides) {
        let short = only == ["--as-written-down"];
        if !short && !only.is_empty() && !only.iter().any(|name| name == guard.name) {
            continue;
        }
        let name = guard.name;
        if short {
            let holds = guard.caught().and_then(|caught| Some((caught, is_caught(caught, *decide)?)));
            match holds {
                Some((Caught::World { row, claim, steps }, true)) => println!("{name}: world {row} {claim} {steps}"),
                Some((Caught::Point { claim }, true)) => println!("{name}: point {claim}"),
                Some((_, _)) => println!("{name}: something else"),
                None => println!("{name}: nothing"),
            }
            continue;
        }
        match catch(*decide) {
            Some((Caught::World { row, claim, steps }, story)) => {
                println!("{name}: world {row} {claim} {steps}");
                story.iter().filter(|_| !only.is_empty()).for_each(|line| println!("  {line}"));
            }
            Some((Caught::Point { claim }, story)) => {
                println!("{name}: point {claim}");
                story.iter().filter(|_| !only.is_empty()).for_each(|line| println!("  {line}"));
            }
            Some((Caught::Test(_), _)) | None => println!("{name}: nothing"),
        }
    }
}
"#;

#[cfg(test)]
mod tests {
    use super::*;

    /// An edit of the source that misses a guard would take out nothing.
    #[test]
    fn each_guard_stands_where_the_table_says() {
        let root = cargo::workspace();
        for guard in guards() {
            let source = fs::read_to_string(root.join(format!("rotator/src/{}.rs", guard.file))).unwrap();
            let maimed = without(guard, source.clone()).unwrap();
            assert_ne!(maimed, source, "{}", guard.name);
        }
    }

    #[test]
    fn each_guard_is_needed_by_something() {
        let idle: Vec<_> =
            guards().filter(|guard| guard.caught().is_none()).map(|guard| guard.name).collect();
        assert!(idle.is_empty(), "{idle:?}");
    }
}
