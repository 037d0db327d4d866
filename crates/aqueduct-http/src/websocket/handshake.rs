//! From a request to a WebSocket.

use aqueduct_spec::{Error, ErrorKind, Result};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::header::{
    CONNECTION, SEC_WEBSOCKET_ACCEPT, SEC_WEBSOCKET_EXTENSIONS, SEC_WEBSOCKET_KEY,
    SEC_WEBSOCKET_PROTOCOL, SEC_WEBSOCKET_VERSION, UPGRADE,
};
use http::{HeaderMap, HeaderName, StatusCode};
use ring::digest::{SHA1_FOR_LEGACY_USE_ONLY, digest};
use ring::rand::{SecureRandom as _, SystemRandom};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::protocol::{Role, WebSocketConfig};

use super::{WebSocket, WebSocketOptions};
use crate::request::{Exchanged, Request};
use crate::response::Response;
use crate::secret::Secret;
use crate::status::ApiMessage;
use crate::watchdog::Watchdog;

/// What is hashed behind the key, to show that the other side means a WebSocket.
const MAGIC: &str = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

/// How much is written at once before the connection is asked whether it takes more: nothing is held back.
const WRITE_BUFFER_BYTES: usize = 0;

impl Request {
    /// Sends the request as the handshake of a WebSocket and waits until the other side has switched. URLs may begin with
    /// `ws` and `wss` or with `http` and `https`, which are the same here.
    ///
    /// It goes through the client as every request does, with its proxy (which must let connections through, as all do for
    /// `wss`), roots, resolver and limits; only not through a [`Carrier`](crate::Carrier). The idle limit then holds for the
    /// open connection, see [`WebSocket`]. `read` is the reader of error bodies, as of
    /// [`Response::error_for_status`](crate::Response::error_for_status).
    ///
    /// # Errors
    /// Those of [`Request::send`]; what the status stands for if the other side refuses; [`ErrorKind::InvalidResponse`] if
    /// it answers, but does not switch as it should; [`ErrorKind::Unsupported`] if the client has a carrier.
    pub async fn websocket(
        self,
        options: &WebSocketOptions,
        read: impl FnOnce(StatusCode, &HeaderMap, &[u8]) -> Option<ApiMessage>,
    ) -> Result<WebSocket> {
        let key = new_key()?;
        let request = self
            .header(CONNECTION, "Upgrade")
            .header(UPGRADE, "websocket")
            .header(SEC_WEBSOCKET_VERSION, "13")
            .header(SEC_WEBSOCKET_KEY, &key)
            .offer(options);
        let exchanged = request.exchange_to_switch().await?;
        let Exchanged { response, origin, timeouts, deadline, secrets } = exchanged;
        let secrets = options.secrets().fold(secrets, crate::redaction::Redaction::and);
        if response.status() != StatusCode::SWITCHING_PROTOCOLS {
            let response = Response::new(response, origin, timeouts, deadline, secrets);
            let url = response.url().to_owned();
            let response = response.error_for_status(read).await?;
            return Err(refused("answers the request instead of switching to a WebSocket")
                .with_status(response.status())
                .with_url(&url));
        }
        let headers = response.headers().clone();
        let protocol =
            check(&headers, &key, options).map_err(|error| error.with_url(&origin.url))?;
        let upgraded = response.upgrade().await.map_err(|error| {
            Error::new(ErrorKind::Network, "the connection broke while it became a WebSocket")
                .with_retryable(true)
                .with_url(&origin.url)
                .with_source(error.without_url())
        })?;
        let max = options.max_message_bytes;
        let config = WebSocketConfig::default()
            .write_buffer_size(WRITE_BUFFER_BYTES)
            .max_message_size(Some(max))
            .max_frame_size(Some(max));
        let stream = WebSocketStream::from_raw_socket(upgraded, Role::Client, Some(config)).await;
        let watchdog = Watchdog::new(timeouts, deadline);
        Ok(WebSocket::new(stream, (headers, protocol), origin.url, watchdog, max))
    }

