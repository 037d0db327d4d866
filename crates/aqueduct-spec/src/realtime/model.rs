//! The realtime model: how a browser or a program gets at a session, and what its frames mean.

use std::fmt;
use std::sync::Arc;

use serde_json::Value;

use super::{ClientEvent, ClientSecret, CreateClientSecretOptions, ServerEvent, SessionConfig};
use crate::context::Context;
use crate::error::Result;
use crate::model::{BoxFuture, Describe};

/// A model that converses by voice over an open connection.
///
/// Only [`create_client_secret`](RealtimeModel::create_client_secret) asks the provider for something. The rest is a codec
/// between a provider's frames and the common events, without I/O: whoever has the connection, a browser or a gateway, calls
/// it. It is not a [`Model`](crate::Model) of a call, because a session is no call: neither side waits for the other.
///
/// ```text
/// create_client_secret ─▶ ClientSecret ─ websocket_config ─▶ connect
///   ClientEvent ─ encode_client_event ─▶ frame ─▶ provider ─▶ frame ─ decode_server_event ─▶ ServerEvent…
/// ```
pub trait RealtimeModel: Describe {
    /// Makes a credential of short life that opens one session, to be given to a browser. Dropping the future gives it up.
    fn create_client_secret<'a>(
        &'a self,
        options: CreateClientSecretOptions,
        cx: &'a Context,
    ) -> BoxFuture<'a, Result<ClientSecret>>;

    /// Says how to connect with a credential.
    fn websocket_config(&self, secret: &ClientSecret) -> WebSocketConfig;

    /// Reads a frame of the provider's: JSON, which may stand for several events, or for none.
    ///
    /// # Errors
    /// `InvalidResponse` if a frame that is known has not the form it should have. One that is not known is
    /// [`ServerEvent::Custom`].
    fn decode_server_event(&self, frame: Value) -> Result<Vec<ServerEvent>>;

    /// Writes an event as the provider's frame; `None` if the provider has nothing like it.
    ///
    /// # Errors
    /// `InvalidRequest` if the event cannot be said to this provider.
    fn encode_client_event(&self, event: &ClientEvent) -> Result<Option<Value>>;

    /// Writes the settings of a session as the provider has them.
    ///
    /// # Errors
    /// `InvalidRequest` if they cannot be said to this provider.
    fn encode_session_config(&self, config: &SessionConfig) -> Result<Value>;

    /// The frame to send back at once to a frame that only asks whether somebody is there.
    fn health_check_response(&self, _frame: &Value) -> Option<Value> {
        None
    }
}

impl<M: RealtimeModel + ?Sized> RealtimeModel for Arc<M> {
    fn create_client_secret<'a>(
        &'a self,
        options: CreateClientSecretOptions,
        cx: &'a Context,
    ) -> BoxFuture<'a, Result<ClientSecret>> {
        (**self).create_client_secret(options, cx)
    }

    fn websocket_config(&self, secret: &ClientSecret) -> WebSocketConfig {
        (**self).websocket_config(secret)
    }

    fn decode_server_event(&self, frame: Value) -> Result<Vec<ServerEvent>> {
        (**self).decode_server_event(frame)
    }

    fn encode_client_event(&self, event: &ClientEvent) -> Result<Option<Value>> {
        (**self).encode_client_event(event)
    }

    fn encode_session_config(&self, config: &SessionConfig) -> Result<Value> {
        (**self).encode_session_config(config)
    }

    fn health_check_response(&self, frame: &Value) -> Option<Value> {
        (**self).health_check_response(frame)
    }
}

/// How to connect to a session. `Debug` shows how many sub-protocols there are and none of them: one may hold a credential.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct WebSocketConfig {
    /// Where: `wss://…`.
    pub url: String,
    /// The sub-protocols to offer, in this order.
    pub protocols: Vec<String>,
}

impl WebSocketConfig {
    /// Connects there.
    pub fn new(
        url: impl Into<String>,
        protocols: impl IntoIterator<Item = impl Into<String>>,
    ) -> Self {
        Self { url: url.into(), protocols: protocols.into_iter().map(Into::into).collect() }
    }
}

impl fmt::Debug for WebSocketConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // A query may hold a credential as well.
        let place = self.url.split(['?', '#']).next().unwrap_or_default();
        f.debug_struct("WebSocketConfig")
            .field("url", &place)
            .field("protocols", &self.protocols.len())
            .finish()
    }
}
