//! The streams that are decoded: events of the shapes that were recorded of each API, with longer content.

mod anthropic;
mod chat;
mod content;
mod google;
mod responses;

use bytes::Bytes;
use serde_json::{Value, json};

/// A streamed answer.
pub(crate) struct Stream {
    pub(crate) name: &'static str,
    pub(crate) wire: Wire,
    /// How many events it has.
    pub(crate) events: u32,
    text: String,
}

/// The languages that are measured.
#[derive(Clone, Copy)]
pub(crate) enum Wire {
    OpenAiCompatible,
    OpenAiChat,
    OpenAiResponses,
    AnthropicMessages,
    GoogleGenerateContent,
}

/// How the bytes of an answer arrive.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Chunking {
    /// Each event by itself, as a model writes it.
    Event,
    /// In pieces of 4096 bytes, wherever that cuts, as a proxy sends them or after a pause.
    Block,
}

/// All streams.
pub(crate) fn all() -> Vec<Stream> {
    use Wire::{
        AnthropicMessages, GoogleGenerateContent, OpenAiChat, OpenAiCompatible, OpenAiResponses,
    };
    vec![
        Stream::new("openai-compatible/text", OpenAiCompatible, chat::compatible_text()),
        Stream::new("openai-compatible/tool", OpenAiCompatible, chat::compatible_tool()),
        Stream::new("openai-compatible/reasoning", OpenAiCompatible, chat::compatible_reasoning()),
        Stream::new("openai.chat/text", OpenAiChat, chat::text()),
        Stream::new("openai.chat/tool", OpenAiChat, chat::tool()),
        Stream::new("openai.responses/text", OpenAiResponses, responses::text()),
        Stream::new("openai.responses/tool", OpenAiResponses, responses::tool()),
        Stream::new("openai.responses/reasoning", OpenAiResponses, responses::reasoning()),
        Stream::new("anthropic/text", AnthropicMessages, anthropic::text()),
        Stream::new("anthropic/tool", AnthropicMessages, anthropic::tool()),
        Stream::new("anthropic/reasoning", AnthropicMessages, anthropic::reasoning()),
        Stream::new("google/text", GoogleGenerateContent, google::text()),
        Stream::new("google/tool", GoogleGenerateContent, google::tool()),
        Stream::new("google/reasoning", GoogleGenerateContent, google::reasoning()),
    ]
}

impl Stream {
    fn new(name: &'static str, wire: Wire, events: Vec<String>) -> Self {
        Self { name, wire, events: u32::try_from(events.len()).unwrap(), text: events.concat() }
    }

    pub(crate) fn chunks(&self, chunking: Chunking) -> Vec<Bytes> {
        let text = self.text.as_bytes();
        match chunking {
            Chunking::Event => self
                .text
                .split_inclusive("\n\n")
                .map(|event| Bytes::copy_from_slice(event.as_bytes()))
                .collect(),
            Chunking::Block => text.chunks(4096).map(Bytes::copy_from_slice).collect(),
        }
    }

    /// The call that is answered.
    #[allow(clippy::unused_self, clippy::allow_attributes, reason = "it belongs to the stream")]
    pub(crate) fn options(&self) -> Value {
        json!({
            "prompt": [{ "role": "user", "content": [{ "type": "text", "text": "Hello" }] }],
            "tools": [{
                "type": "function",
                "name": "write_file",
                "inputSchema": {
                    "type": "object",
                    "properties": { "path": { "type": "string" }, "text": { "type": "string" } },
                },
            }],
        })
    }
}

impl Wire {
    #[allow(dead_code, clippy::allow_attributes, reason = "only one of the two benches tells it")]
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::OpenAiCompatible => "openai-compatible",
            Self::OpenAiChat => "openai.chat",
            Self::OpenAiResponses => "openai.responses",
            Self::AnthropicMessages => "anthropic",
            Self::GoogleGenerateContent => "google",
        }
    }

    /// The provider, the name of the wire, the model.
    pub(crate) fn model(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::OpenAiCompatible => ("openai-compatible", "chat", "grok-3-mini"),
            Self::OpenAiChat => ("openai", "chat", "gpt-4.1-nano"),
            Self::OpenAiResponses => ("openai", "responses", "gpt-5.2"),
            Self::AnthropicMessages => ("anthropic", "messages", "claude-sonnet-4-5"),
            Self::GoogleGenerateContent => ("google", "generative-ai", "gemini-3-pro-preview"),
        }
    }
}

#[allow(dead_code, clippy::allow_attributes, reason = "only one of the two benches has several")]
impl Chunking {
    pub(crate) const ALL: [Self; 2] = [Self::Event, Self::Block];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Event => "event",
            Self::Block => "block",
        }
    }

    pub(crate) fn named(name: &str) -> Self {
        if name == "event" { Self::Event } else { Self::Block }
    }
}

/// An event without a name.
fn data(value: &Value) -> String {
    format!("data: {value}\n\n")
}

/// An event that is named by its `type`.
fn named(value: &Value) -> String {
    format!("event: {}\ndata: {value}\n\n", value["type"].as_str().unwrap_or_default())
}
