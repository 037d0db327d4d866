//! How a tool's function runs: as one stream of events, whether it gives one result or many.

use std::sync::Arc;
use std::time::Duration;

use aqueduct_spec::language::ToolResultOutput;
use aqueduct_spec::{BoxFuture, BoxStream};
use futures_core::Stream;
use futures_util::{StreamExt as _, stream};
use serde_json::Value;
use tokio::time::{Instant, timeout_at};

use super::{
    IntoToolOutput, Tool, ToolCall, ToolContext, ToolFailure, ToolFailureKind, ToolOutcome,
    ToolResult,
};

/// A tool's function.
#[derive(Clone)]
pub(super) enum Execute {
    /// It gives one result.
    Once(Arc<dyn Fn(Value, ToolContext) -> Answer + Send + Sync>),
    /// It gives several, the last of which counts.
    Stream(Arc<dyn Fn(Value, ToolContext) -> Answers + Send + Sync>),
}

type Answer = BoxFuture<'static, Result<Value, ToolFailure>>;
type Answers = BoxStream<'static, Result<Value, ToolFailure>>;

impl Execute {
    pub(super) fn once<F, R, K>(
        execute: impl Fn(Value, ToolContext) -> F + Send + Sync + 'static,
    ) -> Self
    where
        F: Future<Output = R> + Send + 'static,
        R: IntoToolOutput<K> + 'static,
    {
        Self::raw(move |input, cx| {
            let future = execute(input, cx);
            Box::pin(async move { future.await.into_tool_output() })
        })
    }

    pub(super) fn stream<S, R, K>(
        execute: impl Fn(Value, ToolContext) -> S + Send + Sync + 'static,
    ) -> Self
    where
        S: Stream<Item = R> + Send + 'static,
        R: IntoToolOutput<K> + 'static,
    {
        Self::raw_stream(move |input, cx| {
            execute(input, cx).map(|answer| answer.into_tool_output()).boxed()
        })
    }

    pub(super) fn raw(
        execute: impl Fn(Value, ToolContext) -> Answer + Send + Sync + 'static,
    ) -> Self {
        Self::Once(Arc::new(execute))
    }

    pub(super) fn raw_stream(
        execute: impl Fn(Value, ToolContext) -> Answers + Send + Sync + 'static,
    ) -> Self {
        Self::Stream(Arc::new(execute))
    }
}

/// What a running tool has to say.
#[derive(Debug)]
pub(crate) enum ToolEvent {
    /// A result that another one will replace.
    Preliminary(ToolResult),
    /// The end, and how long the tool ran.
    Done(ToolOutcome, Duration),
}

impl Tool {
    /// Whether there is a function.
    pub fn is_executable(&self) -> bool {
        self.execute.is_some()
    }

    /// Runs a call; `None` if there is no function. The clock starts when the stream is first polled.
    pub(crate) fn run(
        &self,
        call: ToolCall,
        cx: ToolContext,
        limit: Option<Duration>,
    ) -> Option<BoxStream<'static, ToolEvent>> {
        let execute = self.execute.clone()?;
        let run = Run { tool: self.clone(), call, limit };
        Some(match execute {
            Execute::Once(execute) => stream::once(run.once(execute, cx)).boxed(),
            Execute::Stream(execute) => run.many(execute, cx).boxed(),
        })
    }
}

/// One execution.
struct Run {
    tool: Tool,
    call: ToolCall,
    limit: Option<Duration>,
}

impl Run {
    async fn once(
        self,
        execute: Arc<dyn Fn(Value, ToolContext) -> Answer + Send + Sync>,
        cx: ToolContext,
    ) -> ToolEvent {
        let start = Instant::now();
        let answer = execute(self.call.input.clone(), cx);
        let result = self.within(start, answer).await.unwrap_or_else(Err);
        self.done(result, start)
    }

    fn many(
        self,
        execute: Arc<dyn Fn(Value, ToolContext) -> Answers + Send + Sync>,
        cx: ToolContext,
    ) -> impl Stream<Item = ToolEvent> + Send + 'static {
        let begin = async move {
            let start = Instant::now();
            let answers = execute(self.call.input.clone(), cx);
            (self, start, answers, Value::Null)
        };
        stream::once(begin).flat_map(|(run, start, answers, last)| {
            stream::unfold(Some((run, start, answers, last)), |state| async move {
                let (run, start, mut answers, last) = state?;
                match run.within(start, answers.next()).await {
                    Ok(Some(Ok(output))) => {
                        let model_output = run.model_output(&output);
                        let result = ToolResult::new(&run.call, output.clone(), model_output, true);
                        let event = ToolEvent::Preliminary(result);
                        Some((event, Some((run, start, answers, output))))
                    }
                    Ok(Some(Err(failure))) | Err(failure) => {
                        Some((run.done(Err(failure), start), None))
                    }
                    Ok(None) => Some((run.done(Ok(last), start), None)),
                }
            })
        })
    }

    async fn within<T>(
        &self,
        start: Instant,
        future: impl Future<Output = T>,
    ) -> Result<T, ToolFailure> {
        let Some(limit) = self.limit else { return Ok(future.await) };
        timeout_at(start + limit, future).await.map_err(|_| {
            let message = format!("tool timeout of {}ms exceeded", limit.as_millis());
            ToolFailure::new(ToolFailureKind::Timeout, message)
        })
    }

    fn model_output(&self, output: &Value) -> ToolResultOutput {
        self.tool.model_output(output)
    }

    fn done(&self, result: Result<Value, ToolFailure>, start: Instant) -> ToolEvent {
        let result = result.map(|output| {
            let model_output = self.model_output(&output);
            (output, model_output)
        });
        ToolEvent::Done(ToolOutcome::new(&self.call, result), start.elapsed())
    }
}

impl Tool {
    /// Runs the tool by hand, as another tool or a test does: checks the input and gives the last result.
    ///
    /// # Errors
    /// `InvalidInput`, or what the tool's function failed with; `NoSuchTool` if there is no function.
    pub async fn call(&self, input: Value, cx: ToolContext) -> Result<Value, ToolFailure> {
        self.check(&input)?;
        let missing = || {
            let message = format!("tool {} has no function to run", self.name());
            ToolFailure::new(ToolFailureKind::NoSuchTool, message)
        };
        match self.execute.as_ref().ok_or_else(missing)? {
            Execute::Once(execute) => execute(input, cx).await,
            Execute::Stream(execute) => {
                let mut answers = execute(input, cx);
                let mut last = Value::Null;
                while let Some(answer) = answers.next().await {
                    last = answer?;
                }
                Ok(last)
            }
        }
    }
}
