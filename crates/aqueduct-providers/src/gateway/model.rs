//! A model behind the gateway, and what all its calls have in common.

use std::sync::Arc;

use aqueduct_http::{Request, Response};
use aqueduct_spec::language::{Headers, RequestInfo, ResponseInfo};
use aqueduct_spec::{Context, Describe, Error, ModelInfo, Profile, Result, UrlPattern};
use bytes::Bytes;
use http::HeaderMap;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::ID;
use super::connection::Connection;
use super::endpoint::{Endpoint, SPECIFICATION_VERSION};

/// Takes the headers out of a call, whose body does not repeat them. What is shared is copied only if there are any.
macro_rules! take_headers {
    ($call:ident) => {
        if $call.headers.is_some() { $call.options_mut().headers.take() } else { None }
    };
}
pub(super) use take_headers;

/// A model of any kind.
#[derive(Debug)]
pub(super) struct GatewayModel {
    pub(super) connection: Arc<Connection>,
    info: ModelInfo,
}

/// The largest whole number of JavaScript: the gateway makes as many images or videos in one call as are asked for.
const NO_LIMIT: u64 = (1 << 53) - 1;

impl GatewayModel {
    pub(super) fn new(connection: Arc<Connection>, model_id: &str) -> Self {
        let mut profile = Profile::default();
        // The gateway fetches, or passes on, whatever URL it gets.
        profile.supported_urls.insert("*/*".to_owned(), vec![UrlPattern::Any]);
        profile.max_embeddings_per_call = Some(2048);
        let no_limit = usize::try_from(NO_LIMIT).unwrap_or(usize::MAX);
        profile.max_images_per_call = Some(no_limit);
        profile.max_videos_per_call = Some(no_limit);
        Self { connection, info: ModelInfo::new(ID, model_id).with_profile(profile) }
    }

    pub(super) fn id(&self) -> &str {
        &self.info.model_id
    }

    /// Starts a call. Later headers win: settings, the call's own, those that name the model, observability.
    pub(super) fn post(&self, endpoint: Endpoint, headers: Option<&Headers>) -> Request {
        self.name(self.connection.post(endpoint.path), endpoint, headers)
    }

    /// Starts a call that becomes a WebSocket.
    #[cfg(feature = "websocket")]
    pub(super) fn get(&self, endpoint: Endpoint, headers: Option<&Headers>) -> Request {
        self.name(self.connection.get(endpoint.path), endpoint, headers)
    }

    fn name(&self, request: Request, endpoint: Endpoint, headers: Option<&Headers>) -> Request {
        let set = headers.into_iter().flatten();
        let set = set.filter_map(|(name, value)| Some((name, value.as_ref()?)));
        let mut request = request.headers(set);
        if let Some(name) = endpoint.specification {
            request = request.header(name, SPECIFICATION_VERSION);
        }
        request = request.header(endpoint.model_id, self.id());
        request.headers(self.connection.observability.iter().map(|(name, value)| (name, value)))
    }

    /// Sends a call.
    pub(super) async fn send(&self, request: Request) -> Result<Response> {
        self.connection.send(request).await.map_err(|error| self.named(error))
    }

    /// Sends a call and reads the answer.
    pub(super) async fn ask<T: DeserializeOwned>(
        &self,
        request: Request,
        body: &impl Serialize,
        cx: &Context,
    ) -> Result<Answered<T>> {
        let sent = self.sent(body, cx)?;
        let response = self.send(request.json(body)).await?;
        let json = response.json::<T>().await.map_err(|error| self.named(error))?;
        Ok(Answered {
            value: json.value,
            request: sent,
            headers: json.headers,
            body: cx.include.response_body.then_some(json.bytes),
        })
    }

    /// The body, if it is to be kept.
    pub(super) fn sent(&self, body: &impl Serialize, cx: &Context) -> Result<Option<RequestInfo>> {
        if !cx.include.request_body {
            return Ok(None);
        }
        let body = serde_json::to_value(body).map_err(|error| {
            let error =
                Error::invalid_request("the request cannot be written as JSON").with_source(error);
            self.named(error)
        })?;
        Ok(Some(RequestInfo::new(Some(body))))
    }

    /// Names provider and model in an error.
    pub(super) fn named(&self, error: Error) -> Error {
        error.with_provider(ID).with_model(self.id())
    }

    /// Says when and by which model, where the gateway does not.
    pub(super) fn dated(&self, mut response: ResponseInfo, cx: &Context) -> ResponseInfo {
        response.timestamp.get_or_insert_with(|| cx.now());
        response.model_id.get_or_insert_with(|| self.id().to_owned());
        response
    }
}

impl Describe for GatewayModel {
    fn info(&self) -> &ModelInfo {
        &self.info
    }
}

/// An answer, and what it came with.
pub(super) struct Answered<T> {
    pub(super) value: T,
    pub(super) request: Option<RequestInfo>,
    headers: HeaderMap,
    body: Option<Bytes>,
}

impl<T> Answered<T> {
    /// What came back, beside what the gateway says came back to it.
    pub(super) fn response(&self, said: Option<ResponseInfo>) -> ResponseInfo {
        let mut response = said.unwrap_or_default().with_headers(&self.headers);
        response.body =
            self.body.as_ref().and_then(|body| serde_json::from_slice::<Value>(body).ok());
        response
    }
}
