//! What callers may say in `providerOptions.google`.

use std::collections::BTreeMap;

use aqueduct_spec::{Error, JsonObject, ProviderOptions, Result};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Declares options: every field may be absent.
macro_rules! options {
    (
        $(#[$meta:meta])*
        $name:ident { $( $(#[$field_meta:meta])* $field:ident: $type:ty, )* }
    ) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
        #[serde(rename_all = "camelCase")]
        pub struct $name {
            $(
                $(#[$field_meta])*
                #[serde(default, skip_serializing_if = "Option::is_none")]
                pub $field: Option<$type>,
            )*
        }

        impl $name {
            /// Wraps the options as those of a call.
            ///
            /// # Errors
            /// `Internal` if they cannot be written as JSON.
            pub fn into_options(self) -> Result<ProviderOptions> {
                match serde_json::to_value(self) {
                    Ok(Value::Object(object)) => Ok(ProviderOptions::of("google", object)),
                    _ => Err(Error::internal("cannot write provider options as JSON")),
                }
            }
        }
    };
}

pub(super) use options;

options! {
    /// Options of a call of a language model.
    ///
    /// Values of enumerations are the vendor's words, so that new ones need no new version. Source:
    /// <https://ai.google.dev/api/generate-content> (2026-11).
    GoogleOptions {
        /// What the answer may be made of: `TEXT`, `IMAGE`.
        response_modalities: Vec<String>,
        /// How much to think; goes before the common setting.
        thinking_config: ThinkingConfig,
        /// Contents that were uploaded before: `cachedContents/{id}`.
        cached_content: String,
        /// Whether the API holds an answer to its schema. Default: yes. It does not know all of JSON schema.
        structured_outputs: bool,
        /// What is blocked, by kind of harm.
        safety_settings: Vec<SafetySetting>,
        /// What is blocked, the same for all kinds of harm: `BLOCK_ONLY_HIGH`.
        threshold: String,
        /// Whether the model shall tell times in sound files.
        audio_timestamp: bool,
        /// Labels for billing. Vertex AI only.
        labels: BTreeMap<String, String>,
        /// How closely to look at files: `MEDIA_RESOLUTION_LOW`.
        media_resolution: String,
        /// What images shall be like.
        image_config: ImageConfig,
        /// Where the user is, for searches.
        retrieval_config: RetrievalConfig,
        /// Whether arguments of functions are streamed as they arise. Vertex AI only.
        stream_function_call_arguments: bool,
        /// How fast and at which price: `standard`, `flex`, `priority`. Gemini API only.
        service_tier: String,
        /// The same for Vertex AI.
        shared_request_type: String,
        /// `shared` passes by what was paid for in advance. Vertex AI only.
        request_type: String,
    }
}
options! {
    /// How much to think.
    ThinkingConfig {
        /// The most tokens of thoughts; 0 is none, -1 leaves it to the model.
        thinking_budget: i64,
        /// Whether the answer has a summary of the thoughts.
        include_thoughts: bool,
        /// `minimal`, `low`, `medium`, `high`. From Gemini 3 on.
        thinking_level: String,
    }
}

/// From which probability on a kind of harm is blocked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SafetySetting {
    /// The kind: `HARM_CATEGORY_HARASSMENT`.
    pub category: String,
    /// The probability: `BLOCK_ONLY_HIGH`.
    pub threshold: String,
}

options! {
    /// What images shall be like.
    ImageConfig {
        /// Width to height: `16:9`.
        aspect_ratio: String,
        /// `1K`, `2K`, `4K`, `512`.
        image_size: String,
        /// Whether people may be shown. Vertex AI only.
        person_generation: String,
        /// Whether known people may be shown. Vertex AI only.
        prominent_people: String,
        /// The format of the file. Vertex AI only.
        image_output_options: Value,
    }
}
options! {
    /// Where the user is, for searches.
    RetrievalConfig {
        /// The place, in degrees.
        lat_lng: LatLng,
    }
}

/// A place, in degrees.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct LatLng {
    /// North of the equator.
    pub latitude: f64,
    /// East of Greenwich.
    pub longitude: f64,
}

options! {
    /// Options of a call of an embedding model.
    ///
    /// Source: <https://ai.google.dev/api/embeddings> (2026-11).
    GoogleEmbeddingOptions {
        /// How long the vectors are cut.
        output_dimensionality: u64,
        /// What the vectors are for: `RETRIEVAL_QUERY`, `SEMANTIC_SIMILARITY`, …
        task_type: String,
        /// For each value what belongs to it beside its text: parts as the API has them.
        content: Vec<Option<Vec<Value>>>,
    }
}
options! {
    /// Options of a call of a speech model.
    ///
    /// Source: <https://ai.google.dev/gemini-api/docs/speech-generation> (2026-11).
    GoogleSpeechOptions {
        /// Who speaks with which voice, where there are several.
        multi_speaker_voice_config: MultiSpeakerVoiceConfig,
    }
}

/// Who speaks with which voice.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MultiSpeakerVoiceConfig {
    /// The speakers.
    pub speaker_voice_configs: Vec<SpeakerVoiceConfig>,
}

/// The voice of one speaker.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SpeakerVoiceConfig {
    /// The name that the text gives to the speaker.
    pub speaker: String,
    /// The voice.
    pub voice_config: VoiceConfig,
}

/// A voice.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct VoiceConfig {
    /// One of the vendor's voices.
    pub prebuilt_voice_config: PrebuiltVoiceConfig,
}

/// One of the vendor's voices.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PrebuiltVoiceConfig {
    /// Its name: `Kore`.
    pub voice_name: String,
}

/// Options of a call of a video model. Those that are not listed are sent on as parameters.
///
/// Source: <https://ai.google.dev/gemini-api/docs/video> (2026-11).
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct GoogleVideoOptions {
    /// Whether people may be shown: `dont_allow`, `allow_adult`, `allow_all`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub person_generation: Option<String>,
    /// What shall not be in the video.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub negative_prompt: Option<String>,
    /// Images that say what things look like.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference_images: Option<Vec<ReferenceImage>>,
    /// How often callers ask whether the video is there. Not for the API.
    #[serde(default, skip_serializing)]
    pub poll_interval_ms: Option<f64>,
    /// How long callers wait for the video. Not for the API.
    #[serde(default, skip_serializing)]
    pub poll_timeout_ms: Option<f64>,
    /// Other parameters.
    #[serde(flatten)]
    pub rest: JsonObject,
}

/// An image that says what something looks like.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ReferenceImage {
    /// The image as base64.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bytes_base64_encoded: Option<String>,
    /// Its place in the vendor's storage.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gcs_uri: Option<String>,
}
