//! The blocks that messages are made of, in requests and in answers.

use aqueduct_spec::JsonObject;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A block of a message.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Block {
    /// Text.
    Text(TextBlock),
    /// A picture.
    Image(ImageBlock),
    /// A document.
    Document(DocumentBlock),
    /// A file to be put into the container.
    ContainerUpload(ContainerUploadBlock),
    /// What the model thought.
    Thinking(ThinkingBlock),
    /// What the model thought, readable for the vendor alone.
    RedactedThinking(RedactedThinkingBlock),
    /// What the conversation before was about, in short.
    Compaction(CompactionBlock),
    /// A call of a tool that the client runs.
    ToolUse(ToolUseBlock),
    /// A call of a tool that the vendor runs.
    ServerToolUse(ToolUseBlock),
    /// A call of a tool of an MCP server.
    McpToolUse(McpToolUseBlock),
    /// The result of a tool that the client ran.
    ToolResult(ToolResultBlock),
    /// The result of a tool of an MCP server.
    McpToolResult(McpToolResultBlock),
    /// What a search of the web found.
    WebSearchToolResult(ServerToolResultBlock),
    /// A page of the web.
    WebFetchToolResult(ServerToolResultBlock),
    /// What code gave.
    CodeExecutionToolResult(ServerToolResultBlock),
    /// What a shell command gave.
    BashCodeExecutionToolResult(ServerToolResultBlock),
    /// What a change or look at a file gave.
    TextEditorCodeExecutionToolResult(ServerToolResultBlock),
    /// Which tools a search found.
    ToolSearchToolResult(ServerToolResultBlock),
    /// What the advisor said.
    AdvisorToolResult(ServerToolResultBlock),
    /// A tool that was found.
    ToolReference(ToolReferenceBlock),
    /// A tool that is there from here on.
    ToolAddition(ToolChangeBlock),
    /// A tool that is gone from here on.
    ToolRemoval(ToolChangeBlock),
    /// Another model goes on from here.
    Fallback(FallbackBlock),
    /// A kind that is not listed.
    #[serde(untagged)]
    Other(JsonObject),
}

