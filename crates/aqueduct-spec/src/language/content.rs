//! The parts of an answer.

use serde_json::Value;

use crate::data::FileData;
use crate::json::{shape, tagged};
use crate::metadata::ProviderMetadata;

tagged! {
    /// A part of an answer.
    pub enum Content by "type" {
        /// Text.
        Text(Text) = "text",
        /// What the model thought.
        Reasoning(Reasoning) = "reasoning",
        /// Something only this provider has.
        Custom(Custom) = "custom",
        /// A file that belongs to the reasoning.
        ReasoningFile(ReasoningFile) = "reasoning-file",
        /// A file.
        File(File) = "file",
        /// A tool that the provider runs asks whether it may.
        ToolApprovalRequest(ToolApprovalRequest) = "tool-approval-request",
        /// Where something was found.
        Source(Source) = "source",
        /// A tool call.
        ToolCall(ToolCall) = "tool-call",
        /// The result of a tool that the provider ran.
        ToolResult(ToolResult) = "tool-result",
    }
}

impl Content {
    /// The text of a text part.
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(part) => Some(&part.text),
            _ => None,
        }
    }
}

shape! {
    /// Text.
    Text {
        /// The text.
        text: String,
    } {
        /// What else the provider said about the part.
        provider_metadata: ProviderMetadata,
    }
}
shape! {
    /// What the model thought.
    Reasoning {
        /// The thought.
        text: String,
    } {
        /// What else the provider said about the part, such as its signature.
        provider_metadata: ProviderMetadata,
    }
}
shape! {
    /// Something only this provider has; its content is in the metadata.
    Custom {
        /// What it is: `<provider>.<kind>`.
        kind: String,
    } {
        /// What else the provider said about the part.
        provider_metadata: ProviderMetadata,
    }
}
shape! {
    /// A file that belongs to the reasoning.
    ReasoningFile {
        /// The media type.
        media_type: String,
        /// The content.
        data: FileData,
    } {
        /// What else the provider said about the part.
        provider_metadata: ProviderMetadata,
    }
}
shape! {
    /// A file.
    File {
        /// The media type.
        media_type: String,
        /// The content.
        data: FileData,
    } {
        /// What else the provider said about the part.
        provider_metadata: ProviderMetadata,
    }
}
shape! {
    /// A tool that the provider runs asks whether it may.
    ToolApprovalRequest {
        /// The id of the question, to be given in the answer.
        approval_id: String,
        /// The call in question.
        tool_call_id: String,
    } {
        /// What else the provider said about the part.
        provider_metadata: ProviderMetadata,
    }
}
shape! {
    /// A tool call.
    ToolCall {
        /// The id of the call, to be given with its result.
        tool_call_id: String,
        /// The tool.
        tool_name: String,
        /// The input as JSON text, just as the model wrote it.
        input: String,
    } {
        /// Whether the provider runs the tool.
        provider_executed: bool,
        /// Whether the tool was not known in advance.
        dynamic: bool,
        /// What else the provider said about the part.
        provider_metadata: ProviderMetadata,
    }
}
shape! {
    /// The result of a tool that the provider ran.
    ToolResult {
        /// The call it belongs to.
        tool_call_id: String,
        /// The tool.
        tool_name: String,
        /// The result.
        result: Value,
    } {
        /// Whether the tool failed.
        is_error: bool,
        /// Whether another result will replace this one.
        preliminary: bool,
        /// Whether the tool was not known in advance.
        dynamic: bool,
        /// What else the provider said about the part.
        provider_metadata: ProviderMetadata,
    }
}

tagged! {
    /// Where something was found.
    pub enum Source by "sourceType" {
        /// A page.
        Url(UrlSource) = "url",
        /// A document.
        Document(DocumentSource) = "document",
    }
}

shape! {
    /// A page.
    UrlSource {
        /// The id of the source.
        id: String,
        /// The page's URL.
        url: String,
    } {
        /// The page's title.
        title: String,
        /// What else the provider said about the source.
        provider_metadata: ProviderMetadata,
    }
}
shape! {
    /// A document.
    DocumentSource {
        /// The id of the source.
        id: String,
        /// The media type.
        media_type: String,
        /// The title.
        title: String,
    } {
        /// The file's name.
        filename: String,
        /// What else the provider said about the source.
        provider_metadata: ProviderMetadata,
    }
}
