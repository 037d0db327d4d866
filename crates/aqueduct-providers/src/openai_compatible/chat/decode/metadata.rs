//! Metadata of an answer.

use aqueduct_spec::{JsonObject, ProviderMetadata};

use super::wire;
use crate::openai_compatible::metadata_extractor::merged;

/// The metadata under the host's key: what an extractor found, and counts of predicted tokens.
pub(super) fn metadata(
    key: &str,
    found: Option<&ProviderMetadata>,
    usage: Option<&wire::Usage>,
) -> ProviderMetadata {
    const PREDICTIONS: [(&str, &str); 2] = [
        ("accepted_prediction_tokens", "acceptedPredictionTokens"),
        ("rejected_prediction_tokens", "rejectedPredictionTokens"),
    ];
    let mut metadata = merged(key, found);
    let details = usage.and_then(|usage| usage.0.get("completion_tokens_details")?.as_object());
    for (theirs, ours) in PREDICTIONS {
        let count = details.and_then(|details| details.get(theirs));
        if let Some(count) = count.filter(|count| !count.is_null()) {
            metadata.entry(key).insert(ours.to_owned(), count.clone());
        }
    }
    metadata
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
