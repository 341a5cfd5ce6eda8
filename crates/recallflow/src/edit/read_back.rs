//! Decides whether a flow that was read back shows an update.

use serde_json::Value;

use super::diff::differences;

/// A voice file, which the service does not return, and the ID that it assigns to the file.
const UPLOAD: [&str; 2] = ["baseFile", "voiceFileId"];

/// Returns whether the flow shows the update `draft`, and no longer the state `before`. All are the wire forms of updates.
///
/// A state that equals neither does not count: another client changed the flow, or the service did. A file that replaces one
/// of the same name cannot be seen.
pub(super) fn shows_update(before: &Value, draft: &Value, now: &Value) -> bool {
    let expected = without_uploads(draft, draft);
    differences(&expected, &without_uploads(now, draft)).is_empty()
        && !differences(&without_uploads(before, draft), &expected).is_empty()
}

/// Returns the state without what cannot be compared in the nodes for which the draft has a file.
fn without_uploads(state: &Value, draft: &Value) -> Value {
    let mut state = state.clone();
    let nodes = state["nodeList"].as_array_mut().into_iter().flatten();
    let drafts = draft["nodeList"].as_array().into_iter().flatten();
    for (node, draft) in nodes.zip(drafts) {
        if let Some(node) = node.as_object_mut().filter(|_| draft.get(UPLOAD[0]).is_some_and(|file| !file.is_null())) {
            node.retain(|name, _| !UPLOAD.contains(&name.as_str()));
        }
    }
    state
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn only_the_whole_new_state_counts() {
        let (old, new) =
            (json!({ "recallNum": 1, "recallInterval": 30 }), json!({ "recallNum": 2, "recallInterval": 30 }));
        assert!(shows_update(&old, &new, &new));
        assert!(!shows_update(&old, &new, &old));
        assert!(!shows_update(&old, &new, &json!({ "recallNum": 2, "recallInterval": 31 })));
        assert!(!shows_update(&old, &new, &json!({ "recallNum": 3, "recallInterval": 30 })));
    }

    #[test]
    fn a_file_is_seen_by_its_name_only() {
        let flow = |node: Value| json!({ "nodeList": [node, { "source": 3 }] });
        let old = flow(json!({ "source": 1, "voiceFileId": "a" }));
        let sent = flow(json!({ "source": 2, "uploadName": "hello", "baseFile": "Zm9v" }));
        let kept = flow(json!({ "source": 2, "uploadName": "hello", "voiceFileId": "b" }));
        assert!(shows_update(&old, &sent, &kept));
        assert!(!shows_update(&old, &sent, &old));
        // It may be the old file.
        assert!(!shows_update(&kept, &sent, &kept));
    }
}
