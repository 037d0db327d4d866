//! The provider specification: the nouns of the domain, the one trait of all models, and the AI SDK V4 data shapes.
//!
//! What serde writes *is* the V4 JSON, field for field: the gateway protocol, the cache and the tests ride on that one fact.
//! Fields this version does not know are kept and written back; optional fields are absent, never `null`.
//!
//! There is no I/O here, no runtime and no vendor.

pub mod answer;
pub mod audio;
pub mod context;
pub mod data;
pub mod error;
pub mod json;
pub mod media_type;
pub mod metadata;
pub mod model;
mod near_miss;
pub mod profile;
pub mod provider;
pub mod timestamp;
pub mod warning;

pub mod batch;
pub mod embedding;
pub mod files;
pub mod image;
pub mod language;
pub mod realtime;
pub mod reranking;
pub mod skills;
pub mod speech;
pub mod speech_stream;
pub mod speech_translation;
pub mod transcription;
pub mod transcription_stream;
pub mod video;

pub use answer::{Answer, Keep};
pub use audio::{AudioInput, AudioReader};
pub use context::{CacheControl, Context, Include, generate_id};
pub use data::{Data, FileData};
pub use error::{Error, ErrorKind, Result};
pub use json::JsonObject;
pub use metadata::{ProviderMetadata, ProviderOptions};
pub use model::{BoxFuture, BoxStream, Call, Describe, Model, ModelInfo, ModelKind};
pub use near_miss::near_miss;
pub use profile::{Profile, UrlPattern};
pub use provider::Provider;
pub use timestamp::Timestamp;
pub use warning::Warning;

pub use embedding::{Embed, EmbeddingModel};
pub use image::{GenerateImage, ImageModel};
pub use language::{Generate, LanguageModel, Stream};
pub use realtime::RealtimeModel;
pub use reranking::{Rerank, RerankingModel};
pub use speech::{GenerateSpeech, SpeechModel};
pub use speech_stream::SpeechStream;
pub use speech_translation::{SpeechTranslationModel, TranslateSpeech};
pub use transcription::{Transcribe, TranscriptionModel};
pub use transcription_stream::{StreamTranscribe, StreamingTranscriptionModel};
pub use video::{GenerateVideo, GetVideoStatus, StartVideo, VideoModel};
