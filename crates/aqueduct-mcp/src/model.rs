//! What servers tell. Source: the schemas of MCP 2025-11-25 and 2026-07-28; fields that it does not name are kept in `rest`.

use aqueduct::spec::JsonObject;
use serde::{Deserialize, Serialize};
use serde_json::Value;

macro_rules! records {
    ($($(#[$doc:meta])* $name:ident { $($(#[$field_meta:meta])* $field:ident: $type:ty,)* })*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
        #[serde(rename_all = "camelCase")]
        #[non_exhaustive]
        pub struct $name {
            $($(#[$field_meta])* #[serde(default, skip_serializing_if = "is_absent")] pub $field: $type,)*
            /// All that is not named above.
            #[serde(flatten)]
            pub rest: JsonObject,
        }
    )*};
}

trait Absent {
    fn absent(&self) -> bool;
}
impl<T> Absent for Option<T> {
    fn absent(&self) -> bool {
        self.is_none()
    }
}
impl Absent for String {
    fn absent(&self) -> bool {
        false
    }
}
impl<T> Absent for Vec<T> {
    fn absent(&self) -> bool {
        false
    }
}
impl Absent for f64 {
    fn absent(&self) -> bool {
        false
    }
}
impl Absent for Value {
    fn absent(&self) -> bool {
        self.is_null()
    }
}
fn is_absent<T: Absent>(value: &T) -> bool {
    value.absent()
}

records! {
    /// The server's side of the handshake.
    InitializeResult {
        /// The version of the protocol that both sides speak.
        protocol_version: String,
        /// What the server can do.
        capabilities: Value,
        /// The server's name and version.
        server_info: Value,
        /// How to use the server, for a model's instructions.
        instructions: Option<String>,
    }
    /// A tool as its server describes it.
    ToolDefinition {
        /// Its name.
        name: String,
        /// What to call it before a person.
        title: Option<String>,
        /// What it does.
        description: Option<String>,
        /// The schema of its input.
        input_schema: Value,
        /// The schema of its structured result.
        output_schema: Option<Value>,
        /// Hints of what it does to the world.
        annotations: Option<Value>,
        /// What the server adds for those who know it, such as `ui` of MCP Apps.
        #[serde(rename = "_meta")]
        meta: Option<Value>,
    }
    /// What a tool gave.
    CallToolResult {
        /// Parts: text, image, audio, resources.
        content: Option<Vec<Value>>,
        /// The result as JSON.
        structured_content: Option<Value>,
        /// Whether the tool failed.
        is_error: Option<bool>,
        /// What the server adds for those who know it.
        #[serde(rename = "_meta")]
        meta: Option<Value>,
    }
    /// Something to read.
    Resource {
        /// Where it is.
        uri: String,
        /// Its name.
        name: String,
        /// What it is.
        description: Option<String>,
        /// Its media type.
        mime_type: Option<String>,
    }
    /// A pattern of resources.
    ResourceTemplate {
        /// The pattern, RFC 6570.
        uri_template: String,
        /// Its name.
        name: String,
        /// What they are.
        description: Option<String>,
        /// Their media type.
        mime_type: Option<String>,
    }
    /// A prompt that the server offers.
    Prompt {
        /// Its name.
        name: String,
        /// What it is for.
        description: Option<String>,
        /// What it can be filled with.
        arguments: Option<Vec<Value>>,
    }
    /// A filled prompt.
    GetPromptResult {
        /// What it is for.
        description: Option<String>,
        /// Its messages.
        messages: Vec<Value>,
    }
    /// How far a call is.
    Progress {
        /// What is done, in units of the server's; it grows.
        progress: f64,
        /// What is to be done, if the server knows.
        total: Option<f64>,
        /// What the server does.
        message: Option<String>,
    }
    /// What an argument may be completed to.
    Completion {
        /// The candidates, at most 100.
        values: Vec<String>,
        /// How many there are.
        total: Option<u64>,
        /// Whether there are more.
        has_more: Option<bool>,
    }
}
