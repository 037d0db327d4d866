//! Answers whose content is text, or a list of text and thoughts.

use std::borrow::Cow;
use std::collections::VecDeque;

use aqueduct_spec::language::{
    Content, Finish, FinishReason, RawPart, Reasoning, ReasoningDelta, ReasoningEnd,
    ReasoningStart, ResponseMetadata, StreamPart, Text, TextDelta, TextEnd, TextStart, ToolCall,
    UnifiedFinishReason,
};
use aqueduct_spec::{Context, Result};
use serde::Deserialize;
use serde_json::Value;

use crate::openai_compatible::chat::decode::{StreamInput, timestamp};
use crate::openai_compatible::chat::wire::{self, ContentPart, ToolCallDelta};
use crate::openai_compatible::{Piece, ToolCallTracker};
use crate::part_stream::{DecodeEvents, raw_value, unreadable};

const TEXT_ID: &str = "0";

type Parts = VecDeque<StreamPart>;

/// What the message of a whole answer says.
pub(super) fn content(message: wire::Message, cx: &Context) -> Vec<Content> {
    let mut out: Vec<Content> = Vec::new();
    let parts = match message.content {
        Some(wire::Content::Text(text)) => vec![ContentPart::Text(wire::TextPart::new(text))],
        Some(wire::Content::Parts(parts)) => parts,
        None => Vec::new(),
    };
    for part in parts {
        match part {
            ContentPart::Text(part) if !part.text.is_empty() => {
                out.push(Text::new(part.text).into());
            }
            ContentPart::Other(part) => {
                let thought = thought(part.get("thinking"));
                if !thought.is_empty() {
                    out.push(Reasoning::new(thought).into());
                }
            }
            _ => {}
        }
    }
    for call in message.tool_calls.into_iter().flatten() {
        let id = call.id.filter(|id| !id.is_empty()).unwrap_or_else(|| cx.generate_id());
        out.push(ToolCall::new(id, call.function.name, call.function.arguments).into());
    }
    out
}

/// The texts of a thought, joined.
fn thought(pieces: Option<&Value>) -> String {
    let pieces = pieces.and_then(Value::as_array).into_iter().flatten();
    pieces.filter_map(|piece| piece.get("text")?.as_str()).collect()
}

/// One chunk.
#[derive(Deserialize)]
struct Chunk<'a> {
    id: Option<String>,
    created: Option<f64>,
    model: Option<String>,
    #[serde(borrow)]
    choices: Vec<Choice<'a>>,
    usage: Option<wire::Usage>,
}

#[derive(Deserialize)]
struct Choice<'a> {
    #[serde(borrow)]
    delta: Delta<'a>,
    finish_reason: Option<String>,
}

#[derive(Deserialize)]
struct Delta<'a> {
    #[serde(borrow, default)]
    content: Option<DeltaContent<'a>>,
    #[serde(borrow, default)]
    tool_calls: Option<Vec<ToolCallDelta<'a>>>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum DeltaContent<'a> {
    Text(#[serde(borrow)] Cow<'a, str>),
    Parts(Vec<Value>),
}

/// Chunks in, parts out. Thought and text end one another.
pub(crate) struct StreamDecoder {
    input: StreamInput,
    tools: ToolCallTracker,
    is_first: bool,
    in_text: bool,
    reasoning: Option<String>,
    usage: Option<wire::Usage>,
    finish_reason: FinishReason,
}

impl StreamDecoder {
    pub(crate) fn new(input: StreamInput) -> Self {
        Self {
            input,
            tools: ToolCallTracker::new(false),
            is_first: true,
            in_text: false,
            reasoning: None,
            usage: None,
            finish_reason: UnifiedFinishReason::Other.into(),
        }
    }

    fn chunk(&mut self, chunk: Chunk<'_>, parts: &mut Parts) -> Result<()> {
        if std::mem::take(&mut self.is_first) {
            let mut metadata = ResponseMetadata::default();
            metadata.id = chunk.id;
            metadata.model_id = chunk.model;
            metadata.timestamp = timestamp(chunk.created);
            parts.push_back(metadata.into());
        }
        self.usage = chunk.usage.or_else(|| self.usage.take());
        let Some(choice) = chunk.choices.into_iter().next() else { return Ok(()) };
        match choice.delta.content {
            Some(DeltaContent::Text(text)) => self.text(&text, parts),
            Some(DeltaContent::Parts(content)) => {
                let is = |part: &&Value, kind: &str| part.get("type").is_some_and(|it| it == kind);
                for part in content.iter().filter(|part| is(part, "thinking")) {
                    self.thought(&thought(part.get("thinking")), parts);
                }
                let texts = content.iter().filter(|part| is(part, "text"));
                let text: String = texts.filter_map(|part| part.get("text")?.as_str()).collect();
                self.text(&text, parts);
            }
            None => {}
        }
        for mut call in choice.delta.tool_calls.into_iter().flatten() {
            let arguments = call.function.as_mut().and_then(|function| function.arguments.take());
            let function = call.function.as_ref();
            let piece = Piece {
                index: call.index,
                id: call.id.as_deref(),
                kind: None,
                name: function.and_then(|function| function.name.as_deref()),
                arguments,
                metadata: None,
            };
            self.tools.piece(piece, &self.input.cx, parts)?;
        }
        if let Some(raw) = choice.finish_reason {
            self.finish_reason =
                FinishReason::new(self.input.dialect.finish_reason(&raw), Some(raw));
        }
        Ok(())
    }

    fn thought(&mut self, delta: &str, parts: &mut Parts) {
        if delta.is_empty() {
            return;
        }
        if self.reasoning.is_none() {
            self.end_text(parts);
            let id = self.input.cx.generate_id();
            parts.push_back(ReasoningStart::new(id.as_str()).into());
            self.reasoning = Some(id);
        }
        if let Some(id) = &self.reasoning {
            parts.push_back(ReasoningDelta::new(id.as_str(), delta).into());
        }
    }

    fn text(&mut self, delta: &str, parts: &mut Parts) {
        if delta.is_empty() {
            return;
        }
        if !std::mem::replace(&mut self.in_text, true) {
            self.end_reasoning(parts);
            parts.push_back(TextStart::new(TEXT_ID).into());
        }
        parts.push_back(TextDelta::new(TEXT_ID, delta).into());
    }

    fn end_text(&mut self, parts: &mut Parts) {
        if std::mem::take(&mut self.in_text) {
            parts.push_back(TextEnd::new(TEXT_ID).into());
        }
    }

    fn end_reasoning(&mut self, parts: &mut Parts) {
        if let Some(id) = self.reasoning.take() {
            parts.push_back(ReasoningEnd::new(id).into());
        }
    }
}

impl DecodeEvents for StreamDecoder {
    fn event(&mut self, data: &str, parts: &mut Parts) -> Result<()> {
        if self.input.include_raw_chunks {
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
        self.end_reasoning(parts);
        self.end_text(parts);
        self.tools.finish(parts);
        let usage = self.usage.take().map(|usage| self.input.dialect.usage(&usage));
        let reason = std::mem::take(&mut self.finish_reason);
        parts.push_back(Finish::new(reason, usage.unwrap_or_default()).into());
        Ok(())
    }
}
