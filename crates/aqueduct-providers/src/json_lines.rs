//! JSON, a line each, out of a body.

use aqueduct_http::ByteStream;
use aqueduct_spec::{Error, Result};
use bytes::{Bytes, BytesMut};
use futures_core::Stream;
use futures_util::{StreamExt as _, stream};

/// The longest line. An answer of a batch may hold pictures.
const MAX_LINE_BYTES: usize = 64 * 1024 * 1024;

/// Reads the lines of a body as they are asked for, up to the first that cannot be read.
pub(crate) fn read<T: 'static>(
    body: ByteStream,
    decode: impl FnMut(&[u8]) -> Result<T> + Send + 'static,
) -> impl Stream<Item = Result<T>> + Send + 'static {
    stream::unfold((Lines::new(body), decode), |(mut lines, mut decode)| async move {
        let item = lines.next().await?.and_then(|line| decode(line.trim_ascii()));
        if item.is_err() {
            lines.end();
        }
        Some((item, (lines, decode)))
    })
}

/// The lines of a body that are not blank. The last one may lack its line break.
struct Lines {
    /// `None` when it is over.
    body: Option<ByteStream>,
    held: BytesMut,
    /// Up to here there is no line break in what is held.
    searched: usize,
}

impl Lines {
    fn new(body: ByteStream) -> Self {
        Self { body: Some(body), held: BytesMut::new(), searched: 0 }
    }

    /// Closes the connection and forgets what is held.
    fn end(&mut self) {
        self.body = None;
        self.held = BytesMut::new();
        self.searched = 0;
    }

    /// Reads the next line.
    async fn next(&mut self) -> Option<Result<Bytes>> {
        loop {
            while let Some(line) = self.take_line() {
                if !line.trim_ascii().is_empty() {
                    return Some(Ok(line));
                }
            }
            if self.held.len() > MAX_LINE_BYTES {
                self.end();
                return Some(Err(Error::invalid_response(format!(
                    "a line of the answer is larger than {MAX_LINE_BYTES} bytes"
                ))));
            }
            match self.body.as_mut()?.next().await {
                Some(Ok(chunk)) => self.held.extend_from_slice(&chunk),
                Some(Err(error)) => {
                    self.end();
                    return Some(Err(error));
                }
                None => {
                    let last = std::mem::take(&mut self.held).freeze();
                    self.end();
                    return (!last.trim_ascii().is_empty()).then_some(Ok(last));
                }
            }
        }
    }

    fn take_line(&mut self) -> Option<Bytes> {
        let rest = self.held.get(self.searched..).unwrap_or_default();
        match rest.iter().position(|byte| *byte == b'\n') {
            Some(at) => {
                let line = self.held.split_to(self.searched + at + 1);
                self.searched = 0;
                Some(line.freeze())
            }
            None => {
                self.searched = self.held.len();
                None
            }
        }
    }
}