    fn offer(self, options: &WebSocketOptions) -> Self {
        if options.protocols.is_empty() {
            return self;
        }
        let all: Vec<_> = options.protocols.iter().map(|(protocol, _)| protocol.as_str()).collect();
        let all = Secret::from(all.join(", "));
        match options.secrets().next() {
            Some(_) => self.secret_header(SEC_WEBSOCKET_PROTOCOL, &all),
            None => self.header(SEC_WEBSOCKET_PROTOCOL, all.expose()),
        }
    }
}

/// Checks that the other side switched to what was asked for; returns the sub-protocol that it chose.
fn check(headers: &HeaderMap, key: &str, options: &WebSocketOptions) -> Result<Option<String>> {
    let text = |name: HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    let is = |name, wanted: &str| {
        let items = text(name).into_iter().flat_map(|value| value.split(','));
        items.map(str::trim).any(|item| item.eq_ignore_ascii_case(wanted))
    };
    if !is(UPGRADE, "websocket") || !is(CONNECTION, "upgrade") {
        return Err(refused("switches to something other than a WebSocket"));
    }
    if text(SEC_WEBSOCKET_ACCEPT).map(str::trim) != Some(accept(key).as_str()) {
        return Err(refused("has not understood the handshake of a WebSocket"));
    }
    if headers.contains_key(SEC_WEBSOCKET_EXTENSIONS) {
        return Err(refused("uses an extension of WebSockets that was not offered"));
    }
    let Some(chosen) = text(SEC_WEBSOCKET_PROTOCOL).map(str::trim) else { return Ok(None) };
    if !options.protocols.iter().any(|(offered, _)| offered == chosen) {
        return Err(refused("chose a sub-protocol that was not offered"));
    }
    Ok(Some(chosen.to_owned()))
}

fn refused(what: &str) -> Error {
    Error::invalid_response(format!("cannot open a WebSocket: the API {what}"))
}

fn new_key() -> Result<String> {
    let mut bytes = [0; 16];
    SystemRandom::new()
        .fill(&mut bytes)
        .map_err(|_| Error::internal("the operating system gives no random bytes"))?;
    Ok(STANDARD.encode(bytes))
}

fn accept(key: &str) -> String {
    let hashed = digest(&SHA1_FOR_LEGACY_USE_ONLY, format!("{key}{MAGIC}").as_bytes());
    STANDARD.encode(hashed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_answer_to_a_key_is_that_of_the_specification() {
        assert_eq!(accept("dGhlIHNhbXBsZSBub25jZQ=="), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
        assert_ne!(new_key().unwrap(), new_key().unwrap());
    }

    #[test]
    fn only_what_was_asked_for_is_accepted() {
        let key = "dGhlIHNhbXBsZSBub25jZQ==";
        let good = [
            (UPGRADE, "WebSocket"),
            (CONNECTION, "keep-alive, Upgrade"),
            (SEC_WEBSOCKET_ACCEPT, "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="),
        ];
        let options = WebSocketOptions::new().protocol("a.v1").protocol("b.v1");
        let check_with = |name: HeaderName, value: &'static str| {
            let mut headers: HeaderMap =
                good.iter().map(|(name, value)| (name.clone(), value.parse().unwrap())).collect();
            headers.insert(name, value.parse().unwrap());
            check(&headers, key, &options)
        };
        assert_eq!(check_with(SEC_WEBSOCKET_VERSION, "13").unwrap(), None);
        assert_eq!(check_with(SEC_WEBSOCKET_PROTOCOL, "b.v1").unwrap().unwrap(), "b.v1");
        let wrong = [
            (UPGRADE, "h2c"),
            (CONNECTION, "close"),
            (SEC_WEBSOCKET_ACCEPT, "AAAA"),
            (SEC_WEBSOCKET_EXTENSIONS, "permessage-deflate"),
            (SEC_WEBSOCKET_PROTOCOL, "c.v1"),
        ];
        for (name, value) in wrong {
            let error = check_with(name.clone(), value).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::InvalidResponse, "{name}");
        }
    }
}
