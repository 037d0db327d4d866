//! A completion, whole or in chunks.

use std::borrow::Cow;
use std::collections::VecDeque;

use aqueduct_spec::language::{
    ErrorPart, Finish, FinishReason, GenerateResult, InputTokens, OutputTokens, RawPart,
    ResponseInfo, ResponseMetadata, StreamPart, Text, TextDelta, TextEnd, TextStart,
    UnifiedFinishReason, Usage,
};
use aqueduct_spec::{Error, JsonObject, ProviderMetadata, Result};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::openai::early_error::{Failure, Verdict};
use crate::openai_compatible::chat::decode::timestamp;
use crate::openai_compatible::chat::wire::Usage as WireUsage;
use crate::openai_compatible::completion::wire::Response;
use crate::openai_compatible::{Dialect as _, Plain};
use crate::part_stream::{DecodeEvents, raw_value, unreadable};

const KEY: &str = "openai";
const TEXT_ID: &str = "0";

/// A chunk, with what only OpenAI sends. What nobody reads is skipped.
#[derive(Debug, Deserialize)]
struct Chunk<'a> {
    #[serde(borrow, default)]
    id: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    model: Option<Cow<'a, str>>,
    #[serde(default)]
    created: Option<f64>,
    #[serde(borrow, default)]
    choices: Option<Vec<Choice<'a>>>,
    #[serde(default)]
    usage: Option<WireUsage>,
    #[serde(default)]
    error: Option<Value>,
}

#[derive(Debug, Deserialize)]
struct Choice<'a> {
    #[serde(borrow, default)]
    text: Option<Cow<'a, str>>,
    #[serde(default)]
    logprobs: Option<Value>,
    #[serde(default)]
    finish_reason: Option<String>,
}

/// Reads an answer.
///
/// # Errors
/// `InvalidResponse` if it has no choices.
pub(super) fn generate(response: Response) -> Result<GenerateResult> {
    let choice = response
        .choices
        .into_iter()
        .next()
        .ok_or_else(|| Error::invalid_response("the answer of the API has no choices"))?;
    let mut result = GenerateResult::default();
    result.content.push(Text::new(choice.text).into());
    if let Some(raw) = choice.finish_reason {
        result.finish_reason = FinishReason::new(Plain.finish_reason(&raw), Some(raw));
    }
    result.usage = usage(response.usage.as_ref());
    result.provider_metadata = Some(metadata(choice.rest.get("logprobs").cloned()));
    let mut info = ResponseInfo::default();
    info.id = response.id;
    info.model_id = response.model;
    info.timestamp = timestamp(response.created);
    result.response = Some(info);
    Ok(result)
}

fn metadata(logprobs: Option<Value>) -> ProviderMetadata {
    let logprobs = logprobs.filter(|value| !value.is_null());
    let field = logprobs.map(|value| ("logprobs".to_owned(), value));
    ProviderMetadata::of(KEY, field.into_iter().collect::<JsonObject>())
}

/// The account of a completion, which knows neither caches nor reasoning.
fn usage(usage: Option<&WireUsage>) -> Usage {
    let Some(usage) = usage else { return Usage::default() };
    let mut input = InputTokens::default();
    input.total = usage.prompt_tokens();
    input.no_cache = Some(input.total.unwrap_or(0));
    let mut output = OutputTokens::default();
    output.total = usage.completion_tokens();
    output.text = Some(output.total.unwrap_or(0));
    let known = ["prompt_tokens", "completion_tokens", "total_tokens"];
    let raw = usage.0.iter().filter(|(name, _)| known.contains(&name.as_str()));
    let raw = raw.map(|(name, value)| (name.clone(), value.clone())).collect();
    Usage::new(input, output, Some(raw))
}

/// What a chunk says of the call.
pub(super) fn verdict(data: &str) -> Verdict {
    let Ok(chunk) = serde_json::from_str::<Chunk<'_>>(data) else { return Verdict::Begun };
    match (chunk.choices, chunk.error) {
        (None, Some(error)) if error.is_object() => Verdict::Failed(Failure::read(&error)),
        (None, _) => Verdict::Begun,
        (Some(choices), _) => {
            let texts = choices.iter().filter_map(|choice| choice.text.as_ref());
            if texts.into_iter().any(|text| !text.is_empty()) {
                Verdict::Begun
            } else {
                Verdict::Silent
            }
        }
    }
}

/// Chunks in, parts out: one block of text.
pub(super) struct StreamDecoder {
    include_raw_chunks: bool,
    has_begun: bool,
    usage: Option<WireUsage>,
    logprobs: Option<Value>,
    finish_reason: FinishReason,
}

impl StreamDecoder {
    pub(super) fn new(include_raw_chunks: bool) -> Self {
        Self {
            include_raw_chunks,
            has_begun: false,
            usage: None,
            logprobs: None,
            finish_reason: FinishReason::default(),
        }
    }

    fn chunk(&mut self, mut chunk: Chunk<'_>, parts: &mut VecDeque<StreamPart>) {
        let Some(choices) = chunk.choices.take() else {
            self.finish_reason = UnifiedFinishReason::Error.into();
            let missing = || json!({ "message": "a chunk of the stream has no choices" });
            parts.push_back(ErrorPart::new(chunk.error.unwrap_or_else(missing)).into());
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
            self.finish_reason = FinishReason::new(Plain.finish_reason(&raw), Some(raw));
        }
        self.logprobs = choice.logprobs.or_else(|| self.logprobs.take());
        if let Some(text) = choice.text.filter(|text| !text.is_empty()) {
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
        let mut finish = Finish::new(self.finish_reason.clone(), usage(self.usage.as_ref()));
        finish.provider_metadata = Some(metadata(self.logprobs.take()));
        parts.push_back(finish.into());
        Ok(())
    }
}
