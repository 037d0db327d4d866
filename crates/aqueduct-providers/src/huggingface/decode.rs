//! An answer in one piece, and what whole items are in a stream too.

use aqueduct_spec::language::{
    Content, FinishReason, GenerateResult, Reasoning, Source, Text, ToolCall, ToolResult,
    UnifiedFinishReason, UrlSource, Usage,
};
use aqueduct_spec::{Context, JsonObject, ProviderMetadata, Result};
use serde_json::{Value, json};

use super::ENTRY;
use crate::open_responses;
use crate::openai::responses::wire::{
    self, Annotation, ContentPart, FunctionCall, IncompleteDetails, Item, McpCall, McpListTools,
    Message,
};
use crate::openai::responses::{Reading, decode};

/// Reads an answer.
///
/// # Errors
/// What the router says has failed; `Provider` if there is no output.
pub(super) fn generate(mut response: wire::Response, cx: &Context) -> Result<GenerateResult> {
    let items = response.output.as_mut().map(std::mem::take).unwrap_or_default();
    let waits = items.iter().any(waits_for_result);
    let finish_reason = finish_reason(response.incomplete_details.as_ref(), waits);
    let account = usage(response.usage.as_ref());
    let id = response.id.clone();
    // Failures, ids and times are told as OpenAI tells them.
    let mut result = decode(response, &Reading::new(ENTRY.id), cx)?;
    result.provider_metadata = Some(answer_metadata(id));
    result.usage = account;
    result.finish_reason = finish_reason;
    for item in &items {
        content(item, cx, &mut result.content);
    }
    Ok(result)
}

fn content(item: &Item, cx: &Context, content: &mut Vec<Content>) {
    match item {
        Item::Message(item) => {
            for part in parts(item) {
                let text = match part {
                    ContentPart::OutputText(part) => part.text.as_str(),
                    ContentPart::Refusal(part) => part.refusal.as_str(),
                    _ => continue,
                };
                let mut text = Text::new(text);
                text.provider_metadata = item_metadata(item.id.as_deref());
                content.push(text.into());
                content.extend(sources(part, cx).map(Content::from));
            }
        }
        Item::Reasoning(item) => {
            for thought in item.content.iter().flatten() {
                let mut part = Reasoning::new(thought.text.as_str());
                part.provider_metadata = item_metadata(item.id.as_deref());
                content.push(part.into());
            }
        }
        item => {
            let Some((call, result)) = call(item) else {
                let custom = open_responses::custom(item, ENTRY.id, ENTRY.id);
                content.extend(custom.map(Content::from));
                return;
            };
            content.push(call.into());
            content.extend(result.map(Content::from));
        }
    }
}

/// The parts of a message.
pub(super) fn parts(message: &Message) -> &[ContentPart] {
    match &message.content {
        Some(wire::Content::Parts(parts)) => parts,
        _ => &[],
    }
}

/// The pages that a text was found on.
pub(super) fn sources(part: &ContentPart, cx: &Context) -> impl Iterator<Item = Source> {
    let annotations = match part {
        ContentPart::OutputText(part) => part.annotations.as_deref(),
        _ => None,
    };
    annotations.unwrap_or_default().iter().filter_map(|annotation| {
        let Annotation::UrlCitation(page) = annotation else { return None };
        let mut source = UrlSource::new(cx.generate_id(), page.url.as_str());
        source.title.clone_from(&page.title);
        Some(source.into())
    })
}

/// A call of a tool, and its result if the router has run it; `None` for items that are no call.
pub(super) fn call(item: &Item) -> Option<(ToolCall, Option<ToolResult>)> {
    Some(match item {
        Item::FunctionCall(item) => {
            let call = ToolCall::new(&*item.call_id, &*item.name, &*item.arguments);
            let result = function_output(item)
                .map(|output| ToolResult::new(&*item.call_id, &*item.name, output));
            (call, result)
        }
        Item::McpCall(item) => {
            let call = hosted(&item.id, &item.name, item.arguments.clone());
            (call, mcp_result(item))
        }
        Item::McpListTools(item) => {
            let input = json!({ "server_label": item.server_label }).to_string();
            (hosted(&item.id, LIST_TOOLS, input), listed_tools(item))
        }
        _ => return None,
    })
}

/// What the caller knows the question for a server's tools as.
const LIST_TOOLS: &str = "list_tools";

fn hosted(id: &str, name: &str, input: String) -> ToolCall {
    let mut call = ToolCall::new(id, name, input);
    call.provider_executed = Some(true);
    call
}

fn mcp_result(item: &McpCall) -> Option<ToolResult> {
    if let Some(output) = item.output.as_deref().filter(|output| !output.is_empty()) {
        return Some(ToolResult::new(&*item.id, &*item.name, Value::from(output)));
    }
    let error = item.error.as_ref().filter(|error| !error.is_null())?;
    let mut result = ToolResult::new(&*item.id, &*item.name, error.clone());
    result.is_error = Some(true);
    Some(result)
}

fn listed_tools(item: &McpListTools) -> Option<ToolResult> {
    let tools = item.tools.as_ref()?;
    Some(ToolResult::new(&*item.id, LIST_TOOLS, json!({ "tools": tools })))
}

/// What a function gave, if the router has run it.
fn function_output(item: &FunctionCall) -> Option<Value> {
    item.rest
        .get("output")
        .filter(|output| output.as_str().is_some_and(|it| !it.is_empty()))
        .cloned()
}

/// Whether the caller has to run a function.
pub(super) fn waits_for_result(item: &Item) -> bool {
    matches!(item, Item::FunctionCall(item) if function_output(item).is_none())
}

/// Metadata of an item.
pub(super) fn item_metadata(id: Option<&str>) -> Option<ProviderMetadata> {
    let object = JsonObject::from_iter([("itemId".to_owned(), id?.into())]);
    Some(ProviderMetadata::of(ENTRY.id, object))
}

/// Metadata of an answer.
pub(super) fn answer_metadata(id: Option<String>) -> ProviderMetadata {
    let object = JsonObject::from_iter([("responseId".to_owned(), id.into())]);
    ProviderMetadata::of(ENTRY.id, object)
}

/// Why the model stopped. The router says that only if something kept it from its end.
pub(super) fn finish_reason(details: Option<&IncompleteDetails>, waits: bool) -> FinishReason {
    let raw = details.and_then(|details| details.reason.clone());
    let unified = match raw.as_deref() {
        None if waits => UnifiedFinishReason::ToolCalls,
        None | Some("stop") => UnifiedFinishReason::Stop,
        Some("length" | "max_output_tokens") => UnifiedFinishReason::Length,
        Some("content_filter") => UnifiedFinishReason::ContentFilter,
        Some("tool_calls") => UnifiedFinishReason::ToolCalls,
        Some("error") => UnifiedFinishReason::Error,
        Some(_) => UnifiedFinishReason::Other,
    };
    FinishReason::new(unified, raw)
}

/// The account of a call.
pub(super) fn usage(account: Option<&wire::Usage>) -> Usage {
    let Some(account) = account else { return Usage::default() };
    let mut usage = open_responses::usage(account, Some(account.0.clone()));
    usage.input_tokens.cache_read.get_or_insert(0);
    usage.output_tokens.reasoning.get_or_insert(0);
    usage
}
