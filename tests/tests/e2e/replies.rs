//! Assertions about responses.

use serde_json::{Map, Value};
use tonearm_e2e::client::Reply;

/// Checks the status and the code of a problem; an empty code stands for a response
/// that is not a problem.
#[track_caller]
pub fn expect(what: &str, reply: &Reply, status: u16, code: &str) {
    assert_eq!(reply.status, status, "{what}: {reply}");
    if code.is_empty() {
        assert_ne!(
            reply.header("content-type"),
            "application/problem+json",
            "{what}: {reply}"
        );
        return;
    }
    assert_eq!(reply.problem(), code, "{what}: {reply}");
    let problem = reply.json();
    assert_eq!(
        problem["status"], status,
        "{what}: the status in the document"
    );
    for member in ["type", "title", "detail"] {
        let text = problem[member].as_str().unwrap_or_default();
        assert!(
            !text.is_empty(),
            "{what}: a problem without {member}: {reply}"
        );
    }
}

/// JSON for a snapshot: placeholders replace ids, times and sizes, which differ between
/// runs and versions of ffmpeg.
pub fn shown(json: &Value) -> Value {
    match json {
        Value::Object(members) => {
            let shown = members
                .iter()
                .map(|(name, value)| (name.clone(), shown_as(name, value)));
            Value::Object(shown.collect::<Map<_, _>>())
        }
        Value::Array(items) => items.iter().map(shown).collect(),
        Value::String(text) => without_ids(text).into(),
        other => other.clone(),
    }
}

fn shown_as(name: &str, value: &Value) -> Value {
    match (name, value) {
        (name, Value::String(_)) if name.ends_with("_at") => "[time]".into(),
        ("traceparent", Value::String(_)) => "[trace]".into(),
        ("id", Value::String(_)) => "[id]".into(),
        ("worker", Value::String(_)) => "[worker]".into(),
        // Small sizes belong to files that a test wrote itself.
        ("size", Value::Number(bytes)) if bytes.as_u64() > Some(1000) => "[bytes]".into(),
        ("duration_seconds", Value::Number(_)) => "[seconds]".into(),
        (_, value) => shown(value),
    }
}

/// Replaces every UUID by `[id]`.
fn without_ids(text: &str) -> String {
    const UUID: usize = 36;
    let is_id = |part: &[u8]| {
        part.iter().enumerate().all(|(at, byte)| match at {
            8 | 13 | 18 | 23 => *byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        })
    };
    let mut shown = String::new();
    let mut rest = text;
    while let Some(at) = rest.as_bytes().windows(UUID).position(is_id) {
        shown.push_str(&rest[..at]);
        shown.push_str("[id]");
        rest = &rest[at + UUID..];
    }
    shown + rest
}
