//! Speech while it goes on: transcripts and translations of a stream of audio.
//!
//! ```text
//! AudioInput ─▶ stream_transcribe | stream_translate ─▶ LiveStream: parts … ─▶ the whole
//! ```
//!
//! The audio is read while the parts are: a request that nobody polls listens to nobody. Nothing is kept of the audio, in
//! either direction.

mod audio;
mod guard;
mod request;
mod sort;
mod stream;
mod transcribe;
mod translate;

pub use audio::audio_from_reader;
pub use stream::LiveStream;
pub use transcribe::{StreamTranscribeRequest, TranscriptStream, stream_transcribe};
pub use translate::{
    SpeechTranslation, StreamTranslateRequest, TranslationStream, stream_translate,
};
