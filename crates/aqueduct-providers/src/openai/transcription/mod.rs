//! `POST /audio/transcriptions`: text from speech.

mod languages;
mod model;

pub(super) use model::TranscriptionModel;
