//! The input of a tool, as it arrives.

use aqueduct_spec::language::{StreamPart, ToolCall, ToolInputDelta, ToolInputEnd, ToolInputStart};
use aqueduct_spec::{Error, Result};
use serde_json::{Value, json};

use super::super::items::hosted;
use super::{Parts, StreamDecoder};

/// How much of a wrapper's arguments is held back until it is whole.
const MAX_HELD_BYTES: usize = 16 * 1024 * 1024;

/// A call whose input is arriving.
#[derive(Debug)]
pub(super) struct OpenCall {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) kind: OpenKind,
}

/// What is particular about an open call.
#[derive(Debug)]
pub(super) enum OpenKind {
    Plain,
    /// A wrapper of several calls: its pieces are held back until it is known to be one.
    Wrapper {
        held: Vec<String>,
        bytes: usize,
    },
    /// Code that the host runs.
    Code {
        container_id: String,
    },
    /// A patch: whether any of it has come, and whether its end was told.
    Patch {
        has_diff: bool,
        has_ended: bool,
    },
}

impl OpenCall {
    pub(super) fn new(id: &str, name: &str, kind: OpenKind) -> Self {
        Self { id: id.to_owned(), name: name.to_owned(), kind }
    }

    pub(super) fn is_wrapper(&self) -> bool {
        matches!(self.kind, OpenKind::Wrapper { .. })
    }

    /// Tells what was held back.
    pub(super) fn reveal(self, parts: &mut Parts) {
        let OpenKind::Wrapper { held, .. } = self.kind else { return };
        parts.push_back(ToolInputStart::new(self.id.as_str(), self.name).into());
        for delta in held {
            parts.push_back(ToolInputDelta::new(self.id.as_str(), delta).into());
        }
    }
}

/// A call, whole, as a stream tells it: begin, input, end, call.
pub(super) fn whole(call: ToolCall, parts: &mut Parts) {
    parts.push_back(ToolInputStart::new(&*call.tool_call_id, &*call.tool_name).into());
    parts.push_back(ToolInputDelta::new(&*call.tool_call_id, &*call.input).into());
    parts.push_back(ToolInputEnd::new(&*call.tool_call_id).into());
    parts.push_back(call.into());
}

pub(super) fn start(id: &str, name: &str) -> StreamPart {
    ToolInputStart::new(id, name).into()
}

pub(super) fn hosted_start(id: &str, name: &str) -> StreamPart {
    let mut part = ToolInputStart::new(id, name);
    part.provider_executed = Some(true);
    part.into()
}

/// Text as it stands within a JSON string.
pub(super) fn escaped(text: &str) -> String {
    let quoted = Value::from(text).to_string();
    quoted.get(1..quoted.len().saturating_sub(1)).unwrap_or_default().to_owned()
}

impl StreamDecoder {
    pub(super) fn arguments_delta(
        &mut self,
        at: u64,
        delta: String,
        parts: &mut Parts,
    ) -> Result<()> {
        let Some(call) = self.calls.get_mut(&at) else { return Ok(()) };
        match &mut call.kind {
            OpenKind::Wrapper { held, bytes } => {
                *bytes += delta.len();
                if *bytes > MAX_HELD_BYTES {
                    return Err(Error::invalid_response("the arguments of a call do not end"));
                }
                held.push(delta);
            }
            _ => parts.push_back(ToolInputDelta::new(call.id.as_str(), delta).into()),
        }
        Ok(())
    }

    pub(super) fn input_delta(&self, at: u64, delta: String, parts: &mut Parts) {
        if let Some(call) = self.calls.get(&at) {
            parts.push_back(ToolInputDelta::new(call.id.as_str(), delta).into());
        }
    }

    pub(super) fn code_delta(&self, at: u64, delta: &str, parts: &mut Parts) {
        self.input_delta(at, escaped(delta), parts);
    }

    pub(super) fn code_done(&self, at: u64, code: &str, parts: &mut Parts) {
        let Some(call) = self.calls.get(&at) else { return };
        let OpenKind::Code { container_id } = &call.kind else { return };
        parts.push_back(ToolInputDelta::new(call.id.as_str(), "\"}").into());
        parts.push_back(ToolInputEnd::new(call.id.as_str()).into());
        let input = json!({ "code": code, "containerId": container_id }).to_string();
        parts
            .push_back(hosted(&call.id, self.reading.names.ours("code_interpreter"), input).into());
    }

    pub(super) fn diff_delta(&mut self, at: u64, delta: &str, parts: &mut Parts) {
        let Some(call) = self.calls.get_mut(&at) else { return };
        if let OpenKind::Patch { has_diff, .. } = &mut call.kind {
            *has_diff = true;
            parts.push_back(ToolInputDelta::new(call.id.as_str(), escaped(delta)).into());
        }
    }

    /// Tells the end of a patch, once.
    pub(super) fn diff_done(&mut self, at: u64, diff: &str, parts: &mut Parts) {
        let Some(call) = self.calls.get_mut(&at) else { return };
        let OpenKind::Patch { has_diff, has_ended } = &mut call.kind else { return };
        if std::mem::replace(has_ended, true) {
            return;
        }
        if !std::mem::replace(has_diff, true) {
            parts.push_back(ToolInputDelta::new(call.id.as_str(), escaped(diff)).into());
        }
        parts.push_back(ToolInputDelta::new(call.id.as_str(), "\"}}").into());
        parts.push_back(ToolInputEnd::new(call.id.as_str()).into());
    }
}
