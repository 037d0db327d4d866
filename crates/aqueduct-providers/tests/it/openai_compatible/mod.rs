//! The OpenAI protocol: what recordings do not show.

mod chunk_boundaries;
mod completion;
mod hooks;
mod image;
mod lenient;
mod request;
mod stream;
mod table;
mod unary;

use std::sync::Arc;

use aqueduct_http::Client;
use aqueduct_providers::openai_compatible::OpenAiCompatibleSettings;
use aqueduct_spec::language::{CallOptions, GenerateResult, Message};
use aqueduct_spec::{Context, Generate, LanguageModel, Model as _, Provider as _, Result, Stream};
use aqueduct_testkit::{Reply, ScriptedUpstream};
use futures_util::StreamExt as _;
use serde_json::{Value, json};

/// The settings of a host at an upstream.
fn host(upstream: &ScriptedUpstream) -> OpenAiCompatibleSettings {
    OpenAiCompatibleSettings::new("test-host", format!("{}/v1/", upstream.url()))
}

fn model(settings: OpenAiCompatibleSettings) -> Arc<dyn LanguageModel> {
    let client = Client::builder().no_proxy().build().unwrap();
    settings.build(&client).unwrap().language_model("some-model").unwrap()
}

fn hello() -> CallOptions {
    CallOptions::new(vec![Message::user("Hello")])
}

/// A context whose ids are counted.
fn context() -> Context {
    let next = std::sync::atomic::AtomicUsize::new(1);
    Context::default()
        .with_ids(move || format!("id-{}", next.fetch_add(1, std::sync::atomic::Ordering::Relaxed)))
}

async fn generate(settings: OpenAiCompatibleSettings, call: CallOptions) -> Result<GenerateResult> {
    model(settings).call(Generate::from(call), &context()).await
}

/// The parts of a stream; the last is `{"failed": message}` if it ended so.
async fn parts(settings: OpenAiCompatibleSettings, call: CallOptions) -> Vec<Value> {
    let result = model(settings).call(Stream::from(call), &context()).await.unwrap();
    let parts = result.stream.map(|part| match part {
        Ok(part) => serde_json::to_value(&part).unwrap(),
        Err(error) => json!({ "failed": error.message() }),
    });
    parts.collect().await
}

/// The parts that come of chunks.
async fn parts_of<D: AsRef<str>>(chunks: impl IntoIterator<Item = D>) -> Vec<Value> {
    let upstream = ScriptedUpstream::always(Reply::events(chunks));
    parts(host(&upstream), hello()).await
}

/// A chunk with a delta.
fn delta(delta: &Value) -> String {
    json!({ "id": "c", "choices": [{ "index": 0, "delta": delta, "finish_reason": null }] })
        .to_string()
}

/// The last chunk.
fn finish(reason: &str) -> String {
    json!({ "choices": [{ "index": 0, "delta": {}, "finish_reason": reason }] }).to_string()
}

/// The types of parts.
fn types(parts: &[Value]) -> Vec<&str> {
    parts.iter().map(|part| part["type"].as_str().unwrap_or("failed")).collect()
}

/// The request that the upstream received first.
fn sent(upstream: &ScriptedUpstream) -> Value {
    upstream.requests()[0].json()
}

/// An answer with nothing in it.
fn answered() -> Reply {
    Reply::json(
        200,
        &json!({ "choices": [{ "message": { "content": "" }, "finish_reason": "stop" }] }),
    )
}
