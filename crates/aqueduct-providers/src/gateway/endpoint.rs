//! The endpoints that models are called at, and the headers that name the model.

/// An endpoint under the base URL.
#[derive(Debug, Clone, Copy)]
pub(super) struct Endpoint {
    pub(super) path: &'static str,
    /// The header that names the version of the specification.
    pub(super) specification: Option<&'static str>,
    /// The header that names the model.
    pub(super) model_id: &'static str,
}

/// The version of the specification that is spoken.
pub(super) const SPECIFICATION_VERSION: &str = "4";

const MODEL_ID: &str = "ai-model-id";

impl Endpoint {
    pub(super) const LANGUAGE: Self = Self {
        path: "/language-model",
        specification: Some("ai-language-model-specification-version"),
        // The one endpoint that has another name for it.
        model_id: "ai-language-model-id",
    };
    pub(super) const EMBEDDING: Self =
        Self::of("/embedding-model", "ai-embedding-model-specification-version");
    pub(super) const IMAGE: Self = Self::of("/image-model", "ai-image-model-specification-version");
    pub(super) const SPEECH: Self =
        Self::of("/speech-model", "ai-speech-model-specification-version");
    pub(super) const TRANSCRIPTION: Self =
        Self::of("/transcription-model", "ai-transcription-model-specification-version");
    pub(super) const RERANKING: Self =
        Self::of("/reranking-model", "ai-reranking-model-specification-version");
    pub(super) const VIDEO: Self = Self::of("/video-model", VIDEO_SPECIFICATION);
    pub(super) const VIDEO_START: Self = Self::of("/video-model/start", VIDEO_SPECIFICATION);
    pub(super) const VIDEO_STATUS: Self = Self::of("/video-model/status", VIDEO_SPECIFICATION);
    pub(super) const BATCH_START: Self = Self::batch("/batch/start");
    pub(super) const BATCH_STATUS: Self = Self::batch("/batch/status");
    pub(super) const BATCH_RESULTS: Self = Self::batch("/batch/results");

    const fn of(path: &'static str, specification: &'static str) -> Self {
        Self { path, specification: Some(specification), model_id: MODEL_ID }
    }

    const fn batch(path: &'static str) -> Self {
        Self { path, specification: None, model_id: MODEL_ID }
    }
}

const VIDEO_SPECIFICATION: &str = "ai-video-model-specification-version";
