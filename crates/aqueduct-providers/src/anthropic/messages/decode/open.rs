//! Blocks that have begun and not ended.

use std::borrow::Cow;
use std::collections::VecDeque;

use aqueduct_spec::language::{StreamPart, ToolCall, ToolInputDelta, ToolInputEnd};
use aqueduct_spec::{Error, ProviderMetadata, Result};
use serde_json::Value;

use super::blocks;
use crate::anthropic::messages::wire::{Block, Delta};

/// The most bytes that the input of a tool may take.
const MAX_INPUT_BYTES: usize = 64 * 1024 * 1024;

/// The most bytes that are kept of a block whose kind is not known.
const MAX_UNKNOWN_BYTES: usize = 8 * 1024 * 1024;

/// A block that has begun and not ended.
#[derive(Debug)]
pub(super) enum Open {
    /// Text, with the citations that go into the next request.
    Text {
        citations: Vec<Value>,
    },
    /// The input of the tool that takes the answer, told as text.
    JsonText,
    Thinking,
    RedactedThinking,
    Call(OpenCall),
    Unknown(OpenUnknown),
}

impl Open {
    pub(super) fn text() -> Self {
        Self::Text { citations: Vec::new() }
    }
}

/// A block of a kind that this version does not know.
#[derive(Debug)]
pub(super) struct OpenUnknown {
    pub(super) block: Box<Block>,
    pub(super) deltas: Vec<Value>,
    kept_bytes: usize,
}

impl OpenUnknown {
    pub(super) fn new(block: Block) -> Self {
        Self { block: Box::new(block), deltas: Vec::new(), kept_bytes: 0 }
    }

    /// Keeps a delta, as far as there is room: what it means is not known, so half of it is as good as all.
    pub(super) fn add(&mut self, delta: &Delta<'_>) {
        let Ok(delta) = serde_json::to_value(delta) else { return };
        self.kept_bytes = self.kept_bytes.saturating_add(delta.to_string().len());
        if self.kept_bytes <= MAX_UNKNOWN_BYTES {
            self.deltas.push(delta);
        }
    }
}

/// A call whose input is still coming.
#[derive(Debug)]
pub(super) struct OpenCall {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) provider_executed: Option<bool>,
    pub(super) dynamic: Option<bool>,
    pub(super) caller: Option<ProviderMetadata>,
    /// Whether the tool is the one for code, which is several at the API.
    pub(super) is_code: bool,
    /// What is put before the input to tell them apart.
    pub(super) input_type: Option<&'static str>,
    input: String,
    has_begun: bool,
}

impl OpenCall {
    pub(super) fn new(id: String, name: String) -> Self {
        Self {
            id,
            name,
            provider_executed: None,
            dynamic: None,
            caller: None,
            is_code: false,
            input_type: None,
            input: String::new(),
            has_begun: false,
        }
    }

    /// Takes an input that was there from the start. An empty one means that it is still to come.
    pub(super) fn given(&mut self, input: Option<&Value>) {
        if let Some(Value::Object(input)) = input
            && !input.is_empty()
        {
            self.input = Value::Object(input.clone()).to_string();
            self.has_begun = true;
        }
    }

    /// Takes more of the input.
    pub(super) fn add(&mut self, piece: Cow<'_, str>, parts: &mut VecDeque<StreamPart>) {
        let rest = piece.strip_prefix('{');
        let marked = match (self.input_type, rest) {
            (Some(kind), Some(rest)) if !self.has_begun => {
                // An object that ends at once takes no comma.
                let comma = if rest.trim_start().starts_with('}') { "" } else { "," };
                Some(format!("{{\"type\": \"{kind}\"{comma}{rest}"))
            }
            _ => None,
        };
        let piece = marked.map_or(piece, Cow::Owned);
        self.has_begun = true;
        self.input.push_str(&piece);
        parts.push_back(ToolInputDelta::new(self.id.as_str(), piece).into());
    }

    /// # Errors
    /// `InvalidResponse` if the input is larger than anything that makes sense.
    pub(super) fn check_size(&self) -> Result<()> {
        if self.input.len() <= MAX_INPUT_BYTES {
            return Ok(());
        }
        Err(Error::invalid_response("the input of a tool call in the answer does not end"))
    }

    /// Ends the input and tells the call.
    pub(super) fn end(self, parts: &mut VecDeque<StreamPart>) {
        parts.push_back(ToolInputEnd::new(self.id.as_str()).into());
        let mut input = if self.input.is_empty() { "{}".to_owned() } else { self.input };
        if self.is_code
            && let Ok(value) = serde_json::from_str(&input)
            && let Some(marked) = blocks::with_code_type(&value)
        {
            input = marked.to_string();
        }
        let mut call = ToolCall::new(self.id, self.name, input);
        call.provider_executed = self.provider_executed;
        call.dynamic = self.dynamic;
        call.provider_metadata = self.caller;
        parts.push_back(call.into());
    }
}
