//! How one future hands out parts while it runs: a place for one part, and no task of its own.

use std::future::poll_fn;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

use futures_core::Stream;
use futures_core::future::BoxFuture;

/// The writing end: a part waits here until the consumer takes it, so the loop never runs ahead of its reader.
#[derive(Debug)]
pub(crate) struct Emitter<T> {
    /// `None` if nobody listens, as in a unary call.
    slot: Option<Slot<T>>,
}

type Slot<T> = Arc<Mutex<Place<T>>>;

#[derive(Debug)]
struct Place<T> {
    part: Option<T>,
    writer: Option<Waker>,
}

impl<T> Emitter<T> {
    /// An emitter that nobody listens to.
    pub(crate) fn unheard() -> Self {
        Self { slot: None }
    }

    /// Hands out a part and waits until it is taken.
    pub(crate) async fn emit(&self, part: T) {
        let Some(slot) = &self.slot else { return };
        lock(slot).part = Some(part);
        poll_fn(|cx| {
            let mut place = lock(slot);
            if place.part.is_none() {
                return Poll::Ready(());
            }
            place.writer = Some(cx.waker().clone());
            Poll::Pending
        })
        .await;
    }
}

/// The reading end: a stream that runs the future when, and only when, it is polled.
pub(crate) struct Emitted<T, R> {
    future: BoxFuture<'static, R>,
    slot: Slot<T>,
    is_done: bool,
}

/// What a running future has to say.
pub(crate) enum Event<T, R> {
    /// A part.
    Part(T),
    /// The end, and what came of it.
    End(R),
}

impl<T, R> Emitted<T, R> {
    /// Prepares a future that emits; it does nothing before it is polled.
    pub(crate) fn new<F>(start: impl FnOnce(Emitter<T>) -> F) -> Self
    where
        F: Future<Output = R> + Send + 'static,
    {
        let slot = Arc::new(Mutex::new(Place { part: None, writer: None }));
        let future = Box::pin(start(Emitter { slot: Some(Arc::clone(&slot)) }));
        Self { future, slot, is_done: false }
    }
}

impl<T, R> Stream for Emitted<T, R> {
    type Item = Event<T, R>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if self.is_done {
            return Poll::Ready(None);
        }
        let polled = self.future.as_mut().poll(cx);
        let (part, writer) = {
            let mut place = lock(&self.slot);
            (place.part.take(), place.writer.take())
        };
        if let Some(part) = part {
            // The emitting future may sit inside a combinator that polls only what was woken.
            if let Some(writer) = writer {
                writer.wake();
            }
            return Poll::Ready(Some(Event::Part(part)));
        }
        polled.map(|end| {
            self.is_done = true;
            Some(Event::End(end))
        })
    }
}

fn lock<T>(slot: &Mutex<Place<T>>) -> MutexGuard<'_, Place<T>> {
    slot.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use futures_util::StreamExt as _;

    use super::*;

    #[tokio::test]
    async fn runs_only_as_far_as_it_is_read() {
        let progress = Arc::new(Mutex::new(0));
        let seen = Arc::clone(&progress);
        let mut emitted = Emitted::new(|emitter: Emitter<u32>| async move {
            for part in 1..=3 {
                *progress.lock().unwrap() = part;
                emitter.emit(part).await;
            }
            "end"
        });
        assert_eq!(*seen.lock().unwrap(), 0, "nothing runs before it is polled");
        for expected in 1..=3 {
            assert!(matches!(emitted.next().await, Some(Event::Part(part)) if part == expected));
            assert_eq!(*seen.lock().unwrap(), expected);
        }
        assert!(matches!(emitted.next().await, Some(Event::End("end"))));
        assert!(emitted.next().await.is_none());
    }
}
