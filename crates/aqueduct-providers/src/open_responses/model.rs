//! The language model of a host.

use std::sync::Arc;

use aqueduct_http::Response;
use aqueduct_spec::language::{
    CallOptions, GenerateResult, ResponseInfo, StreamResult, StreamStart,
};
use aqueduct_spec::{Context, Error, ModelInfo, Profile, Result, UrlPattern};
use bytes::Bytes;

use super::settings::Config;
use crate::model_calls::model_calls;
use crate::openai::exchange::{body, request_info};
use crate::openai::responses::wire;
use crate::openai_compatible::{Plain, check, read_json};
use crate::part_stream::PartStream;

/// A model of a host.
#[derive(Debug)]
pub(crate) struct ResponsesModel {
    info: ModelInfo,
    config: Arc<Config>,
}

impl ResponsesModel {
    pub(crate) fn new(config: &Arc<Config>, model_id: &str) -> Self {
        let mut profile = Profile::default();
        profile.supported_urls.insert("image/*".to_owned(), vec![UrlPattern::Web]);
        let provider = format!("{}.responses", config.name);
        let info = ModelInfo::new(provider, model_id).with_profile(profile);
        Self { info, config: Arc::clone(config) }
    }

    async fn send(&self, call: &CallOptions, bytes: &Bytes) -> Result<Response> {
        let request = self.config.endpoint.post("", call.headers.as_ref());
        request.json_bytes(bytes.clone()).send().await
    }

    async fn generate(&self, call: &CallOptions, cx: &Context) -> Result<GenerateResult> {
        let (request, warnings) = self.config.dialect.encode(call, &self.info.model_id)?;
        let bytes = body(&request)?;
        let json = read_json::<wire::Response>(self.send(call, &bytes).await?, &Plain).await?;
        let failure = |error: Error| error.with_response(json.headers.clone(), json.bytes.clone());
        let mut result = self.config.dialect.decode(json.value, cx).map_err(failure)?;
        let info = result.response.get_or_insert_default();
        *info = std::mem::take(info).with_headers(&json.headers);
        if cx.include.response_body {
            info.body = serde_json::from_slice(&json.bytes).ok();
        }
        result.warnings = warnings;
        result.request = Some(request_info(&bytes, cx));
        Ok(result)
    }

    async fn stream(&self, call: &CallOptions, cx: &Context) -> Result<StreamResult> {
        let (mut request, warnings) = self.config.dialect.encode(call, &self.info.model_id)?;
        request.stream = Some(true);
        let bytes = body(&request)?;
        let response = check(self.send(call, &bytes).await?, &Plain).await?;
        let info = ResponseInfo::default().with_headers(response.headers());
        let decoder = self.config.dialect.decoder(call.include_raw_chunks == Some(true), cx);
        let start = StreamStart::new(warnings).into();
        let parts = PartStream::new(response.events(), decoder, start);
        let mut result = parts.into_result(&self.info);
        result.request = Some(request_info(&bytes, cx));
        result.response = Some(info);
        Ok(result)
    }
}

model_calls!(ResponsesModel:
    Generate => generate -> GenerateResult,
    Stream => stream -> StreamResult,
);
