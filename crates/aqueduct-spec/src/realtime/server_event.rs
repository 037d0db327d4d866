//! What the model's side says.

use serde_json::Value;

use crate::data::Data;
use crate::json::{present, shape, tagged};

tagged! {
    /// An event of the model's side.
    pub enum ServerEvent by "type" {
        /// The session is open.
        SessionCreated(SessionCreated) = "session-created",
        /// The settings were changed.
        SessionUpdated(SessionUpdated) = "session-updated",
        /// The user begins to speak.
        SpeechStarted(SpeechStarted) = "speech-started",
        /// The user stopped speaking.
        SpeechStopped(SpeechStopped) = "speech-stopped",
        /// The audio sent so far became an item.
        AudioCommitted(AudioCommitted) = "audio-committed",
        /// An item was added to the conversation.
        ConversationItemAdded(ConversationItemAdded) = "conversation-item-added",
        /// What was heard is written down.
        InputTranscriptionCompleted(InputTranscriptionCompleted) = "input-transcription-completed",
        /// An answer begins.
        ResponseCreated(ResponseCreated) = "response-created",
        /// An answer is over.
        ResponseDone(ResponseDone) = "response-done",
        /// An item of an answer begins.
        OutputItemAdded(OutputItemAdded) = "output-item-added",
        /// An item of an answer is complete.
        OutputItemDone(OutputItemDone) = "output-item-done",
        /// A part of an item begins.
        ContentPartAdded(ContentPartAdded) = "content-part-added",
        /// A part of an item is complete.
        ContentPartDone(ContentPartDone) = "content-part-done",
        /// More speech.
        AudioDelta(AudioDelta) = "audio-delta",
        /// The speech is complete.
        AudioDone(AudioDone) = "audio-done",
        /// More of what is spoken, written down.
        AudioTranscriptDelta(AudioTranscriptDelta) = "audio-transcript-delta",
        /// What was spoken is written down.
        AudioTranscriptDone(AudioTranscriptDone) = "audio-transcript-done",
        /// More text.
        TextDelta(RealtimeTextDelta) = "text-delta",
        /// The text is complete.
        TextDone(RealtimeTextDone) = "text-done",
        /// More of a tool's input.
        FunctionCallArgumentsDelta(FunctionCallArgumentsDelta) = "function-call-arguments-delta",
        /// A tool call, whole.
        FunctionCallArgumentsDone(FunctionCallArgumentsDone) = "function-call-arguments-done",
        /// Something failed; the session may go on.
        Error(RealtimeError) = "error",
        /// An event that only this provider has.
        Custom(CustomEvent) = "custom",
    }
}

/// Declares the events, each of which keeps the provider's own in `raw`.
macro_rules! server_events {
    ($(
        $(#[$meta:meta])* $name:ident
        { $( $(#[$required_meta:meta])* $required:ident: $required_type:ty, )* }
        { $( $(#[$optional_meta:meta])* $optional:ident: $optional_type:ty, )* }
    )*) => { $(
        shape! {
            $(#[$meta])*
            $name {
                $( $(#[$required_meta])* $required: $required_type, )*
            } {
                $( $(#[$optional_meta])* $optional: $optional_type, )*
                /// The provider's own event, verbatim.
                #[serde(deserialize_with = "present")]
                raw: Value,
            }
        }
    )* };
}

server_events! {
    /// The session is open.
    #[derive(Default)]
    SessionCreated {} {
        /// What the provider calls it.
        session_id: String,
    }
    /// The settings were changed.
    #[derive(Default)]
    SessionUpdated {} {}
    /// The user begins to speak.
    #[derive(Default)]
    SpeechStarted {} {
        /// The item it will become.
        item_id: String,
    }
    /// The user stopped speaking.
    #[derive(Default)]
    SpeechStopped {} {
        /// The item it will become.
        item_id: String,
    }
    /// The audio sent so far became an item.
    #[derive(Default)]
    AudioCommitted {} {
        /// The item.
        item_id: String,
        /// The item before it.
        previous_item_id: String,
    }
    /// An item was added to the conversation.
    ConversationItemAdded {
        /// The item.
        item_id: String,
        /// The item, in the provider's words.
        item: Value,
    } {}
    /// What was heard is written down.
    InputTranscriptionCompleted {
        /// The item.
        item_id: String,
        /// What was said.
        transcript: String,
    } {}
    /// An answer begins.
    ResponseCreated {
        /// The answer.
        response_id: String,
    } {}
    /// An answer is over.
    ResponseDone {
        /// The answer.
        response_id: String,
        /// How it ended, in the provider's word.
        status: String,
    } {}
    /// An item of an answer begins.
    OutputItemAdded {
        /// The answer.
        response_id: String,
        /// The item.
        item_id: String,
    } {}
    /// An item of an answer is complete.
    OutputItemDone {
        /// The answer.
        response_id: String,
        /// The item.
        item_id: String,
    } {}
    /// A part of an item begins.
    ContentPartAdded {
        /// The answer.
        response_id: String,
        /// The item.
        item_id: String,
    } {}
    /// A part of an item is complete.
    ContentPartDone {
        /// The answer.
        response_id: String,
        /// The item.
        item_id: String,
    } {}
    /// More speech.
    AudioDelta {
        /// The answer.
        response_id: String,
        /// The item.
        item_id: String,
        /// The audio that is added.
        delta: Data,
    } {}
    /// The speech is complete.
    AudioDone {
        /// The answer.
        response_id: String,
        /// The item.
        item_id: String,
    } {}
    /// More of what is spoken, written down.
    AudioTranscriptDelta {
        /// The answer.
        response_id: String,
        /// The item.
        item_id: String,
        /// What is added.
        delta: String,
    } {}
    /// What was spoken is written down.
    AudioTranscriptDone {
        /// The answer.
        response_id: String,
        /// The item.
        item_id: String,
    } {
        /// All of it.
        transcript: String,
    }
    /// More text.
    RealtimeTextDelta {
        /// The answer.
        response_id: String,
        /// The item.
        item_id: String,
        /// What is added.
        delta: String,
    } {}
    /// The text is complete.
    RealtimeTextDone {
        /// The answer.
        response_id: String,
        /// The item.
        item_id: String,
    } {
        /// All of it.
        text: String,
    }
    /// More of a tool's input.
    FunctionCallArgumentsDelta {
        /// The answer.
        response_id: String,
        /// The item.
        item_id: String,
        /// The id of the call, to be given with its result.
        call_id: String,
        /// What is added.
        delta: String,
    } {}
    /// A tool call, whole.
    FunctionCallArgumentsDone {
        /// The answer.
        response_id: String,
        /// The item.
        item_id: String,
        /// The id of the call, to be given with its result.
        call_id: String,
        /// The tool.
        name: String,
        /// The input as JSON text, just as the model wrote it.
        arguments: String,
    } {}
    /// Something failed; the session may go on.
    RealtimeError {
        /// What.
        message: String,
    } {
        /// The code in the provider's words.
        code: String,
    }
    /// An event that only this provider has.
    CustomEvent {
        /// What the provider calls it.
        raw_type: String,
    } {}
}
