//! Live transcripts: the envelope of `transcription-stream`, version 1, over a WebSocket.
//!
//! ```text
//! start, audio in binary frames, audio-done ─▶ gateway ─▶ parts, one a frame
//! ```
//!
//! Source: the wire of `@ai-sdk/gateway` 4 (2026-11).

use std::collections::VecDeque;

use aqueduct_http::{Secret, WebSocketMessage, WebSocketOptions};
use aqueduct_spec::language::{ErrorPart, Headers, ResponseInfo};
use aqueduct_spec::transcription_stream::{
    TranscriptionAudioDone, TranscriptionFrame, TranscriptionStart, TranscriptionStream,
    TranscriptionStreamPart as Part,
};
use aqueduct_spec::{BoxFuture, Context, Error, Model, Result, SpeechStream, StreamTranscribe};
use bytes::Bytes;
use futures_util::StreamExt as _;

use super::credential::Credential;
use super::endpoint::Endpoint;
use super::model::GatewayModel;
use super::{ID, error, subprotocol};
use crate::live::{After, Live, LiveCodec};

/// Frames of audio are no larger: the hosted gateway refuses those over 256 KiB.
const MAX_FRAME_BYTES: usize = 64 * 1024;

/// The header that names the team.
const TEAM: &str = "x-vercel-ai-gateway-team";

impl Model<StreamTranscribe> for GatewayModel {
    fn call<'a>(
        &'a self,
        call: StreamTranscribe,
        cx: &'a Context,
    ) -> BoxFuture<'a, Result<TranscriptionStream>> {
        Box::pin(async move { self.stream(&call, cx).await.map_err(|error| self.named(error)) })
    }
}

impl GatewayModel {
    async fn stream(&self, call: &StreamTranscribe, cx: &Context) -> Result<TranscriptionStream> {
        // Given back if the connection cannot be made.
        let audio = call.audio().reader()?;
        let mut start = TranscriptionStart::new(call.input_audio_format.clone());
        start.provider_options.clone_from(&call.provider_options);
        start.include_raw_chunks = call.include_raw_chunks;
        let start = TranscriptionFrame::from(start);
        let headers = call.headers.as_ref();
        let request = self.get(Endpoint::TRANSCRIPTION, headers);
        let request = request.query([("ai-model-id", self.id())]);
        let credential = &self.connection.credential;
        let read = |status, _: &_, body: &[u8]| Some(error::read(status, body, credential));
        let mut socket =
            request.websocket(&self.protocols(headers), read).await.map_err(error::identify)?;
        socket.send(WebSocketMessage::json(&start)?).await?;

        let codec = Codec {
            wants_raw: call.include_raw_chunks == Some(true),
            credential: credential.clone(),
            reported: None,
        };
        let live = Live::new(socket, codec, audio, []);
        let (provider, model) = (ID, self.id().to_owned());
        let mut answer = SpeechStream::new(live.map(move |part| {
            part.map_err(|error| error.with_provider(provider).with_model(model.as_str()))
        }));
        answer.request = self.sent(&start, cx)?;
        answer.response = Some(self.dated(ResponseInfo::default(), cx));
        Ok(answer)
    }

    /// Says whose the connection is. A header of the call or of the settings wins over the credential, as in every request.
    fn protocols(&self, headers: Option<&Headers>) -> WebSocketOptions {
        let header = |wanted: &str| {
            let own = headers.into_iter().flatten();
            let own = own.filter_map(|(name, value)| Some((name.as_str(), value.as_deref()?)));
            let set = self.connection.headers.iter();
            let set = set.map(|(name, value)| (name.as_str(), value.as_str()));
            // The last of them counts.
            set.chain(own).rfind(|(name, _)| name.eq_ignore_ascii_case(wanted))
        };
        let token = match header("authorization") {
            Some((_, value)) => value.strip_prefix("Bearer ").map(Secret::from),
            None => self.connection.credential.method_and_token().map(|(_, token)| token.clone()),
        };
        let mut options = WebSocketOptions::new().protocol(subprotocol::TRANSCRIPTION);
        if let Some(token) = token {
            options = options.secret_protocol(subprotocol::AUTH, &token);
            let team = header(TEAM).map(|(_, team)| team).or(self.connection.team.as_deref());
            if let Some(team) = team {
                options = options.protocol(subprotocol::team(team));
            }
        }
        options
    }
}

struct Codec {
    wants_raw: bool,
    credential: Credential,
    /// What the gateway said that failed. It closes the connection afterwards.
    reported: Option<ErrorPart>,
}

impl LiveCodec for Codec {
    type Part = Part;

    fn audio(&mut self, mut chunk: Bytes, out: &mut VecDeque<WebSocketMessage>) -> Result<()> {
        while !chunk.is_empty() {
            let frame = chunk.split_to(chunk.len().min(MAX_FRAME_BYTES));
            out.push_back(WebSocketMessage::Binary(frame));
        }
        Ok(())
    }

    fn end(&mut self) -> Result<WebSocketMessage> {
        WebSocketMessage::json(&TranscriptionFrame::from(TranscriptionAudioDone::default()))
    }

    /// Frames that are malformed are passed over, as the envelope says; parts of unknown types are handed on.
    fn receive(&mut self, message: &[u8], parts: &mut VecDeque<Part>) -> Result<After> {
        let Ok(part) = serde_json::from_slice::<Part>(message) else { return Ok(After::GoOn) };
        let after = match &part {
            Part::Finish(_) => After::Finished,
            Part::Error(error) => {
                self.reported = Some(error.clone());
                After::StopAudio
            }
            Part::Raw(_) if !self.wants_raw => return Ok(After::GoOn),
            _ => After::GoOn,
        };
        parts.push_back(part);
        Ok(after)
    }

    fn reported(&mut self) -> Option<Error> {
        self.reported.take().map(|part| error::of_part(&part, &self.credential))
    }
}
