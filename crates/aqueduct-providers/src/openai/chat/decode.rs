//! An answer, whole or in chunks.

use std::borrow::Cow;
use std::collections::VecDeque;

use aqueduct_spec::language::{
    Content, ErrorPart, Finish, FinishReason, GenerateResult, InputTokens, OutputTokens, RawPart,
    ResponseInfo, ResponseMetadata, StreamPart, Text, TextDelta, TextEnd, TextStart, ToolCall,
    UnifiedFinishReason, UrlSource, Usage,
};
use aqueduct_spec::{Context, Error, JsonObject, ProviderMetadata, Result};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::openai::early_error::{Failure, Verdict};
use crate::openai_compatible::chat::decode::timestamp;
use crate::openai_compatible::chat::wire;
use crate::openai_compatible::{Dialect as _, Piece, Plain, ToolCallTracker, lenient};
use crate::part_stream::{DecodeEvents, raw_value, unreadable};
use crate::short_list;

const KEY: &str = "openai";
const TEXT_ID: &str = "0";

/// A chunk, with what only OpenAI sends. What nobody reads is skipped, and texts borrow from the event, which `Option<Cow<_>>`
/// does not by itself.
#[derive(Debug, Deserialize)]
struct Chunk<'a> {
    #[serde(borrow, default, deserialize_with = "lenient::strict_text")]
    id: Option<Cow<'a, str>>,
    #[serde(borrow, default, deserialize_with = "lenient::strict_text")]
    model: Option<Cow<'a, str>>,
    #[serde(default)]
    created: Option<f64>,
    #[serde(borrow, default, deserialize_with = "short_list::deserialize")]
    choices: Option<Vec<Choice<'a>>>,
    #[serde(default)]
    usage: Option<wire::Usage>,
    #[serde(default)]
    error: Option<Value>,
}

#[derive(Debug, Deserialize)]
struct Choice<'a> {
    #[serde(borrow, default)]
    delta: Option<Delta<'a>>,
    #[serde(default)]
    logprobs: Option<Value>,
    #[serde(default)]
    finish_reason: Option<String>,
}

#[derive(Debug, Deserialize)]
struct Delta<'a> {
    #[serde(borrow, default, deserialize_with = "lenient::strict_text")]
    content: Option<Cow<'a, str>>,
    #[serde(borrow, default, deserialize_with = "short_list::deserialize")]
    tool_calls: Option<Vec<wire::ToolCallDelta<'a>>>,
    #[serde(default)]
    annotations: Option<Vec<Annotation>>,
}

/// A citation.
#[derive(Debug, Deserialize)]
struct Annotation {
    url_citation: UrlCitation,
}

#[derive(Debug, Deserialize)]
struct UrlCitation {
    url: String,
    #[serde(default)]
    title: Option<String>,
}

/// Reads an answer; only its first choice, for no more was asked for.
///
/// # Errors
/// `InvalidResponse` if it has none.
pub(super) fn generate(response: wire::Response, cx: &Context) -> Result<GenerateResult> {
    let choice = response
        .choices
        .into_iter()
        .next()
        .ok_or_else(|| Error::invalid_response("the answer of the API has no choices"))?;
    let mut result = GenerateResult::default();
    if let Some(raw) = choice.finish_reason {
        result.finish_reason = FinishReason::new(Plain.finish_reason(&raw), Some(raw));
    }
    result.content = content(choice.message, cx);
    let mut metadata = metadata(response.usage.as_ref());
    if let Some(tokens) = logprobs(choice.rest.get("logprobs")) {
        metadata.insert("logprobs".to_owned(), tokens);
    }
    result.usage = usage(response.usage.as_ref());
    result.provider_metadata = Some(ProviderMetadata::of(KEY, metadata));
    let mut info = ResponseInfo::default();
    info.id = response.id;
    info.model_id = response.model;
    info.timestamp = timestamp(response.created.filter(|seconds| *seconds != 0.0));
    result.response = Some(info);
    Ok(result)
}

fn content(mut message: wire::Message, cx: &Context) -> Vec<Content> {
    let mut content = Vec::new();
    let text = message.content.map(wire::Content::into_text);
    if let Some(text) = text.filter(|text| !text.is_empty()) {
        content.push(Text::new(text).into());
    }
    for call in message.tool_calls.into_iter().flatten() {
        let id = call.id.filter(|id| !id.is_empty()).unwrap_or_else(|| cx.generate_id());
        content.push(ToolCall::new(id, call.function.name, call.function.arguments).into());
    }
    let annotations = message.rest.shift_remove("annotations").unwrap_or_default();
    for annotation in annotations.as_array().into_iter().flatten() {
        if let Ok(annotation) = Annotation::deserialize(annotation) {
            content.push(Content::Source(source(annotation, cx).into()));
        }
    }
    content
}

