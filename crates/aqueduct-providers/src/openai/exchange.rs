//! What all models do around an exchange.

use aqueduct_http::{Request, Response};
use aqueduct_spec::language::{Headers, RequestInfo};
use aqueduct_spec::{Context, Error, Result};
use bytes::Bytes;
use serde::Serialize;

use super::settings::{Addressing, Config};
use crate::openai_compatible::Endpoint;

/// Writes a request as JSON.
pub(crate) fn body(request: &impl Serialize) -> Result<Bytes> {
    serde_json::to_vec(request).map(Bytes::from).map_err(|error| {
        Error::invalid_request("the request cannot be written as JSON").with_source(error)
    })
}

/// Keeps what was sent, if somebody asked for it.
pub(crate) fn request_info(bytes: &Bytes, cx: &Context) -> RequestInfo {
    let body = cx.include.request_body.then(|| serde_json::from_slice(bytes).ok());
    RequestInfo::new(body.flatten())
}

impl Config {
    /// The provider string of a kind of model: `openai.responses`.
    pub(super) fn provider_string(&self, wire: &str) -> String {
        format!("{}.{wire}", self.name)
    }

    /// The host's own key of options.
    pub(super) fn options_key(&self) -> &str {
        self.name.split('.').next().unwrap_or_default().trim()
    }

    /// Where a model is.
    pub(crate) fn endpoint_of(&self, model_id: &str) -> Endpoint {
        match self.addressing {
            Addressing::Body => self.endpoint.clone(),
            Addressing::Deployment => {
                let base_url = self.endpoint.base_url();
                self.endpoint.at(&format!("{base_url}/deployments/{model_id}"))
            }
        }
    }

    /// Starts a request for a model.
    pub(super) fn post(&self, path: &str, model_id: &str, headers: Option<&Headers>) -> Request {
        match self.addressing {
            Addressing::Body => self.endpoint.post(path, headers),
            Addressing::Deployment => self.endpoint_of(model_id).post(path, headers),
        }
    }

    /// Sends JSON.
    pub(super) async fn send(
        &self,
        path: &str,
        model_id: &str,
        headers: Option<&Headers>,
        bytes: &Bytes,
    ) -> Result<Response> {
        self.post(path, model_id, headers).json_bytes(bytes.clone()).send().await
    }
}
