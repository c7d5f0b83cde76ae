//! The few lines of XML that the Query protocol needs.

/// `<tag>text</tag>`, with the text escaped.
pub(super) fn text(tag: &str, text: &str) -> String {
    wrap(tag, &escape(text))
}

/// `<tag>inner</tag>` around what is XML already.
pub(super) fn wrap(tag: &str, inner: &str) -> String {
    format!("<{tag}>{inner}</{tag}>")
}

/// `<tag><member>…</member>…</tag>`.
pub(super) fn list(tag: &str, members: impl IntoIterator<Item = String>) -> String {
    let members: String = members.into_iter().map(|inner| wrap("member", &inner)).collect();
    wrap(tag, &members)
}

fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&apos;"),
            // Not in XML 1.0 at all, even as a reference.
            control if control.is_control() && !"\t\n\r".contains(control) => {
                escaped.push('\u{FFFD}');
            }
            plain => escaped.push(plain),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_cannot_break_out_of_its_element() {
        assert_eq!(
            text("Value", "<a b='c'>&\"\u{1}"),
            "<Value>&lt;a b=&apos;c&apos;&gt;&amp;&quot;\u{FFFD}</Value>"
        );
    }

    #[test]
    fn lists_hold_members() {
        let members = ["1", "2"].map(|n| text("N", n));
        assert_eq!(list("Ns", members), "<Ns><member><N>1</N></member><member><N>2</N></member></Ns>");
    }
}
