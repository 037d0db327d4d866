//! The gateway's errors.

use aqueduct_http::{ApiMessage, error_kind, status_error};
#[cfg(feature = "websocket")]
use aqueduct_spec::language::ErrorPart;
use aqueduct_spec::{Error, ErrorKind};
use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use serde::Deserialize;
use serde_json::{Value, json};

use super::ID;
use super::credential::Credential;

/// The body of an error.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Body {
    error: Inner,
    generation_id: Option<String>,
}

#[derive(Deserialize)]
struct Inner {
    message: String,
    #[serde(rename = "type")]
    error_type: Option<String>,
    param: Option<Value>,
    code: Option<Value>,
}

/// The kind of an error in the gateway's terms. Its `type` decides, not the HTTP status.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum GatewayErrorType {
    /// The credential is missing or was refused.
    Authentication,
    /// The request is wrong.
    InvalidRequest,
    /// A rule of the account forbids it.
    Forbidden,
    /// There is no such model.
    ModelNotFound,
    /// There is no such batch, generation, …
    NotFound,
    /// A limit was hit.
    RateLimit,
    /// The provider behind the gateway failed, or none could take the call.
    FailedDependency,
    /// The gateway failed, or says something this version does not know.
    InternalServer,
    /// What came back is no answer of a gateway, or the connection broke.
    Response,
    /// No answer came in time.
    Timeout,
}

impl GatewayErrorType {
    /// The word of the protocol: `authentication_error`, …
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Authentication => "authentication_error",
            Self::InvalidRequest => "invalid_request_error",
            Self::Forbidden => "forbidden",
            Self::ModelNotFound => "model_not_found",
            Self::NotFound => "not_found",
            Self::RateLimit => "rate_limit_exceeded",
            Self::FailedDependency => "failed_dependency",
            Self::InternalServer => "internal_server_error",
            Self::Response => "response_error",
            Self::Timeout => "timeout_error",
        }
    }

    fn read(word: Option<&str>) -> Self {
        const SENT: [GatewayErrorType; 7] = [
            GatewayErrorType::Authentication,
            GatewayErrorType::InvalidRequest,
            GatewayErrorType::Forbidden,
            GatewayErrorType::ModelNotFound,
            GatewayErrorType::NotFound,
            GatewayErrorType::RateLimit,
            GatewayErrorType::FailedDependency,
        ];
        let known = |word| SENT.into_iter().find(|sent| sent.as_str() == word);
        word.and_then(known).unwrap_or(Self::InternalServer)
    }

    /// The kind that callers act on.
    fn kind(self, status: StatusCode) -> ErrorKind {
        match self {
            Self::Authentication => ErrorKind::Authentication,
            // The two statuses that say more than the type.
            Self::InvalidRequest => match error_kind(status) {
                kind @ (ErrorKind::TooLarge | ErrorKind::QuotaExceeded) => kind,
                _ => ErrorKind::InvalidRequest,
            },
            Self::Forbidden => ErrorKind::Forbidden,
            Self::ModelNotFound => ErrorKind::NoSuchModel,
            Self::NotFound => ErrorKind::NotFound,
            Self::RateLimit => ErrorKind::RateLimited,
            Self::FailedDependency => ErrorKind::Provider,
            // A type this version does not know: the status says more than nothing.
            Self::InternalServer => error_kind(status),
            Self::Response => ErrorKind::InvalidResponse,
            Self::Timeout => ErrorKind::Timeout,
        }
    }
}

/// What the gateway said of a failure, beyond what every error says.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct GatewayError {
    /// The kind of error in the gateway's terms.
    pub error_type: GatewayErrorType,
    /// The rule that forbids it.
    pub rule_id: Option<String>,
    /// The model that was not found.
    pub model_id: Option<String>,
    /// The generation that failed.
    pub generation_id: Option<String>,
}

impl GatewayError {
    /// Reads what the gateway said out of an error; `None` if the error is not from this provider.
    pub fn of(error: &Error) -> Option<Self> {
        if error.provider() != Some(ID) {
            return None;
        }
        let body = error.response_body().and_then(|body| serde_json::from_slice::<Body>(body).ok());
        let error_type = match (&body, error.kind()) {
            (Some(body), _) => GatewayErrorType::read(body.error.error_type.as_deref()),
            (None, ErrorKind::Authentication) => GatewayErrorType::Authentication,
            (None, ErrorKind::Timeout) => GatewayErrorType::Timeout,
            (None, ErrorKind::InvalidResponse | ErrorKind::Network) => GatewayErrorType::Response,
            (None, ErrorKind::InvalidRequest) => GatewayErrorType::InvalidRequest,
            (None, _) => return None,
        };
        let text = |name| error.param()?.get(name)?.as_str().map(str::to_owned);
        let of_type = |wanted, name| (error_type == wanted).then(|| text(name)).flatten();
        Some(Self {
            error_type,
            rule_id: of_type(GatewayErrorType::Forbidden, "ruleId"),
            model_id: of_type(GatewayErrorType::ModelNotFound, "modelId"),
            generation_id: error.generation_id().map(str::to_owned),
        })
    }
}

