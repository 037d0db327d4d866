//! Bytes → lines, whatever the chunks.

use bytes::{Buf, Bytes, BytesMut};
use memchr::memchr2;

const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

/// Splits a stream of bytes at LF, CR and CRLF.
///
/// A line that lies within one chunk is a slice of it; only a line that crosses a chunk border is copied, and no byte is
/// looked at twice.
pub(super) struct Lines {
    chunk: Bytes,
    /// The begin of a line whose end has not arrived.
    partial: BytesMut,
    /// The last line ended with CR: an LF that follows belongs to it, even in the next chunk.
    after_carriage_return: bool,
    /// No line was returned so far: the first may begin with a byte order mark.
    at_start: bool,
}

impl Lines {
    pub(super) fn new() -> Self {
        Self {
            chunk: Bytes::new(),
            partial: BytesMut::new(),
            after_carriage_return: false,
            at_start: true,
        }
    }

    pub(super) fn push(&mut self, chunk: Bytes) {
        if self.chunk.is_empty() {
            self.chunk = chunk;
        } else {
            let mut both = BytesMut::with_capacity(self.chunk.len() + chunk.len());
            both.extend_from_slice(&self.chunk);
            both.extend_from_slice(&chunk);
            self.chunk = both.freeze();
        }
    }

    /// Returns the next whole line without its end, or `None` if more bytes are needed.
    pub(super) fn next(&mut self) -> Option<Bytes> {
        if self.after_carriage_return
            && let Some(first) = self.chunk.first()
        {
            if *first == b'\n' {
                self.chunk.advance(1);
            }
            self.after_carriage_return = false;
        }
        let Some(end) = memchr2(b'\n', b'\r', &self.chunk) else {
            self.partial.extend_from_slice(&self.chunk);
            self.chunk.clear();
            return None;
        };
        let line = self.chunk.split_to(end);
        self.after_carriage_return = self.chunk.get_u8() == b'\r';
        Some(self.complete(line))
    }

    /// How many bytes of an unfinished line are held.
    pub(super) fn held_bytes(&self) -> usize {
        self.partial.len()
    }

    /// Takes what has arrived of the unfinished line.
    pub(super) fn take_unfinished(&mut self) -> Option<Bytes> {
        let rest = std::mem::take(&mut self.chunk);
        let line = self.complete(rest);
        (!line.is_empty()).then_some(line)
    }

    fn complete(&mut self, end: Bytes) -> Bytes {
        let mut line = if self.partial.is_empty() {
            end
        } else {
            self.partial.extend_from_slice(&end);
            self.partial.split().freeze()
        };
        if std::mem::take(&mut self.at_start) && line.starts_with(BYTE_ORDER_MARK) {
            line.advance(BYTE_ORDER_MARK.len());
        }
        line
    }
}
