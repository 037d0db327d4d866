//! Token accounts.

use aqueduct_spec::JsonObject;
use aqueduct_spec::language::{InputTokens, OutputTokens, Usage};

/// What the host counted.
#[derive(Debug, Clone, Copy)]
pub(super) struct Counts {
    pub(super) input: u64,
    pub(super) cached: u64,
    /// What the model said, without its thoughts.
    pub(super) text: u64,
    pub(super) reasoning: u64,
}

/// The account of a call. Cached tokens are mostly a part of the input, but not always.
pub(super) fn account(counts: Counts, raw: JsonObject) -> Usage {
    let Counts { input, cached, text, reasoning } = counts;
    let mut inputs = InputTokens::default();
    inputs.total = Some(if cached <= input { input } else { input.saturating_add(cached) });
    inputs.no_cache = Some(input.checked_sub(cached).unwrap_or(input));
    inputs.cache_read = Some(cached);
    let mut outputs = OutputTokens::default();
    outputs.total = Some(text.saturating_add(reasoning));
    outputs.text = Some(text);
    outputs.reasoning = Some(reasoning);
    Usage::new(inputs, outputs, Some(raw))
}

/// The account of a call whose host counted nothing.
pub(super) fn nothing() -> Usage {
    let counts = Counts { input: 0, cached: 0, text: 0, reasoning: 0 };
    let mut usage = account(counts, JsonObject::new());
    usage.input_tokens.cache_write = Some(0);
    usage.raw = None;
    usage
}
