//! What was tried, as `providerMetadata.gateway` tells it.

use aqueduct_spec::{Error, JsonObject, ProviderMetadata};
use serde::Serialize;
use serde_json::{Value, json};
use tokio::time::Instant;

use super::GATEWAY;
use super::candidate::Candidate;
use super::plan::{Plan, Stage};

/// One attempt.
///
/// Source: the recorded answer in the notes on the AI Gateway protocol, §16. `error` is ours.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
struct Attempt {
    provider: String,
    internal_model_id: String,
    provider_api_model_id: String,
    credential_type: &'static str,
    success: bool,
    /// Milliseconds since the router was made; only differences mean anything.
    start_time: f64,
    end_time: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    status_code: Option<u16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
}

/// The attempts of one call, by model.
#[derive(Debug)]
pub(crate) struct Trace {
    zero: Instant,
    models: Vec<(String, Vec<Attempt>)>,
}

impl Trace {
    pub(crate) fn new(zero: Instant) -> Self {
        Self { zero, models: Vec::new() }
    }

    /// The next model's turn begins.
    pub(crate) fn enter(&mut self, stage: &Stage) {
        self.models.push((stage.name.clone(), Vec::new()));
    }

    /// Notes an attempt that has ended.
    pub(crate) fn add(
        &mut self,
        candidate: &Candidate,
        (start, end): (Instant, Instant),
        error: Option<&Error>,
    ) {
        let milliseconds = |at: Instant| (at - self.zero).as_secs_f64() * 1000.0;
        let provider = candidate.upstream.id.clone();
        let attempt = Attempt {
            internal_model_id: format!("{provider}:{}", candidate.model_id),
            provider,
            provider_api_model_id: candidate.model_id.clone(),
            credential_type: if candidate.credential.is_byok { "byok" } else { "system" },
            success: error.is_none(),
            start_time: milliseconds(start),
            end_time: milliseconds(end),
            status_code: match error {
                None => Some(200),
                Some(error) => error.status().map(|status| status.as_u16()),
            },
            error: error.map(|error| error.message().to_owned()),
        };
        if let Some((_, attempts)) = self.models.last_mut() {
            attempts.push(attempt);
        }
    }

    /// Who answered, after how many attempts.
    pub(crate) fn outcome(&self) -> JsonObject {
        let mut attempts = 0;
        let mut last = None;
        for attempt in self.models.iter().flat_map(|(_, attempts)| attempts) {
            attempts += 1;
            last = Some(attempt);
        }
        let provider = last.map(|last| ("finalProvider".to_owned(), last.provider.clone().into()));
        let count = ("totalProviderAttemptCount".to_owned(), Value::from(attempts));
        provider.into_iter().chain([count]).collect()
    }

    /// Everything that was tried.
    pub(crate) fn routing(&self, plan: &Plan) -> JsonObject {
        let attempts = || self.models.iter().flat_map(|(_, attempts)| attempts);
        let mut routing = JsonObject::new();
        let mut set = |name: &str, value: Value| routing.insert(name.to_owned(), value);
        set("originalModelId", plan.original.as_str().into());
        if let Some(first) = plan.stages.iter().find_map(|stage| stage.candidates.first()) {
            let provider = &first.upstream.id;
            set("resolvedProvider", provider.as_str().into());
            set("resolvedProviderApiModelId", first.model_id.as_str().into());
            set("internalResolvedModelId", format!("{provider}:{}", first.model_id).into());
            set("fallbacksAvailable", json!(plan.other_providers(provider)));
        }
        if let Some(last) = attempts().last() {
            set("finalProvider", last.provider.as_str().into());
        }
        set("attempts", json!(attempts().collect::<Vec<_>>()));
        set("modelAttemptCount", self.models.len().into());
        let models = self.models.iter().map(|(model, attempts)| {
            json!({
                "modelId": model,
                "canonicalSlug": model,
                "success": attempts.last().is_some_and(|attempt| attempt.success),
                "providerAttemptCount": attempts.len(),
                "providerAttempts": attempts,
            })
        });
        set("modelAttempts", models.collect());
        set("totalProviderAttemptCount", attempts().count().into());
        routing
    }
}

/// The metadata of an answer or error.
pub(crate) fn metadata(
    generation_id: &str,
    routing: JsonObject,
    cache: Option<&'static str>,
) -> ProviderMetadata {
    let mut gateway = JsonObject::new();
    gateway.insert("generationId".to_owned(), generation_id.into());
    gateway.insert("routing".to_owned(), Value::Object(routing));
    if let Some(cache) = cache {
        gateway.insert("cache".to_owned(), cache.into());
    }
    ProviderMetadata::of(GATEWAY, gateway)
}
