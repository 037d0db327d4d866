//! Messages of a server, packed so that `rmcp` loses nothing of them.
//!
//! `rmcp` reads what it knows into types that drop members they do not name, and refuses what does not fit. So the content of
//! a message goes through it as a value that it does not look into, and comes out as it was. What it must understand stays
//! plain: the versions of a handshake, ping, cancellation, and the schemas of tools, from which it makes `Mcp-Param-*` headers.

use rmcp::model::{ErrorData, MetaObject, ServerJsonRpcMessage, ServerResult};
use serde_json::{Map, Value, json};

/// Holds the content. Methods get it as a prefix, so that `rmcp` takes them for ones it does not know.
const KEY: &str = "aqueduct";

/// The answer of 2026-07-28 to the question who the server is, in the `_meta` of the result.
const SERVER_INFO: &str = "io.modelcontextprotocol/serverInfo";

/// Reads a message; what is none is `None`.
pub(crate) fn message(message: Value) -> Option<ServerJsonRpcMessage> {
    serde_json::from_value(pack(message)?).ok()
}

/// Packs a message; what is none is `None`.
pub(crate) fn pack(message: Value) -> Option<Value> {
    let Value::Object(mut message) = message else { return None };
    let mut packed = Map::from_iter([("jsonrpc".to_owned(), Value::from("2.0"))]);
    if let Some(id) = message.get("id").filter(|id| !id.is_null()) {
        packed.insert("id".to_owned(), id.clone());
    }
    if let Some(method) = message.get("method").and_then(Value::as_str) {
        if matches!(method, "ping" | "notifications/cancelled") {
            message.insert("jsonrpc".to_owned(), "2.0".into());
            return Some(Value::Object(message));
        }
        packed.insert("method".to_owned(), format!("{KEY}/{method}").into());
        let params = message.get_mut("params").map(Value::take).unwrap_or_default();
        packed.insert("params".to_owned(), hidden(params));
    } else if let Some(error) = message.get_mut("error") {
        packed.insert("error".to_owned(), pack_error(error.take()));
    } else {
        packed.insert("result".to_owned(), pack_result(message.get_mut("result")?.take()));
    }
    Some(Value::Object(packed))
}

fn pack_result(result: Value) -> Value {
    let version = result.get("protocolVersion").filter(|version| version.is_string());
    if let Some(version) = version {
        return json!({
            "protocolVersion": version, "capabilities": {},
            "serverInfo": { "name": "", "version": "" }, "_meta": hidden(result),
        });
    }
    if let Some(versions) = result.get("supportedVersions") {
        return json!({
            "resultType": "complete", "supportedVersions": versions, "capabilities": {},
            "ttlMs": 0, "cacheScope": "private", "_meta": hidden(result),
        });
    }
    if let Some(Value::Array(tools)) = result.get("tools") {
        let known = |tool: &Value| json!({ "name": tool.get("name"), "inputSchema": tool.get("inputSchema") });
        let tools: Vec<Value> = tools.iter().map(known).collect();
        return json!({ "resultType": "complete", "tools": tools, "_meta": hidden(result) });
    }
    hidden(result)
}

fn hidden(content: Value) -> Value {
    Value::Object(Map::from_iter([(KEY.to_owned(), content)]))
}

/// The number and the data stay where `rmcp` looks for the versions that a server offers instead of a refused one.
fn pack_error(error: Value) -> Value {
    let code = error.get("code").and_then(Value::as_i64).and_then(|code| i32::try_from(code).ok());
    let mut data = error.get("data").and_then(Value::as_object).cloned().unwrap_or_default();
    data.insert(KEY.to_owned(), error);
    json!({ "code": code.unwrap_or_default(), "message": "", "data": data })
}

/// The content of a result.
pub(crate) fn result(result: ServerResult) -> Value {
    let ServerResult::ListToolsResult(list) = result else {
        return shown(serde_json::to_value(result).unwrap_or_default());
    };
    let mut content = kept(list.meta).unwrap_or_default();
    // `rmcp` leaves out tools whose headers the protocol forbids; so do we.
    if let Some(Value::Array(tools)) = content.get_mut("tools") {
        tools.retain(|tool| {
            let name = tool.get("name").and_then(Value::as_str);
            list.tools.iter().any(|known| Some(&*known.name) == name)
        });
    }
    content
}

/// The content, whether `rmcp` took the result for what it is or not.
fn shown(mut packed: Value) -> Value {
    if let Some(content) = packed.pointer_mut(&format!("/_meta/{KEY}")) {
        return content.take();
    }
    match packed.get_mut(KEY) {
        Some(content) => content.take(),
        None => packed,
    }
}

