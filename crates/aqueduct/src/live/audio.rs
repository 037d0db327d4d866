//! Audio from a reader.

use std::io;

use aqueduct_spec::{AudioInput, Error, ErrorKind};
use bytes::BytesMut;
use futures_util::stream;
use tokio::io::{AsyncRead, AsyncReadExt as _};

/// How much is read at once at most; a reader that has less gives what it has.
const READ_BYTES: usize = 16 * 1024;

/// Reads audio as it comes: from a file, a pipe, a socket.
///
/// ```no_run
/// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
/// use aqueduct::spec::audio::AudioFormat;
/// use aqueduct::{audio_from_reader, stream_transcribe};
///
/// // arecord -f S16_LE -r 24000 -t raw | …
/// let audio = audio_from_reader(tokio::io::stdin());
/// let transcript = stream_transcribe("openai/gpt-realtime-whisper", AudioFormat::pcm(24_000), audio);
/// let text = transcript.await?.collect().await?.text;
/// # let _ = text;
/// # Ok(())
/// # }
/// ```
pub fn audio_from_reader(reader: impl AsyncRead + Send + 'static) -> AudioInput {
    let reader = Some(Box::pin(reader));
    AudioInput::fallible(stream::unfold(reader, |reader| async move {
        let mut reader = reader?;
        let mut buffer = BytesMut::with_capacity(READ_BYTES);
        match reader.read_buf(&mut buffer).await {
            Ok(0) => None,
            Ok(_) => Some((Ok(buffer.freeze()), Some(reader))),
            Err(error) => Some((Err(unreadable(error)), None)),
        }
    }))
}

fn unreadable(error: io::Error) -> Error {
    let message = format!("cannot read the audio: {error}");
    // Nobody knows what of it was heard.
    Error::new(ErrorKind::InvalidRequest, message).with_retryable(false).with_source(error)
}
