//! Audio in streams: its form, and the stream itself, which a call brings along and which can be read once.

use std::fmt;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use futures_core::Stream;
use futures_util::{StreamExt as _, stream};

use crate::data::Data;
use crate::error::{Error, Result};
use crate::json::shape;
use crate::model::BoxStream;

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

impl AudioFormat {
    /// Signed 16-bit samples, little-endian and mono, so many of them a second: `audio/pcm`.
    pub fn pcm(rate: u32) -> Self {
        Self { rate: Some(rate), ..Self::new("audio/pcm") }
    }
}

/// How large the chunks of audio are that was given as a whole: a third of a second at 24 kHz and 16 bits.
const CHUNK_BYTES: usize = 16 * 1024;

/// A stream of audio that a call brings along. Clones are the same stream, so that a call can be cloned.
///
/// It is read once. A call may be sent again, or to another model, as long as no chunk was taken out of it: a
/// [`reader`](AudioInput::reader) that is dropped before that gives the stream back. After the first chunk it is
/// [spent](AudioInput::is_spent), and nobody gets a reader any more: half of what was said must not be sent as if it were all.
///
/// ```
/// use aqueduct_spec::AudioInput;
/// use bytes::Bytes;
/// use futures_util::{StreamExt as _, stream};
///
/// # futures_util::FutureExt::now_or_never(async {
/// let audio = AudioInput::new(stream::iter([Bytes::from_static(b"one"), Bytes::from_static(b"two")]));
/// drop(audio.reader()?);
/// let mut reader = audio.reader()?;
/// assert!(!audio.is_spent());
/// assert_eq!(reader.next().await.unwrap()?, "one");
/// assert!(audio.is_spent());
/// # Ok::<_, aqueduct_spec::Error>(())
/// # }).unwrap().unwrap();
/// ```
#[derive(Clone)]
pub struct AudioInput(Arc<Mutex<State>>);

type Chunks = BoxStream<'static, Result<Bytes>>;

enum State {
    /// Nothing was read.
    Whole(Chunks),
    /// A reader has it, and has read nothing.
    Lent,
    /// Something was read, or its end.
    Spent,
}

impl AudioInput {
    /// Takes a stream of chunks, in the form that the call's options name. Chunks may have any length.
    pub fn new(chunks: impl Stream<Item = Bytes> + Send + 'static) -> Self {
        Self::fallible(chunks.map(Ok))
    }

    /// Takes a stream of chunks that may fail: the call then fails with that error, and the provider is not told that the
    /// audio is complete.
    pub fn fallible(chunks: impl Stream<Item = Result<Bytes>> + Send + 'static) -> Self {
        Self(Arc::new(Mutex::new(State::Whole(Box::pin(chunks)))))
    }

    /// Takes the stream to read it.
    ///
    /// # Errors
    /// `InvalidRequest`, not to be retried, if it was read before or somebody else has it.
    pub fn reader(&self) -> Result<AudioReader> {
        let mut state = self.state();
        match std::mem::replace(&mut *state, State::Spent) {
            State::Whole(chunks) => {
                *state = State::Lent;
                Ok(AudioReader { chunks: Some(chunks), input: self.clone() })
            }
            State::Lent => {
                *state = State::Lent;
                Err(Error::invalid_request("the audio of this call is being read by another call"))
            }
            State::Spent => Err(Error::invalid_request(
                "the audio of this call was read before: a call with a stream of audio cannot be sent again once it was read",
            )),
        }
    }

    /// Whether anything of it was read.
    pub fn is_spent(&self) -> bool {
        matches!(*self.state(), State::Spent)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl From<Bytes> for AudioInput {
    fn from(mut bytes: Bytes) -> Self {
        Self::new(stream::iter(std::iter::from_fn(move || {
            (!bytes.is_empty()).then(|| bytes.split_to(bytes.len().min(CHUNK_BYTES)))
        })))
    }
}

impl From<Vec<u8>> for AudioInput {
    fn from(bytes: Vec<u8>) -> Self {
        Bytes::from(bytes).into()
    }
}

/// Base64 that is none is told when the audio is read.
impl From<Data> for AudioInput {
    fn from(data: Data) -> Self {
        match data.to_bytes() {
            Ok(bytes) => bytes.into(),
            Err(error) => Self::fallible(stream::iter([Err(error)])),
        }
    }
}

impl fmt::Debug for AudioInput {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AudioInput").field("is_spent", &self.is_spent()).finish_non_exhaustive()
    }
}

/// Reads the audio of a call. It is a stream of chunks; dropped before the first, it gives the audio back.
pub struct AudioReader {
    /// `None` when it is over.
    chunks: Option<Chunks>,
    input: AudioInput,
}

impl Stream for AudioReader {
    type Item = Result<Bytes>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = &mut *self;
        let Some(chunks) = &mut this.chunks else { return Poll::Ready(None) };
        let item = ready!(chunks.poll_next_unpin(cx));
        *this.input.state() = State::Spent;
        if !matches!(item, Some(Ok(_))) {
            this.chunks = None;
        }
        Poll::Ready(item)
    }
}

impl Drop for AudioReader {
    fn drop(&mut self) {
        let mut state = self.input.state();
        if let (State::Lent, Some(chunks)) = (&*state, self.chunks.take()) {
            *state = State::Whole(chunks);
        }
    }
}

impl fmt::Debug for AudioReader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AudioReader")
            .field("is_over", &self.chunks.is_none())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt as _;

    use super::*;
    use crate::error::ErrorKind;

    fn next(reader: &mut AudioReader) -> Option<Result<Bytes>> {
        reader.next().now_or_never().expect("nothing to wait for")
    }

    #[test]
    fn whoever_has_read_nothing_gives_it_back() {
        let audio = AudioInput::from(vec![1, 2, 3]);
        let first = audio.reader().unwrap();
        let error = audio.reader().unwrap_err();
        assert!(error.message().contains("by another call"), "{error}");
        drop(first);
        assert!(!audio.is_spent());
        assert_eq!(next(&mut audio.reader().unwrap()).unwrap().unwrap(), vec![1, 2, 3]);
    }

    #[test]
    fn what_was_begun_is_not_read_again() {
        let audio = AudioInput::from(vec![0; CHUNK_BYTES * 2 + 1]);
        let mut reader = audio.reader().unwrap();
        assert_eq!(next(&mut reader).unwrap().unwrap().len(), CHUNK_BYTES);
        drop(reader);
        assert!(audio.is_spent());
        let error = audio.reader().unwrap_err();
        assert_eq!((error.kind(), error.is_retryable()), (ErrorKind::InvalidRequest, false));
    }

    #[test]
    fn its_end_is_something_that_was_read() {
        let audio = AudioInput::from(Vec::new());
        let mut reader = audio.reader().unwrap();
        assert!(next(&mut reader).is_none() && next(&mut reader).is_none());
        assert!(audio.is_spent());
    }

    #[test]
    fn base64_that_is_none_is_told_to_the_reader() {
        let audio = AudioInput::from(Data::Base64("!".to_owned()));
        let mut reader = audio.reader().unwrap();
        assert_eq!(next(&mut reader).unwrap().unwrap_err().kind(), ErrorKind::InvalidRequest);
        assert!(next(&mut reader).is_none());
    }
}
