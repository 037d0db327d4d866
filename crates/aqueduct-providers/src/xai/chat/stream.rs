//! An answer in chunks.

use std::collections::VecDeque;

use aqueduct_spec::language::{
    Finish, FinishReason, RawPart, ReasoningDelta, ReasoningEnd, ReasoningStart, ResponseMetadata,
    StreamPart, TextDelta, TextEnd, TextStart, ToolCall, ToolInputDelta, ToolInputEnd,
    ToolInputStart, UnifiedFinishReason,
};
use aqueduct_spec::{Context, Error, Result};
use serde::Deserialize;

use super::decode::{finish_reason, metadata, source, usage};
use crate::openai_compatible::chat::decode::timestamp;
use crate::openai_compatible::chat::wire::{ToolCallDelta, Usage};
use crate::openai_compatible::lenient;
use crate::part_stream::{DecodeEvents, raw_value, unreadable};
use crate::xai::usage::nothing;

/// More blocks in one answer are not a model's doing.
const MAX_BLOCKS: usize = 4096;

type Parts = VecDeque<StreamPart>;

/// One chunk.
#[derive(Deserialize)]
struct Chunk<'a> {
    #[serde(default, deserialize_with = "lenient::string")]
    id: Option<String>,
    #[serde(default, deserialize_with = "lenient::number")]
    created: Option<f64>,
    #[serde(default, deserialize_with = "lenient::string")]
    model: Option<String>,
    #[serde(borrow)]
    choices: Vec<Choice<'a>>,
    usage: Option<Usage>,
    citations: Option<Vec<String>>,
    #[serde(default, deserialize_with = "lenient::string")]
    service_tier: Option<String>,
}

#[derive(Deserialize)]
struct Choice<'a> {
    #[serde(borrow, default)]
    delta: Option<Delta<'a>>,
    finish_reason: Option<String>,
    #[serde(default)]
    index: u64,
}

#[derive(Deserialize)]
struct Delta<'a> {
    content: Option<String>,
    reasoning_content: Option<String>,
    #[serde(borrow, default)]
    tool_calls: Option<Vec<ToolCallDelta<'a>>>,
}

/// A block of text or thought.
struct Block {
    id: String,
    kind: Kind,
    is_open: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Text,
    Thought,
}

/// Chunks in, parts out. Thought ends where text or a tool call begins, text with the stream; tool calls come whole.
pub(super) struct StreamDecoder {
    cx: Context,
    /// The text that the model was asked to go on from, which it may repeat.
    echo: Option<String>,
    include_raw_chunks: bool,
    is_first: bool,
    blocks: Vec<Block>,
    /// The thought that came last: the host sends some again.
    latest_thought: Option<String>,
    usage: Option<Usage>,
    service_tier: Option<String>,
    finish_reason: FinishReason,
}

impl StreamDecoder {
    pub(super) fn new(echo: Option<String>, include_raw_chunks: bool, cx: &Context) -> Self {
        Self {
            cx: cx.clone(),
            echo,
            include_raw_chunks,
            is_first: true,
            blocks: Vec::new(),
            latest_thought: None,
            usage: None,
            service_tier: None,
            finish_reason: UnifiedFinishReason::Other.into(),
        }
    }

    fn chunk(&mut self, chunk: Chunk<'_>, parts: &mut Parts) -> Result<()> {
        let Chunk { id, created, model, choices, usage, citations, service_tier } = chunk;
        if std::mem::take(&mut self.is_first) {
            let mut metadata = ResponseMetadata::default();
            metadata.id.clone_from(&id);
            metadata.model_id = model;
            metadata.timestamp = timestamp(created);
            parts.push_back(metadata.into());
        }
        for url in citations.into_iter().flatten() {
            parts.push_back(source(url, &self.cx).into());
        }
        self.usage = usage.or_else(|| self.usage.take());
        self.service_tier = service_tier.or_else(|| self.service_tier.take());
        let Some(choice) = choices.into_iter().next() else { return Ok(()) };
        if choice.finish_reason.is_some() {
            self.finish_reason = finish_reason(choice.finish_reason);
        }
        let Some(delta) = choice.delta else { return Ok(()) };
        let id = id.filter(|id| !id.is_empty()).unwrap_or_else(|| choice.index.to_string());
        self.delta(delta, &id, parts)
    }

