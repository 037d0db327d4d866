//! Servers since 2026-07-28: a connection has no handshake, no ping and no notifications that were not asked for.

use std::sync::Arc;
use std::time::Duration;

use aqueduct::spec::JsonObject;
use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::model::InitializeResult;
use crate::rpc::Session;

/// Whether the server is one of these. Versions are dates.
pub(super) fn speaks(server: &InitializeResult) -> bool {
    server.protocol_version.as_str() >= "2026-07-28"
}

/// Since 2026-07-28 a server tells that its lists have changed only to those who asked. The question is answered when the
/// server has no more to tell.
pub(super) fn listen(session: &Arc<Session>, server: &InitializeResult) -> Option<JoinSet<()>> {
    let changes = |capability: &str| {
        let told = server.capabilities.get(capability).and_then(|known| known.get("listChanged"));
        told == Some(&Value::Bool(true))
    };
    let wanted: JsonObject = [
        ("tools", "toolsListChanged"),
        ("prompts", "promptsListChanged"),
        ("resources", "resourcesListChanged"),
    ]
    .into_iter()
    .filter(|(capability, _)| changes(capability))
    .map(|(_, change)| (change.to_owned(), true.into()))
    .collect();
    if !speaks(server) || wanted.is_empty() {
        return None;
    }
    let session = Arc::clone(session);
    let mut listening = JoinSet::new();
    listening.spawn(async move {
        let params = json!({ "notifications": wanted });
        let (meta, limit) = (JsonObject::new(), Duration::MAX);
        let _over = session.request("subscriptions/listen", params, meta, None, limit).await;
    });
    Some(listening)
}
