//! The completion model of a host.

use std::sync::Arc;

use aqueduct_http::Response;
use aqueduct_spec::language::{
    CallOptions, GenerateResult, RequestInfo, ResponseInfo, StreamResult, StreamStart,
};
use aqueduct_spec::{Context, JsonObject, ModelInfo, Result};
use serde_json::{Value, json};

use super::decode::{StreamDecoder, generate};
use super::encode::encode;
use super::wire;
use crate::model_calls::model_calls;
use crate::openai_compatible::config::Config;
use crate::openai_compatible::error;
use crate::part_stream::PartStream;

/// A model behind `POST /completions`.
#[derive(Debug)]
pub(crate) struct CompletionModel {
    info: ModelInfo,
    config: Arc<Config>,
}

impl CompletionModel {
    pub(crate) fn new(config: &Arc<Config>, model_id: &str) -> Self {
        let info = ModelInfo::new(format!("{}.completion", config.host.name), model_id);
        Self { info, config: Arc::clone(config) }
    }

    async fn send(&self, call: &CallOptions, body: &JsonObject) -> Result<Response> {
        let request = self.config.endpoint.post("/completions", call.headers.as_ref());
        request.json(body).send().await
    }

    async fn generate(&self, call: &CallOptions, cx: &Context) -> Result<GenerateResult> {
        let (body, warnings) = encode(call, &self.info.model_id, self.config.host.options_name())?;
        let response = self.send(call, &body).await?;
        let json = error::json::<wire::Response>(response, &*self.config.host.dialect).await?;
        let mut result = generate(json.value, &*self.config.host.dialect)?;
        let info = result.response.get_or_insert_default();
        *info = std::mem::take(info).with_headers(&json.headers);
        if cx.include.response_body {
            info.body = serde_json::from_slice(&json.bytes).ok();
        }
        result.warnings = warnings;
        let body = cx.include.request_body.then_some(Value::Object(body));
        result.request = Some(RequestInfo::new(body));
        Ok(result)
    }

    async fn stream(&self, call: &CallOptions, cx: &Context) -> Result<StreamResult> {
        let (mut body, warnings) =
            encode(call, &self.info.model_id, self.config.host.options_name())?;
        body.insert("stream".to_owned(), true.into());
        if self.config.host.include_usage {
            body.insert("stream_options".to_owned(), json!({ "include_usage": true }));
        }
        let response = self.send(call, &body).await?;
        let response = error::check(response, &*self.config.host.dialect).await?;
        let info = ResponseInfo::default().with_headers(response.headers());
        let decoder = StreamDecoder::new(
            Arc::clone(&self.config.host.dialect),
            call.include_raw_chunks == Some(true),
        );
        let start = StreamStart::new(warnings).into();
        let parts = PartStream::new(response.events(), decoder, start);
        let mut result = parts.into_result(&self.info);
        let body = cx.include.request_body.then_some(Value::Object(body));
        result.request = Some(RequestInfo::new(body));
        result.response = Some(info);
        Ok(result)
    }
}

model_calls!(CompletionModel:
    Generate => generate -> GenerateResult,
    Stream => stream -> StreamResult,
);
