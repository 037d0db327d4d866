//! `POST /embeddings`.
//!
//! Source: <https://docs.voyageai.com/reference/embeddings-api> (2026-11).

use std::sync::Arc;

use aqueduct_spec::embedding::{EmbedOptions, EmbedResult, EmbeddingUsage};
use aqueduct_spec::{Context, JsonObject, ModelInfo, Profile, Result, json};
use serde::Deserialize;
use serde_json::Value;

use crate::answer_info::answer_info;
use crate::embedding_limit;
use crate::model_calls::model_calls;
use crate::openai_compatible::{Config, read_json};

/// How many texts one request takes.
const MAX_EMBEDDINGS_PER_CALL: usize = 128;

/// Options under `voyage`, and what the API calls them. A kind of input may be `null`.
const OPTIONS: [(&str, &str); 4] = [
    ("inputType", "input_type"),
    ("truncation", "truncation"),
    ("outputDimension", "output_dimension"),
    ("outputDtype", "output_dtype"),
];

/// A model behind `POST /embeddings`.
#[derive(Debug)]
pub(super) struct Embedding {
    info: ModelInfo,
    config: Arc<Config>,
}

#[derive(Deserialize)]
struct Answer {
    data: Vec<Vector>,
    usage: Option<Account>,
}

#[derive(Deserialize)]
struct Vector {
    embedding: Vec<f64>,
    index: usize,
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
        let info = ModelInfo::new("voyage.embedding", model_id).with_profile(profile);
        Self { info, config: Arc::clone(config) }
    }

    async fn embed(&self, call: &EmbedOptions, cx: &Context) -> Result<EmbedResult> {
        embedding_limit::check(&self.info, &call.values)?;
        let mut body = JsonObject::new();
        body.insert("input".to_owned(), call.values.iter().map(String::as_str).collect::<Value>());
        body.insert("model".to_owned(), self.info.model_id.as_str().into());
        let options = call.provider_options.as_ref().and_then(|all| all.get("voyage"));
        for (ours, theirs) in OPTIONS {
            if let Some(value) = options.and_then(|options| options.get(ours)) {
                body.insert(theirs.to_owned(), value.clone());
            }
        }
        let request = self.config.endpoint.post("/embeddings", call.headers.as_ref()).json(&body);
        let dialect = &*self.config.host.dialect;
        let mut json = read_json::<Answer>(request.send().await?, dialect).await?;
        let mut vectors = std::mem::take(&mut json.value.data);
        vectors.sort_by_key(|vector| vector.index);
        let vectors: Vec<_> = vectors.into_iter().map(|vector| vector.embedding).collect();
        let mut result = EmbedResult::new(vectors, Vec::new());
        let tokens = json.value.usage.as_ref().and_then(|usage| usage.total_tokens);
        let mut account = EmbeddingUsage::default();
        account.tokens = Some(tokens.unwrap_or(0));
        result.usage = Some(account);
        result.response = Some(answer_info(&json, cx));
        Ok(result)
    }
}

model_calls!(Embedding: Embed => embed -> EmbedResult);
