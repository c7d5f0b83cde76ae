//! `iam-credential-rotation`: the ancestor's surface over the same driver.

use std::process::ExitCode;

use clap::Parser;
use rotator_cli::ancestor::{Asked, HELP, Misuse, USAGE, parse};
use rotator_cli::args::{Cli, Command};
use rotator_cli::assignment::Assignment;
use rotator_cli::commands::Ended;
use rotator_cli::commands::rotate::{Surface, run};
use rotator_cli::exit::Exit;
use rotator_cli::say;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let exit = match parse(std::env::args_os().skip(1)) {
        Ok(Asked::Nothing) => {
            say::err(HELP.trim_end());
            Exit::Usage
        }
        Ok(Asked::Help) => {
            say::out(HELP.trim_end());
            Exit::Done
        }
        Ok(Asked::Version) => {
            say::out(&format!("iam-credential-rotation, version {}", env!("CARGO_PKG_VERSION")));
            Exit::Done
        }
        Ok(Asked::Rotate { path, outfile }) => rotate(path, outfile).await,
        Err(Misuse { text, with_usage }) => {
            let above = if with_usage { USAGE } else { "" };
            say::err(&format!("{above}Error: {text}"));
            Exit::Usage
        }
    };
    ExitCode::from(exit.code())
}

/// A sentence about `rotator`'s options, for somebody who set its variables: `'--min-age <SPAN>'` is
/// `ROTATOR_MIN_AGE` here. Only the outfile is an option of both.
fn in_variables(text: &str) -> String {
    let pieces = text.split('\'').map(|piece| match piece.strip_prefix("--") {
        Some(option) if !option.starts_with("outfile") => {
            let name = option.split([' ', '=']).next().unwrap_or_default();
            format!("ROTATOR_{}", name.replace('-', "_").to_uppercase())
        }
        Some(_) | None => piece.to_owned(),
    });
    pieces.collect::<Vec<_>>().join("'")
}

async fn rotate(path: String, outfile: Option<String>) -> Exit {
    // The same options, out of the same environment variables, behind a command line that has none.
    let mut line = vec!["rotator".to_owned(), "rotate".to_owned()];
    line.extend(outfile.into_iter().map(|file| format!("--outfile={file}")));
    line.extend(["--".to_owned(), path]);
    let args = match Cli::try_parse_from(line) {
        Ok(Cli { command: Command::Rotate(args) }) => args,
        Ok(_) => return Exit::Usage,
        Err(error) => {
            let text = error.render().to_string();
            let first = text.lines().next().unwrap_or_default().trim_start_matches("error: ");
            say::err(&format!("Error: {}", in_variables(first)));
            return Exit::Usage;
        }
    };
    match run(vec![Assignment::of_ancestor(args)], Surface::Ancestor).await {
        Ok(exit) => exit,
        Err(ended) => {
            if let Ended::Usage(_) = &ended {
                say::err_now(USAGE);
            }
            ended.tell(true);
            ended.exit()
        }
    }
}
