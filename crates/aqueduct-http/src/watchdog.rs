//! Who notices that an exchange went on for too long, or that nothing came for too long.

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use tokio::time::{Instant, Sleep, sleep_until};

use crate::timeouts::{Limit, Timeouts};

/// Holds an exchange to its idle limit and its deadline.
pub(crate) struct Watchdog {
    timeouts: Timeouts,
    deadline: Option<Instant>,
    /// Set while nothing comes: an exchange that flows costs no timer.
    sleep: Option<Pin<Box<Sleep>>>,
    is_waiting: bool,
}

impl Watchdog {
    pub(crate) fn new(timeouts: Timeouts, deadline: Option<Instant>) -> Self {
        Self { timeouts, deadline, sleep: None, is_waiting: false }
    }

    /// Has it end no later than that.
    pub(crate) fn shorten(&mut self, deadline: Option<Instant>) {
        self.deadline = self.deadline.into_iter().chain(deadline).min();
    }

    /// Something came, so that the wait for the next begins anew.
    pub(crate) fn reset(&mut self) {
        self.is_waiting = false;
    }

    /// The limit that was exceeded, if the deadline is over.
    pub(crate) fn overdue(&self) -> Option<Limit> {
        self.is_over_deadline().then(|| self.exceeded_limit())
    }

    /// Ready with the limit that was exceeded while nothing came.
    pub(crate) fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Limit> {
        if !self.is_waiting {
            let idle = self.timeouts.idle.and_then(|idle| Instant::now().checked_add(idle));
            let Some(until) = idle.into_iter().chain(self.deadline).min() else {
                return Poll::Pending;
            };
            self.is_waiting = true;
            match &mut self.sleep {
                Some(sleep) => sleep.as_mut().reset(until),
                None => self.sleep = Some(Box::pin(sleep_until(until))),
            }
        }
        let Some(sleep) = &mut self.sleep else { return Poll::Pending };
        ready!(sleep.as_mut().poll(cx));
        Poll::Ready(self.exceeded_limit())
    }

    fn exceeded_limit(&self) -> Limit {
        match (self.is_over_deadline(), self.timeouts.idle) {
            (false, Some(idle)) => Limit::Idle(idle),
            _ => Limit::Total(self.timeouts.total.unwrap_or_default()),
        }
    }

    fn is_over_deadline(&self) -> bool {
        self.deadline.is_some_and(|deadline| deadline <= Instant::now())
    }
}
