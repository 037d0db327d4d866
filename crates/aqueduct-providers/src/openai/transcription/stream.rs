//! Transcripts while the speech goes on, over the realtime WebSocket.
//!
//! The session listens without finding turns by itself: all audio is one item, which is committed at its end and transcribed
//! while it grows.
//!
//! Source: <https://platform.openai.com/docs/guides/realtime-transcription> and the AI SDK's `@ai-sdk/openai` 4 (2026-11).

use std::collections::VecDeque;

use aqueduct_http::{WebSocketMessage, WebSocketOptions};
use aqueduct_spec::language::{ErrorPart, RawPart, RequestInfo, ResponseInfo, StreamStart};
use aqueduct_spec::transcription_stream::{
    StreamTranscribeOptions, TranscriptDelta, TranscriptFinal, TranscriptionFinish,
    TranscriptionStream, TranscriptionStreamPart as Part,
};
use aqueduct_spec::{
    BoxFuture, Context, Data, Error, JsonObject, Model, ProviderMetadata, Result, SpeechStream,
    StreamTranscribe, Warning,
};
use bytes::Bytes;
use futures_util::StreamExt as _;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::model::{TranscriptionModel, listens_live};
use crate::failure;
use crate::live::{After, Live, LiveCodec};
use crate::openai_compatible::read_error;

/// Options under `openai` of a stream.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct StreamOptions {
    language: Option<String>,
    streaming: Streaming,
}

/// What only streams have.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Streaming {
    /// `minimal`, `low`, `medium`, `high` or `xhigh`: more delay, fewer mistakes.
    delay: Option<String>,
    /// Such as `item.input_audio_transcription.logprobs`.
    include: Option<Vec<String>>,
}

/// Options that whole transcripts have and streams have not.
const NOT_STREAMED: [&str; 4] = ["include", "prompt", "temperature", "timestampGranularities"];

impl TranscriptionModel {
    async fn stream(&self, call: &StreamTranscribe, cx: &Context) -> Result<TranscriptionStream> {
        let model = self.info.model_id.as_str();
        if !listens_live(model) {
            let what = format_args!("streaming transcription with {model}");
            return Err(Error::unsupported(what));
        }
        // Given back if the connection cannot be made.
        let audio = call.audio().reader()?;
        let (options, warnings) = read_options(call)?;
        let session = session(call, model, &options)?;
        let mut response = ResponseInfo::default();
        response.timestamp = Some(cx.now());
        response.model_id = Some(model.to_owned());

        let request = self.config.endpoint.get("/realtime", call.headers.as_ref());
        let request = request.query([("intent", "transcription")]);
        let mut socket = request
            .websocket(&WebSocketOptions::new(), |_, _, body| {
                read_error(&serde_json::from_slice(body).ok()?)
            })
            .await?;
        socket.send(WebSocketMessage::json(&session)?).await?;

        let codec =
            Codec { wants_raw: call.include_raw_chunks == Some(true), language: options.language };
        let live = Live::new(socket, codec, audio, [StreamStart::new(warnings).into()]);
        let of = failure::of(&self.info);
        let mut answer = SpeechStream::new(live.map(move |part| part.map_err(&of)));
        answer.request = Some(RequestInfo::new(cx.include.request_body.then_some(session)));
        answer.response = Some(response);
        Ok(answer)
    }
}

impl Model<StreamTranscribe> for TranscriptionModel {
    fn call<'a>(
        &'a self,
        call: StreamTranscribe,
        cx: &'a Context,
    ) -> BoxFuture<'a, Result<TranscriptionStream>> {
        Box::pin(async move { self.stream(&call, cx).await.map_err(failure::of(&self.info)) })
    }
}

fn read_options(call: &StreamTranscribeOptions) -> Result<(StreamOptions, Vec<Warning>)> {
    let Some(options) = &call.provider_options else { return Ok(Default::default()) };
    let given = options.get("openai");
    let is_given = |name: &&str| {
        given.and_then(|given| given.get(*name)).is_some_and(|value| !value.is_null())
    };
    let warnings = NOT_STREAMED.into_iter().filter(is_given).map(|name| {
        let details = format!("OpenAI streaming transcription does not support {name}.");
        Warning::unsupported_because(format!("providerOptions.openai.{name}"), details)
    });
    Ok((options.typed("openai")?.unwrap_or_default(), warnings.collect()))
}

