//! Messages, in requests and in answers.

use std::fmt;

use aqueduct_spec::JsonObject;
use serde::de::value::SeqAccessDeserializer;
use serde::de::{SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};

/// A message.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Message {
    /// `system`, `developer`, `user`, `assistant` or `tool`; some hosts leave it empty in answers.
    #[serde(default)]
    pub role: Option<String>,
    /// What is said; `null` where there is nothing but tool calls.
    #[serde(default)]
    pub content: Option<Content>,
    /// What was thought, by its usual name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reasoning_content: Option<String>,
    /// What was thought, by its other name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reasoning: Option<String>,
    /// The tools that the model calls.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tool_calls: Option<Vec<ToolCall>>,
    /// The call that a `tool` message answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tool_call_id: Option<String>,
    /// Everything else.
    #[serde(flatten)]
    pub rest: JsonObject,
}

impl Message {
    /// Creates a message.
    pub fn new(role: impl Into<String>, content: impl Into<Content>) -> Self {
        Self { role: Some(role.into()), content: Some(content.into()), ..Self::default() }
    }
}

/// What a message says.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Content {
    /// Text.
    Text(String),
    /// Parts.
    Parts(Vec<ContentPart>),
}

/// Reads it in one go: an untagged union would copy every text twice, and could not say which part is wrong.
impl<'de> Deserialize<'de> for Content {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct TextOrParts;

        impl<'de> Visitor<'de> for TextOrParts {
            type Value = Content;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a string or an array of parts")
            }

            fn visit_str<E>(self, text: &str) -> Result<Content, E> {
                Ok(Content::Text(text.to_owned()))
            }

            fn visit_string<E>(self, text: String) -> Result<Content, E> {
                Ok(Content::Text(text))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, parts: A) -> Result<Content, A::Error> {
                let parts = SeqAccessDeserializer::new(parts);
                Ok(Content::Parts(Vec::deserialize(parts)?))
            }
        }

        deserializer.deserialize_any(TextOrParts)
    }
}

impl Content {
    /// The text, that of parts joined.
    pub fn into_text(self) -> String {
        match self {
            Self::Text(text) => text,
            Self::Parts(parts) => parts
                .into_iter()
                .filter_map(|part| match part {
                    ContentPart::Text(part) => Some(part.text),
                    _ => None,
                })
                .collect(),
        }
    }
}

impl From<String> for Content {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<&str> for Content {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<Vec<ContentPart>> for Content {
    fn from(parts: Vec<ContentPart>) -> Self {
        Self::Parts(parts)
    }
}

/// A part of what a message says.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
#[non_exhaustive]
pub enum ContentPart {
    /// Text.
    Text(TextPart),
    /// An image.
    ImageUrl(ImagePart),
    /// A video.
    VideoUrl(VideoPart),
    /// Sound.
    InputAudio(InputAudioPart),
    /// A document.
    File(FilePart),
    /// A kind that is not listed.
    #[serde(untagged)]
    Other(JsonObject),
}

/// Declares parts: one field and the rest.
macro_rules! parts {
    ($( $(#[$meta:meta])* $name:ident { $(#[$field_meta:meta])* $field:ident: $type:ty } )*) => { $(
        $(#[$meta])*
        #[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
                pub struct $name {
            $(#[$field_meta])*
            pub $field: $type,
            /// Everything else.
            #[serde(flatten)]
            pub rest: JsonObject,
        }

        impl $name {
            /// Creates the part.
            pub fn new($field: impl Into<$type>) -> Self {
                Self { $field: $field.into(), rest: JsonObject::new() }
            }
        }
    )* };
}

parts! {
    /// Text.
    TextPart {
        /// The text.
        text: String
    }
    /// An image.
    ImagePart {
        /// Where it is, or a `data:` URL.
        image_url: UrlContent
    }
    /// A video.
    VideoPart {
        /// Where it is, or a `data:` URL.
        video_url: UrlContent
    }
    /// Sound.
    InputAudioPart {
        /// The sound.
        input_audio: InputAudio
    }
    /// A document.
    FilePart {
        /// The document.
        file: FileContent
    }
    /// A URL, with what a host wants to know beside it (`detail`).
    UrlContent {
        /// The URL.
        url: String
    }
}

/// Sound in base64.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct InputAudio {
    /// Base64.
    pub data: String,
    /// `wav` or `mp3`.
    pub format: String,
}

impl InputAudio {
    /// Creates it.
    pub fn new(data: impl Into<String>, format: impl Into<String>) -> Self {
        Self { data: data.into(), format: format.into() }
    }
}

/// A document.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct FileContent {
    /// The file's name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub filename: Option<String>,
    /// A `data:` URL.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file_data: Option<String>,
    /// The host's id of a file uploaded before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file_id: Option<String>,
    /// Everything else.
    #[serde(flatten)]
    pub rest: JsonObject,
}

/// A tool call.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct ToolCall {
    /// The id of the call; some hosts give none, or an empty one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// `function`.
    #[serde(rename = "type", default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// What is called.
    #[serde(default)]
    pub function: FunctionCall,
    /// What Google's models add.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub extra_content: Option<ExtraContent>,
    /// Everything else.
    #[serde(flatten)]
    pub rest: JsonObject,
}

impl ToolCall {
    /// Creates a call.
    pub fn new(
        id: impl Into<String>,
        name: impl Into<String>,
        arguments: impl Into<String>,
    ) -> Self {
        Self {
            id: Some(id.into()),
            kind: Some("function".to_owned()),
            function: FunctionCall { name: name.into(), arguments: arguments.into() },
            ..Self::default()
        }
    }
}

/// What is called, and with what.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FunctionCall {
    /// The function.
    #[serde(default)]
    pub name: String,
    /// The arguments as JSON text.
    #[serde(default, deserialize_with = "crate::openai_compatible::lenient::or_default")]
    pub arguments: String,
}

/// What Google's models add to a tool call.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct ExtraContent {
    /// The addition.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub google: Option<GoogleContent>,
    /// Everything else.
    #[serde(flatten)]
    pub rest: JsonObject,
}

/// The signature of a thought, to be given back with the next request.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct GoogleContent {
    /// The signature.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub thought_signature: Option<String>,
    /// Everything else.
    #[serde(flatten)]
    pub rest: JsonObject,
}

impl ExtraContent {
    /// Wraps a signature.
    pub fn thought_signature(signature: impl Into<String>) -> Self {
        let google =
            GoogleContent { thought_signature: Some(signature.into()), rest: JsonObject::new() };
        Self { google: Some(google), rest: JsonObject::new() }
    }

    /// The signature, if there is one.
    pub fn signature(&self) -> Option<&str> {
        self.google.as_ref()?.thought_signature.as_deref().filter(|text| !text.is_empty())
    }
}
