//! Reranking models: an order of documents by relevance to a query.

use crate::json::{JsonObject, plain, shape, tagged};
use crate::language::{Headers, ResponseInfo};
use crate::metadata::{ProviderMetadata, ProviderOptions};
use crate::model::{call, kind};
use crate::warning::Warning;

shape! {
    /// What to order, and by what.
    RerankOptions {
        /// The documents.
        documents: Documents,
        /// The query.
        query: String,
    } {
        /// How many of the best to return; all of them if not said.
        top_n: usize,
        /// Options that only some providers know.
        provider_options: ProviderOptions,
        /// Headers to send along.
        headers: Headers,
    }
}

tagged! {
    /// The documents to order.
    pub enum Documents by "type" {
        /// Texts.
        Text(TextDocuments) = "text",
        /// JSON objects.
        Object(ObjectDocuments) = "object",
    }
}

shape! {
    /// Texts.
    TextDocuments {
        /// The texts.
        values: Vec<String>,
    } {}
}
shape! {
    /// JSON objects.
    ObjectDocuments {
        /// The objects.
        values: Vec<JsonObject>,
    } {}
}
shape! {
    /// The order found.
    RerankResult {
        /// The documents by falling relevance.
        ranking: Vec<Ranking>,
    } {
        /// What could not be done as asked.
        warnings: Vec<Warning>,
        /// What else the provider said.
        provider_metadata: ProviderMetadata,
        /// What came back.
        response: ResponseInfo,
    }
}
shape! {
    /// One document's place.
    Ranking {
        /// Which document, counted from 0 in the order given.
        index: usize,
        /// How relevant it is; what the number means is up to the provider.
        #[serde(with = "plain")]
        relevance_score: f64,
    } {}
}

call! {
    /// Asks for the order of documents.
    pub struct Rerank(RerankOptions) -> RerankResult;
    kind: Reranking, operation: "rerank", model: reranking_model,
    annotate: |output, metadata| output.provider_metadata.get_or_insert_default().merge(metadata)
}

kind! {
    /// A model that orders documents.
    RerankingModel = Rerank
}
