//! The JSON of `POST /models/{model}:generateContent`, written down once and read in both directions: providers encode
//! requests and decode answers, a gateway's ingress decodes requests and encodes answers.
//!
//! Fields that are not listed are kept in `rest`. Source: <https://ai.google.dev/api/generate-content> (2026-11).

mod content;
mod request;
mod response;

pub use content::{
    Blob, CodeExecutionResult, Content, ExecutableCode, FileUri, FunctionCall, FunctionResponse,
    Part, PartialArgument, ServerToolCall, ServerToolResponse,
};
pub use request::{
    FunctionCallingConfig, FunctionDeclaration, GenerationConfig, Request, SafetySetting,
    ThinkingConfig, Tool, ToolConfig,
};
pub use response::{Candidate, Response, UsageMetadata};

/// Declares an object of the API: the fields that are always there, then those that may be absent.
macro_rules! object {
    (
        $(#[$meta:meta])*
        $name:ident
        { $( $(#[$required_meta:meta])* $required:ident: $required_type:ty, )* }
        { $( $(#[$optional_meta:meta])* $optional:ident: $optional_type:ty, )* }
    ) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Default, PartialEq, serde::Serialize, serde::Deserialize)]
        #[serde(rename_all = "camelCase")]
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
            pub rest: aqueduct_spec::JsonObject,
        }
    };
}
use object;

/// Reads `null` as an empty list.
fn nullish<'de, D: serde::Deserializer<'de>, T: serde::Deserialize<'de> + Default>(
    deserializer: D,
) -> Result<T, D::Error> {
    <Option<T> as serde::Deserialize>::deserialize(deserializer).map(Option::unwrap_or_default)
}
