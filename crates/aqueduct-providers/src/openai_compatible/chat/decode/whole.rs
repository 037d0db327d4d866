//! An answer in one piece where chunks were asked for: some hosts cannot stream, and some tell errors so.

use std::borrow::Cow;

use aqueduct_http::SseDecoder;
use aqueduct_spec::language::StreamPart;
use aqueduct_spec::{Error, Result};
use bytes::Bytes;
use serde_json::Value;

use super::wire::{
    Choice, Chunk, ChunkChoice, Content, Delta, FunctionDelta, GroqExtra, Response, ToolCall,
    ToolCallDelta,
};
use crate::openai_compatible::Dialect;
use crate::openai_compatible::error::told;
use crate::part_stream::DecodeEvents;

/// Reads a body that says it is JSON as the parts of a stream.
///
/// # Errors
/// The host's, if the body is one of its errors; `InvalidResponse` if it is nothing known.
pub(crate) fn whole(
    bytes: Bytes,
    mut decoder: Box<dyn DecodeEvents>,
    dialect: &dyn Dialect,
    first: StreamPart,
) -> Result<Vec<StreamPart>> {
    let mut parts = [first].into();
    if let Ok(response) = serde_json::from_slice::<Response>(&bytes) {
        let chunk = serde_json::to_string(&chunk(response)).map_err(|error| {
            Error::internal("the answer cannot be written again").with_source(error)
        })?;
        decoder.event(&chunk, &mut parts)?;
    } else if let Ok(body) = serde_json::from_slice::<Value>(&bytes) {
        let error =
            Error::invalid_response("the answer of the API is no stream and has no choices");
        return Err(match dialect.error(&body) {
            Some(message) => told(error, message),
            None => error,
        });
    } else {
        // Events after all, under a wrong name.
        let mut events = SseDecoder::new();
        events.push(bytes);
        while let Some(event) = events.next_event()? {
            if event.data() == "[DONE]" {
                break;
            }
            decoder.event(event.data(), &mut parts)?;
        }
    }
    decoder.finish(&mut parts)?;
    Ok(parts.into())
}

/// An answer as its only chunk.
fn chunk(response: Response) -> Chunk<'static> {
    Chunk {
        id: response.id.map(Cow::Owned),
        created: response.created,
        model: response.model.map(Cow::Owned),
        choices: Some(response.choices.into_iter().map(choice).collect()),
        // Wherever the dialect looks for it.
        x_groq: response.usage.clone().map(|usage| GroqExtra { usage: Some(usage) }),
        usage: response.usage,
        ..Chunk::default()
    }
}

fn choice(choice: Choice) -> ChunkChoice<'static> {
    let message = choice.message;
    let calls = message.tool_calls.map(|calls| (0..).zip(calls).map(tool_call).collect());
    let delta = Delta {
        content: message.content.map(Content::into_text).map(Cow::Owned),
        reasoning_content: message.reasoning_content.map(Cow::Owned),
        reasoning: message.reasoning.map(Cow::Owned),
        tool_calls: calls,
        ..Delta::default()
    };
    // Nothing is missing from an answer that is whole.
    let finish_reason = choice.finish_reason.unwrap_or_else(|| "unknown".to_owned());
    ChunkChoice {
        index: choice.index,
        delta: Some(delta),
        finish_reason: Some(Cow::Owned(finish_reason)),
        ..ChunkChoice::default()
    }
}

fn tool_call((index, call): (u64, ToolCall)) -> ToolCallDelta<'static> {
    ToolCallDelta {
        index: Some(index),
        id: Some(Cow::Owned(call.id.unwrap_or_default())),
        kind: Some(Cow::Borrowed("function")),
        function: Some(FunctionDelta {
            name: Some(Cow::Owned(call.function.name)),
            arguments: Some(Cow::Owned(call.function.arguments)),
        }),
        extra_content: call.extra_content,
        ..ToolCallDelta::default()
    }
}
