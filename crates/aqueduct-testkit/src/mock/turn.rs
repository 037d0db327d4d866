//! One turn of a mock language model.

use std::time::Duration;

use aqueduct_spec::language::{
    Content, GenerateResult, InputTokens, OutputTokens, StreamPart, Text, ToolCall,
    UnifiedFinishReason, Usage,
};
use aqueduct_spec::{BoxStream, Error, Result};
use futures_util::{StreamExt as _, stream};
use serde_json::Value;

use crate::{fold, unfold};

/// What a mock language model answers to one call, whole or streamed alike.
#[derive(Debug, Clone)]
pub struct Turn {
    kind: Kind,
    delay: Duration,
}

#[derive(Debug, Clone)]
enum Kind {
    Result(Box<GenerateResult>),
    Parts(Vec<Result<StreamPart>>),
    Paced(Vec<(Duration, StreamPart)>),
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
        Self::of(Kind::Result(Box::new(result)))
    }

    /// The parts of a stream, as they are.
    pub fn parts(parts: impl IntoIterator<Item = StreamPart>) -> Self {
        Self::of(Kind::Parts(parts.into_iter().map(Ok).collect()))
    }

    /// Parts after which the stream breaks with an error.
    pub fn broken(parts: impl IntoIterator<Item = StreamPart>, error: Error) -> Self {
        Self::of(Kind::Parts(parts.into_iter().map(Ok).chain([Err(error)]).collect()))
    }

    /// A failure before the answer begins.
    pub fn error(error: Error) -> Self {
        Self::of(Kind::Error(error))
    }

    /// The parts of a stream, each after a while. A whole answer takes as long as all of them.
    pub fn paced(parts: impl IntoIterator<Item = (Duration, StreamPart)>) -> Self {
        Self::of(Kind::Paced(parts.into_iter().collect()))
    }

    /// No answer, ever.
    pub fn pending() -> Self {
        Self::of(Kind::Pending)
    }

    /// Lets the answer begin after a while.
    #[must_use]
    pub fn after(mut self, delay: Duration) -> Self {
        self.delay = delay;
        self
    }

    fn of(kind: Kind) -> Self {
        Self { kind, delay: Duration::ZERO }
    }

    pub(super) async fn whole(self) -> Result<GenerateResult> {
        wait(self.delay).await;
        match self.kind {
            Kind::Result(result) => Ok(*result),
            Kind::Parts(parts) => fold(parts),
            Kind::Paced(parts) => {
                wait(parts.iter().map(|(pause, _)| *pause).sum()).await;
                fold(parts.into_iter().map(|(_, part)| Ok(part)))
            }
            Kind::Error(error) => Err(error),
            Kind::Pending => std::future::pending().await,
        }
    }

    pub(super) async fn streamed(self) -> Result<BoxStream<'static, Result<StreamPart>>> {
        wait(self.delay).await;
        Ok(match self.kind {
            Kind::Result(result) => {
                stream::iter(unfold(*result).into_iter().map(Ok).collect::<Vec<_>>()).boxed()
            }
            Kind::Parts(parts) => stream::iter(parts).boxed(),
            Kind::Paced(parts) => stream::iter(parts)
                .then(|(pause, part)| async move {
                    wait(pause).await;
                    Ok(part)
                })
                .boxed(),
            Kind::Error(error) => return Err(error),
            Kind::Pending => return std::future::pending().await,
        })
    }
}

/// A sleep of no time would still let others run first.
async fn wait(time: Duration) {
    if !time.is_zero() {
        tokio::time::sleep(time).await;
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
