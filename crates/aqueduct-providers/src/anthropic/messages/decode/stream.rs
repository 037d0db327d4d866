//! An answer in pieces.

use std::collections::{BTreeMap, VecDeque};

use aqueduct_spec::language::{
    Content, ErrorPart, Finish, FinishReason, RawPart, ReasoningDelta, ReasoningEnd,
    ReasoningStart, ResponseMetadata, StreamPart, TextDelta, TextEnd, TextStart, ToolInputStart,
};
use aqueduct_spec::{Context, Error, ErrorKind, Result};
use serde_json::{Value, json};

use super::account::Account;
use super::blocks::{self, Blocks};
use super::metadata::{self, MessageMetadata};
use super::open::{Open, OpenCall, OpenUnknown};
use super::{Reply, citation, finish_reason};
use crate::anthropic::messages::encode::JSON_TOOL;
use crate::anthropic::messages::wire::{
    ApiError, Block, Delta, Event, MessageStart, StopDetails, ToolUseBlock,
};
use crate::part_stream::{DecodeEvents, raw_value, unreadable};

/// The most blocks that may be open at once; the API sends one after the other.
const MAX_OPEN_BLOCKS: usize = 1024;

/// Reads the events of one answer.
#[derive(Debug)]
pub(crate) struct StreamDecoder {
    blocks: Blocks,
    include_raw_chunks: bool,
    cx: Context,
    open: BTreeMap<u64, Open>,
    account: Account,
    has_usage: bool,
    finish_reason: FinishReason,
    from_json_tool: bool,
    stop_sequence: Option<String>,
    stop_details: Option<StopDetails>,
    container: Option<Value>,
    context_management: Option<Value>,
    state: State,
}

/// How far the answer is.
#[derive(Debug, Clone, PartialEq, Eq)]
enum State {
    /// Nothing has come.
    Waiting,
    /// The message of this id is coming.
    Open(Option<String>),
    /// It is known why the model stopped.
    Stopped,
    /// It is complete, or what went wrong has been told.
    Over,
    /// What comes makes no sense any more.
    Broken,
}

impl StreamDecoder {
    pub(crate) fn new(reply: Reply, include_raw_chunks: bool, cx: &Context) -> Self {
        Self {
            blocks: Blocks::new(reply),
            include_raw_chunks,
            cx: cx.clone(),
            open: BTreeMap::new(),
            account: Account::default(),
            has_usage: false,
            finish_reason: FinishReason::default(),
            from_json_tool: false,
            stop_sequence: None,
            stop_details: None,
            container: None,
            context_management: None,
            state: State::Waiting,
        }
    }

    fn message_start(&mut self, message: MessageStart, parts: &mut VecDeque<StreamPart>) {
        if matches!(self.state, State::Open(_) | State::Stopped) {
            if self.state == State::Open(message.id.clone()) || self.state == State::Stopped {
                return;
            }
            self.state = State::Broken;
            let problem = "a message began in the stream while another was still open";
            parts.push_back(ErrorPart::new(json!({ "message": problem })).into());
            return;
        }
        self.state = State::Open(message.id.clone());
        if let Some(usage) = message.usage {
            self.has_usage = true;
            self.account.begin(usage);
        }
        self.container = message.container.as_ref().map(metadata::container);
        if message.stop_reason.is_some() {
            self.stop(message.stop_reason);
        }
        let mut head = ResponseMetadata::default();
        head.id = message.id;
        head.model_id = message.model;
        parts.push_back(head.into());
        for (index, block) in message.content.into_iter().flatten().enumerate() {
            self.whole_block(index as u64, block, parts);
        }
    }

    /// A block that was there from the start: calls that code made of the client's tools.
    fn whole_block(&mut self, index: u64, block: Block, parts: &mut VecDeque<StreamPart>) {
        let Block::ToolUse(block) = block else {
            self.begin(index, block, parts);
            self.end(index, parts);
            return;
        };
        let input = blocks::input(block.input.as_ref());
        let mut call = OpenCall::new(block.id, block.name);
        call.caller = metadata::caller(block.caller.as_ref());
        parts.push_back(ToolInputStart::new(call.id.as_str(), call.name.as_str()).into());
        call.add(input.into(), parts);
        call.end(parts);
    }

