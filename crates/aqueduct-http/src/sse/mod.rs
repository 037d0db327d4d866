//! Server-sent events: bytes in, events out, by the rules of the WHATWG and without any I/O.
//!
//! Source: <https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation> (2026-11).

mod event;
mod joiner;
mod lines;

#[cfg(test)]
mod tests;

use std::fmt;
use std::time::Duration;

use aqueduct_spec::{Error, Result};
use bytes::{Buf, Bytes, BytesMut};
use memchr::memchr;

pub use event::SseEvent;
pub(crate) use joiner::SurrogateJoiner;

use event::Utf8;
use lines::Lines;

/// An incremental decoder of `text/event-stream`.
///
/// Chunks may be cut anywhere, also within a character or between CR and LF: the events are the same. An event whose only
/// `data` line lies within one chunk shares that chunk's memory.
///
/// ```
/// use aqueduct_http::SseDecoder;
///
/// let mut decoder = SseDecoder::new();
/// decoder.push("event: ping\ndata: {\"a\":");
/// assert!(decoder.next_event()?.is_none());
/// decoder.push("1}\n\n");
/// let event = decoder.next_event()?.expect("the event is complete");
/// assert_eq!((event.event(), event.data()), (Some("ping"), "{\"a\":1}"));
/// # Ok::<_, aqueduct_spec::Error>(())
/// ```
pub struct SseDecoder {
    lines: Lines,
    max_event_bytes: usize,
    data: Data,
    event: Option<Utf8>,
    id: Option<Utf8>,
    retry: Option<Duration>,
    /// No events come any more: the stream has ended or failed.
    is_over: bool,
}

impl SseDecoder {
    /// The default of [`SseDecoder::with_max_event_bytes`]: 16 MiB, enough for a base64 image in one event.
    pub const DEFAULT_MAX_EVENT_BYTES: usize = 16 * 1024 * 1024;

    /// Creates a decoder at the begin of a stream.
    pub fn new() -> Self {
        Self {
            lines: Lines::new(),
            max_event_bytes: Self::DEFAULT_MAX_EVENT_BYTES,
            data: Data::None,
            event: None,
            id: None,
            retry: None,
            is_over: false,
        }
    }

    /// Limits the bytes that one event may take while it is put together.
    #[must_use]
    pub fn with_max_event_bytes(mut self, bytes: usize) -> Self {
        self.max_event_bytes = bytes;
        self
    }

    /// Takes the next chunk of the stream. Take out its events with [`SseDecoder::next_event`] before the next one is pushed,
    /// or the two are copied together.
    pub fn push(&mut self, chunk: impl Into<Bytes>) {
        if !self.is_over {
            self.lines.push(chunk.into());
        }
    }

    /// Returns the next event, or `None` if more bytes are needed.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidResponse`](aqueduct_spec::ErrorKind::InvalidResponse), once, if an event exceeds the limit. No events
    /// come after that.
    pub fn next_event(&mut self) -> Result<Option<SseEvent>> {
        if self.is_over {
            return Ok(None);
        }
        while let Some(line) = self.lines.next() {
            if line.is_empty() {
                if let Some(event) = self.dispatch() {
                    return Ok(Some(event));
                }
            } else {
                self.check_size(line.len())?;
                self.read_line(line);
            }
        }
        self.check_size(self.lines.held_bytes())?;
        Ok(None)
    }

    /// Whether the bytes so far end within an event (or a comment): at the end of the stream this tells that it was cut, or
    /// that the server forgot the last empty line.
    pub fn has_unfinished_event(&self) -> bool {
        self.lines.held_bytes() > 0 || self.event.is_some() || !matches!(self.data, Data::None)
    }

    /// Ends the stream and returns the event that it broke off in, if that has any data.
    ///
    /// The standard says to discard it. It can be half an event, so use it only with a check (parse it, or know that the
    /// server forgets the last empty line).
    pub fn finish(&mut self) -> Option<SseEvent> {
        if self.is_over {
            return None;
        }
        self.is_over = true;
        if let Some(line) = self.lines.take_unfinished() {
            self.read_line(line);
        }
        self.dispatch()
    }

    fn read_line(&mut self, mut line: Bytes) {
        let value = match memchr(b':', &line) {
            Some(0) => return,
            Some(colon) => {
                let mut value = line.split_off(colon);
                value.advance(1);
                if value.first() == Some(&b' ') {
                    value.advance(1);
                }
                value
            }
            None => Bytes::new(),
        };
        match line.as_ref() {
            b"data" => self.data.append(value),
            b"event" => self.event = (!value.is_empty()).then(|| Utf8::new(value)),
            // The id outlives the event, so it must not keep the chunk alive.
            b"id" if !value.contains(&0) => {
                self.id = (!value.is_empty()).then(|| Utf8::new(Bytes::copy_from_slice(&value)));
            }
            b"retry" => self.retry = milliseconds(&value).or(self.retry),
            _ => {}
        }
    }

    fn dispatch(&mut self) -> Option<SseEvent> {
        let event = self.event.take();
        let data = std::mem::replace(&mut self.data, Data::None).into_bytes()?;
        Some(SseEvent { event, data: Utf8::new(data), id: self.id.clone(), retry: self.retry })
    }

    fn check_size(&mut self, more: usize) -> Result<()> {
        if self.data.len().saturating_add(more) <= self.max_event_bytes {
            return Ok(());
        }
        self.is_over = true;
        self.lines = Lines::new();
        self.data = Data::None;
        Err(Error::invalid_response(format!(
            "an event of the stream is larger than {} bytes",
            self.max_event_bytes
        )))
    }
}

impl Default for SseDecoder {
    fn default() -> Self {
        Self::new()
    }
}

/// What it holds is a part of someone's conversation: only the lengths are shown.
impl fmt::Debug for SseDecoder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SseDecoder")
            .field("max_event_bytes", &self.max_event_bytes)
            .field("held_bytes", &(self.lines.held_bytes() + self.data.len()))
            .field("is_over", &self.is_over)
            .finish_non_exhaustive()
    }
}

/// The data lines of the event so far.
enum Data {
    None,
    /// One line: a slice of its chunk.
    One(Bytes),
    Many(BytesMut),
}

impl Data {
    fn append(&mut self, line: Bytes) {
        *self = match std::mem::replace(self, Self::None) {
            Self::None => Self::One(line),
            Self::One(first) => {
                let mut lines = BytesMut::with_capacity(first.len() + 1 + line.len());
                lines.extend_from_slice(&first);
                Self::Many(joined(lines, &line))
            }
            Self::Many(lines) => Self::Many(joined(lines, &line)),
        };
    }

    fn len(&self) -> usize {
        match self {
            Self::None => 0,
            Self::One(line) => line.len(),
            Self::Many(lines) => lines.len(),
        }
    }

    fn into_bytes(self) -> Option<Bytes> {
        match self {
            Self::None => None,
            Self::One(line) => Some(line),
            Self::Many(lines) => Some(lines.freeze()),
        }
    }
}

fn joined(mut lines: BytesMut, line: &[u8]) -> BytesMut {
    lines.extend_from_slice(b"\n");
    lines.extend_from_slice(line);
    lines
}

/// The standard takes ASCII digits only; `str::parse` would take a sign too.
fn milliseconds(value: &[u8]) -> Option<Duration> {
    if !value.iter().all(u8::is_ascii_digit) {
        return None;
    }
    std::str::from_utf8(value).ok()?.parse().ok().map(Duration::from_millis)
}
