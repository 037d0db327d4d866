//! A server in memory, for tests.

use std::sync::{Arc, Mutex, PoisonError};

use aqueduct::Result;
use aqueduct::spec::BoxFuture;
use futures_util::{StreamExt as _, stream};
use serde_json::Value;
use tokio::sync::mpsc;

use super::{Connection, MessageSender, Transport};
use crate::error::closed;

type Answer = dyn Fn(&Value) -> Vec<Value> + Send + Sync;

/// A server in memory: a function from each message to those that answer it. `null` as an answer ends the connection.
#[derive(Clone)]
pub struct MockTransport {
    answer: Arc<Answer>,
    received: Arc<Mutex<Vec<Value>>>,
}

impl MockTransport {
    /// Makes a server of a function.
    pub fn new(answer: impl Fn(&Value) -> Vec<Value> + Send + Sync + 'static) -> Self {
        Self { answer: Arc::new(answer), received: Arc::default() }
    }

    /// What the server was sent so far.
    pub fn received(&self) -> Vec<Value> {
        self.received.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl std::fmt::Debug for MockTransport {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("MockTransport").finish_non_exhaustive()
    }
}

impl Transport for MockTransport {
    fn open(self: Box<Self>) -> BoxFuture<'static, Result<Connection>> {
        let (answers, mut answered) = mpsc::channel(1024);
        let messages = stream::poll_fn(move |cx| answered.poll_recv(cx))
            .take_while(|message: &Value| std::future::ready(!message.is_null()))
            .boxed();
        let sender = Sender { server: *self, answers };
        Box::pin(async move { Ok(Connection::new(sender, messages)) })
    }
}

struct Sender {
    server: MockTransport,
    answers: mpsc::Sender<Value>,
}

impl MessageSender for Sender {
    fn send(&self, message: Value) -> BoxFuture<'_, Result<()>> {
        Box::pin(async move {
            let answers = (self.server.answer)(&message);
            self.server.received.lock().unwrap_or_else(PoisonError::into_inner).push(message);
            for answer in answers {
                self.answers.send(answer).await.map_err(|_| closed())?;
            }
            Ok(())
        })
    }

    fn close(&self) -> BoxFuture<'_, Result<()>> {
        Box::pin(async { Ok(()) })
    }
}
