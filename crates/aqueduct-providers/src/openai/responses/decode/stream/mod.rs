//! An answer in events.
//!
//! Other hosts change the ids of items from event to event, so open items are told apart by their place in the output.

mod items_added;
mod items_done;
mod reasoning;
mod short;
mod tool_input;

use std::collections::{BTreeMap, HashMap, VecDeque};

use aqueduct_spec::language::{
    ErrorPart, Finish, FinishReason, RawPart, ResponseMetadata, StreamPart, TextDelta, ToolResult,
    UnifiedFinishReason, Usage,
};
use aqueduct_spec::{Context, Error, Result};
use serde_json::{Value, json};

use self::reasoning::Thought;
use self::short::Short;
use self::tool_input::OpenCall;
use super::sources::{kept, source};
use super::wire::{self, AnnotationAdded, Event, Response};
use super::{
    Reading, answer_metadata, finish_reason, logprobs, reasoning_context, timestamp, usage,
};
use crate::part_stream::{DecodeEvents, raw_value, unreadable};

/// More open items, annotations or thoughts than that are not a model's doing.
const MAX_OPEN: usize = 65_536;

/// What to say where the host speaks the other API.
const CHAT_STREAM: &str = "the host answered with a chat completion to a request of the Responses API: use the wire \
     'openai.chat' or the provider 'openai-compatible' for hosts that only have chat completions";

type Parts = VecDeque<StreamPart>;

/// Events in, parts out.
pub struct StreamDecoder {
    reading: Reading,
    include_raw_chunks: bool,
    cx: Context,
    /// The calls whose input is arriving, by the places of their items.
    calls: BTreeMap<u64, OpenCall>,
    /// The thoughts that are arriving, by the ids of their items.
    thoughts: HashMap<String, Thought>,
    /// The first id of each open item, by its place.
    item_ids: HashMap<u64, String>,
    annotations: Vec<Value>,
    phase: Option<String>,
    hosted_searches: VecDeque<String>,
    /// The calls that wait for leave, by the ids of the host's questions.
    approvals: HashMap<String, String>,
    logprobs: Vec<Value>,
    has_function_call: bool,
    has_failed: bool,
    response_id: Option<String>,
    finish_reason: FinishReason,
    usage: Usage,
    service_tier: Option<String>,
    reasoning_context: Option<Value>,
}

impl StreamDecoder {
    /// Starts to read.
    pub fn new(reading: Reading, include_raw_chunks: bool, cx: Context) -> Self {
        Self {
            reading,
            include_raw_chunks,
            cx,
            calls: BTreeMap::new(),
            thoughts: HashMap::new(),
            item_ids: HashMap::new(),
            annotations: Vec::new(),
            phase: None,
            hosted_searches: VecDeque::new(),
            approvals: HashMap::new(),
            logprobs: Vec::new(),
            has_function_call: false,
            has_failed: false,
            response_id: None,
            finish_reason: UnifiedFinishReason::Other.into(),
            usage: Usage::default(),
            service_tier: None,
            reasoning_context: None,
        }
    }

    fn read(&mut self, event: Event, parts: &mut Parts) -> Result<()> {
        match event {
            Event::TextDelta(event) => {
                let id = self.item_id(&event.item_id, event.output_index);
                self.text_delta(id, event.delta, event.logprobs.as_ref(), parts);
            }
            Event::ItemAdded(event) => self.added(&event, parts),
            Event::ItemDone(event) => self.done(&event, parts)?,
            Event::FunctionCallArgumentsDelta(event) => {
                self.arguments_delta(event.output_index, event.delta, parts)?;
            }
            Event::CustomToolCallInputDelta(event) => {
                self.input_delta(event.output_index, event.delta, parts);
            }
            Event::CodeDelta(event) => self.code_delta(event.output_index, &event.delta, parts),
            Event::CodeDone(event) => self.code_done(event.output_index, &event.code, parts),
            Event::DiffDelta(event) => self.diff_delta(event.output_index, &event.delta, parts),
            Event::DiffDone(event) => self.diff_done(event.output_index, &event.diff, parts),
            Event::SummaryPartAdded(event) => self.summary_added(&event, parts),
            Event::SummaryTextDelta(event) => {
                let id = self.item_id(&event.item_id, event.output_index);
                self.summary_delta(&id, event.summary_index, event.delta, parts);
            }
            Event::SummaryPartDone(event) => self.summary_done(&event, parts),
            Event::AnnotationAdded(event) => self.annotation(&event, parts)?,
            Event::PartialImage(event) => {
                let name = self.reading.names.ours("image_generation");
                let value = json!({ "result": event.partial_image_b64 });
                let mut result = ToolResult::new(event.item_id, name, value);
                result.preliminary = Some(true);
                parts.push_back(result.into());
            }
            Event::Created(event) => self.created(event.response, parts),
            Event::Completed(event) | Event::Incomplete(event) => self.finished(&event.response),
            Event::Failed(event) => self.failed(&event, parts),
            Event::Error(_) => {
                self.has_failed = true;
                self.finish_reason =
                    FinishReason::new(UnifiedFinishReason::Error, Some("error".to_owned()));
                parts.push_back(ErrorPart::new(to_value(&event)).into());
            }
            Event::InProgress(_) | Event::Unknown(_) => {}
        }
        Ok(())
    }

