//! What is said: contents and the parts they are made of.

use serde::{Deserialize, Deserializer};
use serde_json::Value;

use super::{nullish, object};
use crate::short_list;

object! {
    /// One turn of a conversation.
    Content {} {
        /// `user` or `model`; absent in system instructions.
        role: String,
        /// What it is made of.
        #[serde(deserialize_with = "some_parts")]
        parts: Vec<Part>,
    }
}

fn some_parts<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Vec<Part>>, D::Error> {
    short_list::deserialize(deserializer).map(|parts| Some(parts.unwrap_or_default()))
}

impl Content {
    /// Makes the content of a role.
    pub fn new(role: &str, parts: Vec<Part>) -> Self {
        Self { role: Some(role.to_owned()), parts: Some(parts), ..Self::default() }
    }
}

object! {
    /// A part of a content. One of the fields says what it is; a thought and its signature go along with any.
    Part {} {
        /// Text.
        text: String,
        /// Bytes.
        #[serde(alias = "inline_data")]
        inline_data: Blob,
        /// A file by its place.
        #[serde(alias = "file_data")]
        file_data: FileUri,
        /// A call of a function of the client's.
        #[serde(alias = "function_call")]
        function_call: FunctionCall,
        /// What a function of the client's returned.
        #[serde(alias = "function_response")]
        function_response: FunctionResponse,
        /// A call of a tool that the vendor runs.
        tool_call: ServerToolCall,
        /// What a tool of the vendor's returned.
        tool_response: ServerToolResponse,
        /// Code that the vendor runs.
        executable_code: ExecutableCode,
        /// What that code gave.
        code_execution_result: CodeExecutionResult,
        /// Whether the model only thought so.
        thought: bool,
        /// Lets the vendor recognize a thought of its own; to be sent back as it came.
        #[serde(alias = "thought_signature")]
        thought_signature: String,
    }
}

impl Part {
    /// A part of text.
    pub fn text(text: impl Into<String>) -> Self {
        Self { text: Some(text.into()), ..Self::default() }
    }

    /// A part of bytes, given as base64.
    pub fn inline(mime_type: impl Into<String>, data: impl Into<String>) -> Self {
        Self { inline_data: Some(Blob::new(mime_type, data)), ..Self::default() }
    }

    /// A part that is a file by its place.
    pub fn file(mime_type: impl Into<String>, file_uri: impl Into<String>) -> Self {
        let file = FileUri {
            mime_type: Some(mime_type.into()),
            file_uri: file_uri.into(),
            ..FileUri::default()
        };
        Self { file_data: Some(file), ..Self::default() }
    }
}

object! {
    /// Bytes.
    Blob {
        /// The media type.
        #[serde(default, alias = "mime_type", deserialize_with = "nullish")]
        mime_type: String,
        /// The bytes as base64.
        #[serde(default, deserialize_with = "nullish")]
        data: String,
    } {}
}

impl Blob {
    /// Wraps base64.
    pub fn new(mime_type: impl Into<String>, data: impl Into<String>) -> Self {
        Self { mime_type: mime_type.into(), data: data.into(), ..Self::default() }
    }
}

object! {
    /// A file by its place.
    FileUri {
        /// The place.
        #[serde(alias = "file_uri")]
        file_uri: String,
    } {
        /// The media type.
        #[serde(alias = "mime_type")]
        mime_type: String,
    }
}
object! {
    /// A call of a function of the client's. In a stream it may come in pieces: the first has the name.
    FunctionCall {} {
        /// The id of the call.
        id: String,
        /// The function.
        name: String,
        /// Its arguments, an object.
        args: Value,
        /// Pieces of its arguments.
        #[serde(deserialize_with = "short_list::deserialize")]
        partial_args: Vec<PartialArgument>,
        /// Whether more pieces follow.
        will_continue: bool,
    }
}
object! {
    /// A piece of the arguments of a call.
    PartialArgument {
        /// Where it belongs: `$.recipe.steps[0]`.
        json_path: String,
    } {
        /// A text, or the next piece of one.
        string_value: String,
        /// A number.
        number_value: serde_json::Number,
        /// Yes or no.
        bool_value: bool,
        /// There is no value, said by whatever stands here.
        #[serde(deserialize_with = "present")]
        null_value: Value,
        /// Whether the next piece belongs to the same text.
        will_continue: bool,
    }
}

/// Tells `null` from nothing.
fn present<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Value>, D::Error> {
    Value::deserialize(deserializer).map(Some)
}

object! {
    /// What a function of the client's returned.
    FunctionResponse {
        /// The function.
        name: String,
        /// What it returned, an object.
        #[serde(default)]
        response: Value,
    } {
        /// The id of the call.
        id: String,
        /// Files that it returned.
        parts: Vec<Part>,
    }
}
object! {
    /// A call of a tool that the vendor runs.
    ServerToolCall {
        /// The kind of tool.
        tool_type: String,
    } {
        /// The id of the call.
        id: String,
        /// Its arguments.
        args: Value,
    }
}
object! {
    /// What a tool of the vendor's returned.
    ServerToolResponse {
        /// The kind of tool.
        tool_type: String,
    } {
        /// The id of the call.
        id: String,
        /// What it returned.
        response: Value,
    }
}
object! {
    /// Code that the vendor runs.
    ExecutableCode {
        /// The language: `PYTHON`.
        #[serde(default, deserialize_with = "nullish")]
        language: String,
        /// The code.
        #[serde(default, deserialize_with = "nullish")]
        code: String,
    } {}
}
object! {
    /// What code gave.
    CodeExecutionResult {
        /// How it ended: `OUTCOME_OK`.
        #[serde(default, deserialize_with = "nullish")]
        outcome: String,
    } {
        /// What it printed, or why it failed.
        output: String,
    }
}
