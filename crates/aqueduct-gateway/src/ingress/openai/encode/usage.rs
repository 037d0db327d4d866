//! What a call used.

use aqueduct_providers::openai_compatible::chat::wire;
use aqueduct_spec::language::Usage;

/// Writes what a call used: as the provider said it, if it speaks the same words.
pub(super) fn usage(usage: Usage) -> wire::Usage {
    if let Some(raw) = usage.raw.filter(|raw| raw.contains_key("prompt_tokens")) {
        return wire::Usage(raw);
    }
    let (input, output) = (usage.input_tokens, usage.output_tokens);
    let mut written =
        wire::Usage::new(input.total.unwrap_or_default(), output.total.unwrap_or_default());
    if let Some(cached) = input.cache_read {
        written = written.with_detail("prompt_tokens_details", "cached_tokens", cached);
    }
    if let Some(reasoning) = output.reasoning {
        written = written.with_detail("completion_tokens_details", "reasoning_tokens", reasoning);
    }
    written
}