fn source(annotation: Annotation, cx: &Context) -> UrlSource {
    let mut source = UrlSource::new(cx.generate_id(), annotation.url_citation.url);
    source.title = annotation.url_citation.title;
    source
}

/// Counts of predicted tokens.
fn metadata(usage: Option<&wire::Usage>) -> JsonObject {
    const PREDICTIONS: [(&str, &str); 2] = [
        ("accepted_prediction_tokens", "acceptedPredictionTokens"),
        ("rejected_prediction_tokens", "rejectedPredictionTokens"),
    ];
    let details = usage.and_then(|usage| usage.0.get("completion_tokens_details")?.as_object());
    let count = |(theirs, ours): (&str, &str)| {
        let count = details?.get(theirs).filter(|count| !count.is_null())?;
        Some((ours.to_owned(), count.clone()))
    };
    PREDICTIONS.into_iter().filter_map(count).collect()
}

/// How likely tokens were, without their bytes.
fn logprobs(value: Option<&Value>) -> Option<Value> {
    let tokens = value?.get("content").filter(|content| content.is_array())?;
    Some(crate::openai::responses::logprobs(tokens))
}

/// The account of a call.
fn usage(usage: Option<&wire::Usage>) -> Usage {
    let Some(usage) = usage else { return Usage::default() };
    let prompt = usage.prompt_tokens().unwrap_or(0);
    let completion = usage.completion_tokens().unwrap_or(0);
    let cached = usage.cached_tokens().unwrap_or(0);
    let written = usage.detail("prompt_tokens_details", "cache_write_tokens");
    let reasoning = usage.reasoning_tokens().unwrap_or(0);
    let mut input = InputTokens::default();
    input.total = Some(prompt);
    input.no_cache = Some(prompt.saturating_sub(cached).saturating_sub(written.unwrap_or(0)));
    input.cache_read = Some(cached);
    input.cache_write = written;
    let mut output = OutputTokens::default();
    output.total = Some(completion);
    output.text = Some(completion.saturating_sub(reasoning));
    output.reasoning = Some(reasoning);
    Usage::new(input, output, Some(raw_usage(&usage.0)))
}

/// The host's account, without what the AI SDK has no name for.
fn raw_usage(usage: &JsonObject) -> JsonObject {
    const KNOWN: &[&str] = &[
        "prompt_tokens",
        "completion_tokens",
        "total_tokens",
        "prompt_tokens_details",
        "completion_tokens_details",
        "cached_tokens",
        "cache_write_tokens",
        "reasoning_tokens",
        "accepted_prediction_tokens",
        "rejected_prediction_tokens",
    ];
    let known = usage.iter().filter(|(name, _)| KNOWN.contains(&name.as_str()));
    let inner = |value: &Value| match value {
        Value::Object(details) => Value::Object(raw_usage(details)),
        value => value.clone(),
    };
    known.map(|(name, value)| (name.clone(), inner(value))).collect()
}

/// What a chunk says of the call.
pub(super) fn verdict(data: &str) -> Verdict {
    let Ok(chunk) = serde_json::from_str::<Chunk<'_>>(data) else { return Verdict::Begun };
    let Some(choices) = chunk.choices else {
        return match chunk.error {
            Some(error) if error.is_object() => Verdict::Failed(Failure::read(&error)),
            _ => Verdict::Begun,
        };
    };
    let has_output = choices.iter().filter_map(|choice| choice.delta.as_ref()).any(|delta| {
        delta.content.as_ref().is_some_and(|text| !text.is_empty())
            || delta.tool_calls.as_ref().is_some_and(|calls| !calls.is_empty())
            || delta.annotations.as_ref().is_some_and(|list| !list.is_empty())
    });
    if has_output { Verdict::Begun } else { Verdict::Silent }
}

/// Chunks in, parts out. Text and tool calls end with the stream.
pub(super) struct StreamDecoder {
    include_raw_chunks: bool,
    cx: Context,
    tools: ToolCallTracker,
    has_metadata: bool,
    in_text: bool,
    usage: Option<wire::Usage>,
    logprobs: Option<Value>,
    finish_reason: FinishReason,
}

