//! The parts of a step's answer, tools' results among them.

use aqueduct_spec::JsonObject;
use aqueduct_spec::language::{Custom, File, Reasoning, ReasoningFile, Source, Text};

use crate::tool::{
    ToolApprovalRequest, ToolApprovalResponse, ToolCall, ToolError, ToolOutcome, ToolResult,
};

/// A part of a step's answer.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum ContentPart {
    /// Text.
    Text(Text),
    /// What the model thought.
    Reasoning(Reasoning),
    /// A file.
    File(File),
    /// A file that belongs to the reasoning.
    ReasoningFile(ReasoningFile),
    /// Where something was found.
    Source(Source),
    /// Something only this provider has.
    Custom(Custom),
    /// A tool call.
    ToolCall(ToolCall),
    /// The result of a tool.
    ToolResult(ToolResult),
    /// A tool call that gave no result.
    ToolError(ToolError),
    /// A tool call waits for somebody's leave, or a rule has decided.
    ToolApprovalRequest(ToolApprovalRequest),
    /// What a rule decided about a tool call.
    ToolApprovalResponse(ToolApprovalResponse),
    /// A part that this version does not know.
    Unknown(JsonObject),
}

impl From<ToolOutcome> for ContentPart {
    fn from(outcome: ToolOutcome) -> Self {
        match outcome {
            ToolOutcome::Result(result) => Self::ToolResult(result),
            ToolOutcome::Error(error) => Self::ToolError(error),
        }
    }
}

/// Declares how the parts of one kind are picked out of all parts (`content`), and what is told of the last answer alone
/// (`last_content`).
macro_rules! content_accessors {
    () => {
        /// The texts, joined.
        pub fn text(&self) -> String {
            self.last_content()
                .iter()
                .filter_map(|part| match part {
                    $crate::text::ContentPart::Text(part) => Some(part.text.as_str()),
                    _ => None,
                })
                .collect()
        }

        /// What the model thought, joined; `None` if it does not say.
        pub fn reasoning_text(&self) -> Option<String> {
            let thoughts: String = self.reasoning().map(|part| part.text.as_str()).collect();
            Some(thoughts).filter(|thoughts| !thoughts.is_empty())
        }

        /// What the model thought, in parts.
        pub fn reasoning(&self) -> impl Iterator<Item = &aqueduct_spec::language::Reasoning> {
            self.last_content().iter().filter_map(|part| match part {
                $crate::text::ContentPart::Reasoning(part) => Some(part),
                _ => None,
            })
        }

        $crate::text::content::content_accessors! {
            /// The files that the model made.
            files: aqueduct_spec::language::File = File;
            /// The files that belong to the reasoning.
            reasoning_files: aqueduct_spec::language::ReasoningFile = ReasoningFile;
            /// Where the model found things.
            sources: aqueduct_spec::language::Source = Source;
            /// The tool calls, invalid ones among them.
            tool_calls: $crate::tool::ToolCall = ToolCall;
            /// The results of tools.
            tool_results: $crate::tool::ToolResult = ToolResult;
            /// The tool calls that gave no result.
            tool_errors: $crate::tool::ToolError = ToolError;
            /// The tool calls that wait for leave, or that a rule has decided on.
            tool_approval_requests: $crate::tool::ToolApprovalRequest = ToolApprovalRequest;
        }

        /// The calls of tools that the program knew when it was written.
        pub fn static_tool_calls(&self) -> impl Iterator<Item = &$crate::tool::ToolCall> {
            self.tool_calls().filter(|call| !call.dynamic)
        }

        /// The calls of tools that were known only at run time.
        pub fn dynamic_tool_calls(&self) -> impl Iterator<Item = &$crate::tool::ToolCall> {
            self.tool_calls().filter(|call| call.dynamic)
        }

        /// The results of tools that the program knew when it was written.
        pub fn static_tool_results(&self) -> impl Iterator<Item = &$crate::tool::ToolResult> {
            self.tool_results().filter(|result| !result.dynamic)
        }

        /// The results of tools that were known only at run time.
        pub fn dynamic_tool_results(&self) -> impl Iterator<Item = &$crate::tool::ToolResult> {
            self.tool_results().filter(|result| result.dynamic)
        }
    };
    ($( $(#[$meta:meta])* $name:ident: $type:ty = $variant:ident; )*) => { $(
        $(#[$meta])*
        pub fn $name(&self) -> impl Iterator<Item = &$type> {
            self.content().iter().filter_map(|part| match part {
                $crate::text::ContentPart::$variant(part) => Some(part),
                _ => None,
            })
        }
    )* };
}
pub(crate) use content_accessors;
