//! An answer in events.

use std::collections::{HashMap, HashSet, VecDeque};

use aqueduct_spec::language::{
    ErrorPart, Finish, FinishReason, RawPart, ReasoningDelta, ReasoningEnd, ReasoningStart,
    ResponseMetadata, StreamPart, TextDelta, TextEnd, TextStart, ToolCall, ToolInputDelta,
    ToolInputEnd, ToolInputStart, ToolResult, UnifiedFinishReason, Usage,
};
use aqueduct_spec::{Context, Error, JsonObject, ProviderMetadata, Result};
use serde::Deserialize;
use serde_json::{Value, json};

use super::super::KEY;
use super::super::usage::nothing;
use super::decode::{custom, metadata, said, source, sources, thought_metadata, unified, usage};
use super::hosted_call::{HostedCall, ToolNames};
use crate::openai::responses::wire::{self, Event, FunctionCall, Item, Response, ResponseEvent};
use crate::openai_compatible::chat::decode::timestamp;
use crate::part_stream::{DecodeEvents, raw_value, unreadable};

/// More items in one answer are not a model's doing.
const MAX_ITEMS: usize = 4096;

type Parts = VecDeque<StreamPart>;

/// Events in, parts out. Text ends with the stream; the host's own calls are told once, as soon as they are known.
pub(super) struct StreamDecoder {
    cx: Context,
    names: ToolNames,
    include_raw_chunks: bool,
    is_first: bool,
    /// The blocks of text, all of them open.
    texts: Vec<String>,
    /// The items whose thoughts are open.
    thoughts: HashSet<String>,
    /// The calls of the host's tools that were told.
    told: HashSet<String>,
    /// The ids of open function calls, by the places of their items.
    calls: HashMap<u64, String>,
    has_call: bool,
    finish_reason: FinishReason,
    usage: Option<Usage>,
    metadata: Option<ProviderMetadata>,
}

/// Where in its life an item is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Stage {
    Added,
    Done,
}

impl StreamDecoder {
    pub(super) fn new(names: ToolNames, include_raw_chunks: bool, cx: &Context) -> Self {
        Self {
            cx: cx.clone(),
            names,
            include_raw_chunks,
            is_first: true,
            texts: Vec::new(),
            thoughts: HashSet::new(),
            told: HashSet::new(),
            calls: HashMap::new(),
            has_call: false,
            finish_reason: UnifiedFinishReason::Other.into(),
            usage: None,
            metadata: None,
        }
    }

    fn read(&mut self, event: Event, parts: &mut Parts) -> Result<()> {
        match event {
            Event::Created(event) | Event::InProgress(event) => self.begin(event.response, parts),
            Event::TextDelta(event) => self.text(&event.item_id, event.delta, parts)?,
            Event::AnnotationAdded(event) => {
                let annotation = serde_json::to_value(&event.annotation).unwrap_or_default();
                parts.extend(source(&annotation, &self.cx).map(StreamPart::from));
            }
            Event::SummaryPartAdded(event) => self.start_thought(&event.item_id, parts)?,
            Event::SummaryTextDelta(event) => self.thought(&event.item_id, event.delta, parts)?,
            Event::FunctionCallArgumentsDelta(event) => {
                if let Some(id) = self.calls.get(&event.output_index) {
                    parts.push_back(ToolInputDelta::new(id.as_str(), event.delta).into());
                }
            }
            Event::ItemAdded(event) => {
                self.item(&event.item, event.output_index, Stage::Added, parts)?;
            }
            Event::ItemDone(event) => {
                self.item(&event.item, event.output_index, Stage::Done, parts)?;
            }
            Event::Completed(event) => self.complete(event.response),
            Event::Incomplete(event) => {
                let reason = incomplete(&event.response);
                let kind = reason.as_deref().map(|reason| unified(Some(reason), false));
                self.stop(kind.unwrap_or(UnifiedFinishReason::Other), reason, "incomplete");
                self.account(event.response);
            }
            Event::Failed(event) => {
                let reason = incomplete(&event.response);
                let kind = reason.as_deref().map(|reason| unified(Some(reason), false));
                self.stop(kind.unwrap_or(UnifiedFinishReason::Error), reason, "error");
                self.usage = event.response.usage.as_ref().map(usage).or(self.usage.take());
            }
            Event::Error(_) => {
                let error = serde_json::to_value(&event).unwrap_or_default();
                parts.push_back(ErrorPart::new(error).into());
            }
            Event::Unknown(event) => self.unlisted(event, parts)?,
            _ => {}
        }
        Ok(())
    }

