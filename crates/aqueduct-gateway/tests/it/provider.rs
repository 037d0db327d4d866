//! Providers that speak OpenAI's API, scripted.

use aqueduct_testkit::{RecordedRequest, Reply, ScriptedUpstream};
use serde_json::{Value, json};

/// The key that the gateway shows its providers. No client may ever see it.
pub(crate) const PROVIDER_KEY: &str = "upstream-secret-4711";

/// The tables of a configuration that make a provider of an upstream.
pub(crate) fn table(name: &str, url: &str) -> String {
    format!(
        "[providers.{name}]\ntype = \"openai-compatible\"\nbase_url = \"{url}/v1\"\napi_key = \"{PROVIDER_KEY}\"\n"
    )
}

/// The first chunk of a stream, which holds no content yet.
pub(crate) fn opening() -> String {
    chunk(&json!({ "role": "assistant", "content": "" }), &Value::Null)
}

/// A chunk with a piece of text.
pub(crate) fn word(text: &str) -> String {
    chunk(&json!({ "content": text }), &Value::Null)
}

fn chunk(delta: &Value, finish_reason: &Value) -> String {
    let choice = json!({ "index": 0, "delta": delta, "finish_reason": finish_reason });
    json!({ "id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1_700_000_000, "model": "m-1", "choices": [choice] }).to_string()
}

/// All chunks of a stream of these words.
pub(crate) fn stream<'a>(words: impl IntoIterator<Item = &'a str>) -> Vec<String> {
    let words: Vec<_> = words.into_iter().map(word).collect();
    let usage = json!({ "prompt_tokens": 3, "completion_tokens": words.len(), "total_tokens": 3 + words.len() });
    let usage = json!({ "id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1_700_000_000, "model": "m-1", "choices": [], "usage": usage });
    let end = [chunk(&json!({}), &"stop".into()), usage.to_string(), "[DONE]".to_owned()];
    [opening()].into_iter().chain(words).chain(end).collect()
}

/// A whole answer.
pub(crate) fn answer(text: &str) -> Reply {
    let message = json!({ "role": "assistant", "content": text });
    let choice = json!({ "index": 0, "message": message, "finish_reason": "stop" });
    let usage = json!({ "prompt_tokens": 3, "completion_tokens": 2, "total_tokens": 5 });
    Reply::json(
        200,
        &json!({ "id": "chatcmpl-1", "object": "chat.completion", "created": 1_700_000_000, "model": "m-1", "choices": [choice], "usage": usage }),
    )
}

/// A failure in OpenAI's words.
pub(crate) fn failure(status: u16, message: &str) -> Reply {
    Reply::json(status, &json!({ "error": { "message": message, "type": "x", "code": null } }))
}

/// What the last message of a request says.
pub(crate) fn said(request: &RecordedRequest) -> String {
    let body = request.json();
    let message = body["messages"].as_array().unwrap().last().unwrap();
    message["content"].as_str().unwrap().to_owned()
}

/// Streams what the last message says back, word for word.
pub(crate) fn echo(request: &RecordedRequest) -> Reply {
    let text = said(request);
    Reply::events(stream(text.split_inclusive(' ')))
}

/// An upstream that answers well.
pub(crate) fn echoing() -> ScriptedUpstream {
    ScriptedUpstream::new(echo)
}
