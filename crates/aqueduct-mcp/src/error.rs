//! What servers refuse.

use std::fmt;

use aqueduct::{Error, ErrorKind};
use serde::Deserialize;
use serde_json::Value;

/// An error that the server answered with; it is the source of the [`Error`] that a call gives.
#[derive(Clone, Deserialize)]
#[non_exhaustive]
pub struct RpcError {
    /// The code of JSON-RPC or MCP.
    pub code: i64,
    /// The server's words.
    pub message: String,
    /// What the server adds.
    pub data: Option<Value>,
}

impl fmt::Display for RpcError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} (code {})", self.message, self.code)
    }
}

/// Leaves out the data, which may be anything.
impl fmt::Debug for RpcError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RpcError").field("code", &self.code).finish_non_exhaustive()
    }
}

impl std::error::Error for RpcError {}

/// The server wants to know who asks (401), or more of it (403). It is the source of an [`Error`] of the kind
/// [`Authentication`](ErrorKind::Authentication) or [`Forbidden`](ErrorKind::Forbidden).
///
/// With [`OAuth`](crate::OAuth): send the user to the URL that [`OAuth::authorize`](crate::OAuth::authorize) gives, hand what
/// comes back to [`OAuth::finish`](crate::OAuth::finish), and connect again.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Unauthorized {
    /// The header `www-authenticate` of the answer: where the authorization server is described, and which scope it takes.
    pub challenge: Option<String>,
}

impl fmt::Display for Unauthorized {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the MCP server asks for authorization")
    }
}

impl std::error::Error for Unauthorized {}

/// Reads the `error` of an answer. What the server said is final: asking again gives the same.
pub(crate) fn refused(error: Value) -> Error {
    match serde_json::from_value::<RpcError>(error) {
        Ok(error) => {
            let message = format!("the MCP server answered with an error: {error}");
            Error::new(kind(error.code), message).with_retryable(false).with_source(error)
        }
        Err(error) => unreadable("error", error),
    }
}

/// Source: <https://modelcontextprotocol.io/specification/2025-11-25/server/resources#error-handling> (2026-11-23) and
/// JSON-RPC 2.0, section 5.1.
fn kind(code: i64) -> ErrorKind {
    match code {
        -32603 => ErrorKind::Provider,
        -32002 => ErrorKind::NotFound,
        _ => ErrorKind::InvalidRequest,
    }
}

pub(crate) fn unreadable(what: &str, error: serde_json::Error) -> Error {
    Error::invalid_response(format!("the MCP server's {what} cannot be read: {error}"))
        .with_source(error)
}

pub(crate) fn closed() -> Error {
    Error::new(ErrorKind::Network, "the connection to the MCP server is closed")
}
