//! Videos: `generate_video` waits for them, `start_video` and `video_status` leave the waiting to the caller.
//!
//! ```text
//! generate_video ─┬─ a call that answers with the videos
//!                 └─ start ─ poll or webhook ─ status        (when asked for, or when there is no other way)
//! ```

mod generate;
mod inputs;
mod job;
mod start;

pub use generate::{GenerateVideoRequest, VideoAnswer, VideoResponse, generate_video};
pub use job::{Poll, Webhook};
pub use start::{StartVideoRequest, VideoStatusRequest, start_video, video_status};
