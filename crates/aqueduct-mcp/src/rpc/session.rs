//! A connection as `rmcp` runs it.

use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use aqueduct::{Error, ErrorKind, Result};
use futures_util::FutureExt as _;
use rmcp::model::{
    CancelledNotification, CancelledNotificationParam, ClientCapabilities, ClientConfig,
    ClientRequest, CustomRequest, Implementation, MetaObject, ProtocolVersion, RequestId,
    RequestMetaObject,
};
use rmcp::service::{
    ClientInitializeError, ClientLifecycleMode, ClientServiceExt as _, Peer, PeerRequestOptions,
    RoleClient, RunningService, ServiceError,
};
use serde_json::{Map, Value};
use tokio::time::timeout;

use super::handler::Handler;
use super::{Elicit, Link, OnProgress, lossless};
use crate::error::{closed, refused, unreadable};
use crate::model::InitializeResult;

/// What the handshake is made of.
pub(crate) struct Opening {
    pub(crate) name: String,
    pub(crate) version: String,
    pub(crate) capabilities: Value,
    pub(crate) elicit: Option<Arc<Elicit>>,
    /// Whether to ask for 2026-07-28 first.
    pub(crate) discover: bool,
}

impl Opening {
    fn config(&self) -> Result<ClientConfig> {
        let known: ClientCapabilities =
            serde_json::from_value(self.capabilities.clone()).map_err(|error| {
                let message = format!("the capabilities cannot be read: {error}");
                Error::configuration(message).with_source(error)
            })?;
        // `rmcp` would leave out what it does not know.
        if serde_json::to_value(&known).ok().as_ref() != Some(&self.capabilities) {
            let message = "the capabilities have members that cannot be announced; there are: \
                           elicitation, experimental, extensions, roots, sampling";
            return Err(Error::configuration(message));
        }
        let program = Implementation::new(&self.name, &self.version);
        Ok(ClientConfig::new(known, program)
            .with_protocol_version(ProtocolVersion::LATEST_WITH_INITIALIZE))
    }
}

/// Our end of a connection. Dropping it ends the connection.
pub(crate) struct Session {
    peer: Peer<RoleClient>,
    service: Mutex<Option<RunningService<RoleClient, Handler>>>,
}

impl Session {
    /// Makes the handshake. It is bounded by whoever waits for it.
    pub(crate) async fn open(link: Link, opening: Opening) -> Result<(Self, InitializeResult)> {
        let handshake = link.handshake();
        let handler = Handler::new(opening.config()?, opening.elicit);
        let mode = if opening.discover {
            ClientLifecycleMode::Auto {
                preferred_versions: vec![ProtocolVersion::V_2026_07_28],
                legacy_version: None,
            }
        } else {
            ClientLifecycleMode::Initialize
        };
        let service = handler.serve_with_lifecycle(link, mode).await.map_err(not_opened)?;
        let peer = service.peer().clone();
        let server = server(&peer, &handshake)?;
        Ok((Self { peer, service: Mutex::new(Some(service)) }, server))
    }

    /// Sends a request and waits for its result. A request that nobody waits for any more is taken back.
    pub(crate) async fn request(
        &self,
        method: &str,
        params: Value,
        meta: Map<String, Value>,
        progress: Option<OnProgress>,
        limit: Duration,
    ) -> Result<Value> {
        let mut request = CustomRequest::new(method, Some(params));
        if let Some(observer) = &progress {
            request.extensions.insert(observer.clone());
        }
        let options =
            PeerRequestOptions::no_options().with_meta(RequestMetaObject(MetaObject(meta)));
        let exchange = async {
            let request = ClientRequest::CustomRequest(request);
            let handle = self.peer.send_request_with_option(request, options).await?;
            let mut under_way = UnderWay { peer: &self.peer, id: Some(handle.id) };
            let answer = handle.rx.await;
            under_way.id = None;
            answer.unwrap_or(Err(ServiceError::TransportClosed))
        };
        match timeout(limit, exchange).await {
            Ok(answer) => answer.map(lossless::result).map_err(failed),
            Err(_) => {
                let message = format!("the MCP server did not answer {method} within {limit:?}");
                Err(Error::new(ErrorKind::Timeout, message))
            }
        }
    }

