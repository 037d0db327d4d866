//! The chat model.

use std::sync::Arc;

use aqueduct_http::Response;
use aqueduct_spec::language::{
    CallOptions, GenerateResult, ResponseInfo, StreamResult, StreamStart,
};
use aqueduct_spec::{Context, Error, ModelInfo, Profile, Result, UrlPattern, Warning};
use bytes::Bytes;
use futures_util::StreamExt as _;

use super::super::error::{Errors, events};
use super::decode::{Answer, generate};
use super::encode::encode;
use super::stream::StreamDecoder;
use crate::model_calls::model_calls;
use crate::openai::exchange::{body, request_info};
use crate::openai_compatible::chat::wire;
use crate::openai_compatible::{Endpoint, check, error_of, read_json};
use crate::part_stream::PartStream;

/// A model behind `POST /chat/completions`.
#[derive(Debug)]
pub(in super::super) struct ChatModel {
    info: ModelInfo,
    endpoint: Arc<Endpoint>,
}

/// A request on its way: the bytes, and what to know when the answer comes.
struct Prepared {
    bytes: Bytes,
    warnings: Vec<Warning>,
    /// What the last message says, if it is the model's own.
    echo: Option<String>,
}

impl ChatModel {
    pub(in super::super) fn new(endpoint: &Arc<Endpoint>, model_id: &str) -> Self {
        let mut profile = Profile::default();
        profile.supported_urls.insert("image/*".to_owned(), vec![UrlPattern::Web]);
        let info = ModelInfo::new("xai.chat", model_id).with_profile(profile);
        Self { info, endpoint: Arc::clone(endpoint) }
    }

    fn prepare(&self, call: &CallOptions, stream: bool) -> Result<Prepared> {
        let (mut request, warnings) = encode(call, &self.info.model_id)?;
        if stream {
            request.stream = Some(true);
            request.stream_options = Some(wire::StreamOptions::with_usage());
        }
        let bytes = body(&request)?;
        let last = request.messages.pop();
        let last = last.filter(|message| message.role.as_deref() == Some("assistant"));
        let echo = last.and_then(|message| message.content).map(wire::Content::into_text);
        Ok(Prepared { bytes, warnings, echo })
    }

    async fn send(&self, call: &CallOptions, bytes: &Bytes) -> Result<Response> {
        let request = self.endpoint.post("/chat/completions", call.headers.as_ref());
        request.json_bytes(bytes.clone()).send().await
    }

    async fn generate(&self, call: &CallOptions, cx: &Context) -> Result<GenerateResult> {
        let Prepared { bytes, warnings, echo } = self.prepare(call, false)?;
        let json = read_json::<Answer>(self.send(call, &bytes).await?, &Errors).await?;
        let failure = |error: Error| error.with_response(json.headers.clone(), json.bytes.clone());
        let mut result = generate(json.value, echo.as_deref(), cx).map_err(failure)?;
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
        let Prepared { bytes, warnings, echo } = self.prepare(call, true)?;
        let response = check(self.send(call, &bytes).await?, &Errors).await?;
        let info = ResponseInfo::default().with_headers(response.headers());
        let decoder = StreamDecoder::new(echo, call.include_raw_chunks == Some(true), cx);
        let start = StreamStart::new(warnings).into();
        let parts = PartStream::new(events(response).await?, decoder, start);
        let of = error_of(&self.info);
        let mut result = StreamResult::new(parts.map(move |part| part.map_err(&of)));
        result.request = Some(request_info(&bytes, cx));
        result.response = Some(info);
        Ok(result)
    }
}

model_calls!(ChatModel:
    Generate => generate -> GenerateResult,
    Stream => stream -> StreamResult,
);
