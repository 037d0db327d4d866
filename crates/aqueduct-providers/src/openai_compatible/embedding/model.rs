//! The embedding model of a host.

use std::sync::Arc;

use aqueduct_spec::embedding::{EmbedOptions, EmbedResult, EmbeddingUsage};
use aqueduct_spec::language::ResponseInfo;
use aqueduct_spec::{Context, ModelInfo, Profile, Result};
use serde::Deserialize;

use super::wire;
use crate::embedding_limit;
use crate::model_calls::model_calls;
use crate::openai_compatible::config::Config;
use crate::openai_compatible::error;
use crate::openai_compatible::options::{Keys, OptionKeys};

/// A model behind `POST /embeddings`.
#[derive(Debug)]
pub(crate) struct EmbeddingModel {
    info: ModelInfo,
    config: Arc<Config>,
}

/// Options that the protocol knows.
#[derive(Debug, Default, Deserialize)]
struct EmbeddingOptions {
    dimensions: Option<u64>,
    user: Option<String>,
}

impl EmbeddingModel {
    pub(crate) fn new(config: &Arc<Config>, model_id: &str) -> Self {
        let mut profile = Profile::default();
        profile.max_embeddings_per_call = Some(config.host.max_embeddings_per_call);
        let info = ModelInfo::new(format!("{}.embedding", config.host.name), model_id)
            .with_profile(profile);
        Self { info, config: Arc::clone(config) }
    }

    async fn embed(&self, call: &EmbedOptions, cx: &Context) -> Result<EmbedResult> {
        let mut warnings = Vec::new();
        let keys = Keys::new(self.config.host.options_name(), call.provider_options.as_ref());
        keys.warn_of_shared(&mut warnings);
        keys.warn_of_name(&mut warnings);
        let options: EmbeddingOptions = keys.typed(OptionKeys::ExceptCamelCase)?;
        embedding_limit::check(&self.info, &call.values)?;
        let request = wire::Request {
            model: self.info.model_id.clone(),
            input: wire::Input::Many(call.values.clone()),
            encoding_format: Some("float".to_owned()),
            dimensions: options.dimensions,
            user: options.user,
            ..wire::Request::default()
        };
        let sent = self.config.endpoint.post("/embeddings", call.headers.as_ref()).json(&request);
        let json =
            error::json::<wire::Response>(sent.send().await?, &*self.config.host.dialect).await?;
        let mut result = EmbedResult::new(in_order(json.value.data), warnings);
        result.usage = json.value.usage.map(|usage| {
            let mut account = EmbeddingUsage::default();
            account.tokens = usage.prompt_tokens;
            account
        });
        result.provider_metadata = json.value.provider_metadata;
        let mut info = ResponseInfo::default().with_headers(&json.headers);
        if cx.include.response_body {
            info.body = serde_json::from_slice(&json.bytes).ok();
        }
        result.response = Some(info);
        Ok(result)
    }
}

/// The vectors in the order of their texts, where the host says which is whose.
fn in_order(mut data: Vec<wire::Embedding>) -> Vec<Vec<f64>> {
    if data.iter().all(|item| item.index.is_some()) {
        data.sort_by_key(|item| item.index);
    }
    data.into_iter().map(|item| item.embedding).collect()
}

model_calls!(EmbeddingModel: Embed => embed -> EmbedResult);
