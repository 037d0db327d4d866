//! One turn of a mock language model.

use aqueduct_spec::language::{
    Content, GenerateResult, InputTokens, OutputTokens, StreamPart, Text, ToolCall,
    UnifiedFinishReason, Usage,
};
use aqueduct_spec::{Error, Result};
use serde_json::Value;

use crate::{fold, unfold};

/// What a mock language model answers to one call, whole or streamed alike.
#[derive(Debug, Clone)]
pub struct Turn(pub(super) Kind);

#[derive(Debug, Clone)]
pub(super) enum Kind {
    Result(Box<GenerateResult>),
    Parts(Vec<Result<StreamPart>>),
    Error(Error),
    Pending,
}

impl Turn {
    /// A text, with finish reason `stop` and a usage of 3 input and 5 output tokens.
    pub fn text(text: impl Into<String>) -> Self {
        Self::content([Text::new(text)], UnifiedFinishReason::Stop)
    }

    /// One tool call.
    pub fn tool_call(id: &str, tool: &str, input: &Value) -> Self {
        Self::content([ToolCall::new(id, tool, input.to_string())], UnifiedFinishReason::ToolCalls)
    }

    /// Content, a finish reason, and a usage of 3 input and 5 output tokens.
    pub fn content<P: Into<Content>>(
        content: impl IntoIterator<Item = P>,
        finish: UnifiedFinishReason,
    ) -> Self {
        let mut input = InputTokens::default();
        input.total = Some(3);
        let mut output = OutputTokens::default();
        output.total = Some(5);
        let mut result = GenerateResult::default();
        result.content = content.into_iter().map(Into::into).collect();
        result.finish_reason = finish.into();
        result.usage = Usage::new(input, output, None);
        Self::result(result)
    }

    /// A whole answer.
    pub fn result(result: GenerateResult) -> Self {
        Self(Kind::Result(Box::new(result)))
    }

    /// The parts of a stream, as they are.
    pub fn parts(parts: impl IntoIterator<Item = StreamPart>) -> Self {
        Self(Kind::Parts(parts.into_iter().map(Ok).collect()))
    }

    /// Parts after which the stream breaks with an error.
    pub fn broken(parts: impl IntoIterator<Item = StreamPart>, error: Error) -> Self {
        Self(Kind::Parts(parts.into_iter().map(Ok).chain([Err(error)]).collect()))
    }

    /// A failure before the answer begins.
    pub fn error(error: Error) -> Self {
        Self(Kind::Error(error))
    }

    /// No answer, ever.
    pub fn pending() -> Self {
        Self(Kind::Pending)
    }

    pub(super) async fn whole(self) -> Result<GenerateResult> {
        match self.0 {
            Kind::Result(result) => Ok(*result),
            Kind::Parts(parts) => fold(parts),
            Kind::Error(error) => Err(error),
            Kind::Pending => std::future::pending().await,
        }
    }

    pub(super) async fn streamed(self) -> Result<Vec<Result<StreamPart>>> {
        match self.0 {
            Kind::Result(result) => Ok(unfold(*result).into_iter().map(Ok).collect()),
            Kind::Parts(parts) => Ok(parts),
            Kind::Error(error) => Err(error),
            Kind::Pending => std::future::pending().await,
        }
    }
}

impl From<Result<GenerateResult>> for Turn {
    fn from(result: Result<GenerateResult>) -> Self {
        result.map_or_else(Self::error, Self::result)
    }
}

impl From<&str> for Turn {
    fn from(text: &str) -> Self {
        Self::text(text)
    }
}

impl From<Error> for Turn {
    fn from(error: Error) -> Self {
        Self::error(error)
    }
}
