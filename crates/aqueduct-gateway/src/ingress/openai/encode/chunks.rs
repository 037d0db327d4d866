//! An answer in chunks.

use std::borrow::Cow;

use aqueduct_providers::openai_compatible::chat::wire;
use aqueduct_spec::Result;
use aqueduct_spec::language::{Finish, StreamPart, ToolCall};
use bytes::{Bytes, BytesMut};
use serde_json::Value;

use super::parts::{annotation, finish_reason, image, is_for_client, signature};
use super::usage::usage;
use super::whole::seconds;
use crate::error::Failure;
use crate::ingress::openai::error;
use crate::ingress::sse;

const DONE: &[u8] = b"data: [DONE]\n\n";

/// What a stream is told apart by, and whether it ends with usage.
#[derive(Debug)]
pub(in crate::ingress::openai) struct Settings {
    pub(in crate::ingress::openai) id: String,
    pub(in crate::ingress::openai) model: String,
    pub(in crate::ingress::openai) created: i64,
    pub(in crate::ingress::openai) include_usage: bool,
}

impl Settings {
    fn head(&self) -> Bytes {
        let head: wire::Chunk<'_> = wire::Chunk {
            id: Some(Cow::Borrowed(&self.id)),
            object: Some(Cow::Borrowed("chat.completion.chunk")),
            created: Some(seconds(self.created)),
            model: Some(Cow::Borrowed(&self.model)),
            ..wire::Chunk::default()
        };
        let mut out = BytesMut::from(sse::DATA);
        sse::write_json(&mut out, &head);
        // Goes on in place of the brace that closes it.
        out.truncate(out.len() - 1);
        out.extend_from_slice(b",\"choices\":");
        out.freeze()
    }
}

/// Writes parts as chunks: a pure state machine.
#[derive(Debug)]
pub(in crate::ingress::openai) struct Chunks {
    settings: Settings,
    /// How every event begins, up to its choices; empty before the first.
    head: Bytes,
    /// The ids of the tool calls so far; their places are the indices that the client sees.
    calls: Vec<String>,
    begun: bool,
    ended: bool,
}

impl Chunks {
    pub(in crate::ingress::openai) fn new(settings: Settings) -> Self {
        Self { settings, head: Bytes::new(), calls: Vec::new(), begun: false, ended: false }
    }

    /// Whether nothing can follow.
    pub(in crate::ingress::openai) fn is_over(&self) -> bool {
        self.ended
    }

    /// Writes what a part means; often nothing.
    pub(in crate::ingress::openai) fn write(&mut self, part: Result<StreamPart>) -> Bytes {
        let mut out = BytesMut::new();
        match part {
            Ok(part) => self.part(part, &mut out),
            Err(error) => self.fail(&Failure::from(error), &mut out),
        }
        out.freeze()
    }

    /// Writes the end of a stream that broke off without one.
    pub(in crate::ingress::openai) fn end(&mut self) -> Bytes {
        if std::mem::replace(&mut self.ended, true) {
            Bytes::new()
        } else {
            Bytes::from_static(DONE)
        }
    }

    fn part(&mut self, part: StreamPart, out: &mut BytesMut) {
        let mut delta = wire::Delta::default();
        match part {
            StreamPart::ResponseMetadata(part) => {
                let settings = &mut self.settings;
                if !self.begun {
                    settings.id = part.id.unwrap_or_else(|| std::mem::take(&mut settings.id));
                    settings.model =
                        part.model_id.unwrap_or_else(|| std::mem::take(&mut settings.model));
                    settings.created = part.timestamp.map_or(settings.created, |at| at.as_second());
                }
            }
            StreamPart::TextDelta(part) => {
                delta.content = Some(Cow::Borrowed(&part.delta));
                self.chunk(delta, None, out);
            }
            StreamPart::ReasoningDelta(part) => {
                delta.reasoning_content = Some(Cow::Borrowed(&part.delta));
                self.chunk(delta, None, out);
            }
            StreamPart::ToolInputStart(part) if part.provider_executed != Some(true) => {
                let index = self.calls.len();
                delta.tool_calls = Some(vec![begin(index, &part.id, &part.tool_name, "")]);
                self.chunk(delta, None, out);
                self.calls.push(part.id);
            }
            StreamPart::ToolInputDelta(part) => {
                if let Some(index) = self.calls.iter().position(|id| *id == part.id) {
                    delta.tool_calls = Some(vec![more(index, &part.delta)]);
                    self.chunk(delta, None, out);
                }
            }
            StreamPart::ToolCall(call) if is_for_client(&call) => self.call(call, out),
            StreamPart::Source(source) => self.extra("annotations", annotation(&source), out),
            StreamPart::File(file) => self.extra("images", image(&file), out),
            StreamPart::Finish(finish) => self.finish(finish, out),
            StreamPart::Error(part) => self.fail(&Failure::from(part.to_error()), out),
            _ => {}
        }
    }

