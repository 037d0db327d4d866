//! The one error type.

use std::borrow::Cow;
use std::error::Error as StdError;
use std::fmt;
use std::time::Duration;

use http::{HeaderMap, StatusCode};

use crate::metadata::ProviderMetadata;
use crate::near_miss::near_miss;

/// The result of everything that can fail here.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What went wrong, in the terms that callers act on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The call itself is wrong: a missing or mistyped argument. Sending it again cannot help.
    InvalidRequest,
    /// The prompt cannot be sent as it is.
    InvalidPrompt,
    /// The model or provider cannot do what was asked.
    Unsupported,
    /// No credential was given, or the one given was refused (401).
    Authentication,
    /// The credential is valid but may not do this (403), or a rule of the gateway forbids it.
    Forbidden,
    /// No provider of that name is known.
    NoSuchProvider,
    /// The provider has no such model.
    NoSuchModel,
    /// Something other than a model was not found (404).
    NotFound,
    /// Too many requests or tokens (429).
    RateLimited,
    /// The account has no credit left, which waiting does not mend.
    QuotaExceeded,
    /// The request is too large (413).
    TooLarge,
    /// The provider answered with an error of its own (5xx and statuses without a kind of their own).
    Provider,
    /// No answer in time: while connecting, before the first byte, between chunks, or in total.
    Timeout,
    /// The connection could not be made or broke.
    Network,
    /// The provider answered with something that cannot be read.
    InvalidResponse,
    /// A setting of a provider or a configuration is missing or wrong.
    Configuration,
    /// Nobody waits for the answer any more.
    Cancelled,
    /// A defect of ours.
    Internal,
}

/// Everything that is known about a failure.
///
/// `Display` is the message, and where a wrong address may be the cause, the address: the host of a connection that failed, the URL
/// where nothing was found. It never holds a prompt, a body or a key. The response body, capped by the transport, is
/// reachable through [`Error::response_body`] and stays out of `Debug` too.
pub struct Error(Box<Inner>);

#[derive(Clone)]
struct Inner {
    kind: ErrorKind,
    message: Cow<'static, str>,
    code: Option<String>,
    param: Option<serde_json::Value>,
    provider: Option<String>,
    model: Option<String>,
    status: Option<StatusCode>,
    retryable: Option<bool>,
    retry_after: Option<Duration>,
    request_id: Option<String>,
    generation_id: Option<String>,
    url: Option<String>,
    response_headers: Option<HeaderMap>,
    response_body: Option<bytes::Bytes>,
    metadata: Option<ProviderMetadata>,
    source: Option<std::sync::Arc<dyn StdError + Send + Sync>>,
}

impl Error {
    /// Creates an error. The message is lower case, without a full stop, and says what was attempted and what to do.
    pub fn new(kind: ErrorKind, message: impl Into<Cow<'static, str>>) -> Self {
        Self(Box::new(Inner {
            kind,
            message: message.into(),
            code: None,
            param: None,
            provider: None,
            model: None,
            status: None,
            retryable: None,
            retry_after: None,
            request_id: None,
            generation_id: None,
            url: None,
            response_headers: None,
            response_body: None,
            metadata: None,
            source: None,
        }))
    }

    /// An argument is missing or wrong.
    pub fn invalid_request(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(ErrorKind::InvalidRequest, message)
    }

    /// The prompt cannot be sent as it is.
    pub fn invalid_prompt(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(ErrorKind::InvalidPrompt, message)
    }

    /// The provider cannot do `functionality`.
    pub fn unsupported(functionality: impl fmt::Display) -> Self {
        Self::new(ErrorKind::Unsupported, format!("'{functionality}' functionality not supported"))
    }

    /// The provider answered with something that cannot be read.
    pub fn invalid_response(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(ErrorKind::InvalidResponse, message)
    }

    /// A setting is missing or wrong.
    pub fn configuration(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(ErrorKind::Configuration, message)
    }

    /// A defect of ours.
    pub fn internal(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(ErrorKind::Internal, message)
    }

    /// The provider has no model of that kind and name. The kind is a [`ModelKind`](crate::ModelKind), or a word for what is
    /// less than one.
    pub fn no_such_model(provider: &str, model_id: &str, kind: impl fmt::Display) -> Self {
        Self::new(
            ErrorKind::NoSuchModel,
            format!("provider '{provider}' has no {kind} model '{model_id}'"),
        )
        .with_provider(provider)
        .with_model(model_id)
    }

