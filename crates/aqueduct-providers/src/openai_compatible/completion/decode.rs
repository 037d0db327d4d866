//! A completion, whole or in chunks.

use std::borrow::Cow;
use std::collections::VecDeque;
use std::sync::Arc;

use aqueduct_spec::language::{
    ErrorPart, Finish, FinishReason, GenerateResult, RawPart, ResponseInfo, ResponseMetadata,
    StreamPart, Text, TextDelta, TextEnd, TextStart, UnifiedFinishReason, Usage,
};
use aqueduct_spec::{Error, Result};
use serde_json::json;

use super::wire::{Chunk, Response};
use crate::openai_compatible::chat::decode::timestamp;
use crate::openai_compatible::chat::wire;
use crate::openai_compatible::{Dialect, usage};
use crate::part_stream::{DecodeEvents, raw_value, unreadable};

const TEXT_ID: &str = "0";

/// Reads an answer.
pub(super) fn generate(response: Response, dialect: &dyn Dialect) -> Result<GenerateResult> {
    let choice = response
        .choices
        .into_iter()
        .next()
        .ok_or_else(|| Error::invalid_response("the answer of the API has no choices"))?;
    let mut result = GenerateResult::default();
    if !choice.text.is_empty() {
        result.content.push(Text::new(choice.text).into());
    }
    if let Some(raw) = choice.finish_reason {
        result.finish_reason = FinishReason::new(dialect.finish_reason(&raw), Some(raw));
    }
    result.usage = response.usage.as_ref().map(usage::completion).unwrap_or_default();
    let mut info = ResponseInfo::default();
    info.id = response.id;
    info.model_id = response.model;
    info.timestamp = timestamp(response.created);
    result.response = Some(info);
    Ok(result)
}

/// Chunks in, parts out: one block of text.
pub(super) struct StreamDecoder {
    dialect: Arc<dyn Dialect>,
    include_raw_chunks: bool,
    has_begun: bool,
    usage: Option<wire::Usage>,
    finish_reason: FinishReason,
}

impl StreamDecoder {
    pub(super) fn new(dialect: Arc<dyn Dialect>, include_raw_chunks: bool) -> Self {
        Self {
            dialect,
            include_raw_chunks,
            has_begun: false,
            usage: None,
            finish_reason: FinishReason::default(),
        }
    }

    fn chunk(&mut self, mut chunk: Chunk<'_>, parts: &mut VecDeque<StreamPart>) {
        let Some(choices) = chunk.choices.take() else {
            self.finish_reason = UnifiedFinishReason::Error.into();
            let error = chunk.error.take();
            let error = error
                .unwrap_or_else(|| json!({ "message": "a chunk of the stream has no choices" }));
            parts.push_back(ErrorPart::new(error).into());
            return;
        };
        if !std::mem::replace(&mut self.has_begun, true) {
            let mut metadata = ResponseMetadata::default();
            metadata.id = chunk.id.map(Cow::into_owned);
            metadata.model_id = chunk.model.map(Cow::into_owned);
            metadata.timestamp = timestamp(chunk.created);
            parts.push_back(metadata.into());
            parts.push_back(TextStart::new(TEXT_ID).into());
        }
        self.usage = chunk.usage.or_else(|| self.usage.take());
        let Some(choice) = choices.into_iter().next() else { return };
        if let Some(raw) = choice.finish_reason {
            let unified = self.dialect.finish_reason(&raw);
            self.finish_reason = FinishReason::new(unified, Some(raw.into_owned()));
        }
        if let Some(text) = choice.text {
            parts.push_back(TextDelta::new(TEXT_ID, text).into());
        }
    }
}

impl DecodeEvents for StreamDecoder {
    fn event(&mut self, data: &str, parts: &mut VecDeque<StreamPart>) -> Result<()> {
        if self.include_raw_chunks {
            parts.push_back(RawPart::new(raw_value(data)).into());
        }
        match serde_json::from_str::<Chunk<'_>>(data) {
            Ok(chunk) => self.chunk(chunk, parts),
            Err(problem) => {
                self.finish_reason = UnifiedFinishReason::Error.into();
                parts.push_back(unreadable(&problem));
            }
        }
        Ok(())
    }

    fn finish(&mut self, parts: &mut VecDeque<StreamPart>) -> Result<()> {
        if self.has_begun {
            parts.push_back(TextEnd::new(TEXT_ID).into());
        }
        let usage = self.usage.as_ref().map_or_else(Usage::default, usage::completion);
        parts.push_back(Finish::new(self.finish_reason.clone(), usage).into());
        Ok(())
    }
}
