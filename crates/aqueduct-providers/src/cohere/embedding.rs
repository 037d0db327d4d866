//! `POST /embed`.
//!
//! Source: <https://docs.cohere.com/reference/embed> (2026-11).

use std::sync::Arc;

use aqueduct_spec::embedding::{EmbedOptions, EmbedResult, EmbeddingUsage};
use aqueduct_spec::{Context, ModelInfo, Profile, Result};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::answer_info::answer_info;
use crate::embedding_limit;
use crate::model_calls::model_calls;
use crate::openai_compatible::{Config, read_json};
use crate::vendor_options;

/// How many texts one request takes.
const MAX_EMBEDDINGS_PER_CALL: usize = 96;

/// A model behind `POST /embed`.
#[derive(Debug)]
pub(super) struct Embedding {
    info: ModelInfo,
    config: Arc<Config>,
}

/// Options under `cohere`.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct EmbeddingOptions {
    input_type: Option<String>,
    truncate: Option<String>,
    output_dimension: Option<u64>,
}

#[derive(Serialize)]
struct Request<'a> {
    model: &'a str,
    embedding_types: [&'static str; 1],
    texts: &'a [String],
    input_type: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    truncate: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    output_dimension: Option<u64>,
}

#[derive(Deserialize)]
struct Answer {
    embeddings: Vectors,
    meta: Option<Value>,
}

#[derive(Deserialize)]
struct Vectors {
    float: Vec<Vec<f64>>,
}

impl Embedding {
    pub(super) fn new(config: &Arc<Config>, model_id: &str) -> Self {
        let mut profile = Profile::default();
        profile.max_embeddings_per_call = Some(MAX_EMBEDDINGS_PER_CALL);
        let info = ModelInfo::new("cohere.textEmbedding", model_id).with_profile(profile);
        Self { info, config: Arc::clone(config) }
    }

    async fn embed(&self, call: &EmbedOptions, cx: &Context) -> Result<EmbedResult> {
        let options: EmbeddingOptions =
            vendor_options::read(call.provider_options.as_ref(), "cohere")?;
        embedding_limit::check(&self.info, &call.values)?;
        let body = Request {
            model: &self.info.model_id,
            embedding_types: ["float"],
            texts: &call.values,
            input_type: options.input_type.as_deref().unwrap_or("search_query"),
            truncate: options.truncate.as_deref(),
            output_dimension: options.output_dimension,
        };
        let request = self.config.endpoint.post("/embed", call.headers.as_ref()).json(&body);
        let dialect = &*self.config.host.dialect;
        let mut json = read_json::<Answer>(request.send().await?, dialect).await?;
        let vectors = std::mem::take(&mut json.value.embeddings.float);
        let mut result = EmbedResult::new(vectors, Vec::new());
        let tokens = json.value.meta.as_ref().and_then(|meta| {
            aqueduct_spec::json::count(meta.get("billed_units")?.get("input_tokens")?)
        });
        result.usage = tokens.map(|tokens| {
            let mut account = EmbeddingUsage::default();
            account.tokens = Some(tokens);
            account
        });
        result.response = Some(answer_info(&json, cx));
        Ok(result)
    }
}

model_calls!(Embedding: Embed => embed -> EmbedResult);
