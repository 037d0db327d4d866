//! What the caller's side says.

use super::{ConversationItem, SessionConfig};
use crate::data::Data;
use crate::json::{JsonObject, plain, shape, tagged};

tagged! {
    /// An event of the caller's side.
    #[expect(clippy::large_enum_variant, reason = "an event is written once and gone")]
    pub enum ClientEvent by "type" {
        /// Changes the settings of the session.
        SessionUpdate(SessionUpdate) = "session-update",
        /// Sends more audio.
        InputAudioAppend(InputAudioAppend) = "input-audio-append",
        /// Makes an item of the audio sent so far.
        InputAudioCommit(InputAudioCommit) = "input-audio-commit",
        /// Forgets the audio sent so far.
        InputAudioClear(InputAudioClear) = "input-audio-clear",
        /// Adds an item to the conversation.
        ConversationItemCreate(ConversationItemCreate) = "conversation-item-create",
        /// Cuts what the user did not hear from an item.
        ConversationItemTruncate(ConversationItemTruncate) = "conversation-item-truncate",
        /// Asks for an answer.
        ResponseCreate(ResponseCreate) = "response-create",
        /// Gives up the answer under way.
        ResponseCancel(ResponseCancel) = "response-cancel",
    }
}

shape! {
    /// Changes the settings of the session.
    SessionUpdate {
        /// The settings.
        config: SessionConfig,
    } {}
}
shape! {
    /// Sends more audio.
    InputAudioAppend {
        /// The audio, in the session's input format.
        audio: Data,
    } {}
}
shape! {
    /// Makes an item of the audio sent so far.
    #[derive(Default)]
    InputAudioCommit {} {}
}
shape! {
    /// Forgets the audio sent so far.
    #[derive(Default)]
    InputAudioClear {} {}
}
shape! {
    /// Adds an item to the conversation.
    ConversationItemCreate {
        /// The item.
        item: ConversationItem,
    } {}
}
shape! {
    /// Cuts what the user did not hear from an item.
    ConversationItemTruncate {
        /// The item.
        item_id: String,
        /// The part of the item, counted from 0.
        content_index: u32,
        /// How much was heard, in milliseconds.
        #[serde(with = "plain")]
        audio_end_ms: f64,
    } {}
}
shape! {
    /// Asks for an answer.
    #[derive(Default)]
    ResponseCreate {} {
        /// How to answer, where it differs from the session's settings.
        options: ResponseCreateOptions,
    }
}
shape! {
    /// How to answer.
    #[derive(Default)]
    ResponseCreateOptions {} {
        /// The forms of the answer: `text`, `audio`.
        modalities: Vec<String>,
        /// What the model is told for this answer.
        instructions: String,
        /// What to keep with the answer.
        metadata: JsonObject,
    }
}
shape! {
    /// Gives up the answer under way.
    #[derive(Default)]
    ResponseCancel {} {}
}
