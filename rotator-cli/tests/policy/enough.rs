//! With the policy each run of a command's life ends as the administrator's does; with any single action taken
//! away one of them does not, and says which action is missing.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::sync::Mutex;

use serde_json::Value;

use crate::kit::{World, finish};
use crate::lives::{LIVES, Life, Story};
use crate::stage::Stage;

/// How many lives and how many of their actions are gone through, so that none is left out unseen.
const PAIRS: usize = 298;

/// The policy as the program prints it.
pub fn printed(options: &str, tasks: &str) -> Value {
    let world = World::new();
    let line = format!("rotator policy ci {options} --for {tasks} --account 111122223333");
    let ran = finish(world.command(&line).spawn().unwrap());
    assert_eq!(ran.code, Some(0), "{line}: {}", ran.stderr);
    assert!(world.sandbox.calls().is_empty(), "{line}: it calls nobody");
    serde_json::from_str(&ran.stdout).unwrap()
}

fn actions(policy: &Value) -> Vec<String> {
    let statements = policy["Statement"].as_array().unwrap().iter();
    let actions = statements.flat_map(|statement| statement["Action"].as_array().unwrap());
    actions.map(|action| action.as_str().unwrap().to_owned()).collect()
}

fn without(policy: &Value, action: &str) -> Value {
    let mut policy = policy.clone();
    for statement in policy["Statement"].as_array_mut().unwrap() {
        statement["Action"].as_array_mut().unwrap().retain(|one| one != action);
    }
    let statements = policy["Statement"].as_array_mut().unwrap();
    statements.retain(|statement| !statement["Action"].as_array().unwrap().is_empty());
    policy
}

fn play(life: &Life, story: &Story, policy: Option<&Value>) -> Stage {
    let mut stage = Stage::new(policy, life.options);
    (story.1)(&mut stage);
    assert!(!stage.runs.is_empty());
    stage
}

fn codes(stage: &Stage) -> Vec<Option<i32>> {
    stage.runs.iter().map(|(_, ran)| ran.code).collect()
}

/// What one life came to: a line for each action.
fn live(life: &Life) -> String {
    let policy = printed(life.options, life.tasks);
    let mut text = format!("{}\n", life.name);
    for story in life.stories {
        let (free, bound) = (play(life, story, None), play(life, story, Some(&policy)));
        let say = || format!("{}, {}: {:#?}", life.name, story.0, bound.runs);
        assert_eq!(codes(&free), codes(&bound), "{}", say());
        assert!(codes(&bound).iter().all(|code| matches!(code, Some(0 | 5))), "{}", say());
        assert!(bound.runs.iter().all(|(_, ran)| !ran.stderr.contains("not authorized")), "{}", say());
        writeln!(text, "  {}: exits {}", story.0, listed(&codes(&bound))).unwrap();
    }
    for action in actions(&policy) {
        let less = without(&policy, &action);
        let fell = life.stories.iter().find_map(|story| {
            let stage = play(life, story, Some(&less));
            let named = |text: &str| text.contains(&format!("not authorized to perform: {action} "));
            let fell = stage.runs.iter().find(|(_, ran)| {
                named(&ran.stderr) || named(&ran.stdout) || ran.stderr.contains(&format!("allow {action} "))
            });
            let code = fell.map(|(_, ran)| {
                let others = others_named(&ran.stderr, &action);
                assert!(others.is_empty(), "{}, {action}: {others:?} in {}", life.name, ran.stderr);
                ran.code.unwrap()
            });
            code.map(|code| (code, story.0))
        });
        let (code, story) = fell.unwrap_or_else(|| panic!("{}: nothing falls without {action}", life.name));
        writeln!(text, "    without {action}: exit {code}, {story}").unwrap();
    }
    text
}

fn listed(codes: &[Option<i32>]) -> String {
    codes.iter().map(|code| code.unwrap().to_string()).collect::<Vec<_>>().join(", ")
}

/// Actions that the next step names and that are not the one that is missing.
fn others_named(stderr: &str, action: &str) -> BTreeSet<String> {
    let words = stderr.split("allow ").skip(1).filter_map(|rest| rest.split_whitespace().next());
    words.filter(|word| word.contains(':') && *word != action).map(str::to_owned).collect()
}

#[test]
fn enough_and_nothing_more() {
    let lives = Mutex::new(LIVES.iter().enumerate());
    let told = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..6 {
            scope.spawn(|| {
                loop {
                    let next = lives.lock().unwrap().next();
                    let Some((place, life)) = next else { break };
                    let text = std::panic::catch_unwind(|| live(life)).unwrap_or_else(|_| {
                        told.lock().unwrap().push((place, format!("{} FAILED", life.name)));
                        String::new()
                    });
                    told.lock().unwrap().push((place, text));
                }
            });
        }
    });
    let mut told = told.into_inner().unwrap();
    told.sort_unstable();
    let text = told.into_iter().map(|(_, text)| text).collect::<Vec<_>>().join("\n");
    insta::with_settings!({omit_expression => true, prepend_module_to_snapshot => false}, {
        insta::assert_snapshot!("enough", text);
    });
    assert_eq!(text.matches("    without ").count(), PAIRS);
}