    fn delta(&mut self, delta: Delta<'_>, id: &str, parts: &mut Parts) -> Result<()> {
        if let Some(text) = delta.content.filter(|text| !text.is_empty()) {
            self.end_thoughts(parts);
            if self.echo.as_ref() == Some(&text) {
                return Ok(());
            }
            let id = format!("text-{id}");
            self.start(&id, Kind::Text, parts)?;
            parts.push_back(TextDelta::new(id, text).into());
        }
        if let Some(thought) = delta.reasoning_content.filter(|text| !text.is_empty()) {
            if self.latest_thought.as_ref() == Some(&thought) {
                return Ok(());
            }
            let id = format!("reasoning-{id}");
            self.start(&id, Kind::Thought, parts)?;
            parts.push_back(ReasoningDelta::new(id, thought.as_str()).into());
            self.latest_thought = Some(thought);
        }
        if let Some(calls) = delta.tool_calls {
            self.end_thoughts(parts);
            for call in calls {
                tool_call(call, parts)?;
            }
        }
        Ok(())
    }

    /// Opens a block, unless it is open.
    fn start(&mut self, id: &str, kind: Kind, parts: &mut Parts) -> Result<()> {
        if self.blocks.iter().rev().any(|block| block.is_open && block.id == id) {
            return Ok(());
        }
        if self.blocks.len() >= MAX_BLOCKS {
            return Err(Error::invalid_response("the blocks of the answer do not end"));
        }
        parts.push_back(match kind {
            Kind::Text => TextStart::new(id).into(),
            Kind::Thought => ReasoningStart::new(id).into(),
        });
        self.blocks.push(Block { id: id.to_owned(), kind, is_open: true });
        Ok(())
    }

    fn end_thoughts(&mut self, parts: &mut Parts) {
        let thoughts = self.blocks.iter_mut().filter(|block| block.kind == Kind::Thought);
        thoughts.for_each(|block| block.end(parts));
    }
}

impl Block {
    fn end(&mut self, parts: &mut Parts) {
        if std::mem::take(&mut self.is_open) {
            let id = self.id.as_str();
            parts.push_back(match self.kind {
                Kind::Text => TextEnd::new(id).into(),
                Kind::Thought => ReasoningEnd::new(id).into(),
            });
        }
    }
}

/// xAI sends a call in one piece.
///
/// Source: <https://docs.x.ai/docs/guides/function-calling> (2026-11).
fn tool_call(call: ToolCallDelta<'_>, parts: &mut Parts) -> Result<()> {
    let function = call.function.unwrap_or_default();
    let (Some(id), Some(name)) = (call.id, function.name) else {
        return Err(Error::invalid_response("a tool call of the answer has no id or no name"));
    };
    let arguments = function.arguments.unwrap_or_default();
    parts.push_back(ToolInputStart::new(&*id, &*name).into());
    parts.push_back(ToolInputDelta::new(&*id, &*arguments).into());
    parts.push_back(ToolInputEnd::new(&*id).into());
    parts.push_back(ToolCall::new(id, name, arguments).into());
    Ok(())
}

impl DecodeEvents for StreamDecoder {
    fn event(&mut self, data: &str, parts: &mut Parts) -> Result<()> {
        if self.include_raw_chunks {
            parts.push_back(RawPart::new(raw_value(data)).into());
        }
        match serde_json::from_str(data) {
            Ok(chunk) => self.chunk(chunk, parts),
            Err(problem) => {
                parts.push_back(unreadable(&problem));
                Ok(())
            }
        }
    }

    fn finish(&mut self, parts: &mut Parts) -> Result<()> {
        self.blocks.iter_mut().for_each(|block| block.end(parts));
        let account = self.usage.as_ref().map_or_else(nothing, usage);
        let mut finish = Finish::new(std::mem::take(&mut self.finish_reason), account);
        finish.provider_metadata = self.service_tier.take().map(metadata);
        parts.push_back(finish.into());
        Ok(())
    }
}
