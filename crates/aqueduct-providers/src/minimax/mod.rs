//! MiniMax: language models by the messages API of Anthropic, and videos.
//!
//! Options of a language call are under `minimax` (or `anthropic`): those of [`anthropic`](crate::anthropic), of which
//! `thinking` takes `adaptive` and `disabled`. Options of a video are [`MiniMaxVideoOptions`].
//!
//! Setting `videoBaseURL` moves the videos alone. Without it they are where `baseURL` says, less the path of the messages
//! API.
//!
//! Source: <https://platform.minimax.io/docs/api-reference> (2026-11).

mod provider;
mod video;

pub use provider::{ENTRY, MiniMax};
pub use video::MiniMaxVideoOptions;
