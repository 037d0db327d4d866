//! Text from speech while it goes on: `stream_transcribe`.

use aqueduct_spec::audio::AudioFormat;
use aqueduct_spec::transcription::TranscribeResult;
use aqueduct_spec::transcription_stream::{
    StreamTranscribeOptions, TranscriptionFinish, TranscriptionStreamPart as Part,
};
use aqueduct_spec::{AudioInput, StreamingTranscriptionModel};

use super::LiveStream;
use super::request::{Parts, live_request};
use super::sort::{Account, Sort, Sorted};
use crate::model::{IntoModel, ModelSource};
use crate::request::Shared;

/// Asks for the text of speech while it goes on. Raw audio has no header, so `format` says what it is.
///
/// Awaiting the request gives the stream of parts, [`collect`](LiveStream::collect) the transcript.
///
/// ```no_run
/// use aqueduct::spec::audio::AudioFormat;
/// use aqueduct::spec::transcription_stream::TranscriptionStreamPart as Part;
/// use futures_util::StreamExt as _;
///
/// # async fn example(microphone: aqueduct::spec::AudioInput) -> aqueduct::Result<()> {
/// let model = "openai/gpt-realtime-whisper";
/// let mut parts = aqueduct::stream_transcribe(model, AudioFormat::pcm(24_000), microphone).await?;
/// while let Some(part) = parts.next().await {
///     if let Part::Delta(part) = part? {
///         let more = part.delta;
///         # let _ = more;
///     }
/// }
/// let transcript = parts.collect().await?;
/// # let _ = transcript.text;
/// # Ok(())
/// # }
/// ```
pub fn stream_transcribe<K>(
    model: impl IntoModel<dyn StreamingTranscriptionModel, K>,
    format: AudioFormat,
    audio: impl Into<AudioInput>,
) -> StreamTranscribeRequest {
    StreamTranscribeRequest {
        model: model.into_model(),
        options: StreamTranscribeOptions::new(format),
        parts: Parts::new(audio.into()),
        shared: Shared::default(),
    }
}

/// A request for a transcript of speech while it goes on. A failed attempt is made again only as long as no audio was read.
#[must_use = "a request does nothing unless it is awaited or streamed"]
pub struct StreamTranscribeRequest {
    model: ModelSource<dyn StreamingTranscriptionModel>,
    options: StreamTranscribeOptions,
    parts: Parts,
    shared: Shared,
}

live_request!(StreamTranscribeRequest: StreamTranscribe, StreamTranscribe -> Part);

/// A transcript in parts, as they arise; all of them come to a [`TranscribeResult`].
pub type TranscriptStream = LiveStream<Part>;

impl TranscriptStream {
    /// Reads what is left and gives the whole text.
    ///
    /// # Errors
    /// Those of [`LiveStream::collect`].
    pub async fn text(self) -> aqueduct_spec::Result<String> {
        Ok(self.collect().await?.text)
    }
}

impl Sort for Part {
    type Finish = TranscriptionFinish;
    type Answer = TranscribeResult;
    const MISSING: &'static str = "transcript";

    fn is_output(&self) -> bool {
        matches!(self, Self::Delta(_) | Self::Partial(_) | Self::Final(_))
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

    fn answer(finish: TranscriptionFinish, account: Account) -> Option<TranscribeResult> {
        if finish.text.is_empty() {
            return None;
        }
        let mut answer = TranscribeResult::new(finish.text, finish.segments, account.warnings);
        answer.language = finish.language;
        answer.duration_in_seconds = finish.duration_in_seconds;
        answer.request = account.request;
        answer.response = Some(account.response);
        answer.provider_metadata = finish.provider_metadata;
        answer.rest = finish.rest;
        Some(answer)
    }
}
