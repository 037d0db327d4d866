//! An answer in chunks.

use std::borrow::Cow;
use std::collections::VecDeque;
use std::sync::Arc;

use aqueduct_spec::language::{
    ErrorPart, Finish, FinishReason, RawPart, ReasoningDelta, ReasoningEnd, ReasoningStart,
    ResponseMetadata, StreamPart, TextDelta, TextEnd, TextStart, UnifiedFinishReason,
};
use aqueduct_spec::{Context, Error, Result};
use serde_json::{Value, json};

use super::metadata::{metadata, signature};
use super::wire::{Chunk, Delta, ExtraContent, ToolCallDelta, Usage};
use super::{finish_reason, timestamp, usage};
use crate::openai_compatible::Dialect;
use crate::openai_compatible::config::ConvertUsage;
use crate::openai_compatible::dialect::{Blocks, StreamRules};
use crate::openai_compatible::metadata_extractor::StreamMetadataExtractor;
use crate::openai_compatible::tool_call_tracker::{Piece, ToolCallTracker};
use crate::part_stream::{DecodeEvents, raw_value, unreadable};

const REASONING_ID: &str = "reasoning-0";
const TEXT_ID: &str = "txt-0";

/// How many tool calls, and how many bytes of each one's arguments, are held back until a name comes.
const MAX_NAMELESS: usize = 1024;
const MAX_NAMELESS_BYTES: usize = 16 * 1024 * 1024;

/// What the decoder needs to know of the call.
pub(crate) struct StreamInput {
    pub(crate) dialect: Arc<dyn Dialect>,
    pub(crate) convert_usage: Option<ConvertUsage>,
    pub(crate) metadata_key: Option<String>,
    pub(crate) extractor: Option<Box<dyn StreamMetadataExtractor>>,
    pub(crate) include_raw_chunks: bool,
    pub(crate) cx: Context,
}

/// Chunks in, parts out. Reasoning ends where text or a tool call begins; text and tool calls end with the stream.
pub(crate) struct StreamDecoder {
    input: StreamInput,
    rules: StreamRules,
    tools: ToolCallTracker,
    nameless: Vec<(u64, Nameless)>,
    is_first: bool,
    /// The id of the block of thought that is open.
    reasoning: Option<Cow<'static, str>>,
    in_text: bool,
    usage: Option<Usage>,
    finish_reason: Option<FinishReason>,
}

/// A tool call whose name has not come yet.
#[derive(Default)]
struct Nameless {
    id: Option<String>,
    arguments: String,
    extra_content: Option<ExtraContent>,
}

type Parts = VecDeque<StreamPart>;

impl StreamDecoder {
    pub(crate) fn new(input: StreamInput) -> Self {
        let rules = input.dialect.stream_rules();
        Self {
            rules,
            tools: ToolCallTracker::new(rules.tool_type_required),
            nameless: Vec::new(),
            is_first: true,
            reasoning: None,
            in_text: false,
            usage: None,
            finish_reason: None,
            input,
        }
    }

    /// The chunk as it came, for those who asked for it.
    fn observe(&mut self, data: &str, parts: &mut Parts) {
        if !self.input.include_raw_chunks && self.input.extractor.is_none() {
            return;
        }
        let raw = raw_value(data);
        if let Some(extractor) = &mut self.input.extractor
            && !raw.is_string()
        {
            extractor.chunk(&raw);
        }
        if self.input.include_raw_chunks {
            parts.push_back(RawPart::new(raw).into());
        }
    }

    fn fail(&mut self, error: impl Into<Value>, parts: &mut Parts) {
        self.finish_reason = Some(UnifiedFinishReason::Error.into());
        parts.push_back(ErrorPart::new(error).into());
    }

