//! Plays a sequence on the reference and on another side, and tells where they part.

use super::answer::{Answer, Shown, Side, View};
use super::differences::{Difference, Does, Then};
use super::operation::Operation;
use super::reference::{Case, Reference};

/// Where a side parts from the reference in a way that no table knows.
#[derive(Debug)]
pub struct Parting {
    /// How many operations of the sequence were played.
    pub after: usize,
    /// One line for each of them.
    pub story: Vec<String>,
}

/// How often each row of the table was met.
pub type Met = Vec<u64>;

/// Plays one sequence to its end, counting the differences that `known` has.
pub fn play(
    side: &mut impl Side,
    operations: &[Operation],
    known: &[Difference],
    met: &mut Met,
) -> Result<(), Parting> {
    let mut reference = Reference::default();
    let mut story = Vec::new();
    met.resize(known.len(), 0);
    side.begin();
    for (at, operation) in operations.iter().enumerate() {
        let Some((case, expected)) = reference.perform(operation) else { continue };
        let answer = side.perform(operation);
        let mut line = format!("{operation}: {answer}");
        let mut differences = Vec::new();
        if !expected.admits(&answer) {
            let does = Does::Answers(answer);
            let known = if row(known, case, &does).is_some() { " (known)" } else { "" };
            line = format!("{line}; AWS: {expected}{known}");
            differences.push((case, does));
        }
        // A difference that is known has consequences, which are seen to before the lists are compared.
        let mut settled = settle(side, &mut reference, operation, &differences, known, met);
        if settled.is_ok() {
            let oddities = oddities(&reference.look(), &side.look(operation), case);
            let unknown = oddities.iter().filter(|(case, does, _)| row(known, *case, does).is_none());
            line.extend(unknown.map(|(_, _, words)| format!("; {words}")));
            let oddities: Vec<_> = oddities.into_iter().map(|(case, does, _)| (case, does)).collect();
            settled = settle(side, &mut reference, operation, &oddities, known, met);
        }
        if let Err(why) = settled {
            story.push(line + &why);
            side.end();
            return Err(Parting { after: at + 1, story });
        }
        story.push(line);
    }
    side.end();
    Ok(())
}

/// Counts the differences that are known, and sees to it that the comparison can go on.
///
/// # Errors
/// One is not known, or cannot be undone; with what the story has not said yet.
fn settle(
    side: &mut impl Side,
    reference: &mut Reference,
    operation: &Operation,
    differences: &[(Case, Does)],
    known: &[Difference],
    met: &mut Met,
) -> Result<(), String> {
    for (case, does) in differences {
        let Some(place) = row(known, *case, does) else { return Err(String::new()) };
        met.get_mut(place).into_iter().for_each(|count| *count += 1);
        match known.get(place).map_or(Then::GoOn, |row| row.then) {
            Then::GoOn => {}
            Then::Follow => reference.follow(operation),
            Then::Undo => {
                let undone = side.undo(operation, &reference.tags());
                if undone != Answer::Done {
                    return Err(format!("; to undo it: {undone}"));
                }
            }
        }
    }
    Ok(())
}

/// The place in the table of what excuses this.
fn row(known: &[Difference], case: Case, does: &Does) -> Option<usize> {
    known.iter().position(|row| row.case == case && row.does == *does)
}

/// What the lists show otherwise, with words for the story.
fn oddities(expected: &View, seen: &View, case: Case) -> Vec<(Case, Does, String)> {
    let mut found = Vec::new();
    let mut odd = |case, does, words| found.push((case, does, words));
    let plain = |keys: &[Shown]| {
        let mut plain: Vec<_> = keys.iter().map(|key| (key.number, key.active)).collect();
        plain.sort_unstable();
        plain
    };
    match (&expected.keys, &seen.keys) {
        (Ok(expected), Ok(seen)) if plain(expected) == plain(seen) => {
            if seen.iter().any(|key| !key.whole_second) {
                odd(Case::ListAccessKeys, Does::Fractions, "CreateDate has fractions".into());
            }
            if seen.iter().any(|key| !key.prefix) {
                odd(Case::ListAccessKeys, Does::Prefix, "an id without AKIA".into());
            }
        }
        (Err(expected), Err(seen)) if expected == seen => {}
        (expected, seen) => {
            let words = format!("ListAccessKeys: {}; AWS: {}", listed(seen), listed(expected));
            odd(case, Does::Lists, words);
        }
    }
    let lower = |tags: &[(String, String)]| {
        let mut lower: Vec<_> = tags.iter().map(|(key, value)| (key.to_lowercase(), value.clone())).collect();
        lower.sort_unstable();
        lower
    };
    match (&expected.tags, &seen.tags) {
        // Which case of a tag's key is kept is not compared: the ledger reads either.
        (Ok(expected), Ok(seen)) if lower(expected) == lower(seen) => {}
        (Err(expected), Err(seen)) if expected == seen => {}
        (expected, seen) => {
            let both = seen.as_ref().is_ok_and(|seen| {
                let keys = lower(seen);
                keys.windows(2).any(|pair| matches!(pair, [(one, _), (other, _)] if one == other))
            });
            let words = format!("ListUserTags: {}; AWS: {}", pairs(seen), pairs(expected));
            odd(case, if both { Does::TagsTwice } else { Does::Lists }, words);
        }
    }
    if !seen.neighbour_intact {
        odd(case, Does::Lists, "another user's key has changed".into());
    }
    found
}

