//! A live call within its limits: the opening, then the parts, until somebody gives up or it takes too long.

use std::pin::pin;
use std::time::Duration;

use aqueduct_spec::language::{RequestInfo, ResponseInfo};
use aqueduct_spec::{BoxFuture, BoxStream, Error, ErrorKind, ModelInfo, Result, SpeechStream};
use futures_util::future::{Either, select};
use futures_util::{StreamExt as _, stream};
use tokio::time::{Instant, timeout_at};

use super::sort::Sort;
use crate::text::{AbortHandle, Limit, Timeouts};

/// What happens in a live call.
pub(super) enum Event<P> {
    /// The connection stands.
    Opened(Box<Opened>),
    /// A part came.
    Part(P),
}

/// What is known when the connection stands.
pub(super) struct Opened {
    pub(super) model: ModelInfo,
    pub(super) request: Option<RequestInfo>,
    pub(super) response: Option<ResponseInfo>,
}

/// Opens the connection; told which model it is with.
pub(super) type Open<P> = BoxFuture<'static, Result<(ModelInfo, SpeechStream<P>)>>;

pub(super) struct Guard<P> {
    source: Source<P>,
    limits: Timeouts,
    aborts: Vec<AbortHandle>,
    /// Since when the call is under way.
    begun: Option<Instant>,
    /// Since when its reader waits for content, whose last came before or never.
    waiting: Option<Instant>,
    has_content: bool,
}

enum Source<P> {
    Opening(Open<P>),
    Reading(BoxStream<'static, Result<P>>),
    Over,
}

impl<P: Sort> Guard<P> {
    pub(super) fn new(open: Open<P>, limits: Timeouts, aborts: Vec<AbortHandle>) -> Self {
        Self {
            source: Source::Opening(open),
            limits,
            aborts,
            begun: None,
            waiting: None,
            has_content: false,
        }
    }

    /// Nothing is done before it is polled.
    pub(super) fn into_stream(self) -> BoxStream<'static, Result<Event<P>>> {
        stream::unfold(self, |mut guard| async move {
            let event = guard.next().await?;
            Some((event, guard))
        })
        .boxed()
    }

    async fn next(&mut self) -> Option<Result<Event<P>>> {
        let limit = self.limit(Instant::now());
        let aborts = std::mem::take(&mut self.aborts);
        let event = {
            let step = async {
                match limit {
                    None => self.source.next().await,
                    Some((until, kind, limit)) => timeout_at(until, self.source.next())
                        .await
                        .unwrap_or_else(|_elapsed| Some(Err(kind.error(limit)))),
                }
            };
            match select(pin!(aborted(&aborts)), pin!(step)).await {
                Either::Left((reason, _)) => Some(Err(given_up(reason))),
                Either::Right((event, _)) => event,
            }
        };
        self.aborts = aborts;
        match &event {
            Some(Ok(Event::Part(part))) if part.is_output() => {
                self.has_content = true;
                self.waiting = None;
            }
            Some(Ok(_)) => {}
            // Dropping it cancels the call.
            Some(Err(_)) | None => self.source = Source::Over,
        }
        event
    }

    /// The limit that comes first, if there is any.
    fn limit(&mut self, now: Instant) -> Option<(Instant, Limit, Duration)> {
        let begun = *self.begun.get_or_insert(now);
        // A reader who takes his time is not kept waiting.
        let waiting = *self.waiting.get_or_insert(now);
        let content = match self.has_content {
            false => (begun, Limit::FirstChunk, self.limits.first_chunk),
            true => (waiting, Limit::Chunk, self.limits.chunk),
        };
        let all = [
            (begun, Limit::Total, self.limits.total),
            (begun, Limit::Step, self.limits.step),
            content,
        ];
        let due = all.into_iter().filter_map(|(since, kind, limit)| {
            let limit = limit?;
            Some((since.checked_add(limit)?, kind, limit))
        });
        due.min_by_key(|(until, _, _)| *until)
    }
}

impl<P: Send + 'static> Source<P> {
    async fn next(&mut self) -> Option<Result<Event<P>>> {
        match self {
            Self::Opening(open) => Some(match open.await {
                Ok((model, SpeechStream { stream, request, response, .. })) => {
                    *self = Self::Reading(stream);
                    Ok(Event::Opened(Box::new(Opened { model, request, response })))
                }
                Err(error) => Err(error),
            }),
            Self::Reading(parts) => parts.next().await.map(|part| part.map(Event::Part)),
            Self::Over => None,
        }
    }
}

/// Waits until somebody gives up on the request.
async fn aborted(aborts: &[AbortHandle]) -> Option<String> {
    if aborts.is_empty() {
        return std::future::pending().await;
    }
    let waits = aborts.iter().map(|abort| Box::pin(abort.aborted()));
    futures_util::future::select_all(waits).await.0
}

fn given_up(reason: Option<String>) -> Error {
    let message = match reason {
        Some(reason) => format!("the request was aborted: {reason}"),
        None => "the request was aborted".to_owned(),
    };
    Error::new(ErrorKind::Cancelled, message)
}
