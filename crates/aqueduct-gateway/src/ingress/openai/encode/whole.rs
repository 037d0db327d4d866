//! An answer in one piece.

use aqueduct_providers::openai_compatible::chat::wire;
use aqueduct_spec::language::{Content, GenerateResult};
use serde_json::Value;

use super::parts::{annotation, finish_reason, image, is_for_client, signature};
use super::usage::usage;

/// Writes an answer. `fallback_id`, `now` and `model` stand in for what the provider did not say.
pub(in crate::ingress::openai) fn response(
    result: GenerateResult,
    fallback_id: &str,
    now: i64,
    model: String,
) -> wire::Response {
    let said = result.response.unwrap_or_default();
    let mut message =
        wire::Message { role: Some("assistant".to_owned()), ..wire::Message::default() };
    let (mut text, mut thought, mut calls) = (None::<String>, None::<String>, Vec::new());
    let (mut annotations, mut images) = (Vec::new(), Vec::new());
    for part in result.content {
        match part {
            Content::Text(part) => append(&mut text, part.text),
            Content::Reasoning(part) => append(&mut thought, part.text),
            Content::ToolCall(call) if is_for_client(&call) => {
                let signature = signature(call.provider_metadata.as_ref());
                let mut written =
                    wire::ToolCall::new(call.tool_call_id, call.tool_name, call.input);
                written.extra_content = signature;
                calls.push(written);
            }
            Content::Source(source) => annotations.extend(annotation(&source)),
            Content::File(file) => images.extend(image(&file)),
            _ => {}
        }
    }
    let reason = finish_reason(&result.finish_reason, !calls.is_empty());
    message.content = text.map(wire::Content::Text);
    message.reasoning_content = thought;
    message.tool_calls = (!calls.is_empty()).then_some(calls);
    for (name, list) in [("annotations", annotations), ("images", images)] {
        if !list.is_empty() {
            message.rest.insert(name.to_owned(), Value::Array(list));
        }
    }
    let choice = wire::Choice {
        index: Some(0),
        finish_reason: Some(reason.to_owned()),
        message,
        ..wire::Choice::default()
    };

    let mut response = wire::Response {
        id: Some(said.id.unwrap_or_else(|| fallback_id.to_owned())),
        object: Some("chat.completion".to_owned()),
        created: Some(seconds(said.timestamp.map_or(now, |at| at.as_second()))),
        model: Some(said.model_id.unwrap_or(model)),
        choices: vec![choice],
        usage: Some(usage(result.usage)),
        ..wire::Response::default()
    };
    if !result.warnings.is_empty()
        && let Ok(warnings) = serde_json::to_value(&result.warnings)
    {
        response.rest.insert("warnings".to_owned(), warnings);
    }
    response
}

fn append(to: &mut Option<String>, text: String) {
    match to {
        Some(to) => to.push_str(&text),
        None => *to = Some(text),
    }
}

#[expect(clippy::cast_precision_loss, reason = "seconds are exact for millions of years")]
pub(super) fn seconds(at: i64) -> f64 {
    at as f64
}
