//! The transcription model.

use std::sync::Arc;

use aqueduct_http::Multipart;
use aqueduct_spec::language::ResponseInfo;
use aqueduct_spec::transcription::{TranscribeOptions, TranscribeResult};
use aqueduct_spec::{Context, Error, ModelInfo, Result, json, media_type};
use serde::Deserialize;

use super::languages;
use crate::model_calls::model_calls;
use crate::openai::settings::Config;
use crate::openai_compatible::{Plain, read_json};
use crate::transcript::Transcript;

/// A model behind `POST /audio/transcriptions`.
#[derive(Debug)]
pub(in crate::openai) struct TranscriptionModel {
    pub(super) info: ModelInfo,
    pub(super) config: Arc<Config>,
}

/// Whether a model listens to streams of audio, and to nothing else. Snapshots have the date behind the name.
pub(super) fn listens_live(model: &str) -> bool {
    model == "gpt-realtime-whisper" || model.starts_with("gpt-realtime-whisper-")
}

/// Options under `openai`. Where any are given, those with a default are sent too.
///
/// Source: <https://platform.openai.com/docs/api-reference/audio/createTranscription> (2026-11).
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct TranscriptionOptions {
    include: Option<Vec<String>>,
    language: Option<String>,
    prompt: Option<String>,
    #[serde(default = "no_chance")]
    temperature: Option<f64>,
    #[serde(default = "by_segment")]
    timestamp_granularities: Option<Vec<String>>,
}

#[expect(clippy::unnecessary_wraps, reason = "the signature serde asks for")]
fn no_chance() -> Option<f64> {
    Some(0.0)
}

#[expect(clippy::unnecessary_wraps, reason = "the signature serde asks for")]
fn by_segment() -> Option<Vec<String>> {
    Some(vec!["segment".to_owned()])
}

impl TranscriptionModel {
    pub(in crate::openai) fn new(config: &Arc<Config>, model_id: &str) -> Self {
        let info = ModelInfo::new(config.provider_string("transcription"), model_id);
        Self { info, config: Arc::clone(config) }
    }

    async fn transcribe(&self, call: &TranscribeOptions, cx: &Context) -> Result<TranscribeResult> {
        let model = self.info.model_id.as_str();
        if listens_live(model) {
            let what = format_args!("non-streaming transcription with {model}");
            return Err(Error::unsupported(what));
        }
        let now = cx.now();
        let options = call.provider_options.as_ref().map(|it| it.typed("openai")).transpose()?;
        let form = self.form(call, options.flatten())?;
        let request = self.config.post("/audio/transcriptions", model, call.headers.as_ref());
        let response = request.multipart(&form).send().await?;
        let json = read_json::<Transcript>(response, &Plain).await?;
        let mut result = json.value.into_result();
        result.language = result.language.as_deref().and_then(languages::code).map(str::to_owned);
        let mut info = ResponseInfo::default().with_headers(&json.headers);
        info.timestamp = Some(now);
        info.model_id = Some(self.info.model_id.clone());
        if cx.include.response_body {
            info.body = serde_json::from_slice(&json.bytes).ok();
        }
        result.response = Some(info);
        Ok(result)
    }

    fn form(
        &self,
        call: &TranscribeOptions,
        options: Option<TranscriptionOptions>,
    ) -> Result<Multipart> {
        let model = self.info.model_id.as_str();
        let filename = format!("audio.{}", media_type::extension(&call.media_type));
        let mut form = Multipart::new().text("model", model).file(
            "file",
            filename,
            call.media_type.as_str(),
            call.audio.to_bytes()?,
        );
        // The form with segments, where the model has it.
        let format = match model {
            "whisper-1" => Some("verbose_json"),
            _ if options.is_none() => None,
            "gpt-4o-transcribe" | "gpt-4o-mini-transcribe" => Some("json"),
            _ => Some("verbose_json"),
        };
        if let Some(format) = format {
            form = form.text("response_format", format);
        }
        let Some(options) = options else { return Ok(form) };
        for item in options.include.into_iter().flatten() {
            form = form.text("include[]", item);
        }
        let temperature = options.temperature.map(|value| json::number(value).to_string());
        let fields = [
            ("language", options.language),
            ("prompt", options.prompt),
            ("temperature", temperature),
        ];
        for (name, value) in fields {
            if let Some(value) = value {
                form = form.text(name, value);
            }
        }
        for granularity in options.timestamp_granularities.into_iter().flatten() {
            form = form.text("timestamp_granularities[]", granularity);
        }
        Ok(form)
    }
}

model_calls!(TranscriptionModel: Transcribe => transcribe -> TranscribeResult);
