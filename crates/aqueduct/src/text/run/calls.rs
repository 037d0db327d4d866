//! A tool call of the model's: read, repaired, refined and checked for leave.

use aqueduct_spec::language::ToolCall as SpecCall;
use aqueduct_spec::{Error, Result};

use super::Run;
use super::answer::Reading;
use super::step::Plan;
use crate::text::TextStreamPart;
use crate::text::repair::BrokenToolCall;
use crate::tool::{
    Tool, ToolApproval, ToolCall, ToolContext, ToolFailure, ToolFailureKind, ToolOutcome,
};

impl Plan {
    /// What a tool gets to know in this step.
    pub(super) fn tool_context(&self, tool: &str, call_id: &str) -> ToolContext {
        ToolContext {
            tool_call_id: call_id.to_owned(),
            messages: self.messages.clone(),
            surroundings: self.contexts.of_tool(tool),
        }
    }
}

impl Run<'_> {
    /// Takes a call: hands it out, tells its tool, and finds out whether it may run.
    pub(super) async fn take_call(
        &self,
        plan: &Plan,
        reading: &mut Reading<'_>,
        call: SpecCall,
    ) -> Result<()> {
        let call = self.read_call(plan, call).await;
        let was_announced = reading.announced.remove(&call.tool_call_id).is_some();
        self.hand_out(reading, TextStreamPart::ToolCall(call.clone())).await;
        if let Some(failure) = &call.failure {
            if !call.provider_executed {
                let outcome = ToolOutcome::new(&call, Err(failure.clone()));
                self.hand_out(reading, outcome.into()).await;
            }
            return Ok(());
        }
        // Others are the provider's, which knows tools that nobody told us of.
        let Some(tool) = plan.tools.get(&call.tool_name) else { return Ok(()) };
        self.tell_tool(plan, tool, &call, was_announced).await;
        if !self.config.runs_tools {
            return Ok(());
        }
        let messages = &plan.messages;
        let answer = self.leave(&plan.tools, &plan.contexts, &call, messages).await?;
        if answer != ToolApproval::NotApplicable {
            self.ask(reading, call, answer).await;
        }
        Ok(())
    }

    async fn tell_tool(&self, plan: &Plan, tool: &Tool, call: &ToolCall, was_announced: bool) {
        let cx = || plan.tool_context(tool.name(), &call.tool_call_id);
        if !was_announced {
            tool.hooks().input_start(cx).await;
        }
        tool.hooks().input_available(&call.input, cx).await;
    }

    /// Reads a call. One that cannot be run says so and is never an error here.
    async fn read_call(&self, plan: &Plan, call: SpecCall) -> ToolCall {
        let failure = match self.read_and_refine(plan, &call).await {
            Ok(call) => return call,
            Err(failure) => failure,
        };
        let failure = match self.repair(plan, &call, &failure).await {
            Ok(None) => failure,
            Ok(Some(repaired)) => match self.read_and_refine(plan, &repaired).await {
                Ok(call) => return call,
                Err(failure) => failure,
            },
            Err(error) => {
                let message = format!("error repairing tool call: {error}");
                ToolFailure::new(ToolFailureKind::Repair, message).with_source(failure)
            }
        };
        plan.tools.invalid_call(&call, failure)
    }

    async fn read_and_refine(&self, plan: &Plan, call: &SpecCall) -> Result<ToolCall, ToolFailure> {
        let mut call = plan.tools.read_call(call)?;
        if let Some(refine) = self.config.refine.get(&call.tool_name) {
            call.input = refine(call.input).await.map_err(|error| {
                let message = error.message().to_owned();
                ToolFailure::new(ToolFailureKind::InvalidInput, message).with_source(error)
            })?;
        }
        Ok(call)
    }

    /// Asks the caller to repair a call, where that may help.
    async fn repair(
        &self,
        plan: &Plan,
        call: &SpecCall,
        failure: &ToolFailure,
    ) -> Result<Option<SpecCall>, Error> {
        let Some(repair) = &self.config.repair else { return Ok(None) };
        repair(BrokenToolCall {
            tool_call: call.clone(),
            failure: failure.clone(),
            tools: plan.options.tools.clone().unwrap_or_default(),
            instructions: plan.instructions.clone(),
            messages: plan.messages.clone(),
        })
        .await
    }
}
