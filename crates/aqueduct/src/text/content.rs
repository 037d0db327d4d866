//! The parts of a step's answer, tools' results among them.

use aqueduct_spec::JsonObject;
use aqueduct_spec::language::{
    Custom, File, Reasoning, ReasoningFile, Source, Text, ToolApprovalRequest,
};

use crate::tool::{ToolCall, ToolError, ToolOutcome, ToolResult};

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
    /// A tool that the provider runs asks whether it may.
    ToolApprovalRequest(ToolApprovalRequest),
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

/// Declares how the parts of one kind are picked out of a list of parts.
macro_rules! content_accessors {
    () => {
        /// The texts, joined.
        pub fn text(&self) -> String {
            self.content()
                .iter()
                .filter_map(|part| match part {
                    $crate::text::ContentPart::Text(part) => Some(part.text.as_str()),
                    _ => None,
                })
                .collect()
        }

        /// What the model thought, joined; `None` if it does not say.
        pub fn reasoning_text(&self) -> Option<String> {
            let mut thoughts = self.reasoning().map(|part| part.text.as_str()).peekable();
            thoughts.peek()?;
            Some(thoughts.collect())
        }

        /// What the model thought, in parts.
        pub fn reasoning(&self) -> impl Iterator<Item = &aqueduct_spec::language::Reasoning> {
            self.content().iter().filter_map(|part| match part {
                $crate::text::ContentPart::Reasoning(part) => Some(part),
                _ => None,
            })
        }

        /// The files that the model made.
        pub fn files(&self) -> impl Iterator<Item = &aqueduct_spec::language::File> {
            self.content().iter().filter_map(|part| match part {
                $crate::text::ContentPart::File(part) => Some(part),
                _ => None,
            })
        }

        /// Where the model found things.
        pub fn sources(&self) -> impl Iterator<Item = &aqueduct_spec::language::Source> {
            self.content().iter().filter_map(|part| match part {
                $crate::text::ContentPart::Source(part) => Some(part),
                _ => None,
            })
        }

        /// The tool calls, invalid ones among them.
        pub fn tool_calls(&self) -> impl Iterator<Item = &$crate::tool::ToolCall> {
            self.content().iter().filter_map(|part| match part {
                $crate::text::ContentPart::ToolCall(part) => Some(part),
                _ => None,
            })
        }

        /// The results of tools.
        pub fn tool_results(&self) -> impl Iterator<Item = &$crate::tool::ToolResult> {
            self.content().iter().filter_map(|part| match part {
                $crate::text::ContentPart::ToolResult(part) => Some(part),
                _ => None,
            })
        }

        /// The tool calls that gave no result.
        pub fn tool_errors(&self) -> impl Iterator<Item = &$crate::tool::ToolError> {
            self.content().iter().filter_map(|part| match part {
                $crate::text::ContentPart::ToolError(part) => Some(part),
                _ => None,
            })
        }
    };
}
pub(crate) use content_accessors;
