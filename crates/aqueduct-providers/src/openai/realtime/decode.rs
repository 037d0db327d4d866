//! What OpenAI's side says, in common terms. Every event keeps its original.

use aqueduct_spec::json::from_object;
use aqueduct_spec::realtime::{
    AudioCommitted, AudioDelta, AudioDone, AudioTranscriptDelta, AudioTranscriptDone,
    ContentPartAdded, ContentPartDone, ConversationItemAdded, CustomEvent,
    FunctionCallArgumentsDelta, FunctionCallArgumentsDone, InputTranscriptionCompleted,
    OutputItemAdded, OutputItemDone, RealtimeError, RealtimeTextDelta, RealtimeTextDone,
    ResponseCreated, ResponseDone, ServerEvent, SessionCreated, SessionUpdated, SpeechStarted,
    SpeechStopped,
};
use aqueduct_spec::{Data, Error, Result};
use serde::Deserialize;
use serde_json::Value;

/// The fields of all events that matter here. Which ones there are depends on the type.
#[derive(Debug, Deserialize)]
struct Event {
    #[serde(rename = "type")]
    kind: String,
    session: Option<Named>,
    item: Option<Value>,
    response: Option<Response>,
    error: Option<Failure>,
    item_id: Option<String>,
    previous_item_id: Option<String>,
    response_id: Option<String>,
    transcript: Option<String>,
    delta: Option<String>,
    text: Option<String>,
    call_id: Option<String>,
    name: Option<String>,
    arguments: Option<String>,
    message: Option<String>,
    code: Option<String>,
}

#[derive(Debug, Deserialize)]
struct Named {
    id: Option<String>,
}

#[derive(Debug, Deserialize)]
struct Response {
    id: Option<String>,
    status: Option<String>,
}

#[derive(Debug, Deserialize)]
struct Failure {
    message: Option<String>,
    code: Option<String>,
}

/// Reads an event. A type that is not known here is handed on as it is.
///
/// # Errors
/// `InvalidResponse` if it is no event, or a field has not the type that it should have.
pub(super) fn server_event(frame: Value) -> Result<ServerEvent> {
    let Value::Object(object) = &frame else {
        return Err(Error::invalid_response("invalid realtime event: not an object"));
    };
    let event = from_object::<Event>(object.clone())
        .map_err(|problem| Error::invalid_response(format!("invalid realtime event: {problem}")))?;
    Ok(event.common(frame))
}

/// Makes the event, of the fields that it must have and of those that it may have, with its original.
macro_rules! event {
    ($name:ident($($required:expr),*) { $($field:ident: $value:expr),* } of $frame:ident) => {{
        let mut event = $name::new($($required),*);
        $( event.$field = $value; )*
        event.raw = Some($frame);
        event.into()
    }};
}

impl Event {
    fn common(self, raw: Value) -> ServerEvent {
        let in_item = self.item.as_ref().and_then(|item| item.get("id")?.as_str());
        let item_in = in_item.map(str::to_owned).or_else(|| self.item_id.clone());
        let (response_in, status) = match self.response {
            Some(response) => (response.id, response.status),
            None => (None, None),
        };
        let response_in = response_in.or_else(|| self.response_id.clone());
        let say = Option::<String>::unwrap_or_default;
        let (item, response) = (say(self.item_id.clone()), say(self.response_id));
        match self.kind.as_str() {
            "session.created" => {
                event!(SessionCreated() { session_id: self.session.and_then(|it| it.id) } of raw)
            }
            "session.updated" => event!(SessionUpdated() {} of raw),
            "input_audio_buffer.speech_started" => {
                event!(SpeechStarted() { item_id: self.item_id } of raw)
            }
            "input_audio_buffer.speech_stopped" => {
                event!(SpeechStopped() { item_id: self.item_id } of raw)
            }
            "input_audio_buffer.committed" => event!(AudioCommitted() {
                item_id: self.item_id,
                previous_item_id: self.previous_item_id
            } of raw),
            "conversation.item.added" => {
                event!(ConversationItemAdded(say(item_in), self.item.unwrap_or_default()) {} of raw)
            }
            "conversation.item.input_audio_transcription.completed" => {
                event!(InputTranscriptionCompleted(item, say(self.transcript)) {} of raw)
            }
            "response.created" => event!(ResponseCreated(say(response_in)) {} of raw),
            "response.done" => {
                let status = status.unwrap_or_else(|| "completed".to_owned());
                event!(ResponseDone(say(response_in), status) {} of raw)
            }
            "response.output_item.added" => {
                event!(OutputItemAdded(response, say(item_in)) {} of raw)
            }
            "response.output_item.done" => {
                event!(OutputItemDone(response, say(item_in)) {} of raw)
            }
            "response.content_part.added" => event!(ContentPartAdded(response, item) {} of raw),
            "response.content_part.done" => event!(ContentPartDone(response, item) {} of raw),
            "response.output_audio.delta" => {
                event!(AudioDelta(response, item, Data::Base64(say(self.delta))) {} of raw)
            }
            "response.output_audio.done" => event!(AudioDone(response, item) {} of raw),
            "response.output_audio_transcript.delta" => {
                event!(AudioTranscriptDelta(response, item, say(self.delta)) {} of raw)
            }
            "response.output_audio_transcript.done" => event!(
                AudioTranscriptDone(response, item) { transcript: self.transcript } of raw
            ),
            "response.output_text.delta" => {
                event!(RealtimeTextDelta(response, item, say(self.delta)) {} of raw)
            }
            "response.output_text.done" => {
                event!(RealtimeTextDone(response, item) { text: self.text } of raw)
            }
            "response.function_call_arguments.delta" => event!(FunctionCallArgumentsDelta(
                response, item, say(self.call_id), say(self.delta)
            ) {} of raw),
            "response.function_call_arguments.done" => event!(FunctionCallArgumentsDone(
                response, item, say(self.call_id), say(self.name), say(self.arguments)
            ) {} of raw),
            "error" => {
                let (message, code) = match self.error {
                    Some(error) => (error.message, error.code),
                    None => (None, None),
                };
                let message = message.or(self.message);
                let message = message.unwrap_or_else(|| "Unknown error".to_owned());
                event!(RealtimeError(message) { code: code.or(self.code) } of raw)
            }
            _ => event!(CustomEvent(self.kind) {} of raw),
        }
    }
}
