//! What pages send: the bodies of their requests.
//!
//! `useObject` has none here, because its body is the input itself, of any type that serde reads; what it reads back is
//! [`OutputStream::into_text_response`](crate::output::OutputStream::into_text_response).

use aqueduct_spec::json::shape;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Why a page asks for an answer.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum ChatTrigger {
    /// There is a new message: the user's, or what the page adds to the model's last one, such as results of tools.
    #[default]
    SubmitMessage,
    /// The user wants another answer. The messages end before the one that is to be replaced.
    RegenerateMessage,
}

shape! {
    /// What `useChat` sends for an answer: a page whose transport is the default one. What the page adds with `body` is in
    /// `rest`.
    ///
    /// Files that the user attaches are among the messages as `data:` URLs, so that a body may be long: a server that bounds
    /// bodies, as axum does at 2 MB, has to have room for them.
    ///
    /// ```
    /// use aqueduct::ui::{ChatRequest, ChatTrigger};
    ///
    /// let body = r#"{ "id": "chat-1", "messages": [], "trigger": "regenerate-message", "style": "short" }"#;
    /// let chat: ChatRequest = serde_json::from_str(body)?;
    /// assert_eq!(chat.trigger, ChatTrigger::RegenerateMessage);
    /// assert_eq!(chat.rest["style"], "short");
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    ///
    /// Source: npm `ai` 7.0.173, `HttpChatTransport.sendMessages` (2026-11).
    ChatRequest {
        /// The id of the chat.
        id: String,
        /// The messages of the chat, unchecked: they are for [`Agent::stream_ui`](crate::Agent::stream_ui) or
        /// [`validate_ui_messages`](super::validate_ui_messages).
        messages: Value,
        /// Why the page asks.
        #[serde(default)]
        trigger: ChatTrigger,
    } {
        /// The message that is replaced or gone on with, if the page names one.
        message_id: String,
    }
}

shape! {
    /// What `useCompletion` sends for a text. What the page adds with `body` is in `rest`.
    ///
    /// The answer is [`into_ui_messages`](crate::TextStream::into_ui_messages), or
    /// [`into_text_response`](crate::TextStream::into_text_response) for a page with `streamProtocol: 'text'`.
    ///
    /// Source: npm `ai` 7.0.173, `callCompletionApi` (2026-11).
    CompletionRequest {
        /// What the user says.
        prompt: String,
    } {}
}
