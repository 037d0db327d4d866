//! An answer in one piece, and what the stream shares with it.

use aqueduct_spec::language::{
    Content, DocumentSource, FinishReason, GenerateResult, InputTokens, OutputTokens, Reasoning,
    ResponseInfo, Source, Text, ToolCall, UnifiedFinishReason, Usage,
};
use aqueduct_spec::{Context, JsonObject, ProviderMetadata, json};
use serde::Deserialize;
use serde_json::Value;

/// The body of an answer.
#[derive(Deserialize)]
pub(super) struct Response {
    generation_id: Option<String>,
    message: Message,
    finish_reason: Option<String>,
    usage: Option<Account>,
}

#[derive(Deserialize)]
struct Message {
    content: Option<Vec<Part>>,
    tool_calls: Option<Vec<Call>>,
    citations: Option<Vec<JsonObject>>,
}

#[derive(Deserialize)]
struct Part {
    text: Option<String>,
    thinking: Option<String>,
}

#[derive(Deserialize)]
struct Call {
    id: String,
    function: Function,
}

#[derive(Deserialize)]
struct Function {
    name: String,
    arguments: String,
}

/// What the call used.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Account {
    tokens: Option<JsonObject>,
}

impl Account {
    /// The account in common terms; nothing is known of caches and thoughts.
    pub(super) fn usage(&self) -> Usage {
        let Some(tokens) = &self.tokens else { return Usage::default() };
        let count = |name: &str| tokens.get(name).and_then(json::count);
        let mut input = InputTokens::default();
        input.total = count("input_tokens");
        input.no_cache = input.total;
        let mut output = OutputTokens::default();
        output.total = count("output_tokens");
        output.text = output.total;
        let raw = crate::openai_compatible::kept(tokens, &["input_tokens", "output_tokens"], &[]);
        Usage::new(input, output, Some(raw))
    }
}

/// Why the model stopped.
pub(super) fn finish_reason(raw: Option<String>) -> FinishReason {
    let unified = match raw.as_deref() {
        Some("COMPLETE" | "STOP_SEQUENCE") => UnifiedFinishReason::Stop,
        Some("MAX_TOKENS") => UnifiedFinishReason::Length,
        Some("ERROR") => UnifiedFinishReason::Error,
        Some("TOOL_CALL") => UnifiedFinishReason::ToolCalls,
        _ => UnifiedFinishReason::Other,
    };
    FinishReason::new(unified, raw)
}

/// Reads an answer.
pub(super) fn generate(response: Response, cx: &Context) -> GenerateResult {
    let mut content: Vec<Content> = Vec::new();
    for part in response.message.content.into_iter().flatten() {
        if let Some(text) = part.text.filter(|text| !text.is_empty()) {
            content.push(Text::new(text).into());
        } else if let Some(thought) = part.thinking.filter(|thought| !thought.is_empty()) {
            content.push(Reasoning::new(thought).into());
        }
    }
    let citations = response.message.citations.into_iter().flatten();
    content.extend(citations.map(|citation| source(citation, cx).into()));
    for call in response.message.tool_calls.into_iter().flatten() {
        // A call without arguments has `null` for them.
        let Function { name, arguments } = call.function;
        let arguments = if arguments == "null" { "{}".to_owned() } else { arguments };
        content.push(ToolCall::new(call.id, name, arguments).into());
    }
    let mut result = GenerateResult::default();
    result.content = content;
    result.finish_reason = finish_reason(response.finish_reason);
    result.usage = response.usage.unwrap_or_default().usage();
    let mut info = ResponseInfo::default();
    info.id = response.generation_id;
    result.response = Some(info);
    result
}

/// A document that was cited, with the place in the answer.
fn source(mut citation: JsonObject, cx: &Context) -> Source {
    let sources = citation.shift_remove("sources").unwrap_or_default();
    let title = sources.pointer("/0/document/title").and_then(Value::as_str);
    let title = title.filter(|title| !title.is_empty()).unwrap_or("Document").to_owned();
    let mut metadata = JsonObject::new();
    for name in ["start", "end", "text"] {
        if let Some(value) = citation.shift_remove(name) {
            metadata.insert(name.to_owned(), value);
        }
    }
    metadata.insert("sources".to_owned(), sources);
    if let Some(kind) = citation.shift_remove("type").filter(|kind| !kind.is_null()) {
        metadata.insert("citationType".to_owned(), kind);
    }
    let mut source = DocumentSource::new(cx.generate_id(), "text/plain", title);
    source.provider_metadata = Some(ProviderMetadata::of("cohere", metadata));
    source.into()
}
