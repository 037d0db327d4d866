//! The language model.

use std::sync::Arc;

use aqueduct_http::Response;
use aqueduct_spec::language::{
    CallOptions, GenerateResult, ResponseInfo, StreamResult, StreamStart,
};
use aqueduct_spec::{Context, Error, ModelInfo, Profile, Result, UrlPattern};
use bytes::Bytes;
use futures_util::StreamExt as _;

use super::super::error::{Errors, events};
use super::decode::generate;
use super::encode::encode;
use super::hosted_call::ToolNames;
use super::stream::StreamDecoder;
use crate::model_calls::model_calls;
use crate::openai::exchange::{body, request_info};
use crate::openai::responses::wire;
use crate::openai_compatible::{Endpoint, check, error_of, read_json};
use crate::part_stream::PartStream;

/// The media types of files that the host fetches itself.
const FETCHED: &[&str] = &["image/*", "application/pdf", "text/*"];

/// A model behind `POST /responses`.
#[derive(Debug)]
pub(in super::super) struct ResponsesModel {
    info: ModelInfo,
    endpoint: Arc<Endpoint>,
}

impl ResponsesModel {
    pub(in super::super) fn new(endpoint: &Arc<Endpoint>, model_id: &str) -> Self {
        let mut profile = Profile::default();
        for media_type in FETCHED {
            profile.supported_urls.insert((*media_type).to_owned(), vec![UrlPattern::Web]);
        }
        let info = ModelInfo::new("xai.responses", model_id).with_profile(profile);
        Self { info, endpoint: Arc::clone(endpoint) }
    }

    async fn send(&self, call: &CallOptions, bytes: &Bytes) -> Result<Response> {
        let request = self.endpoint.post("/responses", call.headers.as_ref());
        request.json_bytes(bytes.clone()).send().await
    }

    async fn generate(&self, call: &CallOptions, cx: &Context) -> Result<GenerateResult> {
        let (request, warnings) = encode(call, &self.info.model_id)?;
        let bytes = body(&request)?;
        let json = read_json::<wire::Response>(self.send(call, &bytes).await?, &Errors).await?;
        let failure = |error: Error| error.with_response(json.headers.clone(), json.bytes.clone());
        let names = ToolNames::of(call);
        let mut result = generate(json.value, &names, cx).map_err(failure)?;
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
        let (mut request, warnings) = encode(call, &self.info.model_id)?;
        request.stream = Some(true);
        let bytes = body(&request)?;
        let response = check(self.send(call, &bytes).await?, &Errors).await?;
        let info = ResponseInfo::default().with_headers(response.headers());
        let include_raw_chunks = call.include_raw_chunks == Some(true);
        let decoder = StreamDecoder::new(ToolNames::of(call), include_raw_chunks, cx);
        let start = StreamStart::new(warnings).into();
        let parts = PartStream::new(events(response).await?, decoder, start);
        let of = error_of(&self.info);
        let mut result = StreamResult::new(parts.map(move |part| part.map_err(&of)));
        result.request = Some(request_info(&bytes, cx));
        result.response = Some(info);
        Ok(result)
    }
}

model_calls!(ResponsesModel:
    Generate => generate -> GenerateResult,
    Stream => stream -> StreamResult,
);
