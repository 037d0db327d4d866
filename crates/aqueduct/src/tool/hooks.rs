//! What a tool wants to be asked and told before it runs.

use std::sync::Arc;

use aqueduct_spec::BoxFuture;
use serde_json::Value;

use super::{Tool, ToolContext};

type Told<T> = Arc<dyn Fn(T, ToolContext) -> BoxFuture<'static, ()> + Send + Sync>;
type Asked = Arc<dyn Fn(Value, ToolContext) -> BoxFuture<'static, bool> + Send + Sync>;

/// The callbacks of a tool.
#[derive(Clone, Default)]
pub(crate) struct Hooks {
    needs_approval: Option<NeedsApproval>,
    input_start: Option<Told<()>>,
    input_delta: Option<Told<String>>,
    input_available: Option<Told<Value>>,
}

#[derive(Clone)]
enum NeedsApproval {
    Always(bool),
    When(Asked),
}

impl Hooks {
    /// Whether somebody has to allow the call.
    pub(crate) async fn needs_approval(
        &self,
        input: &Value,
        cx: impl FnOnce() -> ToolContext,
    ) -> bool {
        match &self.needs_approval {
            None => false,
            Some(NeedsApproval::Always(needed)) => *needed,
            Some(NeedsApproval::When(rule)) => rule(input.clone(), cx()).await,
        }
    }

    pub(crate) async fn input_start(&self, cx: impl FnOnce() -> ToolContext) {
        if let Some(tell) = &self.input_start {
            tell((), cx()).await;
        }
    }

    pub(crate) async fn input_delta(&self, delta: &str, cx: impl FnOnce() -> ToolContext) {
        if let Some(tell) = &self.input_delta {
            tell(delta.to_owned(), cx()).await;
        }
    }

    pub(crate) async fn input_available(&self, input: &Value, cx: impl FnOnce() -> ToolContext) {
        if let Some(tell) = &self.input_available {
            tell(input.clone(), cx()).await;
        }
    }
}

impl Tool {
    /// Says whether somebody has to allow every call before it runs. The loop then ends with the question in the result; see
    /// [`ToolApprovalRequest`](super::ToolApprovalRequest). What a request says about approval wins over the tool.
    #[must_use]
    pub fn needs_approval(mut self, needed: bool) -> Self {
        self.hooks.needs_approval = Some(NeedsApproval::Always(needed));
        self
    }

    /// Sets a rule that looks at the input and says whether somebody has to allow the call.
    #[must_use]
    pub fn needs_approval_when<F>(
        mut self,
        rule: impl Fn(Value, ToolContext) -> F + Send + Sync + 'static,
    ) -> Self
    where
        F: Future<Output = bool> + Send + 'static,
    {
        let rule: Asked = Arc::new(move |input, cx| Box::pin(rule(input, cx)));
        self.hooks.needs_approval = Some(NeedsApproval::When(rule));
        self
    }

    /// Is told when the model begins to write the tool's input. The loop waits for it.
    #[must_use]
    pub fn on_input_start<F>(
        mut self,
        call: impl Fn(ToolContext) -> F + Send + Sync + 'static,
    ) -> Self
    where
        F: Future<Output = ()> + Send + 'static,
    {
        self.hooks.input_start = Some(Arc::new(move |(), cx| Box::pin(call(cx))));
        self
    }

    /// Is told of every piece of the tool's input, as text, while it is written. A whole answer has no pieces.
    #[must_use]
    pub fn on_input_delta<F>(
        mut self,
        call: impl Fn(String, ToolContext) -> F + Send + Sync + 'static,
    ) -> Self
    where
        F: Future<Output = ()> + Send + 'static,
    {
        self.hooks.input_delta = Some(Arc::new(move |delta, cx| Box::pin(call(delta, cx))));
        self
    }

    /// Is told of the tool's input when it is complete and valid, before anybody is asked for leave and before the tool runs.
    #[must_use]
    pub fn on_input_available<F>(
        mut self,
        call: impl Fn(Value, ToolContext) -> F + Send + Sync + 'static,
    ) -> Self
    where
        F: Future<Output = ()> + Send + 'static,
    {
        self.hooks.input_available = Some(Arc::new(move |input, cx| Box::pin(call(input, cx))));
        self
    }
}
