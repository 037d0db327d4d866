//! Error bodies.

use aqueduct_http::{ApiMessage, Json, Response};
use aqueduct_spec::{ErrorKind, Result};
use serde::de::DeserializeOwned;
use serde_json::{Number, Value};

use super::Dialect;
pub(crate) use crate::failure::{of, told};

/// Reads `{"error": {"message", "type"?, "param"?, "code"?}}`; `None` if it has another shape.
pub(crate) fn read(body: &Value) -> Option<ApiMessage> {
    let error = body.get("error")?;
    let mut message = ApiMessage::new(error.get("message")?.as_str()?);
    let kind_of_error = error.get("type").and_then(Value::as_str).map(str::to_owned);
    message.code = match error.get("code") {
        Some(Value::String(code)) => Some(code.clone()),
        // llama.cpp repeats the status here, and the word that says more is the type.
        Some(Value::Number(code)) if !is_status(code) => Some(code.to_string()),
        Some(Value::Number(code)) => kind_of_error.or_else(|| Some(code.to_string())),
        _ => kind_of_error,
    };
    message.param = error.get("param").filter(|param| !param.is_null()).cloned();
    message.kind = message.code.as_deref().and_then(kind);
    Some(message)
}

fn is_status(code: &Number) -> bool {
    code.as_u64().is_some_and(|code| (100..600).contains(&code))
}

/// Codes that say more than the status does.
///
/// Source: <https://platform.openai.com/docs/guides/error-codes> (2026-11).
fn kind(code: &str) -> Option<ErrorKind> {
    match code {
        "insufficient_quota" | "billing_hard_limit_reached" => Some(ErrorKind::QuotaExceeded),
        "model_not_found" => Some(ErrorKind::NoSuchModel),
        _ => None,
    }
}

/// Passes on a success, and makes an error of anything else.
pub(crate) async fn check(response: Response, dialect: &dyn Dialect) -> Result<Response> {
    response.error_for_status(|_, _, body| dialect.error(&serde_json::from_slice(body).ok()?)).await
}

/// Reads a JSON answer. Some hosts send errors with status 200: then the error is theirs.
pub(crate) async fn json<T: DeserializeOwned>(
    response: Response,
    dialect: &dyn Dialect,
) -> Result<Json<T>> {
    check(response, dialect).await?.json().await.map_err(|error| {
        let message = error
            .response_body()
            .and_then(|body| serde_json::from_slice(body).ok())
            .and_then(|body| dialect.error(&body));
        match message {
            Some(message) => told(error, message),
            None => error,
        }
    })
}
