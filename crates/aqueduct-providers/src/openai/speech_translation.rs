//! Speech in another language while it goes on, over a WebSocket of its own.
//!
//! Source: <https://platform.openai.com/docs/api-reference/realtime> and the AI SDK's `@ai-sdk/openai` 4 (2026-11).

use std::collections::VecDeque;
use std::sync::Arc;

use aqueduct_http::{WebSocketMessage, WebSocketOptions};
use aqueduct_spec::audio::AudioFormat;
use aqueduct_spec::language::{ErrorPart, RawPart, RequestInfo, ResponseInfo, StreamStart};
use aqueduct_spec::speech_translation::{
    FinalSourceTranscript, OutputTextDelta, OutputTextFinal, SourceTranscriptDelta,
    SpeechTranslationFinish, SpeechTranslationPart as Part, SpeechTranslationStream,
    TranslatedAudio,
};
use aqueduct_spec::{
    Context, Data, Error, ModelInfo, Result, SpeechStream, TranslateSpeech, Warning,
};
use bytes::Bytes;
use futures_util::StreamExt as _;
use serde::Deserialize;
use serde_json::{Value, json};

use super::settings::Config;
use crate::failure;
use crate::live::{After, Live, LiveCodec};
use crate::model_calls::model_calls;
use crate::openai_compatible::read_error;

/// What writes down the speech that is given.
const TRANSCRIBER: &str = "gpt-realtime-whisper";

/// A model behind `/realtime/translations`.
#[derive(Debug)]
pub(super) struct SpeechTranslationModel {
    info: ModelInfo,
    config: Arc<Config>,
}

impl SpeechTranslationModel {
    pub(super) fn new(config: &Arc<Config>, model_id: &str) -> Self {
        let info = ModelInfo::new(config.provider_string("speech-translation"), model_id);
        Self { info, config: Arc::clone(config) }
    }

    async fn translate(
        &self,
        call: &TranslateSpeech,
        cx: &Context,
    ) -> Result<SpeechTranslationStream> {
        check_format(&call.input_audio_format)?;
        // Given back if the connection cannot be made.
        let audio = call.audio().reader()?;
        let unsupported = |is_given: bool, feature: &'static str, details: &'static str| {
            is_given.then(|| Warning::unsupported_because(feature, details))
        };
        let warnings = [
            unsupported(
                call.source_language.is_some(),
                "sourceLanguage",
                "OpenAI finds out by itself which language is spoken.",
            ),
            unsupported(
                call.output_audio_format.is_some(),
                "outputAudioFormat",
                "OpenAI always gives 16-bit PCM at 24 kHz.",
            ),
        ];
        let warnings: Vec<_> = warnings.into_iter().flatten().collect();
        let input = json!({ "transcription": { "model": TRANSCRIBER }, "noise_reduction": null });
        let output = json!({ "language": call.target_language });
        let session = json!({ "audio": { "input": input, "output": output } });
        let session = json!({ "type": "session.update", "session": session });
        let mut response = ResponseInfo::default();
        response.timestamp = Some(cx.now());
        response.model_id = Some(self.info.model_id.clone());

        let request = self.config.endpoint.get("/realtime/translations", call.headers.as_ref());
        let request = request.query([("model", &self.info.model_id)]);
        let mut socket = request
            .websocket(&WebSocketOptions::new(), |_, _, body| {
                read_error(&serde_json::from_slice(body).ok()?)
            })
            .await?;
        socket.send(WebSocketMessage::json(&session)?).await?;

        let codec = Codec { wants_raw: call.include_raw_chunks == Some(true), ..Codec::default() };
        let first = [StreamStart::new(warnings).into()];
        let live = Live::new(socket, codec, audio, first);
        let of = failure::of(&self.info);
        let mut answer = SpeechStream::new(live.map(move |part| part.map_err(&of)));
        answer.request = Some(RequestInfo::new(cx.include.request_body.then_some(session)));
        answer.response = Some(response);
        Ok(answer)
    }
}

model_calls!(SpeechTranslationModel: TranslateSpeech => translate -> SpeechTranslationStream);

fn check_format(format: &AudioFormat) -> Result<()> {
    match (format.media_type.as_str(), format.rate) {
        ("audio/pcm", None | Some(24_000)) => Ok(()),
        _ => Err(Error::invalid_request(
            "OpenAI translates 16-bit PCM at 24 kHz alone: give audio/pcm with the rate 24000",
        )
        .with_param("inputAudioFormat")),
    }
}

/// What OpenAI says that matters here.
#[derive(Debug, Deserialize)]
struct Event {
    #[serde(rename = "type")]
    kind: String,
    #[serde(default)]
    delta: String,
}

#[derive(Default)]
struct Codec {
    wants_raw: bool,
    source: String,
    output: String,
}

impl LiveCodec for Codec {
    type Part = Part;

    fn audio(&mut self, chunk: Bytes, out: &mut VecDeque<WebSocketMessage>) -> Result<()> {
        let audio = Data::Bytes(chunk).to_base64();
        let append = json!({ "type": "session.input_audio_buffer.append", "audio": audio });
        out.push_back(WebSocketMessage::json(&append)?);
        Ok(())
    }

    fn end(&mut self) -> Result<WebSocketMessage> {
        WebSocketMessage::json(&json!({ "type": "session.close" }))
    }

    fn receive(&mut self, message: &[u8], parts: &mut VecDeque<Part>) -> Result<After> {
        // What is no event is passed over, and so are events of no concern here.
        let Ok(raw) = serde_json::from_slice::<Value>(message) else { return Ok(After::GoOn) };
        let event = Event::deserialize(&raw).ok();
        if self.wants_raw {
            parts.push_back(RawPart::new(raw.clone()).into());
        }
        let Some(Event { kind, delta }) = event else { return Ok(After::GoOn) };
        match kind.as_str() {
            "session.output_audio.delta" if !delta.is_empty() => {
                parts.push_back(TranslatedAudio::new(Data::Base64(delta)).into());
            }
            "session.output_transcript.delta" => {
                self.output.push_str(&delta);
                parts.push_back(OutputTextDelta::new(delta).into());
            }
            "session.input_transcript.delta" => {
                self.source.push_str(&delta);
                parts.push_back(SourceTranscriptDelta::new(delta).into());
            }
            "session.closed" => {
                self.finish(parts);
                return Ok(After::Finished);
            }
            // The session goes on.
            "error" => parts.push_back(ErrorPart::new(raw).into()),
            _ => {}
        }
        Ok(After::GoOn)
    }
}

impl Codec {
    fn finish(&mut self, parts: &mut VecDeque<Part>) {
        let (source, output) = (std::mem::take(&mut self.source), std::mem::take(&mut self.output));
        if !source.is_empty() {
            parts.push_back(FinalSourceTranscript::new(source.as_str()).into());
        }
        if !output.is_empty() {
            parts.push_back(OutputTextFinal::new(output.as_str()).into());
        }
        parts.push_back(SpeechTranslationFinish::new(source, output).into());
    }
}
