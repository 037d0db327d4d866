//! How a session is set up.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

use crate::audio::AudioFormat;
use crate::data::Data;
use crate::json::{JsonObject, lenient_count, plain_number, shape, tagged};

shape! {
    /// The settings of a session.
    #[derive(Default)]
    SessionConfig {} {
        /// What the model is told before the conversation.
        instructions: String,
        /// Whose voice, in the provider's words.
        voice: String,
        /// The forms of the answers: `text`, `audio`.
        output_modalities: Vec<String>,
        /// The form of the audio that is sent.
        input_audio_format: AudioFormat,
        /// How to write down what is heard; not written down if not said.
        input_audio_transcription: AudioTranscription,
        /// How to write down what is spoken.
        output_audio_transcription: AudioTranscription,
        /// The form of the audio that is wanted.
        output_audio_format: AudioFormat,
        /// How the end of a turn is found; `Some(None)`, in JSON `null`, says that the caller tells it.
        #[serde(deserialize_with = "nullable")]
        turn_detection: Option<TurnDetection>,
        /// The tools that may be called.
        tools: Vec<RealtimeTool>,
        /// What only this provider knows, passed on in its own words: fields of its session, or an object of them under its
        /// name.
        provider_options: JsonObject,
    }
}

fn nullable<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    deserializer: D,
) -> Result<Option<Option<T>>, D::Error> {
    Option::<T>::deserialize(deserializer).map(Some)
}

shape! {
    /// How to write down audio.
    #[derive(Default)]
    AudioTranscription {} {
        /// The model that writes, in the provider's words.
        model: String,
        /// The language: ISO 639-1.
        language: String,
        /// What helps to understand: names, special words.
        prompt: String,
    }
}
shape! {
    /// How the end of a turn is found.
    TurnDetection {
        /// `server-vad`, `semantic-vad` or `disabled`.
        #[serde(rename = "type")]
        mode: String,
    } {
        /// How loud counts as speech, from 0 to 1.
        #[serde(with = "plain_number")]
        threshold: f64,
        /// How long a silence ends a turn, in milliseconds.
        #[serde(with = "plain_number")]
        silence_duration_ms: f64,
        /// How much audio before the speech belongs to it, in milliseconds.
        #[serde(with = "plain_number")]
        prefix_padding_ms: f64,
    }
}

tagged! {
    /// A tool that the model of a session may call.
    pub enum RealtimeTool by "type" {
        /// A function of the caller's.
        Function(RealtimeFunctionTool) = "function",
    }
}

shape! {
    /// A function of the caller's.
    RealtimeFunctionTool {
        /// The name, unique in the session.
        name: String,
        /// The JSON schema of its input.
        parameters: Value,
    } {
        /// What it does, for the model.
        description: String,
    }
}
shape! {
    /// What a client secret is wanted for.
    #[derive(Default)]
    CreateClientSecretOptions {} {
        /// How long it may live, in seconds.
        expires_after_seconds: u64,
        /// The settings of the session.
        session_config: SessionConfig,
    }
}
/// A credential of short life that can be given to a browser. `Debug` does not show it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ClientSecret {
    /// The credential.
    pub token: String,
    /// Where to connect with it.
    pub url: String,
    /// When it ends, in seconds since the start of 1970.
    #[serde(default, deserialize_with = "lenient_count", skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<u64>,
}

impl ClientSecret {
    /// Creates it from the credential and the place to connect to.
    pub fn new(token: impl Into<String>, url: impl Into<String>) -> Self {
        Self { token: token.into(), url: url.into(), expires_at: None }
    }
}

impl fmt::Debug for ClientSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientSecret")
            .field("url", &self.url)
            .field("expires_at", &self.expires_at)
            .finish_non_exhaustive()
    }
}

tagged! {
    /// Something that is added to a conversation.
    pub enum ConversationItem by "type" {
        /// What the user wrote.
        TextMessage(TextMessageItem) = "text-message",
        /// What the user said.
        AudioMessage(AudioMessageItem) = "audio-message",
        /// What a tool returned.
        FunctionCallOutput(FunctionCallOutputItem) = "function-call-output",
    }
}

shape! {
    /// What the user wrote.
    TextMessageItem {
        /// Who: `user`.
        role: String,
        /// The text.
        text: String,
    } {}
}
shape! {
    /// What the user said.
    AudioMessageItem {
        /// Who: `user`.
        role: String,
        /// The audio.
        audio: Data,
    } {}
}
shape! {
    /// What a tool returned.
    FunctionCallOutputItem {
        /// The call it belongs to.
        call_id: String,
        /// The result, as JSON text.
        output: String,
    } {
        /// The tool.
        name: String,
    }
}