/// Reads the body of an error.
pub(super) fn read(status: StatusCode, body: &[u8], credential: &Credential) -> ApiMessage {
    let Ok(Body { error, generation_id }) = serde_json::from_slice(body) else {
        let code = status.as_u16();
        let text = format!(
            "the gateway answered with status {code}, and not with an error of its protocol"
        );
        return ApiMessage::new(with_suffix(text, salvaged_generation_id(body).as_deref()))
            .with_kind(ErrorKind::InvalidResponse);
    };
    let error_type = GatewayErrorType::read(error.error_type.as_deref());
    let text = match error_type {
        // Which credential it was is known here alone.
        GatewayErrorType::Authentication => credential.refusal().to_owned(),
        _ => error.message,
    };
    let mut message = ApiMessage::new(with_suffix(text, generation_id.as_deref()))
        .with_kind(error_type.kind(status));
    message.param = error.param;
    message.code = match error.code {
        Some(Value::String(code)) => Some(code),
        Some(Value::Number(code)) => Some(code.to_string()),
        _ => error.error_type,
    };
    message
}

fn with_suffix(text: String, generation_id: Option<&str>) -> String {
    match generation_id {
        Some(id) => format!("{text} [{id}]"),
        None => text,
    }
}

/// Adds the id of the generation that failed, which the body holds whether or not the rest of it makes sense.
pub(super) fn identify(error: Error) -> Error {
    match error.response_body().and_then(salvaged_generation_id) {
        Some(id) => error.with_generation_id(id),
        None => error,
    }
}

fn salvaged_generation_id(body: &[u8]) -> Option<String> {
    let body: Value = serde_json::from_slice(body).ok()?;
    body.get("generationId")?.as_str().map(str::to_owned)
}

/// An error that arrived as an event, in an answer that had begun as a success.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ErrorEvent {
    message: String,
    error_type: Option<String>,
    status_code: Option<u16>,
    param: Option<Value>,
    generation_id: Option<String>,
}

impl ErrorEvent {
    /// Makes the error that the same body and status would have made.
    pub(super) fn into_error(self, headers: HeaderMap, credential: &Credential) -> Error {
        let status = self.status_code.and_then(|status| StatusCode::from_u16(status).ok());
        let status = status.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let error = json!({"message": self.message, "type": self.error_type, "param": self.param});
        let body = json!({"error": error, "generationId": self.generation_id}).to_string();
        let body = Bytes::from(body);
        let message = read(status, &body, credential);
        identify(status_error(status, headers, &body, Some(message)))
    }
}

/// Makes the error of a part that says `{message, type}`, as the same body would have made with the status of its type; of any
/// other part what it says.
#[cfg(feature = "websocket")]
pub(super) fn of_part(part: &ErrorPart, credential: &Credential) -> Error {
    let text = |name| part.error.get(name).and_then(Value::as_str);
    let status = text("type").and_then(status_of);
    let (Some(message), Some(kind), Some(status)) = (text("message"), text("type"), status) else {
        return part.to_error();
    };
    let body = json!({ "error": { "message": message, "type": kind } }).to_string();
    let message = read(status, body.as_bytes(), credential);
    status_error(status, HeaderMap::new(), &Bytes::from(body), Some(message))
}

/// The status that an error of a type would have had.
#[cfg(feature = "websocket")]
fn status_of(kind: &str) -> Option<StatusCode> {
    Some(match kind {
        "authentication_error" => StatusCode::UNAUTHORIZED,
        "invalid_request_error" => StatusCode::BAD_REQUEST,
        "forbidden" => StatusCode::FORBIDDEN,
        "model_not_found" => StatusCode::NOT_FOUND,
        "failed_dependency" => StatusCode::FAILED_DEPENDENCY,
        "rate_limit_exceeded" => StatusCode::TOO_MANY_REQUESTS,
        "internal_server_error" => StatusCode::INTERNAL_SERVER_ERROR,
        _ => return None,
    })
}
