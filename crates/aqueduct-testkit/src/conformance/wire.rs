//! Scenarios out of recorded answers of a vendor.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use aqueduct_spec::LanguageModel;
use serde_json::Value;

use super::language::Scenario;
use super::subject::{ExpectedError, Subject};
use crate::upstream::{Reply, ScriptedUpstream};

type Connect = dyn Fn(&str) -> Arc<dyn LanguageModel> + Send + Sync;

/// A vendor's answers, from which [`Wire::subject`] makes the subjects of the checks.
///
/// Given [`Scenario::Text`], it makes [`Scenario::BrokenStream`] and [`Scenario::Endless`] of it by itself, and if it is told
/// an unknown event, [`Scenario::UnknownEvents`] too. Whether a request asks for a stream is told by its body (`"stream": true`)
/// or its path (`stream` in it, as in `:streamGenerateContent`).
pub struct Wire {
    connect: Box<Connect>,
    recordings: BTreeMap<Scenario, Recording>,
    error: Option<(u16, Value, String)>,
    unknown_event: Option<String>,
}

/// What a vendor sends for one answer.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Recording {
    /// The body of the whole answer.
    pub body: Value,
    /// The stream, in chunks as they are sent.
    pub chunks: Vec<String>,
    /// The content type of the stream: `text/event-stream`.
    pub content_type: String,
}

impl Recording {
    /// An answer whose stream is server-sent events without names, given as their data.
    pub fn new<D: AsRef<str>>(body: Value, data: impl IntoIterator<Item = D>) -> Self {
        let chunks = data.into_iter().map(|data| format!("data: {}\n\n", data.as_ref())).collect();
        Self { body, chunks, content_type: "text/event-stream".to_owned() }
    }

    /// An answer whose stream is server-sent events with names, given as name and data.
    pub fn named<'a>(body: Value, events: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let chunks =
            events.into_iter().map(|(name, data)| format!("event: {name}\ndata: {data}\n\n"));
        Self { body, chunks: chunks.collect(), content_type: "text/event-stream".to_owned() }
    }

    /// An answer whose stream is anything else.
    pub fn verbatim(
        body: Value,
        content_type: &str,
        chunks: impl IntoIterator<Item = String>,
    ) -> Self {
        Self { body, chunks: chunks.into_iter().collect(), content_type: content_type.to_owned() }
    }

    fn stream(&self) -> Reply {
        let reply = Reply::new(200).header("content-type", &self.content_type);
        self.chunks.iter().fold(reply, |reply, chunk| reply.chunk(chunk.clone()))
    }

    /// The first half of the stream: with some of the content, without the end.
    fn half(&self) -> Reply {
        let reply = Reply::new(200).header("content-type", &self.content_type);
        let half = self.chunks.len().div_ceil(2);
        self.chunks.iter().take(half).fold(reply, |reply, chunk| reply.chunk(chunk.clone()))
    }
}

impl Wire {
    /// Starts with how to make the model that calls a base URL (without a slash at the end).
    pub fn new(connect: impl Fn(&str) -> Arc<dyn LanguageModel> + Send + Sync + 'static) -> Self {
        Self {
            connect: Box::new(connect),
            recordings: BTreeMap::new(),
            error: None,
            unknown_event: None,
        }
    }

    /// Adds what the vendor sends in a scenario.
    #[must_use]
    pub fn with(mut self, scenario: Scenario, recording: Recording) -> Self {
        self.recordings.insert(scenario, recording);
        self
    }

    /// Adds how the vendor refuses a call, and what the error's message must contain.
    #[must_use]
    pub fn with_error(mut self, status: u16, body: Value, message: &str) -> Self {
        self.error = Some((status, body, message.to_owned()));
        self
    }

    /// Adds a chunk of a stream that the vendor might send one day: it goes between the chunks of [`Scenario::Text`].
    #[must_use]
    pub fn with_unknown_event(mut self, chunk: &str) -> Self {
        self.unknown_event = Some(chunk.to_owned());
        self
    }

    /// Puts a model into a scenario.
    ///
    /// # Panics
    /// Outside a tokio runtime with I/O.
    pub fn subject(&self, scenario: Scenario) -> Option<Subject> {
        let text = self.recordings.get(&Scenario::Text);
        let recorded = self.recordings.get(&scenario);
        let upstream = match scenario {
            Scenario::Error => {
                let (status, body, message) = self.error.as_ref()?;
                let upstream = ScriptedUpstream::always(Reply::json(*status, body));
                let expected = ExpectedError::new(*status, body.to_string(), message.clone());
                return Some(self.connected(upstream).with_error(expected));
            }
            Scenario::BrokenStream => ScriptedUpstream::always(recorded.or(text)?.half().cut()),
            Scenario::Endless => ScriptedUpstream::always(recorded.or(text)?.half().stall()),
            Scenario::UnknownEvents => match (recorded, self.unknown_event.as_ref()) {
                (Some(recording), _) => answering(recording.clone()),
                (None, Some(event)) => {
                    let mut recording = text?.clone();
                    // Between the chunks, that is after all of them but the last.
                    let last = recording.chunks.pop();
                    let between =
                        recording.chunks.into_iter().flat_map(|chunk| [chunk, event.clone()]);
                    recording.chunks = between.chain(last).collect();
                    answering(recording)
                }
                (None, None) => return None,
            },
            _ => answering(recorded?.clone()),
        };
        Some(self.connected(upstream))
    }

    fn connected(&self, upstream: ScriptedUpstream) -> Subject {
        let model = (self.connect)(&upstream.url());
        Subject::new(model).with_cancellation(upstream.disconnects_reach(1)).keeping(upstream)
    }
}

fn answering(recording: Recording) -> ScriptedUpstream {
    ScriptedUpstream::new(move |request| {
        let body: Value = serde_json::from_slice(&request.body).unwrap_or_default();
        let is_stream = body.get("stream") == Some(&Value::Bool(true))
            || request.path().to_lowercase().contains("stream");
        if is_stream { recording.stream() } else { Reply::json(200, &recording.body) }
    })
}

impl fmt::Debug for Wire {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Wire").field("recordings", &self.recordings).finish_non_exhaustive()
    }
}
