//! `POST /embeddings`.
//!
//! Source: <https://docs.mistral.ai/api/endpoint/embeddings> (2026-11).

use std::sync::Arc;

use aqueduct_spec::embedding::{EmbedOptions, EmbedResult, EmbeddingUsage};
use aqueduct_spec::{Context, JsonObject, ModelInfo, Profile, Result};
use serde::{Deserialize, Serialize};

use crate::answer_info::answer_info;
use crate::embedding_limit;
use crate::model_calls::model_calls;
use crate::openai_compatible::{Config, embedding_wire, read_json};
use crate::vendor_options;

/// How many texts one request takes.
const MAX_EMBEDDINGS_PER_CALL: usize = 32;

/// A model behind `POST /embeddings`.
#[derive(Debug)]
pub(super) struct Embedding {
    info: ModelInfo,
    config: Arc<Config>,
}

/// Options under `mistral`.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct EmbeddingOptions {
    metadata: Option<JsonObject>,
    output_dimension: Option<u64>,
    output_dtype: Option<String>,
}

#[derive(Serialize)]
struct Request<'a> {
    model: &'a str,
    input: &'a [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    metadata: Option<JsonObject>,
    #[serde(skip_serializing_if = "Option::is_none")]
    output_dimension: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    output_dtype: Option<String>,
    encoding_format: &'static str,
}

impl Embedding {
    pub(super) fn new(config: &Arc<Config>, model_id: &str) -> Self {
        let mut profile = Profile::default();
        profile.max_embeddings_per_call = Some(MAX_EMBEDDINGS_PER_CALL);
        profile.supports_parallel_calls = false;
        let info = ModelInfo::new("mistral.embedding", model_id).with_profile(profile);
        Self { info, config: Arc::clone(config) }
    }

    async fn embed(&self, call: &EmbedOptions, cx: &Context) -> Result<EmbedResult> {
        embedding_limit::check(&self.info, &call.values)?;
        let options: EmbeddingOptions =
            vendor_options::read(call.provider_options.as_ref(), "mistral")?;
        let body = Request {
            model: &self.info.model_id,
            input: &call.values,
            metadata: options.metadata,
            output_dimension: options.output_dimension,
            output_dtype: options.output_dtype,
            encoding_format: "float",
        };
        let request = self.config.endpoint.post("/embeddings", call.headers.as_ref()).json(&body);
        let dialect = &*self.config.host.dialect;
        let mut json =
            read_json::<embedding_wire::Response>(request.send().await?, dialect).await?;
        let data = std::mem::take(&mut json.value.data);
        let vectors: Vec<Vec<f64>> = data.into_iter().map(|item| item.embedding).collect();
        let mut result = EmbedResult::new(vectors, Vec::new());
        result.usage = json.value.usage.as_ref().map(|usage| {
            let mut account = EmbeddingUsage::default();
            account.tokens = usage.prompt_tokens;
            account
        });
        result.response = Some(answer_info(&json, cx));
        Ok(result)
    }
}

model_calls!(Embedding: Embed => embed -> EmbedResult);
