//! The parts of a live answer, and what they come to.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use aqueduct_spec::{BoxStream, Error, ErrorKind, Result, Timestamp};
use futures_core::Stream;
use futures_util::StreamExt as _;

use super::guard::{Event, Guard};
use super::sort::{Account, Sort, Sorted};
use crate::media::NoOutput;
use crate::telemetry::{CallWatch, Session};

/// A live answer: a stream of its parts, which are those of the specification but for the beginning, what the provider says of
/// its answer, and the end; these are in the whole, see [`collect`](LiveStream::collect).
///
/// It runs only while it is polled, and so is the audio read. Dropping it cancels the call and drops the audio.
///
/// An `Err` is the last item. An error part is what the provider reports while it goes on; if nothing but the end of the
/// connection follows, the same is the `Err` at the end.
pub struct LiveStream<P: Sort> {
    state: State<P>,
    /// When it was asked for.
    asked: Timestamp,
    account: Option<Account>,
}

enum State<P: Sort> {
    /// Nothing was done yet; empty while it begins.
    New(Option<Begin<P>>),
    Running(Begun<P>),
    /// What came of it.
    Over(Result<P::Answer>),
}

type Begin<P> = Box<dyn FnOnce() -> Result<Begun<P>> + Send>;

/// A call that has begun. Dropped before it is over, it tells telemetry that somebody gave up on it.
pub(super) struct Begun<P> {
    events: BoxStream<'static, Result<Event<P>>>,
    watch: CallWatch,
    session: Session,
}

impl<P: Sort> Begun<P> {
    pub(super) fn new(guard: Guard<P>, watch: CallWatch, session: Session) -> Self {
        Self { events: watch.within(guard.into_stream()).boxed(), watch, session }
    }

    /// Ends the call, so that whoever else has a part in the audio learns it now, and tells what came of it.
    fn finish(self, result: &Result<P::Answer>) {
        drop(self.events);
        if result.as_ref().is_err_and(|error| error.kind() == ErrorKind::Cancelled) {
            return;
        }
        self.watch.finish(result);
        self.session.finish(result);
    }
}

impl<P: Sort> LiveStream<P> {
    pub(super) fn new(
        begin: impl FnOnce() -> Result<Begun<P>> + Send + 'static,
        asked: Timestamp,
    ) -> Self {
        Self { state: State::New(Some(Box::new(begin))), asked, account: None }
    }

    /// Reads what is left and gives the whole, also of the parts that were read before.
    ///
    /// # Errors
    /// The error that ended the stream. One of kind [`InvalidResponse`](crate::ErrorKind::InvalidResponse) with a
    /// [`NoOutput`] as source if there was no output.
    pub async fn collect(mut self) -> Result<P::Answer> {
        while self.next().await.is_some() {}
        match self.state {
            State::Over(result) => result,
            _ => Err(Error::internal("a live stream ended before its call")),
        }
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
                    Some(answer) => self.finish(Ok(answer)),
                    None => {
                        let error = NoOutput::error(P::MISSING, vec![Some(response)], &model);
                        return Some(Err(self.fail(error)));
                    }
                }
            }
        }
        None
    }

    /// The call ended, and the answer had not.
    fn broken_off(&mut self) -> Error {
        match self.account.take() {
            Some(Account { reported: Some(error), model, .. }) => {
                error.with_provider(model.provider).with_model(model.model_id)
            }
            Some(Account { model, response, .. }) => {
                NoOutput::error(P::MISSING, vec![Some(response)], &model)
            }
            None => Error::internal("a live call ended before it was opened"),
        }
    }

    fn fail(&mut self, error: Error) -> Error {
        self.finish(Err(error.clone()));
        error
    }

    fn finish(&mut self, result: Result<P::Answer>) {
        let state = std::mem::replace(&mut self.state, State::Over(result));
        if let (State::Running(begun), State::Over(result)) = (state, &self.state) {
            begun.finish(result);
        }
    }

    /// The events of the call, which begins now if it has not; `None` when it is over.
    fn events(&mut self) -> Result<Option<&mut BoxStream<'static, Result<Event<P>>>>> {
        if let State::New(begin) = &mut self.state {
            let begin = begin.take().ok_or_else(|| Error::internal("a live call began twice"))?;
            self.state = State::Running(begin()?);
        }
        Ok(match &mut self.state {
            State::Running(begun) => Some(&mut begun.events),
            _ => None,
        })
    }
}

impl<P: Sort> Stream for LiveStream<P> {
    type Item = Result<P>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = &mut *self;
        loop {
            let event = match this.events() {
                Ok(Some(events)) => ready!(events.poll_next_unpin(cx)),
                Ok(None) => return Poll::Ready(None),
                Err(error) => Some(Err(error)),
            };
            let item = match event {
                Some(Ok(Event::Opened(opened))) => {
                    this.account = Some(Account::new(*opened, this.asked));
                    None
                }
                Some(Ok(Event::Part(part))) => this.take(part),
                Some(Err(error)) => Some(Err(this.fail(error))),
                None => {
                    let error = this.broken_off();
                    Some(Err(this.fail(error)))
                }
            };
            if item.is_some() {
                return Poll::Ready(item);
            }
        }
    }
}

impl<P: Sort> fmt::Debug for LiveStream<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LiveStream")
            .field("is_over", &matches!(self.state, State::Over(_)))
            .finish_non_exhaustive()
    }
}