    fn begin(&mut self, index: u64, block: Block, parts: &mut VecDeque<StreamPart>) {
        let id = index.to_string();
        match block {
            Block::Text(_) if self.blocks.reply.has_json_tool => {}
            Block::Text(block) => {
                parts.push_back(TextStart::new(id.as_str()).into());
                if !block.text.is_empty() {
                    parts.push_back(TextDelta::new(id, block.text).into());
                }
                self.open.insert(index, Open::text());
            }
            Block::Thinking(block) => {
                parts.push_back(ReasoningStart::new(id.as_str()).into());
                if !block.thinking.is_empty() {
                    parts.push_back(ReasoningDelta::new(id.as_str(), block.thinking).into());
                }
                self.open.insert(index, Open::Thinking);
                if let Some(signature) = block.signature.filter(|it| !it.is_empty()) {
                    parts.push_back(signed(id, &signature));
                }
            }
            Block::RedactedThinking(block) => {
                let mut start = ReasoningStart::new(id);
                start.provider_metadata =
                    Some(metadata::own(json!({ "redactedData": block.data })));
                parts.push_back(start.into());
                self.open.insert(index, Open::RedactedThinking);
            }
            Block::Compaction(block) => {
                let mut start = TextStart::new(id.as_str());
                start.provider_metadata = Some(metadata::own(json!({ "type": "compaction" })));
                parts.push_back(start.into());
                if let Some(content) = block.content.filter(|it| !it.is_empty()) {
                    parts.push_back(TextDelta::new(id, content).into());
                }
                self.open.insert(index, Open::text());
            }
            Block::ToolUse(block) => self.begin_call(index, block, parts),
            Block::ServerToolUse(block) => self.begin_server_call(index, block, parts),
            block @ Block::Other(_) => {
                self.open.insert(index, Open::Unknown(OpenUnknown::new(block)));
            }
            block => {
                let mut content = Vec::new();
                self.blocks.complete(block, &self.cx, &mut content);
                parts.extend(content.into_iter().filter_map(part));
            }
        }
    }

    fn begin_call(&mut self, index: u64, block: ToolUseBlock, parts: &mut VecDeque<StreamPart>) {
        if self.blocks.reply.has_json_tool && block.name == JSON_TOOL {
            self.from_json_tool = true;
            parts.push_back(TextStart::new(index.to_string()).into());
            self.open.insert(index, Open::JsonText);
            return;
        }
        let mut call = OpenCall::new(block.id, block.name);
        call.caller = metadata::caller(block.caller.as_ref());
        call.given(block.input.as_ref());
        parts.push_back(ToolInputStart::new(call.id.as_str(), call.name.as_str()).into());
        self.open.insert(index, Open::Call(call));
    }

    fn begin_server_call(
        &mut self,
        index: u64,
        block: ToolUseBlock,
        parts: &mut VecDeque<StreamPart>,
    ) {
        let tool = self.blocks.server_tool(&block.id, &block.name);
        let mut call = OpenCall::new(block.id, tool.name);
        call.provider_executed = Some(true);
        call.dynamic = tool.is_dynamic.then_some(true);
        call.is_code = tool.vendor_name == "code_execution";
        call.input_type = tool.input_type;
        call.caller = metadata::caller(block.caller.as_ref());
        call.given(block.input.as_ref());
        let mut start = ToolInputStart::new(call.id.as_str(), call.name.as_str());
        start.provider_executed = call.provider_executed;
        start.dynamic = call.dynamic;
        parts.push_back(start.into());
        self.open.insert(index, Open::Call(call));
    }

    fn delta(
        &mut self,
        index: u64,
        delta: Delta<'_>,
        parts: &mut VecDeque<StreamPart>,
    ) -> Result<()> {
        let id = || index.to_string();
        let open = self.open.get_mut(&index);
        match (&*delta.kind, open) {
            ("text_delta", Some(Open::Text { .. })) => {
                let text = delta.text.map(|text| text.0.into_owned()).unwrap_or_default();
                parts.push_back(TextDelta::new(id(), text).into());
            }
            ("compaction_delta", Some(Open::Text { .. })) => {
                if let Some(text) = delta.content {
                    parts.push_back(TextDelta::new(id(), text.0).into());
                }
            }
            ("thinking_delta", Some(Open::Thinking)) => {
                let text = delta.thinking.map(|text| text.0.into_owned()).unwrap_or_default();
                parts.push_back(ReasoningDelta::new(id(), text).into());
            }
            ("signature_delta", Some(Open::Thinking)) => {
                let signature = delta.signature.map(|text| text.0).unwrap_or_default();
                parts.push_back(signed(id(), &signature));
            }
            ("input_json_delta", Some(open)) => {
                let piece = delta.partial_json.map(|text| text.0).unwrap_or_default();
                match open {
                    // An empty piece would hide which is the first.
                    _ if piece.is_empty() => {}
                    Open::JsonText => parts.push_back(TextDelta::new(id(), piece).into()),
                    Open::Call(call) => {
                        call.add(piece, parts);
                        call.check_size()?;
                    }
                    _ => {}
                }
            }
            ("citations_delta", open) => {
                let Some(citation) = delta.citation else { return Ok(()) };
                let source = citation::source(&citation, &self.blocks.reply.documents, &self.cx);
                if let Some(Open::Text { citations }) = open
                    && citation::is_kept(&citation)
                {
                    citations.push(citation);
                }
                parts.extend(source.map(StreamPart::from));
            }
            (_, Some(Open::Unknown(unknown))) => unknown.add(&delta),
            _ => {}
        }
        Ok(())
    }

