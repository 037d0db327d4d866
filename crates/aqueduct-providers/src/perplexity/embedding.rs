//! `POST /v1/embeddings`: vectors come as bytes in base64.
//!
//! Source: <https://docs.perplexity.ai/api-reference/embeddings-post> (2026-11).

use std::sync::Arc;

use aqueduct_spec::embedding::{EmbedOptions, EmbedResult, EmbeddingUsage};
use aqueduct_spec::{
    Context, Data, Error, JsonObject, ModelInfo, Profile, ProviderMetadata, Result, json,
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::answer_info::answer_info;
use crate::embedding_limit;
use crate::model_calls::model_calls;
use crate::openai_compatible::{Config, read_json};
use crate::vendor_options;

/// How many texts one request takes.
const MAX_EMBEDDINGS_PER_CALL: usize = 512;

/// A model behind `POST /v1/embeddings`.
#[derive(Debug)]
pub(super) struct Embedding {
    info: ModelInfo,
    config: Arc<Config>,
}

/// Options under `perplexity`.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct EmbeddingOptions {
    dimensions: Option<u64>,
    encoding_format: Option<Encoding>,
}

/// What a byte is: a signed number, or eight bits (which the AI SDK gives as one number).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
enum Encoding {
    #[default]
    Base64Int8,
    Base64Binary,
}

#[derive(Serialize)]
struct Request<'a> {
    model: &'a str,
    input: &'a [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    dimensions: Option<u64>,
    encoding_format: Encoding,
}

#[derive(Deserialize)]
struct Answer {
    data: Vec<Item>,
    usage: Option<Account>,
}

#[derive(Deserialize)]
struct Item {
    embedding: String,
}

#[derive(Deserialize)]
struct Account {
    #[serde(default, deserialize_with = "json::lenient_count")]
    prompt_tokens: Option<u64>,
    cost: Option<Value>,
}

impl Embedding {
    pub(super) fn new(config: &Arc<Config>, model_id: &str) -> Self {
        let mut profile = Profile::default();
        profile.max_embeddings_per_call = Some(MAX_EMBEDDINGS_PER_CALL);
        let info = ModelInfo::new("perplexity.embedding", model_id).with_profile(profile);
        Self { info, config: Arc::clone(config) }
    }

    async fn embed(&self, call: &EmbedOptions, cx: &Context) -> Result<EmbedResult> {
        embedding_limit::check(&self.info, &call.values)?;
        let options: EmbeddingOptions =
            vendor_options::read(call.provider_options.as_ref(), "perplexity")?;
        let encoding = options.encoding_format.unwrap_or_default();
        let body = Request {
            model: &self.info.model_id,
            input: &call.values,
            dimensions: options.dimensions,
            encoding_format: encoding,
        };
        let request = self.config.endpoint.post("/v1/embeddings", call.headers.as_ref());
        let response = request.json(&body).send().await?;
        let json = read_json::<Answer>(response, &*self.config.host.dialect).await?;
        let vectors = json.value.data.iter().map(|item| vector(&item.embedding, encoding));
        let mut result = EmbedResult::new(vectors.collect::<Result<Vec<_>>>()?, Vec::new());
        result.usage = json.value.usage.as_ref().map(|usage| {
            let mut account = EmbeddingUsage::default();
            account.tokens = usage.prompt_tokens;
            account
        });
        let cost = json.value.usage.as_ref().and_then(|usage| usage.cost.as_ref());
        result.provider_metadata = cost.filter(|cost| cost.is_object()).map(|cost| {
            let cost = json!({
                "inputCost": cost.get("input_cost"),
                "totalCost": cost.get("total_cost"),
                "currency": cost.get("currency"),
            });
            let object = JsonObject::from_iter([("cost".to_owned(), cost)]);
            ProviderMetadata::of("perplexity", object)
        });
        result.response = Some(answer_info(&json, cx));
        Ok(result)
    }
}

fn vector(base64: &str, encoding: Encoding) -> Result<Vec<f64>> {
    let bytes = Data::Base64(base64.to_owned()).to_bytes().map_err(|error| {
        Error::invalid_response("a vector of the answer is no base64").with_source(error)
    })?;
    Ok(match encoding {
        Encoding::Base64Int8 => bytes.iter().map(|byte| f64::from(byte.cast_signed())).collect(),
        Encoding::Base64Binary => bytes.iter().copied().map(f64::from).collect(),
    })
}

model_calls!(Embedding: Embed => embed -> EmbedResult);
