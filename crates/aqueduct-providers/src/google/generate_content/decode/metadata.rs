//! Metadata of an answer.

use aqueduct_spec::{JsonObject, ProviderMetadata};
use serde_json::Value;

use crate::google::generate_content::dialect::Dialect;
use crate::google::generate_content::wire::{Candidate, UsageMetadata};

/// Writes metadata under all keys of the host.
pub(super) fn under_all_keys(dialect: &Dialect, object: &JsonObject) -> ProviderMetadata {
    dialect.own_keys().iter().map(|key| ((*key).to_owned(), object.clone())).collect()
}

/// The signature of a thought.
pub(super) fn signed(dialect: &Dialect, signature: Option<&str>) -> Option<ProviderMetadata> {
    let signature = signature.filter(|signature| !signature.is_empty())?;
    let object = JsonObject::from_iter([("thoughtSignature".to_owned(), signature.into())]);
    Some(under_all_keys(dialect, &object))
}

/// What a call of the vendor's tools, and its result, need to go back as they came.
pub(super) fn server_tool(
    dialect: &Dialect,
    signature: Option<&str>,
    id: &str,
    kind: &str,
) -> ProviderMetadata {
    let mut object = JsonObject::new();
    if let Some(signature) = signature.filter(|signature| !signature.is_empty()) {
        object.insert("thoughtSignature".to_owned(), signature.into());
    }
    object.insert("serverToolCallId".to_owned(), id.into());
    object.insert("serverToolType".to_owned(), kind.into());
    under_all_keys(dialect, &object)
}

/// What an answer says beside its content.
#[derive(Debug, Default)]
pub(super) struct AnswerMetadata<'a> {
    pub(super) prompt_feedback: Option<&'a Value>,
    pub(super) grounding: Option<&'a Value>,
    pub(super) url_context: Option<&'a Value>,
    pub(super) candidate: Option<&'a Candidate>,
    pub(super) usage: Option<&'a UsageMetadata>,
    /// The last that was told.
    pub(super) service_tier: Option<&'a str>,
}

impl AnswerMetadata<'_> {
    /// Every field is there, and null if the answer does not say.
    pub(super) fn write(&self, dialect: &Dialect) -> ProviderMetadata {
        let ratings = self.candidate.and_then(|candidate| candidate.safety_ratings.as_ref());
        let message = self.candidate.and_then(|candidate| candidate.finish_message.as_deref());
        let known = |value: Option<&Value>, shape: &Shape| {
            value.map_or(Value::Null, |value| shape.of(value))
        };
        let object = JsonObject::from_iter([
            ("promptFeedback".to_owned(), known(self.prompt_feedback, &PROMPT_FEEDBACK)),
            ("groundingMetadata".to_owned(), known(self.grounding, &GROUNDING)),
            ("urlContextMetadata".to_owned(), known(self.url_context, &URL_CONTEXT)),
            ("safetyRatings".to_owned(), known(ratings, &SAFETY_RATINGS)),
            ("usageMetadata".to_owned(), self.usage.map_or(Value::Null, usage)),
            ("finishMessage".to_owned(), message.into()),
            ("serviceTier".to_owned(), self.service_tier.into()),
        ]);
        under_all_keys(dialect, &object)
    }
}

/// What an answer took, in the vendor's words.
pub(super) fn usage(metadata: &UsageMetadata) -> Value {
    let known = UsageMetadata { rest: JsonObject::new(), ..metadata.clone() };
    let mut value = serde_json::to_value(known).unwrap_or_default();
    for name in ["promptTokensDetails", "candidatesTokensDetails"] {
        if let Some(details) = value.get_mut(name) {
            *details = TOKEN_DETAILS.of(details);
        }
    }
    value
}

/// What of the vendor's metadata callers see: the AI SDK's shapes, field for field, so that metadata means the same whichever
/// of the two read it.
enum Shape {
    Any,
    Each(&'static Self),
    Fields(&'static [(&'static str, Self)]),
}

impl Shape {
    fn of(&self, value: &Value) -> Value {
        match (self, value) {
            (Self::Each(shape), Value::Array(items)) => {
                items.iter().map(|item| shape.of(item)).collect()
            }
            (Self::Fields(fields), Value::Object(object)) => fields
                .iter()
                .filter_map(|(name, shape)| {
                    Some(((*name).to_owned(), shape.of(object.get(*name)?)))
                })
                .collect::<JsonObject>()
                .into(),
            _ => value.clone(),
        }
    }
}

const RATING: Shape = Shape::Fields(&[
    ("category", Shape::Any),
    ("probability", Shape::Any),
    ("probabilityScore", Shape::Any),
    ("severity", Shape::Any),
    ("severityScore", Shape::Any),
    ("blocked", Shape::Any),
]);

static SAFETY_RATINGS: Shape = Shape::Each(&RATING);

static PROMPT_FEEDBACK: Shape =
    Shape::Fields(&[("blockReason", Shape::Any), ("safetyRatings", Shape::Each(&RATING))]);

static TOKEN_DETAILS: Shape =
    Shape::Each(&Shape::Fields(&[("modality", Shape::Any), ("tokenCount", Shape::Any)]));

static URL_CONTEXT: Shape = Shape::Fields(&[(
    "urlMetadata",
    Shape::Each(&Shape::Fields(&[
        ("retrievedUrl", Shape::Any),
        ("urlRetrievalStatus", Shape::Any),
    ])),
)]);

static GROUNDING: Shape = Shape::Fields(&[
    ("webSearchQueries", Shape::Any),
    ("imageSearchQueries", Shape::Any),
    ("retrievalQueries", Shape::Any),
    ("searchEntryPoint", Shape::Fields(&[("renderedContent", Shape::Any)])),
    ("groundingChunks", Shape::Each(&GROUNDING_CHUNK)),
    ("groundingSupports", Shape::Each(&GROUNDING_SUPPORT)),
    ("retrievalMetadata", Shape::Fields(&[("webDynamicRetrievalScore", Shape::Any)])),
]);

const GROUNDING_CHUNK: Shape = Shape::Fields(&[
    ("web", Shape::Fields(&[("uri", Shape::Any), ("title", Shape::Any)])),
    (
        "image",
        Shape::Fields(&[
            ("sourceUri", Shape::Any),
            ("imageUri", Shape::Any),
            ("title", Shape::Any),
            ("domain", Shape::Any),
        ]),
    ),
    (
        "retrievedContext",
        Shape::Fields(&[
            ("uri", Shape::Any),
            ("title", Shape::Any),
            ("text", Shape::Any),
            ("fileSearchStore", Shape::Any),
        ]),
    ),
    (
        "maps",
        Shape::Fields(&[
            ("uri", Shape::Any),
            ("title", Shape::Any),
            ("text", Shape::Any),
            ("placeId", Shape::Any),
        ]),
    ),
]);

const GROUNDING_SUPPORT: Shape = Shape::Fields(&[
    (
        "segment",
        Shape::Fields(&[
            ("startIndex", Shape::Any),
            ("endIndex", Shape::Any),
            ("text", Shape::Any),
        ]),
    ),
    ("segment_text", Shape::Any),
    ("groundingChunkIndices", Shape::Any),
    ("supportChunkIndices", Shape::Any),
    ("confidenceScores", Shape::Any),
    ("confidenceScore", Shape::Any),
]);
