//! An answer in pieces.

use std::collections::{BTreeMap, HashSet, VecDeque};

use aqueduct_spec::language::{
    ErrorPart, Finish, RawPart, ReasoningDelta, ReasoningEnd, ReasoningStart, ResponseMetadata,
    Source, StreamPart, TextDelta, TextEnd, TextStart, ToolCall, ToolInputDelta, ToolInputEnd,
    ToolInputStart, ToolResult,
};
use aqueduct_spec::{Context, Error, JsonObject, Result, Timestamp};
use serde_json::{Value, json};

use super::account::{finish_reason, metadata, part_metadata, present, usage};
use super::sources;
use super::steps::{answered_tool, arguments, called_tool, file, object, summary_text};
use crate::part_stream::{DecodeEvents, raw_value, unreadable};

/// The most steps that may be open at once.
const MAX_OPEN_STEPS: usize = 1024;

/// The most bytes of one call's arguments.
const MAX_ARGUMENT_BYTES: usize = 64 * 1024 * 1024;

/// The most sources that are remembered, so as to name each once.
const MAX_SOURCES: usize = 10_000;

/// Reads the events of one interaction.
#[derive(Debug)]
pub(super) struct StreamDecoder {
    cx: Context,
    include_raw_chunks: bool,
    id: Option<String>,
    open: BTreeMap<u64, Open>,
    named_sources: HashSet<String>,
    usage: Option<JsonObject>,
    service_tier: Option<String>,
    status: Option<String>,
    has_function_call: bool,
    is_over: bool,
    last_event_id: Option<String>,
}

/// A step that has begun and not ended, under the id of its block.
#[derive(Debug)]
enum Open {
    /// What the model says; whether it is text is not known yet.
    Output(String),
    Text(String),
    /// A picture that is there from the start.
    Image(Value),
    Thought {
        id: String,
        signature: Option<String>,
    },
    Call {
        id: String,
        name: String,
        arguments: String,
        signature: Option<String>,
    },
    VendorCall {
        kind: String,
        id: String,
        name: String,
        arguments: Option<Value>,
    },
    VendorResult {
        kind: String,
        call_id: String,
        name: String,
        result: Option<Value>,
    },
    Unknown,
}

type Parts = VecDeque<StreamPart>;

fn text<'a>(value: &'a Value, name: &str) -> Option<&'a str> {
    value.get(name).and_then(Value::as_str)
}

impl StreamDecoder {
    pub(super) fn new(
        service_tier: Option<String>,
        include_raw_chunks: bool,
        cx: &Context,
    ) -> Self {
        Self {
            cx: cx.clone(),
            include_raw_chunks,
            id: None,
            open: BTreeMap::new(),
            named_sources: HashSet::new(),
            usage: None,
            service_tier,
            status: None,
            has_function_call: false,
            is_over: false,
            last_event_id: None,
        }
    }

    /// Whether the interaction has ended.
    pub(super) fn is_over(&self) -> bool {
        self.is_over
    }

    /// From where on to go on, if the connection broke.
    pub(super) fn last_event_id(&self) -> Option<&str> {
        self.last_event_id.as_deref()
    }

    fn read(&mut self, event: &Value, parts: &mut Parts) -> Result<()> {
        if let Some(id) = present(event.get("event_id")) {
            self.last_event_id = Some(id);
        }
        let index = event.get("index").and_then(Value::as_u64).unwrap_or(0);
        match text(event, "event_type") {
            Some("interaction.created") => {
                let interaction = event.get("interaction").unwrap_or(&Value::Null);
                self.id = present(interaction.get("id"));
                parts.push_back(head(self.id.clone(), interaction).into());
            }
            Some("step.start") => {
                if self.open.len() >= MAX_OPEN_STEPS {
                    return Err(Error::invalid_response("the steps of the answer do not end"));
                }
                let step = event.get("step").unwrap_or(&Value::Null);
                let open = self.begin(index, step, parts);
                self.open.insert(index, open);
            }
            Some("step.delta") => {
                if let Some(mut open) = self.open.remove(&index) {
                    let delta = event.get("delta").unwrap_or(&Value::Null);
                    self.delta(&mut open, delta, parts)?;
                    self.open.insert(index, open);
                }
            }
            Some("step.stop") => {
                if let Some(open) = self.open.remove(&index) {
                    self.end(open, parts);
                }
            }
            Some(
                kind @ ("interaction.status_update"
                | "interaction.in_progress"
                | "interaction.requires_action"),
            ) => {
                let implied = kind.strip_prefix("interaction.").filter(|it| *it != "status_update");
                let status = text(event, "status").or(implied).unwrap_or("in_progress");
                self.status = Some(status.to_owned());
            }
            Some("interaction.completed") => self.completed(&object(event.get("interaction"))),
            Some("error") => {
                self.status = Some("failed".to_owned());
                self.is_over = true;
                let unknown = || json!({ "message": "Unknown interaction error" });
                let error = event.get("error").filter(|error| !error.is_null());
                parts.push_back(ErrorPart::new(error.cloned().unwrap_or_else(unknown)).into());
            }
            _ => {}
        }
        Ok(())
    }

