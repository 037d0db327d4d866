//! Names: of attributes that are recorded after a span has begun, of providers and of reasons.
//!
//! Source: <https://github.com/open-telemetry/semantic-conventions-genai/blob/main/docs/registry/attributes/gen-ai.md>
//! (2026-11).

use aqueduct_spec::ErrorKind;
use aqueduct_spec::language::UnifiedFinishReason;

pub(super) const FINISH_REASONS: &str = "gen_ai.response.finish_reasons";
pub(super) const RESPONSE_ID: &str = "gen_ai.response.id";
pub(super) const RESPONSE_MODEL: &str = "gen_ai.response.model";
pub(super) const INPUT_TOKENS: &str = "gen_ai.usage.input_tokens";
pub(super) const OUTPUT_TOKENS: &str = "gen_ai.usage.output_tokens";
pub(super) const CACHE_READ_TOKENS: &str = "gen_ai.usage.cache_read.input_tokens";
pub(super) const CACHE_WRITE_TOKENS: &str = "gen_ai.usage.cache_creation.input_tokens";
pub(super) const OUTPUT_MESSAGES: &str = "gen_ai.output.messages";
pub(super) const DURATION: &str = "gen_ai.client.operation.duration";
pub(super) const FIRST_CHUNK: &str = "gen_ai.client.operation.time_to_first_chunk";
pub(super) const PER_CHUNK: &str = "gen_ai.client.operation.time_per_output_chunk";
pub(super) const TOOL_DURATION: &str = "gen_ai.execute_tool.duration";
pub(super) const TOOL_RESULT: &str = "gen_ai.tool.call.result";
pub(super) const TOOL_CONTEXT: &str = "ai.settings.tool_context";
pub(super) const REASONING_TOKENS: &str = "gen_ai.usage.reasoning.output_tokens";
pub(super) const NO_CACHE_TOKENS: &str = "ai.usage.inputTokenDetails.noCacheTokens";
pub(super) const TEXT_TOKENS: &str = "ai.usage.outputTokenDetails.textTokens";
pub(super) const THOUGHT_TOKENS: &str = "ai.usage.outputTokenDetails.reasoningTokens";
pub(super) const RAW_USAGE: &str = "ai.response.usage";
pub(super) const PROVIDER_METADATA: &str = "ai.response.providerMetadata";
pub(super) const EMBEDDINGS: &str = "ai.embeddings";
pub(super) const RANKING: &str = "ai.ranking";
pub(super) const ERROR_TYPE: &str = "error.type";
pub(super) const STATUS_CODE: &str = "otel.status_code";
pub(super) const STATUS_DESCRIPTION: &str = "otel.status_description";

/// The conventions' names of providers, where they are not ours. More special beginnings come first.
const PROVIDERS: [(&str, &str); 13] = [
    ("google.vertex", "gcp.vertex_ai"),
    ("google-vertex", "gcp.vertex_ai"),
    ("vertex", "gcp.vertex_ai"),
    ("google", "gcp.gemini"),
    ("amazon-bedrock", "aws.bedrock"),
    ("bedrock", "aws.bedrock"),
    ("azure-openai", "azure.ai.openai"),
    ("azure.openai", "azure.ai.openai"),
    ("azure", "azure.ai.inference"),
    ("mistral", "mistral_ai"),
    ("moonshotai", "moonshot_ai"),
    ("xai", "x_ai"),
    ("openai-compatible", "openai-compatible"),
];

/// An operation in the words of the conventions, and what it gives. Images, speech, transcripts and videos are content of
/// many modes, which is what `generate_content` is for. The rest has no word there and keeps ours, as the AI SDK does.
const OPERATIONS: [(&str, &str, Option<&str>); 10] = [
    ("embed", "embeddings", None),
    ("embed_many", "embeddings", None),
    ("generate_image", "generate_content", Some("image")),
    ("generate_speech", "generate_content", Some("speech")),
    ("transcribe", "generate_content", Some("text")),
    ("stream_transcribe", "generate_content", Some("text")),
    ("stream_translate", "generate_content", Some("speech")),
    ("translate_speech", "generate_content", Some("speech")),
    ("generate_video", "generate_content", Some("video")),
    ("start_video", "start_video", Some("video")),
];

/// `generate_content` and `image` of `generate_image`.
pub(super) fn operation(operation: &str) -> (&str, Option<&'static str>) {
    let known = OPERATIONS.iter().find(|(ours, ..)| *ours == operation);
    known.map_or((operation, None), |(_, theirs, output_type)| (theirs, *output_type))
}

/// A provider in the words of the conventions: `openai` of `openai.chat`, `gcp.gemini` of `google.generative-ai`.
pub(super) fn provider(provider: &str) -> &str {
    let is_of = |name: &str| {
        let rest = provider.strip_prefix(name);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '-']))
    };
    match PROVIDERS.iter().find(|(name, _)| is_of(name)) {
        Some((_, known)) => known,
        None => provider.split_once('.').map_or(provider, |(name, _)| name),
    }
}

/// Why a model stopped, as messages of the conventions say it.
pub(super) fn finish_reason(reason: UnifiedFinishReason) -> &'static str {
    match reason {
        UnifiedFinishReason::Length => "length",
        UnifiedFinishReason::ContentFilter => "content_filter",
        UnifiedFinishReason::ToolCalls => "tool_call",
        UnifiedFinishReason::Error => "error",
        _ => "stop",
    }
}

/// The kind of an error as a word of few: `rate_limited`.
pub(super) fn error_type(kind: ErrorKind) -> String {
    snake_case(&format!("{kind:?}"))
}

pub(super) fn snake_case(name: &str) -> String {
    let mut word = String::with_capacity(name.len() + 2);
    for letter in name.chars() {
        if letter.is_ascii_uppercase() && !word.is_empty() {
            word.push('_');
        }
        word.push(letter.to_ascii_lowercase());
    }
    word
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn providers_have_the_names_of_the_conventions() {
        let names = [
            ("openai.responses", "openai"),
            ("google.generative-ai", "gcp.gemini"),
            ("google.vertex.chat", "gcp.vertex_ai"),
            ("azure.chat", "azure.ai.inference"),
            ("xai.chat", "x_ai"),
            ("mistral.chat", "mistral_ai"),
            ("groq.chat", "groq"),
            ("mistralish", "mistralish"),
        ];
        for (ours, theirs) in names {
            assert_eq!(provider(ours), theirs);
        }
    }

    #[test]
    fn kinds_of_errors_are_words() {
        assert_eq!(error_type(ErrorKind::RateLimited), "rate_limited");
        assert_eq!(error_type(ErrorKind::Timeout), "timeout");
    }
}
