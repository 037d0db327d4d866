//! Whether an answer keeps to what was said of tools: some models do not.
//!
//! Source: the behaviour of `ai` 7.0.173, `ToolChoiceViolationError` (2026-11).

use aqueduct_spec::language::{StreamPart, ToolChoice, UnifiedFinishReason};
use aqueduct_spec::{Error, Result};

use super::Run;
use super::answer::Answered;
use super::step::Plan;
use crate::text::tool_loop::Mode;
use crate::text::{ContentPart, TextStreamPart};

impl Run<'_> {
    /// Fails if the model called a tool that it must not call, or called none where it had to. A stream is told and its step
    /// ends with finish reason `error`: its tools do not run, and of calls that must not be its reader has seen nothing.
    ///
    /// # Errors
    /// `InvalidResponse` with code `tool_choice_violation`, of a whole answer.
    pub(super) async fn enforce_tool_choice(
        &self,
        plan: &Plan,
        answered: &mut Answered,
    ) -> Result<()> {
        let violated = plan.options.tool_choice.as_ref().and_then(|c| violated(c, answered));
        let Some(wanted) = violated else { return Ok(()) };
        let step = &mut answered.step;
        let error = Error::invalid_response(wanted)
            .with_code("tool_choice_violation")
            .with_provider(&step.provider)
            .with_model(&step.model_id);
        if self.config.mode == Mode::Generate {
            return Err(error);
        }
        self.config.report(&error).await;
        step.errors.push(error.clone());
        step.finish_reason.unified = UnifiedFinishReason::Error;
        self.emitter.emit(TextStreamPart::Error(error)).await;
        Ok(())
    }
}

impl Plan {
    /// Whether a part of an answer is about a tool call that must not be: somebody might act on it.
    pub(super) fn withholds(&self, part: &StreamPart) -> bool {
        matches!(self.options.tool_choice, Some(ToolChoice::None(_)))
            && matches!(
                part,
                StreamPart::ToolInputStart(_)
                    | StreamPart::ToolInputDelta(_)
                    | StreamPart::ToolInputEnd(_)
                    | StreamPart::ToolCall(_)
                    | StreamPart::ToolApprovalRequest(_)
                    | StreamPart::ToolResult(_)
            )
    }
}

/// What the answer does not keep to.
fn violated(choice: &ToolChoice, answered: &Answered) -> Option<String> {
    let mut calls = answered.record.content().iter().filter_map(|part| match part {
        ContentPart::ToolCall(call) => Some(call.tool_name.as_str()),
        _ => None,
    });
    let is_cut_off = answered.step.finish_reason.unified == UnifiedFinishReason::Interrupted;
    match choice {
        ToolChoice::None(_) => answered
            .has_withheld_call
            .then(|| "the model called a tool though tool choice was 'none'".to_owned()),
        ToolChoice::Required(_) if !is_cut_off && calls.next().is_none() => {
            Some("the model called no tool though tool choice was 'required'".to_owned())
        }
        ToolChoice::Tool(tool) if !is_cut_off && !calls.any(|name| name == tool.tool_name) => {
            let name = &tool.tool_name;
            Some(format!("the model did not call tool '{name}', which tool choice asked for"))
        }
        _ => None,
    }
}
