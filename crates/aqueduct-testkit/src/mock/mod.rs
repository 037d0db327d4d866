//! Models and providers that answer as they are told, and remember what they were asked.

mod language;
mod model;
mod provider;
mod realtime;
mod turn;
mod video;

pub use language::{MockLanguageModel, RecordedCall};
pub use model::MockModel;
pub use provider::MockProvider;
pub use realtime::MockRealtimeModel;
pub use turn::Turn;
pub use video::MockVideoModel;
