//! Credentials of short life, to be given to browsers.

use std::time::Duration;

use aqueduct_spec::Result;
use aqueduct_spec::realtime::ClientSecret;
use serde::{Deserialize, Serialize};

use super::Gateway;
use super::connection::Connection;
use crate::path_segment::query_value;

/// What a client secret is wanted for: one model, one surface, one connection.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use]
pub struct ClientSecretRequest {
    model: String,
    surface: Surface,
    expires_after: Option<Duration>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Surface {
    Realtime,
    Transcription,
}

impl ClientSecretRequest {
    /// Asks for one that opens a realtime session.
    pub fn realtime(model: impl Into<String>) -> Self {
        Self { model: model.into(), surface: Surface::Realtime, expires_after: None }
    }

    /// Asks for one that opens a streaming transcription.
    pub fn transcription(model: impl Into<String>) -> Self {
        Self { model: model.into(), surface: Surface::Transcription, expires_after: None }
    }

    /// How long it may live, in whole seconds. The hosted gateway gives 60 s by itself and no more than 300 s.
    pub fn expires_after(mut self, after: Duration) -> Self {
        self.expires_after = Some(after);
        self
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Body<'a> {
    model: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    route_kind: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    expires_in: Option<u64>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Answer {
    token: String,
    expires_at: Option<u64>,
}

impl Gateway {
    /// Makes a credential of short life that is good for one connection, and says where to connect with it: a browser that
    /// gets it never sees the key.
    ///
    /// # Errors
    /// Those of every call; see [`GatewayError`](super::GatewayError).
    pub async fn client_secret(&self, request: ClientSecretRequest) -> Result<ClientSecret> {
        self.connection.client_secret(&request).await
    }
}

impl Connection {
    pub(super) async fn client_secret(
        &self,
        request: &ClientSecretRequest,
    ) -> Result<ClientSecret> {
        let (path, route_kind) = match request.surface {
            Surface::Realtime => ("realtime-model", None),
            Surface::Transcription => ("transcription-model", Some("transcription")),
        };
        let body = Body {
            model: &request.model,
            route_kind,
            expires_in: request.expires_after.map(|after| after.as_secs()),
        };
        let http = self.post_at_origin("/v1/realtime/client-secrets").json(&body);
        let answer = self.fetch::<Answer>(http).await?;
        // `https` becomes `wss` by the same cut.
        let place = self.base_url.strip_prefix("http").unwrap_or_default();
        let model = query_value(&request.model);
        let url = format!("ws{place}/{path}?ai-model-id={model}");
        let mut secret = ClientSecret::new(answer.token, url);
        secret.expires_at = answer.expires_at;
        Ok(secret)
    }
}
