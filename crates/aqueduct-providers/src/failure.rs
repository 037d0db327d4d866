//! Failures: what the host said of them, and whose they are.

use aqueduct_http::ApiMessage;
use aqueduct_spec::{Error, ErrorKind, ModelInfo};

/// Puts the host's words into an error.
pub(crate) fn told(error: Error, message: ApiMessage) -> Error {
    let mut error = error.with_kind(message.kind.unwrap_or(ErrorKind::Provider));
    if let Some(text) = message.message {
        error = error.with_message(text);
    }
    if let Some(code) = message.code {
        error = error.with_code(code);
    }
    if let Some(param) = message.param {
        error = error.with_param(param);
    }
    if let Some(retryable) = message.retryable {
        error = error.with_retryable(retryable);
    }
    error
}

/// Says whose error it is.
pub(crate) fn of(info: &ModelInfo) -> impl Fn(Error) -> Error + Send + use<> {
    let (provider, model) = (info.provider.clone(), info.model_id.clone());
    move |error| {
        let error =
            if error.provider().is_none() { error.with_provider(provider.as_str()) } else { error };
        error.with_model(model.as_str())
    }
}
