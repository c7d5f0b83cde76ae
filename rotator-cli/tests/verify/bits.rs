//! Any bytes: no panic. Any bit of a journal: its flip is found.

use rotator_cli::verify::Code;
use serde_json::{Value, json};

use crate::forge::{chained, findings, found, found_in, honest, other, value};

fn deep() -> bool {
    std::env::var_os("ROTATOR_DEEP").is_some()
}

/// `SplitMix64`.
struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((mixed ^ (mixed >> 31)) % u64::try_from(end.max(1)).unwrap()).unwrap()
    }
}

/// All bits of a short journal in the long form, each so many-th in the short one; and always each bit of
/// the last line, which no other vouches for, and of the first.
#[test]
fn the_flip_of_any_bit_is_found() {
    let text = format!("{}\n", other().join("\n")).into_bytes();
    let last = text.len() - other().last().unwrap().len() - 1;
    let first = other()[0].len() + 1;
    let step = if deep() { 1 } else { 97 };
    let some = (0..text.len() * 8).filter(|bit| {
        let byte = bit / 8;
        bit % step == 0 || byte >= last || (byte < first && bit % 5 == 0)
    });
    let mut flips = 0;
    for bit in some {
        let mut flipped = text.clone();
        flipped[bit / 8] ^= 1 << (bit % 8);
        let found = found_in(&flipped, None);
        assert!(!found.holds(), "bit {bit} of {}: {:?}", text.len() * 8, flipped[bit / 8] as char);
        assert!(found.findings.len() <= 2, "a cascade: {:?}", findings(&found));
        flips += 1;
    }
    assert!(flips > 1_500, "{flips}");
}

/// Bytes and lines are mixed at random.
#[test]
fn whatever_the_file_holds_nothing_panics() {
    let lines = [honest(), other()].concat();
    let mut random = Random(4);
    for _ in 0..if deep() { 20_000 } else { 300 } {
        let some = random.below(30);
        let mut text = Vec::new();
        for _ in 0..some {
            let line = lines[random.below(lines.len())].as_bytes();
            match random.below(6) {
                0 => text.extend_from_slice(&line[..random.below(line.len())]),
                1 => text.extend((0..random.below(200)).map(|_| u8::try_from(random.below(256)).unwrap())),
                _ => text.extend_from_slice(line),
            }
            if random.below(9) != 0 {
                text.push(b'\n');
            }
        }
        for _ in 0..random.below(3) {
            if !text.is_empty() {
                let at = random.below(text.len());
                text[at] = u8::try_from(random.below(256)).unwrap();
            }
        }
        found_in(&text, None);
    }
}

/// Values are changed, and the chain is made anew: what is left to find is in what the lines tell.
#[test]
fn whatever_the_lines_tell_nothing_panics() {
    let mut random = Random(5);
    let (mut wrong, rounds) = (0, if deep() { 5_000 } else { 150 });
    for _ in 0..rounds {
        let mut lines = honest();
        for _ in 0..=random.below(3) {
            let at = random.below(lines.len());
            let mut line = value(&lines[at]);
            change(&mut line, &mut random);
            lines[at] = line.to_string();
        }
        // What is no line any more is left as it is.
        if lines.iter().all(|line| value(line).as_object().is_some_and(|line| line.contains_key("sum"))) {
            chained(&mut lines);
        }
        wrong += usize::from(!found(&lines).holds());
    }
    assert!(wrong > rounds / 3 && wrong < rounds, "{wrong} of {rounds}");
}

/// One value somewhere in it becomes another.
fn change(value: &mut Value, random: &mut Random) {
    match value {
        Value::Object(fields) if !fields.is_empty() => {
            let at = random.below(fields.len());
            let key = fields.keys().nth(at).unwrap().clone();
            if random.below(12) == 0 && key != "sum" {
                fields.shift_remove(&key);
            } else {
                change(&mut fields[&key], random);
            }
        }
        Value::Array(items) if !items.is_empty() => {
            let at = random.below(items.len());
            change(&mut items[at], random);
        }
        Value::Number(_) if random.below(2) == 0 => *value = json!(u64::MAX),
        Value::Null
        | Value::Bool(_)
        | Value::Number(_)
        | Value::String(_)
        | Value::Array(_)
        | Value::Object(_) => {
            let others =
                [json!(null), json!(0), json!(""), json!([]), json!({}), json!(true), json!("untold")];
            *value = others[random.below(others.len())].clone();
        }
    }
}

/// The codes that chance finds in bytes are of lines: what they tell is never believed.
#[test]
fn a_line_that_was_changed_tells_nothing() {
    let lines = honest();
    for at in 0..lines.len() {
        let mut changed = lines.clone();
        changed[at] = changed[at].replacen("AKIA", "AKIB", 1).replacen("\"exit\":0", "\"exit\":5", 1);
        if changed[at] == lines[at] {
            continue;
        }
        let line = u64::try_from(at + 1).unwrap();
        assert_eq!(findings(&found(&changed)), [(Code::Edited, line, line)]);
    }
}
