//! What the upstream answers.

use std::time::Duration;

use bytes::Bytes;
use serde_json::Value;

use super::gate::Gate;

/// One answer: a status, headers, and a body as a list of steps.
///
/// Each [`chunk`](Self::chunk) is written and flushed by itself, in chunked encoding unless [`Reply::content_length`] or
/// [`Reply::until_close`] say otherwise, so that the test decides where the pieces end.
#[derive(Debug, Clone)]
#[must_use]
pub struct Reply {
    pub(super) head: Head,
    pub(super) framing: Framing,
    pub(super) steps: Vec<Step>,
}

#[derive(Debug, Clone)]
pub(super) enum Head {
    /// Status and headers.
    Http { status: u16, headers: Vec<(String, String)> },
    /// No head: the steps are written as they are.
    None,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Framing {
    Chunked,
    /// Announces a length, which need not be the true one.
    Length(usize),
    UntilClose,
}

#[derive(Debug, Clone)]
pub(super) enum Step {
    Write(Bytes),
    Wait(Duration),
    Gate(Gate),
    /// Sends the head now, before the first chunk.
    Head,
    /// Closes the connection.
    Cut,
    /// Does nothing until the client goes away.
    Stall,
}

impl Reply {
    /// Starts an answer with a status and no body.
    pub fn new(status: u16) -> Self {
        // These have no body, not even the end of one.
        let framing = match status {
            100..=199 | 204 | 304 => Framing::Length(0),
            _ => Framing::Chunked,
        };
        Self { head: Head::Http { status, headers: Vec::new() }, framing, steps: Vec::new() }
    }

    /// Answers JSON in one piece.
    pub fn json(status: u16, body: &Value) -> Self {
        let text = body.to_string();
        Self::new(status)
            .header("content-type", "application/json")
            .content_length(text.len())
            .chunk(text)
    }

    /// Answers text in one piece.
    pub fn text(status: u16, body: impl Into<String>) -> Self {
        let text = body.into();
        Self::new(status)
            .header("content-type", "text/plain")
            .content_length(text.len())
            .chunk(text)
    }

    /// Answers server-sent events, each `data:` line in a chunk of its own.
    pub fn events<D: AsRef<str>>(data: impl IntoIterator<Item = D>) -> Self {
        let reply = Self::new(200).header("content-type", "text/event-stream");
        data.into_iter()
            .fold(reply, |reply, data| reply.chunk(format!("data: {}\n\n", data.as_ref())))
    }

    /// Answers bytes that need not be HTTP.
    pub fn raw(bytes: impl Into<Bytes>) -> Self {
        Self {
            head: Head::None,
            framing: Framing::UntilClose,
            steps: vec![Step::Write(bytes.into())],
        }
    }

    /// Reads the request and never answers.
    pub fn never() -> Self {
        Self { head: Head::None, framing: Framing::UntilClose, steps: vec![Step::Stall] }
    }

    /// Reads the request and closes the connection.
    pub fn disconnect() -> Self {
        Self { head: Head::None, framing: Framing::UntilClose, steps: vec![Step::Cut] }
    }

    /// Adds a header.
    pub fn header(mut self, name: &str, value: &str) -> Self {
        if let Head::Http { headers, .. } = &mut self.head {
            headers.push((name.to_owned(), value.to_owned()));
        }
        self
    }

    /// Writes bytes. What they hold is up to the caller: half an event, or half a character.
    pub fn chunk(mut self, bytes: impl Into<Bytes>) -> Self {
        self.steps.push(Step::Write(bytes.into()));
        self
    }

    /// Writes bytes in chunks of this size, whatever they cut through.
    ///
    /// # Panics
    /// If `size` is 0.
    pub fn chunks_of(self, size: usize, bytes: &[u8]) -> Self {
        bytes.chunks(size).fold(self, |reply, chunk| reply.chunk(chunk.to_vec()))
    }

    /// Waits; the head goes out before.
    pub fn wait(mut self, duration: Duration) -> Self {
        self.steps.extend([Step::Head, Step::Wait(duration)]);
        self
    }

    /// Waits with everything that follows, and with the head if it is still to come.
    pub fn hold(mut self, duration: Duration) -> Self {
        self.steps.push(Step::Wait(duration));
        self
    }

    /// Waits at a gate; the head goes out before.
    pub fn gate(mut self, gate: &Gate) -> Self {
        self.steps.extend([Step::Head, Step::Gate(gate.clone())]);
        self
    }

    /// Breaks the connection here.
    pub fn cut(mut self) -> Self {
        self.steps.extend([Step::Head, Step::Cut]);
        self
    }

    /// Sends nothing more, until the client goes away.
    pub fn stall(mut self) -> Self {
        self.steps.extend([Step::Head, Step::Stall]);
        self
    }

    /// Announces this length of the body instead of sending it in chunked encoding.
    pub fn content_length(mut self, length: usize) -> Self {
        self.framing = Framing::Length(length);
        self
    }

    /// Ends the body by closing the connection.
    pub fn until_close(mut self) -> Self {
        self.framing = Framing::UntilClose;
        self
    }
}
