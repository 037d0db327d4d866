//! How often and how long to try, and how to give up.

use super::TextRequest;
use crate::text::{AbortHandle, Timeouts};

impl<M, O> TextRequest<M, O> {
    /// Sets how often a failed model call is sent again. Default: 2. See [`crate::retry`].
    pub fn max_retries(mut self, retries: u32) -> Self {
        self.parts.max_retries = retries;
        self
    }

    /// Limits the time: a `Duration` for the whole request, all its steps and tools included, or [`Timeouts`] for its parts.
    /// Default: no limit.
    pub fn timeout(mut self, timeouts: impl Into<Timeouts>) -> Self {
        self.parts.timeouts = timeouts.into();
        self
    }

    /// Lets somebody else give up on the request. Several handles may be added.
    pub fn abort_handle(mut self, handle: &AbortHandle) -> Self {
        self.parts.aborts.push(handle.clone());
        self
    }
}
