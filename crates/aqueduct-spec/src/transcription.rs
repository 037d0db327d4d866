//! Transcription models: text from speech.

use crate::data::Data;
use crate::json::{nullish, plain, plain_number, shape};
use crate::language::{Headers, RequestInfo, ResponseInfo};
use crate::metadata::{ProviderMetadata, ProviderOptions};
use crate::model::{call, kind};
use crate::warning::Warning;

shape! {
    /// What to transcribe.
    TranscribeOptions {
        /// The audio.
        audio: Data,
        /// Its media type.
        media_type: String,
    } {
        /// Options that only some providers know.
        provider_options: ProviderOptions,
        /// Headers to send along.
        headers: Headers,
    }
}
shape! {
    /// The transcript.
    TranscribeResult {
        /// The whole text.
        text: String,
        /// The text in pieces with their times.
        #[serde(default, deserialize_with = "nullish")]
        segments: Vec<TranscriptSegment>,
        /// What could not be done as asked.
        #[serde(default, deserialize_with = "nullish")]
        warnings: Vec<Warning>,
    } {
        /// The language: ISO 639-1.
        language: String,
        /// How long the audio is, in seconds.
        #[serde(with = "plain_number")]
        duration_in_seconds: f64,
        /// What was sent.
        request: RequestInfo,
        /// What came back.
        response: ResponseInfo,
        /// What else the provider said.
        provider_metadata: ProviderMetadata,
    }
}
shape! {
    /// A piece of a transcript.
    TranscriptSegment {
        /// The text.
        text: String,
        /// When it starts, in seconds.
        #[serde(with = "plain")]
        start_second: f64,
        /// When it ends, in seconds.
        #[serde(with = "plain")]
        end_second: f64,
    } {}
}

call! {
    /// Asks for a transcript.
    pub struct Transcribe(TranscribeOptions) -> TranscribeResult;
    kind: Transcription, operation: "transcribe", model: transcription_model,
    annotate: |output, metadata| output.provider_metadata.get_or_insert_default().merge(metadata)
}

kind! {
    /// A model that writes down speech.
    TranscriptionModel = Transcribe
}
