//! A plain table: columns as wide as their widest cell, two spaces between, nothing to parse around.

/// Lays rows out under their headings.
#[must_use]
pub fn table<const N: usize>(headings: [&str; N], rows: impl Iterator<Item = [String; N]>) -> String {
    let mut all = vec![headings.map(str::to_owned)];
    all.extend(rows);
    let mut widths = [0; N];
    for row in &all {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.chars().count());
        }
    }
    let lines = all.iter().map(|row| {
        let cells = row.iter().zip(widths).map(|(cell, width)| format!("{cell:<width$}"));
        cells.collect::<Vec<_>>().join("  ").trim_end().to_owned()
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// `3d`, `5h`, `12min`, `40s`: one unit, rounded down, for a table.
#[must_use]
pub fn short(span: std::time::Duration) -> String {
    match span.as_secs() {
        seconds @ ..60 => format!("{seconds}s"),
        seconds @ ..3_600 => format!("{}min", seconds / 60),
        seconds @ ..86_400 => format!("{}h", seconds / 3_600),
        seconds => format!("{}d", seconds / 86_400),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn columns_line_up() {
        let rows = [["ci".to_owned(), "done".to_owned()], ["deploy".to_owned(), "x".to_owned()]];
        assert_eq!(table(["USER", "IS"], rows.into_iter()), "USER    IS\nci      done\ndeploy  x");
    }

    #[test]
    fn spans_are_short() {
        let spans = [0, 59, 60, 3_599, 3_600, 86_399, 86_400 * 3].map(|s| short(Duration::from_secs(s)));
        assert_eq!(spans, ["0s", "59s", "1min", "59min", "1h", "23h", "3d"]);
    }
}
