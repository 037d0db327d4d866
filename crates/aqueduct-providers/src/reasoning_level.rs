//! How much to think, in a vendor's terms.

use aqueduct_spec::Warning;
use aqueduct_spec::language::ReasoningEffort;

/// The smallest budget that is asked for, in tokens.
const MIN_BUDGET: u64 = 1024;

/// The vendor's word for an effort; where it is another word, a warning says so.
pub(crate) fn effort(
    asked: ReasoningEffort,
    mapped: &'static str,
    warnings: &mut Vec<Warning>,
) -> String {
    let asked = asked.as_str();
    if asked != mapped {
        warnings.push(Warning::compatibility(
            "reasoning",
            format!(
                "reasoning \"{asked}\" is not directly supported by this model. mapped to effort \"{mapped}\"."
            ),
        ));
    }
    mapped.to_owned()
}

/// A share of the most tokens that a model writes. For vendors that want a number instead of a word.
pub(crate) fn budget(asked: ReasoningEffort, most: u64) -> u64 {
    let percent = match asked {
        ReasoningEffort::Minimal => 2,
        ReasoningEffort::Low => 10,
        ReasoningEffort::Medium => 30,
        ReasoningEffort::High => 60,
        _ => 90,
    };
    // Rounded half up, as the AI SDK does.
    ((most * percent + 50) / 100).clamp(MIN_BUDGET.min(most), most)
}
