//! What the gateway itself is told with a call: `providerOptions.gateway`.

use std::collections::BTreeMap;
use std::time::Duration;

use aqueduct_spec::{JsonObject, ProviderOptions};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::ID;
use crate::settings::Settings;

/// What the gateway itself is told with a call. Everything is optional; fields this version does not know are kept in `rest`.
///
/// ```
/// use aqueduct_providers::Settings;
/// use aqueduct_providers::gateway::{GatewayOptions, Sort};
/// use aqueduct_spec::ProviderOptions;
///
/// let options: ProviderOptions = GatewayOptions::new()
///     .only(["anthropic", "bedrock"])
///     .sort(Sort::Ttft)
///     .byok("anthropic", Settings::new().with("apiKey", "…"))
///     .user("user-7")
///     .into();
/// # let _ = options;
/// ```
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[must_use]
#[non_exhaustive]
pub struct GatewayOptions {
    /// The providers to try first, in this order; the others follow.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order: Option<Vec<String>>,
    /// The only providers that may be used.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub only: Option<Vec<String>>,
    /// What to rank the providers by.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sort: Option<Sort>,
    /// The models to try, in this order, if the one that was called fails.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub models: Option<Vec<String>>,
    /// The caller's own credentials at providers, by provider, in the order in which they are tried. `Debug` shows their
    /// settings' names alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub byok: Option<BTreeMap<String, Vec<Settings>>>,
    /// Whether the gateway sees to the caching of prompts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub caching: Option<Caching>,
    /// How long a provider may take until it begins to answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub provider_timeouts: Option<ProviderTimeouts>,
    /// How urgent the call is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub service_tier: Option<ServiceTier>,
    /// What the model must be able to do at the provider.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub has: Option<Vec<Capability>>,
    /// Whether only providers that keep no data may be used.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub zero_data_retention: Option<bool>,
    /// Whether only providers that do not train on prompts may be used.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub disallow_prompt_training: Option<bool>,
    /// Whose quota the call counts against.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quota_entity_id: Option<String>,
    /// For which end user the call is, for reports.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
    /// Words to find the call by in reports.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tags: Option<Vec<String>>,
    /// Keeps a batch from being started twice; only when starting one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub idempotency_key: Option<String>,
    /// Fields this version does not know.
    #[serde(flatten)]
    pub rest: JsonObject,
}

