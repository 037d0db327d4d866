//! Giving up on a request from elsewhere.

use std::sync::Arc;

use tokio::sync::watch;
use tokio::task::coop::unconstrained;

/// A handle to give up on requests from elsewhere, such as another task. Clones are the same handle; one may serve several
/// requests.
///
/// Dropping a request or a stream cancels it as well, and at once; this is for the holder of neither. A stream that is given up
/// on ends with an [`Abort`](super::TextStreamPart::Abort) part, a whole answer fails with
/// [`ErrorKind::Cancelled`](aqueduct_spec::ErrorKind::Cancelled).
///
/// ```
/// # async fn example(model: std::sync::Arc<dyn aqueduct::LanguageModel>) {
/// let abort = aqueduct::AbortHandle::new();
/// let request = aqueduct::generate_text(model).prompt("Count to a million.").abort_handle(&abort);
/// abort.abort_because("the user left");
/// assert!(request.await.is_err());
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct AbortHandle(Arc<watch::Sender<State>>);

#[derive(Debug, Clone, PartialEq)]
enum State {
    Running,
    Aborted(Option<Arc<str>>),
}

impl Default for AbortHandle {
    fn default() -> Self {
        Self::new()
    }
}

impl AbortHandle {
    /// Creates a handle.
    pub fn new() -> Self {
        Self(Arc::new(watch::Sender::new(State::Running)))
    }

    /// Gives up on everything that has this handle. The first call counts.
    pub fn abort(&self) {
        self.set(None);
    }

    /// Gives up on everything that has this handle, and says why.
    pub fn abort_because(&self, reason: impl Into<String>) {
        self.set(Some(reason.into().into()));
    }

    fn set(&self, reason: Option<Arc<str>>) {
        self.0.send_if_modified(|state| {
            let is_first = *state == State::Running;
            if is_first {
                *state = State::Aborted(reason);
            }
            is_first
        });
    }

    /// Whether it was used.
    pub fn is_aborted(&self) -> bool {
        *self.0.borrow() != State::Running
    }

    /// Waits until it is used and returns the reason, if one was given.
    pub async fn aborted(&self) -> Option<String> {
        let mut states = self.0.subscribe();
        // The sender is ours, so that the wait cannot fail. It is outside tokio's budget: a model that is never waited for uses
        // that up, and would not be given up on.
        let used = states.wait_for(|state| *state != State::Running);
        drop(unconstrained(used).await);
        match &*self.0.borrow() {
            State::Aborted(reason) => reason.as_deref().map(str::to_owned),
            State::Running => None,
        }
    }
}
