//! The spans, with what is known when they begin. A span of `tracing` has to name all its fields at once, so that those that
//! come later are there and empty.

use std::any::Any;

use aqueduct_spec::language::{Headers, JsonFormat, ResponseFormat};
use serde_json::json;
use tracing::field::Empty;
use tracing::{Span, info_span};

use super::view::{self, View};
use super::{Supplement, kinds, messages, names, record};
use crate::text::{ContentPart, ModelCallStartEvent, StartEvent};
use crate::tool::{ToolCall, ToolOutcome};

/// A request for text; a child of the span that is entered.
pub(super) fn agent(view: View<'_>, event: &StartEvent) -> Span {
    let settings = &event.settings;
    let name = format!("invoke_agent {}", event.model_id);
    let instructions = view.input(|| messages::instructions(event.instructions.messages()));
    let input = view.input(|| Some(messages::input(&event.messages)));
    let context =
        view.call.runtime_context(&event.contexts).map(|context| json!(context).to_string());
    info_span!(
        target: "gen_ai",
        "invoke_agent",
        "otel.name" = name,
        "otel.kind" = "internal",
        "otel.status_code" = Empty,
        "otel.status_description" = Empty,
        "error.type" = Empty,
        "gen_ai.operation.name" = "invoke_agent",
        "gen_ai.provider.name" = names::provider(&event.provider),
        "gen_ai.agent.name" = view.call.function_id.as_deref(),
        "gen_ai.request.model" = event.model_id,
        "gen_ai.request.max_tokens" = settings.max_output_tokens,
        "gen_ai.request.temperature" = settings.temperature,
        "gen_ai.request.top_p" = settings.top_p,
        "gen_ai.request.top_k" = settings.top_k,
        "gen_ai.request.presence_penalty" = settings.presence_penalty,
        "gen_ai.request.frequency_penalty" = settings.frequency_penalty,
        "gen_ai.request.stop_sequences" = list(settings.stop_sequences.as_deref()),
        "gen_ai.request.seed" = settings.seed,
        "gen_ai.output.type" = output_type(settings.response_format.as_ref()),
        "gen_ai.system_instructions" = instructions,
        "gen_ai.input.messages" = input,
        "gen_ai.output.messages" = Empty,
        "gen_ai.response.finish_reasons" = Empty,
        "gen_ai.usage.input_tokens" = Empty,
        "gen_ai.usage.output_tokens" = Empty,
        "gen_ai.usage.cache_read.input_tokens" = Empty,
        "gen_ai.usage.cache_creation.input_tokens" = Empty,
        "gen_ai.usage.reasoning.output_tokens" = Empty,
        "ai.usage.inputTokenDetails.noCacheTokens" = Empty,
        "ai.usage.outputTokenDetails.textTokens" = Empty,
        "ai.usage.outputTokenDetails.reasoningTokens" = Empty,
        "ai.response.usage" = Empty,
        "ai.response.providerMetadata" = Empty,
        "ai.settings.context" = context,
    )
}

/// A step.
pub(super) fn step(root: &Span, number: usize) -> Span {
    info_span!(
        target: "gen_ai",
        parent: root,
        "step",
        "otel.name" = format!("step {}", number + 1),
        "otel.kind" = "internal",
        "otel.status_code" = Empty,
        "otel.status_description" = Empty,
        "error.type" = Empty,
        "gen_ai.operation.name" = "agent_step",
    )
}

