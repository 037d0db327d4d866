//! What the gateway is signed in to with.

use aqueduct_http::Secret;

/// What the gateway is signed in to with.
#[derive(Debug, Clone)]
pub(super) enum Credential {
    /// A key of the gateway, or a personal access token.
    ApiKey(Secret),
    /// An OIDC token of a deployment.
    Oidc(Secret),
    /// Nothing, or an `authorization` header among the settings.
    None,
}

impl Credential {
    /// The value of `ai-gateway-auth-method`, and the token.
    pub(super) fn method_and_token(&self) -> Option<(&'static str, &Secret)> {
        match self {
            Self::ApiKey(key) => Some(("api-key", key)),
            Self::Oidc(token) => Some(("oidc", token)),
            Self::None => None,
        }
    }

    /// What to do when the gateway refuses it.
    pub(super) fn refusal(&self) -> &'static str {
        match self {
            Self::ApiKey(_) => {
                "the gateway refused the API key: create another, and give it as the setting 'apiKey' or in \
                 AI_GATEWAY_API_KEY"
            }
            Self::Oidc(_) => {
                "the gateway refused the OIDC token, which may have expired: fetch another ('vercel env pull' writes \
                 VERCEL_OIDC_TOKEN), or use an API key"
            }
            Self::None => {
                "the gateway asks for a credential and none was given: set AI_GATEWAY_API_KEY, the setting 'apiKey', or \
                 VERCEL_OIDC_TOKEN"
            }
        }
    }
}
