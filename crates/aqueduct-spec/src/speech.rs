//! Speech models: speech from text.

use crate::data::Data;
use crate::json::{nullish, plain_number, shape};
use crate::language::{Headers, RequestInfo, ResponseInfo};
use crate::metadata::{ProviderMetadata, ProviderOptions};
use crate::model::{call, kind};
use crate::warning::Warning;

shape! {
    /// What to say.
    GenerateSpeechOptions {
        /// The text.
        text: String,
    } {
        /// Whose voice, in the provider's words.
        voice: String,
        /// The form of the audio: `mp3`, `wav`, …
        output_format: String,
        /// How to say it.
        instructions: String,
        /// How fast: 1 is the voice's own speed.
        #[serde(with = "plain_number")]
        speed: f64,
        /// The language: ISO 639-1, or `auto`.
        language: String,
        /// Options that only some providers know.
        provider_options: ProviderOptions,
        /// Headers to send along.
        headers: Headers,
    }
}
shape! {
    /// The speech.
    GenerateSpeechResult {
        /// The audio.
        audio: Data,
        /// What could not be done as asked.
        #[serde(default, deserialize_with = "nullish")]
        warnings: Vec<Warning>,
    } {
        /// What was sent.
        request: RequestInfo,
        /// What came back.
        response: ResponseInfo,
        /// What else the provider said.
        provider_metadata: ProviderMetadata,
    }
}

call! {
    /// Asks for speech.
    pub struct GenerateSpeech(GenerateSpeechOptions) -> GenerateSpeechResult;
    kind: Speech, operation: "generate_speech", model: speech_model,
    annotate: |output, metadata| output.provider_metadata.get_or_insert_default().merge(metadata)
}

kind! {
    /// A model that speaks.
    SpeechModel = GenerateSpeech
}
