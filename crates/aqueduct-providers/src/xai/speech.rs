//! `POST /tts`.
//!
//! Source: <https://docs.x.ai/docs/guides/text-to-speech> (2026-11).

use std::collections::BTreeMap;
use std::sync::Arc;

use aqueduct_http::Response;
use aqueduct_spec::language::{RequestInfo, ResponseInfo};
use aqueduct_spec::speech::{GenerateSpeechOptions, GenerateSpeechResult};
use aqueduct_spec::{
    Context, Data, JsonObject, ModelInfo, ProviderMetadata, Result, Warning, json,
};
use bytes::Bytes;
use serde::Deserialize;
use serde_json::{Value, json};

use super::KEY;
use super::error::Errors;
use crate::answer_info::answer_info;
use crate::file_answer::read_file;
use crate::model_calls::model_calls;
use crate::openai::exchange::body;
use crate::openai_compatible::{Endpoint, check, read_json};
use crate::vendor_options;

const FORMATS: &[&str] = &["mp3", "wav", "pcm", "mulaw", "alaw"];

/// The model that speaks; it has no name.
#[derive(Debug)]
pub(super) struct Speech {
    info: ModelInfo,
    endpoint: Arc<Endpoint>,
}

/// Options under `xai`.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct SpeechOptions {
    /// In Hz.
    sample_rate: Option<f64>,
    /// In bits a second; for MP3 alone.
    bit_rate: Option<f64>,
    optimize_streaming_latency: Option<f64>,
    text_normalization: Option<bool>,
    /// Whether to tell when each character is said.
    with_timestamps: Option<bool>,
    /// What to say in the place of phrases.
    replace: Option<BTreeMap<String, String>>,
}

/// The answer where times were asked for.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Timed {
    audio: Option<String>,
    content_type: Option<String>,
    duration: Option<Value>,
    audio_timestamps: Option<Times>,
}

/// When each character is said.
#[derive(Debug, Deserialize)]
struct Times {
    graph_chars: Value,
    graph_times: Value,
}

impl Speech {
    pub(super) fn new(endpoint: &Arc<Endpoint>, model_id: &str) -> Self {
        Self { info: ModelInfo::new("xai.speech", model_id), endpoint: Arc::clone(endpoint) }
    }

    async fn generate(
        &self,
        call: &GenerateSpeechOptions,
        cx: &Context,
    ) -> Result<GenerateSpeechResult> {
        let now = cx.now();
        let options: SpeechOptions = vendor_options::read(call.provider_options.as_ref(), KEY)?;
        let is_timed = options.with_timestamps == Some(true);
        let (request, warnings) = encode(call, options);
        let bytes = body(&request)?;
        let sent = self.endpoint.post("/tts", call.headers.as_ref()).json_bytes(bytes.clone());
        let response = check(sent.send().await?, &Errors).await?;
        let trace = response.headers().get("x-trace-id");
        let trace = trace.and_then(|trace| trace.to_str().ok()).map(Value::from);
        let (audio, timed, mut info) =
            if is_timed { timed(response, cx).await? } else { plain(response).await? };
        info.timestamp = Some(now);
        info.model_id = Some(self.info.model_id.clone());
        let mut result = GenerateSpeechResult::new(audio, warnings);
        result.provider_metadata = Some(metadata(trace, timed));
        result.response = Some(info);
        result.request = Some(request_text(&bytes, cx));
        Ok(result)
    }
}

/// As text, the way the AI SDK keeps the body of such a call.
fn request_text(bytes: &Bytes, cx: &Context) -> RequestInfo {
    let text = || Value::String(String::from_utf8_lossy(bytes).into_owned());
    RequestInfo::new(cx.include.request_body.then(text))
}

fn encode(call: &GenerateSpeechOptions, options: SpeechOptions) -> (JsonObject, Vec<Warning>) {
    let mut warnings = Vec::new();
    let mut codec = call.output_format.as_deref().unwrap_or("mp3");
    if !FORMATS.contains(&codec) {
        let details = format!("Unsupported output format: {codec}. Using mp3 instead.");
        warnings.push(Warning::unsupported_because("outputFormat", details));
        codec = "mp3";
    }
    if call.instructions.is_some() {
        warnings.push(Warning::unsupported_because(
            "instructions",
            "xAI speech models do not support the `instructions` option. Use xAI speech tags in `text` to control delivery.",
        ));
    }
    let mut format = JsonObject::from_iter([("codec".to_owned(), codec.into())]);
    if let Some(rate) = options.sample_rate {
        format.insert("sample_rate".to_owned(), json::number(rate));
    }
    match options.bit_rate {
        Some(rate) if codec == "mp3" => {
            format.insert("bit_rate".to_owned(), json::number(rate));
        }
        Some(_) => warnings.push(Warning::unsupported_because(
            "providerOptions",
            "xAI `bitRate` is supported only for mp3 output. It was ignored.",
        )),
        None => {}
    }
    let fields = [
        ("text", Some(call.text.as_str().into())),
        ("voice_id", Some(call.voice.as_deref().unwrap_or("eve").into())),
        ("language", Some(call.language.as_deref().unwrap_or("auto").into())),
        ("output_format", Some(Value::Object(format))),
        ("speed", call.speed.map(json::number)),
        ("optimize_streaming_latency", options.optimize_streaming_latency.map(json::number)),
        ("text_normalization", options.text_normalization.map(Value::from)),
        ("with_timestamps", options.with_timestamps.map(Value::from)),
        ("replace", options.replace.map(|replace| json!(replace))),
    ];
    let fields = fields.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?)));
    (fields.collect(), warnings)
}

/// An answer that is the audio.
async fn plain(response: Response) -> Result<(Data, Option<Timed>, ResponseInfo)> {
    let info = ResponseInfo::default().with_headers(response.headers());
    Ok((Data::Bytes(read_file(response).await?), None, info))
}

/// An answer that holds the audio.
async fn timed(response: Response, cx: &Context) -> Result<(Data, Option<Timed>, ResponseInfo)> {
    let mut json = read_json::<Timed>(response, &Errors).await?;
    let info = answer_info(&json, cx);
    let audio = Data::Base64(json.value.audio.take().unwrap_or_default());
    Ok((audio, Some(json.value), info))
}

fn metadata(trace: Option<Value>, timed: Option<Timed>) -> ProviderMetadata {
    let timed = timed.unwrap_or_default();
    let times = timed.audio_timestamps;
    let times = times
        .map(|times| json!({ "graphChars": times.graph_chars, "graphTimes": times.graph_times }));
    let fields = [
        ("traceId", trace),
        ("duration", timed.duration),
        ("contentType", timed.content_type.map(Value::from)),
        ("audioTimestamps", times),
    ];
    let fields = fields.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?)));
    ProviderMetadata::of(KEY, fields.collect())
}

model_calls!(Speech: GenerateSpeech => generate -> GenerateSpeechResult);