/// Declares words of the protocol. Ones this version does not know are kept.
macro_rules! words {
    ($(
        $(#[$meta:meta])* $name:ident { $( $(#[$variant_meta:meta])* $variant:ident = $word:literal, )+ }
    )+) => { $(
        $(#[$meta])*
        #[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(from = "String", into = "String")]
        #[non_exhaustive]
        pub enum $name {
            $( $(#[$variant_meta])* $variant, )+
            /// A word this version does not know.
            Other(String),
        }

        impl From<String> for $name {
            fn from(word: String) -> Self {
                match word.as_str() {
                    $( $word => Self::$variant, )+
                    _ => Self::Other(word),
                }
            }
        }

        impl From<$name> for String {
            fn from(word: $name) -> Self {
                match word {
                    $( $name::$variant => $word.to_owned(), )+
                    $name::Other(word) => word,
                }
            }
        }
    )+ };
}

words! {
    /// What to rank providers by.
    Sort {
        /// The cheapest first.
        Cost = "cost",
        /// The shortest time to the first token first.
        Ttft = "ttft",
        /// The most tokens a second first.
        Tps = "tps",
    }
    /// Whether the gateway sees to the caching of prompts.
    Caching {
        /// It sets the marks that a provider needs.
        Auto = "auto",
    }
    /// How urgent a call is.
    ServiceTier {
        /// Cheaper and slower.
        Flex = "flex",
        /// Dearer and faster.
        Priority = "priority",
    }
    /// What a model must be able to do at a provider.
    Capability {
        /// The provider caches prompts by itself.
        ImplicitCaching = "implicit-caching",
        /// The model sees images.
        Vision = "vision",
    }
}

/// How long a provider may take until it begins to answer, in milliseconds. After that the next one is tried; the first may
/// still charge.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ProviderTimeouts {
    /// By provider, for calls with the caller's own credential.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub byok: Option<BTreeMap<String, u64>>,
    /// Fields this version does not know.
    #[serde(flatten)]
    pub rest: JsonObject,
}

/// What a model is called at the provider, for a credential of the caller's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ModelMapping {
    /// The gateway's name.
    pub gateway_model_slug: String,
    /// The provider's name, such as that of a deployment.
    pub custom_model_id: String,
}

impl ModelMapping {
    /// Says what the model of the gateway is called at the provider.
    pub fn new(gateway_model_slug: impl Into<String>, custom_model_id: impl Into<String>) -> Self {
        Self {
            gateway_model_slug: gateway_model_slug.into(),
            custom_model_id: custom_model_id.into(),
        }
    }
}

/// A list of texts out of anything that holds some.
fn texts<T: Into<String>>(list: impl IntoIterator<Item = T>) -> Option<Vec<String>> {
    Some(list.into_iter().map(Into::into).collect())
}

impl GatewayOptions {
    /// Starts with nothing said.
    pub fn new() -> Self {
        Self::default()
    }

    /// Names the providers to try first, in this order; the others follow.
    pub fn order<T: Into<String>>(mut self, providers: impl IntoIterator<Item = T>) -> Self {
        self.order = texts(providers);
        self
    }

    /// Names the only providers that may be used.
    pub fn only<T: Into<String>>(mut self, providers: impl IntoIterator<Item = T>) -> Self {
        self.only = texts(providers);
        self
    }

    /// Says what to rank the providers by.
    pub fn sort(mut self, sort: Sort) -> Self {
        self.sort = Some(sort);
        self
    }

    /// Names the models to try if the one that was called fails.
    pub fn models<T: Into<String>>(mut self, models: impl IntoIterator<Item = T>) -> Self {
        self.models = texts(models);
        self
    }

    /// Adds a credential of the caller's at a provider, after those that were added before. Its settings are the provider's:
    /// `apiKey`; `project` and `googleCredentials`; `accessKeyId` and `secretAccessKey`; …
    pub fn byok(mut self, provider: impl Into<String>, credential: Settings) -> Self {
        self.byok.get_or_insert_default().entry(provider.into()).or_default().push(credential);
        self
    }

    /// Adds a credential of the caller's, under which models have names of their own.
    pub fn byok_with_models(
        self,
        provider: impl Into<String>,
        credential: Settings,
        mappings: impl IntoIterator<Item = ModelMapping>,
    ) -> Self {
        let mappings = mappings.into_iter().map(|mapping| {
            Value::from_iter([
                ("gatewayModelSlug", mapping.gateway_model_slug),
                ("customModelId", mapping.custom_model_id),
            ])
        });
        let mappings = mappings.collect::<Vec<_>>();
        self.byok(provider, credential.with("modelMappings", mappings))
    }

    /// Lets the gateway see to the caching of prompts.
    pub fn caching(mut self, caching: Caching) -> Self {
        self.caching = Some(caching);
        self
    }

    /// Limits how long a provider may take until it begins to answer, in whole milliseconds, where a credential of the
    /// caller's is used.
    pub fn byok_timeout(mut self, provider: impl Into<String>, limit: Duration) -> Self {
        let limit = u64::try_from(limit.as_millis()).unwrap_or(u64::MAX);
        let timeouts = self.provider_timeouts.get_or_insert_default();
        timeouts.byok.get_or_insert_default().insert(provider.into(), limit);
        self
    }

    /// Says how urgent the call is.
    pub fn service_tier(mut self, tier: ServiceTier) -> Self {
        self.service_tier = Some(tier);
        self
    }

    /// Says what the model must be able to do at the provider. The call fails if there is no such one.
    pub fn has(mut self, capabilities: impl IntoIterator<Item = Capability>) -> Self {
        self.has = Some(capabilities.into_iter().collect());
        self
    }

    /// Allows only providers that keep no data. The call fails if there is none.
    pub fn zero_data_retention(mut self) -> Self {
        self.zero_data_retention = Some(true);
        self
    }

    /// Allows only providers that do not train on prompts. The call fails if there is none.
    pub fn disallow_prompt_training(mut self) -> Self {
        self.disallow_prompt_training = Some(true);
        self
    }

    /// Says whose quota the call counts against.
    pub fn quota_entity_id(mut self, id: impl Into<String>) -> Self {
        self.quota_entity_id = Some(id.into());
        self
    }

    /// Says for which end user the call is.
    pub fn user(mut self, user: impl Into<String>) -> Self {
        self.user = Some(user.into());
        self
    }

    /// Sets words to find the call by in reports.
    pub fn tags<T: Into<String>>(mut self, tags: impl IntoIterator<Item = T>) -> Self {
        self.tags = texts(tags);
        self
    }

    /// Keeps a batch from being started twice.
    pub fn idempotency_key(mut self, key: impl Into<String>) -> Self {
        self.idempotency_key = Some(key.into());
        self
    }
}

impl From<GatewayOptions> for ProviderOptions {
    fn from(options: GatewayOptions) -> Self {
        // Text, numbers and objects with text keys can always be written.
        let object = match serde_json::to_value(options) {
            Ok(Value::Object(object)) => object,
            _ => JsonObject::new(),
        };
        Self::of(ID, object)
    }
}
