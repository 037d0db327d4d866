//! The JSON of `POST /chat/completions`, written down once and read in both directions: providers encode requests and decode
//! answers, a gateway's ingress decodes requests and encodes answers.
//!
//! Fields that are not listed are kept in `rest`. Source: <https://platform.openai.com/docs/api-reference/chat> (2026-11) and
//! what compatible hosts add to it.

mod chunk;
mod message;
mod request;
mod response;
mod usage;

pub use chunk::{Chunk, ChunkChoice, Delta, FunctionDelta, GroqExtra, ToolCallDelta};
pub use message::{
    Content, ContentPart, ExtraContent, FileContent, FilePart, FunctionCall, GoogleContent,
    ImagePart, InputAudio, InputAudioPart, Message, TextPart, ToolCall, UrlContent, VideoPart,
};
pub use request::{
    Function, FunctionChoice, FunctionName, FunctionTool, JsonSchema, JsonSchemaFormat, Request,
    ResponseFormat, Stop, StreamOptions, Tool, ToolChoice,
};
pub use response::{Choice, Response};
pub use usage::Usage;
