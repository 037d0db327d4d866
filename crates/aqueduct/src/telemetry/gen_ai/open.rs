//! The spans of a request that have begun and not ended.

use std::collections::BTreeMap;

use tracing::Span;

use crate::telemetry::Work;

pub(super) struct OpenSpans {
    pub(super) root: Span,
    pub(super) step: Option<Span>,
    pub(super) chat: Option<Span>,
    /// By the ids of the tool calls.
    pub(super) tools: BTreeMap<String, Span>,
    /// By the numbers of the calls.
    pub(super) calls: BTreeMap<usize, Span>,
}

impl OpenSpans {
    pub(super) fn new(root: Span) -> Self {
        Self { root, step: None, chat: None, tools: BTreeMap::new(), calls: BTreeMap::new() }
    }

    /// Where the work of a step belongs. Tools that were allowed by the request's messages run before the first step.
    pub(super) fn step_or_root(&self) -> Span {
        self.step.as_ref().unwrap_or(&self.root).clone()
    }

    pub(super) fn of_work(&self, work: &Work) -> Option<Span> {
        match work {
            Work::ModelCall => self.chat.clone(),
            Work::Tool { tool_call_id } => self.tools.get(tool_call_id).cloned(),
            Work::Call { call_number } => self.calls.get(call_number).cloned(),
        }
    }

    pub(super) fn all(&self) -> Vec<Span> {
        let one = [&self.chat, &self.step].into_iter().flatten();
        let many = self.tools.values().chain(self.calls.values());
        many.chain(one).chain([&self.root]).cloned().collect()
    }
}
