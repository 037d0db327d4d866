//! What a provider says of the tools that it runs itself.

use aqueduct_spec::Error;
use aqueduct_spec::language::{
    ErrorJsonOutput, ToolApprovalRequest as SpecApproval, ToolResult as SpecResult,
};
use serde_json::Value;

use super::Reader;
use crate::text::TextStreamPart;
use crate::tool::{
    Tool, ToolApprovalRequest, ToolError, ToolFailure, ToolFailureKind, ToolResult,
    plain_model_output,
};

impl Reader<'_> {
    /// Reads the result of a tool that the provider ran.
    pub(super) fn provider_result(&self, result: SpecResult) -> TextStreamPart {
        let call = self.call(&result.tool_call_id);
        let tool = self.tools.get(&result.tool_name);
        let dynamic = result
            .dynamic
            .or(call.map(|call| call.dynamic))
            .unwrap_or_else(|| tool.is_some_and(Tool::is_dynamic));
        let (input, title) =
            call.map(|call| (call.input.clone(), call.title.clone())).unwrap_or_default();
        let tool_metadata = tool.and_then(Tool::noted_metadata).cloned();
        if result.is_error.unwrap_or(false) {
            let message = match &result.result {
                Value::String(text) => text.clone(),
                value => value.to_string(),
            };
            return TextStreamPart::ToolError(ToolError {
                tool_call_id: result.tool_call_id,
                tool_name: result.tool_name,
                input,
                failure: ToolFailure::new(ToolFailureKind::Provider, message),
                // Also of a text: codecs tell a provider's own failures from those of other tools by that.
                model_output: ErrorJsonOutput::new(result.result).into(),
                provider_executed: true,
                dynamic,
                title,
                tool_metadata,
                provider_metadata: result.provider_metadata,
            });
        }
        let model_output = match tool {
            Some(tool) => tool.model_output(&result.result),
            None => plain_model_output(&result.result),
        };
        TextStreamPart::ToolResult(ToolResult {
            tool_call_id: result.tool_call_id,
            tool_name: result.tool_name,
            input,
            output: result.result,
            model_output,
            provider_executed: true,
            preliminary: result.preliminary.unwrap_or(false),
            dynamic,
            title,
            tool_metadata,
            provider_metadata: result.provider_metadata,
        })
    }

    /// Reads the question of a tool that the provider runs.
    pub(super) fn provider_approval(&mut self, request: SpecApproval) -> TextStreamPart {
        let call = self.call(&request.tool_call_id).cloned();
        let Some(tool_call) = call else {
            return self.fail(call_not_found(&request.approval_id, &request.tool_call_id));
        };
        TextStreamPart::ToolApprovalRequest(ToolApprovalRequest {
            approval_id: request.approval_id,
            tool_call,
            reason: None,
            is_automatic: false,
            signature: None,
            provider_metadata: request.provider_metadata,
        })
    }
}

/// A question for leave is about a call that nobody made.
pub(in crate::text) fn call_not_found(approval_id: &str, tool_call_id: &str) -> Error {
    let message = format!(
        "approval '{approval_id}' is about tool call '{tool_call_id}', which there is none of"
    );
    Error::invalid_prompt(message)
        .with_code("tool_call_not_found_for_approval")
        .with_param(approval_id)
}
