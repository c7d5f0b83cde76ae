//! Every format as a whole, over the account that has everything.

use crate::account::everything;
use crate::kit::{Ran, World};

const LINE: &str = "rotator audit ci --rotate-after 30d";

#[track_caller]
fn check(name: &str, world: &World, ran: &Ran) {
    let mut settings = insta::Settings::clone_current();
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    let home = std::fs::canonicalize(world.path(".")).unwrap();
    let text = format!("{}---\n{}exit {}", ran.stdout, ran.stderr, ran.code.unwrap());
    // The clock stands still, so times are told as they are.
    let text = text.replace(home.to_str().unwrap(), "[HOME]");
    settings.bind(|| insta::assert_snapshot!(name, text));
}

#[test]
fn each_format_as_a_whole() {
    for format in ["table", "json", "csv", "markdown", "sarif", "junit"] {
        let (mut world, hits) = everything();
        let ran = world.run(&format!("{LINE} --format {format}"));
        assert_eq!(
            hits.iter().map(rotator_cli::sandbox::Hits::count).collect::<Vec<_>>(),
            [1, 1],
            "{format}"
        );
        check(format, &world, &ran);
        // The same account, the same report.
        let (mut again, _) = everything();
        assert_eq!(again.run(&format!("{LINE} --format {format}")).stdout, ran.stdout, "{format}");
    }
}
