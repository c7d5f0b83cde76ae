//! What `decide` makes sure of while a new key is on its way: hand and PENDING.

use super::Guard;

pub const HANDING: &[Guard] = &[
    Guard {
        name: "held-until-promoted",
        says: "A key that was promoted meanwhile is not in this run's hand alone.",
        file: "decide",
        edits: &[(
            "Hand::Holds(id) if slots.current.as_ref() != Some(id) && slots.last.as_ref() != Some(id) => Some(id),",
            "Hand::Holds(id) => Some(id),",
        )],
    },
    Guard {
        name: "document-keeps-named",
        says: "A key whose secret is in the document is not taken back.",
        file: "decide",
        edits: &[("            Memory::Document if named => {}\n", "")],
    },
    Guard {
        name: "rejected-is-taken-back",
        says: "A pair that the store rejected is taken back, and not offered again.",
        file: "decide",
        edits: &[(
            "Memory::Document | Memory::Ledger | Memory::Dates if !writable => {",
            "Memory::Document | Memory::Ledger | Memory::Dates if false => {",
        )],
    },
    Guard {
        name: "named-before-published",
        says: "The key is named before it is handed over.",
        file: "decide",
        edits: &[(
            "Memory::Ledger if named => return Decision::Perform(Effect::Publish(id.clone())),",
            "Memory::Ledger => return Decision::Perform(Effect::Publish(id.clone())),",
        )],
    },
    Guard {
        name: "evidence-after-proof",
        says: "Use counts only if it is later than any proof of our own.",
        file: "decide",
        edits: &[(
            "(Used::Ago(ago), Some(since)) => ago.saturating_add(policy.stray_after) < since,",
            "(Used::Ago(_), Some(_)) => true,",
        )],
    },
    Guard {
        name: "evidence-promotes",
        says: "Use of PENDING shows that the store serves it.",
        file: "decide",
        edits: &[(" || (evidence && !ruled_out)", "")],
    },
    Guard {
        name: "evidence-against-word",
        says: "Use of PENDING and a word for CURRENT contradict each other.",
        file: "decide",
        edits: &[("(evidence && !ruled_out)", "evidence")],
    },
    Guard {
        name: "stored-not-sent",
        says: "Only a store that said so has the pair.",
        file: "decide",
        edits: &[("*hand == Hand::Stored(key.id.clone()) ||", "hand.key() == Some(&key.id) ||")],
    },
    Guard {
        name: "pending-in-flight",
        says: "PENDING that was named just now may be on its way to the store.",
        file: "decide",
        edits: &[(
            "if let Some(rest) = younger(in_flight) {",
            "if let Some(rest) = younger(Duration::ZERO) {",
        )],
    },
    Guard {
        name: "word-is-as-old-as-its-run",
        says: "A word must have been said when no other run was in flight.",
        file: "decide",
        edits: &[("if served.is_said() { 2 } else { 1 }", "1")],
    },
    Guard {
        name: "pending-needs-a-word",
        says: "Only a word, or what the store tells, takes PENDING away.",
        file: "decide",
        edits: &[(
            "if ruled_out && key.used != Used::Unknown && !evidence {",
            "if key.used != Used::Unknown && !evidence {",
        )],
    },
    Guard {
        name: "pending-use-unread",
        says: "A word against PENDING counts only where its use was read.",
        file: "decide",
        edits: &[("if ruled_out && key.used != Used::Unknown && !evidence {", "if ruled_out && !evidence {")],
    },
    Guard {
        name: "evidence-does-not-delete",
        says: "A word against PENDING that is in use is not believed.",
        file: "decide",
        edits: &[(
            "if ruled_out && key.used != Used::Unknown && !evidence {",
            "if ruled_out && key.used != Used::Unknown {",
        )],
    },
    Guard {
        name: "maybe-served",
        says: "PENDING that may be served is a person's to settle.",
        file: "decide",
        edits: &[(
            "        return Decision::Refuse(Refusal::MaybeServed(key.id.clone()));\n    }\n    if let (Some(id)",
            "    }\n    if let (Some(id)",
        )],
    },
];