/// Declares a block: the fields that are always there, then those that may be absent.
macro_rules! block {
    (
        $(#[$meta:meta])*
        $name:ident
        { $( $(#[$required_meta:meta])* $required:ident: $required_type:ty, )* }
        { $( $(#[$optional_meta:meta])* $optional:ident: $optional_type:ty, )* }
    ) => {
        $(#[$meta])*
        #[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
        #[non_exhaustive]
        pub struct $name {
            $( $(#[$required_meta])* pub $required: $required_type, )*
            $(
                $(#[$optional_meta])*
                #[serde(default, skip_serializing_if = "Option::is_none")]
                pub $optional: Option<$optional_type>,
            )*
            /// Everything else.
            #[serde(flatten)]
            pub rest: JsonObject,
        }

        impl $name {
            /// Creates it from the fields that are always there.
            pub fn new($($required: impl Into<$required_type>),*) -> Self {
                Self {
                    $( $required: $required.into(), )*
                    $( $optional: None, )*
                    rest: JsonObject::new(),
                }
            }
        }
    };
}

block! {
    /// Text.
    TextBlock {
        /// The text.
        text: String,
    } {
        /// Where the text comes from.
        citations: Vec<Value>,
        /// Where the cached part of a prompt ends.
        cache_control: Value,
    }
}
block! {
    /// A picture.
    ImageBlock {
        /// The picture.
        source: Source,
    } {
        /// Where the cached part of a prompt ends.
        cache_control: Value,
    }
}
block! {
    /// A document.
    DocumentBlock {
        /// The document.
        source: Source,
    } {
        /// The title.
        title: String,
        /// What to know about it; not cited.
        context: String,
        /// Whether it is cited: `{"enabled": true}`.
        citations: Value,
        /// Where the cached part of a prompt ends.
        cache_control: Value,
    }
}
block! {
    /// A file to be put into the container.
    ContainerUploadBlock {
        /// The file.
        file_id: String,
    } {}
}
block! {
    /// What the model thought.
    ThinkingBlock {
        /// The thought.
        thinking: String,
    } {
        /// Proves that the thought is the model's.
        signature: String,
    }
}
block! {
    /// What the model thought, readable for the vendor alone.
    RedactedThinkingBlock {
        /// The thought.
        data: String,
    } {}
}
block! {
    /// What the conversation before was about, in short.
    #[derive(Default)]
    CompactionBlock {} {
        /// The summary.
        content: String,
        /// Where the cached part of a prompt ends.
        cache_control: Value,
    }
}
block! {
    /// A call of a tool.
    ToolUseBlock {
        /// The id of the call.
        id: String,
        /// The tool.
        name: String,
    } {
        /// The input.
        input: Value,
        /// Which code called the tool, if it was not the model itself.
        caller: Value,
        /// Where the cached part of a prompt ends.
        cache_control: Value,
    }
}
block! {
    /// A call of a tool of an MCP server.
    McpToolUseBlock {
        /// The id of the call.
        id: String,
        /// The tool.
        name: String,
        /// The server.
        server_name: String,
    } {
        /// The input.
        input: Value,
        /// Where the cached part of a prompt ends.
        cache_control: Value,
    }
}
block! {
    /// The result of a tool that the client ran.
    ToolResultBlock {
        /// The call it belongs to.
        tool_use_id: String,
    } {
        /// The result.
        content: Content,
        /// Whether the tool failed.
        is_error: bool,
        /// Where the cached part of a prompt ends.
        cache_control: Value,
    }
}
block! {
    /// The result of a tool of an MCP server.
    McpToolResultBlock {
        /// The call it belongs to.
        tool_use_id: String,
    } {
        /// Whether the tool failed.
        is_error: bool,
        /// The result.
        content: Value,
        /// Where the cached part of a prompt ends.
        cache_control: Value,
    }
}
block! {
    /// The result of a tool that the vendor ran.
    ServerToolResultBlock {
        /// The call it belongs to.
        tool_use_id: String,
        /// The result, of a shape that the tool defines.
        content: Value,
    } {
        /// Which code called the tool, if it was not the model itself.
        caller: Value,
        /// Where the cached part of a prompt ends.
        cache_control: Value,
    }
}
block! {
    /// A tool that was found.
    ToolReferenceBlock {
        /// The tool.
        tool_name: String,
    } {}
}
block! {
    /// A tool that comes or goes.
    ToolChangeBlock {
        /// The tool.
        tool: ToolChange,
    } {}
}
block! {
    /// Another model goes on from here.
    #[derive(Default)]
    FallbackBlock {} {}
}

/// The name of a tool that comes or goes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ToolChange {
    /// `tool_reference`.
    #[serde(rename = "type")]
    pub kind: String,
    /// The tool.
    pub name: String,
}

impl ToolChange {
    /// Names a tool.
    pub fn new(name: impl Into<String>) -> Self {
        Self { kind: "tool_reference".to_owned(), name: name.into() }
    }
}

/// The content of a picture or document.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Source {
    /// Base64.
    Base64 {
        /// The media type.
        media_type: String,
        /// The bytes.
        data: String,
    },
    /// A place to fetch it from.
    Url {
        /// The place.
        url: String,
    },
    /// Text.
    Text {
        /// `text/plain`.
        media_type: String,
        /// The text.
        data: String,
    },
    /// A file uploaded before.
    File {
        /// The file.
        file_id: String,
    },
    /// A kind that is not listed.
    #[serde(untagged)]
    Other(JsonObject),
}

/// Text, or blocks.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Content {
    /// Text.
    Text(String),
    /// Blocks.
    Blocks(Vec<Block>),
}

impl From<String> for Content {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<Vec<Block>> for Content {
    fn from(blocks: Vec<Block>) -> Self {
        Self::Blocks(blocks)
    }
}
