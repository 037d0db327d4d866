//! Chunks in odd orders, read as messages.

use aqueduct::ui::{UiMessage, UiMessageChunk, read_ui_message_stream};
use futures_util::{StreamExt as _, stream};
use serde::Deserialize;
use serde_json::json;

use crate::golden::{Golden, scenarios};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Scenario {
    name: String,
    chunks: Vec<UiMessageChunk>,
    message: Option<UiMessage>,
    #[serde(default)]
    terminate_on_error: bool,
}

#[tokio::test]
async fn odd_chunks_are_read_as_by_the_ai_sdk() {
    let mut golden = Golden::new("ui-reader");
    for scenario in scenarios::<Scenario>("ui-reader") {
        let mut reader = read_ui_message_stream(stream::iter(scenario.chunks))
            .terminate_on_error(scenario.terminate_on_error);
        if let Some(message) = scenario.message {
            reader = reader.message(message);
        }
        let (mut snapshots, mut last, mut has_failed) = (0, None, false);
        while let Some(item) = reader.next().await {
            match item {
                Ok(message) => (snapshots, last) = (snapshots + 1, Some(message)),
                Err(_) => has_failed = true,
            }
        }
        let ours = json!({ "snapshots": snapshots, "last": last, "hasFailed": has_failed });
        golden.compare_all(&scenario.name, &ours);
    }
    golden.finish();
}
