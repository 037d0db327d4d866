//! How much to think.

use aqueduct_spec::Warning;
use aqueduct_spec::language::ReasoningEffort;

use crate::google::generate_content::capabilities::Capabilities;
use crate::google::generate_content::wire;
use crate::google::options::ThinkingConfig;

/// The most tokens that a model of Gemini 2.5 writes, of which its budget is a share.
const MAX_OUTPUT_TOKENS: u64 = 65_536;

/// Carries the common setting over; the vendor's own option goes before it.
pub(super) fn encode(
    reasoning: Option<ReasoningEffort>,
    own: Option<&ThinkingConfig>,
    model_id: &str,
    capabilities: Capabilities,
    warnings: &mut Vec<Warning>,
) -> Option<wire::ThinkingConfig> {
    let common = reasoning.and_then(ReasoningEffort::chosen).map(|reasoning| {
        let mut config = wire::ThinkingConfig::default();
        if capabilities.gemini_3 && !model_id.contains("gemini-3-pro-image") {
            config.thinking_level = Some(level(reasoning, model_id, warnings).to_owned());
        } else {
            config.thinking_budget = Some(budget(reasoning, model_id));
        }
        config
    });
    let Some(own) = own else { return common };
    let mut config = common.unwrap_or_default();
    config.thinking_budget = own.thinking_budget.or(config.thinking_budget);
    config.include_thoughts = own.include_thoughts;
    config.thinking_level = own.thinking_level.clone().or(config.thinking_level);
    Some(config)
}

/// Gemini 3 always thinks; the least it can is what stands for none.
fn level(reasoning: ReasoningEffort, model_id: &str, warnings: &mut Vec<Warning>) -> &'static str {
    let level = match reasoning {
        ReasoningEffort::None => return least_level(model_id),
        ReasoningEffort::Minimal => least_level(model_id),
        ReasoningEffort::Low => "low",
        ReasoningEffort::Medium => "medium",
        _ => "high",
    };
    if level != reasoning.as_str() {
        warnings.push(Warning::compatibility(
            "reasoning",
            format!(
                "reasoning \"{}\" is not directly supported by this model. mapped to effort \"{level}\".",
                reasoning.as_str()
            ),
        ));
    }
    level
}

/// Flash models from 3.7 on have no `minimal`, lite ones apart.
fn least_level(model_id: &str) -> &'static str {
    let id = model_id.to_ascii_lowercase();
    let name = id.rsplit('/').next().unwrap_or_default();
    if name == "gemini-flash-latest" {
        return "low";
    }
    let version = || {
        let (major, rest) = name.strip_prefix("gemini-")?.split_once('.')?;
        let (minor, rest) = rest.split_once("-flash")?;
        let is_lite = rest == "-lite" || rest.starts_with("-lite-");
        let is_flash = rest.is_empty() || (rest.starts_with('-') && !is_lite);
        let number = |text: &str| text.parse::<u32>().ok();
        is_flash.then_some((number(major)?, number(minor)?))
    };
    if version().is_some_and(|version| version >= (3, 7)) { "low" } else { "minimal" }
}

/// A share of what the model can write.
fn budget(reasoning: ReasoningEffort, model_id: &str) -> i64 {
    let id = model_id.to_ascii_lowercase();
    let most =
        if id.contains("2.5-pro") || id.contains("gemini-3-pro-image") { 32_768 } else { 24_576 };
    let percent = match reasoning {
        ReasoningEffort::None => 0,
        ReasoningEffort::Minimal => 2,
        ReasoningEffort::Low => 10,
        ReasoningEffort::Medium => 30,
        ReasoningEffort::High => 60,
        _ => 90,
    };
    let share = (MAX_OUTPUT_TOKENS * percent + 50) / 100;
    i64::try_from(share).map_or(most, |share| share.min(most))
}
