//! `POST /audio/transcriptions`.
//!
//! Source: <https://docs.mistral.ai/api/endpoint/audio/transcriptions> (2026-11).

use std::sync::Arc;

use aqueduct_http::Multipart;
use aqueduct_spec::transcription::{TranscribeOptions, TranscribeResult, TranscriptSegment};
use aqueduct_spec::{
    Context, Error, JsonObject, ModelInfo, ProviderMetadata, Result, json, media_type,
};
use serde::Deserialize;
use serde_json::Value;

use crate::answer_info::answer_info;
use crate::model_calls::model_calls;
use crate::openai_compatible::{Config, read_json};
use crate::vendor_options;

/// A model behind `POST /audio/transcriptions`.
#[derive(Debug)]
pub(super) struct Transcription {
    info: ModelInfo,
    config: Arc<Config>,
}

/// Options under `mistral`.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct TranscriptionOptions {
    language: Option<String>,
    temperature: Option<f64>,
    timestamp_granularities: Option<Vec<String>>,
    diarize: Option<bool>,
    context_bias: Option<Vec<String>>,
}

#[derive(Deserialize)]
struct Transcript {
    model: String,
    text: String,
    language: Option<String>,
    segments: Option<Vec<Segment>>,
    usage: Option<JsonObject>,
}

#[derive(Deserialize)]
struct Segment {
    text: String,
    start: f64,
    end: f64,
    #[serde(rename = "type")]
    kind: Option<String>,
    score: Option<f64>,
    speaker_id: Option<String>,
}

impl Transcription {
    pub(super) fn new(config: &Arc<Config>, model_id: &str) -> Self {
        Self { info: ModelInfo::new("mistral.transcription", model_id), config: Arc::clone(config) }
    }

    async fn transcribe(&self, call: &TranscribeOptions, cx: &Context) -> Result<TranscribeResult> {
        let now = cx.now();
        let options: TranscriptionOptions =
            vendor_options::read(call.provider_options.as_ref(), "mistral")?;
        let form = self.form(call, &options)?;
        let request = self.config.endpoint.post("/audio/transcriptions", call.headers.as_ref());
        let response = request.multipart(&form).send().await?;
        let json = read_json::<Transcript>(response, &*self.config.host.dialect).await?;
        let mut info = answer_info(&json, cx);
        info.timestamp = Some(now);
        let transcript = json.value;
        info.model_id = Some(transcript.model.clone());
        let metadata = metadata(&transcript);
        let Transcript { text, language, segments, usage, .. } = transcript;
        let segments = segments.into_iter().flatten();
        let segments: Vec<_> =
            segments.map(|it| TranscriptSegment::new(it.text, it.start, it.end)).collect();
        let seconds = usage.as_ref().and_then(|usage| usage.get("prompt_audio_seconds")?.as_f64());
        let seconds = seconds.or_else(|| segments.last().map(|segment| segment.end_second));
        let mut result = TranscribeResult::new(text, segments, Vec::new());
        result.language = language;
        result.duration_in_seconds = seconds;
        result.provider_metadata = metadata;
        result.response = Some(info);
        Ok(result)
    }

    fn form(&self, call: &TranscribeOptions, options: &TranscriptionOptions) -> Result<Multipart> {
        if options.language.is_some() && options.timestamp_granularities.is_some() {
            return Err(Error::invalid_request(
                "providerOptions.mistral.language cannot be combined with providerOptions.mistral.timestampGranularities",
            ));
        }
        let filename = format!("audio.{}", media_type::extension(&call.media_type));
        let mut form = Multipart::new().text("model", self.info.model_id.as_str()).file(
            "file",
            filename,
            call.media_type.as_str(),
            call.audio.to_bytes()?,
        );
        if let Some(language) = &options.language {
            form = form.text("language", language.as_str());
        }
        if let Some(temperature) = options.temperature {
            form = form.text("temperature", json::number(temperature).to_string());
        }
        for granularity in options.timestamp_granularities.iter().flatten() {
            form = form.text("timestamp_granularities", granularity.as_str());
        }
        if let Some(diarize) = options.diarize {
            form = form.text("diarize", diarize.to_string());
        }
        for word in options.context_bias.iter().flatten() {
            form = form.text("context_bias", word.as_str());
        }
        Ok(form)
    }
}

/// What the common shape of a transcript has no field for: the account, and who speaks how surely.
fn metadata(transcript: &Transcript) -> Option<ProviderMetadata> {
    const COUNTS: [(&str, &str); 5] = [
        ("prompt_tokens", "promptTokens"),
        ("completion_tokens", "completionTokens"),
        ("total_tokens", "totalTokens"),
        ("prompt_audio_seconds", "promptAudioSeconds"),
        ("request_count", "requestCount"),
    ];
    let mut metadata = JsonObject::new();
    if let Some(usage) = &transcript.usage {
        let counts = COUNTS.iter().filter_map(|(theirs, ours)| {
            let count = usage.get(*theirs).filter(|count| !count.is_null())?;
            Some(((*ours).to_owned(), count.clone()))
        });
        metadata.insert("usage".to_owned(), Value::Object(counts.collect()));
    }
    let told = |it: &&Segment| it.kind.is_some() || it.score.is_some() || it.speaker_id.is_some();
    let segments = transcript.segments.iter().flatten().filter(told).map(segment);
    let segments: Vec<Value> = segments.collect();
    if !segments.is_empty() {
        metadata.insert("segments".to_owned(), Value::Array(segments));
    }
    (!metadata.is_empty()).then(|| ProviderMetadata::of("mistral", metadata))
}

fn segment(segment: &Segment) -> Value {
    let mut object = JsonObject::from_iter([
        ("text".to_owned(), segment.text.as_str().into()),
        ("startSecond".to_owned(), json::number(segment.start)),
        ("endSecond".to_owned(), json::number(segment.end)),
    ]);
    let rest = [
        ("type", segment.kind.as_deref().map(Value::from)),
        ("score", segment.score.map(json::number)),
        ("speakerId", segment.speaker_id.as_deref().map(Value::from)),
    ];
    for (name, value) in rest {
        if let Some(value) = value {
            object.insert(name.to_owned(), value);
        }
    }
    Value::Object(object)
}

model_calls!(Transcription: Transcribe => transcribe -> TranscribeResult);
