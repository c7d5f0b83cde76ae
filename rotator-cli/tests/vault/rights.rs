//! The policy in `docs/stores/vault.md` is enough, and each word of it is needed.

use rotator_cli::failure::Class;
use rotator_cli::store::{Adapter, Reading, Serves, Undelivered};

use crate::kit::{became, class, connect, connect_at, id, pair, put, read, served, user, with_token};
use bao::Bao;

const ALL: [&str; 3] = ["create", "update", "read"];

fn policy(path: &str, capabilities: &[&str]) -> String {
    format!("path \"{path}\" {{ capabilities = [\"{}\"] }}", capabilities.join("\", \""))
}

fn is_denied(put: Result<(), Undelivered>) -> bool {
    matches!(became(put), ("rejected", Some(Class::StoreRejected(Some(_)))))
}

#[tokio::test]
async fn the_policy_is_enough_and_no_more() {
    let Some(bao) = Bao::shared() else { return };
    for version in [1, 2] {
        let mount = format!("rights{version}");
        bao.mount(&mount, version).await;
        let place = format!("{mount}/ci/{{user}}");
        let path = if version == 1 { format!("{mount}/ci/*") } else { format!("{mount}/data/ci/*") };
        let admin = connect(bao, &place).await;

        let token = bao.token(&format!("all{version}"), &policy(&path, &ALL)).await;
        let store = connect_at(&bao.url, &place, with_token(&token)).await.unwrap();
        assert_eq!(served(&store, &user("x")).await, Serves::Nothing);
        put(&store, &user("x"), 1).await;
        put(&store, &user("x"), 2).await;
        assert_eq!(store.previous(&user("x"), &id(1)).await.unwrap().is_some(), version == 2);

        for missing in ALL {
            let rest: Vec<_> = ALL.into_iter().filter(|has| *has != missing).collect();
            let token = bao.token(&format!("no-{missing}{version}"), &policy(&path, &rest)).await;
            let store = connect_at(&bao.url, &place, with_token(&token)).await.unwrap();
            let fresh = user(missing);
            match missing {
                "read" => {
                    let over = Reading { serves: Serves::Nothing, revision: None };
                    assert!(matches!(class(store.read(&fresh).await), Class::Denied(_)));
                    assert!(is_denied(store.put(&fresh, &pair(1), &over).await));
                }
                "create" => {
                    let over = read(&store, &fresh).await;
                    assert!(is_denied(store.put(&fresh, &pair(1), &over).await));
                    put(&admin, &fresh, 1).await;
                    put(&store, &fresh, 2).await;
                }
                _ => {
                    put(&store, &fresh, 1).await;
                    let over = read(&store, &fresh).await;
                    assert!(is_denied(store.put(&fresh, &pair(2), &over).await));
                }
            }
        }
    }
}

#[tokio::test]
async fn forbidden_is_not_absent() {
    let Some(bao) = Bao::shared() else { return };
    bao.mount("forbidden", 2).await;
    let token = bao.token("elsewhere", &policy("forbidden/data/other/*", &ALL)).await;
    let store = connect_at(&bao.url, "forbidden/ci/{user}", with_token(&token)).await.unwrap();
    assert!(matches!(class(store.read(&user("x")).await), Class::Denied(_)));
    assert!(matches!(class(store.previous(&user("x"), &id(1)).await), Class::Denied(_)));
    // Without any right below the mount, not even the engine is told.
    let token = bao.token("nothing", &policy("secret/data/none", &ALL)).await;
    assert_eq!(class(connect_at(&bao.url, "forbidden/ci/{user}", with_token(&token)).await), Class::Setup);
}
