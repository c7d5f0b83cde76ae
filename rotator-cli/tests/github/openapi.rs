//! Each request that the adapter makes, and each answer that the fake gives, against GitHub's description.

use std::collections::BTreeMap;

use fakes::github::May;
use fakes::server::{Answer, Request};
use rotator_cli::store::Adapter;
use serde_json::Value;

use crate::kit::{hub, open, put, try_put, user};
use crate::schema::Document;

/// Its paths and methods.
struct Api {
    document: Document,
}

impl Api {
    fn read() -> Self {
        let text = include_str!("../../../fixtures/github/openapi.json");
        Self { document: Document(serde_json::from_str(text).unwrap()) }
    }

    /// The operation that a request is of, by its name.
    fn operation(&self, request: &Request) -> Result<&Value, String> {
        let sent: Vec<&str> = request.path.split('/').collect();
        let is = |template: &str| {
            let parts: Vec<&str> = template.split('/').collect();
            parts.len() == sent.len()
                && parts.iter().zip(&sent).all(|(part, sent)| part.starts_with('{') || part == sent)
        };
        let paths = self.document.0["paths"].as_object().unwrap();
        let fits = paths.iter().filter(|(template, _)| is(template));
        // `/secrets/public-key` is no secret of that name.
        let (_, path) =
            fits.min_by_key(|(template, _)| template.matches('{').count()).ok_or("no such path")?;
        path.get(request.method.to_lowercase()).ok_or_else(|| "no such method".to_owned())
    }

    /// What is wrong with a request and its answer; else the name of the operation.
    fn check(&self, request: &Request, answer: &Answer) -> Result<String, String> {
        let operation = self.operation(request)?;
        self.query(operation, &request.query)?;
        let schema = &operation["requestBody"]["content"]["application/json"]["schema"];
        if schema.is_null() {
            (request.body.is_empty()).then_some(()).ok_or("a body that is not described")?;
        } else {
            let body = request.json().ok_or("no body")?;
            self.document.wrong(schema, &body).map_or(Ok(()), Err)?;
            let stray =
                body.as_object().unwrap().keys().find(|name| schema["properties"].get(name).is_none());
            stray.map_or(Ok(()), |name| Err(format!("`{name}` is not described")))?;
        }
        let name = operation["operationId"].as_str().unwrap().to_owned();
        match (&operation["responses"][answer.status.to_string()], &answer.body) {
            // What every operation may answer is not in each operation's list.
            (Value::Null, Some(body)) if answer.status >= 400 => {
                body["message"].as_str().ok_or("a failure without a message")?;
                return Ok(format!("{name} {}", answer.status));
            }
            (Value::Null, _) => return Err(format!("{name} does not answer {}", answer.status)),
            (said, None) if said.get("content").is_none() => {}
            (said, Some(body)) if said.get("content").is_some() => {
                let schema = &said["content"]["application/json"]["schema"];
                self.document.wrong(schema, body).map_or(Ok(()), Err)?;
            }
            (_, _) => return Err(format!("{name}: a body that is not described, or none")),
        }
        Ok(name)
    }

    fn query(&self, operation: &Value, query: &str) -> Result<(), String> {
        for (name, value) in query.split('&').filter_map(|part| part.split_once('=')) {
            let parameters = operation["parameters"].as_array().unwrap();
            let parameters = parameters.iter().map(|parameter| self.document.resolve(parameter));
            let mut named =
                parameters.filter(|parameter| parameter["in"] == "query" && parameter["name"] == name);
            let parameter = named.next().ok_or_else(|| format!("no parameter `{name}`"))?;
            let value = value.parse::<i64>().map_or_else(|_| Value::from(value), Value::from);
            self.document.wrong(&parameter["schema"], &value).map_or(Ok(()), Err)?;
        }
        Ok(())
    }
}

