//! What spans can say beside the conventions.

/// What spans say beside what the conventions know, in attributes under `ai.`; nothing unless it is asked for with
/// [`GenAiSpans::supplement`](super::GenAiSpans::supplement). What is an input or an output has to be allowed by the request,
/// too.
///
/// Source: `@ai-sdk/otel` 1.0 (<https://ai-sdk.dev/docs/ai-sdk-core/telemetry>, 2026-11). Its runtime context has no entry
/// here: what is [picked](crate::TelemetryOptions::include_runtime_context) of it is asked for already.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Supplement {
    /// Tokens in detail: `ai.usage.inputTokenDetails.noCacheTokens`, `ai.usage.outputTokenDetails.textTokens`,
    /// `ai.usage.outputTokenDetails.reasoningTokens`; and the provider's own account, `ai.response.usage`.
    Usage,
    /// What else the provider said: `ai.response.providerMetadata`.
    ProviderMetadata,
    /// Texts and their vectors: `ai.values`, an input, and `ai.embeddings`, an output.
    Embeddings,
    /// Documents and their order: `ai.documents`, an input, and `ai.ranking`, an output.
    Reranking,
    /// The headers that a request adds, without those that are likely to be credentials: `ai.request.headers`.
    Headers,
    /// Which tool the model has to call: `ai.prompt.toolChoice`, an input.
    ToolChoice,
    /// What form an answer has: `ai.schema`, an input, `ai.schema.name` and `ai.schema.description`.
    Schema,
}

impl Supplement {
    /// All there are.
    pub const ALL: [Self; 7] = [
        Self::Usage,
        Self::ProviderMetadata,
        Self::Embeddings,
        Self::Reranking,
        Self::Headers,
        Self::ToolChoice,
        Self::Schema,
    ];
}
