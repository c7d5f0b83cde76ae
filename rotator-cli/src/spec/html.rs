//! SPEC.md as one page that needs nothing else.

use pulldown_cmark::{CodeBlockKind, CowStr, Event, Options, Parser, Tag, TagEnd, html::push_html};

use super::diagram::{DIAGRAMS, svg};
use super::{TEXT, sha256};
use crate::page::{escape, page};

/// Codes and numbers stay whole, and what is too wide is scrolled.
const STYLE: &str = "<style>\n.spec td, .spec th { overflow-wrap: normal; }\n\
                     .spec td:first-child, .spec td code { white-space: nowrap; }\n\
                     .spec td:not(:first-child) { min-width: 9rem; }\n\
                     .spec figure { margin: 1rem 0; }\n</style>\n";

/// The page. Diagrams are drawn, and links to files that are not at hand are left as text.
#[must_use]
pub fn html() -> String {
    let version = env!("CARGO_PKG_VERSION");
    let foot = format!(
        "<p><small>As rotator {version} carries it; SHA-256 of the text: <code>{}</code></small></p>\n",
        sha256()
    );
    let mut body = String::new();
    push_html(&mut body, events().into_iter());
    // The first heading is the page's.
    let (head, main) = body.split_once("</h1>\n").unwrap_or(("", &body));
    page(
        "The specification of rotator",
        &format!("{STYLE}<header>\n{head}</h1>\n{foot}</header>\n<main class=\"spec\">\n{main}</main>\n"),
    )
}

fn events() -> Vec<Event<'static>> {
    let mut events = Vec::new();
    // What a code block of Mermaid has said so far.
    let mut mermaid: Option<String> = None;
    // Whether each link that is open leads somewhere.
    let mut links = Vec::new();
    for event in Parser::new_ext(TEXT, Options::ENABLE_TABLES) {
        match (event, &mut mermaid) {
            (Event::Text(text), Some(block)) => block.push_str(&text),
            (Event::End(TagEnd::CodeBlock), Some(block)) => {
                let drawn = DIAGRAMS.iter().find(|diagram| diagram.mermaid() == *block).map(svg);
                let drawn = drawn.unwrap_or_else(|| format!("<pre>{}</pre>\n", escape(block)));
                events.push(Event::Html(CowStr::from(format!("<figure>\n{drawn}</figure>\n"))));
                mermaid = None;
            }
            (_, Some(_)) => {}
            (Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(kind))), None) if &*kind == "mermaid" => {
                mermaid = Some(String::new());
            }
            (Event::Start(Tag::Table(columns)), None) => {
                events.push(Event::Html(CowStr::from("<div class=\"scroll\" tabindex=\"0\">\n")));
                events.push(Event::Start(Tag::Table(columns)));
            }
            (Event::End(TagEnd::Table), None) => {
                events.push(Event::End(TagEnd::Table));
                events.push(Event::Html(CowStr::from("</div>\n")));
            }
            (Event::Start(tag @ Tag::Link { .. }), None) => {
                let Tag::Link { dest_url, .. } = &tag else { continue };
                let leads = dest_url.starts_with("https://") || dest_url.starts_with('#');
                links.push(leads);
                if leads {
                    events.push(Event::Start(tag));
                }
            }
            (Event::End(TagEnd::Link), None) => {
                if links.pop() == Some(true) {
                    events.push(Event::End(TagEnd::Link));
                }
            }
            // The marks around what the code has printed.
            (Event::Html(_) | Event::Start(Tag::HtmlBlock) | Event::End(TagEnd::HtmlBlock), None) => {}
            (event, None) => events.push(event),
        }
    }
    events
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_has_it_all_and_needs_nothing() {
        let page = html();
        let headings = TEXT.lines().filter(|line| line.starts_with('#')).count();
        let drawn: usize = (1..=4).map(|level| page.matches(&format!("<h{level}>")).count()).sum();
        assert_eq!(drawn, headings);
        assert_eq!(
            page.matches("<table>").count(),
            TEXT.lines().filter(|line| line.starts_with("| --- |")).count()
        );
        assert_eq!(page.matches("<svg ").count(), 2);
        assert_eq!(page.matches("<div class=\"scroll\"").count(), page.matches("</div>").count());
        for absent in ["stateDiagram", "<!-- ", "<script", "src=", "href=\"rotator/", "href=\"docs/"] {
            assert!(!page.contains(absent), "{absent}");
        }
        assert!(page.contains(&sha256()));
    }
}