    fn end(&mut self, index: u64, parts: &mut VecDeque<StreamPart>) {
        let id = index.to_string();
        match self.open.remove(&index) {
            Some(Open::Text { citations }) => {
                let mut end = TextEnd::new(id);
                end.provider_metadata = (!citations.is_empty())
                    .then(|| metadata::own(json!({ "citations": citations })));
                parts.push_back(end.into());
            }
            Some(Open::JsonText) => parts.push_back(TextEnd::new(id).into()),
            Some(Open::Thinking | Open::RedactedThinking) => {
                parts.push_back(ReasoningEnd::new(id).into());
            }
            Some(Open::Call(call)) => call.end(parts),
            Some(Open::Unknown(unknown)) => {
                let custom = blocks::unknown(&unknown.block, &unknown.deltas);
                parts.extend(custom.map(StreamPart::from));
            }
            None => {}
        }
    }

    fn message_delta(&mut self, event: Event<'_>) {
        if let Some(usage) = event.usage {
            self.has_usage = true;
            self.account.update(usage);
        }
        let delta = event.delta.unwrap_or_default();
        self.stop(delta.stop_reason);
        self.stop_sequence = delta.stop_sequence;
        self.stop_details = delta.stop_details;
        self.container = delta.container.as_ref().map(metadata::container);
        if let Some(management) = event.context_management.filter(|it| !it.is_null()) {
            self.context_management = Some(management);
        }
        self.state = State::Stopped;
    }

    fn stop(&mut self, raw: Option<String>) {
        let unified = finish_reason(raw.as_deref(), self.from_json_tool);
        self.finish_reason = FinishReason::new(unified, raw);
    }

    fn message_stop(&mut self) -> StreamPart {
        self.state = State::Over;
        let metadata = MessageMetadata {
            usage: self.has_usage.then_some(&self.account.raw().0),
            iterations: self.account.iterations.as_deref(),
            stop_sequence: self.stop_sequence.as_deref(),
            stop_details: self.stop_details.as_ref(),
            container: self.container.take(),
            context_management: self.context_management.as_ref(),
        };
        let mut finish = Finish::new(self.finish_reason.clone(), self.account.usage());
        finish.provider_metadata = Some(metadata.write(self.blocks.reply.metadata_key.as_deref()));
        finish.into()
    }

    fn failed(&mut self, error: ApiError, parts: &mut VecDeque<StreamPart>) {
        self.state = State::Over;
        let value = serde_json::to_value(error).unwrap_or_default();
        parts.push_back(ErrorPart::new(value).into());
    }

    fn read(&mut self, event: Event<'_>, parts: &mut VecDeque<StreamPart>) -> Result<()> {
        let index = event.index.unwrap_or(0);
        match &*event.kind {
            "message_start" => {
                if let Some(message) = event.message {
                    self.message_start(message, parts);
                }
            }
            "content_block_start" => {
                if self.open.len() >= MAX_OPEN_BLOCKS {
                    return Err(Error::invalid_response("the blocks of the answer do not end"));
                }
                if let Some(block) = event.content_block {
                    self.begin(index, block, parts);
                }
            }
            "content_block_delta" => {
                if let Some(delta) = event.delta {
                    self.delta(index, delta, parts)?;
                }
            }
            "content_block_stop" => self.end(index, parts),
            "message_delta" => self.message_delta(event),
            "message_stop" => parts.push_back(self.message_stop()),
            "error" => self.failed(event.error.unwrap_or_default(), parts),
            // `ping`, and whatever may come: <https://platform.claude.com/docs/en/build-with-claude/streaming> asks to
            // pass over events that are not known.
            _ => {}
        }
        Ok(())
    }
}

impl DecodeEvents for StreamDecoder {
    fn event(&mut self, data: &str, parts: &mut VecDeque<StreamPart>) -> Result<()> {
        if self.state == State::Broken {
            return Ok(());
        }
        if self.include_raw_chunks {
            parts.push_back(RawPart::new(raw_value(data)).into());
        }
        match serde_json::from_str::<Event<'_>>(data) {
            Ok(event) => self.read(event, parts),
            Err(problem) => {
                parts.push_back(unreadable(&problem));
                Ok(())
            }
        }
    }

    fn finish(&mut self, _parts: &mut VecDeque<StreamPart>) -> Result<()> {
        match self.state {
            State::Waiting | State::Open(_) => Err(Error::new(
                ErrorKind::Network,
                "the stream ended before the answer was complete",
            )),
            State::Stopped | State::Over | State::Broken => Ok(()),
        }
    }
}

fn signed(id: String, signature: &str) -> StreamPart {
    let mut part = ReasoningDelta::new(id, "");
    part.provider_metadata = Some(metadata::own(json!({ "signature": signature })));
    part.into()
}

/// The same part in a stream.
fn part(content: Content) -> Option<StreamPart> {
    Some(match content {
        Content::ToolCall(part) => part.into(),
        Content::ToolResult(part) => part.into(),
        Content::Source(part) => part.into(),
        Content::Custom(part) => part.into(),
        Content::File(part) => part.into(),
        _ => return None,
    })
}
