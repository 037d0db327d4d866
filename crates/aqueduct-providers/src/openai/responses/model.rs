//! The language model behind `POST /responses`.

use std::sync::Arc;

use aqueduct_http::Response;
use aqueduct_spec::language::{
    CallOptions, GenerateResult, ResponseInfo, StreamResult, StreamStart,
};
use aqueduct_spec::{Context, Error, ModelInfo, Profile, Result, UrlPattern};
use bytes::Bytes;

use super::decode::{Reading, StreamDecoder, generate};
use super::encode::{Encoded, Target, encode};
use super::wire::{self, Event};
use crate::model_calls::model_calls;
use crate::openai::early_error::{Failure, Verdict, begin};
use crate::openai::exchange::{body, request_info};
use crate::openai::settings::Config;
use crate::openai_compatible::{Plain, check, read_json};
use crate::part_stream::PartStream;

/// A model behind `POST /responses`.
#[derive(Debug)]
pub(crate) struct ResponsesModel {
    pub(in crate::openai) info: ModelInfo,
    pub(in crate::openai) config: Arc<Config>,
}

/// A request on its way.
struct Prepared {
    bytes: Bytes,
    reading: Reading,
    warnings: Vec<aqueduct_spec::Warning>,
}

impl ResponsesModel {
    pub(crate) fn new(config: &Arc<Config>, model_id: &str) -> Self {
        let mut profile = Profile::default();
        for media_type in ["image/*", "application/pdf"] {
            profile.supported_urls.insert(media_type.to_owned(), vec![UrlPattern::Web]);
        }
        let info =
            ModelInfo::new(config.provider_string("responses"), model_id).with_profile(profile);
        Self { info, config: Arc::clone(config) }
    }

    /// Writes a call.
    pub(in crate::openai) fn encode(&self, call: &CallOptions) -> Result<Encoded> {
        let target = Target::new(&self.info.model_id, &self.info.provider)
            .with_file_id_prefixes(&self.config.file_id_prefixes);
        encode(call, target)
    }

    fn prepare(&self, call: &CallOptions, stream: bool) -> Result<Prepared> {
        let mut encoded = self.encode(call)?;
        encoded.request.stream = stream.then_some(true);
        let bytes = body(&encoded.request)?;
        Ok(Prepared { bytes, reading: encoded.reading, warnings: encoded.warnings })
    }

    async fn send(&self, call: &CallOptions, bytes: &Bytes) -> Result<Response> {
        let headers = call.headers.as_ref();
        self.config.send("/responses", &self.info.model_id, headers, bytes).await
    }

    async fn generate(&self, call: &CallOptions, cx: &Context) -> Result<GenerateResult> {
        let Prepared { bytes, reading, warnings } = self.prepare(call, false)?;
        let response = self.send(call, &bytes).await?;
        let json = read_json::<wire::Response>(response, &Plain).await?;
        let failure = |error: Error| error.with_response(json.headers.clone(), json.bytes.clone());
        let mut result = generate(json.value, &reading, cx).map_err(failure)?;
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
        let Prepared { bytes, reading, warnings } = self.prepare(call, true)?;
        let response = check(self.send(call, &bytes).await?, &Plain).await?;
        let info = ResponseInfo::default().with_headers(response.headers());
        let begun = begin(response, verdict).await?;
        let decoder =
            StreamDecoder::new(reading, call.include_raw_chunks == Some(true), cx.clone());
        let start = StreamStart::new(warnings).into();
        let parts = PartStream::new(begun.events, decoder, start).with_read(begun.read);
        let mut result = parts.into_result(&self.info);
        result.request = Some(request_info(&bytes, cx));
        result.response = Some(info);
        Ok(result)
    }
}

/// What an event says of the call.
fn verdict(data: &str) -> Verdict {
    match Event::read(data) {
        Ok(Event::Created(_) | Event::InProgress(_) | Event::Unknown(_)) => Verdict::Silent,
        Ok(Event::Failed(event)) => match &event.response.error {
            Some(error) => {
                let code = error.code.clone().filter(|code| !code.is_null());
                let message = Some(error.message.clone());
                Verdict::Failed(Failure { message, code, kind: Some("response.failed".to_owned()) })
            }
            None => Verdict::Silent,
        },
        Ok(event @ Event::Error(_)) => {
            let value = serde_json::to_value(&event).unwrap_or_default();
            let error = value.get("error").filter(|error| error.is_object());
            Verdict::Failed(Failure::read(error.unwrap_or(&value)))
        }
        Ok(_) | Err(_) => Verdict::Begun,
    }
}

model_calls!(ResponsesModel:
    Generate => generate -> GenerateResult,
    Stream => stream -> StreamResult,
);
