//! One call, as the integrations of its request are told of it.

use std::any::Any;

use aqueduct_spec::{ModelKind, Result};
use tokio::time::Instant;

use super::event::Outcome;
use super::within::Within;
use super::{CallEnd, CallStart, Recorder, Work};

/// A call that has begun. Dropped before it has ended, it tells that somebody gave up on it.
#[derive(Default)]
pub(crate) struct CallWatch(Option<Begun>);

struct Begun {
    recorder: Recorder,
    call_number: usize,
    kind: Option<ModelKind>,
    operation: &'static str,
    since: Instant,
}

impl CallWatch {
    pub(super) fn new(recorder: Recorder, start: &CallStart<'_>) -> Self {
        Self(Some(Begun {
            recorder,
            call_number: start.call_number,
            kind: start.kind,
            operation: start.operation,
            since: Instant::now(),
        }))
    }

    /// Makes the call inside the contexts of all integrations, and tells how it ended.
    pub(crate) async fn run<T: Any>(self, send: impl Future<Output = Result<T>>) -> Result<T> {
        if self.0.is_none() {
            return send.await;
        }
        let result = self.within(Box::pin(send)).await;
        self.finish(&result);
        result
    }

    /// Makes a part of the call inside the contexts of all integrations.
    pub(crate) fn within<F>(&self, work: F) -> Within<F> {
        match &self.0 {
            Some(begun) => {
                begun.recorder.within(Work::Call { call_number: begun.call_number }, work)
            }
            None => Recorder::default().within(Work::Call { call_number: 0 }, work),
        }
    }

    /// Tells how the call ended.
    pub(crate) fn finish<T: Any>(mut self, result: &Result<T>) {
        self.end(match result {
            Ok(answer) => Outcome::Answered(answer),
            Err(error) => Outcome::Failed(error),
        });
    }

    fn end(&mut self, outcome: Outcome<'_>) {
        let Some(begun) = self.0.take() else { return };
        let end = CallEnd {
            call_number: begun.call_number,
            kind: begun.kind,
            operation: begun.operation,
            duration: begun.since.elapsed(),
            outcome,
        };
        begun.recorder.tell(|integration, call| integration.on_call_end(call, &end));
    }
}

impl Drop for CallWatch {
    fn drop(&mut self) {
        self.end(Outcome::Dropped);
    }
}
