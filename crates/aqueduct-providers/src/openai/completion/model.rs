//! The language model behind `POST /completions`.

use std::sync::Arc;

use aqueduct_spec::language::{
    CallOptions, GenerateResult, ResponseInfo, StreamResult, StreamStart,
};
use aqueduct_spec::{Context, ModelInfo, Result};

use super::decode::{StreamDecoder, generate, verdict};
use super::encode::encode;
use crate::model_calls::model_calls;
use crate::openai::early_error::begin;
use crate::openai::exchange::{body, request_info};
use crate::openai::settings::Config;
use crate::openai_compatible::chat::wire::StreamOptions;
use crate::openai_compatible::completion::wire;
use crate::openai_compatible::{Plain, check, read_json};
use crate::part_stream::PartStream;

const PATH: &str = "/completions";

/// A model behind `POST /completions`.
#[derive(Debug)]
pub(in crate::openai) struct CompletionModel {
    info: ModelInfo,
    config: Arc<Config>,
}

impl CompletionModel {
    pub(in crate::openai) fn new(config: &Arc<Config>, model_id: &str) -> Self {
        let info = ModelInfo::new(config.provider_string("completion"), model_id);
        Self { info, config: Arc::clone(config) }
    }

    async fn generate(&self, call: &CallOptions, cx: &Context) -> Result<GenerateResult> {
        let (request, warnings) = encode(call, &self.info.model_id, self.config.options_key())?;
        let bytes = body(&request)?;
        let response =
            self.config.send(PATH, &self.info.model_id, call.headers.as_ref(), &bytes).await?;
        let json = read_json::<wire::Response>(response, &Plain).await?;
        let mut result = generate(json.value)?;
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
        let (mut request, warnings) = encode(call, &self.info.model_id, self.config.options_key())?;
        request.stream = Some(true);
        request.stream_options = Some(StreamOptions::with_usage());
        let bytes = body(&request)?;
        let response =
            self.config.send(PATH, &self.info.model_id, call.headers.as_ref(), &bytes).await?;
        let response = check(response, &Plain).await?;
        let info = ResponseInfo::default().with_headers(response.headers());
        let begun = begin(response, verdict).await?;
        let decoder = StreamDecoder::new(call.include_raw_chunks == Some(true));
        let start = StreamStart::new(warnings).into();
        let parts = PartStream::new(begun.events, decoder, start).with_read(begun.read);
        let mut result = parts.into_result(&self.info);
        result.request = Some(request_info(&bytes, cx));
        result.response = Some(info);
        Ok(result)
    }
}

model_calls!(CompletionModel:
    Generate => generate -> GenerateResult,
    Stream => stream -> StreamResult,
);