    /// No provider of that name is known; `known` are the ones that are.
    pub fn no_such_provider<'a>(provider: &str, known: impl IntoIterator<Item = &'a str>) -> Self {
        let known = known.into_iter().collect::<Vec<_>>();
        let message = match near_miss(provider, known.iter().copied()) {
            _ if known.is_empty() => format!("no provider '{provider}': none is configured"),
            Some(meant) => format!("no provider '{provider}': did you mean '{meant}'?"),
            None => format!("no provider '{provider}'; configured are: {}", known.join(", ")),
        };
        Self::new(ErrorKind::NoSuchProvider, message)
    }

    /// More values were given than one call takes.
    pub fn too_many_embedding_values(
        provider: &str,
        model_id: &str,
        limit: usize,
        given: usize,
    ) -> Self {
        Self::new(
            ErrorKind::InvalidRequest,
            format!(
                "too many values for a single embedding call: {provider} model '{model_id}' takes {limit} values a call, {given} were given"
            ),
        )
        .with_provider(provider)
        .with_model(model_id)
    }

    // === what it says ===

    /// What went wrong, in the terms that callers act on.
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// The message: the provider's own words where it gave any.
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// The code of the error in the provider's words, such as `context_length_exceeded`.
    pub fn code(&self) -> Option<&str> {
        self.0.code.as_deref()
    }

    /// What the error is about, such as the name of the wrong field.
    pub fn param(&self) -> Option<&serde_json::Value> {
        self.0.param.as_ref()
    }

    /// The provider that failed.
    pub fn provider(&self) -> Option<&str> {
        self.0.provider.as_deref()
    }

    /// The model that was called.
    pub fn model(&self) -> Option<&str> {
        self.0.model.as_deref()
    }

    /// The HTTP status that the provider answered with.
    pub fn status(&self) -> Option<StatusCode> {
        self.0.status
    }

    /// Whether the same call may succeed when sent again: set by the provider, else by status (408, 409, 429, 5xx), else by
    /// kind (network and timeout).
    pub fn is_retryable(&self) -> bool {
        if let Some(retryable) = self.0.retryable {
            return retryable;
        }
        match (self.0.kind, self.0.status) {
            (ErrorKind::QuotaExceeded | ErrorKind::Cancelled, _) => false,
            (_, Some(status)) => {
                matches!(status.as_u16(), 408 | 409 | 429) || status.is_server_error()
            }
            (kind, None) => {
                matches!(kind, ErrorKind::Network | ErrorKind::Timeout | ErrorKind::RateLimited)
            }
        }
    }

    /// Whether a limit was hit.
    pub fn is_rate_limited(&self) -> bool {
        self.0.kind == ErrorKind::RateLimited
    }

    /// How long the provider asks to wait before the next attempt.
    pub fn retry_after(&self) -> Option<Duration> {
        self.0.retry_after
    }

    /// The provider's id of the failed request.
    pub fn request_id(&self) -> Option<&str> {
        self.0.request_id.as_deref()
    }

    /// The gateway's id of the failed generation.
    pub fn generation_id(&self) -> Option<&str> {
        self.0.generation_id.as_deref()
    }

    /// The URL that was called, without its query.
    pub fn url(&self) -> Option<&str> {
        self.0.url.as_deref()
    }

    /// The headers of the provider's answer.
    pub fn response_headers(&self) -> Option<&HeaderMap> {
        self.0.response_headers.as_ref()
    }

    /// The body of the provider's answer, capped by the transport.
    pub fn response_body(&self) -> Option<&[u8]> {
        self.0.response_body.as_deref()
    }

    /// What else is known of the failed call, in the shape it has in an answer: a router says under `gateway` what it tried.
    pub fn metadata(&self) -> Option<&ProviderMetadata> {
        self.0.metadata.as_ref()
    }

    // === how it is filled in ===

    /// Changes the kind.
    #[must_use]
    pub fn with_kind(mut self, kind: ErrorKind) -> Self {
        self.0.kind = kind;
        self
    }

    /// Changes the message.
    #[must_use]
    pub fn with_message(mut self, message: impl Into<Cow<'static, str>>) -> Self {
        self.0.message = message.into();
        self
    }

    /// Adds the provider's code.
    #[must_use]
    pub fn with_code(mut self, code: impl Into<String>) -> Self {
        self.0.code = Some(code.into());
        self
    }

    /// Says what the error is about.
    #[must_use]
    pub fn with_param(mut self, param: impl Into<serde_json::Value>) -> Self {
        self.0.param = Some(param.into());
        self
    }

    /// Names the provider.
    #[must_use]
    pub fn with_provider(mut self, provider: impl Into<String>) -> Self {
        self.0.provider = Some(provider.into());
        self
    }

    /// Names the model.
    #[must_use]
    pub fn with_model(mut self, model: impl Into<String>) -> Self {
        self.0.model = Some(model.into());
        self
    }

    /// Adds the HTTP status.
    #[must_use]
    pub fn with_status(mut self, status: StatusCode) -> Self {
        self.0.status = Some(status);
        self
    }

    /// Overrides the rule of [`Error::is_retryable`].
    #[must_use]
    pub fn with_retryable(mut self, retryable: bool) -> Self {
        self.0.retryable = Some(retryable);
        self
    }

    /// Adds how long to wait.
    #[must_use]
    pub fn with_retry_after(mut self, after: Duration) -> Self {
        self.0.retry_after = Some(after);
        self
    }

    /// Adds the provider's request id.
    #[must_use]
    pub fn with_request_id(mut self, id: impl Into<String>) -> Self {
        self.0.request_id = Some(id.into());
        self
    }

    /// Adds the gateway's generation id.
    #[must_use]
    pub fn with_generation_id(mut self, id: impl Into<String>) -> Self {
        self.0.generation_id = Some(id.into());
        self
    }

    /// Adds the URL; its query, which may hold a key, is cut off.
    #[must_use]
    pub fn with_url(mut self, url: &str) -> Self {
        self.0.url = Some(url.split(['?', '#']).next().unwrap_or_default().to_owned());
        self
    }

    /// Adds what the provider answered.
    #[must_use]
    pub fn with_response(mut self, headers: HeaderMap, body: impl Into<bytes::Bytes>) -> Self {
        self.0.response_headers = Some(headers);
        self.0.response_body = Some(body.into());
        self
    }

    /// Adds metadata, beside what is there.
    #[must_use]
    pub fn with_metadata(mut self, metadata: ProviderMetadata) -> Self {
        self.0.metadata.get_or_insert_default().merge(metadata);
        self
    }

    /// Adds the cause.
    #[must_use]
    pub fn with_source(mut self, source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        self.0.source = Some(std::sync::Arc::from(source.into()));
        self
    }
}

