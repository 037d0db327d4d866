//! Ways to a server.

mod http;
mod mock;
mod stdio;

use std::fmt;
use std::sync::Arc;

use aqueduct::spec::{BoxFuture, BoxStream};
use aqueduct::{Error, Result};
use serde_json::Value;

pub use http::StreamableHttp;
pub use mock::MockTransport;
pub use stdio::Stdio;

/// The largest message that is read: 16 MiB.
pub(crate) const MAX_MESSAGE_BYTES: usize = 16 * 1024 * 1024;

/// A way to a server.
pub trait Transport: Send + 'static {
    /// Opens the connection.
    fn open(self: Box<Self>) -> BoxFuture<'static, Result<Connection>>;
}

/// What goes to the server.
pub trait MessageSender: Send + Sync + 'static {
    /// Passes on a JSON-RPC message. It returns when the message is on its way, not when it is answered.
    fn send(&self, message: Value) -> BoxFuture<'_, Result<()>>;

    /// Ends the connection in an orderly way. Dropping the sender ends it too.
    fn close(&self) -> BoxFuture<'_, Result<()>>;
}

/// What comes from the server.
#[derive(Debug)]
#[non_exhaustive]
pub enum Incoming {
    /// A JSON-RPC message.
    Message(Value),
    /// The request of this id will have no answer.
    Failed(Value, Error),
}

/// An open connection. The end of `messages` is the end of the connection.
#[non_exhaustive]
pub struct Connection {
    /// What goes to the server.
    pub sender: Arc<dyn MessageSender>,
    /// What comes from it.
    pub messages: BoxStream<'static, Incoming>,
}

impl Connection {
    /// Joins the two directions.
    pub fn new(sender: impl MessageSender, messages: BoxStream<'static, Incoming>) -> Self {
        Self { sender: Arc::new(sender), messages }
    }
}

impl fmt::Debug for Connection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connection").finish_non_exhaustive()
    }
}