    /// A call whose input was streamed is known already, but for its signature.
    fn call(&mut self, call: ToolCall, out: &mut BytesMut) {
        let signature = signature(call.provider_metadata.as_ref());
        let known = self.calls.iter().position(|id| *id == call.tool_call_id);
        let mut written = match known {
            Some(_) if signature.is_none() => return,
            Some(index) => more(index, ""),
            None => begin(self.calls.len(), &call.tool_call_id, &call.tool_name, &call.input),
        };
        written.extra_content = signature;
        let delta = wire::Delta { tool_calls: Some(vec![written]), ..wire::Delta::default() };
        self.chunk(delta, None, out);
        if known.is_none() {
            self.calls.push(call.tool_call_id);
        }
    }

    fn finish(&mut self, finish: Finish, out: &mut BytesMut) {
        if self.ended {
            return;
        }
        let reason = finish_reason(&finish.finish_reason, !self.calls.is_empty());
        self.chunk(wire::Delta::default(), Some(reason), out);
        if self.settings.include_usage {
            self.event(&[], Some(&usage(finish.usage)), out);
        }
        out.extend_from_slice(DONE);
        self.ended = true;
    }

    fn fail(&mut self, failure: &Failure, out: &mut BytesMut) {
        sse::write_event(out, &error::Body::new(failure));
        out.extend_from_slice(DONE);
        self.ended = true;
    }

    /// Writes an event; what is the same in all of them is put into words once.
    fn event(
        &mut self,
        choices: &[wire::ChunkChoice<'_>],
        usage: Option<&wire::Usage>,
        out: &mut BytesMut,
    ) {
        if self.head.is_empty() {
            self.head = self.settings.head();
        }
        out.reserve(self.head.len() + 128);
        out.extend_from_slice(&self.head);
        sse::write_json(out, &choices);
        if let Some(usage) = usage {
            out.extend_from_slice(b",\"usage\":");
            sse::write_json(out, usage);
        }
        out.extend_from_slice(b"}\n\n");
    }

    /// Writes a chunk; the first one says who speaks.
    fn chunk(&mut self, mut delta: wire::Delta<'_>, reason: Option<&str>, out: &mut BytesMut) {
        if !std::mem::replace(&mut self.begun, true) {
            delta.role = Some(Cow::Borrowed("assistant"));
        }
        let choice = wire::ChunkChoice {
            index: Some(0),
            delta: Some(delta),
            finish_reason: reason.map(Cow::Borrowed),
            ..wire::ChunkChoice::default()
        };
        self.event(&[choice], None, out);
    }

    /// Writes what has no field of its own in the chunk.
    fn extra(&mut self, name: &str, value: Option<Value>, out: &mut BytesMut) {
        let Some(value) = value else { return };
        let mut delta = wire::Delta::default();
        delta.rest.insert(name.to_owned(), Value::Array(vec![value]));
        self.chunk(delta, None, out);
    }
}

fn begin<'a>(
    index: usize,
    id: &'a str,
    name: &'a str,
    arguments: &'a str,
) -> wire::ToolCallDelta<'a> {
    let mut call = more(index, arguments);
    call.id = Some(Cow::Borrowed(id));
    call.kind = Some(Cow::Borrowed("function"));
    if let Some(function) = &mut call.function {
        function.name = Some(Cow::Borrowed(name));
    }
    call
}

fn more(index: usize, arguments: &str) -> wire::ToolCallDelta<'_> {
    let function = wire::FunctionDelta {
        arguments: Some(Cow::Borrowed(arguments)),
        ..wire::FunctionDelta::default()
    };
    wire::ToolCallDelta {
        index: Some(index as u64),
        function: Some(function),
        ..wire::ToolCallDelta::default()
    }
}
