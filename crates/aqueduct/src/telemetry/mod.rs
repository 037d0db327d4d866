//! Telemetry: what happens while a request runs, told to integrations that trace, count or log it.
//!
//! ```text
//! request ─► callbacks ─► Session ─► every Telemetry: GenAiSpans ─► tracing spans ─► your subscriber
//!                                                      your own
//! ```
//!
//! An integration implements [`Telemetry`]. [`register_telemetry`] sets it up for all requests, [`TelemetryOptions`] for one.
//! It is told of the same events as a request's callbacks (`on_start`, `on_step_end`, …), and before them.
//!
//! # OpenTelemetry
//!
//! [`GenAiSpans`] makes spans as the semantic conventions for generative AI want them. They are spans of [`tracing`], so that
//! no version of OpenTelemetry is forced on anybody: the program attaches the layer of `tracing-opentelemetry`, with the
//! exporter of its choice, and each span becomes one of OpenTelemetry's, its fields the attributes.
//!
//! ```ignore
//! use tracing_subscriber::prelude::*;
//!
//! let provider = opentelemetry_sdk::trace::SdkTracerProvider::builder()
//!     .with_batch_exporter(opentelemetry_otlp::SpanExporter::builder().with_http().build()?)
//!     .build();
//! let layer = tracing_opentelemetry::layer().with_tracer(provider.tracer("my-program"));
//! tracing_subscriber::registry().with(layer).init();
//! aqueduct::telemetry::register_telemetry(aqueduct::telemetry::GenAiSpans::new());
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
//!
//! The target of all spans is `gen_ai`, their level `INFO`. Since a field of `tracing` has no lists, lists and messages
//! (`gen_ai.response.finish_reasons`, `gen_ai.input.messages`, …) are JSON texts. The span of a request is a child of the span
//! that its future is polled in, and what a model or a tool does, a request of its own included, happens inside their spans.
//!
//! **Prompts and answers are recorded only on request**: [`TelemetryOptions::record_inputs`] and
//! [`TelemetryOptions::record_outputs`].
//!
//! Source: <https://opentelemetry.io/docs/specs/semconv/gen-ai/gen-ai-agent-spans/> (2026-08) and
//! <https://ai-sdk.dev/docs/ai-sdk-core/telemetry> (2026-08), whose spans these are.

mod call;
mod event;
mod gen_ai;
mod integration;
mod operation;
mod options;
mod registered;
mod session;
mod within;

pub use event::{CallEnd, CallStart, OperationEnd, OperationStart, TelemetryCall, Work};
pub use gen_ai::{GenAiSpans, SpanType, Supplement};
pub use integration::Telemetry;
pub use operation::Operation;
pub use options::TelemetryOptions;
pub use registered::register_telemetry;
pub(crate) use session::{Recorder, Session};