    pub(super) fn chunk(&mut self, mut chunk: Chunk<'_>, parts: &mut Parts) -> Result<()> {
        let is_error = chunk.choices.is_none() || self.rules.error_beside_choices;
        if let Some(error) = chunk.error.take().filter(|_| is_error) {
            self.fail(error, parts);
            return Ok(());
        }
        let usage = self.input.dialect.chunk_usage(&mut chunk);
        if chunk.choices.is_none() && usage.is_none() {
            self.fail(json!({ "message": "a chunk of the stream has no choices" }), parts);
            return Ok(());
        }
        if std::mem::take(&mut self.is_first) {
            parts.push_back(response_metadata(&mut chunk).into());
        }
        self.usage = usage.or_else(|| self.usage.take());
        let Some(choice) = chunk.choices.into_iter().flatten().next() else { return Ok(()) };
        if let Some(raw) = &choice.finish_reason {
            self.finish_reason = Some(finish_reason(raw, &*self.input.dialect));
        }
        match choice.delta {
            Some(delta) => self.delta(delta, parts),
            None => Ok(()),
        }
    }

    fn delta(&mut self, delta: Delta<'_>, parts: &mut Parts) -> Result<()> {
        let not_empty = |text: &Cow<'_, str>| !text.is_empty();
        if let Some(text) = delta.reasoning_content.or(delta.reasoning).filter(not_empty) {
            let id = self.reasoning_id(parts);
            parts.push_back(ReasoningDelta::new(id, text).into());
        }
        if let Some(text) = delta.content.filter(not_empty) {
            if self.rules.blocks == Blocks::Overlapping {
                self.start_text(parts);
                self.end_reasoning(parts);
            } else {
                self.end_reasoning(parts);
                self.start_text(parts);
            }
            parts.push_back(TextDelta::new(self.text_id(), text).into());
        }
        if let Some(calls) = delta.tool_calls {
            self.end_reasoning(parts);
            if self.rules.blocks == Blocks::Alternating {
                self.end_text(parts);
            }
            for call in calls {
                self.tool_call(call, parts)?;
            }
        }
        Ok(())
    }

    /// The block of thought that goes on here.
    fn reasoning_id(&mut self, parts: &mut Parts) -> Cow<'static, str> {
        if let Some(id) = &self.reasoning {
            return id.clone();
        }
        let id = match self.rules.blocks {
            Blocks::Alternating => {
                self.end_text(parts);
                Cow::Owned(self.input.cx.generate_id())
            }
            Blocks::Plain | Blocks::Overlapping => Cow::Borrowed(REASONING_ID),
        };
        parts.push_back(ReasoningStart::new(id.as_ref()).into());
        self.reasoning = Some(id.clone());
        id
    }

    fn end_reasoning(&mut self, parts: &mut Parts) {
        if let Some(id) = self.reasoning.take() {
            parts.push_back(ReasoningEnd::new(id).into());
        }
    }

    fn text_id(&self) -> &'static str {
        if self.rules.blocks == Blocks::Alternating { "0" } else { TEXT_ID }
    }

    fn start_text(&mut self, parts: &mut Parts) {
        if !std::mem::replace(&mut self.in_text, true) {
            parts.push_back(TextStart::new(self.text_id()).into());
        }
    }

    fn end_text(&mut self, parts: &mut Parts) {
        if std::mem::take(&mut self.in_text) {
            parts.push_back(TextEnd::new(self.text_id()).into());
        }
    }

    fn tool_call(&mut self, mut call: ToolCallDelta<'_>, parts: &mut Parts) -> Result<()> {
        if let Some(index) = call.index
            && self.rules.late_tool_names
            && !self.tools.knows_index(index)
        {
            return self.nameless_tool_call(index, &call, parts);
        }
        let arguments = call.function.as_mut().and_then(|function| function.arguments.take());
        let function = call.function.as_ref();
        let piece = Piece {
            index: call.index,
            id: call.id.as_deref(),
            kind: call.kind.as_deref(),
            name: function.and_then(|function| function.name.as_deref()),
            arguments,
            metadata: signature(self.metadata_key(), call.extra_content.as_ref()),
        };
        self.tools.piece(piece, &self.input.cx, parts)
    }

    /// Holds the pieces of a call back until its name comes.
    fn nameless_tool_call(
        &mut self,
        index: u64,
        call: &ToolCallDelta<'_>,
        parts: &mut Parts,
    ) -> Result<()> {
        let position = self.nameless.iter().position(|(known, _)| *known == index);
        let mut held = position.map(|at| self.nameless.swap_remove(at).1).unwrap_or_default();
        held.id = held.id.or_else(|| call.id.as_deref().map(str::to_owned));
        held.extra_content = held.extra_content.or_else(|| call.extra_content.clone());
        let function = call.function.as_ref();
        if let Some(arguments) = function.and_then(|function| function.arguments.as_deref()) {
            held.arguments.push_str(arguments);
        }
        if held.arguments.len() > MAX_NAMELESS_BYTES || self.nameless.len() > MAX_NAMELESS {
            return Err(Error::invalid_response("tool calls without names do not end"));
        }
        match function.and_then(|function| function.name.as_deref()) {
            Some(name) => self.forward(index, &held, Some((name, call.kind.as_deref())), parts),
            None => {
                self.nameless.push((index, held));
                Ok(())
            }
        }
    }

    fn forward(
        &mut self,
        index: u64,
        held: &Nameless,
        named: Option<(&str, Option<&str>)>,
        parts: &mut Parts,
    ) -> Result<()> {
        let piece = Piece {
            index: Some(index),
            id: held.id.as_deref(),
            kind: named.and_then(|(_, kind)| kind),
            name: named.map(|(name, _)| name),
            arguments: Some(Cow::Borrowed(&held.arguments)),
            metadata: signature(self.metadata_key(), held.extra_content.as_ref()),
        };
        self.tools.piece(piece, &self.input.cx, parts)
    }

    fn metadata_key(&self) -> Option<&str> {
        self.input.metadata_key.as_deref()
    }
}

