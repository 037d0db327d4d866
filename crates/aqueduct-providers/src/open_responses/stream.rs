//! An answer in events.

use std::collections::{HashMap, VecDeque};

use aqueduct_spec::language::{
    ErrorPart, Finish, FinishReason, RawPart, ReasoningDelta, ReasoningEnd, ReasoningStart,
    StreamPart, TextDelta, TextEnd, TextStart, UnifiedFinishReason, Usage,
};
use aqueduct_spec::{Error, Result};
use serde_json::Value;

use super::ENTRY;
use super::decode::{annotations, custom, finish_reason, said, thought, tool_call, usage};
use crate::openai::responses::wire::{Content, Event, FunctionCall, Item, ResponseEvent};
use crate::part_stream::{DecodeEvents, raw_value, unreadable};

/// More open calls than that are not a model's doing.
const MAX_CALLS: usize = 4096;

/// The bytes that all arguments of open calls may take together.
const MAX_ARGUMENT_BYTES: usize = 64 * 1024 * 1024;

/// Events in, parts out. Calls are told when they are whole.
pub(super) struct StreamDecoder {
    key: String,
    include_raw_chunks: bool,
    /// Calls that have begun, by the ids of their items.
    calls: HashMap<String, FunctionCall>,
    argument_bytes: usize,
    open_thought: Option<String>,
    has_call: bool,
    finish_reason: FinishReason,
    usage: Usage,
}

type Parts = VecDeque<StreamPart>;

impl StreamDecoder {
    pub(super) fn new(key: &str, include_raw_chunks: bool) -> Self {
        Self {
            key: key.to_owned(),
            include_raw_chunks,
            calls: HashMap::new(),
            argument_bytes: 0,
            open_thought: None,
            has_call: false,
            finish_reason: UnifiedFinishReason::Other.into(),
            usage: Usage::default(),
        }
    }

    fn read(&mut self, event: Event, parts: &mut Parts) -> Result<()> {
        match event {
            Event::ItemAdded(event) => self.added(event.item, parts)?,
            Event::ItemDone(event) => self.done(event.item, parts),
            Event::TextDelta(event) => {
                parts.push_back(TextDelta::new(event.item_id, event.delta).into());
            }
            Event::FunctionCallArgumentsDelta(event) => {
                self.count(event.delta.len())?;
                let call = self.calls.entry(event.item_id).or_default();
                call.arguments.push_str(&event.delta);
            }
            Event::Completed(event) | Event::Incomplete(event) => {
                let details = event.response.incomplete_details.as_ref();
                self.finish_reason = finish_reason(details, self.has_call);
                self.account(&event);
            }
            Event::Failed(event) => {
                let error = event.response.error.as_ref();
                let code = error.and_then(|it| it.code.as_ref()?.as_str().map(str::to_owned));
                let raw = code.or_else(|| event.response.status.clone());
                self.finish_reason = FinishReason::new(UnifiedFinishReason::Error, raw);
                self.account(&event);
                if let Some(error) = error {
                    let error = serde_json::to_value(error).unwrap_or_default();
                    parts.push_back(ErrorPart::new(error).into());
                }
            }
            Event::Error(_) => {
                self.finish_reason = UnifiedFinishReason::Error.into();
                let error = serde_json::to_value(&event).unwrap_or_default();
                parts.push_back(ErrorPart::new(error).into());
            }
            Event::Unknown(event) => self.unlisted(&event, parts)?,
            _ => {}
        }
        Ok(())
    }

    /// Events that OpenAI has not, or that only matter here.
    fn unlisted(&mut self, event: &Value, parts: &mut Parts) -> Result<()> {
        let text = |name: &str| event.get(name).and_then(Value::as_str).unwrap_or_default();
        match text("type") {
            // An extension of LM Studio's.
            "response.reasoning_text.delta" => {
                parts.push_back(ReasoningDelta::new(text("item_id"), text("delta")).into());
            }
            "response.function_call_arguments.done" => {
                self.count(text("arguments").len())?;
                let call = self.calls.entry(text("item_id").to_owned()).or_default();
                text("arguments").clone_into(&mut call.arguments);
            }
            _ => {}
        }
        Ok(())
    }

    fn count(&mut self, bytes: usize) -> Result<()> {
        self.argument_bytes += bytes;
        if self.argument_bytes > MAX_ARGUMENT_BYTES || self.calls.len() >= MAX_CALLS {
            return Err(Error::invalid_response("the tool calls of the answer do not end"));
        }
        Ok(())
    }

    fn account(&mut self, event: &ResponseEvent) {
        if let Some(account) = &event.response.usage {
            self.usage = usage(account, Some(account.0.clone()));
        }
    }

    fn added(&mut self, item: Item, parts: &mut Parts) -> Result<()> {
        match item {
            Item::FunctionCall(item) => {
                self.count(item.arguments.len())?;
                self.calls.insert(item.id.clone().unwrap_or_default(), item);
            }
            Item::Reasoning(item) => {
                let id = item.id.unwrap_or_default();
                parts.push_back(ReasoningStart::new(id.as_str()).into());
                self.open_thought = Some(id);
            }
            Item::Message(item) => {
                parts.push_back(TextStart::new(item.id.unwrap_or_default()).into());
            }
            _ => {}
        }
        Ok(())
    }

    fn done(&mut self, item: Item, parts: &mut Parts) {
        match item {
            Item::FunctionCall(mut item) => {
                let begun = self.calls.remove(item.id.as_deref().unwrap_or_default());
                if let Some(begun) = begun {
                    let own = |begun: String, whole: &mut String| {
                        if !begun.is_empty() {
                            *whole = begun;
                        }
                    };
                    own(begun.name, &mut item.name);
                    own(begun.call_id, &mut item.call_id);
                    own(begun.arguments, &mut item.arguments);
                }
                self.has_call = true;
                parts.push_back(tool_call(&item, &self.key).into());
            }
            Item::Reasoning(item) => {
                let id = item.id.clone().unwrap_or_default();
                if self.open_thought.as_ref() == Some(&id) {
                    self.open_thought = None;
                }
                let mut end = ReasoningEnd::new(id);
                end.provider_metadata = Some(thought(&item, item.content.as_deref(), &self.key));
                parts.push_back(end.into());
            }
            Item::Message(item) => {
                let texts = match &item.content {
                    Some(Content::Parts(parts)) => parts.as_slice(),
                    _ => &[],
                };
                let metadata = said(item.id.as_deref(), annotations(texts), &self.key);
                let mut end = TextEnd::new(item.id.unwrap_or_default());
                end.provider_metadata = Some(metadata);
                parts.push_back(end.into());
            }
            other => parts.extend(custom(&other, ENTRY.id, &self.key).map(StreamPart::from)),
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
                parts.push_back(unreadable(&problem));
                Ok(())
            }
        }
    }

    fn finish(&mut self, parts: &mut Parts) -> Result<()> {
        if let Some(id) = self.open_thought.take() {
            parts.push_back(ReasoningEnd::new(id).into());
        }
        let reason = std::mem::take(&mut self.finish_reason);
        parts.push_back(Finish::new(reason, std::mem::take(&mut self.usage)).into());
        Ok(())
    }
}