/// The first message: what to listen to, and with which model.
fn session(call: &StreamTranscribeOptions, model: &str, options: &StreamOptions) -> Result<Value> {
    let session = Session {
        kind: "transcription",
        audio: json!({ "input": {
            "format": call.input_audio_format,
            "transcription": Transcription {
                model,
                language: options.language.as_deref(),
                delay: options.streaming.delay.as_deref(),
            },
            "turn_detection": null,
        } }),
        include: options.streaming.include.as_deref(),
    };
    serde_json::to_value(session)
        .map(|session| json!({ "type": "session.update", "session": session }))
        .map_err(|error| Error::internal("cannot write a session").with_source(error))
}

#[derive(Serialize)]
struct Session<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    audio: Value,
    #[serde(skip_serializing_if = "Option::is_none")]
    include: Option<&'a [String]>,
}

#[derive(Serialize)]
struct Transcription<'a> {
    model: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    language: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    delay: Option<&'a str>,
}

/// What OpenAI says that matters here.
#[derive(Debug, Deserialize)]
struct Event {
    #[serde(rename = "type")]
    kind: String,
    item_id: Option<String>,
    delta: Option<String>,
    transcript: Option<String>,
    /// What it used: tokens, or seconds.
    usage: Option<Value>,
    /// How sure it is of each token, if that was asked for.
    logprobs: Option<Value>,
}

struct Codec {
    wants_raw: bool,
    language: Option<String>,
}

impl LiveCodec for Codec {
    type Part = Part;

    fn audio(&mut self, chunk: Bytes, out: &mut VecDeque<WebSocketMessage>) -> Result<()> {
        let audio = Data::Bytes(chunk).to_base64();
        let append = json!({ "type": "input_audio_buffer.append", "audio": audio });
        out.push_back(WebSocketMessage::json(&append)?);
        Ok(())
    }

    fn end(&mut self) -> Result<WebSocketMessage> {
        WebSocketMessage::json(&json!({ "type": "input_audio_buffer.commit" }))
    }

    fn receive(&mut self, message: &[u8], parts: &mut VecDeque<Part>) -> Result<After> {
        // What is no event is passed over, and so are events of no concern here.
        let Ok(raw) = serde_json::from_slice::<Value>(message) else { return Ok(After::GoOn) };
        let event = Event::deserialize(&raw).ok();
        if self.wants_raw {
            parts.push_back(RawPart::new(raw.clone()).into());
        }
        let Some(event) = event else { return Ok(After::GoOn) };
        match event.kind.as_str() {
            "conversation.item.input_audio_transcription.delta" => {
                let mut delta = TranscriptDelta::new(event.delta.unwrap_or_default());
                delta.id = event.item_id;
                delta.provider_metadata = metadata(None, event.logprobs);
                parts.push_back(delta.into());
                Ok(After::GoOn)
            }
            "conversation.item.input_audio_transcription.completed" => {
                self.finish(event, parts);
                Ok(After::Finished)
            }
            "error" | "conversation.item.input_audio_transcription.failed" => {
                Err(ErrorPart::new(raw).to_error())
            }
            _ => Ok(After::GoOn),
        }
    }
}

impl Codec {
    fn finish(&mut self, event: Event, parts: &mut VecDeque<Part>) {
        let text = event.transcript.unwrap_or_default();
        let seconds = event.usage.as_ref().and_then(|usage| usage.get("seconds")?.as_f64());
        let metadata = metadata(event.usage, event.logprobs);
        if event.item_id.is_some() {
            let mut last = TranscriptFinal::new(text.as_str());
            last.id = event.item_id;
            parts.push_back(last.into());
        }
        let mut finish = TranscriptionFinish::new(text, []);
        finish.language = self.language.take();
        finish.duration_in_seconds = seconds;
        finish.provider_metadata = metadata;
        parts.push_back(finish.into());
    }
}

fn metadata(usage: Option<Value>, logprobs: Option<Value>) -> Option<ProviderMetadata> {
    let fields = [("usage", usage), ("logprobs", logprobs)];
    let object: JsonObject = fields
        .into_iter()
        .filter_map(|(name, value)| Some((name.to_owned(), value.filter(|it| !it.is_null())?)))
        .collect();
    (!object.is_empty()).then(|| ProviderMetadata::of("openai", object))
}