impl DecodeEvents for StreamDecoder {
    fn event(&mut self, data: &str, parts: &mut Parts) -> Result<()> {
        self.observe(data, parts);
        match serde_json::from_str::<Chunk<'_>>(data) {
            Ok(chunk) => self.chunk(chunk, parts),
            Err(problem) => {
                if self.rules.unreadable_fails {
                    self.finish_reason = Some(UnifiedFinishReason::Error.into());
                }
                parts.push_back(unreadable(&problem));
                Ok(())
            }
        }
    }

    fn finish(&mut self, parts: &mut Parts) -> Result<()> {
        self.end_reasoning(parts);
        self.end_text(parts);
        for (index, held) in std::mem::take(&mut self.nameless) {
            self.forward(index, &held, None, parts)?;
        }
        self.tools.finish(parts);
        // Whoever cut the answer off did not say so: half an answer must not pass for a whole one.
        let finish_reason = self.finish_reason.take().unwrap_or_else(|| {
            let message = "Response stream ended without a finish reason.";
            parts.push_back(ErrorPart::new(json!({ "message": message })).into());
            UnifiedFinishReason::Error.into()
        });
        let found = self.input.extractor.as_mut().and_then(|extractor| extractor.finish());
        let mut finish = Finish::new(
            finish_reason,
            usage(self.usage.as_ref(), &*self.input.dialect, self.input.convert_usage.as_ref()),
        );
        finish.provider_metadata = self
            .metadata_key()
            .map(|key| metadata(key, &*self.input.dialect, found.as_ref(), self.usage.as_ref()));
        parts.push_back(finish.into());
        Ok(())
    }
}

fn response_metadata(chunk: &mut Chunk<'_>) -> ResponseMetadata {
    let mut metadata = ResponseMetadata::default();
    metadata.id = chunk.id.take().map(Cow::into_owned);
    metadata.model_id = chunk.model.take().map(Cow::into_owned);
    metadata.timestamp = timestamp(chunk.created);
    metadata
}
