//! `:embedContent` and `:batchEmbedContents`.
//!
//! Source: <https://ai.google.dev/api/embeddings> (2026-11).

use std::sync::Arc;

use aqueduct_http::Json;
use aqueduct_spec::embedding::{EmbedOptions, EmbedResult};
use aqueduct_spec::language::ResponseInfo;
use aqueduct_spec::{Context, Error, JsonObject, ModelInfo, Profile, Result};
use serde::Deserialize;
use serde_json::{Value, json};

use super::config::Config;
use super::error;
use super::generate_content::encode;
use super::options::GoogleEmbeddingOptions;
use crate::model_calls::model_calls;

const MAX_EMBEDDINGS_PER_CALL: usize = 100;

/// A model behind `:embedContent`.
#[derive(Debug)]
pub(super) struct Embedding {
    info: ModelInfo,
    config: Arc<Config>,
}

#[derive(Debug, Deserialize)]
struct One {
    embedding: Vector,
}

#[derive(Debug, Deserialize)]
struct Many {
    embeddings: Vec<Vector>,
}

#[derive(Debug, Deserialize)]
struct Vector {
    values: Vec<f64>,
}

impl Embedding {
    pub(super) fn new(config: &Arc<Config>, model_id: &str) -> Self {
        let mut profile = Profile::default();
        profile.max_embeddings_per_call = Some(MAX_EMBEDDINGS_PER_CALL);
        let info = ModelInfo::new(config.dialect.provider.as_str(), model_id).with_profile(profile);
        Self { info, config: Arc::clone(config) }
    }

    async fn embed(&self, call: &EmbedOptions, cx: &Context) -> Result<EmbedResult> {
        let options: GoogleEmbeddingOptions =
            encode::options(call.provider_options.as_ref(), &["google"])?;
        self.check(call, &options)?;
        if let [value] = call.values.as_slice() {
            let content = json!({ "parts": parts(value, options.content.as_deref(), 0) });
            let json: Json<One> =
                self.send(call, "embedContent", &self.body(content, &options)).await?;
            let vectors = vec![json.value.embedding.values];
            return Ok(result(vectors, &json.headers, &json.bytes, cx));
        }
        let requests: Vec<Value> = call
            .values
            .iter()
            .enumerate()
            .map(|(index, value)| {
                let parts = parts(value, options.content.as_deref(), index);
                self.body(json!({ "role": "user", "parts": parts }), &options).into()
            })
            .collect();
        let body = JsonObject::from_iter([("requests".to_owned(), requests.into())]);
        let json: Json<Many> = self.send(call, "batchEmbedContents", &body).await?;
        let vectors = json.value.embeddings.into_iter().map(|it| it.values).collect();
        Ok(result(vectors, &json.headers, &json.bytes, cx))
    }

    fn check(&self, call: &EmbedOptions, options: &GoogleEmbeddingOptions) -> Result<()> {
        let count = call.values.len();
        if count > MAX_EMBEDDINGS_PER_CALL {
            return Err(Error::too_many_embedding_values(
                &self.info.provider,
                &self.info.model_id,
                MAX_EMBEDDINGS_PER_CALL,
                count,
            ));
        }
        match &options.content {
            Some(content) if content.len() != count => Err(Error::invalid_request(format!(
                "The number of multimodal content entries ({}) must match the number of values ({count}).",
                content.len()
            ))),
            _ => Ok(()),
        }
    }

    fn body(&self, content: Value, options: &GoogleEmbeddingOptions) -> JsonObject {
        let mut body = JsonObject::new();
        body.insert("model".to_owned(), format!("models/{}", self.info.model_id).into());
        body.insert("content".to_owned(), content);
        if let Some(length) = options.output_dimensionality {
            body.insert("outputDimensionality".to_owned(), length.into());
        }
        if let Some(task) = &options.task_type {
            body.insert("taskType".to_owned(), task.as_str().into());
        }
        body
    }

    async fn send<T: serde::de::DeserializeOwned>(
        &self,
        call: &EmbedOptions,
        method: &str,
        body: &JsonObject,
    ) -> Result<Json<T>> {
        let path = format!("/models/{}:{method}", self.info.model_id);
        let request = self.config.endpoint.post(&path, call.headers.as_ref()).json(body);
        error::json(request.send().await?).await
    }
}

/// The text of a value, and what belongs to it.
fn parts(value: &str, content: Option<&[Option<Vec<Value>>]>, index: usize) -> Vec<Value> {
    let text = json!({ "text": value });
    let Some(Some(more)) = content.and_then(|content| content.get(index)) else {
        return vec![text];
    };
    let text = (!value.is_empty()).then_some(text);
    text.into_iter().chain(more.iter().cloned()).collect()
}

fn result(
    vectors: Vec<Vec<f64>>,
    headers: &http::HeaderMap,
    bytes: &[u8],
    cx: &Context,
) -> EmbedResult {
    let mut result = EmbedResult::new(vectors, Vec::new());
    let mut info = ResponseInfo::default().with_headers(headers);
    if cx.include.response_body {
        info.body = serde_json::from_slice(bytes).ok();
    }
    result.response = Some(info);
    result
}

model_calls!(Embedding: Embed => embed -> EmbedResult);
