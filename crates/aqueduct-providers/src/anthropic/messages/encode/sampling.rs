//! How much chance, and how many tokens.

use aqueduct_spec::Warning;
use aqueduct_spec::json::number;
use aqueduct_spec::language::CallOptions;

use super::notes::Notes;
use crate::anthropic::messages::capabilities::Capabilities;

/// How much chance there is in the choice of tokens.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sampling {
    pub(super) temperature: Option<f64>,
    pub(super) top_k: Option<f64>,
    pub(super) top_p: Option<f64>,
}

impl Sampling {
    /// Takes the settings that the API has, in its bounds.
    pub(super) fn of(call: &CallOptions, notes: &mut Notes) -> Self {
        let missing = [
            ("frequencyPenalty", call.frequency_penalty.is_some()),
            ("presencePenalty", call.presence_penalty.is_some()),
            ("seed", call.seed.is_some()),
        ];
        for (name, _) in missing.into_iter().filter(|(_, is_set)| *is_set) {
            notes.warnings.push(Warning::unsupported(name));
        }
        let temperature = call.temperature.map(|temperature| {
            let given = number(temperature);
            if temperature > 1.0 {
                let details = format!("{given} exceeds anthropic maximum of 1.0. clamped to 1.0");
                notes.unsupported("temperature", details);
                1.0
            } else if temperature < 0.0 {
                let details = format!("{given} is below anthropic minimum of 0. clamped to 0");
                notes.unsupported("temperature", details);
                0.0
            } else {
                temperature
            }
        });
        Self { temperature, top_k: call.top_k, top_p: call.top_p }
    }

    /// Drops what the model refuses, and says what is not known of it.
    pub(super) fn drop_rejected(
        &mut self,
        model_id: &str,
        max_output_tokens: Option<u64>,
        capabilities: Capabilities,
        notes: &mut Notes,
    ) {
        if !capabilities.is_known && max_output_tokens.is_none() {
            notes.warnings.push(Warning::compatibility(
                "maxOutputTokens",
                format!(
                    "The model \"{model_id}\" is unknown. The max output tokens have been limited to {}. Set maxOutputTokens explicitly to override this limit.",
                    capabilities.max_output_tokens
                ),
            ));
        }
        if capabilities.rejects_sampling {
            self.drop_all(notes, |name| {
                format!("{name} is not supported by {model_id} and will be ignored")
            });
        }
    }

    /// Drops what cannot be set for a model that thinks.
    pub(super) fn drop_for_thinking(&mut self, notes: &mut Notes) {
        self.drop_all(notes, |name| format!("{name} is not supported when thinking is enabled"));
    }

    fn drop_all(&mut self, notes: &mut Notes, details: impl Fn(&str) -> String) {
        let settings = [
            ("temperature", &mut self.temperature),
            ("topK", &mut self.top_k),
            ("topP", &mut self.top_p),
        ];
        for (name, setting) in settings {
            if setting.take().is_some() {
                notes.unsupported(name, details(name));
            }
        }
    }

    /// The vendor's models take one of temperature and top p; those of others may want both.
    pub(super) fn drop_one_of_two(
        &mut self,
        model_id: &str,
        capabilities: Capabilities,
        notes: &mut Notes,
    ) {
        let is_claude = capabilities.is_known || model_id.contains("claude-");
        if is_claude && self.temperature.is_some() && self.top_p.take().is_some() {
            notes.unsupported(
                "topP",
                "topP is not supported when temperature is set. topP is ignored.",
            );
        }
    }
}

/// The most tokens to write, thinking included; no more than a model that is known can, so that models can be changed without
/// changing calls.
pub(super) fn max_tokens(
    asked: Option<u64>,
    thinking_budget: u64,
    model_id: &str,
    capabilities: Capabilities,
    notes: &mut Notes,
) -> u64 {
    let limit = capabilities.max_output_tokens;
    let wanted = asked.unwrap_or(limit).saturating_add(thinking_budget);
    if !capabilities.is_known || wanted <= limit {
        return wanted;
    }
    if asked.is_some() {
        notes.unsupported(
            "maxOutputTokens",
            format!(
                "{wanted} (maxOutputTokens + thinkingBudget) is greater than {model_id} {limit} max output tokens. The max output tokens have been limited to {limit}."
            ),
        );
    }
    limit
}
