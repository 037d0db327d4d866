//! The spans, with what is known when they begin. A span of `tracing` has to name all its fields at once, so that those that
//! come later are there and empty.

use aqueduct_spec::language::ResponseFormat;
use serde_json::{Value, json};
use tracing::field::Empty;
use tracing::{Span, info_span};

use super::{messages, names, record};
use crate::rerank::Document;
use crate::telemetry::TelemetryCall;
use crate::text::{ContentPart, ModelCallStartEvent, StartEvent};
use crate::tool::{ToolCall, ToolOutcome};

/// A request for text; a child of the span that is entered.
pub(super) fn agent(call: &TelemetryCall, event: &StartEvent) -> Span {
    let settings = &event.settings;
    let name = format!("invoke_agent {}", event.model_id);
    let instructions = inputs(call, || messages::instructions(event.instructions.messages()));
    let input = inputs(call, || Some(messages::input(&event.messages)));
    let context = call.runtime_context(&event.contexts).map(|context| json!(context).to_string());
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
        "gen_ai.agent.name" = call.function_id,
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
pub(super) fn chat(step: &Span, call: &TelemetryCall, event: &ModelCallStartEvent) -> Span {
    let options = &event.options;
    let name = format!("chat {}", event.model_id);
    let (system, rest) = messages::split_system(&options.prompt);
    let instructions = inputs(call, || messages::instructions(&system));
    let input = inputs(call, || Some(messages::input(rest)));
    let tools = inputs(call, || options.tools.as_ref().map(|tools| json!(tools)));
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
        "gen_ai.client.operation.duration" = Empty,
        "gen_ai.client.operation.time_to_first_chunk" = Empty,
        "gen_ai.client.operation.time_per_output_chunk" = Empty,
    )
}

/// A run of a tool.
pub(super) fn tool(parent: &Span, call: &TelemetryCall, tool_call: &ToolCall) -> Span {
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
        "gen_ai.tool.call.arguments" = inputs(call, || Some(tool_call.input.clone())),
        "gen_ai.tool.call.result" = Empty,
        "gen_ai.execute_tool.duration" = Empty,
        "ai.settings.tool_context" = Empty,
    )
}

/// The runs of the provider's own tools, known only when they are over.
pub(super) fn provider_tools(
    chat: &Span,
    call: &TelemetryCall,
    content: &[ContentPart],
) -> Vec<Span> {
    let calls = content.iter().filter_map(|part| match part {
        ContentPart::ToolCall(tool_call) if tool_call.provider_executed => Some(tool_call),
        _ => None,
    });
    calls
        .map(|tool_call| {
            let span = tool(chat, call, tool_call);
            if let Some(outcome) = outcome_of(&tool_call.tool_call_id, content) {
                record::outcome(&span, call, &outcome);
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

/// A request for vectors, or one of its calls.
pub(super) fn embeddings(
    parent: Option<&Span>,
    call: &TelemetryCall,
    provider: &str,
    model_id: &str,
    values: &[String],
) -> Span {
    /// The same fields, whatever the parent is.
    macro_rules! span {
        ($($parent:tt)*) => { info_span!(
            target: "gen_ai",
            $($parent)*
            "embeddings",
            "otel.name" = format!("embeddings {model_id}"),
            "otel.kind" = "client",
            "otel.status_code" = Empty,
            "otel.status_description" = Empty,
            "error.type" = Empty,
            "gen_ai.operation.name" = "embeddings",
            "gen_ai.provider.name" = names::provider(provider),
            "gen_ai.agent.name" = call.function_id,
            "gen_ai.request.model" = model_id,
            "gen_ai.response.model" = Empty,
            "gen_ai.usage.input_tokens" = Empty,
            "gen_ai.client.operation.duration" = Empty,
            "ai.values" = inputs(call, || Some(json!(values))),
            "ai.embeddings" = Empty,
        ) };
    }
    match parent {
        None => span!(),
        Some(parent) => span!(parent: parent,),
    }
}

/// A request for an order, or its call.
pub(super) fn rerank(
    parent: Option<&Span>,
    call: &TelemetryCall,
    provider: &str,
    model_id: &str,
    documents: &[Document],
) -> Span {
    let documents = inputs(call, || Some(messages::documents(documents)));
    /// The same fields, whatever the parent is.
    macro_rules! span {
        ($($parent:tt)*) => { info_span!(
            target: "gen_ai",
            $($parent)*
            "rerank",
            "otel.name" = format!("rerank {model_id}"),
            "otel.kind" = "client",
            "otel.status_code" = Empty,
            "otel.status_description" = Empty,
            "error.type" = Empty,
            "gen_ai.operation.name" = "rerank",
            "gen_ai.provider.name" = names::provider(provider),
            "gen_ai.agent.name" = call.function_id,
            "gen_ai.request.model" = model_id,
            "gen_ai.response.id" = Empty,
            "gen_ai.response.model" = Empty,
            "gen_ai.client.operation.duration" = Empty,
            "ai.documents" = documents,
            "ai.ranking" = Empty,
        ) };
    }
    match parent {
        None => span!(),
        Some(parent) => span!(parent: parent,),
    }
}

/// What was put in, as JSON, if it may be kept.
fn inputs(call: &TelemetryCall, value: impl FnOnce() -> Option<Value>) -> Option<String> {
    call.record_inputs.then(value).flatten().map(|value| value.to_string())
}

fn list(texts: Option<&[String]>) -> Option<String> {
    texts.map(|texts| json!(texts).to_string())
}

/// The conventions know of JSON; text needs no mention.
fn output_type(format: Option<&ResponseFormat>) -> Option<&'static str> {
    matches!(format, Some(ResponseFormat::Json(_))).then_some("json")
}
