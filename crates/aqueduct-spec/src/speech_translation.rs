//! Speech in one language to speech in another while it goes on: what such a stream is asked for, and its parts.
//!
//! The audio itself travels beside the options, as it arises.

use crate::audio::AudioFormat;
use crate::data::Data;
use crate::json::{lenient_count, plain_number, shape, tagged};
use crate::language::{ErrorPart, Headers, RawPart, StreamStart};
use crate::metadata::{ProviderMetadata, ProviderOptions};
use crate::model::{call, kind};
use crate::speech_stream::{SpeechPart, SpeechStream};
use crate::transcription_stream::TranscriptionResponseMetadata;

shape! {
    /// How to translate a stream of speech.
    TranslateSpeechOptions {
        /// The form of the audio given.
        input_audio_format: AudioFormat,
        /// The language to translate into.
        target_language: String,
    } {
        /// The language that is spoken; found out if not said.
        source_language: String,
        /// The form of the audio wanted.
        output_audio_format: AudioFormat,
        /// Options that only some providers know.
        provider_options: ProviderOptions,
        /// Headers to send along.
        headers: Headers,
        /// Whether the stream also carries the provider's own messages.
        include_raw_chunks: bool,
    }
}

tagged! {
    /// A part of a translation that is being made. A stream starts with `stream-start` and ends with `finish`.
    pub enum SpeechTranslationPart by "type" {
        /// The stream begins.
        StreamStart(StreamStart) = "stream-start",
        /// More translated speech.
        Audio(TranslatedAudio) = "audio",
        /// More translated text.
        OutputTextDelta(OutputTextDelta) = "output-text-delta",
        /// A piece of translated text, complete.
        OutputTextFinal(OutputTextFinal) = "output-text-final",
        /// More of what was said.
        SourceDelta(SourceTranscriptDelta) = "source-transcript-delta",
        /// What was said; it may be revised.
        SourcePartial(SourceTranscript) = "source-transcript-partial",
        /// What was said; it is not revised any more.
        SourceFinal(FinalSourceTranscript) = "source-transcript-final",
        /// What the provider says about its answer.
        ResponseMetadata(TranscriptionResponseMetadata) = "response-metadata",
        /// The translation is complete.
        Finish(SpeechTranslationFinish) = "finish",
        /// A message of the provider's, verbatim.
        Raw(RawPart) = "raw",
        /// Something failed.
        Error(ErrorPart) = "error",
    }
}

shape! {
    /// More translated speech.
    TranslatedAudio {
        /// The audio.
        audio: Data,
    } {
        /// The piece of speech.
        id: String,
        /// What else the provider said about it.
        provider_metadata: ProviderMetadata,
    }
}
shape! {
    /// More translated text.
    OutputTextDelta {
        /// What is added.
        delta: String,
    } {
        /// The piece of speech.
        id: String,
    }
}
shape! {
    /// A piece of translated text, complete.
    OutputTextFinal {
        /// The text.
        text: String,
    } {
        /// The piece of speech.
        id: String,
    }
}
shape! {
    /// More of what was said.
    SourceTranscriptDelta {
        /// What is added.
        delta: String,
    } {
        /// The piece of speech.
        id: String,
    }
}

/// Declares what was said, revised or not.
macro_rules! source_transcripts {
    ($( $(#[$meta:meta])* $name:ident )*) => { $(
        shape! {
            $(#[$meta])*
            $name {
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
            }
        }
    )* };
}

source_transcripts! {
    /// What was said; it may be revised.
    SourceTranscript
    /// What was said; it is not revised any more.
    FinalSourceTranscript
}

shape! {
    /// The translation is complete.
    SpeechTranslationFinish {
        /// All that was said.
        source_text: String,
        /// All of it, translated.
        output_text: String,
    } {
        /// How long the audio is, in seconds.
        #[serde(with = "plain_number")]
        duration_in_seconds: f64,
        /// What the call used.
        usage: SpeechTranslationUsage,
        /// What else the provider said.
        provider_metadata: ProviderMetadata,
    }
}
shape! {
    /// What a translation used.
    #[derive(Default)]
    SpeechTranslationUsage {} {
        /// Seconds of audio given.
        #[serde(with = "plain_number")]
        input_audio_seconds: f64,
        /// Tokens of the audio given.
        #[serde(deserialize_with = "lenient_count")]
        input_audio_tokens: u64,
        /// Tokens of the audio made.
        #[serde(deserialize_with = "lenient_count")]
        output_audio_tokens: u64,
        /// Tokens of the text given.
        #[serde(deserialize_with = "lenient_count")]
        input_text_tokens: u64,
        /// Tokens of the text made.
        #[serde(deserialize_with = "lenient_count")]
        output_text_tokens: u64,
    }
}

/// A translation in parts, as they arise.
pub type SpeechTranslationStream = SpeechStream<SpeechTranslationPart>;

impl SpeechPart for SpeechTranslationPart {
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
    /// Asks for a translation of speech while it arises.
    pub struct TranslateSpeech(TranslateSpeechOptions, audio) -> SpeechTranslationStream;
    kind: SpeechTranslation, operation: "translate_speech", model: speech_translation_model,
    annotate: SpeechStream::annotate
}

kind! {
    /// A model that says in one language what is said in another.
    SpeechTranslationModel = TranslateSpeech
}
