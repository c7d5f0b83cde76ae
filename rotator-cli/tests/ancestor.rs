//! The drop-in's surface against what the ancestor printed, character by character.

use std::process::Command;

#[test]
fn the_surface_is_the_ancestors() {
    let text = include_str!("../../fixtures/ancestor/usage.json");
    let cases: Vec<serde_json::Value> = serde_json::from_str(text).unwrap();
    assert_eq!(cases.len(), 31, "the recorded cases");
    for case in cases {
        let args: Vec<&str> =
            case["args"].as_array().unwrap().iter().map(|arg| arg.as_str().unwrap()).collect();
        let out = Command::new(env!("CARGO_BIN_EXE_iam-credential-rotation")).args(&args).output().unwrap();
        let stdout = String::from_utf8(out.stdout).unwrap().replace(env!("CARGO_PKG_VERSION"), "X");
        let stderr = String::from_utf8(out.stderr).unwrap();
        let ours = (out.status.code(), stdout.as_str(), stderr.as_str());
        let code = case["code"].as_i64().and_then(|code| i32::try_from(code).ok());
        let theirs = (code, case["stdout"].as_str().unwrap(), case["stderr"].as_str().unwrap());
        assert_eq!(ours, theirs, "arguments {args:?}");
    }
}