    fn completed(&mut self, interaction: &JsonObject) {
        self.is_over = true;
        if let Some(id) = present(interaction.get("id")) {
            self.id = Some(id);
        }
        if let Some(status) = present(interaction.get("status")) {
            self.status = Some(status);
        }
        if let Some(Value::Object(usage)) = interaction.get("usage") {
            self.usage = Some(usage.clone());
        }
        if let Some(tier) = present(interaction.get("service_tier")) {
            self.service_tier = Some(tier);
        }
    }

    fn begin(&mut self, index: u64, step: &Value, parts: &mut Parts) -> Open {
        let id = format!("{}:{index}", self.id.as_deref().unwrap_or("interaction"));
        let name = text(step, "name");
        let signature = text(step, "signature").map(str::to_owned);
        match text(step, "type").unwrap_or_default() {
            "model_output" => {
                let first = step.get("content").and_then(|content| content.get(0));
                match first.and_then(|first| text(first, "type")) {
                    Some("text") => {
                        parts.push_back(TextStart::new(id.as_str()).into());
                        let first = first.unwrap_or(&Value::Null);
                        if let Some(begin) = text(first, "text").filter(|it| !it.is_empty()) {
                            parts.push_back(TextDelta::new(id.as_str(), begin).into());
                        }
                        let sources = sources::of_annotations(first.get("annotations"), &self.cx);
                        self.sources(sources, parts);
                        Open::Text(id)
                    }
                    Some("image") => Open::Image(first.cloned().unwrap_or_default()),
                    _ => Open::Output(id),
                }
            }
            "thought" => {
                parts.push_back(ReasoningStart::new(id.as_str()).into());
                let summary = step.get("summary").and_then(Value::as_array);
                for text in summary.into_iter().flatten().filter_map(summary_text) {
                    parts.push_back(ReasoningDelta::new(id.as_str(), text).into());
                }
                Open::Thought { id, signature }
            }
            "function_call" => {
                self.has_function_call = true;
                let id = present(step.get("id")).unwrap_or(id);
                let name = name.unwrap_or("unknown").to_owned();
                parts.push_back(ToolInputStart::new(id.as_str(), name.as_str()).into());
                Open::Call { id, name, arguments: String::new(), signature }
            }
            kind => {
                if let Some(name) = called_tool(kind, name) {
                    let id = present(step.get("id")).unwrap_or(id);
                    let arguments = step.get("arguments").cloned();
                    Open::VendorCall { kind: kind.to_owned(), id, name, arguments }
                } else if let Some(name) = answered_tool(kind, name) {
                    let call_id = present(step.get("call_id")).unwrap_or(id);
                    let result = step.get("result").cloned();
                    Open::VendorResult { kind: kind.to_owned(), call_id, name, result }
                } else {
                    Open::Unknown
                }
            }
        }
    }

