//! The parts of a live answer, and what they come to.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use aqueduct_spec::{BoxStream, Error, Result, Timestamp};
use futures_core::Stream;
use futures_util::StreamExt as _;

use super::guard::{Event, Guard};
use super::sort::{Account, Sort, Sorted};
use crate::media::NoOutput;

/// A live answer: a stream of its parts, which are those of the specification but for the beginning, what the provider says of
/// its answer, and the end; these are in the whole, see [`collect`](LiveStream::collect).
///
/// It runs only while it is polled, and so is the audio read. Dropping it cancels the call and drops the audio.
///
/// An `Err` is the last item. An error part is what the provider reports while it goes on; if nothing but the end of the
/// connection follows, the same is the `Err` at the end.
pub struct LiveStream<P: Sort> {
    events: BoxStream<'static, Result<Event<P>>>,
    begun: Timestamp,
    account: Option<Account>,
    /// What came of it, once it is over.
    result: Option<Result<P::Answer>>,
}

impl<P: Sort> LiveStream<P> {
    pub(super) fn new(guard: Guard<P>, begun: Timestamp) -> Self {
        Self { events: guard.into_stream(), begun, account: None, result: None }
    }

    /// Reads what is left and gives the whole, also of the parts that were read before.
    ///
    /// # Errors
    /// The error that ended the stream. One of kind [`InvalidResponse`](crate::ErrorKind::InvalidResponse) with a
    /// [`NoOutput`] as source if there was no output.
    pub async fn collect(mut self) -> Result<P::Answer> {
        while self.next().await.is_some() {}
        let unfinished = || Err(Error::internal("a live stream ended before its call"));
        self.result.unwrap_or_else(unfinished)
    }

    /// Takes a part in; returns what its reader gets, if anything.
    fn take(&mut self, part: P) -> Option<Result<P>> {
        // Parts come after the opening.
        let account = self.account.as_mut()?;
        account.has_output |= part.is_output();
        match part.sort() {
            Sorted::Start(start) => account.warnings.extend(start.warnings),
            Sorted::Metadata(said) => account.note(said),
            Sorted::Shown(part) => return Some(Ok(part)),
            Sorted::Failure(part, error) => {
                account.reported = Some(error);
                return Some(Ok(part));
            }
            Sorted::Finish(finish) => {
                let account = self.account.take()?;
                let (model, response) = (account.model.clone(), account.response.clone());
                match P::answer(finish, account) {
                    Some(answer) => self.result = Some(Ok(answer)),
                    None => {
                        let error = NoOutput::error(P::MISSING, vec![Some(response)], &model);
                        return Some(Err(self.fail(error)));
                    }
                }
            }
        }
        None
    }

    fn fail(&mut self, error: Error) -> Error {
        self.result = Some(Err(error.clone()));
        error
    }

    /// The call ended, and the answer had not.
    fn broken_off(&mut self) -> Error {
        let error = match self.account.take() {
            Some(Account { reported: Some(error), model, .. }) => {
                error.with_provider(model.provider).with_model(model.model_id)
            }
            Some(Account { model, response, .. }) => {
                NoOutput::error(P::MISSING, vec![Some(response)], &model)
            }
            None => Error::internal("a live call ended before it was opened"),
        };
        self.fail(error)
    }
}

impl<P: Sort> Stream for LiveStream<P> {
    type Item = Result<P>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = &mut *self;
        loop {
            if this.result.is_some() {
                return Poll::Ready(None);
            }
            let item = match ready!(this.events.poll_next_unpin(cx)) {
                Some(Ok(Event::Opened(opened))) => {
                    this.account = Some(Account::new(*opened, this.begun));
                    None
                }
                Some(Ok(Event::Part(part))) => this.take(part),
                Some(Err(error)) => Some(Err(this.fail(error))),
                None => Some(Err(this.broken_off())),
            };
            if this.result.is_some() {
                // The call is over, so that whoever else has a part in the audio learns it now.
                this.events = Box::pin(futures_util::stream::empty());
            }
            if item.is_some() {
                return Poll::Ready(item);
            }
        }
    }
}

impl<P: Sort> fmt::Debug for LiveStream<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LiveStream")
            .field("is_over", &self.result.is_some())
            .finish_non_exhaustive()
    }
}
