//! Error bodies as OpenAI writes them: `{"error": {message, type, param, code}}`.
//!
//! Source: <https://platform.openai.com/docs/guides/error-codes>, read 2026-11-23.

use axum::response::Response;
use http::StatusCode;
use serde::Serialize;
use serde_json::Value;

use crate::error::{Class, Failure};
use crate::ingress::body;
use crate::pipeline::Exchange;

#[derive(Serialize)]
pub(super) struct Body<'a> {
    error: Inner<'a>,
}

#[derive(Serialize)]
struct Inner<'a> {
    message: String,
    r#type: &'static str,
    param: Option<&'a Value>,
    code: Option<&'a str>,
}

impl<'a> Body<'a> {
    pub(super) fn new(failure: &'a Failure) -> Self {
        let (r#type, code) = words(failure);
        let param = failure.param.as_ref().filter(|param| param.is_string());
        let message = match &failure.provider {
            Some(provider) if is_credentials(failure) => format!(
                "the provider '{provider}' does not accept the gateway's credentials: {}",
                failure.message
            ),
            _ => failure.message.clone(),
        };
        Self { error: Inner { message, r#type, param, code: failure.code.as_deref().or(code) } }
    }
}

/// Answers with an error.
pub(crate) fn respond(failure: &Failure, exchange: &Exchange) -> Response {
    let response = body::json(status(failure), &Body::new(failure));
    exchange.sign(body::with_error_headers(response, failure))
}

/// A provider that refuses the gateway's key must not look like a client's key that is wrong: clients act on the status.
pub(super) fn status(failure: &Failure) -> StatusCode {
    if is_credentials(failure) { StatusCode::FAILED_DEPENDENCY } else { failure.status }
}

fn is_credentials(failure: &Failure) -> bool {
    failure.class == Class::FailedDependency && matches!(failure.status.as_u16(), 401..=403)
}

fn words(failure: &Failure) -> (&'static str, Option<&'static str>) {
    const INVALID: &str = "invalid_request_error";
    match failure.class {
        Class::Authentication => (INVALID, Some("invalid_api_key")),
        Class::InvalidRequest | Class::NotFound => (INVALID, None),
        Class::Forbidden => (INVALID, Some("forbidden")),
        Class::ModelNotFound => (INVALID, Some("model_not_found")),
        Class::RateLimited => ("rate_limit_error", Some("rate_limit_exceeded")),
        Class::FailedDependency => ("upstream_error", None),
        Class::Timeout => ("upstream_error", Some("timeout")),
        Class::Internal => ("server_error", None),
    }
}
