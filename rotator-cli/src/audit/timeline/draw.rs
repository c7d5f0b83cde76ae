//! The picture. Lengths down are pixels; along the axis, percent.

use std::fmt::Write;

use rotator::{AccessKeyId, Status};

use super::super::AuditedUser;
use super::room::{Fits, width};
use super::words::{due_words, in_words};
use super::{At, Axis, Begin, End, Lane, Span, Together, date, lanes, seconds, together};
use crate::history::Role;
use crate::page::escape;

/// More keys than this are not drawn: the latest are, and those that are there.
const LANES: usize = 12;
/// Uses nearer to each other than this are one mark, in percent of the axis.
const ONE_MARK: f64 = 0.5;

/// Where things are in a lane, from its top.
const NAME: u32 = 13;
const BAR: u32 = 25;
const HIGH: u32 = 18;
const USES: u32 = 47;
const DUE: u32 = 69;
const LANE: u32 = 66;
const LANE_WITH_DUE: u32 = 85;
/// The axis takes so much above the lanes.
const TOP: u32 = 26;

/// What timelines refer to: once in a page, before them. Fill patterns, and the marks of what happened.
pub const PATTERNS: &str = r##"<svg class="defs" aria-hidden="true" focusable="false"><defs>
<pattern id="p-last" width="7" height="7" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect class="ground" width="7" height="7" /><rect class="mark" width="2.5" height="7" /></pattern>
<pattern id="p-pending" width="6" height="6" patternUnits="userSpaceOnUse"><rect class="ground" width="6" height="6" /><circle class="mark" cx="3" cy="3" r="1.6" /></pattern>
<pattern id="p-stray" width="9" height="9" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect class="ground" width="9" height="9" /><rect class="mark" width="2" height="9" /><rect class="mark" width="9" height="2" /></pattern>
<pattern id="p-void" width="5" height="5" patternUnits="userSpaceOnUse"><rect class="faint" width="5" height="1" /></pattern>
<path id="m-made" class="flag" d="M-1-4h2V18h-2zM0-8l4 4-4 4-4-4z" />
<path id="m-gone" class="cross" d="M-5 4 5 14M-5 14 5 4" />
<path id="m-torn" class="torn" d="M-4 0h2.5v18H-4zM-8 0h1.5v18H-8zM-11.5 0h1v18h-1z" />
<path id="m-lost" class="torn" d="M1.5 0H4v18H1.5zM6.5 0H8v18H6.5zM10.5 0h1v18h-1z" />
<path id="m-earlier" class="flag" d="M-2 3v12l-7-6z" />
<path id="m-use" class="use" d="M-1 0h2v7h-2z" />
<path id="m-due" class="flag" d="M0-1 5 7H-5z" />
<path id="m-end" class="both" d="M0-4V4" />
</defs></svg>
"##;

