//! How a router is put together.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use aqueduct_http::Client;
use aqueduct_providers::{Environment, Settings};
use aqueduct_spec::{Error, Provider, Result};
use tokio::time::Instant;

use super::book::Book;
use super::model_name::ModelName;
use super::target::Source;
use super::upstream::{Credential, Latency, Upstream};
use super::{ByokRules, Inner, Route, Router, Target};
use crate::layer::{Cache, CooldownPolicy, RetryPolicy, Timeouts};

/// The parts of a [`Router`].
#[derive(Debug)]
#[must_use]
pub struct RouterBuilder {
    targets: Vec<Target>,
    routes: BTreeMap<String, Route>,
    retry: RetryPolicy,
    timeouts: Timeouts,
    cooldown: CooldownPolicy,
    cache: Option<Cache>,
    byok: ByokRules,
    client: Client,
    environment: Environment,
}

impl Default for RouterBuilder {
    fn default() -> Self {
        Self {
            targets: Vec::new(),
            routes: BTreeMap::new(),
            // Shorter waits than a lone client's, because others are there to ask.
            retry: RetryPolicy::times(2)
                .with_initial_delay(Duration::from_millis(250))
                .with_jitter(0.25),
            timeouts: Timeouts::default(),
            cooldown: CooldownPolicy::default(),
            cache: None,
            byok: ByokRules::default(),
            client: Client::new(),
            environment: Environment::default(),
        }
    }
}

impl RouterBuilder {
    /// Adds a provider that is already built.
    pub fn provider(self, id: impl Into<String>, provider: Arc<dyn Provider>) -> Self {
        self.target(Target::built(id, provider))
    }

    /// Adds a target.
    pub fn target(mut self, target: Target) -> Self {
        self.targets.push(target);
        self
    }

    /// Adds an alias. One of the same name is replaced.
    pub fn route(mut self, alias: impl Into<String>, route: Route) -> Self {
        self.routes.insert(alias.into(), route);
        self
    }

    /// Sets how often the same candidate is tried again. Default: twice, after 250 ms and 500 ms and up to a quarter more.
    pub fn retry(mut self, policy: RetryPolicy) -> Self {
        self.retry = policy;
        self
    }

    /// Sets how long to wait for an answer before the next candidate is asked.
    pub fn timeouts(mut self, timeouts: Timeouts) -> Self {
        self.timeouts = timeouts;
        self
    }

    /// Sets when a failing target is left alone.
    pub fn cooldown(mut self, policy: CooldownPolicy) -> Self {
        self.cooldown = policy;
        self
    }

    /// Answers repeated calls from a cache. Default: none.
    ///
    /// A call says `no-cache` or `no-store` with [`Context::cache`](aqueduct_spec::Context::cache) or as
    /// `providerOptions.gateway.cacheControl`. Calls that bring credentials use no cache; those that ask for zero data retention
    /// leave nothing in it; what a fallback model answered is not kept.
    pub fn cache(mut self, cache: Cache) -> Self {
        self.cache = Some(cache);
        self
    }

    /// Sets which credentials requests may bring.
    pub fn byok(mut self, rules: ByokRules) -> Self {
        self.byok = rules;
        self
    }

    /// Sets the HTTP client of the providers that the router builds.
    pub fn client(mut self, client: Client) -> Self {
        self.client = client;
        self
    }

    /// Sets where targets without a key find theirs. Default: nowhere.
    pub fn environment(mut self, environment: Environment) -> Self {
        self.environment = environment;
        self
    }

    /// Puts the router together.
    ///
    /// # Errors
    /// `Configuration` if a target or route is wrong, `NoSuchProvider` if a target is not in the table of providers,
    /// `Authentication` if a target has no key and needs one.
    pub fn build(self) -> Result<Router> {
        let mut upstreams = Vec::new();
        for target in &self.targets {
            upstreams.push(Arc::new(self.upstream(target)?));
        }
        let inner = Inner {
            upstreams,
            routes: self.routes,
            retry: self.retry,
            timeouts: self.timeouts,
            cooldown: self.cooldown,
            cache: self.cache,
            byok: self.byok,
            client: self.client,
            started: Instant::now(),
        };
        for (alias, route) in &inner.routes {
            check_route(&inner, alias, route)?;
        }
        Ok(Router(Arc::new(inner)))
    }

    fn upstream(&self, target: &Target) -> Result<Upstream> {
        let id = &target.id;
        if id.is_empty() || id.contains('/') {
            return Err(Error::configuration(format!("'{id}' cannot be the id of a target")));
        }
        check_weight(target.weight, id)?;
        let (entry, credentials) = match &target.source {
            Source::Built(providers) => {
                if !target.keys.is_empty() || providers.is_empty() {
                    return Err(Error::configuration(format!(
                        "target '{id}' is a provider that was built already: it needs no keys, and one instance at least"
                    )));
                }
                let credential = |(provider, weight): &(Arc<dyn Provider>, f64)| {
                    check_weight(*weight, id)?;
                    Ok(Arc::new(Credential::new(Arc::clone(provider), *weight, false)))
                };
                (None, providers.iter().map(credential).collect::<Result<_>>()?)
            }
            Source::Entry(name) => {
                let entry = aqueduct_providers::find(name).ok_or_else(|| {
                    let known = aqueduct_providers::PROVIDERS.iter().map(|entry| entry.id);
                    Error::no_such_provider(name, known)
                })?;
                let build = |settings: &Settings, weight| {
                    check_weight(weight, id)?;
                    let provider = entry.build_with(settings, &self.environment, &self.client)?;
                    Ok(Arc::new(Credential::new(provider, weight, false)))
                };
                let credentials = if target.keys.is_empty() {
                    vec![build(&target.settings, 1.0)?]
                } else {
                    let with_key = |key: &super::Key| {
                        let mut settings = target.settings.as_object().clone();
                        settings.extend(key.settings.as_object().clone());
                        build(&settings.into(), key.weight)
                    };
                    target.keys.iter().map(with_key).collect::<Result<_>>()?
                };
                (Some(entry), credentials)
            }
        };
        Ok(Upstream {
            // An older spelling is the same provider.
            id: match entry {
                Some(entry) if entry.aliases.contains(&id.as_str()) => entry.id.to_owned(),
                _ => id.clone(),
            },
            entry,
            settings: target.settings.clone(),
            weight: target.weight,
            tags: target.tags.clone(),
            credentials,
            health: Book::default(),
            latency: Latency::default(),
        })
    }
}

fn check_weight(weight: f64, place: &str) -> Result<()> {
    if weight.is_finite() && weight >= 0.0 {
        return Ok(());
    }
    Err(Error::configuration(format!("'{place}': a weight must be 0 or more")))
}

fn check_route(router: &Inner, alias: &str, route: &Route) -> Result<()> {
    if route.models.is_empty() {
        return Err(Error::configuration(format!("route '{alias}' has no models")));
    }
    let names = route.models.iter().map(|member| member.model.as_str());
    let fallbacks = route.fallbacks.iter().map(String::as_str);
    for name in names.chain(fallbacks.filter(|name| !router.routes.contains_key(*name))) {
        let model = ModelName::parse(name, |id| router.knows(id));
        if model.model.is_empty() || !router.knows(model.provider) {
            return Err(Error::configuration(format!(
                "route '{alias}': '{name}' does not name a known provider as 'provider/model'"
            )));
        }
    }
    route.models.iter().try_for_each(|member| check_weight(member.weight, alias))
}
