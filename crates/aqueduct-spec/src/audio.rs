//! The form of raw audio in streams.

use crate::json::shape;

shape! {
    /// The form of raw audio, which carries no header of its own.
    AudioFormat {
        /// The media type: `audio/pcm`, `audio/pcmu`, `audio/pcma`, …
        #[serde(rename = "type")]
        media_type: String,
    } {
        /// Samples a second.
        rate: u32,
    }
}
