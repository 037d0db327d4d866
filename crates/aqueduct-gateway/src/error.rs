//! A request that is answered with an error: what the surfaces need to say so, each in its own words.

use std::ops::{Deref, DerefMut};
use std::time::Duration;

use aqueduct_spec::{Error, ErrorKind, ProviderMetadata};
use http::StatusCode;
use serde_json::Value;

/// What a client is told of a defect.
pub(crate) const INTERNAL: &str = "the gateway failed; its log says more";

/// Why a request has no answer.
#[derive(Debug, Clone)]
pub(crate) struct Failure(Box<Details>);

/// What is known of a failure.
#[derive(Debug, Clone)]
pub(crate) struct Details {
    pub(crate) class: Class,
    pub(crate) status: StatusCode,
    pub(crate) message: String,
    pub(crate) param: Option<Value>,
    pub(crate) code: Option<String>,
    pub(crate) retry_after: Option<Duration>,
    /// The provider that failed, if one was asked.
    pub(crate) provider: Option<String>,
    /// What the router tells of the attempts.
    pub(crate) metadata: Option<ProviderMetadata>,
    /// The methods that the path has, for a 405.
    pub(crate) allow: Option<&'static str>,
}

/// What kind of failure it is, from the client's point of view.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Class {
    /// The client's key is missing or wrong.
    Authentication,
    /// The request is wrong.
    InvalidRequest,
    /// A rule of the gateway forbids it.
    Forbidden,
    /// No such model or provider.
    ModelNotFound,
    /// No such path, or something at the provider that does not exist.
    NotFound,
    /// Too many requests.
    RateLimited,
    /// The provider failed, or refused the credentials that the gateway showed it.
    FailedDependency,
    /// The provider was too slow.
    Timeout,
    /// The gateway failed, or is going away.
    Internal,
}

impl Failure {
    pub(crate) fn new(class: Class, status: StatusCode, message: impl Into<String>) -> Self {
        Self(Box::new(Details {
            class,
            status,
            message: message.into(),
            param: None,
            code: None,
            retry_after: None,
            provider: None,
            metadata: None,
            allow: None,
        }))
    }

    pub(crate) fn invalid(message: impl Into<String>) -> Self {
        Self::new(Class::InvalidRequest, StatusCode::BAD_REQUEST, message)
    }

    pub(crate) fn unauthenticated(message: &'static str, code: &'static str) -> Self {
        Self::new(Class::Authentication, StatusCode::UNAUTHORIZED, message).with_code(code)
    }

    pub(crate) fn internal() -> Self {
        Self::new(Class::Internal, StatusCode::INTERNAL_SERVER_ERROR, INTERNAL)
    }

    /// Names a model that is not there as the client did: its name at a provider would tell the client nothing.
    pub(crate) fn asking_for(mut self, model_id: &str) -> Self {
        if self.class == Class::ModelNotFound {
            self.param = Some(serde_json::json!({ "modelId": model_id }));
        }
        self
    }

    pub(crate) fn with_param(mut self, param: impl Into<Value>) -> Self {
        self.param = Some(param.into());
        self
    }

    pub(crate) fn with_code(mut self, code: impl Into<String>) -> Self {
        self.code = Some(code.into());
        self
    }
}

impl Deref for Failure {
    type Target = Details;

    fn deref(&self) -> &Details {
        &self.0
    }
}

impl DerefMut for Failure {
    fn deref_mut(&mut self) -> &mut Details {
        &mut self.0
    }
}

impl From<Error> for Failure {
    /// Keeps the provider's status where there is one. The class says who has to act: a provider that refuses *our* key is a
    /// failed dependency, for the client's own key was right.
    fn from(error: Error) -> Self {
        let class = class(&error);
        Self(Box::new(Details {
            class,
            status: status(&error),
            message: error.message().to_owned(),
            param: error.param().cloned(),
            code: error.code().map(str::to_owned),
            retry_after: error.retry_after(),
            provider: error.provider().map(str::to_owned),
            metadata: error.metadata().cloned(),
            allow: None,
        }))
    }
}

fn class(error: &Error) -> Class {
    match error.kind() {
        ErrorKind::InvalidRequest
        | ErrorKind::InvalidPrompt
        | ErrorKind::Unsupported
        | ErrorKind::Configuration
        | ErrorKind::TooLarge => Class::InvalidRequest,
        ErrorKind::Forbidden if error.status().is_none() => Class::Forbidden,
        ErrorKind::NoSuchProvider | ErrorKind::NoSuchModel => Class::ModelNotFound,
        ErrorKind::NotFound => Class::NotFound,
        ErrorKind::RateLimited => Class::RateLimited,
        ErrorKind::Timeout => Class::Timeout,
        ErrorKind::Internal => Class::Internal,
        _ => Class::FailedDependency,
    }
}

/// The provider's status, else the one that tells the client whether to send the request again: 5xx if that may help.
fn status(error: &Error) -> StatusCode {
    if let Some(status) = error.status().filter(|s| s.is_client_error() || s.is_server_error()) {
        return status;
    }
    match error.kind() {
        ErrorKind::Forbidden => StatusCode::FORBIDDEN,
        ErrorKind::Authentication => StatusCode::FAILED_DEPENDENCY,
        ErrorKind::NoSuchProvider | ErrorKind::NoSuchModel | ErrorKind::NotFound => {
            StatusCode::NOT_FOUND
        }
        ErrorKind::RateLimited => StatusCode::TOO_MANY_REQUESTS,
        ErrorKind::QuotaExceeded => StatusCode::PAYMENT_REQUIRED,
        ErrorKind::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
        ErrorKind::Timeout => StatusCode::GATEWAY_TIMEOUT,
        ErrorKind::Network => StatusCode::BAD_GATEWAY,
        ErrorKind::Cancelled => StatusCode::REQUEST_TIMEOUT,
        ErrorKind::Internal => StatusCode::INTERNAL_SERVER_ERROR,
        // The provider was reached and said something that another try will not change.
        _ if !error.is_retryable() => StatusCode::BAD_REQUEST,
        _ => StatusCode::BAD_GATEWAY,
    }
}

/// The whole seconds to wait, rounded up, and the milliseconds.
pub(crate) fn retry_after_headers(wait: Duration) -> (u64, u64) {
    let millis = u64::try_from(wait.as_millis()).unwrap_or(u64::MAX);
    (millis.div_ceil(1000), millis)
}
