//! Token accounts.

use aqueduct_spec::language::{InputTokens, OutputTokens};
use serde_json::Value;

use crate::anthropic::messages::wire::{Iteration, Usage};

/// The counts of one answer, as far as they are known; they come in several events.
#[derive(Debug, Clone, Default)]
pub(super) struct Account {
    input: u64,
    output: u64,
    cache_read: u64,
    cache_write: u64,
    thinking: Option<u64>,
    pub(super) iterations: Option<Vec<Iteration>>,
    raw: Usage,
}

impl Account {
    /// Takes what is said first, in the head of a stream: how much was written is not known yet.
    pub(super) fn begin(&mut self, mut usage: Usage) {
        shorten(&mut usage);
        self.input = usage.input_tokens().unwrap_or(0);
        self.cache_read = usage.cache_read_input_tokens().unwrap_or(0);
        self.cache_write = usage.cache_creation_input_tokens().unwrap_or(0);
        self.raw = usage;
    }

    /// Takes what is said later, or at once.
    pub(super) fn update(&mut self, mut usage: Usage) {
        shorten(&mut usage);
        self.input = usage.input_tokens().unwrap_or(self.input);
        self.output = usage.output_tokens().unwrap_or(self.output);
        self.cache_read = usage.cache_read_input_tokens().unwrap_or(self.cache_read);
        self.cache_write = usage.cache_creation_input_tokens().unwrap_or(self.cache_write);
        self.thinking = usage.thinking_tokens().or(self.thinking);
        if let Some(iterations) = usage.iterations() {
            self.iterations = Some(iterations);
        }
        self.raw.extend(usage);
    }

    /// What the provider said, verbatim but for the rounds.
    pub(super) fn raw(&self) -> &Usage {
        &self.raw
    }

    /// The account in common terms.
    pub(super) fn usage(&self) -> aqueduct_spec::language::Usage {
        let (fresh, written) = self.executor_totals().unwrap_or((self.input, self.output));
        let mut input = InputTokens::default();
        input.total = Some(fresh.saturating_add(self.cache_write).saturating_add(self.cache_read));
        input.no_cache = Some(fresh);
        input.cache_read = Some(self.cache_read);
        input.cache_write = Some(self.cache_write);
        let mut output = OutputTokens::default();
        output.total = Some(written);
        output.text = self.thinking.map(|thinking| written.saturating_sub(thinking));
        output.reasoning = self.thinking;
        aqueduct_spec::language::Usage::new(input, output, Some(self.raw.0.clone()))
    }

    /// What the model itself took over all rounds: the totals leave out the summing up of a long conversation. What an
    /// advisor took has a price of its own and does not belong in here; where another model answered in the end, the totals
    /// are its.
    fn executor_totals(&self) -> Option<(u64, u64)> {
        let iterations = self.iterations.as_ref()?;
        if iterations.iter().any(|iteration| iteration.kind == "fallback_message") {
            return None;
        }
        let mut own = iterations
            .iter()
            .filter(|iteration| matches!(iteration.kind.as_str(), "compaction" | "message"))
            .peekable();
        own.peek()?;
        Some(own.fold((0, 0), |(input, output), iteration| {
            (
                input.saturating_add(iteration.input_tokens),
                output.saturating_add(iteration.output_tokens),
            )
        }))
    }
}

/// Leaves of each round what the AI SDK leaves of it: the rounds of a long task would else outgrow the answer.
fn shorten(usage: &mut Usage) {
    const FIELDS: &[&str] = &[
        "type",
        "model",
        "input_tokens",
        "output_tokens",
        "cache_creation_input_tokens",
        "cache_read_input_tokens",
    ];
    let rounds = usage.0.get_mut("iterations").and_then(Value::as_array_mut);
    for round in rounds.into_iter().flatten().filter_map(Value::as_object_mut) {
        round.retain(|name, _| FIELDS.contains(&name.as_str()));
    }
}
