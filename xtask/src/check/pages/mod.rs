//! The audit's page in a real browser: at three widths, in the light, in the dark, in forced colours and in
//! print, measured; and pictures of it all for whoever wants to look.
#![expect(clippy::indexing_slicing, reason = "a member that JSON does not have is null")]

mod browser;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use aws_smithy_types::base64;
use rotator_cli::audit::html::html;
use serde_json::{Value, json};

use super::{Effort, Figure};
use crate::cargo;
use browser::Browser;

#[expect(clippy::unwrap_used, reason = "the tests' own, in which that is fine")]
#[path = "../../../../rotator-cli/tests/page/samples.rs"]
mod samples;

const MEASURE: &str = include_str!("measure.js");
const WIDTHS: [u32; 3] = [360, 768, 1280];
/// Pictures of longer pages end here, in pixels.
const HIGH: f64 = 6_000.0;

/// So many faults are told.
const FAULTS: usize = 40;

/// What was looked at in all. One that is looked at less often than before would pass for nothing.
const PINNED: [(&str, u64); 5] =
    [("boxes", 64_246), ("cells", 22_788), ("labels", 10_366), ("pairs", 60_314), ("texts", 55_610)];

#[derive(Clone, Copy, PartialEq, Eq)]
enum Look {
    Light,
    Dark,
    /// The reader's own few colours.
    Forced,
    /// Without colour, for the picture: what is measured is the same as in the light.
    Grey,
    Print,
}

impl Look {
    const ALL: [Self; 5] = [Self::Light, Self::Dark, Self::Forced, Self::Print, Self::Grey];

    fn name(self) -> &'static str {
        match self {
            Self::Light => "light",
            Self::Dark => "dark",
            Self::Forced => "forced",
            Self::Grey => "grey",
            Self::Print => "print",
        }
    }

    fn set(self, browser: &mut Browser) -> Result<()> {
        let scheme = if self == Self::Dark { "dark" } else { "light" };
        let forced = if self == Self::Forced { "active" } else { "none" };
        let media = if self == Self::Print { "print" } else { "screen" };
        let features = json!([
            { "name": "prefers-color-scheme", "value": scheme },
            { "name": "forced-colors", "value": forced },
        ]);
        browser.call("Emulation.setEmulatedMedia", json!({ "media": media, "features": features }))?;
        let vision = if self == Self::Grey { "achromatopsia" } else { "none" };
        browser.call("Emulation.setEmulatedVisionDeficiency", json!({ "type": vision }))?;
        Ok(())
    }
}

pub fn run(effort: Effort) -> Result<Vec<Figure>> {
    let folder = cargo::target_directory()?.join("pages");
    fs::create_dir_all(&folder).context("cannot make the folder of the pictures")?;
    let mut browser = Browser::open()?;
    let mut counted: BTreeMap<String, u64> = BTreeMap::new();
    let mut faults = Vec::new();
    let mut sheets = 0;
    for (name, audit) in samples::all() {
        let page = html(&audit);
        let file = folder.join(format!("{name}.html"));
        fs::write(&file, &page).with_context(|| format!("cannot write {}", file.display()))?;
        browser.show(&file)?;
        for look in Look::ALL {
            if look == Look::Grey {
                // The browser makes its grey with a filter, for which it asks itself.
                faults.extend(browser.complaints().into_iter().map(|it| format!("{name}: {it}")));
            }
            // Colours are the same for a fleet as for a few, who have every case.
            if name == "many" && ![Look::Light, Look::Print].contains(&look) {
                continue;
            }
            look.set(&mut browser)?;
            for width in WIDTHS {
                size(&mut browser, width, 900.0)?;
                // Every case is among the few; of the others one picture for each width will do.
                if name == "few" || look == Look::Light {
                    picture(
                        &mut browser,
                        &folder.join(format!("{name}-{width}-{}.png", look.name())),
                        0.0,
                        HIGH,
                    )?;
                }
                if look == Look::Grey {
                    continue;
                }
                let found = measure(&mut browser, &mut counted)?;
                faults
                    .extend(found.into_iter().map(|it| format!("{name}, {width} px, {}: {it}", look.name())));
            }
        }
        sheets += print(&mut browser, &folder.join(format!("{name}.pdf")))?;
    }
    let first: Vec<_> = faults.iter().take(FAULTS).map(String::as_str).collect();
    ensure!(faults.is_empty(), "{} faults, the first of them:\n{}", faults.len(), first.join("\n"));
    let expected: BTreeMap<_, _> = PINNED.iter().map(|(what, count)| ((*what).to_owned(), *count)).collect();
    ensure!(
        counted == expected,
        "looked at {counted:?}, but pinned is {expected:?}: where the page has changed, pin the new numbers"
    );
    if effort == Effort::Deep {
        for_the_documents(&mut browser, &folder)?;
    }
    let noticed = sabotage(&mut browser, &folder)?;
    let mut figures: Vec<_> =
        counted.into_iter().map(|(what, count)| Figure::new(format!("{what} looked at"), count)).collect();
    figures.push(Figure::new("printed sheets", sheets));
    figures.push(Figure::new("spoiled pages noticed", noticed));
    figures.push(Figure::new("pictures in", folder.display()));
    Ok(figures)
}

fn size(browser: &mut Browser, width: u32, height: f64) -> Result<()> {
    let size = json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false });
    browser.call("Emulation.setDeviceMetricsOverride", size).map(drop)
}

