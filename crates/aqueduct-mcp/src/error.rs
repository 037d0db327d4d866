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

/// Reads the `error` of an answer.
pub(crate) fn refused(error: Value) -> Error {
    match serde_json::from_value::<RpcError>(error) {
        Ok(error) => {
            let message = format!("the MCP server answered with an error: {error}");
            Error::new(ErrorKind::InvalidRequest, message).with_source(error)
        }
        Err(error) => unreadable("error", error),
    }
}

pub(crate) fn unreadable(what: &str, error: serde_json::Error) -> Error {
    Error::invalid_response(format!("the MCP server's {what} cannot be read: {error}"))
        .with_source(error)
}

pub(crate) fn closed() -> Error {
    Error::new(ErrorKind::Network, "the connection to the MCP server is closed")
}
