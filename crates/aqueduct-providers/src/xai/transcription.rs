//! `POST /stt`.
//!
//! Source: <https://docs.x.ai/docs/guides/speech-to-text> (2026-11).

use std::sync::Arc;

use aqueduct_http::Multipart;
use aqueduct_spec::transcription::{TranscribeOptions, TranscribeResult, TranscriptSegment};
use aqueduct_spec::{Context, ModelInfo, Result, json, media_type};
use serde::Deserialize;

use super::KEY;
use super::error::Errors;
use crate::answer_info::answer_info;
use crate::model_calls::model_calls;
use crate::openai_compatible::{Endpoint, read_json};
use crate::vendor_options;

/// The model that writes down speech; it has no name.
#[derive(Debug)]
pub(super) struct Transcription {
    info: ModelInfo,
    endpoint: Arc<Endpoint>,
}

/// Options under `xai`.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct TranscriptionOptions {
    /// Of audio without a header.
    audio_format: Option<AudioFormat>,
    /// In Hz.
    sample_rate: Option<f64>,
    language: Option<String>,
    format: Option<bool>,
    multichannel: Option<bool>,
    channels: Option<u64>,
    diarize: Option<bool>,
    keyterm: Option<Terms>,
    filler_words: Option<bool>,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum AudioFormat {
    Pcm,
    Mulaw,
    Alaw,
}

impl AudioFormat {
    fn as_str(self) -> &'static str {
        match self {
            Self::Pcm => "pcm",
            Self::Mulaw => "mulaw",
            Self::Alaw => "alaw",
        }
    }
}

/// Words to listen for.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Terms {
    One(String),
    Many(Vec<String>),
}

#[derive(Debug, Deserialize)]
struct Transcript {
    text: String,
    language: Option<String>,
    duration: Option<f64>,
    words: Option<Vec<Word>>,
}

#[derive(Debug, Deserialize)]
struct Word {
    text: String,
    start: f64,
    end: f64,
}

impl Transcription {
    pub(super) fn new(endpoint: &Arc<Endpoint>, model_id: &str) -> Self {
        let info = ModelInfo::new("xai.transcription", model_id);
        Self { info, endpoint: Arc::clone(endpoint) }
    }

    async fn transcribe(&self, call: &TranscribeOptions, cx: &Context) -> Result<TranscribeResult> {
        let now = cx.now();
        let options: TranscriptionOptions =
            vendor_options::read(call.provider_options.as_ref(), KEY)?;
        let form = form(call, options)?;
        let request = self.endpoint.post("/stt", call.headers.as_ref()).multipart(&form);
        let json = read_json::<Transcript>(request.send().await?, &Errors).await?;
        let mut info = answer_info(&json, cx);
        info.timestamp = Some(now);
        info.model_id = Some(self.info.model_id.clone());
        let Transcript { text, language, duration, words } = json.value;
        let words = words.into_iter().flatten();
        let segments = words.map(|word| TranscriptSegment::new(word.text, word.start, word.end));
        let mut result = TranscribeResult::new(text, segments.collect::<Vec<_>>(), Vec::new());
        result.language = language.filter(|language| !language.is_empty());
        result.duration_in_seconds = duration;
        result.response = Some(info);
        Ok(result)
    }
}

fn form(call: &TranscribeOptions, options: TranscriptionOptions) -> Result<Multipart> {
    let fields = [
        ("audio_format", options.audio_format.map(|format| format.as_str().to_owned())),
        ("sample_rate", options.sample_rate.map(|rate| json::number(rate).to_string())),
        ("language", options.language),
        ("format", options.format.map(|it| it.to_string())),
        ("multichannel", options.multichannel.map(|it| it.to_string())),
        ("channels", options.channels.map(|it| it.to_string())),
        ("diarize", options.diarize.map(|it| it.to_string())),
        ("filler_words", options.filler_words.map(|it| it.to_string())),
    ];
    let mut form = Multipart::new();
    for (name, value) in fields {
        if let Some(value) = value {
            form = form.text(name, value);
        }
    }
    let terms = match options.keyterm {
        Some(Terms::One(term)) => vec![term],
        Some(Terms::Many(terms)) => terms,
        None => Vec::new(),
    };
    for term in terms {
        form = form.text("keyterm", term);
    }
    // The host wants the file to be the last field.
    let filename = format!("audio.{}", media_type::extension(&call.media_type));
    Ok(form.file("file", filename, call.media_type.as_str(), call.audio.to_bytes()?))
}

model_calls!(Transcription: Transcribe => transcribe -> TranscribeResult);
