//! `POST /embeddings`: vectors from texts.

use std::sync::Arc;

use aqueduct_spec::embedding::{EmbedOptions, EmbedResult, EmbeddingUsage};
use aqueduct_spec::language::ResponseInfo;
use aqueduct_spec::{Context, ModelInfo, Profile, Result};
use serde::Deserialize;

use super::exchange::body;
use super::settings::Config;
use crate::embedding_limit;
use crate::model_calls::model_calls;
use crate::openai_compatible::embedding_wire as wire;
use crate::openai_compatible::{Plain, read_json};

/// How many texts one request takes.
const MAX_EMBEDDINGS_PER_CALL: usize = 2048;

/// A model behind `POST /embeddings`.
#[derive(Debug)]
pub(super) struct EmbeddingModel {
    info: ModelInfo,
    config: Arc<Config>,
}

/// Options under `openai`.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct EmbeddingOptions {
    dimensions: Option<u64>,
    user: Option<String>,
}

impl EmbeddingModel {
    pub(super) fn new(config: &Arc<Config>, model_id: &str) -> Self {
        let mut profile = Profile::default();
        profile.max_embeddings_per_call = Some(MAX_EMBEDDINGS_PER_CALL);
        let provider = config.provider_string(config.embedding_wire);
        let info = ModelInfo::new(provider, model_id).with_profile(profile);
        Self { info, config: Arc::clone(config) }
    }

    async fn embed(&self, call: &EmbedOptions, cx: &Context) -> Result<EmbedResult> {
        embedding_limit::check(&self.info, &call.values)?;
        let options = call.provider_options.as_ref().map(|it| it.typed("openai")).transpose()?;
        let options: EmbeddingOptions = options.flatten().unwrap_or_default();
        let request = wire::Request {
            model: self.info.model_id.clone(),
            input: wire::Input::Many(call.values.clone()),
            encoding_format: Some("float".to_owned()),
            dimensions: options.dimensions,
            user: options.user,
            ..wire::Request::default()
        };
        let headers = call.headers.as_ref();
        let bytes = body(&request)?;
        let response =
            self.config.send("/embeddings", &self.info.model_id, headers, &bytes).await?;
        let json = read_json::<wire::Response>(response, &Plain).await?;
        let mut data = json.value.data;
        if data.iter().all(|item| item.index.is_some()) {
            data.sort_by_key(|item| item.index);
        }
        let vectors: Vec<_> = data.into_iter().map(|item| item.embedding).collect();
        let mut result = EmbedResult::new(vectors, Vec::new());
        result.usage = json.value.usage.map(|usage| {
            let mut account = EmbeddingUsage::default();
            account.tokens = usage.prompt_tokens;
            account
        });
        let mut info = ResponseInfo::default().with_headers(&json.headers);
        if cx.include.response_body {
            info.body = serde_json::from_slice(&json.bytes).ok();
        }
        result.response = Some(info);
        Ok(result)
    }
}

model_calls!(EmbeddingModel: Embed => embed -> EmbedResult);