/// A call of a language model.
pub(super) fn chat(step: &Span, view: View<'_>, event: &ModelCallStartEvent) -> Span {
    let options = &event.options;
    let name = format!("chat {}", event.model_id);
    let (system, rest) = messages::split_system(&options.prompt);
    let instructions = view.input(|| messages::instructions(&system));
    let input = view.input(|| Some(messages::input(rest)));
    let tools = view.input(|| options.tools.as_deref().map(view::shown_tools));
    let format = json_format(options.response_format.as_ref());
    let format = format.filter(|_| view.shows(Supplement::Schema));
    let schema = view.input(|| format.and_then(|format| format.schema.clone()));
    let schema_name = format.and_then(|format| format.name.as_deref());
    let schema_description = format.and_then(|format| format.description.as_deref());
    let choice = options.tool_choice.as_ref().filter(|_| view.shows(Supplement::ToolChoice));
    let choice = view.input(|| choice.map(|choice| json!(choice)));
    info_span!(
        target: "gen_ai",
        parent: step,
        "chat",
        "otel.name" = name,
        "otel.kind" = "client",
        "otel.status_code" = Empty,
        "otel.status_description" = Empty,
        "error.type" = Empty,
        "gen_ai.operation.name" = "chat",
        "gen_ai.provider.name" = names::provider(&event.provider),
        "gen_ai.request.model" = event.model_id,
        "gen_ai.request.max_tokens" = options.max_output_tokens,
        "gen_ai.request.temperature" = options.temperature,
        "gen_ai.request.top_p" = options.top_p,
        "gen_ai.request.top_k" = options.top_k,
        "gen_ai.request.presence_penalty" = options.presence_penalty,
        "gen_ai.request.frequency_penalty" = options.frequency_penalty,
        "gen_ai.request.stop_sequences" = list(options.stop_sequences.as_deref()),
        "gen_ai.request.seed" = options.seed,
        "gen_ai.output.type" = output_type(options.response_format.as_ref()),
        "gen_ai.system_instructions" = instructions,
        "gen_ai.input.messages" = input,
        "gen_ai.tool.definitions" = tools,
        "gen_ai.output.messages" = Empty,
        "gen_ai.response.id" = Empty,
        "gen_ai.response.model" = Empty,
        "gen_ai.response.finish_reasons" = Empty,
        "gen_ai.usage.input_tokens" = Empty,
        "gen_ai.usage.output_tokens" = Empty,
        "gen_ai.usage.cache_read.input_tokens" = Empty,
        "gen_ai.usage.cache_creation.input_tokens" = Empty,
        "gen_ai.usage.reasoning.output_tokens" = Empty,
        "ai.usage.inputTokenDetails.noCacheTokens" = Empty,
        "ai.usage.outputTokenDetails.textTokens" = Empty,
        "ai.usage.outputTokenDetails.reasoningTokens" = Empty,
        "ai.response.usage" = Empty,
        "ai.response.providerMetadata" = Empty,
        "gen_ai.client.operation.duration" = Empty,
        "gen_ai.client.operation.time_to_first_chunk" = Empty,
        "gen_ai.client.operation.time_per_output_chunk" = Empty,
        "ai.request.headers" = view.headers(options.headers.as_ref()),
        "ai.prompt.toolChoice" = choice,
        "ai.schema" = schema,
        "ai.schema.name" = schema_name,
        "ai.schema.description" = schema_description,
    )
}

/// A run of a tool.
pub(super) fn tool(parent: &Span, view: View<'_>, tool_call: &ToolCall) -> Span {
    let kind = if tool_call.provider_executed { "extension" } else { "function" };
    info_span!(
        target: "gen_ai",
        parent: parent,
        "execute_tool",
        "otel.name" = format!("execute_tool {}", tool_call.tool_name),
        "otel.kind" = "internal",
        "otel.status_code" = Empty,
        "otel.status_description" = Empty,
        "error.type" = Empty,
        "gen_ai.operation.name" = "execute_tool",
        "gen_ai.tool.name" = tool_call.tool_name,
        "gen_ai.tool.type" = kind,
        "gen_ai.tool.call.id" = tool_call.tool_call_id,
        "gen_ai.tool.call.arguments" = view.input(|| Some(tool_call.input.clone())),
        "gen_ai.tool.call.result" = Empty,
        "gen_ai.execute_tool.duration" = Empty,
        "ai.settings.tool_context" = Empty,
    )
}

