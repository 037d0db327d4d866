//! Text from speech: `POST /audio/transcriptions`, and the realtime WebSocket for speech that goes on.

mod languages;
mod model;
#[cfg(feature = "websocket")]
mod stream;

pub(super) use model::TranscriptionModel;
