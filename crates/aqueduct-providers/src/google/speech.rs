//! Speech by `:generateContent`: Gemini models whose answer is sound.
//!
//! Source: <https://ai.google.dev/gemini-api/docs/speech-generation> (2026-11).

use std::sync::Arc;

use aqueduct_spec::language::{RequestInfo, ResponseInfo};
use aqueduct_spec::speech::{GenerateSpeechOptions, GenerateSpeechResult};
use aqueduct_spec::{
    Context, Data, Error, JsonObject, ModelInfo, ProviderMetadata, Result, Warning,
};
use bytes::Bytes;
use serde_json::{Value, json};

use super::config::Config;
use super::error;
use super::generate_content::{encode, wire};
use super::options::GoogleSpeechOptions;
use crate::model_calls::model_calls;

const DEFAULT_VOICE: &str = "Kore";

/// In hertz, where the answer does not say.
const DEFAULT_SAMPLE_RATE: u32 = 24_000;

/// A model of Gemini that speaks.
#[derive(Debug)]
pub(super) struct Speech {
    info: ModelInfo,
    config: Arc<Config>,
}

struct Encoded {
    request: wire::Request,
    warnings: Vec<Warning>,
    is_raw: bool,
}

impl Speech {
    pub(super) fn new(config: &Arc<Config>, model_id: &str) -> Self {
        let info = ModelInfo::new(format!("{}.speech", config.dialect.provider), model_id);
        Self { info, config: Arc::clone(config) }
    }

    async fn generate(
        &self,
        call: &GenerateSpeechOptions,
        cx: &Context,
    ) -> Result<GenerateSpeechResult> {
        let now = cx.now();
        let Encoded { request, mut warnings, is_raw } = self.encode(call)?;
        let path = format!("/models/{}:generateContent", self.info.model_id);
        let sent = self.config.endpoint.post(&path, call.headers.as_ref()).json(&request);
        let json = error::json::<wire::Response>(sent.send().await?).await?;
        let (pcm, media_type) = sound(json.value)?;
        let rate = media_type.as_deref().and_then(sample_rate).unwrap_or(DEFAULT_SAMPLE_RATE);
        if is_raw && !pcm.is_empty() {
            warnings.push(Warning::unsupported_because(
                "outputFormat",
                format!(
                    "Returning raw PCM audio (signed 16-bit little-endian, mono, {rate} Hz). These bytes have no container header and are not directly playable; see providerMetadata.google for the sample rate and mime type."
                ),
            ));
        }
        let audio = if is_raw || pcm.is_empty() { pcm } else { in_wav(&pcm, rate)? };
        let mut result = GenerateSpeechResult::new(audio, warnings);
        let metadata = JsonObject::from_iter([
            ("sampleRate".to_owned(), rate.into()),
            ("mimeType".to_owned(), media_type.into()),
        ]);
        result.provider_metadata = Some(ProviderMetadata::of("google", metadata));
        let mut info = ResponseInfo::default().with_headers(&json.headers);
        info.timestamp = Some(now);
        info.model_id = Some(self.info.model_id.clone());
        if cx.include.response_body {
            info.body = serde_json::from_slice(&json.bytes).ok();
        }
        result.response = Some(info);
        let body = cx.include.request_body.then(|| serde_json::to_string(&request).ok()).flatten();
        result.request = Some(RequestInfo::new(body.map(Value::from)));
        Ok(result)
    }

