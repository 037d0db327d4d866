//! Embedding models: vectors from texts.

use crate::json::{lenient_count, nullish, shape};
use crate::language::{Headers, ResponseInfo};
use crate::metadata::{ProviderMetadata, ProviderOptions};
use crate::model::{call, kind};
use crate::warning::Warning;

shape! {
    /// Texts to embed.
    EmbedOptions {
        /// The texts.
        values: Vec<String>,
    } {
        /// Options that only some providers know.
        provider_options: ProviderOptions,
        /// Headers to send along.
        headers: Headers,
    }
}
shape! {
    /// The vectors of an embedding call.
    EmbedResult {
        /// The vectors, in the order of the texts.
        embeddings: Vec<Vec<f64>>,
        /// What could not be done as asked.
        #[serde(default, deserialize_with = "nullish")]
        warnings: Vec<Warning>,
    } {
        /// What the call used.
        usage: EmbeddingUsage,
        /// What else the provider said.
        provider_metadata: ProviderMetadata,
        /// What came back.
        response: ResponseInfo,
    }
}
shape! {
    /// The tokens of an embedding call.
    #[derive(Default)]
    EmbeddingUsage {} {
        /// The tokens.
        #[serde(deserialize_with = "lenient_count")]
        tokens: u64,
    }
}

call! {
    /// Asks for the vectors of texts.
    pub struct Embed(EmbedOptions) -> EmbedResult;
    kind: Embedding, operation: "embed", model: embedding_model,
    annotate: |output, metadata| output.provider_metadata.get_or_insert_default().merge(metadata)
}

kind! {
    /// A model that makes vectors of texts.
    EmbeddingModel = Embed
}
