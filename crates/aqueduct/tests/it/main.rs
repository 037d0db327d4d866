//! The verbs against models that answer as they are told.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod abort;
mod agent;
mod approval;
mod approval_replay;
mod batches;
#[cfg(feature = "togetherai")]
mod cancellation;
mod contexts;
mod custom_provider;
mod embed;
mod events;
mod examples;
mod features_page;
mod files;
mod fingerprints;
mod golden;
mod images;
mod layers;
mod live;
#[cfg(feature = "all-providers")]
mod lossless;
#[cfg(feature = "macros")]
mod macros;

mod middleware;
mod output;
mod output_stream;
mod partial_json;
mod preliminary;
mod prepare_step;
mod pruning;
mod realtime;
mod registry;
mod repair;
mod rerank;
mod retention;
mod retries;
mod rusts_own;
mod sandbox;
mod side_by_side;
#[cfg(feature = "simulator")]
mod simulator;
mod smooth;
mod speech;
mod stream_parts;
mod streaming;
mod telemetry;
mod timeouts;
mod tool_callers;
mod tool_hooks;
mod tool_loop;
mod tools;
mod transcripts;
mod transforms;
mod ui_requests;
mod ui_shapes;
mod ui_streams;
mod uploads;
mod videos;
