//! The chat model.

use std::sync::Arc;

use aqueduct_spec::language::{
    CallOptions, GenerateResult, RequestInfo, ResponseInfo, StreamResult, StreamStart,
};
use aqueduct_spec::{Context, ModelInfo, Profile, Result, UrlPattern};
use serde_json::Value;

use super::decode::{Response, generate};
use super::encode::encode;
use super::stream::StreamDecoder;
use crate::answer_info::answer_info;
use crate::model_calls::model_calls;
use crate::openai_compatible::{Config, check, read_json};
use crate::part_stream::PartStream;

/// A model behind `POST /chat`.
#[derive(Debug)]
pub(in super::super) struct Chat {
    info: ModelInfo,
    config: Arc<Config>,
}

impl Chat {
    pub(in super::super) fn new(config: &Arc<Config>, model_id: &str) -> Self {
        let mut profile = Profile::default();
        profile.supported_urls.insert("image/*".to_owned(), vec![UrlPattern::Web]);
        let info = ModelInfo::new("cohere.chat", model_id).with_profile(profile);
        Self { info, config: Arc::clone(config) }
    }

    async fn generate(&self, call: &CallOptions, cx: &Context) -> Result<GenerateResult> {
        let (body, warnings) = encode(call, &self.info.model_id)?;
        let request = self.config.endpoint.post("/chat", call.headers.as_ref()).json(&body);
        let dialect = &*self.config.host.dialect;
        let json = read_json::<Response>(request.send().await?, dialect).await?;
        let mut info = answer_info(&json, cx);
        let mut result = generate(json.value, cx);
        info.id = result.response.take().and_then(|response| response.id);
        result.response = Some(info);
        result.warnings = warnings;
        let body = cx.include.request_body.then_some(Value::Object(body));
        result.request = Some(RequestInfo::new(body));
        Ok(result)
    }

    async fn stream(&self, call: &CallOptions, cx: &Context) -> Result<StreamResult> {
        let (mut body, warnings) = encode(call, &self.info.model_id)?;
        body.insert("stream".to_owned(), true.into());
        let request = self.config.endpoint.post("/chat", call.headers.as_ref()).json(&body);
        let response = check(request.send().await?, &*self.config.host.dialect).await?;
        let info = ResponseInfo::default().with_headers(response.headers());
        let decoder = StreamDecoder::new(call.include_raw_chunks == Some(true));
        let start = StreamStart::new(warnings).into();
        let parts = PartStream::new(response.events(), decoder, start);
        let mut result = parts.into_result(&self.info);
        let body = cx.include.request_body.then_some(Value::Object(body));
        result.request = Some(RequestInfo::new(body));
        result.response = Some(info);
        Ok(result)
    }
}

model_calls!(Chat: Generate => generate -> GenerateResult, Stream => stream -> StreamResult);
