//! `POST /audio/speech`.
//!
//! Source: <https://docs.mistral.ai/api/endpoint/audio/speech> (2026-11).

use std::sync::Arc;

use aqueduct_spec::language::RequestInfo;
use aqueduct_spec::speech::{GenerateSpeechOptions, GenerateSpeechResult};
use aqueduct_spec::{Context, Data, JsonObject, ModelInfo, Result, Warning};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::answer_info::answer_info;
use crate::model_calls::model_calls;
use crate::openai_compatible::{Config, read_json};
use crate::vendor_options;

const FORMATS: [&str; 5] = ["pcm", "wav", "mp3", "flac", "opus"];

/// A model behind `POST /audio/speech`.
#[derive(Debug)]
pub(super) struct Speech {
    info: ModelInfo,
    config: Arc<Config>,
}

/// Options under `mistral`.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct SpeechOptions {
    /// Base64 of a voice to speak with.
    ref_audio: Option<String>,
}

#[derive(Deserialize)]
struct Answer {
    audio_data: String,
}

impl Speech {
    pub(super) fn new(config: &Arc<Config>, model_id: &str) -> Self {
        Self { info: ModelInfo::new("mistral.speech", model_id), config: Arc::clone(config) }
    }

    async fn generate(
        &self,
        call: &GenerateSpeechOptions,
        cx: &Context,
    ) -> Result<GenerateSpeechResult> {
        let now = cx.now();
        let options: SpeechOptions =
            vendor_options::read(call.provider_options.as_ref(), "mistral")?;
        let (format, warnings) = format(call);
        let mut body = JsonObject::new();
        let mut field = |name: &str, value: Option<Value>| {
            if let Some(value) = value {
                body.insert(name.to_owned(), value);
            }
        };
        field("model", Some(self.info.model_id.as_str().into()));
        field("input", Some(call.text.as_str().into()));
        match options.ref_audio {
            Some(voice) => field("ref_audio", Some(voice.into())),
            None => field("voice_id", call.voice.as_deref().map(Value::from)),
        }
        field("response_format", Some(format.into()));
        field("stream", Some(false.into()));

        let request = self.config.endpoint.post("/audio/speech", call.headers.as_ref()).json(&body);
        let dialect = &*self.config.host.dialect;
        let mut json = read_json::<Answer>(request.send().await?, dialect).await?;
        let audio = Data::Base64(std::mem::take(&mut json.value.audio_data));
        let mut result = GenerateSpeechResult::new(audio, warnings);
        let mut info = answer_info(&json, cx);
        info.timestamp = Some(now);
        info.model_id = Some(self.info.model_id.clone());
        result.response = Some(info);
        if let Some(voice) = body.get_mut("ref_audio") {
            // A voice is personal: it does not go into what is told of the request.
            *voice = json!("[redacted]");
        }
        let body = cx.include.request_body.then(|| Value::String(Value::Object(body).to_string()));
        result.request = Some(RequestInfo::new(body));
        Ok(result)
    }
}

fn format(call: &GenerateSpeechOptions) -> (&str, Vec<Warning>) {
    let mut warnings = Vec::new();
    let mut format = call.output_format.as_deref().unwrap_or("mp3");
    if !FORMATS.contains(&format) {
        warnings.push(Warning::unsupported_because(
            "outputFormat",
            format!("Unsupported output format: {format}. Using mp3 instead."),
        ));
        format = "mp3";
    }
    if call.instructions.is_some() {
        warnings.push(Warning::unsupported_because(
            "instructions",
            "Mistral speech models do not support the `instructions` option. Use a reference audio clip to guide delivery.",
        ));
    }
    if call.speed.is_some() {
        warnings.push(Warning::unsupported_because(
            "speed",
            "Mistral speech models do not support the `speed` option. It was ignored.",
        ));
    }
    if call.language.is_some() {
        warnings.push(Warning::unsupported_because(
            "language",
            "Mistral speech models do not support the `language` option. Language is inferred from the input text and voice.",
        ));
    }
    (format, warnings)
}

model_calls!(Speech: GenerateSpeech => generate -> GenerateSpeechResult);
