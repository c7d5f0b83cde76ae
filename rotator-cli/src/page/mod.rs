//! One self-contained HTML page: no script, nothing from elsewhere, readable in print, in the dark and
//! without colour.

use std::fmt::Write;

/// What every page looks like, and the timelines in it.
pub const STYLE: &str = include_str!("style.css");

/// Nothing is loaded, run, framed or sent, whatever may have got into the page. A style attribute could at
/// worst make it ugly.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

/// The whole page around its body. `body` is HTML already: a `header` with the heading `h1`, then `main`.
/// Tables that are wider than a telephone belong into `<div class="scroll" tabindex="0">`.
#[must_use]
pub fn page(title: &str, body: &str) -> String {
    let title = escape(title);
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\" />\n<title>{title}</title>\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\" />\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"{POLICY}\" />\n\
         <meta name=\"referrer\" content=\"no-referrer\" />\n\
         <meta name=\"color-scheme\" content=\"light dark\" />\n\
         <style>\n{STYLE}</style>\n</head>\n<body>\n{body}</body>\n</html>\n"
    )
}

/// Text as HTML and SVG show it, in an element or in a quoted attribute. What a reader could not see (control
/// characters, marks that turn the direction of writing, characters of no width) is shown by its number,
/// `\u{202e}`: a name must not look like another one.
#[must_use]
pub fn escape(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for letter in text.chars() {
        if unseen(letter) {
            // Writing to a string does not fail.
            let _ = write!(shown, "\\u{{{:x}}}", u32::from(letter));
        } else {
            shown.push(letter);
        }
    }
    quick_xml::escape::escape(shown.as_str()).into_owned()
}

/// Line breaks and tabs belong to text; the rest of these is for machines.
fn unseen(letter: char) -> bool {
    let number = u32::from(letter);
    let direction = matches!(number, 0x61c | 0x200e | 0x200f | 0x202a..=0x202e | 0x2066..=0x2069);
    let no_width = matches!(number, 0xad | 0x200b..=0x200d | 0x2060..=0x2064 | 0xfeff | 0xfff9..=0xfffb | 0xe0000..=0xe007f);
    // Neither HTML nor XML has them.
    let no_character = matches!(number, 0xfdd0..=0xfdef) || number & 0xfffe == 0xfffe;
    direction || no_width || no_character || (letter.is_control() && !"\n\t".contains(letter))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_stays_text() {
        let told = escape("<script>alert('x')</script> & \"quotes\"\n\tnext");
        assert_eq!(
            told,
            "&lt;script&gt;alert(&apos;x&apos;)&lt;/script&gt; &amp; &quot;quotes&quot;\n\tnext"
        );
    }

    #[test]
    fn what_cannot_be_seen_is_shown_by_its_number() {
        let told = escape("a\0b\u{1b}[31m\u{7f}\u{85}\r \u{202e}gpj.exe\u{200b}\u{fffe}\u{1ffff}");
        assert_eq!(
            told,
            "a\\u{0}b\\u{1b}[31m\\u{7f}\\u{85}\\u{d} \\u{202e}gpj.exe\\u{200b}\\u{fffe}\\u{1ffff}"
        );
        // Writing that goes from right to left by itself is just writing.
        assert_eq!(escape("משתמש"), "משתמש");
    }

    #[test]
    fn the_style_stands_by_itself() {
        for foreign in ["http", "@import", "src:", "</", "gradient"] {
            assert!(!STYLE.contains(foreign), "{foreign}");
        }
        // Patterns within the page are all that it refers to.
        assert_eq!(STYLE.matches("url(").count(), STYLE.matches("url(#p-").count());
    }

    #[test]
    fn a_page_forbids_what_it_does_not_need() {
        let page = page("a & b", "<main>c</main>\n");
        assert!(page.contains("<title>a &amp; b</title>"), "{page}");
        assert!(page.contains("content=\"default-src 'none'; style-src 'unsafe-inline'; "), "{page}");
        assert!(page.ends_with("<body>\n<main>c</main>\n</body>\n</html>\n"), "{page}");
    }
}
