//! An answer in events.

use std::collections::VecDeque;

use aqueduct_spec::language::{
    ErrorPart, Finish, FinishReason, RawPart, ReasoningDelta, ReasoningEnd, ReasoningStart,
    ResponseMetadata, StreamPart, TextDelta, TextEnd, TextStart, ToolInputEnd, ToolInputStart,
    UnifiedFinishReason, Usage,
};
use aqueduct_spec::{Context, Result};
use serde_json::Value;

use super::ENTRY;
use super::decode::{
    answer_metadata, call, finish_reason, item_metadata, parts, sources, usage, waits_for_result,
};
use crate::open_responses::custom;
use crate::openai::responses::timestamp;
use crate::openai::responses::wire::{Event, Item, Response};
use crate::part_stream::{DecodeEvents, raw_value, unreadable};

/// Events in, parts out. Arguments of calls are told when they are whole.
pub(super) struct StreamDecoder {
    include_raw_chunks: bool,
    cx: Context,
    response_id: Option<String>,
    open_thought: Option<String>,
    /// Whether the caller has to run a function.
    waits: bool,
    finish_reason: FinishReason,
    usage: Usage,
}

type Parts = VecDeque<StreamPart>;

impl StreamDecoder {
    pub(super) fn new(include_raw_chunks: bool, cx: Context) -> Self {
        Self {
            include_raw_chunks,
            cx,
            response_id: None,
            open_thought: None,
            waits: false,
            finish_reason: UnifiedFinishReason::Other.into(),
            usage: Usage::default(),
        }
    }

    fn read(&mut self, event: Event, parts: &mut Parts) {
        match event {
            Event::Created(event) => self.created(event.response, parts),
            Event::ItemAdded(event) => self.added(event.item, parts),
            Event::ItemDone(event) => self.done(&event.item, parts),
            Event::TextDelta(event) => {
                parts.push_back(TextDelta::new(event.item_id, event.delta).into());
            }
            Event::Completed(event) | Event::Incomplete(event) => {
                let details = event.response.incomplete_details.as_ref();
                self.finish_reason = finish_reason(details, self.waits);
                self.account(event.response);
            }
            Event::Failed(event) => {
                self.finish_reason = UnifiedFinishReason::Error.into();
                let error = event.response.error.as_ref().map(serde_json::to_value);
                if let Some(Ok(error)) = error {
                    parts.push_back(ErrorPart::new(error).into());
                }
                self.account(event.response);
            }
            Event::Error(_) => {
                self.finish_reason = UnifiedFinishReason::Error.into();
                let error = serde_json::to_value(&event).unwrap_or_default();
                parts.push_back(ErrorPart::new(error).into());
            }
            Event::Unknown(event) => self.thought(&event, parts),
            _ => {}
        }
    }

    fn created(&mut self, response: Response, parts: &mut Parts) {
        let mut metadata = ResponseMetadata::default();
        self.response_id.clone_from(&response.id);
        metadata.id = response.id;
        metadata.timestamp = timestamp(response.created_at);
        metadata.model_id = response.model;
        parts.push_back(metadata.into());
    }

    fn account(&mut self, response: Response) {
        if let Some(account) = &response.usage {
            self.usage = usage(Some(account));
        }
        self.response_id = response.id.or(self.response_id.take());
    }

    fn added(&mut self, item: Item, parts: &mut Parts) {
        match item {
            Item::Message(item) if item.role.as_deref() == Some("assistant") => {
                let mut start = TextStart::new(item.id.as_deref().unwrap_or_default());
                start.provider_metadata = item_metadata(item.id.as_deref());
                parts.push_back(start.into());
            }
            Item::FunctionCall(item) => {
                parts.push_back(ToolInputStart::new(item.call_id, item.name).into());
            }
            Item::Reasoning(item) => self.begin_thought(item.id.unwrap_or_default(), parts),
            _ => {}
        }
    }

    fn done(&mut self, item: &Item, out: &mut Parts) {
        self.waits |= waits_for_result(item);
        match item {
            Item::Message(item) => {
                if item.role.as_deref() == Some("assistant") {
                    out.push_back(TextEnd::new(item.id.as_deref().unwrap_or_default()).into());
                }
                for part in parts(item) {
                    out.extend(sources(part, &self.cx).map(StreamPart::from));
                }
            }
            Item::Reasoning(_) => self.end_thought(out),
            item => {
                if let Item::FunctionCall(item) = item {
                    out.push_back(ToolInputEnd::new(&*item.call_id).into());
                }
                let is_empty_list = matches!(item, Item::McpListTools(it) if it.tools.is_none());
                match call(item) {
                    // The question for tools, without an answer, tells nobody anything.
                    Some(_) if is_empty_list => {}
                    Some((call, result)) => {
                        out.push_back(call.into());
                        out.extend(result.map(StreamPart::from));
                    }
                    None => out.extend(custom(item, ENTRY.id, ENTRY.id).map(StreamPart::from)),
                }
            }
        }
    }

    /// Thoughts in plain, which OpenAI does not tell.
    fn thought(&mut self, event: &Value, parts: &mut Parts) {
        let text = |name: &str| event.get(name).and_then(Value::as_str).unwrap_or_default();
        let id = text("item_id");
        match text("type") {
            "response.reasoning_text.delta" => {
                if self.open_thought.as_deref() != Some(id) {
                    self.begin_thought(id.to_owned(), parts);
                }
                parts.push_back(ReasoningDelta::new(id, text("delta")).into());
            }
            "response.reasoning_text.done" => self.end_thought(parts),
            _ => {}
        }
    }

    fn begin_thought(&mut self, id: String, parts: &mut Parts) {
        self.end_thought(parts);
        let mut start = ReasoningStart::new(id.as_str());
        start.provider_metadata = item_metadata(Some(&id));
        parts.push_back(start.into());
        self.open_thought = Some(id);
    }

    fn end_thought(&mut self, parts: &mut Parts) {
        if let Some(id) = self.open_thought.take() {
            parts.push_back(ReasoningEnd::new(id).into());
        }
    }
}

impl DecodeEvents for StreamDecoder {
    fn event(&mut self, data: &str, parts: &mut Parts) -> Result<()> {
        if self.include_raw_chunks {
            parts.push_back(RawPart::new(raw_value(data)).into());
        }
        match Event::read(data) {
            Ok(event) => self.read(event, parts),
            Err(problem) => {
                self.finish_reason = UnifiedFinishReason::Error.into();
                parts.push_back(unreadable(&problem));
            }
        }
        Ok(())
    }

    fn finish(&mut self, parts: &mut Parts) -> Result<()> {
        self.end_thought(parts);
        let reason = std::mem::take(&mut self.finish_reason);
        let mut finish = Finish::new(reason, std::mem::take(&mut self.usage));
        finish.provider_metadata = Some(answer_metadata(self.response_id.take()));
        parts.push_back(finish.into());
        Ok(())
    }
}
