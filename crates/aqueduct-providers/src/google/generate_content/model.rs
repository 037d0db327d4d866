//! The language model of a host.

use std::sync::Arc;

use aqueduct_http::Response;
use aqueduct_spec::language::{
    CallOptions, GenerateResult, RequestInfo, ResponseInfo, StreamResult, StreamStart,
};
use aqueduct_spec::{Context, Error, ModelInfo, Profile, Result, UrlPattern};
use bytes::Bytes;

use super::capabilities::{Capabilities, path};
use super::decode::{StreamDecoder, generate};
use super::encode::{Target, encode};
use super::wire;
use crate::google::config::Config;
use crate::google::error;
use crate::model_calls::model_calls;
use crate::part_stream::PartStream;

/// What Gemini fetches by itself, beside what was uploaded and videos of YouTube.
///
/// Source: <https://ai.google.dev/gemini-api/docs/file-input-methods> (2026-11).
const FETCHED_MEDIA_TYPES: [&str; 22] = [
    "text/html",
    "text/css",
    "text/plain",
    "text/xml",
    "text/csv",
    "text/rtf",
    "text/javascript",
    "application/json",
    "application/pdf",
    "image/bmp",
    "image/jpeg",
    "image/png",
    "image/webp",
    "video/mp4",
    "video/mpeg",
    "video/quicktime",
    "video/avi",
    "video/x-flv",
    "video/mpg",
    "video/webm",
    "video/wmv",
    "video/3gpp",
];

/// A model behind `:generateContent`.
#[derive(Debug)]
pub(crate) struct GenerateContentModel {
    pub(crate) info: ModelInfo,
    config: Arc<Config>,
}

/// A request on its way.
struct Prepared {
    bytes: Bytes,
    headers: Vec<(&'static str, String)>,
    warnings: Vec<aqueduct_spec::Warning>,
}

impl GenerateContentModel {
    pub(crate) fn new(config: &Arc<Config>, model_id: &str) -> Self {
        let profile = profile(model_id, config.endpoint.base_url());
        let info = ModelInfo::new(config.dialect.provider.as_str(), model_id).with_profile(profile);
        Self { info, config: Arc::clone(config) }
    }

    fn prepare(&self, call: &CallOptions, stream: bool) -> Result<Prepared> {
        let target =
            Target { model_id: &self.info.model_id, dialect: &self.config.dialect, stream };
        let encoded = encode(call, target)?;
        let bytes = serde_json::to_vec(&encoded.request).map_err(|error| {
            Error::invalid_request("the request cannot be written as JSON").with_source(error)
        })?;
        Ok(Prepared { bytes: bytes.into(), headers: encoded.headers, warnings: encoded.warnings })
    }

    async fn send(
        &self,
        call: &CallOptions,
        prepared: &Prepared,
        method: &str,
    ) -> Result<Response> {
        let path = format!("/{}:{method}", path(&self.info.model_id));
        let request = self.config.endpoint.post(&path, call.headers.as_ref());
        let request = request.headers(prepared.headers.iter().map(|(name, value)| (name, value)));
        request.json_bytes(prepared.bytes.clone()).send().await
    }

    /// Answers in one piece.
    ///
    /// # Errors
    /// Those of the model.
    pub(crate) async fn generate(
        &self,
        call: &CallOptions,
        cx: &Context,
    ) -> Result<GenerateResult> {
        let prepared = self.prepare(call, false)?;
        let response = self.send(call, &prepared, "generateContent").await?;
        let json = error::json::<wire::Response>(response).await?;
        let mut result = generate(json.value, &self.config.dialect, cx)?;
        let info = result.response.get_or_insert_default();
        *info = std::mem::take(info).with_headers(&json.headers);
        info.body =
            cx.include.response_body.then(|| serde_json::from_slice(&json.bytes).ok()).flatten();
        result.warnings = prepared.warnings;
        result.request = Some(request_info(&prepared.bytes, cx));
        Ok(result)
    }

    async fn stream(&self, call: &CallOptions, cx: &Context) -> Result<StreamResult> {
        let prepared = self.prepare(call, true)?;
        let response = self.send(call, &prepared, "streamGenerateContent?alt=sse").await?;
        let response = error::check(response).await?;
        let headers = response.headers().clone();
        let include_raw_chunks = call.include_raw_chunks == Some(true);
        let decoder = StreamDecoder::new(self.config.dialect.clone(), include_raw_chunks, cx);
        let start = StreamStart::new(prepared.warnings).into();
        let parts = PartStream::new(response.events(), decoder, start);
        let mut result = parts.into_result(&self.info);
        result.request = Some(request_info(&prepared.bytes, cx));
        result.response = Some(ResponseInfo::default().with_headers(&headers));
        Ok(result)
    }
}

fn profile(model_id: &str, base_url: &str) -> Profile {
    let mut profile = Profile::default();
    // Patterns are compared with URLs in lower case.
    let own = [
        format!("{}/files/", base_url.to_ascii_lowercase()),
        "https://www.youtube.com/watch?v=".to_owned(),
        "https://youtube.com/watch?v=".to_owned(),
        "https://youtu.be/".to_owned(),
    ];
    profile.supported_urls.insert("*".to_owned(), own.map(UrlPattern::Prefix).into());
    if Capabilities::of(model_id).fetches_urls {
        let fetched = FETCHED_MEDIA_TYPES.map(|it| (it.to_owned(), vec![UrlPattern::Https]));
        profile.supported_urls.extend(fetched);
    }
    profile
}

fn request_info(bytes: &Bytes, cx: &Context) -> RequestInfo {
    let body = cx.include.request_body.then(|| serde_json::from_slice(bytes).ok()).flatten();
    RequestInfo::new(body)
}

model_calls!(GenerateContentModel:
    Generate => generate -> GenerateResult,
    Stream => stream -> StreamResult,
);
