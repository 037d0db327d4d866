//! Work that is polled inside the contexts of integrations.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use futures_core::Stream;

use super::Work;
use super::session::Listeners;

/// A future or a stream, each poll of which runs inside the contexts of all integrations.
pub(crate) struct Within<F> {
    listeners: Option<Arc<Listeners>>,
    work: Work,
    inner: F,
}

impl<F> Within<F> {
    pub(super) fn new(listeners: Option<Arc<Listeners>>, work: Work, inner: F) -> Self {
        Self { listeners, work, inner }
    }

    fn run<T>(&mut self, mut poll: impl FnMut(&mut F) -> Poll<T>) -> Poll<T> {
        let Self { listeners, work, inner } = self;
        let Some(listeners) = listeners else { return poll(inner) };
        let mut polled = None;
        // Not polled twice, whatever an integration does: a future may not be asked again when it is done.
        listeners.run_within(work, &mut || {
            if polled.is_none() {
                polled = Some(poll(inner));
            }
        });
        match polled {
            Some(polled) => polled,
            // An integration that forgets to run the work does not stop it.
            None => poll(inner),
        }
    }
}

impl<F: Future + Unpin> Future for Within<F> {
    type Output = F::Output;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        self.run(|inner| Pin::new(inner).poll(cx))
    }
}

impl<S: Stream + Unpin> Stream for Within<S> {
    type Item = S::Item;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.run(|inner| Pin::new(inner).poll_next(cx))
    }
}
