//! Leave to run a tool: what the rules say, and the question.

use std::sync::Arc;

use aqueduct_spec::Result;
use aqueduct_spec::language::Message;

use super::Run;
use super::answer::Reading;
use crate::text::TextStreamPart;
use crate::tool::{
    ApprovalQuestion, Contexts, SignedCall, ToolApproval, ToolApprovalRequest,
    ToolApprovalResponse, ToolCall, ToolContext, ToolOutputDenied, ToolRule, ToolSet,
};

impl Run<'_> {
    /// What the rules say about a call: the request's rule for all tools, else its rule for this tool, else the tool's own.
    pub(super) async fn leave(
        &self,
        tools: &ToolSet,
        contexts: &Contexts,
        call: &ToolCall,
        messages: &Arc<[Message]>,
    ) -> Result<ToolApproval> {
        let rules = &self.config.approval;
        if let Some(rule) = &rules.generic {
            let question = ApprovalQuestion {
                tool_call: call.clone(),
                messages: Arc::clone(messages),
                contexts: contexts.clone(),
            };
            return Ok(rule(question).await);
        }
        let cx = ToolContext {
            tool_call_id: call.tool_call_id.clone(),
            messages: Arc::clone(messages),
            surroundings: contexts.of_tool(&call.tool_name),
        };
        let tool = tools.get(&call.tool_name);
        if let Some(ToolRule::Always(answer)) = rules.by_tool.get(&call.tool_name) {
            return Ok(answer.clone());
        }
        if let Some(tool) = tool {
            tool.check_context(&cx.surroundings)?;
        }
        if let Some(ToolRule::When(rule)) = rules.by_tool.get(&call.tool_name) {
            return Ok(rule(call.input.clone(), cx).await);
        }
        let Some(tool) = tool else { return Ok(ToolApproval::NotApplicable) };
        Ok(match tool.hooks().needs_approval(&call.input, || cx).await {
            true => ToolApproval::user(),
            false => ToolApproval::NotApplicable,
        })
    }

    /// Hands out the question, and the answer if a rule has given it.
    pub(super) async fn ask(
        &self,
        reading: &mut Reading<'_>,
        call: ToolCall,
        answer: ToolApproval,
    ) {
        let approval_id = self.config.context.generate_id();
        let signed = SignedCall {
            tool_call_id: &call.tool_call_id,
            tool_name: &call.tool_name,
            input: &call.input,
        };
        let key = self.config.approval.key.as_ref();
        let request = ToolApprovalRequest {
            signature: key.map(|key| key.sign(&approval_id, &signed)),
            approval_id: approval_id.clone(),
            tool_call: call.clone(),
            reason: match &answer {
                ToolApproval::User { reason } => reason.clone(),
                _ => None,
            },
            is_automatic: !matches!(answer, ToolApproval::User { .. }),
            provider_metadata: None,
        };
        self.hand_out(reading, TextStreamPart::ToolApprovalRequest(request)).await;
        let (approved, reason) = match answer {
            ToolApproval::Approved { reason } => (true, reason),
            ToolApproval::Denied { reason } => (false, reason),
            ToolApproval::User { .. } | ToolApproval::NotApplicable => {
                reading.blocked.insert(call.tool_call_id);
                return;
            }
        };
        let denied = (!approved).then(|| ToolOutputDenied::of(&call));
        if let Some(denied) = &denied {
            reading.blocked.insert(denied.tool_call_id.clone());
        }
        let response = ToolApprovalResponse {
            approval_id,
            approved,
            reason,
            provider_executed: call.provider_executed,
            tool_call: call,
        };
        self.hand_out(reading, TextStreamPart::ToolApprovalResponse(response)).await;
        if let Some(denied) = denied {
            self.hand_out(reading, TextStreamPart::ToolOutputDenied(denied)).await;
        }
    }
}
