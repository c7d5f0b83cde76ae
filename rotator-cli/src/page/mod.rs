//! One self-contained HTML page: no script, nothing from elsewhere, readable in print, in the dark and
//! without colour.

/// The whole page around its body. `body` is HTML already.
#[must_use]
pub fn page(title: &str, body: &str) -> String {
    let title = escape(title);
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<title>{title}</title>\n</head>\n\
         <body>\n{body}</body>\n</html>\n"
    )
}

/// Text as HTML and SVG show it.
#[must_use]
pub fn escape(text: &str) -> String {
    quick_xml::escape::escape(text).into_owned()
}
