//! `POST /audio/transcriptions`.
//!
//! Source: <https://console.groq.com/docs/speech-to-text> (2026-11).

use std::sync::Arc;

use aqueduct_http::{Multipart, Response};
use aqueduct_spec::language::ResponseInfo;
use aqueduct_spec::transcription::{TranscribeOptions, TranscribeResult};
use aqueduct_spec::{Context, ModelInfo, Result, json, media_type};
use http::HeaderMap;
use serde::Deserialize;
use serde_json::Value;

use crate::model_calls::model_calls;
use crate::openai_compatible::{Config, check, read_json};
use crate::transcript::Transcript;

/// A model behind `POST /audio/transcriptions`.
#[derive(Debug)]
pub(super) struct Transcription {
    info: ModelInfo,
    config: Arc<Config>,
}

/// Options under `groq`.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct TranscriptionOptions {
    language: Option<String>,
    prompt: Option<String>,
    response_format: Option<String>,
    temperature: Option<f64>,
    timestamp_granularities: Option<Vec<String>>,
}

/// What came back, however it was written.
struct Answer {
    transcript: Transcript,
    headers: HeaderMap,
    body: Option<Value>,
}

impl Transcription {
    pub(super) fn new(config: &Arc<Config>, model_id: &str) -> Self {
        let info = ModelInfo::new("groq.transcription", model_id);
        Self { info, config: Arc::clone(config) }
    }

    async fn transcribe(&self, call: &TranscribeOptions, cx: &Context) -> Result<TranscribeResult> {
        let now = cx.now();
        let options = call.provider_options.as_ref();
        let options = options.map(|all| all.typed::<TranscriptionOptions>("groq")).transpose()?;
        let options = options.flatten().unwrap_or_default();
        let form = self.form(call, &options)?;
        let request = self.config.endpoint.post("/audio/transcriptions", call.headers.as_ref());
        let response = request.multipart(&form).send().await?;
        let answer = if options.response_format.as_deref() == Some("text") {
            self.read_text(response, cx).await?
        } else {
            self.read_json(response, cx).await?
        };

        let mut result = answer.transcript.into_result();
        let mut info = ResponseInfo::default().with_headers(&answer.headers);
        info.timestamp = Some(now);
        info.model_id = Some(self.info.model_id.clone());
        info.body = answer.body;
        result.response = Some(info);
        Ok(result)
    }

    fn form(&self, call: &TranscribeOptions, options: &TranscriptionOptions) -> Result<Multipart> {
        let filename = format!("audio.{}", media_type::extension(&call.media_type));
        let mut form = Multipart::new().text("model", self.info.model_id.as_str()).file(
            "file",
            filename,
            call.media_type.as_str(),
            call.audio.to_bytes()?,
        );
        let temperature = options.temperature.map(|value| json::number(value).to_string());
        let fields = [
            ("language", options.language.clone()),
            ("prompt", options.prompt.clone()),
            ("response_format", options.response_format.clone()),
            ("temperature", temperature),
        ];
        for (name, value) in fields {
            if let Some(value) = value {
                form = form.text(name, value);
            }
        }
        for granularity in options.timestamp_granularities.iter().flatten() {
            form = form.text("timestamp_granularities[]", granularity.as_str());
        }
        Ok(form)
    }

    async fn read_json(&self, response: Response, cx: &Context) -> Result<Answer> {
        let json = read_json::<Transcript>(response, &*self.config.host.dialect).await?;
        let body = cx.include.response_body.then(|| serde_json::from_slice(&json.bytes).ok());
        Ok(Answer { transcript: json.value, headers: json.headers, body: body.flatten() })
    }

    async fn read_text(&self, response: Response, cx: &Context) -> Result<Answer> {
        let response = check(response, &*self.config.host.dialect).await?;
        let headers = response.headers().clone();
        let text = String::from_utf8_lossy(&response.bytes().await?).into_owned();
        let body = cx.include.response_body.then(|| Value::String(text.clone()));
        Ok(Answer { transcript: Transcript { text, ..Transcript::default() }, headers, body })
    }
}

model_calls!(Transcription: Transcribe => transcribe -> TranscribeResult);
