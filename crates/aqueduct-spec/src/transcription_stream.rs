//! Transcription while the speech goes on: what such a stream is asked for, and its parts.
//!
//! The audio itself travels beside the options, as it arises. It is an optional ability of a provider, reached through
//! [`Provider::streaming_transcription_model`](crate::Provider::streaming_transcription_model).

use std::collections::BTreeMap;

use serde_json::Value;

use crate::audio::AudioFormat;
use crate::json::{nullish, plain_number, present, shape, tagged};
use crate::language::{ErrorPart, Headers, RawPart, StreamStart};
use crate::metadata::{ProviderMetadata, ProviderOptions};
use crate::model::{call, kind};
use crate::speech_stream::{SpeechPart, SpeechStream};
use crate::timestamp::Timestamp;
use crate::transcription::TranscriptSegment;

shape! {
    /// How to transcribe a stream of audio.
    StreamTranscribeOptions {
        /// The form of the audio.
        input_audio_format: AudioFormat,
    } {
        /// Options that only some providers know.
        provider_options: ProviderOptions,
        /// Headers to send along.
        headers: Headers,
        /// Whether the stream also carries the provider's own messages.
        include_raw_chunks: bool,
    }
}

tagged! {
    /// A part of a transcript that is being made. A stream starts with `stream-start` and ends with `finish`.
    pub enum TranscriptionStreamPart by "type" {
        /// The stream begins.
        StreamStart(StreamStart) = "stream-start",
        /// More text, which stays as it is.
        Delta(TranscriptDelta) = "transcript-delta",
        /// Text that may be revised.
        Partial(TranscriptPartial) = "transcript-partial",
        /// Text that is not revised any more.
        Final(TranscriptFinal) = "transcript-final",
        /// What the provider says about its answer.
        ResponseMetadata(TranscriptionResponseMetadata) = "response-metadata",
        /// The transcript is complete.
        Finish(TranscriptionFinish) = "finish",
        /// A message of the provider's, verbatim.
        Raw(RawPart) = "raw",
        /// Something failed.
        Error(ErrorPart) = "error",
    }
}

shape! {
    /// More text of a transcript.
    TranscriptDelta {
        /// What is added.
        delta: String,
    } {
        /// The piece of speech.
        id: String,
        /// What else the provider said about it.
        provider_metadata: ProviderMetadata,
    }
}
shape! {
    /// Text of a transcript that may be revised.
    TranscriptPartial {
        /// The text so far; it replaces the former of the same id.
        text: String,
    } {
        /// The piece of speech.
        id: String,
        /// When it starts, in seconds.
        #[serde(with = "plain_number")]
        start_second: f64,
        /// How long it is, in seconds.
        #[serde(with = "plain_number")]
        duration_in_seconds: f64,
        /// The audio channel, counted from 0.
        channel_index: u32,
        /// What else the provider said about it.
        provider_metadata: ProviderMetadata,
    }
}
shape! {
    /// Text of a transcript that is not revised any more.
    TranscriptFinal {
        /// The text.
        text: String,
    } {
        /// The piece of speech.
        id: String,
        /// When it starts, in seconds.
        #[serde(with = "plain_number")]
        start_second: f64,
        /// When it ends, in seconds.
        #[serde(with = "plain_number")]
        end_second: f64,
        /// The audio channel, counted from 0.
        channel_index: u32,
        /// What else the provider said about it.
        provider_metadata: ProviderMetadata,
    }
}
shape! {
    /// What the provider says about its answer.
    #[derive(Default)]
    TranscriptionResponseMetadata {} {
        /// When the provider says it was made.
        #[serde(deserialize_with = "crate::timestamp::lenient")]
        timestamp: Timestamp,
        /// The model that answers, in the provider's words.
        model_id: String,
        /// The headers of the answer, names in lower case.
        headers: BTreeMap<String, String>,
        /// What the provider sent.
        #[serde(deserialize_with = "present")]
        body: Value,
    }
}
shape! {
    /// The transcript is complete.
    TranscriptionFinish {
        /// The whole text.
        text: String,
        /// The text in pieces with their times.
        #[serde(default, deserialize_with = "nullish")]
        segments: Vec<TranscriptSegment>,
    } {
        /// The language: ISO 639-1.
        language: String,
        /// How long the audio is, in seconds.
        #[serde(with = "plain_number")]
        duration_in_seconds: f64,
        /// What else the provider said.
        provider_metadata: ProviderMetadata,
    }
}

tagged! {
    /// A text frame of the caller's side, where a transcription goes over a WebSocket: the envelope `transcription-stream`,
    /// version 1. The audio goes in binary frames between the two; each text frame of the other side is a
    /// [`TranscriptionStreamPart`]. Either side passes over what it does not know.
    ///
    /// Source: the wire of `@ai-sdk/gateway` 4 (2026-11).
    pub enum TranscriptionFrame by "type" {
        /// The first frame.
        Start(TranscriptionStart) = "transcription-stream.start",
        /// The audio is complete. Who closes the connection without it gives up.
        AudioDone(TranscriptionAudioDone) = "transcription-stream.audio-done",
    }
}

shape! {
    /// How to transcribe what follows.
    TranscriptionStart {
        /// The form of the audio.
        input_audio_format: AudioFormat,
    } {
        /// Options that only some providers know.
        provider_options: ProviderOptions,
        /// Whether the stream also carries the provider's own messages.
        include_raw_chunks: bool,
    }
}
shape! {
    /// The audio is complete.
    #[derive(Default)]
    TranscriptionAudioDone {} {}
}

/// A transcript in parts, as they arise.
pub type TranscriptionStream = SpeechStream<TranscriptionStreamPart>;

impl SpeechPart for TranscriptionStreamPart {
    fn start_mut(&mut self) -> Option<&mut StreamStart> {
        match self {
            Self::StreamStart(part) => Some(part),
            _ => None,
        }
    }

    fn finish_metadata_mut(&mut self) -> Option<&mut Option<ProviderMetadata>> {
        match self {
            Self::Finish(part) => Some(&mut part.provider_metadata),
            _ => None,
        }
    }
}

call! {
    /// Asks for a transcript of audio while it arises.
    pub struct StreamTranscribe(StreamTranscribeOptions, audio) -> TranscriptionStream;
    kind: Transcription, operation: "stream_transcribe", model: streaming_transcription_model,
    annotate: SpeechStream::annotate
}

kind! {
    /// A model that writes down speech while it goes on.
    StreamingTranscriptionModel = StreamTranscribe
}