/// The content of a handshake, with the server's name where all versions but the last have it.
pub(crate) fn handshake(result: &ServerResult) -> Option<Value> {
    let mut content = match result {
        ServerResult::InitializeResult(result) => kept(result.meta.clone())?,
        ServerResult::DiscoverResult(result) => kept(result.meta.clone())?,
        _ => return None,
    };
    let named = content.get("_meta").and_then(|meta| meta.get(SERVER_INFO)).cloned();
    if let (Some(named), Some(content)) = (named, content.as_object_mut()) {
        content.entry("serverInfo").or_insert(named);
    }
    Some(content)
}

fn kept(meta: Option<MetaObject>) -> Option<Value> {
    meta?.0.remove(KEY)
}

/// The error that the server sent; `None` if it comes from `rmcp` itself.
pub(crate) fn error(error: &ErrorData) -> Option<&Value> {
    error.data.as_ref()?.get(KEY)
}

/// The method and the parameters of a packed request or notification.
pub(crate) fn call(method: &str, params: Option<Value>) -> (&str, Value) {
    let params = params.and_then(|mut params| params.get_mut(KEY).map(Value::take));
    (
        method.strip_prefix(KEY).and_then(|rest| rest.strip_prefix('/')).unwrap_or(method),
        params.unwrap_or_default(),
    )
}

#[cfg(test)]
mod tests {
    use rmcp::model::{JsonRpcMessage, ServerNotification};

    use super::*;

    /// Every shape that some result of the protocol has, with a member that nobody knows.
    #[test]
    fn results_come_out_as_they_went_in() {
        for content in [
            json!({}),
            json!({ "_meta": { "a": 1 }, "unknown": 1 }),
            json!({ "tools": [{ "name": "t", "inputSchema": { "type": "object" }, "unknown": 1 }], "x": 2 }),
            json!({ "tools": [{ "name": "t" }, { "name": "u", "inputSchema": true }] }),
            json!({ "tools": [{ "title": "no name" }], "_meta": { "aqueduct": "theirs" } }),
            json!({ "content": [{ "type": "hologram", "x": 1 }], "structuredContent": 3 }),
            json!({ "contents": [{ "uri": "a:b", "text": "", "unknown": [] }] }),
            json!({ "prompts": [], "resources": [], "completion": {}, "messages": [] }),
            json!({ "resultType": "input_required", "inputRequests": { "a": { "method": "x" } } }),
            json!({ "resultType": "complete" }),
            json!({ "action": "accept", "taskId": "t", "status": "working" }),
            json!({ "protocolVersion": "2025-11-25", "capabilities": { "x": true } }),
            json!({ "supportedVersions": ["2026-07-28"], "capabilities": { "x": 1 } }),
            json!({ "supportedVersions": true, "aqueduct": 1 }),
            json!("text"),
            json!(null),
        ] {
            let answer = json!({ "id": 1, "result": content });
            let Some(JsonRpcMessage::Response(read)) = message(answer) else {
                panic!("{content} was not read")
            };
            assert_eq!(result(read.result), content);
        }
    }

    #[test]
    fn errors_of_any_kind_are_read() {
        for content in [
            json!({ "code": -32602, "message": "no", "data": [1], "unknown": 2 }),
            json!({ "code": 9_000_000_000_i64 }),
            json!("no"),
        ] {
            let answer = json!({ "jsonrpc": "1.0", "id": "7", "error": content });
            let Some(JsonRpcMessage::Error(read)) = message(answer) else {
                panic!("{content} was not read")
            };
            assert_eq!(error(&read.error), Some(&content));
        }
    }

    #[test]
    fn questions_and_notifications_keep_their_parameters() {
        for params in [json!({ "_meta": { "x": 1 }, "y": 2 }), json!([1]), json!(null)] {
            let told = json!({ "method": "notifications/message", "params": params });
            let Some(JsonRpcMessage::Notification(read)) = message(told) else { panic!() };
            let ServerNotification::CustomNotification(custom) = read.notification else {
                panic!()
            };
            assert_eq!(call(&custom.method, custom.params), ("notifications/message", params));
        }
    }

    #[test]
    fn what_is_no_message_is_left_out() {
        for junk in
            [json!(1), json!([]), json!({}), json!({ "id": 1 }), json!({ "id": {}, "result": 1 })]
        {
            assert!(message(junk).is_none());
        }
    }
}