/// Everything unfolded, as a reader can have it.
fn measure(browser: &mut Browser, counted: &mut BTreeMap<String, u64>) -> Result<Vec<String>> {
    let unfold =
        |open: &str| format!("document.querySelectorAll('details').forEach((e) => {{ e.open = {open}; }})");
    browser.evaluate(&unfold("true"))?;
    let told = browser.evaluate(MEASURE)?;
    browser.evaluate(&unfold("false"))?;
    let seen = told["seen"].as_object().context("nothing was measured")?;
    for (what, count) in seen {
        *counted.entry(what.clone()).or_default() += count.as_u64().unwrap_or(0);
    }
    let faults = told["faults"].as_array().context("nothing was measured")?;
    Ok(faults.iter().filter_map(|fault| fault.as_str().map(str::to_owned)).collect())
}

fn picture(browser: &mut Browser, file: &Path, top: f64, high: f64) -> Result<()> {
    let layout = browser.call("Page.getLayoutMetrics", json!({}))?;
    let content = &layout["cssContentSize"];
    let clip = json!({
        "x": 0, "y": top, "scale": 1,
        "width": content["width"],
        "height": content["height"].as_f64().unwrap_or(high).min(high),
    });
    let shot = json!({ "format": "png", "captureBeyondViewport": true, "clip": clip });
    let shot = browser.call("Page.captureScreenshot", shot)?;
    save(&shot, file).map(drop)
}

/// `docs/audit.png`: `cargo xtask check --deep pages` takes it anew.
fn for_the_documents(browser: &mut Browser, folder: &Path) -> Result<()> {
    let (page, file) = (folder.join("docs.html"), cargo::workspace().join("docs/audit.png"));
    fs::write(&page, html(&samples::picture())).context("cannot write the page of the documents")?;
    Look::Light.set(browser)?;
    size(browser, 820, 900.0)?;
    browser.show(&page)?;
    // From the verdicts to the first timeline.
    let [top, end] = ["#verdicts', 'top", ".user .timeline', 'bottom"].map(|of| {
        let edge =
            format!("((of, edge) => document.querySelector(of).getBoundingClientRect()[edge])('{of}')");
        browser.evaluate(&edge).and_then(|at| at.as_f64().context("the page has no place of that name"))
    });
    let top = top? - 16.0;
    picture(browser, &file, top, end? - top + 8.0)
}

/// Prints, and tells on how many sheets.
fn print(browser: &mut Browser, file: &Path) -> Result<usize> {
    // On paper it is by itself; a medium that is asked for would be printed instead.
    browser.call("Emulation.setEmulatedMedia", json!({ "media": "", "features": [] }))?;
    browser.call("Emulation.setEmulatedVisionDeficiency", json!({ "type": "none" }))?;
    let printed = browser.call(
        "Page.printToPDF",
        json!({ "printBackground": false, "preferCSSPageSize": true, "paperWidth": 8.27, "paperHeight": 11.69 }),
    )?;
    let bytes = save(&printed, file)?;
    let sheets = bytes.windows(11).filter(|at| at == b"/Type /Page").count()
        - bytes.windows(12).filter(|at| at == b"/Type /Pages").count();
    ensure!(sheets > 0, "{} has no sheet", file.display());
    Ok(sheets)
}

fn save(answer: &Value, file: &Path) -> Result<Vec<u8>> {
    let data = answer["data"].as_str().context("the browser gave no picture")?;
    let bytes = base64::decode(data).context("the picture cannot be read")?;
    fs::write(file, &bytes).with_context(|| format!("cannot write {}", file.display()))?;
    Ok(bytes)
}

/// Pages that were spoiled, each in one way, and what must be said of it.
fn sabotage(browser: &mut Browser, folder: &Path) -> Result<usize> {
    let page = html(&samples::few());
    let spoiled = [
        (
            "too wide",
            "<main id=\"main\">",
            "<main id=\"main\"><div style=\"width:1400px\">wide</div>",
            "the page scrolls sideways",
        ),
        (
            "pale",
            "<main id=\"main\">",
            "<main id=\"main\"><p style=\"color:#999\">pale</p>",
            "contrast is low",
        ),
        (
            "tiny",
            "<main id=\"main\">",
            "<main id=\"main\"><p style=\"font-size:9px\">tiny</p>",
            "text is small",
        ),
        (
            "overlapping",
            "</desc>",
            "</desc><text y=\"11\">one</text><text y=\"12\">two</text>",
            "labels overlap",
        ),
        (
            "leaving",
            "</desc>",
            "</desc><text x=\"99%\" y=\"90\">a label that is long</text>",
            "a label leaves its picture",
        ),
        (
            "cut",
            "<tbody>",
            "<tbody><tr><td style=\"overflow:hidden;white-space:nowrap;max-width:40px\">a text that is cut because it is far longer than its cell is wide, and may not go on</td></tr>",
            "a cell is cut",
        ),
        (
            "asking",
            "<main id=\"main\">",
            "<main id=\"main\"><img alt=\"\" src=\"https://example.invalid/x.png\" />",
            "console: ",
        ),
        (
            "running",
            "<main id=\"main\">",
            "<main id=\"main\"><script>document.title = 'x'</script>",
            "console: ",
        ),
    ];
    Look::Light.set(browser)?;
    for (what, before, after, expected) in spoiled {
        let file: PathBuf = folder.join("spoiled.html");
        fs::write(&file, page.replacen(before, after, 1)).context("cannot write a spoiled page")?;
        size(browser, 1280, 900.0)?;
        browser.show(&file)?;
        let mut found = measure(browser, &mut BTreeMap::new())?;
        found.extend(browser.complaints());
        ensure!(
            found.iter().any(|fault| fault.starts_with(expected)),
            "a page that is {what} is not noticed; told was {found:?}"
        );
    }
    Ok(spoiled.len())
}
