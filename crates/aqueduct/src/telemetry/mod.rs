//! Telemetry: what happens while a request runs, told to integrations that trace, count or log it.
//!
//! ```text
//! request ─► callbacks ─► Session ─► every Telemetry: GenAiSpans ─► tracing spans ─► your subscriber
//!                                                      your own
//! ```
//!
//! An integration implements [`Telemetry`]. [`register_telemetry`] sets it up for all requests, [`TelemetryOptions`] for one.
//! It is told of the same events as a request's callbacks (`on_start`, `on_step_end`, …), and before them. Requests of all
//! kinds are told of in one shape, [`OperationStart`] and [`OperationEnd`], and so are the calls of everything but language
//! models, [`CallStart`] and [`CallEnd`].
//!
//! # OpenTelemetry
//!
//! [`GenAiSpans`] makes spans as the semantic conventions for generative AI want them. They are spans of [`tracing`], so that
//! no version of OpenTelemetry is forced on anybody: the program attaches the layer of `tracing-opentelemetry`, with the
//! exporter of its choice, and each span becomes one of OpenTelemetry's, its fields the attributes.
//!
//! ```
//! use opentelemetry::trace::TracerProvider as _;
//! use opentelemetry_sdk::trace::SdkTracerProvider;
//! use tracing_subscriber::prelude::*;
//!
//! // In its place, for a collector: `opentelemetry_otlp::SpanExporter`.
//! let exporter = opentelemetry_sdk::trace::InMemorySpanExporter::default();
//! let provider = SdkTracerProvider::builder().with_batch_exporter(exporter).build();
//! let layer = tracing_opentelemetry::layer().with_tracer(provider.tracer("my-program"));
//! tracing_subscriber::registry().with(layer).init();
//! aqueduct::register_telemetry(aqueduct::telemetry::GenAiSpans::new());
//! ```
//!
//! | span | kind | of what |
//! |---|---|---|
//! | `invoke_agent <model>` | internal | a request for text, all its steps |
//! | `step <n>` | internal | a step, counted from 1 |
//! | `chat <model>` | client | a call of the model, retries included, to the end of its stream |
//! | `execute_tool <tool>` | internal | a run of a tool |
//! | `embeddings <model>` | client | a request for vectors, and each of its calls |
//! | `rerank <model>` | client | a request for an order, and its call |
//! | `generate_content <model>` | client | a request for images, speech, a transcript, a translation of speech or videos, and each of its calls, to the end of its stream if it has one; `gen_ai.output.type` says for what: `image`, `speech`, `text`, `video` |
//! | `start_video <model>`, `video_status <model>`, `start_text_batch <model>`, `batch_status <model>`, `batch_results <model>` | client | a request about a job, and its call: `start_video`, `get_video_status`, `start_batch`, `get_batch_status`, `get_batch_results` |
//! | `upload_file`, `upload_skill` | client | a request to keep something, and its call |
//!
//! The target of all spans is `gen_ai`, their level `INFO`. Since a field of `tracing` has no lists, lists and messages
//! (`gen_ai.response.finish_reasons`, `gen_ai.input.messages`, …) are JSON texts. The span of a request is a child of the span
//! that its future is polled in, and what a model or a tool does, a request of its own included, happens inside their spans.
//!
//! **Prompts and answers are recorded only on request**: [`TelemetryOptions::record_inputs`] and
//! [`TelemetryOptions::record_outputs`]. Pictures, sounds and other files are told by media type and size even then, and no
//! attribute is longer than [`GenAiSpans::max_attribute_bytes`].
//!
//! A span of what failed has the status `ERROR` and the kind of the error as `error.type`. A span of what was given up on,
//! dropped or aborted, ends at once with the `error.type` `cancelled` and no status: the program wanted it so, and the
//! conventions leave it to those who know the program what an error is.
//!
//! The conventions know the operations `invoke_agent`, `chat`, `execute_tool`, `embeddings` and `generate_content`, and the
//! outputs `text`, `json`, `image` and `speech`. `agent_step` and `rerank` are the AI SDK's words; for the rest neither has
//! one, and the names of our own verbs and operations stand in, as the AI SDK lets its own (`ai.transcribe`). What the AI SDK
//! says beyond the conventions is a [`Supplement`].
//!
//! Source: <https://github.com/open-telemetry/semantic-conventions-genai/blob/main/docs/gen-ai/gen-ai-spans.md> (2026-11),
//! <https://opentelemetry.io/docs/specs/semconv/general/recording-errors/> (2026-11) and `@ai-sdk/otel` 1.0
//! (<https://ai-sdk.dev/docs/ai-sdk-core/telemetry>, 2026-11), whose spans these are.

mod call;
mod event;
mod gen_ai;
mod integration;
mod operation;
mod options;
mod registered;
mod session;
mod within;

pub(crate) use call::CallWatch;
pub use event::{CallEnd, CallStart, OperationEnd, OperationStart, TelemetryCall, Work};
pub use gen_ai::{GenAiSpans, SpanType, Supplement};
pub use integration::Telemetry;
pub use operation::Operation;
pub use options::TelemetryOptions;
pub use registered::register_telemetry;
pub(crate) use session::{Recorder, Session};
