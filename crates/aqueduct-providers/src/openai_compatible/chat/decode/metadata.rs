//! Metadata of an answer.

use aqueduct_spec::{JsonObject, ProviderMetadata};

use super::wire;
use crate::openai_compatible::Dialect;
use crate::openai_compatible::metadata_extractor::merged;

/// The metadata under the host's key: what an extractor found, and what the account tells.
pub(super) fn metadata(
    key: &str,
    dialect: &dyn Dialect,
    found: Option<&ProviderMetadata>,
    usage: Option<&wire::Usage>,
) -> ProviderMetadata {
    let mut metadata = merged(key, found);
    metadata.entry(key).extend(dialect.metadata(usage));
    metadata
}

/// Counts of predicted tokens.
pub(crate) fn predictions(usage: Option<&wire::Usage>) -> JsonObject {
    const PREDICTIONS: [(&str, &str); 2] = [
        ("accepted_prediction_tokens", "acceptedPredictionTokens"),
        ("rejected_prediction_tokens", "rejectedPredictionTokens"),
    ];
    let details = usage.and_then(|usage| usage.0.get("completion_tokens_details")?.as_object());
    let counts = PREDICTIONS.iter().filter_map(|(theirs, ours)| {
        let count = details?.get(*theirs).filter(|count| !count.is_null())?;
        Some(((*ours).to_owned(), count.clone()))
    });
    counts.collect()
}

/// The signature of a thought, under the host's key.
pub(super) fn signature(
    key: Option<&str>,
    extra: Option<&wire::ExtraContent>,
) -> Option<ProviderMetadata> {
    let signature = extra?.signature()?;
    let object = JsonObject::from_iter([("thoughtSignature".to_owned(), signature.into())]);
    Some(ProviderMetadata::of(key?, object))
}