type Parts = VecDeque<StreamPart>;

impl StreamDecoder {
    pub(super) fn new(include_raw_chunks: bool, cx: Context) -> Self {
        Self {
            include_raw_chunks,
            cx,
            tools: ToolCallTracker::new(false),
            has_metadata: false,
            in_text: false,
            usage: None,
            logprobs: None,
            finish_reason: UnifiedFinishReason::Other.into(),
        }
    }

    fn chunk(&mut self, mut chunk: Chunk<'_>, parts: &mut Parts) -> Result<()> {
        let Some(choices) = chunk.choices.take() else {
            self.finish_reason = UnifiedFinishReason::Error.into();
            let missing = || json!({ "message": "a chunk of the stream has no choices" });
            parts.push_back(ErrorPart::new(chunk.error.unwrap_or_else(missing)).into());
            return Ok(());
        };
        self.metadata(&mut chunk, parts);
        self.usage = chunk.usage.or_else(|| self.usage.take());
        let Some(choice) = choices.into_iter().next() else { return Ok(()) };
        if let Some(raw) = choice.finish_reason {
            self.finish_reason = FinishReason::new(Plain.finish_reason(&raw), Some(raw));
        }
        self.logprobs = logprobs(choice.logprobs.as_ref()).or_else(|| self.logprobs.take());
        match choice.delta {
            Some(delta) => self.delta(delta, parts),
            None => Ok(()),
        }
    }

    /// Azure begins with a chunk that says nothing of the answer.
    fn metadata(&mut self, chunk: &mut Chunk<'_>, parts: &mut Parts) {
        let some =
            |text: Option<Cow<'_, str>>| text.map(Cow::into_owned).filter(|it| !it.is_empty());
        if self.has_metadata {
            return;
        }
        let mut metadata = ResponseMetadata::default();
        metadata.id = some(chunk.id.take());
        metadata.model_id = some(chunk.model.take());
        metadata.timestamp = timestamp(chunk.created.filter(|seconds| *seconds != 0.0));
        if metadata != ResponseMetadata::default() {
            self.has_metadata = true;
            parts.push_back(metadata.into());
        }
    }

    fn delta(&mut self, delta: Delta<'_>, parts: &mut Parts) -> Result<()> {
        if let Some(text) = delta.content {
            if !std::mem::replace(&mut self.in_text, true) {
                parts.push_back(TextStart::new(TEXT_ID).into());
            }
            parts.push_back(TextDelta::new(TEXT_ID, text).into());
        }
        for mut call in delta.tool_calls.into_iter().flatten() {
            let arguments = call.function.as_mut().and_then(|function| function.arguments.take());
            let function = call.function.as_ref();
            let piece = Piece {
                index: call.index,
                id: call.id.as_deref(),
                kind: call.kind.as_deref(),
                name: function.and_then(|function| function.name.as_deref()),
                arguments,
                metadata: None,
            };
            self.tools.piece(piece, &self.cx, parts)?;
        }
        for annotation in delta.annotations.into_iter().flatten() {
            let source = aqueduct_spec::language::Source::from(source(annotation, &self.cx));
            parts.push_back(source.into());
        }
        Ok(())
    }
}

impl DecodeEvents for StreamDecoder {
    fn event(&mut self, data: &str, parts: &mut Parts) -> Result<()> {
        if self.include_raw_chunks {
            parts.push_back(RawPart::new(raw_value(data)).into());
        }
        match serde_json::from_str::<Chunk<'_>>(data) {
            Ok(chunk) => self.chunk(chunk, parts),
            Err(problem) => {
                self.finish_reason = UnifiedFinishReason::Error.into();
                parts.push_back(unreadable(&problem));
                Ok(())
            }
        }
    }

    fn finish(&mut self, parts: &mut Parts) -> Result<()> {
        if self.in_text {
            parts.push_back(TextEnd::new(TEXT_ID).into());
        }
        self.tools.finish(parts);
        let mut metadata = metadata(self.usage.as_ref());
        if let Some(tokens) = self.logprobs.take() {
            metadata.insert("logprobs".to_owned(), tokens);
        }
        let mut finish =
            Finish::new(std::mem::take(&mut self.finish_reason), usage(self.usage.as_ref()));
        finish.provider_metadata = Some(ProviderMetadata::of(KEY, metadata));
        parts.push_back(finish.into());
        Ok(())
    }
}
