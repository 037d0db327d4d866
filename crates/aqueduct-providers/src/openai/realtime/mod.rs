//! Conversations by voice: client secrets, and the events of OpenAI's realtime API in both directions.
//!
//! ```text
//! ClientEvent ─ encode ─▶ OpenAI ─▶ decode ─▶ ServerEvent
//! ```
//!
//! There is no connection here: a browser holds it, or whoever else calls the codec.
//!
//! Source: <https://platform.openai.com/docs/api-reference/realtime> and the AI SDK's `@ai-sdk/openai` 4 (2026-11).

mod decode;
mod encode;
mod model;
mod session;

pub(super) use model::RealtimeModel;
