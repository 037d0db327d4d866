//! What both language wires make of the common settings.

use aqueduct_spec::Warning;
use aqueduct_spec::language::{CallOptions, ReasoningEffort};

use super::options::Effort;
use crate::reasoning_level;

/// The effort to ask for: the option's, else the call's in the host's words.
pub(super) fn effort(
    option: Option<Effort>,
    asked: Option<ReasoningEffort>,
    model_id: &str,
    warnings: &mut Vec<Warning>,
) -> Option<String> {
    if let Some(effort) = option {
        return Some(effort.as_str().to_owned());
    }
    let asked = asked?.chosen()?;
    if refuses_effort(model_id) {
        let details = format!("reasoning \"{}\" is not supported by this model.", asked.as_str());
        warnings.push(Warning::unsupported_because("reasoning", details));
        return None;
    }
    let mapped = match asked {
        ReasoningEffort::None => "none",
        ReasoningEffort::Minimal | ReasoningEffort::Low => "low",
        ReasoningEffort::Medium => "medium",
        ReasoningEffort::Xhigh if model_id == "grok-4.6" => "xhigh",
        _ => "high",
    };
    Some(reasoning_level::effort(asked, mapped, warnings))
}

/// Whether the model refuses a word on its effort, even `none`: `grok-4.20-reasoning`, `grok-4.20-0309-non-reasoning`.
fn refuses_effort(model_id: &str) -> bool {
    let Some(rest) = model_id.strip_prefix("grok-4.20") else { return false };
    let Some(rest) = rest.strip_suffix("-non-reasoning").or(rest.strip_suffix("-reasoning")) else {
        return false;
    };
    let is_date = |date: &str| date.len() == 4 && date.bytes().all(|byte| byte.is_ascii_digit());
    rest.is_empty() || rest.strip_prefix('-').is_some_and(is_date)
}

/// Warns of settings that xAI does not know.
pub(super) fn warn_of_unknown(call: &CallOptions, warnings: &mut Vec<Warning>) {
    let settings = [
        ("topK", call.top_k.is_some()),
        ("frequencyPenalty", call.frequency_penalty.is_some()),
        ("presencePenalty", call.presence_penalty.is_some()),
        ("stopSequences", call.stop_sequences.is_some()),
    ];
    let given = settings.into_iter().filter(|(_, is_given)| *is_given);
    warnings.extend(given.map(|(name, _)| Warning::unsupported(name)));
}
