//! The realtime model.

use std::sync::Arc;

use aqueduct_spec::realtime::{
    ClientEvent, ClientSecret, CreateClientSecretOptions, ServerEvent, SessionConfig,
    WebSocketConfig,
};
use aqueduct_spec::{BoxFuture, Context, Describe, ModelInfo, RealtimeModel as _, Result};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{decode, encode, session};
use crate::failure;
use crate::openai::settings::Config;
use crate::openai_compatible::{Plain, read_json};
use crate::path_segment::query_value;

/// A model behind `/realtime`.
#[derive(Debug)]
pub(in crate::openai) struct RealtimeModel {
    info: ModelInfo,
    config: Arc<Config>,
}

#[derive(Serialize)]
struct Body {
    session: Value,
    #[serde(skip_serializing_if = "Option::is_none")]
    expires_after: Option<Value>,
}

#[derive(Deserialize)]
struct Answer {
    value: String,
    expires_at: Option<u64>,
}

impl RealtimeModel {
    pub(in crate::openai) fn new(config: &Arc<Config>, model_id: &str) -> Self {
        let info = ModelInfo::new(config.provider_string("realtime"), model_id);
        Self { info, config: Arc::clone(config) }
    }

    async fn secret(&self, options: CreateClientSecretOptions) -> Result<ClientSecret> {
        let model = self.info.model_id.as_str();
        let session = self.encode_session_config(&options.session_config.unwrap_or_default())?;
        let body = Body {
            session,
            // Without the anchor the request is refused.
            expires_after: options
                .expires_after_seconds
                .map(|seconds| json!({ "anchor": "created_at", "seconds": seconds })),
        };
        let request = self.config.post("/realtime/client_secrets", model, None).json(&body);
        let answer = read_json::<Answer>(request.send().await?, &Plain).await?.value;
        // `https` becomes `wss` by the same cut.
        let base_url = self.config.endpoint.base_url();
        let place = base_url.strip_prefix("http").unwrap_or(base_url);
        let url = format!("ws{place}/realtime?model={}", query_value(model));
        let mut secret = ClientSecret::new(answer.value, url);
        secret.expires_at = answer.expires_at;
        Ok(secret)
    }
}

impl Describe for RealtimeModel {
    fn info(&self) -> &ModelInfo {
        &self.info
    }
}

impl aqueduct_spec::RealtimeModel for RealtimeModel {
    fn create_client_secret<'a>(
        &'a self,
        options: CreateClientSecretOptions,
        _cx: &'a Context,
    ) -> BoxFuture<'a, Result<ClientSecret>> {
        Box::pin(async move { self.secret(options).await.map_err(failure::of(&self.info)) })
    }

    /// Browsers cannot send headers, so the secret rides in a sub-protocol.
    fn websocket_config(&self, secret: &ClientSecret) -> WebSocketConfig {
        let key = format!("openai-insecure-api-key.{}", secret.token);
        WebSocketConfig::new(&secret.url, ["realtime".to_owned(), key])
    }

    fn decode_server_event(&self, frame: Value) -> Result<Vec<ServerEvent>> {
        decode::server_event(frame).map(|event| vec![event]).map_err(failure::of(&self.info))
    }

    fn encode_client_event(&self, event: &ClientEvent) -> Result<Option<Value>> {
        Ok(encode::client_event(event, &self.info.model_id))
    }

    fn encode_session_config(&self, config: &SessionConfig) -> Result<Value> {
        Ok(session::encode(config, &self.info.model_id))
    }
}
