//! Which of the tools that providers define a provider passes on, told by calling it.

use aqueduct_providers::Entry;
use aqueduct_spec::language::{CallOptions, Message, ProviderTool, StreamPart, Tool};
use aqueduct_spec::{Context, JsonObject, Model as _, Provider, Stream, Warning};
use aqueduct_testkit::{RecordedRequest, Reply, ScriptedUpstream};
use futures_util::StreamExt as _;
use serde_json::{Value, json};

use super::ai_sdk::TOOLS;
use super::kinds;

/// The tools that are sent to the vendor. Those of other vendors are not asked for, except where a provider speaks another
/// vendor's language: what counts is what is sent, not how the tool is called.
pub(super) async fn passed_on(entry: &Entry) -> Vec<&'static str> {
    let upstream = ScriptedUpstream::new(beginning_of_a_stream);
    let provider = kinds::build(entry, &upstream.url());
    let mut passed = Vec::new();
    for id in TOOLS {
        let before = upstream.requests().len();
        let refused = is_refused(provider.as_ref(), id).await;
        let requests = upstream.requests();
        let is_sent = requests.get(before).is_some_and(|request| {
            let body: Value = serde_json::from_slice(&request.body).unwrap_or_default();
            body["tools"].as_array().is_some_and(|tools| !tools.is_empty())
        });
        if is_sent && !refused {
            passed.push(*id);
        }
    }
    passed
}

/// Whether a call with one tool fails, or is answered with a warning that something was left out.
async fn is_refused(provider: &dyn Provider, id: &str) -> bool {
    let Ok(model) = provider.language_model(model_id(provider.id())) else { return true };
    let name = id.split('.').next_back().unwrap();
    let mut call = CallOptions::new(vec![Message::user("Hello")]);
    call.tools = Some(vec![Tool::Provider(ProviderTool::new(id, name, settings()))]);
    let Ok(result) = model.call(Stream::from(call), &Context::default()).await else {
        return true;
    };
    let mut stream = result.stream;
    match stream.next().await {
        Some(Ok(StreamPart::StreamStart(start))) => {
            start.warnings.iter().any(|warning| matches!(warning, Warning::Unsupported(_)))
        }
        _ => true,
    }
}

/// A model that takes tools of all ages.
fn model_id(provider: &str) -> &'static str {
    match provider {
        "simulator" => "echo",
        "google" => "gemini-3-pro-preview",
        "anthropic" => "claude-sonnet-4-5",
        "openai" | "azure" => "gpt-5",
        "groq" => "openai/gpt-oss-120b",
        _ => "some-model",
    }
}

/// Enough of a stream for the provider to say what it left out.
fn beginning_of_a_stream(request: &RecordedRequest) -> Reply {
    match request.path().rsplit('/').next() {
        Some("messages") => Reply::events([json!({
            "type": "message_start",
            "message": { "id": "m", "model": "m", "content": [], "usage": { "input_tokens": 1, "output_tokens": 1 } },
        })
        .to_string()]),
        Some("language-model") => {
            Reply::events([json!({ "type": "stream-start", "warnings": [] }).to_string()])
        }
        _ => Reply::events::<&str>([]),
    }
}

/// What some of the tools cannot be without.
fn settings() -> JsonObject {
    let settings = json!({
        "displayWidthPx": 800, "displayHeightPx": 600, "model": "claude-opus-4-6",
        "serverLabel": "test", "serverUrl": "https://mcp.example.com", "vectorStoreIds": ["vs_1"],
        "fileSearchStoreNames": ["fileSearchStores/1"], "ragCorpus": "projects/p/ragCorpora/1",
    });
    settings.as_object().unwrap().clone()
}