    /// The id under which an item is known to the caller.
    fn item_id(&self, id: &str, output_index: Option<u64>) -> String {
        let known = output_index.and_then(|at| self.item_ids.get(&at));
        known.map_or(id, String::as_str).to_owned()
    }

    fn created(&mut self, response: Response, parts: &mut Parts) {
        let mut metadata = ResponseMetadata::default();
        self.response_id.clone_from(&response.id);
        metadata.id = response.id;
        metadata.model_id = response.model;
        metadata.timestamp = timestamp(response.created_at);
        parts.push_back(metadata.into());
    }

    fn text_delta(&mut self, id: String, delta: String, values: Option<&Value>, parts: &mut Parts) {
        parts.push_back(TextDelta::new(id, delta).into());
        let values = values.filter(|it| it.is_array());
        if let Some(values) = values.filter(|_| self.reading.keeps_logprobs) {
            self.logprobs.push(logprobs(values));
        }
    }

    fn annotation(&mut self, event: &AnnotationAdded, parts: &mut Parts) -> Result<()> {
        bounded(self.annotations.len())?;
        self.annotations.push(kept(&event.annotation));
        if let Some(source) = source(&event.annotation, &self.reading, &self.cx) {
            parts.push_back(source.into());
        }
        Ok(())
    }

    fn finished(&mut self, response: &Response) {
        self.finish_reason =
            finish_reason(response.incomplete_details.as_ref(), self.has_function_call);
        self.keep(response);
    }

    fn failed(&mut self, event: &wire::ResponseEvent, parts: &mut Parts) {
        let response = &event.response;
        let details = response.incomplete_details.as_ref();
        self.finish_reason = match details.filter(|details| details.reason.is_some()) {
            Some(details) => finish_reason(Some(details), self.has_function_call),
            None => FinishReason::new(UnifiedFinishReason::Error, Some("error".to_owned())),
        };
        self.keep(response);
        if response.error.is_some() && !std::mem::replace(&mut self.has_failed, true) {
            parts.push_back(
                ErrorPart::new(json!({
                    "type": "response.failed",
                    "sequence_number": event.sequence_number,
                    "response": {
                        "error": response.error,
                        "incomplete_details": response.incomplete_details,
                        "service_tier": response.service_tier,
                    },
                }))
                .into(),
            );
        }
    }

    fn keep(&mut self, response: &Response) {
        self.usage = usage(response.usage.as_ref());
        self.service_tier = response.service_tier.clone().or(self.service_tier.take());
        self.reasoning_context =
            reasoning_context(response).or_else(|| self.reasoning_context.take());
    }

    fn unreadable(&mut self, data: &str, problem: &serde_json::Error, parts: &mut Parts) {
        self.finish_reason = UnifiedFinishReason::Error.into();
        let value = serde_json::from_str::<Value>(data).ok();
        let is_chat = value.is_some_and(|it| it.get("choices").is_some_and(Value::is_array));
        parts.push_back(if is_chat {
            ErrorPart::new(json!({ "message": CHAT_STREAM })).into()
        } else {
            unreadable(problem)
        });
    }
}

impl DecodeEvents for StreamDecoder {
    fn event(&mut self, data: &str, parts: &mut Parts) -> Result<()> {
        if self.include_raw_chunks {
            parts.push_back(RawPart::new(raw_value(data)).into());
        }
        let mut short = Short::read(data);
        if let Some(short) = &mut short
            && self.short(short, parts)?
        {
            return Ok(());
        }
        let event = match short {
            Some(short) => Event::read_as(&short.kind, data),
            None => Event::read(data),
        };
        match event {
            Ok(event) => self.read(event, parts),
            Err(problem) => {
                self.unreadable(data, &problem, parts);
                Ok(())
            }
        }
    }

    fn finish(&mut self, parts: &mut Parts) -> Result<()> {
        for call in std::mem::take(&mut self.calls).into_values() {
            call.reveal(parts);
        }
        let mut finish =
            Finish::new(std::mem::take(&mut self.finish_reason), std::mem::take(&mut self.usage));
        let mut metadata = answer_metadata(
            &self.reading,
            self.response_id.as_deref(),
            std::mem::take(&mut self.logprobs),
            self.service_tier.take(),
            self.reasoning_context.take(),
        );
        if self.response_id.is_none() {
            metadata.entry(&self.reading.key).insert("responseId".to_owned(), Value::Null);
        }
        finish.provider_metadata = Some(metadata);
        parts.push_back(finish.into());
        Ok(())
    }
}

impl std::fmt::Debug for StreamDecoder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("StreamDecoder").field("reading", &self.reading).finish_non_exhaustive()
    }
}

fn to_value(value: &impl serde::Serialize) -> Value {
    serde_json::to_value(value).unwrap_or_default()
}

/// Refuses more than a model can mean.
fn bounded(count: usize) -> Result<()> {
    if count < MAX_OPEN {
        Ok(())
    } else {
        Err(Error::invalid_response("the items of the answer do not end"))
    }
}
