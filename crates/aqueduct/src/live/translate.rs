//! Speech in another language while it goes on: `stream_translate`.

use aqueduct_spec::audio::AudioFormat;
use aqueduct_spec::language::{RequestInfo, ResponseInfo};
use aqueduct_spec::speech_translation::{
    SpeechTranslationFinish, SpeechTranslationPart as Part, SpeechTranslationUsage,
    TranslateSpeechOptions,
};
use aqueduct_spec::{AudioInput, ProviderMetadata, SpeechTranslationModel, Warning};

use super::LiveStream;
use super::request::{Parts, live_request};
use super::sort::{Account, Sort, Sorted};
use crate::model::{IntoModel, ModelSource};
use crate::request::Shared;

/// Asks for speech in another language (`en`, `fr-CA`, …) while it goes on. Raw audio has no header, so `format` says what it
/// is.
///
/// Awaiting the request gives the stream of parts, [`collect`](LiveStream::collect) the texts. The translated audio is in the
/// parts alone.
///
/// ```no_run
/// use aqueduct::spec::audio::AudioFormat;
/// use aqueduct::spec::speech_translation::SpeechTranslationPart as Part;
/// use futures_util::StreamExt as _;
///
/// # async fn example(microphone: aqueduct::spec::AudioInput) -> aqueduct::Result<()> {
/// let (model, format) = ("openai/gpt-realtime-translate", AudioFormat::pcm(24_000));
/// let mut parts = aqueduct::stream_translate(model, format, microphone, "es").await?;
/// while let Some(part) = parts.next().await {
///     if let Part::Audio(part) = part? {
///         let samples = part.audio.to_bytes()?;
///         # let _ = samples;
///     }
/// }
/// let translation = parts.collect().await?;
/// # let _ = translation.text;
/// # Ok(())
/// # }
/// ```
pub fn stream_translate<K>(
    model: impl IntoModel<dyn SpeechTranslationModel, K>,
    format: AudioFormat,
    audio: impl Into<AudioInput>,
    target_language: impl Into<String>,
) -> StreamTranslateRequest {
    StreamTranslateRequest {
        model: model.into_model(),
        options: TranslateSpeechOptions::new(format, target_language),
        parts: Parts::new(audio.into()),
        shared: Shared::default(),
    }
}

/// A request for speech in another language while it goes on. A failed attempt is made again only as long as no audio was
/// read.
#[must_use = "a request does nothing unless it is awaited or streamed"]
pub struct StreamTranslateRequest {
    model: ModelSource<dyn SpeechTranslationModel>,
    options: TranslateSpeechOptions,
    parts: Parts,
    shared: Shared,
}

live_request!(StreamTranslateRequest: StreamTranslate, TranslateSpeech -> Part);

impl StreamTranslateRequest {
    /// Sets the language that is spoken. Default: the provider finds it out.
    pub fn source_language(mut self, language: impl Into<String>) -> Self {
        self.options.source_language = Some(language.into());
        self
    }

    /// Sets the form of the translated audio. Default: the provider's.
    pub fn output_format(mut self, format: AudioFormat) -> Self {
        self.options.output_audio_format = Some(format);
        self
    }
}

/// A translation in parts, as they arise; all of them come to a [`SpeechTranslation`].
pub type TranslationStream = LiveStream<Part>;

/// What was said, and its translation.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct SpeechTranslation {
    /// All that was said.
    pub source_text: String,
    /// All of it, translated; empty if the provider gives audio alone.
    pub text: String,
    /// How long the audio is, in seconds.
    pub duration_in_seconds: Option<f64>,
    /// What the call used.
    pub usage: Option<SpeechTranslationUsage>,
    /// What could not be done as asked.
    pub warnings: Vec<Warning>,
    /// What else the provider said.
    pub provider_metadata: Option<ProviderMetadata>,
    /// What was sent before the audio, if the context asked for it.
    pub request: Option<RequestInfo>,
    /// What came back.
    pub response: Option<ResponseInfo>,
}

impl Sort for Part {
    type Finish = SpeechTranslationFinish;
    type Answer = SpeechTranslation;
    const MISSING: &'static str = "translation";

    fn is_output(&self) -> bool {
        matches!(self, Self::Audio(_) | Self::OutputTextDelta(_) | Self::OutputTextFinal(_))
    }

    fn sort(self) -> Sorted<Self> {
        match self {
            Self::StreamStart(start) => Sorted::Start(start),
            Self::ResponseMetadata(said) => Sorted::Metadata(said),
            Self::Finish(finish) => Sorted::Finish(finish),
            Self::Error(part) => {
                let error = part.to_error();
                Sorted::Failure(part.into(), error)
            }
            part => Sorted::Shown(part),
        }
    }

    /// Those who give audio alone say nothing at the end.
    fn answer(finish: SpeechTranslationFinish, account: Account) -> Option<SpeechTranslation> {
        let has_output = account.has_output || !finish.output_text.is_empty();
        has_output.then(|| SpeechTranslation {
            source_text: finish.source_text,
            text: finish.output_text,
            duration_in_seconds: finish.duration_in_seconds,
            usage: finish.usage,
            warnings: account.warnings,
            provider_metadata: finish.provider_metadata,
            request: account.request,
            response: Some(account.response),
        })
    }
}