/// The shortest part of a sequence that still parts the two, as a story.
pub fn shorten(
    side: &mut impl Side,
    operations: &[Operation],
    known: &[Difference],
    parting: Parting,
) -> Parting {
    let mut shortest: Vec<_> = operations.iter().take(parting.after).cloned().collect();
    let mut told = parting;
    loop {
        let lengths = shortest.len();
        let dropped = (0..lengths).map(|at| {
            let mut shorter = shortest.clone();
            shorter.remove(at);
            shorter
        });
        let earlier = shortest.iter().enumerate().filter_map(|(at, operation)| {
            let mut simpler = shortest.clone();
            *simpler.get_mut(at)? = operation.earlier()?;
            Some(simpler)
        });
        let tried = dropped.chain(earlier).find_map(|tried| {
            let parting = play(side, &tried, known, &mut Met::new()).err()?;
            Some((tried, parting))
        });
        let Some((mut tried, parting)) = tried else { return told };
        tried.truncate(parting.after);
        (shortest, told) = (tried, parting);
    }
}

fn listed(keys: &Result<Vec<Shown>, Answer>) -> String {
    match keys {
        Ok(keys) if keys.is_empty() => "none".into(),
        Ok(keys) => keys.iter().map(ToString::to_string).collect::<Vec<_>>().join(", "),
        Err(answer) => answer.to_string(),
    }
}

