//! Error bodies of the protocol: `{"error": {message, type, param, code}, "generationId"}`. The client picks the class of the
//! error by `type` and decides by the HTTP status whether to try again.

use aqueduct_spec::ProviderMetadata;
use axum::response::Response;
use serde::Serialize;
use serde_json::Value;

use crate::error::{Class, Failure};
use crate::ingress::body;
use crate::pipeline::Exchange;

#[derive(Serialize)]
struct Body<'a> {
    error: Inner<'a>,
    #[serde(rename = "generationId")]
    generation_id: &'a str,
    /// What was tried, as in a result.
    #[serde(rename = "providerMetadata", skip_serializing_if = "Option::is_none")]
    provider_metadata: Option<&'a ProviderMetadata>,
}

#[derive(Serialize)]
struct Inner<'a> {
    message: &'a str,
    r#type: &'static str,
    param: Option<&'a Value>,
    code: Option<&'a str>,
}

/// Answers with an error.
pub(crate) fn respond(failure: &Failure, exchange: &Exchange) -> Response {
    let error = Inner {
        message: &failure.message,
        r#type: type_of(failure),
        param: failure.param.as_ref(),
        code: failure.code.as_deref(),
    };
    let body = Body {
        error,
        generation_id: &exchange.generation_id,
        provider_metadata: failure.metadata.as_ref(),
    };
    let response = body::json(failure.status, &body);
    exchange.sign(body::with_error_headers(response, failure))
}

/// The protocol's word for a failure.
pub(super) fn type_of(failure: &Failure) -> &'static str {
    match failure.class {
        Class::Authentication => "authentication_error",
        Class::InvalidRequest => "invalid_request_error",
        Class::Forbidden => "forbidden",
        Class::ModelNotFound => "model_not_found",
        Class::NotFound => "not_found",
        Class::RateLimited => "rate_limit_exceeded",
        // The client makes its own timeouts a class of their own; one of a provider's is a dependency that failed.
        Class::FailedDependency | Class::Timeout => "failed_dependency",
        Class::Internal => "internal_server_error",
    }
}
