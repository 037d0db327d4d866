//! JSON-RPC over a connection: who waits for which answer.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use aqueduct::spec::{BoxFuture, BoxStream};
use aqueduct::{Error, ErrorKind, Result};
use futures_util::StreamExt as _;
use serde_json::{Value, json};
use tokio::sync::{mpsc, oneshot};
use tokio::task::{AbortHandle, JoinSet};
use tokio::time::timeout;

use crate::error::{closed, refused};
use crate::transport::{Connection, Incoming, MessageSender};

type Elicit = dyn Fn(Value) -> BoxFuture<'static, Result<Value>> + Send + Sync;
type Notified = dyn Fn(&str, &Value) + Send + Sync;

/// How many of the server's questions are answered at a time.
const MAX_QUESTIONS: usize = 16;

/// What the program does when the server speaks unasked.
#[derive(Clone, Default)]
pub(super) struct Handlers {
    pub(super) elicitation: Option<Arc<Elicit>>,
    pub(super) notification: Option<Arc<Notified>>,
}

/// Our end of a connection. Dropping it ends its tasks, and with them the connection.
pub(super) struct Peer {
    shared: Arc<Shared>,
    sender: Arc<dyn MessageSender>,
    tasks: [AbortHandle; 2],
}

struct Shared {
    waiting: Mutex<Waiting>,
    outbox: mpsc::Sender<Value>,
    next_id: AtomicU64,
}

#[derive(Default)]
struct Waiting {
    requests: HashMap<u64, oneshot::Sender<Result<Value>>>,
    is_closed: bool,
}

impl Shared {
    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn answer(&self, id: &Value, answer: Result<Value>) {
        let waiter = id.as_u64().and_then(|id| self.waiting().requests.remove(&id));
        if let Some(waiter) = waiter {
            let _gone = waiter.send(answer);
        }
    }

    fn close(&self) {
        let mut waiting = self.waiting();
        waiting.is_closed = true;
        for (_, waiter) in waiting.requests.drain() {
            let _gone = waiter.send(Err(closed()));
        }
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        for task in &self.tasks {
            task.abort();
        }
    }
}

impl Peer {
    pub(super) fn start(connection: Connection, handlers: Handlers) -> Self {
        let Connection { sender, messages } = connection;
        let (outbox, to_send) = mpsc::channel(256);
        let shared =
            Arc::new(Shared { waiting: Mutex::default(), outbox, next_id: AtomicU64::new(0) });
        let writer = tokio::spawn(write(Arc::clone(&shared), Arc::clone(&sender), to_send));
        let reader = tokio::spawn(read(Arc::clone(&shared), messages, handlers));
        Self { shared, sender, tasks: [writer.abort_handle(), reader.abort_handle()] }
    }

    pub(super) async fn request(
        &self,
        method: &str,
        params: Option<Value>,
        limit: Duration,
    ) -> Result<Value> {
        let id = self.shared.next_id.fetch_add(1, Ordering::Relaxed);
        let (waiter, answer) = oneshot::channel();
        {
            let mut waiting = self.shared.waiting();
            if waiting.is_closed {
                return Err(closed());
            }
            waiting.requests.insert(id, waiter);
        }
        let mut message = json!({ "jsonrpc": "2.0", "id": id, "method": method });
        if let (Some(params), Value::Object(message)) = (params, &mut message) {
            message.insert("params".to_owned(), params);
        }
        // The handshake is the one request that must not be cancelled.
        let is_cancellable = method != "initialize";
        let mut request = UnderWay { shared: &self.shared, id, is_cancellable };
        let exchange = async {
            self.shared.outbox.send(message).await.map_err(|_| closed())?;
            answer.await.unwrap_or_else(|_| Err(closed()))
        };
        let answer = timeout(limit, exchange).await.map_err(|_| {
            let message = format!("the MCP server did not answer {method} within {limit:?}");
            Error::new(ErrorKind::Timeout, message)
        })?;
        request.is_cancellable = false;
        answer
    }

    pub(super) async fn notify(&self, method: &str) -> Result<()> {
        let message = json!({ "jsonrpc": "2.0", "method": method });
        self.shared.outbox.send(message).await.map_err(|_| closed())
    }

    pub(super) async fn close(&self, limit: Duration) -> Result<()> {
        self.shared.close();
        let closing = timeout(limit, self.sender.close()).await;
        for task in &self.tasks {
            task.abort();
        }
        closing.unwrap_or(Ok(()))
    }
}

/// A request that nobody waits for any more is taken back.
struct UnderWay<'a> {
    shared: &'a Shared,
    id: u64,
    is_cancellable: bool,
}

impl Drop for UnderWay<'_> {
    fn drop(&mut self) {
        self.shared.waiting().requests.remove(&self.id);
        if self.is_cancellable {
            let params = json!({ "requestId": self.id, "reason": "the caller went away" });
            let message = json!({
                "jsonrpc": "2.0", "method": "notifications/cancelled", "params": params,
            });
            let _full = self.shared.outbox.try_send(message);
        }
    }
}

async fn write(
    shared: Arc<Shared>,
    sender: Arc<dyn MessageSender>,
    mut to_send: mpsc::Receiver<Value>,
) {
    while let Some(message) = to_send.recv().await {
        if sender.send(message).await.is_err() {
            return shared.close();
        }
    }
}

async fn read(shared: Arc<Shared>, mut messages: BoxStream<'static, Incoming>, handlers: Handlers) {
    let mut questions = JoinSet::new();
    while let Some(incoming) = messages.next().await {
        let mut message = match incoming {
            Incoming::Message(message) => message,
            Incoming::Failed(id, error) => {
                shared.answer(&id, Err(error));
                continue;
            }
        };
        let mut take = |key: &str| message.get_mut(key).map(Value::take);
        let (method, id) = (take("method"), take("id"));
        match (method.as_ref().and_then(Value::as_str), id) {
            (Some(method), None) => {
                if let Some(handler) = &handlers.notification {
                    handler(method, &take("params").unwrap_or_default());
                }
            }
            (Some(method), Some(id)) => {
                while questions.try_join_next().is_some() {}
                if questions.len() >= MAX_QUESTIONS {
                    questions.join_next().await;
                }
                let params = take("params").unwrap_or_default();
                let answer = reply(method.to_owned(), id, params, handlers.elicitation.clone());
                let outbox = shared.outbox.clone();
                questions.spawn(async move {
                    let _closed = outbox.send(answer.await).await;
                });
            }
            (None, Some(id)) => match (take("result"), take("error")) {
                (Some(result), _) => shared.answer(&id, Ok(result)),
                (None, error) => shared.answer(&id, Err(refused(error.unwrap_or_default()))),
            },
            (None, None) => {}
        }
    }
    shared.close();
}

/// Answers a question of the server's.
async fn reply(method: String, id: Value, params: Value, elicit: Option<Arc<Elicit>>) -> Value {
    let refuse = |code: i64, message: String| json!({ "code": code, "message": message });
    let answer = match (method.as_str(), elicit) {
        ("ping", _) => Ok(json!({})),
        ("elicitation/create", Some(elicit)) => {
            elicit(params).await.map_err(|error| refuse(-32603, error.message().to_owned()))
        }
        (method, _) => Err(refuse(-32601, format!("unsupported request method: {method}"))),
    };
    match answer {
        Ok(result) => json!({ "jsonrpc": "2.0", "id": id, "result": result }),
        Err(error) => json!({ "jsonrpc": "2.0", "id": id, "error": error }),
    }
}
