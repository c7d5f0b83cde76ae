//! Vault: the commands against a real OpenBao, with a token that the page's policy gives.

use std::process::Command;

use bao::{Bao, ROOT};
use serde_json::Value;

use super::{blocks, installed, lines, page, typed, world};

#[test]
fn by_a_token_with_the_pages_policy() {
    let Some(program) = installed("ROTATOR_TEST_BAO") else { return };
    let Some(bao) = Bao::start("http", &[]) else { return };
    let call = |folder: &std::path::Path, args: &[&str]| {
        let mut call = Command::new(&program);
        call.args(args).env("BAO_ADDR", &bao.url).env("BAO_TOKEN", ROOT).env("HOME", folder);
        let done = call.current_dir(folder).output().unwrap();
        assert!(done.status.success(), "{args:?}: {done:?}");
        String::from_utf8(done.stdout).unwrap().trim().to_owned()
    };
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("rotator.hcl"), blocks(page("vault.md"), "hcl")[0]).unwrap();
    call(folder.path(), &["policy", "write", "rotator", "rotator.hcl"]);
    let token = call(folder.path(), &["token", "create", "-policy=rotator", "-field=token"]);
    let lines = lines("vault.md", 3);
    let mut ran = typed(&lines, || {
        let mut world = world("ci");
        world.set("VAULT_ADDR", &bao.url);
        world.set("VAULT_TOKEN", &token);
        super::program(&world, "bao", &program);
        world
    });
    let read: Value = serde_json::from_str(&ran.remove(2).stdout).unwrap();
    let pair = &read["data"]["data"];
    let word = |name: &str| pair[name].as_str().unwrap();
    assert!(word("AccessKeyId").starts_with("AKIA") && word("SecretAccessKey").len() == 40);
}
