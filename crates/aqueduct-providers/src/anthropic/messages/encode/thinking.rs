//! How much to think, and how hard to try.

use aqueduct_spec::language::ReasoningEffort;
use aqueduct_spec::{Result, Warning};

use super::notes::Notes;
use crate::anthropic::messages::capabilities::Capabilities;
use crate::anthropic::messages::wire;
use crate::anthropic::options::{AnthropicOptions, Effort, Thinking, ThinkingDisplay};

/// The budget where thinking is asked for without one; the API's minimum.
const DEFAULT_BUDGET: u64 = 1024;

/// Carries the common setting over into the vendor's own, which win.
pub(super) fn apply_reasoning(
    reasoning: Option<ReasoningEffort>,
    options: &mut AnthropicOptions,
    capabilities: Capabilities,
    notes: &mut Notes,
) {
    let Some(reasoning) = reasoning.and_then(ReasoningEffort::chosen) else { return };
    if options.effort.is_some() {
        return;
    }
    let (thinking, effort) = if reasoning == ReasoningEffort::None {
        (Thinking::Disabled, None)
    } else if capabilities.adaptive_thinking {
        let display = Some(ThinkingDisplay::Summarized);
        (Thinking::Adaptive { display }, effort(reasoning, capabilities, notes))
    } else {
        let budget = budget(reasoning, capabilities.max_output_tokens);
        (Thinking::Enabled { budget_tokens: Some(budget) }, None)
    };
    let thinking = options.thinking.get_or_insert(thinking);
    if !matches!(thinking, Thinking::Disabled) {
        options.effort = effort;
    }
}

fn effort(
    reasoning: ReasoningEffort,
    capabilities: Capabilities,
    notes: &mut Notes,
) -> Option<Effort> {
    let effort = match reasoning {
        ReasoningEffort::Minimal | ReasoningEffort::Low => Effort::Low,
        ReasoningEffort::Medium => Effort::Medium,
        ReasoningEffort::High => Effort::High,
        ReasoningEffort::Xhigh if capabilities.xhigh_effort => Effort::Xhigh,
        ReasoningEffort::Xhigh => Effort::Max,
        other => {
            let details =
                format!("reasoning \"{}\" is not supported by this model.", other.as_str());
            notes.unsupported("reasoning", details);
            return None;
        }
    };
    if effort.as_str() != reasoning.as_str() {
        notes.warnings.push(Warning::compatibility(
            "reasoning",
            format!(
                "reasoning \"{}\" is not directly supported by this model. mapped to effort \"{}\".",
                reasoning.as_str(),
                effort.as_str()
            ),
        ));
    }
    Some(effort)
}

/// A share of what the model can write.
fn budget(reasoning: ReasoningEffort, max_output_tokens: u64) -> u64 {
    let percent = match reasoning {
        ReasoningEffort::Minimal => 2,
        ReasoningEffort::Low => 10,
        ReasoningEffort::Medium => 30,
        ReasoningEffort::High => 60,
        _ => 90,
    };
    let share = (max_output_tokens * percent + 50) / 100;
    share.max(DEFAULT_BUDGET).min(max_output_tokens)
}

/// Some models cannot try their hardest without thinking. That they must not think was said in so many words, so it stays.
pub(super) fn lower_effort_without_thinking(
    options: &mut AnthropicOptions,
    model_id: &str,
    capabilities: Capabilities,
    notes: &mut Notes,
) {
    let Some(effort @ (Effort::Xhigh | Effort::Max)) = options.effort else { return };
    if !capabilities.rejects_effort_without_thinking
        || !matches!(options.thinking, Some(Thinking::Disabled))
    {
        return;
    }
    notes.unsupported(
        "providerOptions.anthropic.effort",
        format!(
            "effort '{}' is not supported by {model_id} when thinking is disabled. The effort has been lowered to 'high'.",
            effort.as_str()
        ),
    );
    options.effort = Some(Effort::High);
}

/// Thinking as the API takes it, and whether the model thinks.
pub(super) struct EncodedThinking {
    /// Also sent to say that the model shall not: some do by themselves.
    pub(super) thinking: Option<wire::Thinking>,
    pub(super) is_on: bool,
    pub(super) budget_tokens: u64,
}

pub(super) fn encode(thinking: Option<&Thinking>, notes: &mut Notes) -> EncodedThinking {
    let mut out = wire::Thinking::default();
    match thinking {
        None => return EncodedThinking { thinking: None, is_on: false, budget_tokens: 0 },
        Some(Thinking::Disabled) => out.kind = "disabled".to_owned(),
        Some(Thinking::Adaptive { display }) => {
            out.kind = "adaptive".to_owned();
            out.display = display.map(|display| display.as_str().to_owned());
        }
        Some(Thinking::Enabled { budget_tokens }) => {
            out.kind = "enabled".to_owned();
            out.budget_tokens = Some(budget_tokens.unwrap_or(DEFAULT_BUDGET));
            if budget_tokens.is_none() {
                notes.warnings.push(Warning::compatibility(
                    "extended thinking",
                    "thinking budget is required when thinking is enabled. using default budget of 1024 tokens.",
                ));
            }
        }
    }
    EncodedThinking {
        is_on: out.kind != "disabled",
        budget_tokens: out.budget_tokens.unwrap_or(0),
        thinking: Some(out),
    }
}

/// Checks what the API would refuse.
///
/// # Errors
/// `InvalidRequest` if a task has fewer than 20,000 tokens.
pub(super) fn check(options: &AnthropicOptions) -> Result<()> {
    use crate::anthropic::options::TaskBudget;
    match options.task_budget {
        Some(TaskBudget::Tokens { total, .. }) if total < 20_000 => {
            Err(aqueduct_spec::Error::invalid_request(
                "invalid anthropic provider options: taskBudget.total must be at least 20000",
            ))
        }
        _ => Ok(()),
    }
}
