//! A message as a user interface keeps it.

use std::collections::BTreeMap;

use aqueduct_spec::json::{shape, tagged};
use aqueduct_spec::{JsonObject, ProviderMetadata};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::ToolUiPart;

/// Who speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum UiRole {
    /// The program, to the model.
    System,
    /// The user.
    User,
    /// The model.
    Assistant,
}

shape! {
    /// A message as a user interface keeps it: all that was said and done in a turn, over all its steps.
    ///
    /// Source: <https://ai-sdk.dev/docs/reference/ai-sdk-core/ui-message> (2026-08).
    UiMessage {
        /// The id of the message.
        id: String,
        /// Who speaks.
        role: UiRole,
        /// What is said and done, in order.
        parts: Vec<UiMessagePart>,
    } {
        /// What the program notes about the message.
        metadata: Value,
    }
}

impl UiMessage {
    /// A text of the user's.
    pub fn user(id: impl Into<String>, text: impl Into<String>) -> Self {
        Self::new(id, UiRole::User, vec![TextUiPart::new(text).into()])
    }

    /// All text of the message in one.
    pub fn text(&self) -> String {
        self.parts
            .iter()
            .filter_map(|part| match part {
                UiMessagePart::Text(part) => Some(part.text.as_str()),
                _ => None,
            })
            .collect()
    }

    /// The tool calls of the message, in order.
    pub fn tools(&self) -> impl Iterator<Item = &ToolUiPart> {
        self.parts.iter().filter_map(UiMessagePart::as_tool)
    }

    /// The parts of the last step: those behind the last mark, or all if there is none.
    pub(super) fn last_step(&self) -> &[UiMessagePart] {
        self.parts.get(self.last_step_start()..).unwrap_or_default()
    }

    pub(super) fn last_step_start(&self) -> usize {
        let is_mark = |part: &UiMessagePart| matches!(part, UiMessagePart::StepStart(_));
        self.parts.iter().rposition(is_mark).map_or(0, |mark| mark + 1)
    }
}

tagged! {
    /// A part of a message as a user interface keeps it.
    ///
    /// Parts of kinds that this version does not know are kept and written back as they came.
    pub enum UiMessagePart by "type" {
        /// Text.
        Text(TextUiPart) = "text",
        /// What the model thought.
        Reasoning(ReasoningUiPart) = "reasoning",
        /// Something only one provider has.
        Custom(CustomUiPart) = "custom",
        /// A page where something was found.
        SourceUrl(SourceUrlUiPart) = "source-url",
        /// A document where something was found.
        SourceDocument(SourceDocumentUiPart) = "source-document",
        /// A file.
        File(FileUiPart) = "file",
        /// A file that belongs to the reasoning.
        ReasoningFile(ReasoningFileUiPart) = "reasoning-file",
        /// A step begins.
        StepStart(StepStartUiPart) = "step-start",
    }
    families {
        /// Data of the program's own.
        Data(DataUiPart) = "data-",
        /// A tool call.
        Tool(ToolUiPart) = "tool-" | "dynamic-tool",
    }
}

impl UiMessagePart {
    /// The tool call, if it is one.
    pub fn as_tool(&self) -> Option<&ToolUiPart> {
        match self {
            Self::Tool(part) => Some(part),
            _ => None,
        }
    }

    pub(super) fn as_tool_mut(&mut self) -> Option<&mut ToolUiPart> {
        match self {
            Self::Tool(part) => Some(part),
            _ => None,
        }
    }
}

/// A block of text or reasoning: still written, or complete.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum UiPartState {
    /// It is still written.
    Streaming,
    /// It is complete.
    Done,
}

shape! {
    /// Text.
    TextUiPart {
        /// The text.
        text: String,
    } {
        /// Whether it is complete.
        state: UiPartState,
        /// What supports it: sources, and which of its characters each is about.
        citations: Vec<JsonObject>,
        /// What else the provider said about it.
        provider_metadata: ProviderMetadata,
    }
}
shape! {
    /// What the model thought.
    ReasoningUiPart {
        /// The thought.
        text: String,
    } {
        /// The block.
        id: String,
        /// Whether it is complete.
        state: UiPartState,
        /// What else the provider said about it, such as its signature.
        provider_metadata: ProviderMetadata,
    }
}
shape! {
    /// Something only one provider has; its content is in the metadata.
    CustomUiPart {
        /// What it is: `<provider>.<kind>`.
        kind: String,
    } {
        /// What else the provider said about it.
        provider_metadata: ProviderMetadata,
    }
}
shape! {
    /// A page where something was found.
    SourceUrlUiPart {
        /// The id of the source.
        source_id: String,
        /// The page's URL.
        url: String,
    } {
        /// The page's title.
        title: String,
        /// What else the provider said about it.
        provider_metadata: ProviderMetadata,
    }
}
shape! {
    /// A document where something was found.
    SourceDocumentUiPart {
        /// The id of the source.
        source_id: String,
        /// The media type.
        media_type: String,
        /// The title.
        title: String,
    } {
        /// The file's name.
        filename: String,
        /// What else the provider said about it.
        provider_metadata: ProviderMetadata,
    }
}
shape! {
    /// A file.
    FileUiPart {
        /// The media type.
        media_type: String,
        /// Where it is, or its content as a `data:` URL.
        url: String,
    } {
        /// The file's name.
        filename: String,
        /// What providers call the file, if it was uploaded to them.
        provider_reference: BTreeMap<String, String>,
        /// What else the provider said about it.
        provider_metadata: ProviderMetadata,
    }
}
shape! {
    /// A file that belongs to the reasoning.
    ReasoningFileUiPart {
        /// The media type.
        media_type: String,
        /// Where it is, or its content as a `data:` URL.
        url: String,
    } {
        /// What else the provider said about it.
        provider_metadata: ProviderMetadata,
    }
}
shape! {
    /// A step begins.
    #[derive(Default)]
    StepStartUiPart {} {}
}
shape! {
    /// Data of the program's own.
    DataUiPart {
        /// What it is: `data-<name>`.
        #[serde(rename = "type")]
        tag: String,
        /// The data.
        #[serde(default)]
        data: Value,
    } {
        /// Its id: data of the same kind and id is replaced.
        id: String,
    }
}