    /// Ends the connection in an orderly way.
    pub(crate) async fn close(&self, limit: Duration) -> Result<()> {
        let service = self.service.lock().unwrap_or_else(PoisonError::into_inner).take();
        let Some(mut service) = service else { return Ok(()) };
        match service.close_with_timeout(limit).await {
            Ok(Some(_)) => Ok(()),
            Ok(None) => {
                let message =
                    format!("the connection to the MCP server did not end within {limit:?}");
                Err(Error::new(ErrorKind::Timeout, message))
            }
            Err(error) => Err(Error::internal("the connection's task failed").with_source(error)),
        }
    }
}

/// A request that nobody waits for any more is taken back.
struct UnderWay<'a> {
    peer: &'a Peer<RoleClient>,
    id: Option<RequestId>,
}

impl Drop for UnderWay<'_> {
    fn drop(&mut self) {
        let Some(id) = self.id.take() else { return };
        let reason = Some("the caller went away".to_owned());
        let cancelled =
            CancelledNotification::new(CancelledNotificationParam::new(Some(id), reason));
        // The first poll puts it into the queue, if there is room; nothing waits for it to be sent.
        let told = self.peer.send_notification(cancelled.into());
        let _queued = tokio::task::coop::unconstrained(told).now_or_never();
    }
}

/// What the server told of itself, if it speaks a version that we speak.
fn server(peer: &Peer<RoleClient>, handshake: &OnceLock<Value>) -> Result<InitializeResult> {
    let known = peer.peer_info().map(|info| info.protocol_version.clone());
    let version = known.unwrap_or_default();
    if !ProtocolVersion::KNOWN_VERSIONS.contains(&version) {
        let message = format!(
            "the MCP server speaks version {version} of the protocol, which is not supported"
        );
        return Err(Error::invalid_response(message));
    }
    let content = handshake.get().cloned().unwrap_or_default();
    let mut server: InitializeResult =
        serde_json::from_value(content).map_err(|error| unreadable("handshake", error))?;
    server.protocol_version = version.to_string();
    Ok(server)
}

/// The error of the transport is ours already.
fn of_transport(error: &(dyn std::error::Error + Send + Sync + 'static)) -> Error {
    match error.downcast_ref::<Error>() {
        Some(error) => error.clone(),
        None => closed(),
    }
}

fn failed(error: ServiceError) -> Error {
    match error {
        ServiceError::McpError(error) => match lossless::error(&error) {
            Some(content) => refused(content.clone()),
            None => Error::new(ErrorKind::Network, error.message),
        },
        ServiceError::TransportSend(error) => of_transport(error.error.as_ref()),
        ServiceError::TransportClosed => closed(),
        ServiceError::Cancelled { .. } => {
            Error::new(ErrorKind::Cancelled, "the call was taken back")
        }
        other => Error::invalid_response("the MCP server's answer does not fit").with_source(other),
    }
}

fn not_opened(error: ClientInitializeError) -> Error {
    match error {
        ClientInitializeError::TransportError { error, .. } => of_transport(error.error.as_ref()),
        ClientInitializeError::JsonRpcError(error) => match lossless::error(&error) {
            Some(content) => refused(content.clone()),
            None => Error::new(ErrorKind::Network, error.message),
        },
        ClientInitializeError::LegacyFallbackFailed { fallback, .. } => not_opened(*fallback),
        ClientInitializeError::ConnectionClosed(_) => closed(),
        ClientInitializeError::NoCompatibleProtocolVersion { server_supported, .. } => {
            let offered: Vec<_> = server_supported.iter().map(ToString::to_string).collect();
            let message = format!(
                "the MCP server speaks only versions of the protocol that are not supported: {}",
                offered.join(", ")
            );
            Error::invalid_response(message)
        }
        // The others hold the whole message in their `Debug`, which is no cause to show.
        _ => Error::invalid_response(
            "the MCP server did not answer the handshake as the protocol says",
        ),
    }
}
