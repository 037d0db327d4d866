//! Ways to a server.

mod answers;
mod http;
mod mock;
mod sse;
mod stdio;
mod streamable;

use std::fmt;
use std::sync::Arc;

use aqueduct::Result;
use aqueduct::spec::{BoxFuture, BoxStream};
use serde_json::Value;

pub(crate) use answers::http_error;
pub use http::StreamableHttp;
pub use mock::MockTransport;
pub use stdio::Stdio;
pub(crate) use streamable::Http;

use crate::rpc::Way;

/// The largest message that is read: 16 MiB.
pub(crate) const MAX_MESSAGE_BYTES: usize = 16 * 1024 * 1024;

/// A way to a server.
pub trait Transport: Send + 'static {
    /// Opens the connection.
    fn open(self: Box<Self>) -> BoxFuture<'static, Result<Connection>>;
}

/// What goes to the server.
pub trait MessageSender: Send + Sync + 'static {
    /// Passes on a JSON-RPC message. It returns when the message is on its way, not when it is answered; an error is that of
    /// the call whose request was not sent.
    fn send(&self, message: Value) -> BoxFuture<'_, Result<()>>;

    /// Ends the connection in an orderly way. Dropping the sender ends it too.
    fn close(&self) -> BoxFuture<'_, Result<()>>;
}

/// An open connection.
pub struct Connection {
    pub(crate) way: Way,
}

impl Connection {
    /// Joins the two directions. The messages of the server are JSON-RPC, and what is not is left out; their end is the end
    /// of the connection.
    pub fn new(sender: impl MessageSender, messages: BoxStream<'static, Value>) -> Self {
        Self { way: Way::Own { sender: Arc::new(sender), messages } }
    }

    /// Whether it is streamable HTTP.
    pub(crate) fn is_http(&self) -> bool {
        matches!(self.way, Way::Http(_))
    }
}

impl fmt::Debug for Connection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connection").finish_non_exhaustive()
    }
}
