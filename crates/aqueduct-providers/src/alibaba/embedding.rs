//! `POST /services/embeddings/text-embedding/text-embedding`.
//!
//! Source: <https://www.alibabacloud.com/help/en/model-studio/text-embedding-synchronous-api> (2026-11).

use std::sync::Arc;

use aqueduct_spec::embedding::{EmbedOptions, EmbedResult, EmbeddingUsage};
use aqueduct_spec::{
    Context, Error, ErrorKind, JsonObject, ModelInfo, Profile, ProviderMetadata, Result, json,
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::answer_info::answer_info;
use crate::embedding_limit;
use crate::model_calls::model_calls;
use crate::openai_compatible::{Config, read_json};
use crate::vendor_options;

/// How many texts one request takes.
const MAX_EMBEDDINGS_PER_CALL: usize = 10;

const PATH: &str = "/services/embeddings/text-embedding/text-embedding";

/// A model of DashScope's own API.
#[derive(Debug)]
pub(super) struct Embedding {
    info: ModelInfo,
    config: Arc<Config>,
}

/// Options under `alibaba`.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct EmbeddingOptions {
    text_type: Option<String>,
    dimension: Option<f64>,
    output_type: Option<String>,
}

#[derive(Serialize)]
struct Parameters {
    #[serde(skip_serializing_if = "Option::is_none")]
    text_type: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    dimension: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    output_type: Option<String>,
}

#[derive(Deserialize)]
struct Answer {
    output: Output,
    usage: Option<Account>,
}

#[derive(Deserialize)]
struct Output {
    embeddings: Vec<Vector>,
}

#[derive(Deserialize)]
struct Vector {
    embedding: Vec<f64>,
    text_index: usize,
    sparse_embedding: Option<Value>,
}

#[derive(Deserialize)]
struct Account {
    #[serde(default, deserialize_with = "json::lenient_count")]
    total_tokens: Option<u64>,
}

impl Embedding {
    pub(super) fn new(config: &Arc<Config>, model_id: &str) -> Self {
        let mut profile = Profile::default();
        profile.max_embeddings_per_call = Some(MAX_EMBEDDINGS_PER_CALL);
        profile.supports_parallel_calls = false;
        let info = ModelInfo::new("alibaba.embedding", model_id).with_profile(profile);
        Self { info, config: Arc::clone(config) }
    }

    async fn embed(&self, call: &EmbedOptions, cx: &Context) -> Result<EmbedResult> {
        embedding_limit::check(&self.info, &call.values)?;
        let options: EmbeddingOptions =
            vendor_options::read(call.provider_options.as_ref(), "alibaba")?;
        if options.output_type.as_deref() == Some("sparse") {
            return Err(Error::new(
                ErrorKind::Unsupported,
                "Alibaba embedding outputType 'sparse' is not supported because AI SDK embeddings require dense number arrays. Use 'dense' or 'dense&sparse' instead.",
            ));
        }
        let parameters = Parameters {
            text_type: options.text_type,
            dimension: options.dimension.map(json::number),
            output_type: options.output_type,
        };
        let body = json!({
            "model": self.info.model_id,
            "input": { "texts": call.values },
            "parameters": parameters,
        });
        let request = self.config.endpoint.post(PATH, call.headers.as_ref()).json(&body);
        let dialect = &*self.config.host.dialect;
        let mut json = read_json::<Answer>(request.send().await?, dialect).await?;
        let mut vectors = std::mem::take(&mut json.value.output.embeddings);
        vectors.sort_by_key(|vector| vector.text_index);
        let metadata = sparse(&mut vectors);
        let vectors: Vec<_> = vectors.into_iter().map(|vector| vector.embedding).collect();
        let mut result = EmbedResult::new(vectors, Vec::new());
        result.usage = json.value.usage.as_ref().map(|usage| {
            let mut account = EmbeddingUsage::default();
            account.tokens = usage.total_tokens;
            account
        });
        result.provider_metadata = metadata;
        result.response = Some(answer_info(&json, cx));
        Ok(result)
    }
}

/// The sparse vectors, which have no place of their own.
fn sparse(vectors: &mut [Vector]) -> Option<ProviderMetadata> {
    let found = vectors.iter_mut().filter_map(|vector| {
        let sparse = vector.sparse_embedding.take().filter(|sparse| !sparse.is_null())?;
        Some(json!({ "textIndex": vector.text_index, "sparseEmbedding": sparse }))
    });
    let found: Vec<Value> = found.collect();
    (!found.is_empty()).then(|| {
        let object = JsonObject::from_iter([("sparseEmbeddings".to_owned(), Value::Array(found))]);
        ProviderMetadata::of("alibaba", object)
    })
}

model_calls!(Embedding: Embed => embed -> EmbedResult);
