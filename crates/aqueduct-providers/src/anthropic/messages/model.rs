//! The messages model of a host.

use std::sync::Arc;

use aqueduct_http::Response;
use aqueduct_spec::language::{
    CallOptions, ErrorPart, GenerateResult, RequestInfo, ResponseInfo, StreamPart, StreamResult,
    StreamStart,
};
use aqueduct_spec::{Context, Error, ErrorKind, ModelInfo, Profile, Result};
use bytes::Bytes;
use futures_util::{StreamExt as _, stream};
use http::StatusCode;
use serde_json::Value;

use super::decode::{Reply, StreamDecoder, generate};
use super::encode::{Betas, Target, encode};
use super::wire;
use crate::anthropic::config::Config;
use crate::anthropic::error;
use crate::failure;
use crate::model_calls::model_calls;
use crate::part_stream::PartStream;

/// How many parts may come before the first that tells whether the answer has begun, all of them raw chunks.
const MAX_LEADING_PARTS: usize = 256;

/// A model behind `POST /v1/messages`.
#[derive(Debug)]
pub(crate) struct MessagesModel {
    pub(crate) info: ModelInfo,
    pub(crate) config: Arc<Config>,
}

/// A request on its way: the bytes, and what to know when the answer comes.
struct Prepared {
    bytes: Bytes,
    betas: Betas,
    warnings: Vec<aqueduct_spec::Warning>,
    reply: Reply,
}

impl MessagesModel {
    pub(crate) fn new(config: &Arc<Config>, model_id: &str) -> Self {
        let mut profile = Profile::default();
        profile.supported_urls = config.dialect.supported_urls();
        let info = ModelInfo::new(config.provider.as_str(), model_id).with_profile(profile);
        Self { info, config: Arc::clone(config) }
    }

    fn prepare(&self, call: &CallOptions, stream: bool) -> Result<Prepared> {
        let target = Target {
            model_id: &self.info.model_id,
            options_name: self.config.options_name(),
            dialect: &*self.config.dialect,
            stream,
        };
        let user_betas = self.config.endpoint.betas(call.headers.as_ref());
        let mut encoded = encode(call, target, &user_betas)?;
        self.config.dialect.adapt(&mut encoded.request, &mut encoded.betas);
        let bytes = serde_json::to_vec(&encoded.request).map_err(|error| {
            Error::invalid_request("the request cannot be written as JSON").with_source(error)
        })?;
        Ok(Prepared {
            bytes: bytes.into(),
            betas: encoded.betas,
            warnings: encoded.warnings,
            reply: encoded.reply,
        })
    }

    async fn send(
        &self,
        call: &CallOptions,
        prepared: &Prepared,
        stream: bool,
    ) -> Result<Response> {
        let path = self.config.dialect.path(&self.info.model_id, stream);
        let request = self.config.endpoint.post(&path, call.headers.as_ref(), &prepared.betas);
        request.json_bytes(prepared.bytes.clone()).send().await
    }

    async fn generate(&self, call: &CallOptions, cx: &Context) -> Result<GenerateResult> {
        let prepared = self.prepare(call, false)?;
        let response = self.send(call, &prepared, false).await?;
        let json = error::json::<wire::Response>(response).await?;
        let mut result = generate(json.value, prepared.reply, cx);
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
        let response = error::check(self.send(call, &prepared, true).await?).await?;
        let headers = response.headers().clone();
        let url = response.url().to_owned();
        let include_raw_chunks = call.include_raw_chunks == Some(true);
        let decoder = StreamDecoder::new(prepared.reply, include_raw_chunks, cx);
        let start = StreamStart::new(prepared.warnings).into();
        let mut parts = PartStream::new(response.events(), decoder, start);
        // An overloaded host answers with status 200 and fails in its first event. That is a failure of the call, which may
        // be sent again.
        let mut leading = Vec::new();
        while leading.len() < MAX_LEADING_PARTS
            && let Some(part) = parts.next().await
        {
            let part = part?;
            if let StreamPart::Error(part) = &part {
                return Err(refused(part).with_url(&url).with_response(headers, Bytes::new()));
            }
            let begun = !matches!(part, StreamPart::StreamStart(_) | StreamPart::Raw(_));
            leading.push(Ok(part));
            if begun {
                break;
            }
        }
        let of = failure::of(&self.info);
        let parts = stream::iter(leading).chain(parts).map(move |part| part.map_err(&of));
        let mut result = StreamResult::new(parts);
        result.request = Some(request_info(&prepared.bytes, cx));
        result.response = Some(ResponseInfo::default().with_headers(&headers));
        Ok(result)
    }
}

fn request_info(bytes: &Bytes, cx: &Context) -> RequestInfo {
    let body = cx.include.request_body.then(|| serde_json::from_slice(bytes).ok()).flatten();
    RequestInfo::new(body)
}

/// The error of a stream that failed before it began.
fn refused(part: &ErrorPart) -> Error {
    let text = |name| part.error.get(name).and_then(Value::as_str);
    let message = text("message").unwrap_or("the stream failed at once").to_owned();
    let Some(kind) = text("type") else {
        return Error::new(ErrorKind::InvalidResponse, message);
    };
    let is_overloaded = kind == "overloaded_error";
    let status = if is_overloaded { 529 } else { 500 };
    let error = Error::new(error::kind(kind).unwrap_or(ErrorKind::Provider), message)
        .with_code(kind)
        .with_retryable(is_overloaded);
    match StatusCode::from_u16(status) {
        Ok(status) => error.with_status(status),
        Err(_) => error,
    }
}

model_calls!(MessagesModel:
    Generate => generate -> GenerateResult,
    Stream => stream -> StreamResult,
);
