//! Fields of a request that have no place in a call: they become options of the providers that may answer, so that nothing is
//! lost on the way.

use aqueduct_spec::{JsonObject, ProviderOptions};
use serde_json::Value;

use crate::error::Failure;
use crate::gateway::Shared;
use crate::model_id::provider_of;

/// Providers with an API of their own, whose options have the names of the AI SDK.
const CAMEL_CASE: &[&str] = &["openai", "azure"];

/// Takes `providerOptions` out of the fields of a request: the way to say what OpenAI's API has no words for, such as
/// `providerOptions.gateway.order`.
pub(super) fn given(rest: &mut JsonObject) -> Result<ProviderOptions, Failure> {
    let Some(value) = rest.shift_remove("providerOptions").filter(|value| !value.is_null()) else {
        return Ok(ProviderOptions::new());
    };
    serde_json::from_value(value).map_err(|_| {
        let message = "providerOptions: must be an object with an object for each provider";
        Failure::invalid(message).with_param("providerOptions")
    })
}

/// Adds fields to the options of every provider that a model id may lead to.
pub(super) fn add(
    options: &mut ProviderOptions,
    shared: &Shared,
    model_id: &str,
    fields: &JsonObject,
) {
    if fields.is_empty() {
        return;
    }
    match shared.aliases.get(model_id) {
        Some(providers) => {
            for provider in providers {
                add_to(options.entry(provider), provider, fields);
            }
        }
        None => {
            let provider = provider_of(model_id);
            add_to(options.entry(provider), provider, fields);
        }
    }
}

fn add_to(options: &mut JsonObject, provider: &str, fields: &JsonObject) {
    for (name, value) in fields {
        let name = if CAMEL_CASE.contains(&provider) { camel_case(name) } else { name.clone() };
        // What was given for this provider by name is meant.
        options.entry(name).or_insert_with(|| Value::clone(value));
    }
}

fn camel_case(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    for (index, word) in name.split('_').enumerate() {
        let mut letters = word.chars();
        match letters.next() {
            Some(first) if index > 0 => {
                out.push(first.to_ascii_uppercase());
                out.push_str(letters.as_str());
            }
            _ => out.push_str(word),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_fields_as_the_provider_does() {
        assert_eq!(camel_case("parallel_tool_calls"), "parallelToolCalls");
        assert_eq!(camel_case("store"), "store");
        let fields = JsonObject::from_iter([("top_logprobs".to_owned(), 2.into())]);
        let mut options = JsonObject::new();
        add_to(&mut options, "openai", &fields);
        assert_eq!(options.keys().collect::<Vec<_>>(), ["topLogprobs"]);
        let mut options = JsonObject::from_iter([("top_logprobs".to_owned(), 5.into())]);
        add_to(&mut options, "groq", &fields);
        assert_eq!(options["top_logprobs"], 5);
    }
}
