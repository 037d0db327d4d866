//! The events that nearly all of a stream consists of, read in one go and without what nobody reads of them.

use std::borrow::Cow;

use aqueduct_spec::Result;
use serde::Deserialize;
use serde_json::Value;

use super::{Parts, StreamDecoder};

/// The kind of an event, and all that matters of it if it is a short one.
#[derive(Debug, Deserialize)]
pub(super) struct Short<'a> {
    #[serde(rename = "type", borrow)]
    pub(super) kind: Cow<'a, str>,
    #[serde(default, borrow)]
    item_id: Cow<'a, str>,
    #[serde(default)]
    output_index: Option<u64>,
    #[serde(default)]
    summary_index: u64,
    #[serde(default, borrow)]
    delta: Cow<'a, str>,
    #[serde(default)]
    logprobs: Option<Value>,
    /// Nobody reads it, but an event in which it is no number has another shape than is known.
    #[serde(default, rename = "sequence_number")]
    _sequence_number: Option<u64>,
}

impl<'a> Short<'a> {
    /// `None` if the event has none of the shapes that are known here.
    pub(super) fn read(data: &'a str) -> Option<Self> {
        serde_json::from_str(data).ok()
    }
}

impl StreamDecoder {
    /// Returns whether the event was a short one, and is read.
    pub(super) fn short(&mut self, event: &mut Short<'_>, parts: &mut Parts) -> Result<bool> {
        let mut delta = || std::mem::take(&mut event.delta).into_owned();
        match (&*event.kind, event.output_index) {
            ("response.output_text.delta", at) => {
                let id = self.item_id(&event.item_id, at);
                self.text_delta(id, delta(), event.logprobs.as_ref(), parts);
            }
            ("response.function_call_arguments.delta", Some(at)) => {
                self.arguments_delta(at, delta(), parts)?;
            }
            ("response.custom_tool_call_input.delta", Some(at)) => {
                self.input_delta(at, delta(), parts);
            }
            ("response.reasoning_summary_text.delta", at) => {
                let id = self.item_id(&event.item_id, at);
                self.summary_delta(&id, event.summary_index, delta(), parts);
            }
            _ => return Ok(false),
        }
        Ok(true)
    }
}
