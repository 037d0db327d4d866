//! The chat model of a host.

use std::sync::Arc;

use aqueduct_http::Response;
use aqueduct_spec::language::{
    CallOptions, GenerateResult, RequestInfo, ResponseInfo, StreamResult, StreamStart,
};
use aqueduct_spec::{Context, Error, JsonObject, ModelInfo, Profile, Result};
use bytes::Bytes;
use futures_util::stream;
use serde_json::Value;

use super::decode::{StreamInput, generate, whole};
use super::encode::{Encoded, Target};
use super::wire;
use crate::model_calls::model_calls;
use crate::openai_compatible::config::Config;
use crate::openai_compatible::error;
use crate::part_stream::PartStream;

/// A model behind `POST /chat/completions`.
#[derive(Debug)]
pub(crate) struct ChatModel {
    info: ModelInfo,
    config: Arc<Config>,
}

/// A request on its way: the bytes, and what to know when the answer comes.
struct Prepared {
    encoded: Encoded,
    bytes: Bytes,
}

impl ChatModel {
    pub(crate) fn new(config: &Arc<Config>, model_id: &str) -> Self {
        let mut profile = Profile::default();
        profile.supported_urls = config.host.supported_urls.clone();
        let provider = format!("{}.{}", config.host.name, config.host.chat_wire);
        let info = ModelInfo::new(provider, model_id).with_profile(profile);
        Self { info, config: Arc::clone(config) }
    }

    fn prepare(&self, call: &CallOptions, stream: bool) -> Result<Prepared> {
        let config = &*self.config;
        let target = Target::new(&self.info.model_id, config.host.options_name())
            .with_structured_outputs(config.host.supports_structured_outputs);
        let mut encoded = config.host.dialect.encode(call, target)?;
        if stream {
            encoded.request.stream = Some(true);
            if config.host.include_usage {
                encoded.request.stream_options = Some(wire::StreamOptions::with_usage());
            }
        }
        config.host.dialect.adapt(&mut encoded.request);
        let bytes = match &config.host.transform_request_body {
            None => serde_json::to_vec(&encoded.request),
            Some(transform) => {
                let body = serde_json::to_value(&encoded.request).map(|body| match body {
                    Value::Object(body) => transform.0(body),
                    _ => JsonObject::new(),
                });
                body.and_then(|body| serde_json::to_vec(&body))
            }
        };
        let bytes = bytes.map_err(|error| {
            Error::invalid_request("the request cannot be written as JSON").with_source(error)
        })?;
        Ok(Prepared { encoded, bytes: bytes.into() })
    }

    async fn send(&self, call: &CallOptions, bytes: &Bytes) -> Result<Response> {
        let request = self.config.endpoint.post("/chat/completions", call.headers.as_ref());
        request.json_bytes(bytes.clone()).send().await
    }

    async fn generate(&self, call: &CallOptions, cx: &Context) -> Result<GenerateResult> {
        let Prepared { encoded, bytes } = self.prepare(call, false)?;
        let response = self.send(call, &bytes).await?;
        let json = error::json::<wire::Response>(response, &*self.config.host.dialect).await?;
        let extractor = self.config.host.metadata_extractor.as_ref();
        let body = (cx.include.response_body || extractor.is_some())
            .then(|| serde_json::from_slice::<Value>(&json.bytes).ok())
            .flatten();
        let found = extractor.zip(body.as_ref()).and_then(|(it, body)| it.extract(body));
        let mut result = generate(
            json.value,
            &*self.config.host.dialect,
            self.config.host.convert_usage.as_ref(),
            encoded.metadata_key.as_deref(),
            found.as_ref(),
            cx,
        )?;
        let info = result.response.get_or_insert_default();
        *info = std::mem::take(info).with_headers(&json.headers);
        info.body = body.filter(|_| cx.include.response_body);
        result.warnings = encoded.warnings;
        // As text, the way the AI SDK keeps the body of such a call.
        let body = |bytes: &Bytes| Value::String(String::from_utf8_lossy(bytes).into_owned());
        result.request = Some(RequestInfo::new(cx.include.request_body.then(|| body(&bytes))));
        Ok(result)
    }

    async fn stream(&self, call: &CallOptions, cx: &Context) -> Result<StreamResult> {
        let Prepared { encoded, bytes } = self.prepare(call, true)?;
        let response = self.send(call, &bytes).await?;
        let response = error::check(response, &*self.config.host.dialect).await?;
        let info = ResponseInfo::default().with_headers(response.headers());
        let decoder = (self.config.host.decoder)(StreamInput {
            dialect: Arc::clone(&self.config.host.dialect),
            convert_usage: self.config.host.convert_usage.clone(),
            metadata_key: encoded.metadata_key,
            extractor: self.config.host.metadata_extractor.as_ref().map(|it| it.stream()),
            include_raw_chunks: call.include_raw_chunks == Some(true),
            cx: cx.clone(),
        });
        let start = StreamStart::new(encoded.warnings).into();
        let mut result = if response.media_type().as_deref() == Some("application/json") {
            let parts = whole(response.bytes().await?, decoder, &*self.config.host.dialect, start)?;
            StreamResult::new(stream::iter(parts.into_iter().map(Ok)))
        } else {
            let parts = PartStream::new(response.events(), decoder, start);
            parts.into_result(&self.info)
        };
        let body = cx.include.request_body.then(|| serde_json::from_slice(&bytes).ok()).flatten();
        result.request = Some(RequestInfo::new(body));
        result.response = Some(info);
        Ok(result)
    }
}

model_calls!(ChatModel:
    Generate => generate -> GenerateResult,
    Stream => stream -> StreamResult,
);
