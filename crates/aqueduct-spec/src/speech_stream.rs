//! Answers to a stream of audio: parts as they arise, while the audio is still being sent.

use std::fmt;

use futures_core::Stream;
use futures_util::{StreamExt as _, stream};

use crate::answer::{Answer, Keep};
use crate::error::{Error, Result};
use crate::language::{RequestInfo, ResponseInfo, StreamStart};
use crate::metadata::ProviderMetadata;
use crate::model::BoxStream;
use crate::warning::Warning;

/// The answer to a stream of audio. It is handed over as soon as the connection stands; the audio is read and sent while its
/// parts are polled, and dropping it cancels the call and drops the audio.
///
/// What layers do with it: until it is there, no audio was read, so that a call that fails may be sent again or to another
/// model. Once it is there, the call is committed. Nobody waits for its first content, as with streams of text, because that
/// would read the audio. It is not kept in a cache.
pub struct SpeechStream<P> {
    /// The parts. After an `Err` there are none.
    pub stream: BoxStream<'static, Result<P>>,
    /// What was sent before the audio.
    pub request: Option<RequestInfo>,
    /// What is known of the answer before its parts.
    pub response: Option<ResponseInfo>,
}

/// A part of an answer to a stream of audio.
pub trait SpeechPart: From<StreamStart> + Send + 'static {
    /// The part as the beginning of the stream.
    fn start_mut(&mut self) -> Option<&mut StreamStart>;

    /// Where the part keeps what else the provider said, if it is the end of the stream.
    fn finish_metadata_mut(&mut self) -> Option<&mut Option<ProviderMetadata>>;
}

impl<P: SpeechPart> SpeechStream<P> {
    /// Creates an answer from its parts.
    pub fn new(stream: impl Stream<Item = Result<P>> + Send + 'static) -> Self {
        Self { stream: Box::pin(stream), request: None, response: None }
    }

    /// Puts something between the parts and their reader.
    #[must_use]
    pub fn map_stream<S>(self, map: impl FnOnce(BoxStream<'static, Result<P>>) -> S) -> Self
    where
        S: Stream<Item = Result<P>> + Send + 'static,
    {
        Self { stream: Box::pin(map(self.stream)), ..self }
    }

    /// Adds metadata to the last part.
    pub(crate) fn annotate(&mut self, metadata: ProviderMetadata) {
        let mut waiting = Some(metadata);
        self.replace(|parts| {
            parts.map(move |mut part| {
                if let Ok(part) = &mut part
                    && let Some(place) = part.finish_metadata_mut()
                    && let Some(metadata) = waiting.take()
                {
                    place.get_or_insert_default().merge(metadata);
                }
                part
            })
        });
    }

    fn replace<S>(&mut self, map: impl FnOnce(BoxStream<'static, Result<P>>) -> S)
    where
        S: Stream<Item = Result<P>> + Send + 'static,
    {
        let empty: BoxStream<'static, Result<P>> = Box::pin(stream::empty());
        let parts = std::mem::replace(&mut self.stream, empty);
        self.stream = Box::pin(map(parts));
    }
}

impl<P: SpeechPart> Answer for SpeechStream<P> {
    const STREAMS: bool = true;

    /// Nobody says the same a second time.
    const REPEATABLE: bool = false;

    fn warn(&mut self, warnings: Vec<Warning>) {
        let mut waiting = Some(warnings);
        self.replace(|parts| {
            parts.flat_map(move |mut part| {
                let mut added = None;
                if let (Ok(first), Some(warnings)) = (&mut part, waiting.take()) {
                    match first.start_mut() {
                        Some(start) => start.warnings.extend(warnings),
                        // Warnings have no other place than the start, so a stream without one gets it.
                        None => added = Some(Ok(StreamStart::new(warnings).into())),
                    }
                }
                stream::iter(added.into_iter().chain([part]))
            })
        });
    }

    fn record(self, _max_bytes: usize, _keep: Keep) -> Self {
        self
    }

    fn replay(_recording: &[u8]) -> Result<Self> {
        Err(Error::internal("answers to a stream of audio are not recorded"))
    }
}

impl<P> fmt::Debug for SpeechStream<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SpeechStream").field("response", &self.response).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt as _;
    use serde_json::{Value, json};

    use super::*;
    use crate::transcription_stream::{
        TranscriptDelta, TranscriptionFinish, TranscriptionStreamPart,
    };

    fn answer(starts: bool) -> SpeechStream<TranscriptionStreamPart> {
        let start: Option<TranscriptionStreamPart> = starts.then(|| StreamStart::new([]).into());
        let rest = [TranscriptDelta::new("a").into(), TranscriptionFinish::new("a", []).into()];
        SpeechStream::new(stream::iter(start.into_iter().chain(rest).map(Ok)))
    }

    fn read(answer: SpeechStream<TranscriptionStreamPart>) -> Vec<Value> {
        let parts: Vec<_> = answer.stream.collect().now_or_never().expect("nothing to wait for");
        parts.into_iter().map(|part| serde_json::to_value(part.unwrap()).unwrap()).collect()
    }

    #[test]
    fn warnings_go_to_the_start_which_is_made_if_missing() {
        for starts in [true, false] {
            let mut answer = answer(starts);
            answer.warn(vec![Warning::other("w")]);
            let parts = read(answer);
            assert_eq!(parts.len(), 3);
            let warnings = json!([{ "type": "other", "message": "w" }]);
            assert_eq!(parts[0], json!({ "type": "stream-start", "warnings": warnings }));
        }
    }

    #[test]
    fn metadata_goes_to_the_end() {
        let mut answer = answer(true);
        let metadata = json!({ "gateway": { "generationId": "g" } });
        answer.annotate(serde_json::from_value(metadata.clone()).unwrap());
        let parts = read(answer);
        assert_eq!(parts[2]["providerMetadata"], metadata);
        assert_eq!(parts[1], json!({ "type": "transcript-delta", "delta": "a" }));
    }
}
