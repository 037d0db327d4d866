//! The authorization server: where it is, and this program as it knows it.

use std::sync::{Arc, PoisonError};

use aqueduct::Result;
use rmcp::transport::auth::{AuthorizationManager, AuthorizationMetadata, OAuthClientConfig};
use serde::{Deserialize, Serialize};

use super::bridge::{Http, required, told};
use super::{OAuth, Settings};

/// The name in the store.
const REGISTRATION: &str = "registration";

/// The state machine of `rmcp`, and whether it knows the authorization server yet.
pub(super) struct Flow {
    pub(super) manager: AuthorizationManager,
    pub(super) is_ready: bool,
}

/// This program as the authorization server knows it.
#[derive(Clone, Serialize, Deserialize)]
struct Registration {
    client_id: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    client_secret: Option<String>,
    redirect_url: String,
    /// Who knows it.
    issuer: Option<String>,
}

impl OAuth {
    pub(super) async fn manager(&self) -> Result<AuthorizationManager> {
        let Settings { server, client, .. } = &self.inner.settings;
        let http = Arc::new(Http(client.clone()));
        let mut manager = AuthorizationManager::new_with_oauth_http_client(server.as_str(), http)
            .await
            .map_err(told)?;
        manager.set_credential_store(self.inner.store.clone());
        manager.set_state_store(self.inner.store.clone());
        Ok(manager)
    }

    pub(super) async fn discover(&self) -> Result<(AuthorizationManager, AuthorizationMetadata)> {
        let mut manager = self.manager().await?;
        let challenge = self.inner.challenge.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let found = manager.resolve_metadata_from_challenge(challenge.as_deref()).await;
        let metadata = found.map_err(told)?.metadata;
        manager.set_metadata(metadata.clone());
        Ok((manager, metadata))
    }

    /// A manager that knows the authorization server, and this program as registered there.
    pub(super) async fn ready<'a>(
        &self,
        flow: &'a mut Option<Flow>,
    ) -> Result<&'a AuthorizationManager> {
        if flow.as_ref().is_none_or(|flow| !flow.is_ready) {
            let (mut manager, _) = self.discover().await?;
            let config = match self.given() {
                Some(config) => config,
                None => self.known().await?.ok_or_else(required)?,
            };
            manager.configure_client(config).map_err(told)?;
            *flow = Some(Flow { manager, is_ready: true });
        }
        flow.as_ref().map(|flow| &flow.manager).ok_or_else(required)
    }

    /// The client that the program was given.
    fn given(&self) -> Option<OAuthClientConfig> {
        let Settings { client_id, client_secret, redirect_url, .. } = &self.inner.settings;
        let config = OAuthClientConfig::new(client_id.as_ref()?, redirect_url);
        Some(match client_secret {
            Some(secret) => config.with_client_secret(secret.expose()),
            None => config,
        })
    }

    /// The client that was registered before.
    async fn known(&self) -> Result<Option<OAuthClientConfig>> {
        let known: Option<Registration> = self.inner.store.read(REGISTRATION).await?;
        Ok(known.map(|known| {
            let config = OAuthClientConfig::new(known.client_id, known.redirect_url);
            match known.client_secret {
                Some(secret) => config.with_client_secret(secret),
                None => config,
            }
        }))
    }

    /// In the order of the specification: a client that is known, the URL of its description, registration.
    /// Source: <https://modelcontextprotocol.io/specification/2026-07-28/basic/authorization> (2026-11-24).
    pub(super) async fn register(
        &self,
        manager: &mut AuthorizationManager,
        metadata: &AuthorizationMetadata,
    ) -> Result<OAuthClientConfig> {
        if let Some(config) = self.given() {
            return Ok(config);
        }
        let Settings { redirect_url, client_name, client_metadata_url, scopes, .. } =
            &self.inner.settings;
        let takes_urls = metadata.additional_fields.get("client_id_metadata_document_supported");
        let config = match client_metadata_url {
            Some(url) if takes_urls.is_some_and(|taken| taken == true) => {
                OAuthClientConfig::new(url, redirect_url)
            }
            _ => {
                let known: Option<Registration> = self.inner.store.read(REGISTRATION).await?;
                let is_ours = known.is_some_and(|known| {
                    known.issuer == metadata.issuer && known.redirect_url == *redirect_url
                });
                if let (true, Some(config)) = (is_ours, self.known().await?) {
                    return Ok(config);
                }
                let scopes: Vec<&str> = scopes.iter().map(String::as_str).collect();
                manager.register_client(client_name, redirect_url, &scopes).await.map_err(told)?
            }
        };
        let registration = Registration {
            client_id: config.client_id.clone(),
            client_secret: config.client_secret.clone(),
            redirect_url: redirect_url.clone(),
            issuer: metadata.issuer.clone(),
        };
        self.inner.store.write(REGISTRATION, &registration).await?;
        Ok(config)
    }
}
