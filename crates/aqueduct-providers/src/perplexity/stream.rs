//! An answer in chunks: text alone, with the sources in the first chunk.

use std::collections::VecDeque;

use aqueduct_spec::language::{
    Finish, FinishReason, RawPart, ResponseMetadata, StreamPart, TextDelta, TextEnd, TextStart,
    UnifiedFinishReason,
};
use aqueduct_spec::{ProviderMetadata, Result};
use serde::Deserialize;
use serde_json::Value;

use super::metadata::sources;
use crate::openai_compatible::chat::decode::{StreamInput, timestamp};
use crate::openai_compatible::chat::wire;
use crate::part_stream::{DecodeEvents, raw_value, unreadable};

const TEXT_ID: &str = "0";

type Parts = VecDeque<StreamPart>;

#[derive(Deserialize)]
struct Chunk {
    id: Option<String>,
    created: Option<f64>,
    model: Option<String>,
    choices: Vec<Choice>,
    usage: Option<wire::Usage>,
    citations: Option<Value>,
}

#[derive(Deserialize)]
struct Choice {
    delta: Option<Delta>,
    finish_reason: Option<String>,
}

#[derive(Deserialize)]
struct Delta {
    content: Option<String>,
}

/// Chunks in, parts out.
pub(super) struct StreamDecoder {
    input: StreamInput,
    is_first: bool,
    in_text: bool,
    usage: Option<wire::Usage>,
    finish_reason: FinishReason,
}

impl StreamDecoder {
    pub(super) fn new(input: StreamInput) -> Self {
        Self {
            input,
            is_first: true,
            in_text: false,
            usage: None,
            finish_reason: UnifiedFinishReason::Other.into(),
        }
    }

    fn chunk(&mut self, chunk: Chunk, parts: &mut Parts) {
        if std::mem::take(&mut self.is_first) {
            let mut metadata = ResponseMetadata::default();
            metadata.id = chunk.id;
            metadata.model_id = chunk.model;
            metadata.timestamp = timestamp(chunk.created);
            parts.push_back(metadata.into());
            let found = sources(chunk.citations.as_ref(), &self.input.cx);
            parts.extend(found.map(StreamPart::from));
        }
        self.usage = chunk.usage.or_else(|| self.usage.take());
        let Some(choice) = chunk.choices.into_iter().next() else { return };
        if let Some(raw) = choice.finish_reason {
            self.finish_reason =
                FinishReason::new(self.input.dialect.finish_reason(&raw), Some(raw));
        }
        if let Some(text) = choice.delta.and_then(|delta| delta.content) {
            if !std::mem::replace(&mut self.in_text, true) {
                parts.push_back(TextStart::new(TEXT_ID).into());
            }
            parts.push_back(TextDelta::new(TEXT_ID, text).into());
        }
    }
}

impl DecodeEvents for StreamDecoder {
    fn event(&mut self, data: &str, parts: &mut Parts) -> Result<()> {
        let raw = raw_value(data);
        if self.input.include_raw_chunks {
            parts.push_back(RawPart::new(raw.clone()).into());
        }
        match serde_json::from_str(data) {
            Ok(chunk) => {
                if let Some(extractor) = &mut self.input.extractor {
                    extractor.chunk(&raw);
                }
                self.chunk(chunk, parts);
            }
            Err(problem) => parts.push_back(unreadable(&problem)),
        }
        Ok(())
    }

    fn finish(&mut self, parts: &mut Parts) -> Result<()> {
        if self.in_text {
            parts.push_back(TextEnd::new(TEXT_ID).into());
        }
        let usage = self.usage.take().map(|usage| self.input.dialect.usage(&usage));
        let reason = std::mem::take(&mut self.finish_reason);
        let mut finish = Finish::new(reason, usage.unwrap_or_default());
        let found = self.input.extractor.as_mut().and_then(|extractor| extractor.finish());
        finish.provider_metadata = found.filter(|found: &ProviderMetadata| !found.is_empty());
        parts.push_back(finish.into());
        Ok(())
    }
}
