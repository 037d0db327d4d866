//! The transport that `rmcp` sees.

use std::sync::{Arc, OnceLock, Weak};
use std::time::Duration;

use aqueduct::spec::BoxStream;
use aqueduct::{Error, ErrorKind, Result};
use futures_util::StreamExt as _;
use futures_util::future::Either;
use rmcp::model::{
    ClientJsonRpcMessage, ClientNotification, ClientRequest, GetMeta as _, JsonRpcMessage,
    ProgressToken, RequestId, ServerJsonRpcMessage, ServerNotification,
};
use rmcp::service::RoleClient;
use rmcp::transport::{StreamableHttpClientTransport, Transport};
use serde_json::Value;
use tokio::time::timeout;

use super::{Notified, lossless};
use crate::model::Progress;
use crate::transport::{Http, MessageSender, http_error};

/// How long a message may take to be on its way where the transport is not `rmcp`'s.
const SEND_LIMIT: Duration = Duration::from_secs(60);

type Observer = dyn Fn(Progress) + Send + Sync;

/// Observes the progress of a call. It travels with the request, so that no progress can come before it is known, and belongs
/// to who waits for the call.
#[derive(Clone)]
pub(crate) struct OnProgress(pub(crate) Arc<Observer>);

/// The two ways that messages go.
pub(crate) enum Way {
    Own { sender: Arc<dyn MessageSender>, messages: BoxStream<'static, Value> },
    Http(StreamableHttpClientTransport<Http>),
}

/// Passes messages on, packs those that come, and hands notifications to the program in their order.
pub(crate) struct Link {
    way: Way,
    notified: Option<Arc<Notified>>,
    handshake: Arc<OnceLock<Value>>,
    observed: Vec<(RequestId, ProgressToken, Weak<Observer>)>,
}

impl Link {
    pub(crate) fn new(way: Way, notified: Option<Arc<Notified>>) -> Self {
        Self { way, notified, handshake: Arc::default(), observed: Vec::new() }
    }

    /// Where the server's side of the handshake will be.
    pub(crate) fn handshake(&self) -> Arc<OnceLock<Value>> {
        Arc::clone(&self.handshake)
    }

    fn note_sent(&mut self, message: &ClientJsonRpcMessage) {
        match message {
            JsonRpcMessage::Request(request) => {
                let ClientRequest::CustomRequest(custom) = &request.request else { return };
                let observer = custom.extensions.get::<OnProgress>();
                let token = custom.get_meta().get_progress_token();
                if let (Some(observer), Some(token)) = (observer, token) {
                    self.observed.retain(|(.., observer)| observer.strong_count() > 0);
                    let observer = Arc::downgrade(&observer.0);
                    self.observed.push((request.id.clone(), token, observer));
                }
            }
            JsonRpcMessage::Notification(told) => {
                if let ClientNotification::CancelledNotification(cancelled) = &told.notification
                    && let Some(id) = &cancelled.params.request_id
                {
                    self.forget(id);
                }
            }
            _ => {}
        }
    }

    fn forget(&mut self, id: &RequestId) {
        // Some servers send a number back as text.
        self.observed.retain(|(known, ..)| known.to_string() != id.to_string());
    }

    /// Looks at what came; a notification is over with that.
    fn note_received(&mut self, message: ServerJsonRpcMessage) -> Option<ServerJsonRpcMessage> {
        match &message {
            JsonRpcMessage::Response(response) => {
                if let Some(content) = lossless::handshake(&response.result) {
                    let _first = self.handshake.set(content);
                }
                self.forget(&response.id);
            }
            JsonRpcMessage::Error(error) => {
                if let Some(id) = &error.id {
                    self.forget(id);
                }
            }
            JsonRpcMessage::Notification(told) => match &told.notification {
                ServerNotification::CustomNotification(custom) => {
                    let (method, params) = lossless::call(&custom.method, custom.params.clone());
                    self.hear(method, &params);
                    return None;
                }
                ServerNotification::CancelledNotification(cancelled) => {
                    let params = serde_json::to_value(&cancelled.params).unwrap_or_default();
                    self.hear("notifications/cancelled", &params);
                }
                _ => {}
            },
            JsonRpcMessage::Request(_) => {}
        }
        Some(message)
    }

    fn hear(&self, method: &str, params: &Value) {
        if method == "notifications/progress"
            && let Some(token) = params.get("progressToken").cloned()
            && let Ok(token) = serde_json::from_value::<ProgressToken>(token)
            && let Some((.., observer)) = self.observed.iter().find(|(_, known, _)| *known == token)
            && let (Some(observer), Ok(progress)) =
                (observer.upgrade(), serde_json::from_value(params.clone()))
        {
            observer(progress);
        }
        if let Some(handler) = &self.notified {
            handler(method, params);
        }
    }
}

impl Transport<RoleClient> for Link {
    type Error = Error;

    fn send(
        &mut self,
        message: ClientJsonRpcMessage,
    ) -> impl Future<Output = Result<()>> + Send + 'static {
        self.note_sent(&message);
        match &mut self.way {
            Way::Own { sender, .. } => {
                let sender = Arc::clone(sender);
                Either::Left(async move {
                    let message = serde_json::to_value(message).map_err(|error| {
                        Error::internal("a message cannot be written as JSON").with_source(error)
                    })?;
                    timeout(SEND_LIMIT, sender.send(message)).await.unwrap_or_else(|_| {
                        let message = format!("the MCP server took no message for {SEND_LIMIT:?}");
                        Err(Error::new(ErrorKind::Timeout, message))
                    })
                })
            }
            Way::Http(worker) => {
                let sent = worker.send(message);
                Either::Right(async move { sent.await.map_err(http_error) })
            }
        }
    }

    async fn receive(&mut self) -> Option<ServerJsonRpcMessage> {
        loop {
            let message = match &mut self.way {
                Way::Own { messages, .. } => match lossless::message(messages.next().await?) {
                    Some(message) => message,
                    None => continue,
                },
                Way::Http(worker) => worker.receive().await?,
            };
            if let Some(message) = self.note_received(message) {
                return Some(message);
            }
        }
    }

    async fn close(&mut self) -> Result<()> {
        match &mut self.way {
            Way::Own { sender, .. } => sender.close().await,
            Way::Http(worker) => worker.close().await.map_err(http_error),
        }
    }
}