#[tokio::test]
async fn requests_and_answers_are_as_github_describes_them() {
    let server = hub().await;
    let places = [
        "acme/app",
        "acme/app?names=two&mark=WHOSE",
        "acme/app?environment=a b/c",
        "acme/app?environment=a b/c&names=two",
        "acme?visibility=private",
        "acme?names=two&visibility=all",
        "acme?secret=CHOSEN",
    ];
    let chosen: Vec<u64> = (1..=65).collect();
    server.with(|hub| hub.write_secret("acme", "CHOSEN", "by hand", Some(("selected", &chosen))));
    for place in places {
        let store = open(&server, place);
        put(&store, 1).await;
        put(&store, 2).await;
    }
    let store = open(&server, "acme/app");
    server.with(|hub| hub.may = [May::Read; 2]);
    assert_eq!(try_put(&store, 3).await.0, "rejected");
    server.with(|hub| hub.may = [May::Nothing; 2]);
    store.read(&user("ci")).await.unwrap_err();

    let api = Api::read();
    let mut seen = BTreeMap::new();
    for (request, answer) in server.with(fakes::github::Hub::log) {
        let line = format!("{} {}", request.method, request.path);
        let name = api
            .check(&request, &answer)
            .unwrap_or_else(|said| panic!("{line}: {said}: {request:?} {answer:?}"));
        *seen.entry(name).or_insert(0) += 1;
    }
    let lines: Vec<String> = seen.iter().map(|(name, times)| format!("{name}: {times}")).collect();
    insta::assert_snapshot!(lines.join("\n"), @r"
    actions/create-environment-variable: 2
    actions/create-or-update-environment-secret: 6
    actions/create-or-update-org-secret: 8
    actions/create-or-update-repo-secret: 6
    actions/create-or-update-repo-secret 403: 1
    actions/create-org-variable: 3
    actions/create-repo-variable: 2
    actions/get-environment-public-key: 13
    actions/get-environment-secret: 6
    actions/get-environment-secret 404: 9
    actions/get-environment-variable: 6
    actions/get-environment-variable 404: 4
    actions/get-org-public-key: 15
    actions/get-org-secret: 11
    actions/get-org-secret 404: 9
    actions/get-org-variable: 9
    actions/get-org-variable 404: 6
    actions/get-repo-public-key: 14
    actions/get-repo-public-key 404: 1
    actions/get-repo-secret: 8
    actions/get-repo-secret 404: 10
    actions/get-repo-variable: 8
    actions/get-repo-variable 404: 4
    actions/list-environment-variables: 4
    actions/list-org-variables: 6
    actions/list-repo-variables: 4
    actions/list-selected-repos-for-org-secret: 15
    actions/update-environment-variable: 4
    actions/update-org-variable: 6
    actions/update-repo-variable: 4
    ");
}

#[tokio::test]
async fn what_is_not_as_described_is_found() {
    let server = hub().await;
    put(&open(&server, "acme/app"), 1).await;
    let (api, log) = (Api::read(), server.with(fakes::github::Hub::log));
    let put = log.iter().find(|(request, _)| request.method == "PUT").unwrap();
    assert!(api.check(&put.0, &put.1).is_ok());
    type Change = fn(&mut Request, &mut Answer);
    let changes: [Change; 7] = [
        |request, _| request.method = "POST".to_owned(),
        |request, _| request.path = request.path.replace("actions", "action"),
        |request, _| request.query = "force=1".to_owned(),
        |request, _| request.body = br#"{"encrypted_value":"c2VjcmV0"}"#.to_vec(),
        |request, _| request.body = br#"{"encrypted_value":"c2VjcmV0","key_id":"1","value":"x"}"#.to_vec(),
        |_, answer| answer.status = 200,
        |_, answer| answer.body = None,
    ];
    for (n, change) in changes.into_iter().enumerate() {
        let (mut request, mut answer) = put.clone();
        change(&mut request, &mut answer);
        assert!(api.check(&request, &answer).is_err(), "{n}");
    }
}
