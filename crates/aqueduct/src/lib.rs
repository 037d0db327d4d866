//! One interface to language, embedding, image, speech, transcription, reranking and video models.
//!
//! Verbs ([`generate_text`], [`stream_text`], [`embed()`], [`rerank()`], …) call models; a [`Registry`] finds them by name.
//! A request is a builder that is awaited:
//!
//! ```no_run
//! # async fn example() -> aqueduct::Result<()> {
//! let answer = aqueduct::generate_text("groq/llama-3.3-70b-versatile")
//!     .prompt("Why is the sky blue?")
//!     .await?;
//! let text = answer.text();
//! # let _ = text;
//! # Ok(())
//! # }
//! ```
//!
//! Nothing here spawns a task: a request runs while it is polled, and dropping it cancels what it was doing. It needs a Tokio
//! runtime with I/O and time, as `#[tokio::main]` makes it; one that is built by hand enables them (`enable_all`).
//!
//! # Features
//!
//! | feature | brings |
//! |---|---|
//! | `all-providers` (default) | every provider |
//! | one a provider, named after it | that provider; with `default-features = false` the others stay out of the build |
//! | `axum` | messages for user interfaces as answers of axum |
//! | `macros` | `#[aqueduct::tool]`, which makes a tool of a function |
//! | `regex` | smoothed streams cut at matches of a regular expression |
//! | `websocket` (default) | what providers need for live audio; nine small crates |
//! | `testing` | mock models and a scripted upstream, as `aqueduct::testing` |

pub mod agent;
pub mod layer;
pub mod message;
pub mod model;
pub mod output;
pub mod registry;
pub mod retry;
pub mod router;
pub mod telemetry;
pub mod text;
pub mod tool;
pub mod ui;

pub mod batch;
pub mod embed;
pub mod image;
pub mod live;
pub mod media;
pub mod realtime;
pub mod rerank;
pub mod speech;
pub mod transcribe;
pub mod upload;
pub mod video;

#[cfg(feature = "testing")]
pub use aqueduct_testkit as testing;

#[cfg(feature = "macros")]
pub use aqueduct_macros::tool;

/// What the code of macros needs; not for use by hand.
#[cfg(feature = "macros")]
#[doc(hidden)]
pub mod macro_support {
    pub use schemars;
    pub use serde;
}

mod id_generator;
mod provider_options;
mod request;
mod simulate_stream;

pub use aqueduct_http::{Client, Downloader};
pub use aqueduct_providers as providers;
pub use aqueduct_providers::{Environment, Settings};
pub use aqueduct_spec as spec;
pub use aqueduct_spec::{
    Context, EmbeddingModel, Error, ErrorKind, Include, LanguageModel, Provider, ProviderMetadata,
    ProviderOptions, RerankingModel, Result, Warning,
};

pub use agent::{Agent, ToolLoopAgent};
pub use batch::{batch_results, batch_status, start_text_batch};
pub use embed::{cosine_similarity, embed, embed_many};
pub use id_generator::{IdGenerator, IdGeneratorBuilder};
pub use image::generate_image;
pub use live::{audio_from_reader, stream_transcribe, stream_translate};
pub use message::{Message, prune_messages};
pub use model::IntoModel;
pub use output::{Output, generate_object, stream_object};
pub use realtime::{create_realtime_token, realtime_tools};
pub use registry::{CustomProvider, Registry};
pub use rerank::rerank;
pub use router::Router;
pub use simulate_stream::{SimulatedStream, simulate_stream};
pub use speech::generate_speech;
pub use telemetry::{TelemetryOptions, register_telemetry};
pub use text::{
    AbortHandle, TextResult, TextStream, TextStreamPart, Timeouts, generate_text, has_tool_call,
    loop_finished, smooth_stream, step_count_is, stream_text,
};
pub use tool::{Tool, ToolContext};
pub use transcribe::transcribe;
pub use upload::{upload_file, upload_skill};
pub use video::{generate_video, start_video, video_status};

/// The README's programs must compile.
#[cfg(doctest)]
#[doc = include_str!("../../../README.md")]
struct Readme;
