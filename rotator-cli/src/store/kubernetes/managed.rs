//! Who else writes to a Secret. What a controller or a deployment tool has made, it makes again: a pair that
//! was put there is taken back without a word.

use serde_json::Value;

/// Labels and annotations that name such a tool, and the tool.
///
/// - Argo CD, "Resource Tracking": the annotation `argocd.argoproj.io/tracking-id`. (Its label
///   `app.kubernetes.io/instance` is set by many others too, and says nothing.)
/// - Flux, "Kustomization" and "HelmRelease" API: labels with the name of the object that has applied it.
/// - Helm sets `meta.helm.sh/release-name` on all that belongs to a release.
/// - External Secrets Operator labels what it writes; with the creation policy Owner it is the owner too.
/// - Sealed Secrets, "Managing existing secrets": an annotation that lets it overwrite.
const MARKS: [(&str, &str, &str); 6] = [
    ("annotations", "argocd.argoproj.io/tracking-id", "Argo CD"),
    ("labels", "kustomize.toolkit.fluxcd.io/name", "Flux"),
    ("labels", "helm.toolkit.fluxcd.io/name", "Flux"),
    ("annotations", "meta.helm.sh/release-name", "Helm"),
    ("labels", "reconcile.external-secrets.io/managed", "External Secrets Operator"),
    ("annotations", "sealedsecrets.bitnami.com/managed", "Sealed Secrets"),
];
/// The label by which a tool says that it manages an object ("Recommended Labels").
pub(super) const MANAGED_BY: &str = "app.kubernetes.io/managed-by";
/// In that label.
pub(super) const ROTATOR: &str = "rotator";

/// What of an object's metadata says that somebody else writes to it; as the beginning of a sentence.
pub(super) fn by_others(metadata: &Value) -> Option<String> {
    let owner = metadata.pointer("/ownerReferences/0");
    if let Some(owner) = owner {
        let word = |name: &str| owner.get(name).and_then(Value::as_str).unwrap_or("?").to_owned();
        return Some(format!("the {} `{}` is its owner (`ownerReferences`)", word("kind"), word("name")));
    }
    let text = |kind: &str, name: &str| metadata.get(kind)?.get(name)?.as_str();
    let mark = MARKS.iter().find(|(kind, name, _)| text(kind, name).is_some());
    if let Some((_, name, tool)) = mark {
        return Some(format!("it is managed by {tool} (`{name}`)"));
    }
    let other = text("labels", MANAGED_BY).filter(|tool| *tool != ROTATOR)?;
    Some(format!("it is managed by {other} (`{MANAGED_BY}`)"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn whoever_says_that_it_is_theirs_is_heard() {
        for (metadata, word) in [
            (
                json!({ "ownerReferences": [{ "kind": "ExternalSecret", "name": "aws" }] }),
                "ExternalSecret `aws`",
            ),
            (json!({ "annotations": { "argocd.argoproj.io/tracking-id": "ci:/Secret:ci/x" } }), "Argo CD"),
            (json!({ "labels": { "kustomize.toolkit.fluxcd.io/name": "apps" } }), "Flux"),
            (json!({ "labels": { "reconcile.external-secrets.io/managed": "true" } }), "External Secrets"),
            (json!({ "labels": { "app.kubernetes.io/managed-by": "Helm" } }), "Helm"),
            (json!({ "labels": { "app.kubernetes.io/managed-by": "somebody" } }), "somebody"),
        ] {
            let said = by_others(&metadata).unwrap();
            assert!(said.contains(word), "{said}");
        }
    }

    #[test]
    fn what_says_nothing_of_the_kind_is_nobodys() {
        for metadata in [
            json!({}),
            json!({ "labels": null, "annotations": null, "ownerReferences": [] }),
            json!({ "labels": { "app.kubernetes.io/managed-by": "rotator", "app.kubernetes.io/instance": "x" } }),
            json!({ "annotations": { "kubectl.kubernetes.io/last-applied-configuration": "{}" } }),
        ] {
            assert_eq!(by_others(&metadata), None, "{metadata}");
        }
    }
}
