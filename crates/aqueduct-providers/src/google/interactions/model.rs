//! The model or agent behind `POST /interactions`.

use std::sync::Arc;

use aqueduct_http::{Json, Response};
use aqueduct_spec::language::{
    CallOptions, GenerateResult, RequestInfo, ResponseInfo, StreamResult, StreamStart,
};
use aqueduct_spec::{Context, JsonObject, ModelInfo, Profile, Result, Timestamp, UrlPattern};
use futures_util::{StreamExt as _, stream};
use http::HeaderMap;
use serde::Deserialize;
use serde_json::{Value, json};

use super::account::{finish_reason, is_over, metadata, usage};
use super::background;
use super::encode::{Encoded, Target, encode};
use super::steps;
use super::stream::StreamDecoder;
use crate::failure;
use crate::google::config::Config;
use crate::google::error;
use crate::model_calls::model_calls;
use crate::part_stream::PartStream;

/// A model or agent behind `POST /interactions`.
#[derive(Debug)]
pub(crate) struct InteractionsModel {
    info: ModelInfo,
    config: Arc<Config>,
    agent: Option<String>,
}

/// An interaction as the API tells of it.
#[derive(Debug, Deserialize)]
pub(super) struct Interaction {
    id: Option<String>,
    created: Option<String>,
    pub(super) status: String,
    model: Option<String>,
    steps: Option<Vec<Value>>,
    pub(super) usage: Option<JsonObject>,
    pub(super) service_tier: Option<String>,
}

impl Interaction {
    /// The id; there is none where the vendor keeps nothing.
    pub(super) fn present_id(&self) -> Option<&str> {
        self.id.as_deref().filter(|id| !id.is_empty())
    }

    pub(super) fn steps(&self) -> &[Value] {
        self.steps.as_deref().unwrap_or_default()
    }

    /// What is known at the start.
    pub(super) fn head(&self) -> Value {
        json!({ "model": self.model, "created": self.created })
    }
}

impl InteractionsModel {
    pub(crate) fn new(config: &Arc<Config>, model_id: &str, agent: Option<String>) -> Self {
        let provider = format!("{}.interactions", config.dialect.provider);
        let model_id = agent.as_deref().unwrap_or(model_id);
        let info = ModelInfo::new(provider, model_id).with_profile(profile());
        Self { info, config: Arc::clone(config), agent }
    }

    fn encode(&self, call: &CallOptions) -> Result<Encoded> {
        let target = match &self.agent {
            Some(agent) => Target::Agent(agent),
            None => Target::Model(&self.info.model_id),
        };
        encode(call, target)
    }

    async fn post(&self, call: &CallOptions, body: &JsonObject) -> Result<Response> {
        self.config.endpoint.post("/interactions", call.headers.as_ref()).json(body).send().await
    }

    async fn generate(&self, call: &CallOptions, cx: &Context) -> Result<GenerateResult> {
        let encoded = self.encode(call)?;
        let mut json: Json<Interaction> =
            error::json(self.post(call, &encoded.body).await?).await?;
        let status = json.value.status.as_str();
        if self.agent.is_some() && !is_over(status) && status != "requires_action" {
            let id = json.value.present_id().unwrap_or_default();
            let headers = call.headers.as_ref();
            json = background::wait(&self.config, id, headers, encoded.polling_timeout_ms).await?;
        }
        let interaction = &json.value;
        let id = interaction.present_id();
        let output = steps::read(interaction.steps(), id, cx);
        let header_tier = service_tier(&json.headers);
        let tier = interaction.service_tier.as_deref().or(header_tier.as_deref());
        let mut result = GenerateResult::default();
        result.content = output.content;
        result.finish_reason = finish_reason(Some(&interaction.status), output.has_function_call);
        result.usage = usage(interaction.usage.as_ref());
        result.provider_metadata = Some(metadata(id, tier, interaction.usage.as_ref()));
        result.warnings = encoded.warnings;
        let mut info = ResponseInfo::default().with_headers(&json.headers);
        info.id = id.map(str::to_owned);
        info.timestamp = interaction.created.as_deref().and_then(Timestamp::parse);
        info.model_id.clone_from(&interaction.model);
        if cx.include.response_body {
            info.body = serde_json::from_slice(&json.bytes).ok();
        }
        result.response = Some(info);
        result.request = Some(request_info(encoded.body, cx));
        Ok(result)
    }

