//! The server.

use std::collections::VecDeque;
use std::fmt;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::{AbortHandle, JoinSet};

use super::connection;
use super::reply::Reply;
use super::request::RecordedRequest;

type Answer = dyn Fn(&RecordedRequest) -> Reply + Send + Sync;

/// An HTTP/1.1 server on loopback. It ends when it is dropped.
///
/// ```
/// use aqueduct_testkit::{Reply, ScriptedUpstream};
///
/// # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
/// let upstream = ScriptedUpstream::replies([Reply::events(["{\"a\":1}", "[DONE]"])]);
/// let base_url = format!("{}/v1", upstream.url());
/// # let _ = base_url;
/// # });
/// ```
pub struct ScriptedUpstream {
    address: SocketAddr,
    log: Arc<Log>,
    server: AbortHandle,
}

/// What happens, for the test to see.
pub(super) struct Log {
    answer: Box<Answer>,
    requests: watch::Sender<Vec<RecordedRequest>>,
    disconnects: watch::Sender<usize>,
}

impl Log {
    pub(super) fn answer(&self, request: RecordedRequest) -> Reply {
        let reply = (self.answer)(&request);
        self.requests.send_modify(|requests| requests.push(request));
        reply
    }

    pub(super) fn disconnected(&self) {
        self.disconnects.send_modify(|count| *count += 1);
    }
}

impl ScriptedUpstream {
    /// Answers every request with a function of it.
    ///
    /// # Panics
    /// Outside a tokio runtime with I/O, or if there is no free port.
    pub fn new(answer: impl Fn(&RecordedRequest) -> Reply + Send + Sync + 'static) -> Self {
        let listener =
            std::net::TcpListener::bind("127.0.0.1:0").expect("no free port on loopback");
        listener.set_nonblocking(true).expect("a listener can be non-blocking");
        let listener = TcpListener::from_std(listener).expect("a runtime with I/O is needed");
        let address = listener.local_addr().expect("a bound listener has an address");
        let log = Arc::new(Log {
            answer: Box::new(answer),
            requests: watch::Sender::default(),
            disconnects: watch::Sender::default(),
        });
        let server = tokio::spawn(serve(listener, Arc::clone(&log))).abort_handle();
        Self { address, log, server }
    }

    /// Answers from a list, once each, in the order in which requests come; after that with status 500.
    ///
    /// # Panics
    /// As [`ScriptedUpstream::new`].
    pub fn replies(replies: impl IntoIterator<Item = Reply>) -> Self {
        let replies = Mutex::new(replies.into_iter().collect::<VecDeque<_>>());
        Self::new(move |request| {
            let next = replies.lock().unwrap_or_else(PoisonError::into_inner).pop_front();
            next.unwrap_or_else(|| {
                let (method, target) = (&request.method, &request.target);
                Reply::text(500, format!("the script has no reply left for {method} {target}"))
            })
        })
    }

    /// Answers every request alike.
    ///
    /// # Panics
    /// As [`ScriptedUpstream::new`].
    pub fn always(reply: Reply) -> Self {
        Self::new(move |_| reply.clone())
    }

    /// Where it is, without a slash at the end: `http://127.0.0.1:49152`.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Where it is.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The requests so far.
    pub fn requests(&self) -> Vec<RecordedRequest> {
        self.log.requests.borrow().clone()
    }

    /// Waits until there are so many requests, and returns them.
    pub async fn wait_for_requests(&self, count: usize) -> Vec<RecordedRequest> {
        let mut requests = self.log.requests.subscribe();
        // It fails only without a sender, which this holds.
        let waited = requests.wait_for(|requests| requests.len() >= count).await;
        waited.map(|requests| requests.clone()).unwrap_or_default()
    }

    /// Waits until clients have gone away so often before their answer was complete.
    pub async fn wait_for_disconnects(&self, count: usize) {
        self.disconnects_reach(count).await;
    }

    /// As [`ScriptedUpstream::wait_for_disconnects`], but free of the upstream's lifetime.
    pub fn disconnects_reach(
        &self,
        count: usize,
    ) -> impl Future<Output = ()> + Send + 'static + use<> {
        let mut disconnects = self.log.disconnects.subscribe();
        async move {
            let _ = disconnects.wait_for(|seen| *seen >= count).await;
        }
    }
}

async fn serve(listener: TcpListener, log: Arc<Log>) {
    let mut connections = JoinSet::new();
    let mut number = 0;
    loop {
        tokio::select! {
            accepted = listener.accept() => {
                let Ok((stream, _)) = accepted else { continue };
                connections.spawn(connection::serve(stream, number, Arc::clone(&log)));
                number += 1;
            }
            Some(_) = connections.join_next() => {}
        }
    }
}

impl Drop for ScriptedUpstream {
    fn drop(&mut self) {
        self.server.abort();
    }
}

impl fmt::Debug for ScriptedUpstream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ScriptedUpstream").field("address", &self.address).finish_non_exhaustive()
    }
}
