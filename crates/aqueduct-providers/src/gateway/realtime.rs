//! Realtime models: the gateway speaks the common events, so there is nothing to translate.

use std::sync::Arc;
use std::time::Duration;

use aqueduct_spec::json::plain_problem;
use aqueduct_spec::realtime::{
    ClientEvent, ClientSecret, CreateClientSecretOptions, RealtimeModel, ServerEvent,
    SessionConfig, WebSocketConfig,
};
use aqueduct_spec::{BoxFuture, Context, Describe, Error, ModelInfo, Result};
use serde::Serialize;
use serde_json::Value;

use super::client_secret::ClientSecretRequest;
use super::connection::{Connection, named};
use super::subprotocol;

/// A realtime model behind the gateway.
#[derive(Debug)]
pub(super) struct GatewayRealtimeModel {
    connection: Arc<Connection>,
    info: ModelInfo,
}

impl GatewayRealtimeModel {
    pub(super) fn new(connection: Arc<Connection>, model_id: &str) -> Self {
        Self { connection, info: ModelInfo::new("gateway.realtime", model_id) }
    }
}

impl Describe for GatewayRealtimeModel {
    fn info(&self) -> &ModelInfo {
        &self.info
    }
}

impl RealtimeModel for GatewayRealtimeModel {
    /// The session is set up by its first event, not by its secret.
    fn create_client_secret<'a>(
        &'a self,
        options: CreateClientSecretOptions,
        _cx: &'a Context,
    ) -> BoxFuture<'a, Result<ClientSecret>> {
        Box::pin(async move {
            let mut request = ClientSecretRequest::realtime(&self.info.model_id);
            if let Some(seconds) = options.expires_after_seconds {
                request = request.expires_after(Duration::from_secs(seconds));
            }
            let secret = self.connection.client_secret(&request).await;
            secret.map_err(|error| error.with_model(&self.info.model_id))
        })
    }

    fn websocket_config(&self, secret: &ClientSecret) -> WebSocketConfig {
        let token = format!("{}{}", subprotocol::AUTH, secret.token);
        let team = self.connection.team.as_deref().map(subprotocol::team);
        let marker = subprotocol::REALTIME.to_owned();
        WebSocketConfig::new(&secret.url, [marker, token].into_iter().chain(team))
    }

    fn decode_server_event(&self, frame: Value) -> Result<Vec<ServerEvent>> {
        let event = serde_json::from_value(frame);
        event.map(|event| vec![event]).map_err(|error| {
            let words = plain_problem(&error.to_string());
            let error = Error::invalid_response(format!("invalid realtime event: {words}"));
            named(error).with_model(&self.info.model_id)
        })
    }

    fn encode_client_event(&self, event: &ClientEvent) -> Result<Option<Value>> {
        json(event).map(Some)
    }

    fn encode_session_config(&self, config: &SessionConfig) -> Result<Value> {
        json(config)
    }
}

fn json(value: &impl Serialize) -> Result<Value> {
    serde_json::to_value(value).map_err(|error| {
        named(Error::invalid_request("the event cannot be written as JSON").with_source(error))
    })
}
