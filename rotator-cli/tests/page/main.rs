//! The audit's page and its timelines: whole, well-formed, and the same each time.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may end by panicking")]

mod geometry;
mod samples;

use quick_xml::Reader;
use quick_xml::events::Event;
use rotator::Used;
use rotator_cli::audit::html::{html, html_with};
use rotator_cli::clock::Stopwatch;
use rotator_cli::history::Role;
use samples::{id, listed, user};

/// What is in the page's body.
fn body(page: &str) -> &str {
    page.split_once("<body>\n").unwrap().1
}

#[test]
fn a_small_page_whole() {
    let few = samples::few();
    let users = few.users.into_iter().filter(|user| user.name == "release").collect();
    let of_release = |name: &Option<String>| name.as_deref() == Some("release");
    let verdicts = few.verdicts.into_iter().filter(|verdict| of_release(&verdict.user)).collect();
    let page = html(&rotator_cli::audit::Audit {
        users,
        verdicts,
        rules: vec![&samples::ROTATED],
        ..samples::picture()
    });
    insta::assert_snapshot!(body(&page));
}

#[test]
fn nobody_is_no_reason_for_praise() {
    let page = html(&samples::none());
    insta::assert_snapshot!(body(&page).split_once("<h2 id=\"how\">").unwrap().0);
}

/// Every element ends, every attribute is quoted, no id is given twice, and every reference within the page
/// has its place.
#[test]
fn every_page_is_well_formed() {
    let mut elements = 0;
    for (name, audit) in samples::all() {
        let page = html_with(&audit, Some("<svg><title>states</title></svg>"));
        let (mut ids, mut wanted, mut open) = (Vec::new(), Vec::new(), 0_i32);
        let mut reader = Reader::from_str(&page);
        loop {
            let event = reader.read_event().unwrap_or_else(|error| panic!("{name}: {error}"));
            match &event {
                Event::Start(element) | Event::Empty(element) => {
                    elements += 1;
                    open += i32::from(matches!(event, Event::Start(_)));
                    for attribute in element.attributes() {
                        let attribute = attribute.unwrap_or_else(|error| panic!("{name}: {error}"));
                        let value = attribute.value.into_owned();
                        match attribute.key.as_ref() {
                            "id" => ids.push(value),
                            "href" => wanted.push(value.strip_prefix('#').unwrap().to_owned()),
                            "aria-labelledby" => wanted.extend(value.split(' ').map(str::to_owned)),
                            "src" | "style" | "onload" | "onerror" | "onmouseover" => {
                                panic!("{name} has {value}")
                            }
                            _ => {}
                        }
                    }
                }
                Event::End(_) => open -= 1,
                Event::Eof => break,
                Event::Text(_)
                | Event::CData(_)
                | Event::Comment(_)
                | Event::Decl(_)
                | Event::PI(_)
                | Event::DocType(_)
                | Event::GeneralRef(_) => {}
            }
        }
        assert_eq!(open, 0, "{name}");
        for id in &wanted {
            assert_eq!(ids.iter().filter(|known| known == &id).count(), 1, "#{id} in {name}");
        }
        ids.sort_unstable();
        let given = ids.len();
        ids.dedup();
        assert_eq!(given, ids.len(), "an id is given twice in {name}");
    }
    assert!(elements > 15_000, "{elements} elements were read");
}

#[test]
fn the_same_report_is_the_same_page() {
    for ((_, first), (_, second)) in samples::all().iter().zip(&samples::all()) {
        assert!(html(first) == html(second));
    }
}

