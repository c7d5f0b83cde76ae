//! JUnit XML, as CI systems show it: a suite for each rule, a test for each verdict. What cannot be judged
//! is skipped, which is shown and is not a pass.

use std::io;

use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesText, Event};

use super::{Audit, Outcome, Rule, Verdict};
use crate::clock::rfc3339;

/// The document. It passes Jenkins' `junit-10.xsd`.
///
/// # Errors
/// None that a buffer in memory can have.
pub fn junit(audit: &Audit) -> io::Result<String> {
    let mut writer = Writer::new_with_indent(Vec::new(), b' ', 2);
    writer.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
    let count = |outcome| audit.with(outcome).count().to_string();
    let name = format!("rotator audit of account {}, {}", audit.account, audit.scope);
    writer
        .create_element("testsuites")
        .with_attribute(("name", plain(&name).as_str()))
        .with_attribute(("tests", audit.verdicts.len().to_string().as_str()))
        .with_attribute(("failures", count(Outcome::Broken).as_str()))
        .with_attribute(("errors", "0"))
        .write_inner_content(|writer| audit.rules.iter().try_for_each(|rule| suite(writer, audit, rule)))?;
    Ok(String::from_utf8_lossy(&writer.into_inner()).into_owned())
}

fn suite(writer: &mut Writer<Vec<u8>>, audit: &Audit, rule: &Rule) -> io::Result<()> {
    let count = |outcome| audit.count(rule, outcome);
    let [held, broken, unjudged] = [Outcome::Held, Outcome::Broken, Outcome::Unjudged].map(count);
    // A zone is left away, as surefire has it.
    let at = rfc3339(audit.at);
    let verdicts = audit.verdicts.iter().filter(|verdict| verdict.rule == rule);
    writer
        .create_element("testsuite")
        .with_attribute(("name", format!("{}: {}", rule.id, rule.title).as_str()))
        .with_attribute(("tests", (held + broken + unjudged).to_string().as_str()))
        .with_attribute(("failures", broken.to_string().as_str()))
        .with_attribute(("errors", "0"))
        .with_attribute(("skipped", unjudged.to_string().as_str()))
        .with_attribute(("timestamp", at.trim_end_matches('Z')))
        .write_inner_content(|writer| {
            writer.create_element("properties").write_inner_content(|writer| {
                let places = rule.places();
                let standards = if places.is_empty() { "rotator's own" } else { places.as_str() };
                for (name, value) in [("asks", rule.says), ("standards", standards)] {
                    let property = writer.create_element("property").with_attribute(("name", name));
                    property.with_attribute(("value", value)).write_empty()?;
                }
                Ok(())
            })?;
            verdicts.into_iter().try_for_each(|verdict| case(writer, verdict))
        })?;
    Ok(())
}

fn case(writer: &mut Writer<Vec<u8>>, verdict: &Verdict) -> io::Result<()> {
    let Verdict { rule, says, next, outcome, .. } = verdict;
    let subject = plain(&verdict.subject());
    let case = writer.create_element("testcase").with_attribute(("name", subject.as_str()));
    let case = case.with_attribute(("classname", rule.id));
    let next = next.as_ref().map_or_else(String::new, |next| format!("next: {next}"));
    let (says, next) = (plain(says), plain(&next));
    let child = match outcome {
        // What was seen is evidence, and is kept.
        Outcome::Held => {
            case.write_inner_content(|writer| {
                writer.create_element("system-out").write_text_content(BytesText::new(&says)).map(drop)
            })?;
            return Ok(());
        }
        Outcome::Broken => "failure",
        Outcome::Unjudged => "skipped",
    };
    case.write_inner_content(|writer| {
        let element = writer.create_element(child).with_attribute(("type", rule.id));
        let element = element.with_attribute(("message", says.as_str()));
        element.write_text_content(BytesText::new(&next)).map(drop)
    })?;
    Ok(())
}

/// Without what XML 1.0 cannot hold: control characters, which a server's error text may have.
fn plain(text: &str) -> String {
    let holds = |letter: &char| !letter.is_control() && !matches!(letter, '\u{fffe}' | '\u{ffff}');
    text.chars().map(|letter| if letter == '\n' { ' ' } else { letter }).filter(holds).collect()
}
