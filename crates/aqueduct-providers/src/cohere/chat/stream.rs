//! An answer in events: blocks with a start and an end, one after the other.

use std::collections::VecDeque;

use aqueduct_spec::language::{
    Finish, FinishReason, RawPart, ReasoningDelta, ReasoningEnd, ReasoningStart, ResponseMetadata,
    StreamPart, TextDelta, TextEnd, TextStart, ToolCall, ToolInputDelta, ToolInputEnd,
    ToolInputStart, UnifiedFinishReason, Usage,
};
use aqueduct_spec::{Error, Result};
use serde::Deserialize;
use serde_json::Value;

use super::decode::{Account, finish_reason};
use crate::part_stream::{DecodeEvents, raw_value, unreadable};

/// How many bytes of arguments are kept of one call.
const MAX_ARGUMENT_BYTES: usize = 16 * 1024 * 1024;

type Parts = VecDeque<StreamPart>;

#[derive(Deserialize)]
#[serde(tag = "type", rename_all = "kebab-case")]
enum Event {
    MessageStart {
        id: Option<String>,
    },
    ContentStart {
        index: u64,
        delta: Delta<ContentMessage>,
    },
    ContentDelta {
        index: u64,
        delta: Delta<ContentMessage>,
    },
    ContentEnd {
        index: u64,
    },
    ToolCallStart {
        delta: Delta<CallMessage>,
    },
    ToolCallDelta {
        delta: Delta<CallMessage>,
    },
    ToolCallEnd,
    MessageEnd {
        delta: End,
    },
    /// Plans and citations, which have no part of their own, and what is new.
    #[serde(other)]
    Other,
}

#[derive(Deserialize)]
struct Delta<T> {
    message: T,
}

#[derive(Deserialize)]
struct ContentMessage {
    content: Piece,
}

#[derive(Deserialize)]
struct Piece {
    #[serde(rename = "type")]
    kind: Option<String>,
    text: Option<String>,
    thinking: Option<String>,
}

#[derive(Deserialize)]
struct CallMessage {
    tool_calls: CallPiece,
}

#[derive(Deserialize)]
struct CallPiece {
    id: Option<String>,
    function: FunctionPiece,
}

#[derive(Deserialize)]
struct FunctionPiece {
    name: Option<String>,
    #[serde(default)]
    arguments: String,
}

#[derive(Deserialize)]
struct End {
    finish_reason: Option<String>,
    usage: Option<Account>,
}

/// A call whose arguments are still coming.
struct Pending {
    id: String,
    name: String,
    arguments: String,
}

/// Events in, parts out.
pub(super) struct StreamDecoder {
    include_raw_chunks: bool,
    in_reasoning: bool,
    call: Option<Pending>,
    usage: Usage,
    finish_reason: FinishReason,
}

impl StreamDecoder {
    pub(super) fn new(include_raw_chunks: bool) -> Self {
        Self {
            include_raw_chunks,
            in_reasoning: false,
            call: None,
            usage: Usage::default(),
            finish_reason: UnifiedFinishReason::Other.into(),
        }
    }

    fn take(&mut self, event: Event, parts: &mut Parts) -> Result<()> {
        match event {
            Event::MessageStart { id } => {
                let mut metadata = ResponseMetadata::default();
                metadata.id = id;
                parts.push_back(metadata.into());
            }
            Event::ContentStart { index, delta } => {
                self.in_reasoning = delta.message.content.kind.as_deref() == Some("thinking");
                parts.push_back(if self.in_reasoning {
                    ReasoningStart::new(index.to_string()).into()
                } else {
                    TextStart::new(index.to_string()).into()
                });
            }
            Event::ContentDelta { index, delta } => {
                let piece = delta.message.content;
                if let Some(thought) = piece.thinking {
                    parts.push_back(ReasoningDelta::new(index.to_string(), thought).into());
                } else if let Some(text) = piece.text {
                    parts.push_back(TextDelta::new(index.to_string(), text).into());
                }
            }
            Event::ContentEnd { index } => {
                parts.push_back(if std::mem::take(&mut self.in_reasoning) {
                    ReasoningEnd::new(index.to_string()).into()
                } else {
                    TextEnd::new(index.to_string()).into()
                });
            }
            Event::ToolCallStart { delta } => self.begin_call(delta.message.tool_calls, parts)?,
            Event::ToolCallDelta { delta } => {
                self.go_on(delta.message.tool_calls.function.arguments, parts)?;
            }
            Event::ToolCallEnd => self.end_call(parts)?,
            Event::MessageEnd { delta } => {
                self.finish_reason = finish_reason(delta.finish_reason);
                self.usage = delta.usage.unwrap_or_default().usage();
            }
            Event::Other => {}
        }
        Ok(())
    }

    fn begin_call(&mut self, piece: CallPiece, parts: &mut Parts) -> Result<()> {
        let incomplete = || Error::invalid_response("a tool call of the answer has no id or name");
        let id = piece.id.ok_or_else(incomplete)?;
        let name = piece.function.name.ok_or_else(incomplete)?;
        parts.push_back(ToolInputStart::new(id.as_str(), name.as_str()).into());
        self.call = Some(Pending { id, name, arguments: String::new() });
        if piece.function.arguments.is_empty() {
            return Ok(());
        }
        self.go_on(piece.function.arguments, parts)
    }

    fn go_on(&mut self, arguments: String, parts: &mut Parts) -> Result<()> {
        let Some(call) = &mut self.call else { return Ok(()) };
        call.arguments.push_str(&arguments);
        if call.arguments.len() > MAX_ARGUMENT_BYTES {
            return Err(Error::invalid_response("a tool call of the answer does not end"));
        }
        parts.push_back(ToolInputDelta::new(call.id.as_str(), arguments).into());
        Ok(())
    }

    fn end_call(&mut self, parts: &mut Parts) -> Result<()> {
        let Some(call) = self.call.take() else { return Ok(()) };
        parts.push_back(ToolInputEnd::new(call.id.as_str()).into());
        let text = match call.arguments.trim() {
            "" => "{}",
            text => text,
        };
        // Read and written again: Cohere writes the arguments with line breaks.
        let input: Value = serde_json::from_str(text).map_err(|error| {
            Error::invalid_response("the arguments of a tool call are no JSON").with_source(error)
        })?;
        parts.push_back(ToolCall::new(call.id, call.name, input.to_string()).into());
        Ok(())
    }
}

impl DecodeEvents for StreamDecoder {
    fn event(&mut self, data: &str, parts: &mut Parts) -> Result<()> {
        if self.include_raw_chunks {
            parts.push_back(RawPart::new(raw_value(data)).into());
        }
        match serde_json::from_str(data) {
            Ok(event) => self.take(event, parts),
            Err(problem) => {
                self.finish_reason = UnifiedFinishReason::Error.into();
                parts.push_back(unreadable(&problem));
                Ok(())
            }
        }
    }

    fn finish(&mut self, parts: &mut Parts) -> Result<()> {
        let reason = std::mem::take(&mut self.finish_reason);
        parts.push_back(Finish::new(reason, std::mem::take(&mut self.usage)).into());
        Ok(())
    }
}