fn pairs(tags: &Result<Vec<(String, String)>, Answer>) -> String {
    match tags {
        Ok(tags) if tags.is_empty() => "none".into(),
        Ok(tags) => tags.iter().map(|(key, value)| format!("{key}={value}")).collect::<Vec<_>>().join(", "),
        Err(answer) => answer.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::differential::operation::draw;
    use crate::check::differential::reference::Expected;

    /// The reference itself, with one thing wrong.
    struct Wrong {
        reference: Reference,
        how: How,
        kept: Option<Shown>,
    }

    #[derive(Clone, Copy, PartialEq)]
    enum How {
        NotAtAll,
        ThreeKeys,
        KeyStays,
        OtherCode,
        OtherStatus,
        ActivatesNothing,
        LosesOneOfTwoTags,
        NeighboursKeyToo,
    }

    fn wrong(how: How) -> Wrong {
        Wrong { reference: Reference::default(), how, kept: None }
    }

    impl Side for Wrong {
        fn begin(&mut self) {
            *self = wrong(self.how);
        }

        fn perform(&mut self, operation: &Operation) -> Answer {
            let before = self.reference.look().keys.unwrap_or_default();
            if let (How::ActivatesNothing, Operation::UpdateKey(key, rotator::Status::Active)) =
                (self.how, operation)
            {
                let same =
                    self.reference.clone().perform(&Operation::UpdateKey(*key, rotator::Status::Active));
                return as_answer(same.unwrap().1);
            }
            if let (How::LosesOneOfTwoTags, Operation::Tag { slots: Some(_), open: Some(open) }) =
                (self.how, operation)
            {
                let one = Operation::Tag { slots: None, open: Some(*open) };
                return as_answer(self.reference.perform(&one).unwrap().1);
            }
            let Some((_, expected)) = self.reference.perform(operation) else { return Answer::Done };
            let answer = as_answer(expected);
            match (self.how, operation, &answer) {
                (How::ThreeKeys, Operation::CreateKey, Answer::No(409, _)) => {
                    match self.reference.iam.create_key_beyond_quota() {
                        Ok(id) => Answer::Key(id.number()),
                        Err(_) => answer,
                    }
                }
                (How::KeyStays, Operation::DeleteKey(_), Answer::Done) => {
                    let left = self.reference.look().keys.unwrap();
                    self.kept = before.into_iter().find(|key| !left.contains(key));
                    answer
                }
                (How::OtherCode, Operation::DeleteUser, Answer::No(409, _)) => {
                    Answer::no(409, "LimitExceeded")
                }
                (How::OtherStatus, Operation::CreateUser, Answer::No(409, code)) => {
                    Answer::No(400, code.clone())
                }
                (
                    How::NeighboursKeyToo,
                    Operation::DeleteKey(super::super::operation::Key::Neighbours),
                    _,
                ) => Answer::Done,
                _ => answer,
            }
        }

        fn look(&mut self, _: &Operation) -> View {
            let mut view = self.reference.look();
            if let Ok(keys) = &mut view.keys {
                keys.extend(self.kept);
            }
            view
        }

        fn undo(&mut self, _: &Operation, _: &[(String, String)]) -> Answer {
            Answer::Done
        }

        fn end(&mut self) {}
    }

    fn as_answer(expected: Expected) -> Answer {
        match expected {
            Expected::Answer(answer) => answer,
            Expected::Refusal => Answer::no(403, "AccessDenied"),
        }
    }

    /// What the check would print of a side that is wrong in this way.
    fn found(how: How) -> Vec<String> {
        let mut side = wrong(how);
        for number in 0..100 {
            let operations = draw(1, number, 20);
            if let Err(parting) = play(&mut side, &operations, &[], &mut Met::new()) {
                return shorten(&mut side, &operations, &[], parting).story;
            }
        }
        Vec::new()
    }

    #[test]
    fn the_reference_does_not_part_from_itself() {
        assert!(found(How::NotAtAll).is_empty());
    }

    #[test]
    fn a_third_key_is_found() {
        let create = "CreateAccessKey: key";
        let third = format!("{create} 3; AWS: 409 LimitExceeded");
        let story = ["CreateUser: done", &format!("{create} 1"), &format!("{create} 2"), &third];
        assert_eq!(found(How::ThreeKeys), story);
    }

    #[test]
    fn a_key_that_stays_is_found() {
        let stays = "DeleteAccessKey of key 1: done; ListAccessKeys: key 1 Active; AWS: none";
        assert_eq!(found(How::KeyStays), ["CreateUser: done", "CreateAccessKey: key 1", stays]);
    }

    #[test]
    fn another_code_is_found() {
        let swapped = "DeleteUser: 409 LimitExceeded; AWS: 409 DeleteConflict";
        assert_eq!(found(How::OtherCode), ["CreateUser: done", "CreateAccessKey: key 1", swapped]);
    }

    #[test]
    fn another_http_status_is_found() {
        let other = "CreateUser: 400 EntityAlreadyExists; AWS: 409 EntityAlreadyExists";
        assert_eq!(found(How::OtherStatus), ["CreateUser: done", other]);
    }

    #[test]
    fn a_status_that_does_not_change_is_found() {
        let story = [
            "CreateUser: done",
            "CreateAccessKey: key 1",
            "UpdateAccessKey of key 1 to Inactive: done",
            "UpdateAccessKey of key 1 to Active: done; ListAccessKeys: key 1 Inactive; AWS: key 1 Active",
        ];
        assert_eq!(found(How::ActivatesNothing), story);
    }

    #[test]
    fn a_lost_tag_is_found() {
        let story = found(How::LosesOneOfTwoTags);
        let [create, tag] = &story[..] else { panic!("{story:?}") };
        assert_eq!(create, "CreateUser: done");
        assert!(tag.starts_with("TagUser slots="), "{tag}");
    }

    #[test]
    fn another_users_key_is_watched() {
        let done = "DeleteAccessKey of another user's key: done; AWS: 404 NoSuchEntity";
        assert_eq!(found(How::NeighboursKeyToo), [done]);
    }

    #[test]
    fn a_known_difference_is_counted_and_excuses_nothing_else() {
        let row = Difference {
            case: Case::DeleteUserWithKeys,
            does: Does::Answers(Answer::no(409, "LimitExceeded")),
            then: Then::GoOn,
            ..Difference::of_nobody()
        };
        let mut side = wrong(How::OtherCode);
        let mut met = Met::new();
        for number in 0..20 {
            play(&mut side, &draw(1, number, 20), std::slice::from_ref(&row), &mut met).unwrap();
        }
        assert!(met[0] > 0);

        let elsewhere = Difference { case: Case::Ordinary, ..row };
        let played = (0..20)
            .map(|number| play(&mut side, &draw(1, number, 20), std::slice::from_ref(&elsewhere), &mut met));
        assert!(played.filter(Result::is_err).count() > 0);
    }
}
