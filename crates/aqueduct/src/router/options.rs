//! What a request says about routing: `providerOptions.gateway`.

use std::collections::BTreeMap;
use std::time::Duration;

use aqueduct_spec::{CacheControl, Call, Error, JsonObject, Result, Warning};
use serde::Deserialize;
use serde_json::Value;

use super::GATEWAY;

/// How many fallback models a request may name: each may be tried with every key.
const MAX_MODELS: usize = 32;

/// How many credentials a request may bring: each is a provider to be built.
const MAX_CREDENTIALS: usize = 64;

/// The routing options of a request. Keys that are not listed pass.
///
/// Source: AI Gateway protocol V4, `gateway-provider-options.ts` of `@ai-sdk/gateway` 4.0 (2026-08). `cacheControl` is ours.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct RoutingOptions {
    /// Providers to try first, in this order.
    pub(crate) order: Option<Vec<String>>,
    /// The only providers to try.
    pub(crate) only: Option<Vec<String>>,
    pub(crate) sort: Option<Sort>,
    /// Models to try when the first fails.
    pub(crate) models: Option<Vec<String>>,
    /// Read by hand, so that no error quotes a key.
    byok: Option<Value>,
    provider_timeouts: Option<ProviderTimeouts>,
    pub(crate) has: Option<Vec<String>>,
    pub(crate) zero_data_retention: Option<bool>,
    pub(crate) disallow_prompt_training: Option<bool>,
    /// `no-cache` or `no-store`, as in HTTP.
    cache_control: Option<String>,
    caching: Option<String>,
    service_tier: Option<String>,
    #[serde(skip)]
    pub(crate) credentials: BTreeMap<String, Vec<JsonObject>>,
}

/// By what to rank providers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Sort {
    Cost,
    Ttft,
    Tps,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct ProviderTimeouts {
    byok: BTreeMap<String, u64>,
}

impl RoutingOptions {
    /// Reads and removes the routing options of a call: they are not for the provider.
    ///
    /// # Errors
    /// `InvalidRequest`, naming the field, if one has the wrong type.
    pub(crate) fn take<C: Call>(call: &mut C) -> Result<Self> {
        let Some(mut options) = call
            .provider_options()
            .map(|options| options.typed::<Self>(GATEWAY))
            .transpose()?
            .flatten()
        else {
            return Ok(Self::default());
        };
        let place = call.provider_options_mut();
        if let Some(all) = place {
            all.remove(GATEWAY);
            if all.is_empty() {
                *place = None;
            }
        }
        if options.models.as_ref().is_some_and(|models| models.len() > MAX_MODELS) {
            return Err(invalid("models", format!("must not name more than {MAX_MODELS} models")));
        }
        options.credentials = read_byok(options.byok.take())?;
        if let Some(timeouts) = &options.provider_timeouts
            && timeouts.byok.values().any(|milliseconds| *milliseconds == 0)
        {
            return Err(invalid("providerTimeouts.byok", "must be more than 0 milliseconds"));
        }
        Ok(options)
    }

    /// How long a provider may take to begin its answer to the request's own credentials.
    pub(crate) fn byok_timeout(&self, provider: &str) -> Option<Duration> {
        let timeouts = &self.provider_timeouts.as_ref()?.byok;
        let (_, milliseconds) =
            timeouts.iter().find(|(name, _)| super::is_named(provider, name))?;
        Some(Duration::from_millis(*milliseconds))
    }

    /// Adds what the request says of caching to what its context says.
    pub(crate) fn cache_control(&self, context: &CacheControl) -> CacheControl {
        let mut control = context.clone();
        let own = CacheControl::parse(self.cache_control.as_deref().unwrap_or_default());
        control.no_cache |= own.no_cache;
        control.no_store |= own.no_store;
        control
    }

    /// What was asked for and will not be done.
    pub(crate) fn warnings(&self) -> Vec<Warning> {
        let unsupported = |name: &str, why: &str| {
            Warning::unsupported_because(format!("providerOptions.gateway.{name}"), why)
        };
        let mut warnings = Vec::new();
        match self.sort {
            Some(Sort::Cost) => {
                warnings
                    .push(unsupported("sort", "no prices are known, the order is the usual one"));
            }
            Some(Sort::Tps) => warnings.push(unsupported(
                "sort",
                "throughput is not measured, the order is the usual one",
            )),
            Some(Sort::Ttft) | None => {}
        }
        if self.caching.is_some() {
            warnings.push(unsupported("caching", "no cache markers were added"));
        }
        if self.service_tier.is_some() {
            warnings.push(unsupported("serviceTier", "set the provider's own option instead"));
        }
        warnings
    }
}

/// An option is wrong.
pub(crate) fn invalid(field: &str, what: impl std::fmt::Display) -> Error {
    let field = format!("providerOptions.{GATEWAY}.{field}");
    Error::invalid_request(format!("'{field}' {what}")).with_param(field)
}

fn read_byok(byok: Option<Value>) -> Result<BTreeMap<String, Vec<JsonObject>>> {
    let providers = match byok {
        None | Some(Value::Null) => return Ok(BTreeMap::new()),
        Some(Value::Object(providers)) => providers,
        Some(_) => return Err(invalid("byok", "must be an object")),
    };
    let mut credentials: BTreeMap<String, Vec<JsonObject>> = BTreeMap::new();
    let mut n_credentials = 0;
    for (provider, list) in providers {
        let Value::Array(list) = list else {
            return Err(invalid(&format!("byok.{provider}"), "must be an array"));
        };
        let read = credentials.entry(provider.clone()).or_default();
        for (index, credential) in list.into_iter().enumerate() {
            let Value::Object(credential) = credential else {
                return Err(invalid(&format!("byok.{provider}[{index}]"), "must be an object"));
            };
            read.push(credential);
            n_credentials += 1;
        }
    }
    if n_credentials > MAX_CREDENTIALS {
        let limit = format!("must not hold more than {MAX_CREDENTIALS} credentials");
        return Err(invalid("byok", limit));
    }
    Ok(credentials)
}
