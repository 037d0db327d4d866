//! What tests need: models that answer as they are told, an upstream whose every chunk is scripted, and the checks that every
//! provider passes.
//!
//! Nothing here leaves loopback. What a test did wrong is a panic with a sentence, since only tests call it.

#![expect(clippy::expect_used, clippy::panic, reason = "a panic is how a test fails")]

mod fold;
mod mock;
mod unfold;
mod upstream;
#[cfg(feature = "websocket")]
mod websocket;

pub mod conformance;

pub use fold::fold;
pub use mock::{
    MockLanguageModel, MockModel, MockProvider, MockRealtimeModel, MockVideoModel, RecordedCall,
    Turn,
};
pub use unfold::unfold;
pub use upstream::{Gate, RecordedRequest, Reply, ScriptedUpstream};
#[cfg(feature = "websocket")]
pub use websocket::{Peer, PeerMessage, ScriptedWebSocket};
