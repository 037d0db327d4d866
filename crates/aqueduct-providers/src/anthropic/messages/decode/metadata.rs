//! What else the answer says, under `anthropic`.

use aqueduct_spec::{JsonObject, ProviderMetadata};
use serde_json::{Value, json};

use crate::anthropic::messages::wire::{Container, Iteration, StopDetails};

/// Wraps an object as metadata of the provider.
pub(super) fn own(value: Value) -> ProviderMetadata {
    match value {
        Value::Object(object) => ProviderMetadata::of("anthropic", object),
        _ => ProviderMetadata::new(),
    }
}

/// Which code called a tool, in the terms of the AI SDK.
pub(super) fn caller(caller: Option<&Value>) -> Option<ProviderMetadata> {
    let caller = caller?.as_object()?;
    let mut out = JsonObject::new();
    out.insert("type".to_owned(), caller.get("type")?.clone());
    if let Some(tool_id) = caller.get("tool_id") {
        out.insert("toolId".to_owned(), tool_id.clone());
    }
    Some(own(json!({ "caller": out })))
}

/// What is said of an answer as a whole. Absent facts are `null`, as the AI SDK has it.
#[derive(Debug, Default)]
pub(super) struct MessageMetadata<'a> {
    /// The account, verbatim.
    pub(super) usage: Option<&'a JsonObject>,
    pub(super) iterations: Option<&'a [Iteration]>,
    pub(super) stop_sequence: Option<&'a str>,
    pub(super) stop_details: Option<&'a StopDetails>,
    pub(super) container: Option<Value>,
    pub(super) context_management: Option<&'a Value>,
}

impl MessageMetadata<'_> {
    /// Writes it under `anthropic`, and under the host's own key if the caller used that.
    pub(super) fn write(self, key: Option<&str>) -> ProviderMetadata {
        let mut out = JsonObject::new();
        out.insert("usage".to_owned(), self.usage.map_or(Value::Null, |it| it.clone().into()));
        out.insert("stopSequence".to_owned(), self.stop_sequence.into());
        if let Some(details) = self.stop_details {
            out.insert("stopDetails".to_owned(), stop_details(details));
        }
        let iterations =
            self.iterations.map_or(Value::Null, |it| it.iter().map(iteration).collect());
        out.insert("iterations".to_owned(), iterations);
        out.insert("container".to_owned(), self.container.unwrap_or_default());
        out.insert(
            "contextManagement".to_owned(),
            self.context_management.map_or(Value::Null, context_management),
        );
        let mut metadata = ProviderMetadata::new();
        if let Some(key) = key {
            metadata.insert(key, out.clone());
        }
        metadata.insert("anthropic", out);
        metadata
    }
}

fn stop_details(details: &StopDetails) -> Value {
    let mut out = JsonObject::new();
    out.insert("type".to_owned(), details.kind.as_str().into());
    let more = [
        ("category", &details.category),
        ("explanation", &details.explanation),
        ("recommendedModel", &details.recommended_model),
    ];
    for (name, value) in more {
        if let Some(value) = value {
            out.insert(name.to_owned(), value.as_str().into());
        }
    }
    Value::Object(out)
}

fn iteration(iteration: &Iteration) -> Value {
    let mut out = JsonObject::new();
    out.insert("type".to_owned(), iteration.kind.as_str().into());
    if let Some(model) = &iteration.model {
        out.insert("model".to_owned(), model.as_str().into());
    }
    out.insert("inputTokens".to_owned(), iteration.input_tokens.into());
    out.insert("outputTokens".to_owned(), iteration.output_tokens.into());
    let caches = [
        ("cacheCreationInputTokens", iteration.cache_creation_input_tokens),
        ("cacheReadInputTokens", iteration.cache_read_input_tokens),
    ];
    for (name, tokens) in caches {
        if let Some(tokens) = tokens.filter(|tokens| *tokens > 0) {
            out.insert(name.to_owned(), tokens.into());
        }
    }
    Value::Object(out)
}

/// The container in the terms of the AI SDK.
pub(super) fn container(container: &Container) -> Value {
    let skills = container.skills.as_ref().map_or(Value::Null, |skills| {
        skills
            .iter()
            .map(|skill| {
                let mut out = json!({ "type": skill.kind, "skillId": skill.skill_id });
                if let (Some(version), Some(out)) = (&skill.version, out.as_object_mut()) {
                    out.insert("version".to_owned(), version.as_str().into());
                }
                out
            })
            .collect()
    });
    json!({ "expiresAt": container.expires_at, "id": container.id, "skills": skills })
}

/// What was dropped from the conversation; the names in camel case.
fn context_management(management: &Value) -> Value {
    let edits = management.get("applied_edits").and_then(Value::as_array);
    let edit = |edit: &Value| match edit {
        Value::Object(edit) => Value::Object(
            edit.iter().map(|(name, value)| (camel_case(name), value.clone())).collect(),
        ),
        other => other.clone(),
    };
    let edits: Value = edits.into_iter().flatten().map(edit).collect();
    json!({ "appliedEdits": edits })
}

fn camel_case(name: &str) -> String {
    let mut words = name.split('_');
    let mut out = words.next().unwrap_or_default().to_owned();
    for word in words {
        let mut letters = word.chars();
        out.extend(letters.next().map(|letter| letter.to_ascii_uppercase()));
        out.push_str(letters.as_str());
    }
    out
}