    /// Events that OpenAI has not, or that only matter here.
    fn unlisted(&mut self, event: Value, parts: &mut Parts) -> Result<()> {
        let text = |name: &str| event.get(name).and_then(Value::as_str).unwrap_or_default();
        match text("type") {
            "response.reasoning_text.delta" => {
                let delta = text("delta").to_owned();
                self.thought(text("item_id"), delta, parts)?;
            }
            "response.output_text.done" => {
                let annotations = event.get("annotations").and_then(Value::as_array);
                let annotations = annotations.map(Vec::as_slice).unwrap_or_default();
                parts.extend(sources(annotations, &self.cx).map(StreamPart::from));
            }
            "response.image_generation_call.in_progress"
            | "response.image_generation_call.generating"
            | "response.image_generation_call.completed" => {
                let mut call = ToolCall::new(text("item_id"), self.names.image_generation(), "{}");
                call.provider_executed = Some(true);
                self.tell(call, parts)?;
            }
            // The older name of `response.completed`.
            "response.done" => {
                if let Ok(event) = ResponseEvent::deserialize(event) {
                    self.complete(event.response);
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn begin(&mut self, response: Response, parts: &mut Parts) {
        if std::mem::take(&mut self.is_first) {
            let mut metadata = ResponseMetadata::default();
            metadata.id = response.id;
            metadata.model_id = response.model;
            metadata.timestamp = timestamp(response.created_at);
            parts.push_back(metadata.into());
        }
    }

    fn complete(&mut self, response: Response) {
        if let Some(status) = response.status.clone().filter(|status| !status.is_empty()) {
            let kind = unified(Some(&status), self.has_call);
            self.finish_reason = FinishReason::new(kind, Some(status));
        }
        self.account(response);
    }

    fn stop(&mut self, kind: UnifiedFinishReason, reason: Option<String>, otherwise: &str) {
        let raw = reason.unwrap_or_else(|| otherwise.to_owned());
        self.finish_reason = FinishReason::new(kind, Some(raw));
    }

    fn account(&mut self, response: Response) {
        self.usage = response.usage.as_ref().map(usage).or(self.usage.take());
        self.metadata = metadata(response.usage.as_ref(), response.service_tier);
    }

    fn text(&mut self, item_id: &str, delta: String, parts: &mut Parts) -> Result<()> {
        if item_id.is_empty() {
            // Nobody can tell which text it belongs to.
            let message = "an event of the stream names no item";
            let error = json!({ "name": "AI_TypeValidationError", "message": message });
            parts.push_back(ErrorPart::new(error).into());
            return Ok(());
        }
        let id = format!("text-{item_id}");
        if !self.texts.iter().rev().any(|text| *text == id) {
            room(self.texts.len())?;
            parts.push_back(TextStart::new(id.as_str()).into());
            self.texts.push(id.clone());
        }
        parts.push_back(TextDelta::new(id, delta).into());
        Ok(())
    }

    fn start_thought(&mut self, item_id: &str, parts: &mut Parts) -> Result<()> {
        if self.thoughts.contains(item_id) {
            return Ok(());
        }
        room(self.thoughts.len())?;
        self.thoughts.insert(item_id.to_owned());
        let mut start = ReasoningStart::new(format!("reasoning-{item_id}"));
        start.provider_metadata = Some(item_metadata(item_id));
        parts.push_back(start.into());
        Ok(())
    }

    fn thought(&mut self, item_id: &str, delta: String, parts: &mut Parts) -> Result<()> {
        self.start_thought(item_id, parts)?;
        let mut part = ReasoningDelta::new(format!("reasoning-{item_id}"), delta);
        part.provider_metadata = Some(item_metadata(item_id));
        parts.push_back(part.into());
        Ok(())
    }

    fn item(&mut self, item: &Item, place: u64, stage: Stage, parts: &mut Parts) -> Result<()> {
        if let Some(call) = HostedCall::read(item) {
            return self.hosted(&call, stage, parts);
        }
        match item {
            Item::Reasoning(item) if stage == Stage::Done => self.end_thought(item, parts),
            Item::Reasoning(_) => Ok(()),
            Item::Message(message) => self.message(message, parts),
            Item::FunctionCall(call) => self.function_call(call, place, stage, parts),
            other => {
                if stage == Stage::Done {
                    parts.extend(custom(other).map(StreamPart::from));
                }
                Ok(())
            }
        }
    }

    fn end_thought(&mut self, item: &wire::Reasoning, parts: &mut Parts) -> Result<()> {
        let id = item.id.as_deref().unwrap_or_default();
        self.start_thought(id, parts)?;
        self.thoughts.remove(id);
        let mut end = ReasoningEnd::new(format!("reasoning-{id}"));
        end.provider_metadata = Some(thought_metadata(item));
        parts.push_back(end.into());
        Ok(())
    }

    fn message(&mut self, message: &wire::Message, parts: &mut Parts) -> Result<()> {
        let item_id = message.id.as_deref().unwrap_or_default();
        let block = format!("text-{item_id}");
        for part in said(message) {
            // What was told in pieces is not told again.
            if !part.text.is_empty() && !self.texts.contains(&block) {
                self.text(item_id, part.text, parts)?;
            }
            parts.extend(sources(&part.annotations, &self.cx).map(StreamPart::from));
        }
        Ok(())
    }

    fn function_call(
        &mut self,
        call: &FunctionCall,
        place: u64,
        stage: Stage,
        parts: &mut Parts,
    ) -> Result<()> {
        let (id, name) = (call.call_id.as_str(), call.name.as_str());
        if stage == Stage::Added || !self.calls.contains_key(&place) {
            room(self.calls.len())?;
            self.calls.insert(place, id.to_owned());
            parts.push_back(ToolInputStart::new(id, name).into());
        }
        if stage == Stage::Done {
            self.has_call = true;
            self.calls.remove(&place);
            parts.push_back(ToolInputEnd::new(id).into());
            parts.push_back(ToolCall::new(id, name, call.arguments.as_str()).into());
        }
        Ok(())
    }

    fn hosted(&mut self, call: &HostedCall, stage: Stage, parts: &mut Parts) -> Result<()> {
        if stage == Stage::Done || !call.is_told_late() {
            self.tell(call.call(&self.names), parts)?;
        }
        if stage == Stage::Done {
            let nothing = || ToolResult::new(&*call.id, call.tool_name(&self.names), json!({}));
            let result = call.result(&self.names).unwrap_or_else(nothing);
            parts.push_back(result.into());
        }
        Ok(())
    }

    /// Tells of a call of the host's, once.
    fn tell(&mut self, call: ToolCall, parts: &mut Parts) -> Result<()> {
        if self.told.contains(&call.tool_call_id) {
            return Ok(());
        }
        room(self.told.len())?;
        self.told.insert(call.tool_call_id.clone());
        let id = call.tool_call_id.as_str();
        parts.push_back(ToolInputStart::new(id, call.tool_name.as_str()).into());
        parts.push_back(ToolInputDelta::new(id, call.input.as_str()).into());
        parts.push_back(ToolInputEnd::new(id).into());
        parts.push_back(call.into());
        Ok(())
    }
}

/// Fails if there are too many.
fn room(known: usize) -> Result<()> {
    if known < MAX_ITEMS {
        return Ok(());
    }
    Err(Error::invalid_response("the items of the answer do not end"))
}

/// Why an answer is not complete.
fn incomplete(response: &Response) -> Option<String> {
    response.incomplete_details.as_ref()?.reason.clone()
}

fn item_metadata(item_id: &str) -> ProviderMetadata {
    let object = JsonObject::from_iter([("itemId".to_owned(), item_id.into())]);
    ProviderMetadata::of(KEY, object)
}

impl DecodeEvents for StreamDecoder {
    fn event(&mut self, data: &str, parts: &mut Parts) -> Result<()> {
        if self.include_raw_chunks {
            parts.push_back(RawPart::new(raw_value(data)).into());
        }
        match Event::read(data) {
            Ok(event) => self.read(event, parts),
            Err(problem) => {
                parts.push_back(unreadable(&problem));
                Ok(())
            }
        }
    }

    fn finish(&mut self, parts: &mut Parts) -> Result<()> {
        parts.extend(self.texts.drain(..).map(|id| StreamPart::from(TextEnd::new(id))));
        let account = self.usage.take().unwrap_or_else(nothing);
        let mut finish = Finish::new(std::mem::take(&mut self.finish_reason), account);
        finish.provider_metadata = self.metadata.take();
        parts.push_back(finish.into());
        Ok(())
    }
}