    fn delta(&mut self, open: &mut Open, delta: &Value, parts: &mut Parts) -> Result<()> {
        let kind = text(delta, "type").unwrap_or_default();
        if let Open::Output(id) = open
            && matches!(kind, "text" | "text_annotation" | "text_annotation_delta")
        {
            parts.push_back(TextStart::new(id.as_str()).into());
            *open = Open::Text(std::mem::take(id));
        }
        match (open, kind) {
            (
                open @ (Open::Output(_) | Open::Text(_) | Open::Image(_)),
                "image" | "video" | "audio",
            ) => {
                // A file comes whole, between texts too.
                let metadata = part_metadata(self.id.as_deref(), None);
                parts.extend(file(kind, delta, metadata).map(StreamPart::from));
                if let Open::Image(_) = open {
                    *open = Open::Unknown;
                }
            }
            (Open::Text(id), "text") => {
                if let Some(text) = text(delta, "text").filter(|text| !text.is_empty()) {
                    parts.push_back(TextDelta::new(id.as_str(), text).into());
                }
            }
            (Open::Text(_), "text_annotation" | "text_annotation_delta") => {
                let sources = sources::of_annotations(delta.get("annotations"), &self.cx);
                self.sources(sources, parts);
            }
            (Open::Thought { id, .. }, "thought_summary") => {
                if let Some(text) = delta.get("content").and_then(summary_text) {
                    parts.push_back(ReasoningDelta::new(id.as_str(), text).into());
                }
            }
            (Open::Thought { signature, .. }, "thought_signature") => {
                if let Some(given) = text(delta, "signature") {
                    *signature = Some(given.to_owned());
                }
            }
            (Open::Call { id, arguments, signature, .. }, "arguments_delta") => {
                if let Some(piece) = text(delta, "arguments").filter(|piece| !piece.is_empty()) {
                    arguments.push_str(piece);
                    parts.push_back(ToolInputDelta::new(id.as_str(), piece).into());
                }
                if arguments.len() > MAX_ARGUMENT_BYTES {
                    let message = "the input of a tool call in the answer does not end";
                    return Err(Error::invalid_response(message));
                }
                if let Some(given) = text(delta, "signature") {
                    *signature = Some(given.to_owned());
                }
            }
            (Open::VendorCall { kind: own, id, name, arguments }, kind) if own == kind => {
                if let Some(given) = present(delta.get("id")) {
                    *id = given;
                }
                if let Some(given) = delta.get("arguments").filter(|it| it.is_object()) {
                    *arguments = Some(given.clone());
                }
                if let Some(given) = called_tool(kind, text(delta, "name")) {
                    rename(name, given, delta);
                }
            }
            (Open::VendorResult { kind: own, call_id, name, result }, kind) if own == kind => {
                if let Some(given) = present(delta.get("call_id")) {
                    *call_id = given;
                }
                if let Some(given) = delta.get("result") {
                    *result = Some(given.clone());
                }
                if let Some(given) = answered_tool(kind, text(delta, "name")) {
                    rename(name, given, delta);
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn end(&mut self, open: Open, parts: &mut Parts) {
        let interaction = self.id.as_deref();
        match open {
            Open::Text(id) => {
                let mut end = TextEnd::new(id);
                end.provider_metadata = part_metadata(interaction, None);
                parts.push_back(end.into());
            }
            Open::Thought { id, signature } => {
                let mut end = ReasoningEnd::new(id);
                end.provider_metadata = part_metadata(interaction, signature.as_deref());
                parts.push_back(end.into());
            }
            Open::Image(image) => {
                let metadata = part_metadata(interaction, None);
                parts.extend(file("image", &image, metadata).map(StreamPart::from));
            }
            Open::Call { id, name, arguments, signature } => {
                parts.push_back(ToolInputEnd::new(id.as_str()).into());
                let input = if arguments.is_empty() { "{}".to_owned() } else { arguments };
                let mut call = ToolCall::new(id, name, input);
                call.provider_metadata = part_metadata(interaction, signature.as_deref());
                parts.push_back(call.into());
            }
            Open::VendorCall { id, name, arguments: given, .. } => {
                let mut call = ToolCall::new(id, name, arguments(given.as_ref()));
                call.provider_executed = Some(true);
                parts.push_back(call.into());
            }
            Open::VendorResult { kind, call_id, name, result } => {
                let sources = sources::of_result(&kind, result.as_ref(), &self.cx);
                let value = result.unwrap_or_default();
                parts.push_back(ToolResult::new(call_id, name, value).into());
                self.sources(sources, parts);
            }
            Open::Output(_) | Open::Unknown => {}
        }
    }

    /// Each source once: citations come again and again as the text grows.
    fn sources(&mut self, sources: Vec<Source>, parts: &mut Parts) {
        for source in sources {
            if self.named_sources.len() < MAX_SOURCES
                && self.named_sources.insert(sources::key(&source))
            {
                parts.push_back(source.into());
            }
        }
    }
}

/// Only a delta that names a tool renames it.
fn rename(name: &mut String, given: String, delta: &Value) {
    if text(delta, "name").is_some() {
        *name = given;
    }
}

/// What is known of an interaction at its start.
pub(super) fn head(id: Option<String>, interaction: &Value) -> ResponseMetadata {
    let mut head = ResponseMetadata::default();
    head.id = id;
    head.model_id = text(interaction, "model").map(str::to_owned);
    head.timestamp = text(interaction, "created").and_then(Timestamp::parse);
    head
}

impl DecodeEvents for StreamDecoder {
    fn event(&mut self, data: &str, parts: &mut Parts) -> Result<()> {
        if self.include_raw_chunks {
            parts.push_back(RawPart::new(raw_value(data)).into());
        }
        match serde_json::from_str(data) {
            Ok(event) => self.read(&event, parts)?,
            Err(problem) => {
                self.status = Some("failed".to_owned());
                parts.push_back(unreadable(&problem));
            }
        }
        Ok(())
    }

    fn finish(&mut self, parts: &mut Parts) -> Result<()> {
        let reason = finish_reason(self.status.as_deref(), self.has_function_call);
        let mut finish = Finish::new(reason, usage(self.usage.as_ref()));
        finish.provider_metadata =
            Some(metadata(self.id.as_deref(), self.service_tier.as_deref(), self.usage.as_ref()));
        parts.push_back(finish.into());
        Ok(())
    }
}
