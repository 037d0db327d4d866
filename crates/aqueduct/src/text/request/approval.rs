//! Leave to run tools.

use std::sync::Arc;

use serde_json::Value;

use super::TextRequest;
use crate::tool::{ApprovalKey, ApprovalQuestion, ToolApproval, ToolContext, ToolRule};

impl<M, O> TextRequest<M, O> {
    /// Says whether a tool needs leave, whatever the tool itself says.
    pub fn tool_approval(mut self, tool: impl Into<String>, approval: ToolApproval) -> Self {
        self.parts.approval.by_tool.insert(tool.into(), ToolRule::Always(approval));
        self
    }

    /// Sets a rule that looks at the input of a tool and says whether it needs leave.
    pub fn tool_approval_when<F>(
        mut self,
        tool: impl Into<String>,
        rule: impl Fn(Value, ToolContext) -> F + Send + Sync + 'static,
    ) -> Self
    where
        F: Future<Output = ToolApproval> + Send + 'static,
    {
        let rule = ToolRule::When(Arc::new(move |input, cx| Box::pin(rule(input, cx))));
        self.parts.approval.by_tool.insert(tool.into(), rule);
        self
    }

    /// Sets a rule for all tools; it alone decides.
    pub fn approve_tools_with<F>(
        mut self,
        rule: impl Fn(ApprovalQuestion) -> F + Send + Sync + 'static,
    ) -> Self
    where
        F: Future<Output = ToolApproval> + Send + 'static,
    {
        self.parts.approval.generic = Some(Arc::new(move |question| Box::pin(rule(question))));
        self
    }

    /// Signs questions for leave with this secret, and believes an answer only if the question comes back signed: set it
    /// wherever conversations are kept by somebody who is not trusted, such as a browser.
    pub fn tool_approval_secret(mut self, secret: impl AsRef<[u8]>) -> Self {
        self.parts.approval.key = Some(ApprovalKey::new(secret.as_ref()));
        self
    }
}