    fn encode(&self, call: &GenerateSpeechOptions) -> Result<Encoded> {
        let mut warnings = Vec::new();
        let mut warn = |feature: &str, details: String| {
            warnings.push(Warning::unsupported_because(feature, details));
        };
        let keys = self.config.dialect.option_keys();
        let options: GoogleSpeechOptions = encode::options(call.provider_options.as_ref(), keys)?;
        let mut text = call.text.clone();
        let speech_config = match (&options.multi_speaker_voice_config, &call.instructions) {
            (Some(speakers), instructions) => {
                if instructions.is_some() {
                    warn(
                        "instructions",
                        "Google Gemini TTS ignores `instructions` when `multiSpeakerVoiceConfig` is set, because prepending them would break multi-speaker transcript parsing.".to_owned(),
                    );
                }
                json!({ "multiSpeakerVoiceConfig": speakers })
            }
            (None, instructions) => {
                // Gemini takes directions from the text itself.
                if let Some(instructions) = instructions {
                    text = format!("{instructions}: {text}");
                }
                let voice = call.voice.as_deref().unwrap_or(DEFAULT_VOICE);
                json!({ "voiceConfig": { "prebuiltVoiceConfig": { "voiceName": voice } } })
            }
        };
        if call.speed.is_some() {
            warn(
                "speed",
                "Google Gemini TTS models do not support the `speed` option. It was ignored."
                    .to_owned(),
            );
        }
        if call.language.is_some() {
            warn(
                "language",
                "Google Gemini TTS models do not support the `language` option. Language is detected automatically from the input text.".to_owned(),
            );
        }
        let format = call.output_format.as_deref();
        if let Some(other) = format.filter(|format| !matches!(*format, "pcm" | "wav")) {
            warn("outputFormat", format!("Unsupported output format: {other}. Using wav instead."));
        }
        let request = wire::Request {
            contents: vec![wire::Content::new("user", vec![wire::Part::text(text)])],
            generation_config: Some(wire::GenerationConfig {
                response_modalities: Some(vec!["AUDIO".to_owned()]),
                speech_config: Some(speech_config),
                ..wire::GenerationConfig::default()
            }),
            ..wire::Request::default()
        };
        Ok(Encoded { request, warnings, is_raw: format == Some("pcm") })
    }
}

/// The sound of an answer and its media type; empty if there is none.
fn sound(response: wire::Response) -> Result<(Bytes, Option<String>)> {
    let parts = response
        .candidates
        .into_iter()
        .flatten()
        .filter_map(|candidate| candidate.content?.parts)
        .flatten();
    let blob = parts.filter_map(|part| part.inline_data).find(|blob| !blob.data.is_empty());
    let Some(blob) = blob else { return Ok((Bytes::new(), None)) };
    let pcm = Data::Base64(blob.data)
        .to_bytes()
        .map_err(|_| Error::invalid_response("the sound of the answer is not base64"))?;
    Ok((pcm, Some(blob.mime_type).filter(|it| !it.is_empty())))
}

/// The rate in `audio/L16;rate=24000`.
fn sample_rate(media_type: &str) -> Option<u32> {
    let (_, rest) = media_type.split_once("rate=")?;
    let digits = rest.split(|c: char| !c.is_ascii_digit()).next()?;
    digits.parse().ok()
}

/// Puts a WAV header before 16-bit mono samples, without which nothing plays them.
///
/// # Errors
/// `InvalidResponse` if they are more than a WAV file can hold, which is 4 GiB.
fn in_wav(pcm: &[u8], sample_rate: u32) -> Result<Bytes> {
    let size = u32::try_from(pcm.len())
        .ok()
        .filter(|size| *size <= u32::MAX - 36)
        .ok_or_else(|| Error::invalid_response("the sound of the answer is too long"))?;
    let mut out = Vec::with_capacity(44 + pcm.len());
    out.extend_from_slice(b"RIFF");
    out.extend_from_slice(&(36 + size).to_le_bytes());
    out.extend_from_slice(b"WAVEfmt ");
    out.extend_from_slice(&16_u32.to_le_bytes());
    out.extend_from_slice(&1_u16.to_le_bytes());
    out.extend_from_slice(&1_u16.to_le_bytes());
    out.extend_from_slice(&sample_rate.to_le_bytes());
    out.extend_from_slice(&sample_rate.wrapping_mul(2).to_le_bytes());
    out.extend_from_slice(&2_u16.to_le_bytes());
    out.extend_from_slice(&16_u16.to_le_bytes());
    out.extend_from_slice(b"data");
    out.extend_from_slice(&size.to_le_bytes());
    out.extend_from_slice(pcm);
    Ok(out.into())
}

model_calls!(Speech: GenerateSpeech => generate -> GenerateSpeechResult);