#[test]
fn names_stay_names() {
    let page = html(&samples::hostile());
    let body = body(&page);
    for raw in [
        "<script",
        "<img",
        "<b>\"",
        "<i>/",
        "<u>x",
        "onload=\"",
        "<!--",
        "]]>",
        "\0",
        "\u{1b}",
        "\u{202e}",
        "\u{200b}",
    ] {
        assert!(!body.contains(raw), "{raw:?} got through");
    }
    for shown in [
        "&lt;script&gt;alert(1)&lt;/script&gt;",
        "nul\\u{0}bell\\u{7}",
        "\\u{202e}gpj.exe",
        "<bdi>שירות-משתמש</bdi>",
    ] {
        assert!(body.contains(shown), "{shown} is missing");
    }
    // A name in another direction must not turn what stands beside it.
    assert!(body.matches("<bdi>").count() > 40);
}

#[test]
fn nothing_comes_from_elsewhere() {
    for (name, audit) in samples::all() {
        let page = html(&audit);
        for foreign in ["http:", "https:", "://", "@import", "<link", "<script", "<iframe", "<img"] {
            assert!(!page.contains(foreign), "{foreign} in {name}");
        }
    }
}

/// 100 timelines and 500 broken verdicts, however many there are, and the page says what it leaves out.
#[test]
fn five_thousand_users_are_a_page_still() {
    let audit = samples::many(5_000);
    let began = Stopwatch::start();
    let page = html(&audit);
    let took = began.elapsed();
    println!("5,000 users: {} KB in {} ms", page.len() / 1_000, took.as_millis());
    assert!(page.len() < 6_000_000, "{} bytes", page.len());
    assert!(took.as_secs() < 20, "{took:?}");
    assert_eq!(page.matches("<div class=\"timeline\">").count(), 100);
    for said in [
        "Timelines are drawn for 100 of 5,000 users",
        "500 of 1,349 are listed here",
        "So many are not listed here",
        "<summary>All 10,000 keys</summary>",
    ] {
        assert!(page.contains(said), "{said}");
    }
}

#[test]
fn twenty_users_are_a_small_page() {
    let page = html(&samples::many(20));
    assert!(page.len() < 150_000, "{} bytes", page.len());
}

/// Whoever has a note or a broken rule is drawn, however late in the alphabet.
#[test]
fn those_who_matter_are_drawn() {
    let mut audit = samples::many(150);
    audit.verdicts.clear();
    audit.users[149].note = Some("The user could not be looked at.".into());
    let page = html(&audit);
    assert!(page.contains("Timelines are drawn for 100 of 150 users"), "{}", page.len());
    assert!(page.contains("<bdi>ci-0149</bdi> <span class=\"path\">"));
    assert!(!page.contains("<bdi>ci-0099</bdi> <span class=\"path\">"));
}

#[test]
fn what_cannot_be_judged_is_never_praised() {
    let mut audit = samples::few();
    audit.verdicts.retain(|verdict| verdict.outcome != rotator_cli::audit::Outcome::Broken);
    let page = html(&audit);
    assert!(page.contains("No rule was found broken, and not every rule could be judged."), "{page}");
    assert!(page.contains("That is not to say that it holds."));
    // A rule without a verdict had nothing to judge, and that is not held.
    assert!(page.contains("1 rule had nothing to judge."));
    assert!(page.contains("<span class=\"none\">nothing to judge</span>"));
    audit.verdicts.retain(|verdict| verdict.outcome == rotator_cli::audit::Outcome::Held);
    assert!(
        html(&audit).contains("Every rule that was asked holds for every user. 1 rule had nothing to judge.")
    );
}

#[test]
fn the_diagram_stands_at_the_end_where_there_is_one() {
    let audit = samples::none();
    assert!(!html(&audit).contains("How rotation goes"));
    let page = html_with(&audit, Some("<p>states</p>"));
    assert!(page.ends_with(
        "<div class=\"fold\"><p>states</p></div></details>\n</section>\n</main>\n</body>\n</html>\n"
    ));
}

/// One user for the tests of geometry.
fn with(keys: usize) -> rotator_cli::audit::AuditedUser {
    let key = |n| listed(id("KEY", n), Some(Role::Current), 10, Used::Never, None);
    user("one", (0..keys).map(key).collect(), Vec::new())
}
