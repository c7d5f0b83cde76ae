//! The surface of the Python tool `iam-credential-rotation` 0.2.2, to the letter: its arguments, its help,
//! its usage errors. What it does underneath is `rotator rotate`.

use std::ffi::OsString;

/// The help text.
pub const HELP: &str = "\
Usage: iam-credential-rotation [OPTIONS] PATH

  For machine account AWS IAM Users on PATH, perform credential rotation using
  CURRENT/LAST two-key pattern. Outputs list of updated users/credentials for
  processing and storage in secure location.

Options:
  -o, --outfile TEXT  Write results to TEXT file
  --version           Show the version and exit.
  --help              Show this message and exit.
";

/// What stands above a usage error.
pub const USAGE: &str = "\
Usage: iam-credential-rotation [OPTIONS] PATH
Try 'iam-credential-rotation --help' for help.

";

const OPTIONS: [&str; 3] = ["--outfile", "--version", "--help"];

/// What the arguments ask for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Asked {
    /// No arguments at all: the help, as an error.
    Nothing,
    /// The help.
    Help,
    /// The version.
    Version,
    /// A rotation.
    Rotate {
        /// As given; the ancestor puts slashes around it.
        path: String,
        /// A bare file name.
        outfile: Option<String>,
    },
}

/// A usage error: its text, and whether the usage stands above it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Misuse {
    /// The sentence behind `Error: `.
    pub text: String,
    /// Whether click prints the usage above it.
    pub with_usage: bool,
}

/// Reads the arguments as click does.
///
/// # Errors
/// [`Misuse`], in click's words.
pub fn parse(args: impl Iterator<Item = OsString>) -> Result<Asked, Misuse> {
    let args: Vec<String> = args.map(|arg| arg.to_string_lossy().into_owned()).collect();
    if args.is_empty() {
        return Ok(Asked::Nothing);
    }
    let mut given = Given::default();
    let mut rest = args.into_iter();
    while let Some(arg) = rest.next() {
        match arg.as_str() {
            "--" => given.paths.extend(rest.by_ref()),
            _ if arg.starts_with("--") => given.long(&arg, &mut rest)?,
            _ if arg.starts_with('-') && arg.len() > 1 => given.short(&arg, &mut rest)?,
            _ => given.path(arg),
        }
    }
    given.check()
}

#[derive(Default)]
struct Given {
    help: bool,
    version: bool,
    outfile: Option<String>,
    paths: Vec<String>,
    outfile_first: bool,
}

impl Given {
    fn path(&mut self, path: String) {
        self.paths.push(path);
    }

    fn outfile(&mut self, name: String) {
        self.outfile_first = self.paths.is_empty();
        self.outfile = Some(name);
    }

    fn long(&mut self, arg: &str, rest: &mut impl Iterator<Item = String>) -> Result<(), Misuse> {
        let (name, value) = match arg.split_once('=') {
            Some((name, value)) => (name, Some(value.to_owned())),
            None => (arg, None),
        };
        match (name, value) {
            ("--outfile", Some(value)) => self.outfile(value),
            ("--outfile", None) => match rest.next() {
                Some(value) => self.outfile(value),
                None => return Err(bare(format!("Option '{name}' requires an argument."))),
            },
            ("--help" | "--version", Some(_)) => {
                return Err(bare(format!("Option '{name}' does not take a value.")));
            }
            ("--help", None) => self.help = true,
            ("--version", None) => self.version = true,
            (_, _) => {
                let close = OPTIONS.iter().find(|option| name.len() > 3 && option.starts_with(name));
                let hint = close.map(|option| format!(" Did you mean '{option}'?")).unwrap_or_default();
                return Err(usage(format!("No such option '{name}'.{hint}")));
            }
        }
        Ok(())
    }

    fn short(&mut self, arg: &str, rest: &mut impl Iterator<Item = String>) -> Result<(), Misuse> {
        match arg.strip_prefix("-o") {
            Some("") => match rest.next() {
                Some(value) => self.outfile(value),
                None => return Err(bare("Option '-o' requires an argument.".into())),
            },
            Some(value) => self.outfile(value.to_owned()),
            None => {
                let letter = arg.chars().nth(1).unwrap_or('-');
                return Err(usage(format!("No such option '-{letter}'.")));
            }
        }
        Ok(())
    }

    fn check(self) -> Result<Asked, Misuse> {
        if self.help {
            return Ok(Asked::Help);
        }
        if self.version {
            return Ok(Asked::Version);
        }
        let mut paths = self.paths.into_iter();
        let path = paths.next();
        let extra: Vec<String> = paths.collect();
        // click looks at each value in the order in which it was given.
        if self.outfile_first {
            check_outfile(self.outfile.as_deref())?;
        }
        let Some(path) = path else { return Err(usage("Missing argument 'PATH'.".into())) };
        check_path(&path)?;
        check_outfile(self.outfile.as_deref())?;
        match extra.as_slice() {
            [] => Ok(Asked::Rotate { path, outfile: self.outfile }),
            [one] => Err(usage(format!("Got unexpected extra argument ({one})"))),
            more => Err(usage(format!("Got unexpected extra arguments ({})", more.join(" ")))),
        }
    }
}

fn check_path(path: &str) -> Result<(), Misuse> {
    if path.is_ascii() && (2..=64).contains(&path.len()) {
        return Ok(());
    }
    Err(usage("Invalid value for 'PATH': invalid PATH for IAM Users".into()))
}

/// A bare file name that any system takes, as the ancestor's library has it.
fn check_outfile(name: Option<&str>) -> Result<(), Misuse> {
    const RESERVED: [&str; 4] = ["CON", "PRN", "AUX", "NUL"];
    let Some(name) = name else { return Ok(()) };
    let invalid = |why: String| {
        Err(usage(format!("Invalid value for '-o' / '--outfile': Invalid outfile filename: {why}")))
    };
    if name.is_empty() {
        return invalid("reason=NULL_NAME, description=the value must be a not empty".into());
    }
    if name.len() > 255 {
        let actual = name.len();
        return invalid(format!(
            "filename is too long: expected<=255, actual={actual}, reason=INVALID_LENGTH"
        ));
    }
    let mut bad: Vec<String> = Vec::new();
    for letter in name.chars().filter(|letter| letter.is_control() || "/\\:*?\"<>|".contains(*letter)) {
        let quoted = format!("{letter:?}");
        if !bad.contains(&quoted) {
            bad.push(quoted);
        }
    }
    if !bad.is_empty() {
        let value = format!("{name:?}").replace('"', "'");
        return invalid(format!(
            "invalid char found: invalids=({}), value={value}, reason=INVALID_CHARACTER, target-platform=Windows",
            bad.join(", ")
        ));
    }
    let stem = name.split('.').next().unwrap_or_default().to_ascii_uppercase();
    if RESERVED.contains(&stem.as_str()) {
        return invalid(format!(
            "'{name}' is a reserved name, reason=RESERVED_NAME, target-platform=universal, reusable_name=False"
        ));
    }
    Ok(())
}

fn usage(text: String) -> Misuse {
    Misuse { text, with_usage: true }
}

fn bare(text: String) -> Misuse {
    Misuse { text, with_usage: false }
}