    async fn stream(&self, call: &CallOptions, cx: &Context) -> Result<StreamResult> {
        let mut encoded = self.encode(call)?;
        if encoded.background {
            return self.stream_background(call, encoded, cx).await;
        }
        encoded.body.insert("stream".to_owned(), true.into());
        let response = error::check(self.post(call, &encoded.body).await?).await?;
        let headers = response.headers().clone();
        let decoder = self.decoder(call, &headers, cx);
        let start = StreamStart::new(encoded.warnings).into();
        let of = failure::of(&self.info);
        let parts = PartStream::new(response.events(), decoder, start);
        let parts = StreamResult::new(parts.map(move |part| part.map_err(&of)));
        Ok(described(parts, encoded.body, &headers, cx))
    }

    fn decoder(&self, call: &CallOptions, headers: &HeaderMap, cx: &Context) -> StreamDecoder {
        StreamDecoder::new(service_tier(headers), call.include_raw_chunks == Some(true), cx)
    }

    /// What works in the background is started first, and followed then.
    async fn stream_background(
        &self,
        call: &CallOptions,
        encoded: Encoded,
        cx: &Context,
    ) -> Result<StreamResult> {
        let json: Json<Interaction> = error::json(self.post(call, &encoded.body).await?).await?;
        let of = failure::of(&self.info);
        if is_over(&json.value.status) {
            let raw = (call.include_raw_chunks == Some(true))
                .then(|| serde_json::from_slice(&json.bytes).ok())
                .flatten();
            let tier = service_tier(&json.headers);
            let parts = background::replay(&json.value, raw, tier.as_deref(), encoded.warnings, cx);
            let parts = StreamResult::new(stream::iter(parts.into_iter().map(Ok)));
            return Ok(described(parts, encoded.body, &json.headers, cx));
        }
        let parts = background::follow(
            &self.config,
            json.value.present_id().unwrap_or_default(),
            call.headers.as_ref(),
            self.decoder(call, &json.headers, cx),
            StreamStart::new(encoded.warnings),
        )?;
        let parts = StreamResult::new(parts.map(move |part| part.map_err(&of)));
        Ok(described(parts, encoded.body, &json.headers, cx))
    }
}

fn service_tier(headers: &HeaderMap) -> Option<String> {
    Some(headers.get("x-gemini-service-tier")?.to_str().ok()?.to_owned())
}

fn described(
    mut result: StreamResult,
    body: JsonObject,
    headers: &HeaderMap,
    cx: &Context,
) -> StreamResult {
    result.request = Some(request_info(body, cx));
    result.response = Some(ResponseInfo::default().with_headers(headers));
    result
}

fn request_info(body: JsonObject, cx: &Context) -> RequestInfo {
    RequestInfo::new(cx.include.request_body.then(|| body.into()))
}

fn profile() -> Profile {
    let prefix = |text: &str| UrlPattern::Prefix(text.to_owned());
    let mut profile = Profile::default();
    for media_type in ["image/*", "application/pdf", "audio/*"] {
        profile.supported_urls.insert(media_type.to_owned(), vec![UrlPattern::Web]);
    }
    let videos = [
        "https://www.youtube.com/watch?v=",
        "https://youtube.com/watch?v=",
        "https://youtu.be/",
        "gs://",
    ];
    profile.supported_urls.insert("video/*".to_owned(), videos.map(prefix).into());
    profile
}

model_calls!(InteractionsModel:
    Generate => generate -> GenerateResult,
    Stream => stream -> StreamResult,
);
