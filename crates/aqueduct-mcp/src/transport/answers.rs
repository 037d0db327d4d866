//! What a server answers over streamable HTTP, where it is more than a message, or less.

use aqueduct::{Error, ErrorKind, Result};
use aqueduct_http::Response;
use futures_util::{StreamExt as _, stream};
use http::StatusCode;
use rmcp::model::{
    ClientJsonRpcMessage, ClientRequest, ErrorData, JsonRpcMessage, RequestId, ServerJsonRpcMessage,
};
use rmcp::transport::streamable_http_client::StreamableHttpPostResponse;
use serde_json::Value;

use super::streamable::{Events, Refused};
use crate::error::{closed, unreadable};
use crate::rpc::lossless;
/// How many events without a message may come before a list of tools.
const MAX_SILENT: usize = 16;

/// The id of a request for the list of tools.
pub(super) fn listing(message: &ClientJsonRpcMessage) -> Option<&RequestId> {
    let JsonRpcMessage::Request(request) = message else { return None };
    (request.request.method() == "tools/list").then_some(&request.id)
}

/// A list of tools that is the first message of its stream, as if it had come as JSON. `rmcp` 3.11 makes headers of what it
/// notes of tools, and if a stream ends with its answer it may pass the answer on without noting anything.
pub(super) async fn listed(
    mut events: Events,
    id: &RequestId,
    number: Option<String>,
) -> StreamableHttpPostResponse {
    let mut begun = Vec::new();
    while let Some(event) = events.next().await {
        let data = event.as_ref().ok().and_then(|event| event.data.as_deref());
        let message = data.and_then(|data| serde_json::from_str(data).ok());
        if let Some(ServerJsonRpcMessage::Response(response)) = &message
            && response.id == *id
            && let Some(message) = message
        {
            return StreamableHttpPostResponse::Json(message, number);
        }
        let goes_on = event.is_ok() && message.is_none() && begun.len() < MAX_SILENT;
        begun.push(event);
        if !goes_on {
            break;
        }
    }
    StreamableHttpPostResponse::Sse(stream::iter(begun).chain(events).boxed(), number)
}

pub(super) fn read(bytes: &[u8]) -> Result<ServerJsonRpcMessage> {
    let answer: Value =
        serde_json::from_slice(bytes).map_err(|error| unreadable("answer", error))?;
    lossless::message(answer)
        .ok_or_else(|| Error::invalid_response("the MCP server's answer is no message"))
}

/// An answer without success may still be one of JSON-RPC. A server that knows nothing of `server/discover` is one of an older
/// version, whatever it says: what is wrong with the server itself shows at the older handshake.
pub(super) async fn refused(
    message: ClientJsonRpcMessage,
    response: Response,
) -> Result<StreamableHttpPostResponse> {
    let status = response.status();
    let Err(error) = response.error_for_status(|_, _, _| None).await else { return Err(closed()) };
    let JsonRpcMessage::Request(request) = message else { return Err(error) };
    let is_discovery = matches!(request.request, ClientRequest::DiscoverRequest(_));
    let told = read(error.response_body().unwrap_or_default());
    let told = told.ok().filter(|told| matches!(told, JsonRpcMessage::Error(_)));
    let answer = match told {
        Some(JsonRpcMessage::Error(told)) => JsonRpcMessage::error(told.error, Some(request.id)),
        _ if is_discovery && status != StatusCode::TOO_MANY_REQUESTS => {
            JsonRpcMessage::error(ErrorData::invalid_request("", None), Some(request.id))
        }
        _ => return Err(error),
    };
    Ok(StreamableHttpPostResponse::Json(answer, None))
}

/// The error of a message that was not sent, or has no answer.
pub(crate) fn http_error(error: Refused) -> Error {
    match error {
        Refused::Client(error) => error,
        Refused::SessionExpired | Refused::SessionRecoveryTimeout => {
            let message = "the MCP server has forgotten the session, and no new one was made";
            Error::new(ErrorKind::Network, message)
        }
        Refused::ReinitializationFailed(error) => match lossless::error(&error) {
            Some(content) => crate::error::refused(content.clone()),
            None => closed(),
        },
        Refused::ControlRequestTimeout => {
            let message = "the MCP server did not take a message in time";
            Error::new(ErrorKind::Timeout, message)
        }
        Refused::UnexpectedServerResponse(_) | Refused::Deserialize(_) => {
            Error::invalid_response("the MCP server's answer is no message")
        }
        _ => closed(),
    }
}
