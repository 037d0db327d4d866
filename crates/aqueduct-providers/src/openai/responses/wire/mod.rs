//! The JSON of `POST /responses`, written down once and read in both directions: providers encode requests and decode answers,
//! a gateway's ingress decodes requests and encodes answers.
//!
//! Fields that are not listed are kept in `rest`, kinds that are not listed as they came.
//! Source: <https://platform.openai.com/docs/api-reference/responses> (2026-11).

mod shape;

mod content;
mod event;
mod item;
mod request;
mod response;
mod tool;

pub use content::{
    Annotation, ContainerFileCitation, Content, ContentPart, FileCitation, FilePath, InputFile,
    InputImage, InputText, OutputText, Refusal, UrlCitation,
};
pub use event::{
    AnnotationAdded, CodeDone, DiffDone, ErrorEvent, Event, ItemDelta, ItemEvent, PartialImage,
    ResponseEvent, SummaryDelta, SummaryPart, TextDelta,
};
pub use item::{
    ApplyPatchCall, ApplyPatchCallOutput, CallOutput, Caller, CodeInterpreterCall, Compaction,
    CompactionTrigger, ComputerCall, ComputerCallOutput, CustomToolCall, CustomToolCallOutput,
    FileSearchCall, FunctionCall, FunctionCallOutput, ImageGenerationCall, Item, ItemReference,
    LocalShellCall, LocalShellCallOutput, McpApprovalRequest, McpApprovalResponse, McpCall,
    McpListTools, Message, Program, ProgramOutput, Reasoning, ShellCall, ShellCallOutput, Summary,
    ToolSearchCall, ToolSearchOutput, WebSearchCall,
};
pub use request::{
    CompactionRule, Format, Input, JsonObjectFormat, JsonSchemaFormat, ReasoningSettings, Request,
    TextFormat, TextSettings,
};
pub use response::{IncompleteDetails, Response, ResponseError, Usage};
pub use tool::{FunctionTool, NamespaceTool, Tool};