impl Clone for Error {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.message)?;
        match self.doubtful_address() {
            Some(address) => write!(f, ", calling {address}"),
            None => Ok(()),
        }
    }
}

impl Error {
    /// The address that was called, where it may be wrong: a wrong port or base URL shows in nothing else. A proxy may stand before it.
    fn doubtful_address(&self) -> Option<String> {
        let (scheme, rest) = self.0.url.as_deref()?.split_once("://")?;
        let (authority, path) = match rest.find('/') {
            Some(end) => rest.split_at(end),
            None => (rest, ""),
        };
        // What stands before an `@` is a password.
        let host = authority.rsplit('@').next()?;
        match self.0.kind {
            ErrorKind::Network | ErrorKind::Timeout if self.0.status.is_none() => {
                Some(format!("{scheme}://{host}"))
            }
            ErrorKind::NotFound => Some(format!("{scheme}://{host}{path}")),
            _ => None,
        }
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let inner = &self.0;
        let mut out = f.debug_struct("Error");
        out.field("kind", &inner.kind).field("message", &inner.message);
        if let Some(provider) = &inner.provider {
            out.field("provider", provider);
        }
        if let Some(model) = &inner.model {
            out.field("model", model);
        }
        if let Some(status) = &inner.status {
            out.field("status", &status.as_u16());
        }
        if let Some(code) = &inner.code {
            out.field("code", code);
        }
        if let Some(url) = &inner.url {
            out.field("url", url);
        }
        if let Some(id) = &inner.request_id {
            out.field("request_id", id);
        }
        if let Some(source) = &inner.source {
            out.field("source", source);
        }
        out.finish_non_exhaustive()
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.0.source.as_ref().map(|source| &**source as &(dyn StdError + 'static))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_that_may_be_wrong_is_shown() {
        let error = Error::new(ErrorKind::Network, "cannot connect")
            .with_url("http://me:secret@127.0.0.1:8080/v1/chat?key=secret");
        assert_eq!(error.to_string(), "cannot connect, calling http://127.0.0.1:8080");
        assert_eq!(error.message(), "cannot connect", "what is passed on does not name hosts");
        let answered = error.with_status(StatusCode::BAD_GATEWAY);
        assert_eq!(answered.to_string(), "cannot connect");
        let lost = answered.with_kind(ErrorKind::NotFound);
        assert_eq!(lost.to_string(), "cannot connect, calling http://127.0.0.1:8080/v1/chat");
    }
}