/// One user's timeline on the common axis; `number` tells it from the page's others.
#[must_use]
pub fn timeline(user: &AuditedUser, axis: &Axis, number: usize) -> String {
    let all = lanes(user, axis.today);
    let since = user.history.since.map(seconds);
    let both = together(&all, since, axis.today);
    let shown = chosen(all);
    let bottom = TOP + shown.iter().map(height).sum::<u32>();
    let track = if both.is_empty() { 0 } else { 26 };
    let unknown = since.filter(|since| axis.from < *since);
    let end = bottom + track + 18 + if unknown.is_some() { 16 } else { 0 };
    let mut svg = format!(
        "<div class=\"timeline\"><svg height=\"{end}\" role=\"img\" aria-labelledby=\"t{number} d{number}\">\n\
         <title id=\"t{number}\">Keys of {} from {} to {}</title>\n<desc id=\"d{number}\">{}</desc>\n",
        escape(&user.name),
        date(axis.from),
        date(axis.to),
        escape(&shown.iter().map(|lane| format!("{}: {}. ", lane.id, in_words(lane))).collect::<String>()),
    );
    let floor = bottom + track;
    if let Some(since) = unknown {
        let until = axis.place(since);
        let high = floor - 18;
        put(&mut svg, format_args!(r#"<rect class="void" y="18" width="{until:.2}%" height="{high}" />"#));
    }
    ticks(&mut svg, axis, floor);
    let mut tops = Vec::new();
    let mut top = TOP;
    for lane in &shown {
        tops.push((lane, top));
        top += height(lane);
    }
    handed_on(&mut svg, axis, &tops);
    let x = axis.place(axis.today);
    put(
        &mut svg,
        format_args!(r#"<line class="today" x1="{x:.2}%" x2="{x:.2}%" y1="18" y2="{}" />"#, floor + 6),
    );
    for (lane, top) in &tops {
        draw(&mut svg, axis, lane, *top);
    }
    // Over all lines, which their halo then keeps off.
    for (lane, top) in &tops {
        name(&mut svg, axis, lane, *top);
    }
    for span in &both {
        brackets(&mut svg, axis, span, bottom);
    }
    put(
        &mut svg,
        format_args!(
            r#"<text class="b" x="{x:.2}%" dx="-5" y="{}" text-anchor="end">today {}</text>"#,
            floor + 13,
            date(axis.today)
        ),
    );
    if let Some(since) = unknown {
        let x = axis.place(since);
        put(
            &mut svg,
            format_args!(r#"<line class="base" x1="{x:.2}%" x2="{x:.2}%" y1="18" y2="{}" />"#, end - 14),
        );
        let (anchor, dx) = anchor(x, 40.0);
        let said = format!("known from {} on", date(since));
        put(
            &mut svg,
            format_args!(
                r#"<text class="soft" x="{x:.2}%" dx="{dx}" y="{}" text-anchor="{anchor}">{said}</text>"#,
                end - 3
            ),
        );
    }
    svg.push_str("</svg></div>\n");
    svg
}

/// How many of a user's keys a timeline leaves out: of those that are gone the oldest.
#[must_use]
pub fn left_out(all: &[Lane]) -> usize {
    let gone = all.iter().filter(|lane| lane.today.is_none()).count();
    all.len().saturating_sub(LANES).min(gone)
}

/// The latest, and those that are there today.
fn chosen(mut all: Vec<Lane>) -> Vec<Lane> {
    let mut over = left_out(&all);
    all.retain(|lane| {
        let goes = over > 0 && lane.today.is_none();
        over -= usize::from(goes);
        !goes
    });
    all
}

fn height(lane: &Lane) -> u32 {
    if lane.due.is_some() { LANE_WITH_DUE } else { LANE }
}

fn put(svg: &mut String, what: std::fmt::Arguments<'_>) {
    // Writing to a string does not fail.
    let _ = writeln!(svg, "{what}");
}

/// On which side of its place a text stands, so that it stays inside: `near` percent from an edge.
fn anchor(x: f64, near: f64) -> (&'static str, i32) {
    if x < near {
        ("start", 4)
    } else if x > 100.0 - near {
        ("end", -4)
    } else {
        ("middle", 0)
    }
}

fn ticks(svg: &mut String, axis: &Axis, floor: u32) {
    let places: Vec<_> = axis.ticks.iter().map(|tick| axis.place(tick.at)).collect();
    let step = places.iter().zip(places.iter().skip(1)).map(|(a, b)| b - a).fold(100.0, f64::min);
    for (tick, x) in axis.ticks.iter().zip(places) {
        put(svg, format_args!(r#"<line class="grid" x1="{x:.2}%" x2="{x:.2}%" y1="2" y2="{floor}" />"#));
        let wide = width(&tick.label);
        let beside = Fits::new(wide + 12.0, step * f64::from(tick.rank));
        let inside = Fits::new(wide + 6.0, 100.0 - x);
        if let Some(class) = beside.max(inside).shown() {
            let label = &tick.label;
            put(svg, format_args!(r#"<text class="soft{class}" x="{x:.2}%" dx="4" y="11">{label}</text>"#));
        }
    }
}

/// Where one key stops being CURRENT as another one begins to be: a line from lane to lane.
fn handed_on(svg: &mut String, axis: &Axis, tops: &[(&Lane, u32)]) {
    let begins = |lane: &Lane, role: Role| -> Vec<At> {
        let of_role = lane.spans.iter().filter(|span| span.role == Some(role));
        of_role.map(|span| span.from).collect()
    };
    for (old, from) in tops {
        for at in begins(old, Role::Last) {
            let next = tops.iter().find(|(lane, _)| {
                lane.id != old.id && begins(lane, Role::Current).iter().any(|then| (then - at).abs() <= 600)
            });
            if let Some((_, to)) = next.filter(|_| axis.from < at) {
                let x = axis.place(at);
                let (above, below) = (from.min(to) + BAR + HIGH, from.max(to) + BAR);
                put(
                    svg,
                    format_args!(
                        r#"<line class="hand" x1="{x:.2}%" x2="{x:.2}%" y1="{above}" y2="{below}" />"#
                    ),
                );
            }
        }
    }
}

fn draw(svg: &mut String, axis: &Axis, lane: &Lane, top: u32) {
    for span in &lane.spans {
        bar(svg, axis, span, lane.begin.at(), top);
    }
    let (begin, end) = (axis.place(lane.begin.at()), axis.place(lane.end.at()));
    let bar = top + BAR;
    let mark = |id: &str, x: f64, y: u32| format!(r##"<use href="#{id}" x="{x:.2}%" y="{y}" />"##);
    svg.push_str(&match lane.begin {
        Begin::Made(at) if at < axis.from => mark("m-earlier", 0.0, bar),
        Begin::Made(_) => mark("m-made", begin, bar),
        Begin::Before(_) => mark("m-torn", begin, bar),
    });
    match lane.end {
        End::Deleted(_) => svg.push_str(&mark("m-gone", end, bar)),
        End::LastHeardOf(_) => svg.push_str(&mark("m-lost", end, bar)),
        End::Today(_) => cap(svg, axis, lane, bar),
    }
    svg.push('\n');
    for (from, to) in marks(axis, &lane.uses) {
        let y = top + USES;
        match to - from < 0.3 {
            true => svg.push_str(&mark("m-use", from, y)),
            false => {
                let _ = write!(
                    svg,
                    r#"<rect class="use" x="{from:.2}%" y="{}" width="{:.2}%" height="4" />"#,
                    y + 1,
                    to - from
                );
            }
        }
    }
    if let Some(due) = lane.due {
        let x = axis.place(due);
        let (y1, y2, text) = (bar - 3, top + DUE - 14, top + DUE + 9);
        put(svg, format_args!(r#"<line class="due" x1="{x:.2}%" x2="{x:.2}%" y1="{y1}" y2="{y2}" />"#));
        svg.push_str(&mark("m-due", x, top + DUE - 14));
        let beyond = if due > axis.to { ", beyond this picture" } else { "" };
        let (anchor, dx) = anchor(x, 30.0);
        let said = due_words(due, axis.today);
        put(
            svg,
            format_args!(
                r#"<text class="b" x="{x:.2}%" dx="{dx}" y="{text}" text-anchor="{anchor}">{said}{beyond}</text>"#
            ),
        );
    }
}

/// Today's role, where nothing tells how long the key has had it: a stub at today's line.
fn cap(svg: &mut String, axis: &Axis, lane: &Lane, bar: u32) {
    let Some(today) = lane.today else { return };
    let told = lane.spans.last().map(|span| (span.role, span.status.unwrap_or(today.status)));
    if told == Some((today.role, today.status)) || (today.role.is_none() && today.status == Status::Active) {
        return;
    }
    let (class, y, high) = shape(today.role, Some(today.status), bar);
    let x = axis.place(axis.today);
    put(
        svg,
        format_args!(
            r#"<rect class="bar {class}" x="{x:.2}%" y="{y}" width="16" height="{high}" transform="translate(-16)" />"#
        ),
    );
}

/// The key's id and what it is now. 288 pixels have room for it.
fn name(svg: &mut String, axis: &Axis, lane: &Lane, top: u32) {
    let now = match (lane.today, lane.end) {
        (Some(today), _) => {
            let role = today.role.map_or("role not known", |role| role.name());
            format!(r#"<tspan class="b" dx="8">{role}</tspan><tspan dx="6">{}</tspan>"#, today.status)
        }
        (None, End::Deleted(at)) => format!(r#"<tspan class="soft" dx="8">deleted {}</tspan>"#, date(at)),
        (None, End::Today(at) | End::LastHeardOf(at)) => format!(
            r#"<tspan class="soft" dx="8">gone<tspan class="a2">, last heard of {}</tspan></tspan>"#,
            date(at)
        ),
    };
    let made = match lane.begin {
        Begin::Made(at) if at < axis.from => {
            format!(r#"<tspan class="soft a2" dx="8">made {}</tspan>"#, date(at))
        }
        Begin::Made(_) | Begin::Before(_) => String::new(),
    };
    let y = top + NAME;
    put(
        svg,
        format_args!(r#"<text y="{y}"><tspan class="id">{}</tspan>{now}{made}</text>"#, short_id(&lane.id)),
    );
}

/// Ids have 20 characters; IAM allows up to 128 (API reference, `AccessKey`).
fn short_id(id: &AccessKeyId) -> String {
    let text = id.as_str();
    match (text.len(), text.get(..8), text.get(text.len().saturating_sub(8)..)) {
        (21.., Some(head), Some(tail)) => format!("{head}…{tail}"),
        _ => text.to_owned(),
    }
}

fn bar(svg: &mut String, axis: &Axis, span: &Span, begin: At, top: u32) {
    let (from, to) = (axis.place(span.from), axis.place(span.to));
    if span.to < axis.from || axis.to < span.from {
        return;
    }
    let (class, y, high) = shape(span.role, span.status, top + BAR);
    let wide = to - from;
    put(
        svg,
        format_args!(
            r#"<rect class="bar {class}" x="{from:.2}%" y="{y}" width="{wide:.2}%" height="{high}" />"#
        ),
    );
    let on = if class.starts_with("current") { " on" } else { "" };
    let (full, letter) = label(span);
    // The mark of its making takes some of it.
    let dx = if span.from == begin { 8 } else { 5 };
    let y = if span.status == Some(Status::Inactive) { y + 9 } else { y + 13 };
    let fits = Fits::new(width(full) + f64::from(dx) + 4.0, wide);
    if let Some(class) = fits.shown() {
        put(
            svg,
            format_args!(r#"<text class="b{on}{class}" x="{from:.2}%" dx="{dx}" y="{y}">{full}</text>"#),
        );
    }
    if let (Some(class), Fits::Always) = (fits.instead(), Fits::new(f64::from(dx) + 12.0, wide)) {
        put(
            svg,
            format_args!(r#"<text class="b{on}{class}" x="{from:.2}%" dx="{dx}" y="{y}">{letter}</text>"#),
        );
    }
}

/// How a span looks: role by pattern, Inactive by half the height and a dashed edge.
fn shape(role: Option<Role>, status: Option<Status>, bar: u32) -> (String, u32, u32) {
    let class = match role {
        Some(Role::Current) => "current",
        Some(Role::Last) => "last",
        Some(Role::Pending) => "pending",
        Some(Role::Stray) => "stray",
        None => "unknown",
    };
    match status {
        Some(Status::Inactive) => (format!("{class} off"), bar + 7, HIGH - 7),
        Some(Status::Active) | None => (class.to_owned(), bar, HIGH),
    }
}

fn label(span: &Span) -> (&'static str, &'static str) {
    match (span.role, span.status) {
        (Some(Role::Current), Some(Status::Inactive)) => ("CURRENT, Inactive", "C"),
        (Some(Role::Last), Some(Status::Inactive)) => ("LAST, Inactive", "L"),
        (Some(Role::Pending), Some(Status::Inactive)) => ("PENDING, Inactive", "P"),
        (Some(Role::Stray), Some(Status::Inactive)) => ("STRAY, Inactive", "S"),
        (None, Some(Status::Inactive)) => ("Inactive, role not known", "?"),
        (Some(Role::Current), Some(Status::Active) | None) => ("CURRENT", "C"),
        (Some(Role::Last), Some(Status::Active) | None) => ("LAST", "L"),
        (Some(Role::Pending), Some(Status::Active) | None) => ("PENDING", "P"),
        (Some(Role::Stray), Some(Status::Active) | None) => ("STRAY", "S"),
        (None, Some(Status::Active) | None) => ("role not known", "?"),
    }
}

/// Uses as the picture can tell them apart.
fn marks(axis: &Axis, uses: &[(At, At)]) -> Vec<(f64, f64)> {
    let mut all: Vec<(f64, f64)> = Vec::new();
    for (from, to) in uses.iter().filter(|(_, to)| axis.from <= *to) {
        let (from, to) = (axis.place(*from), axis.place(*to));
        match all.last_mut() {
            Some((_, last)) if from - *last < ONE_MARK => *last = last.max(to),
            Some(_) | None => all.push((from, to)),
        }
    }
    all
}

/// The time in which a job that holds the older key goes on working; or the time in which none works.
fn brackets(svg: &mut String, axis: &Axis, span: &Together, bottom: u32) {
    let (from, to) = (axis.place(span.from), axis.place(span.to));
    if span.to <= axis.from {
        return;
    }
    let days = (span.to - span.from) / 86_400;
    let keys = span.keys;
    let said = match (keys, span.known, days) {
        (0, _, _) => "no key".to_owned(),
        (_, true, 0) => format!("{keys} keys work"),
        (_, true, days) => format!("{keys} keys work, {days} d"),
        (_, false, 0) => format!("{keys} keys"),
        (_, false, days) => format!("{keys} keys, {days} d"),
    };
    let class = match (keys, span.known) {
        (0, _) => "both no-key",
        (_, true) => "both",
        (_, false) => "both off",
    };
    let y = bottom + 20;
    put(
        svg,
        format_args!(
            r##"<line class="{class}" x1="{from:.2}%" x2="{to:.2}%" y1="{y}" y2="{y}" /><use href="#m-end" x="{from:.2}%" y="{y}" /><use href="#m-end" x="{to:.2}%" y="{y}" />"##
        ),
    );
    let fits = Fits::new(width(&said) + 8.0, to - from);
    let y = bottom + 13;
    if let Some(class) = fits.shown() {
        put(svg, format_args!(r#"<text class="soft{class}" x="{from:.2}%" dx="3" y="{y}">{said}</text>"#));
    }
    if let (Some(class), Fits::Always) = (fits.instead(), Fits::new(14.0, to - from)) {
        put(svg, format_args!(r#"<text class="soft{class}" x="{from:.2}%" dx="3" y="{y}">{keys}</text>"#));
    }
}

/// A sample for the legend, 64 pixels wide.
#[must_use]
pub fn swatch(role: Option<Role>, status: Option<Status>) -> String {
    let (class, y, high) = shape(role, status, 0);
    format!(r#"<rect class="bar {class}" x="1" y="{y}" width="62" height="{high}" />"#)
}
