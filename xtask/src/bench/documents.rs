//! The saved figures as the documents show them.

/// Written by `cargo xtask bench --save`.
pub const FIGURES: &str = "docs/performance.json";

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::super::FORMAT;
    use super::super::report::Report;
    use super::FIGURES;

    /// Between `<!-- measured: NAME -->` and `<!-- end: measured -->`.
    const BLOCKS: [(&str, &str); 3] =
        [("docs/performance.md", "figures"), ("docs/performance.md", "trips"), ("README.md", "goals")];

    /// `cargo xtask docs` writes the tables that this test compares.
    #[test]
    fn the_documents_show_the_saved_figures() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let saved = std::fs::read_to_string(root.join(FIGURES)).unwrap();
        let report: Report = serde_json::from_str(&saved).unwrap();
        assert_eq!(report.format, FORMAT);
        for (file, name) in BLOCKS {
            let path = root.join(file);
            let text = std::fs::read_to_string(&path).unwrap();
            let (begin, end) = (format!("<!-- measured: {name} -->\n"), "<!-- end: measured -->");
            let (before, rest) = text.split_once(&begin).unwrap();
            let (_, after) = rest.split_once(end).unwrap();
            let block = match name {
                "trips" => report.markdown_ways(),
                "goals" => report.markdown_goals(),
                _ => report.markdown(),
            };
            let current = format!("{before}{begin}{block}{end}{after}");
            if std::env::var_os("UPDATE_DOCS").is_some() {
                std::fs::write(&path, current).unwrap();
            } else {
                assert!(text == current, "{file} is not current: run `cargo xtask docs`");
            }
        }
    }
}
