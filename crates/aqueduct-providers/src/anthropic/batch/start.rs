//! A new batch.

use std::collections::BTreeSet;

use aqueduct_spec::batch::{BatchRequest, BatchWarning, StartBatchOptions, StartBatchResult};
use aqueduct_spec::{Error, ProviderOptions, Result};
use serde::Deserialize;

use super::status;
use super::wire::{Batch, NewBatch, NewRequest};
use crate::anthropic::error;
use crate::anthropic::messages::MessagesModel;
use crate::anthropic::messages::encode::{Betas, Target, encode};

/// The most characters of a call's id.
const MAX_ID_LENGTH: usize = 64;

/// The options of a batch, and those of its calls that only a batch can have.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct BetaOptions {
    anthropic_beta: Option<Vec<String>>,
}

impl MessagesModel {
    pub(super) async fn start(&self, options: &StartBatchOptions) -> Result<StartBatchResult> {
        check_ids(&options.requests)?;
        let explicit = self.batch_betas(options.provider_options.as_ref())?;
        let mut betas = self.config.endpoint.betas(options.headers.as_ref());
        betas.extend(explicit.iter());
        let mut requests = Vec::with_capacity(options.requests.len());
        let mut warnings = Vec::new();
        for request in &options.requests {
            let id = &request.id;
            let own = self.batch_betas(request.options.provider_options.as_ref())?;
            if own.header().is_some() {
                return Err(Error::unsupported("per-request providerOptions.anthropic.anthropicBeta")
                    .with_message(format!(
                        "Anthropic Message Batches do not support per-request betas (request \"{id}\"). Set providerOptions.anthropic.anthropicBeta on the batch instead."
                    )));
            }
            let target = Target {
                model_id: &self.info.model_id,
                options_name: self.config.options_name(),
                dialect: &*self.config.dialect,
                stream: false,
            };
            let mut encoded = encode(&request.options, target, &explicit)?;
            self.config.dialect.adapt(&mut encoded.request, &mut encoded.betas);
            check_speed(&encoded.request, id)?;
            betas.extend(encoded.betas.iter());
            warnings.extend(encoded.warnings.into_iter().map(|warning| {
                let mut warning = BatchWarning::new(warning);
                warning.request_id = Some(id.clone());
                warning
            }));
            requests.push(NewRequest { custom_id: id.clone(), params: encoded.request });
        }
        let request =
            self.config.endpoint.post("/messages/batches", options.headers.as_ref(), &betas);
        let response = request.json(&NewBatch { requests }).send().await?;
        let batch = error::json::<Batch>(response).await?;
        let id = batch.value.id.clone();
        let mut result = StartBatchResult::new(id, status(batch));
        result.warnings = warnings;
        Ok(result)
    }

    fn batch_betas(&self, options: Option<&ProviderOptions>) -> Result<Betas> {
        let mut betas = Betas::default();
        let Some(options) = options else { return Ok(betas) };
        let read = |name| options.typed::<BetaOptions>(name);
        let own = read(self.config.options_name())?.and_then(|own| own.anthropic_beta);
        let canonical = read("anthropic")?.and_then(|canonical| canonical.anthropic_beta);
        betas.extend(own.or(canonical).unwrap_or_default());
        Ok(betas)
    }
}

fn check_ids(requests: &[BatchRequest]) -> Result<()> {
    let mut seen = BTreeSet::new();
    for BatchRequest { id, .. } in requests {
        let is_valid = !id.is_empty()
            && id.len() <= MAX_ID_LENGTH
            && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'));
        if !is_valid {
            return Err(Error::invalid_request(format!(
                "Anthropic batch request ID \"{id}\" must match ^[A-Za-z0-9_-]{{1,64}}$."
            )));
        }
        if !seen.insert(id) {
            return Err(Error::invalid_request(format!(
                "Anthropic batch request IDs must be unique; duplicate ID \"{id}\"."
            )));
        }
    }
    Ok(())
}

/// Batches are never in a hurry.
fn check_speed(request: &crate::anthropic::messages::wire::Request, id: &str) -> Result<()> {
    let refused = |what: &str, feature: &str| {
        Err(Error::unsupported(feature).with_message(format!(
            "Anthropic Message Batches do not support {what} (request \"{id}\")."
        )))
    };
    if request.speed.is_some() {
        return refused("speed", "providerOptions.anthropic.speed");
    }
    let fallbacks = request.fallbacks.as_ref().and_then(|fallbacks| fallbacks.as_array());
    let hurries =
        |fallback: &serde_json::Value| fallback.get("speed").is_some_and(|speed| !speed.is_null());
    if fallbacks.is_some_and(|fallbacks| fallbacks.iter().any(hurries)) {
        return refused("fallback speed", "providerOptions.anthropic.fallbacks[].speed");
    }
    Ok(())
}