/// The runs of the provider's own tools, known only when they are over.
pub(super) fn provider_tools(chat: &Span, view: View<'_>, content: &[ContentPart]) -> Vec<Span> {
    let calls = content.iter().filter_map(|part| match part {
        ContentPart::ToolCall(tool_call) if tool_call.provider_executed => Some(tool_call),
        _ => None,
    });
    calls
        .map(|tool_call| {
            let span = tool(chat, view, tool_call);
            if let Some(outcome) = outcome_of(&tool_call.tool_call_id, content) {
                record::outcome(&span, view, &outcome);
            }
            span
        })
        .collect()
}

fn outcome_of(id: &str, content: &[ContentPart]) -> Option<ToolOutcome> {
    content.iter().rev().find_map(|part| match part {
        ContentPart::ToolResult(result) if result.tool_call_id == id => {
            Some(ToolOutcome::Result(result.clone()))
        }
        ContentPart::ToolError(error) if error.tool_call_id == id => {
            Some(ToolOutcome::Error(error.clone()))
        }
        _ => None,
    })
}

/// A request for anything but text, or one of its calls.
pub(super) fn call(parent: Option<&Span>, view: View<'_>, about: &About<'_>) -> Span {
    let (operation, output_type) = names::operation(about.operation);
    let name = match about.model_id {
        Some(model_id) => format!("{operation} {model_id}"),
        None => operation.to_owned(),
    };
    let asked = kinds::asked(view, about.input);
    /// The same fields, whatever the parent is.
    macro_rules! span {
        ($($parent:tt)*) => { info_span!(
            target: "gen_ai",
            $($parent)*
            "call",
            "otel.name" = name,
            "otel.kind" = "client",
            "otel.status_code" = Empty,
            "otel.status_description" = Empty,
            "error.type" = Empty,
            "gen_ai.operation.name" = operation,
            "gen_ai.provider.name" = names::provider(about.provider),
            "gen_ai.agent.name" = view.call.function_id.as_deref(),
            "gen_ai.request.model" = about.model_id,
            "gen_ai.request.choice.count" = asked.choices,
            "gen_ai.request.seed" = asked.seed,
            "gen_ai.output.type" = output_type,
            "gen_ai.system_instructions" = asked.instructions,
            "gen_ai.input.messages" = asked.messages,
            "gen_ai.output.messages" = Empty,
            "gen_ai.response.id" = Empty,
            "gen_ai.response.model" = Empty,
            "gen_ai.usage.input_tokens" = Empty,
            "gen_ai.usage.output_tokens" = Empty,
            "gen_ai.client.operation.duration" = Empty,
            "ai.request.headers" = view.headers(about.headers),
            "ai.response.providerMetadata" = Empty,
            "ai.values" = asked.values,
            "ai.embeddings" = Empty,
            "ai.documents" = asked.documents,
            "ai.ranking" = Empty,
        ) };
    }
    match parent {
        None => span!(),
        Some(parent) => span!(parent: parent,),
    }
}

/// What a request for anything but text and its calls have in common.
pub(super) struct About<'a> {
    pub(super) operation: &'a str,
    pub(super) provider: &'a str,
    pub(super) model_id: Option<&'a str>,
    pub(super) headers: Option<&'a Headers>,
    pub(super) input: &'a dyn Any,
}

fn list(texts: Option<&[String]>) -> Option<String> {
    texts.map(|texts| json!(texts).to_string())
}

/// The conventions know of JSON; text needs no mention.
fn output_type(format: Option<&ResponseFormat>) -> Option<&'static str> {
    json_format(format).map(|_| "json")
}

fn json_format(format: Option<&ResponseFormat>) -> Option<&JsonFormat> {
    match format {
        Some(ResponseFormat::Json(format)) => Some(format),
        _ => None,
    }
}
