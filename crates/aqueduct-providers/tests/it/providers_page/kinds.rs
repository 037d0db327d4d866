//! What a provider has, told by asking it.

use std::sync::Arc;

use aqueduct_http::Client;
use aqueduct_providers::{Entry, Settings};
use aqueduct_spec::{ErrorKind, ModelKind, Provider, Result};

/// A column of the page: a name, and how to ask a provider for such a model.
pub(super) struct Kind {
    pub(super) name: &'static str,
    /// What the table of providers calls it, if it declares it.
    pub(super) declared: Option<ModelKind>,
    ask: fn(&dyn Provider, &str) -> Result<()>,
}

pub(super) const KINDS: &[Kind] = &[
    declared("language", ModelKind::Language, |provider, id| provider.language_model(id).map(drop)),
    declared("embedding", ModelKind::Embedding, |provider, id| {
        provider.embedding_model(id).map(drop)
    }),
    declared("image", ModelKind::Image, |provider, id| provider.image_model(id).map(drop)),
    declared("speech", ModelKind::Speech, |provider, id| provider.speech_model(id).map(drop)),
    declared("transcription", ModelKind::Transcription, |provider, id| {
        provider.transcription_model(id).map(drop)
    }),
    other("streaming-transcription", |provider, id| {
        provider.streaming_transcription_model(id).map(drop)
    }),
    declared("reranking", ModelKind::Reranking, |provider, id| {
        provider.reranking_model(id).map(drop)
    }),
    declared("video", ModelKind::Video, |provider, id| provider.video_model(id).map(drop)),
    declared("realtime", ModelKind::Realtime, |provider, id| provider.realtime_model(id).map(drop)),
    declared("speech-translation", ModelKind::SpeechTranslation, |provider, id| {
        provider.speech_translation_model(id).map(drop)
    }),
    other("files", |provider, _| provider.files().map(drop)),
    other("skills", |provider, _| provider.skills().map(drop)),
    other("batch", |provider, id| provider.batch_model(id).map(drop)),
];

const fn declared(
    name: &'static str,
    kind: ModelKind,
    ask: fn(&dyn Provider, &str) -> Result<()>,
) -> Kind {
    Kind { name, declared: Some(kind), ask }
}

const fn other(name: &'static str, ask: fn(&dyn Provider, &str) -> Result<()>) -> Kind {
    Kind { name, declared: None, ask }
}

impl Kind {
    /// Whether the provider has it; an answer other than yes and no is an error of the provider's.
    pub(super) fn is_had_by(&self, provider: &dyn Provider) -> bool {
        match (self.ask)(provider, model_id(provider, self.name)) {
            Ok(()) => true,
            Err(error) => {
                let is_no = matches!(error.kind(), ErrorKind::NoSuchModel | ErrorKind::Unsupported);
                assert!(is_no, "{}: asked for {}: {error:?}", provider.id(), self.name);
                false
            }
        }
    }
}

/// A model that the provider might have. The simulator alone knows which ones it has: they are called like their kinds.
fn model_id<'a>(provider: &dyn Provider, kind: &'a str) -> &'a str {
    match (provider.id(), kind) {
        ("simulator", "language") => "echo",
        ("simulator", "streaming-transcription") => "transcription",
        ("simulator", kind) => kind,
        _ => "some-model",
    }
}

/// Builds a provider with everything that any of them must be told.
pub(super) fn build(entry: &Entry, base_url: &str) -> Arc<dyn Provider> {
    let mut settings = Settings::new().with("apiKey", "test");
    // The simulator refuses settings that it does not know.
    if entry.id != "simulator" {
        settings = settings
            .with("name", entry.id)
            .with("baseURL", base_url)
            .with("url", base_url)
            .with("modelURL", format!("{base_url}/sync/v1"));
    }
    entry.build(&settings, &Client::new()).unwrap()
}
