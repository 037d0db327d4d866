//! What is asked for in a handshake.

use std::fmt;

use crate::secret::Secret;

/// What a WebSocket is to be: the sub-protocols to offer, and how large a message may be.
#[derive(Clone)]
#[must_use]
pub struct WebSocketOptions {
    /// What is offered, in order; the credential in it, if there is one.
    pub(super) protocols: Vec<(String, Option<Secret>)>,
    pub(super) max_message_bytes: usize,
}

impl WebSocketOptions {
    /// The default limit of a message: 16 MiB.
    pub const DEFAULT_MAX_MESSAGE_BYTES: usize = 16 * 1024 * 1024;

    /// No sub-protocols.
    pub fn new() -> Self {
        Self { protocols: Vec::new(), max_message_bytes: Self::DEFAULT_MAX_MESSAGE_BYTES }
    }

    /// Offers a sub-protocol, after those before.
    pub fn protocol(mut self, protocol: impl Into<String>) -> Self {
        self.protocols.push((protocol.into(), None));
        self
    }

    /// Offers a sub-protocol that holds a credential behind a prefix. It never shows.
    pub fn secret_protocol(mut self, prefix: &str, secret: &Secret) -> Self {
        let secret = Secret::from(secret.expose().trim());
        self.protocols.push((format!("{prefix}{}", secret.expose()), Some(secret)));
        self
    }

    /// Sets how many bytes a message may have; a longer one ends the connection. Default: 16 MiB.
    pub fn max_message_bytes(mut self, bytes: usize) -> Self {
        self.max_message_bytes = bytes;
        self
    }

    pub(super) fn secrets(&self) -> impl Iterator<Item = &Secret> {
        self.protocols.iter().filter_map(|(_, secret)| secret.as_ref())
    }
}

impl Default for WebSocketOptions {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for WebSocketOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let protocols: Vec<_> = self
            .protocols
            .iter()
            .map(|(protocol, secret)| if secret.is_some() { "…" } else { protocol })
            .collect();
        f.debug_struct("WebSocketOptions")
            .field("protocols", &protocols)
            .field("max_message_bytes", &self.max_message_bytes)
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_credential_in_a_protocol_does_not_show() {
        let options = WebSocketOptions::new()
            .protocol("realtime")
            .secret_protocol("auth.", &Secret::from("sk-12345678"));
        let shown = format!("{options:?}");
        assert!(shown.contains("realtime") && !shown.contains("sk-1"), "{shown}");
    }
}
