//! From the configuration to the router: providers, keys, names, limits, and the list of models that comes of them.

use std::collections::HashMap;
use std::time::Duration;

use aqueduct::layer::{Cache, CooldownPolicy, RetryPolicy, Timeouts};
use aqueduct::router::{ByokRules, Key, Route, Router, RouterBuilder, Target};
use aqueduct_http::{Client, is_loopback};
use aqueduct_providers::local::{self, LocalServer};
use aqueduct_providers::{Entry, PROVIDERS, Settings};
use aqueduct_spec::{ModelKind, Result};
use url::Url;

use crate::config::{self, Config, ProviderConfig, RouterConfig};
use crate::gateway::{Listed, Origin};
use crate::model_id;

/// The provider that answers without a model.
const SIMULATOR: &str = "simulator";
/// The provider of hosts that have none of their own.
const OPENAI_COMPATIBLE: &str = "openai-compatible";
/// What a model server is called whose kind is not known.
const LOCAL: &str = "local";
const MAX_COOLDOWN: Duration = Duration::from_secs(300);

/// Where calls go, and what is known of it.
pub(crate) struct Stack {
    pub(crate) router: Router,
    pub(crate) catalogue: Vec<Listed>,
    pub(crate) aliases: HashMap<String, Vec<String>>,
}

impl Stack {
    /// Builds everything that a configuration names.
    pub(crate) async fn build(config: &Config) -> Result<Self> {
        let client = client(config)?;
        let servers = match config.discover_local {
            true => local::discover(&config.environment).await?,
            false => Vec::new(),
        };
        let mut catalogue: Vec<_> = config.models.iter().map(alias).collect();
        let mut router = Router::builder()
            .client(client.clone())
            .environment(config.environment.clone())
            .byok(byok(config)?);
        router = limits(router, &config.router);
        if let Some(cache) = &config.cache {
            router = router.cache(Cache::memory(cache.ttl, cache.max_bytes));
        }
        for provider in &config.providers {
            router = router.target(target(provider));
            if provider.entry.id == SIMULATOR {
                catalogue.extend(simulated(&provider.name));
            }
        }
        for entry in unnamed(config) {
            // A key without other settings that its provider needs must not keep the rest from starting.
            match entry.build_with(&Settings::new(), &config.environment, &client) {
                Ok(_) => {
                    let settings = ours(entry.id, Settings::new());
                    router = router.target(Target::new(entry.id).settings(settings));
                }
                Err(error) => tracing::warn!(provider = entry.id, %error, "left out"),
            }
        }
        if config.simulator && !is_named(config, SIMULATOR) && has(SIMULATOR) {
            router = router.target(Target::new(SIMULATOR));
            catalogue.extend(simulated(SIMULATOR));
        }
        for (name, server) in named(config, &servers) {
            tracing::info!(
                provider = name,
                url = server.base_url,
                models = server.models.len(),
                "found a model server"
            );
            if !is_told(config, server) {
                router = router.target(local_target(&name, server));
            }
            catalogue.extend(
                server.models.iter().map(|model| listed(&name, model, None, Origin::LocalServer)),
            );
        }
        for route in &config.models {
            router = router.route(route.name.clone(), self::route(route));
        }
        Ok(Self { router: router.build()?, catalogue, aliases: aliases(config) })
    }
}

fn client(config: &Config) -> Result<Client> {
    let timeouts = aqueduct_http::Timeouts::default()
        .with_first_byte(config.router.timeout.unwrap_or(Duration::from_secs(600)))
        .with_idle(config.router.idle_timeout);
    let builder =
        Client::builder().timeouts(timeouts).connect_timeout(config.router.connect_timeout);
    let hosts = &config.security.download_private_hosts;
    hosts.iter().fold(builder, |builder, host| builder.allow_downloads_from(host)).build()
}

fn byok(config: &Config) -> Result<ByokRules> {
    config
        .security
        .byok_base_urls
        .iter()
        .try_fold(ByokRules::new(), |rules, pattern| rules.allow_base_url(pattern))
}

fn limits(router: RouterBuilder, config: &RouterConfig) -> RouterBuilder {
    let retry = RetryPolicy::times(config.max_retries)
        .with_initial_delay(Duration::from_millis(250))
        .with_jitter(0.25);
    let timeouts = config.timeout.map_or_else(Timeouts::default, Timeouts::both);
    let cooldown = CooldownPolicy::default().with_durations(config.cooldown, MAX_COOLDOWN);
    router.retry(retry).timeouts(timeouts).cooldown(cooldown)
}

fn target(provider: &ProviderConfig) -> Target {
    let keys =
        provider.keys.iter().map(|key| Key::new(key.key.expose()).with_weight(key.weight.into()));
    Target::new(provider.entry.id)
        .named(provider.name.clone())
        .settings(ours(provider.entry.id, provider.settings.clone()))
        .keys(keys)
}

/// What settings of the operator's need to serve others.
fn ours(entry: &str, settings: Settings) -> Settings {
    match entry {
        // What a stream used must be known to whoever accounts for it, and the protocol tells it only if asked.
        OPENAI_COMPATIBLE if settings.get("includeUsage").is_none() => {
            settings.with("includeUsage", true)
        }
        // The operator's key is not for the clients, to whom the URL goes.
        "google" => settings.with("signVideoUrls", false),
        _ => settings,
    }
}

fn route(route: &config::Route) -> Route {
    let models = route.targets.iter().fold(Route::new(), |route, target| {
        route.model(target.model.clone(), target.weight.into())
    });
    route.fallbacks.iter().fold(models, |route, model| route.fallback(model.clone()))
}

/// Providers whose key is in the environment and that nobody named.
fn unnamed(config: &Config) -> impl Iterator<Item = &'static Entry> {
    let environment = config.environment_providers.then_some(&config.environment);
    PROVIDERS.iter().copied().filter(move |entry| {
        environment.is_some_and(|environment| entry.is_configured(environment))
            && !is_named(config, entry.id)
    })
}

fn is_named(config: &Config, id: &str) -> bool {
    config.providers.iter().any(|provider| provider.name == id)
}

fn has(id: &str) -> bool {
    aqueduct_providers::find(id).is_some()
}

/// Gives every server found a name of its own: calls are not to be spread over servers with different models.
fn named<'a>(config: &Config, servers: &'a [LocalServer]) -> Vec<(String, &'a LocalServer)> {
    let mut named: Vec<(String, &LocalServer)> = Vec::new();
    for server in servers {
        let kind = if server.provider == OPENAI_COMPATIBLE { LOCAL } else { server.provider };
        let is_told = is_told(config, server);
        let is_taken = |name: &str, named: &[(String, &LocalServer)]| {
            is_named(config, name)
                || unnamed(config).any(|entry| entry.id == name && !is_told)
                || named.iter().any(|(taken, _)| taken == name)
        };
        let mut name = kind.to_owned();
        let mut n = 2;
        while is_taken(&name, &named) {
            name = format!("{kind}-{n}");
            n += 1;
        }
        named.push((name, server));
    }
    named
}

/// Whether a server that was found is the one that the environment names, as with `OLLAMA_BASE_URL`.
fn is_told(config: &Config, server: &LocalServer) -> bool {
    let told = || {
        let entry = unnamed(config).find(|entry| entry.id == server.provider)?;
        let told = config.environment.get(entry.base_url_variable?)?;
        Some((Url::parse(told).ok()?, Url::parse(&server.base_url).ok()?))
    };
    // What was found is on this machine.
    told().is_some_and(|(told, found)| {
        told.host_str().is_some_and(is_loopback)
            && told.port_or_known_default() == found.port_or_known_default()
    })
}

fn local_target(name: &str, server: &LocalServer) -> Target {
    let entry = if has(server.provider) { server.provider } else { OPENAI_COMPATIBLE };
    let settings = Settings::new().with("baseURL", server.base_url.as_str()).with("name", name);
    Target::new(entry).named(name).settings(ours(entry, settings))
}

fn alias(route: &config::Route) -> Listed {
    let first = route.targets.first().map(|target| target.model.as_str()).unwrap_or_default();
    let (provider, model) = first.split_once('/').unwrap_or((first, first));
    Listed {
        id: route.name.clone(),
        name: route.name.clone(),
        provider: provider.to_owned(),
        model_id: model.to_owned(),
        kind: None,
        origin: Origin::Configuration,
    }
}

fn listed(provider: &str, model: &str, kind: Option<ModelKind>, origin: Origin) -> Listed {
    Listed {
        id: format!("{provider}/{model}"),
        name: model.to_owned(),
        provider: provider.to_owned(),
        model_id: model.to_owned(),
        kind,
        origin,
    }
}

/// The simulator's models, but for those of kinds that this gateway has no endpoint for.
fn simulated(name: &str) -> impl Iterator<Item = Listed> {
    aqueduct_providers::simulator::MODELS
        .iter()
        .filter(|(kind, _)| !matches!(kind, ModelKind::SpeechTranslation | ModelKind::Realtime))
        .map(move |(kind, model)| listed(name, model, Some(*kind), Origin::Simulator))
}

/// The providers that each name may lead to.
fn aliases(config: &Config) -> HashMap<String, Vec<String>> {
    let providers = |route: &config::Route| {
        let models = route.targets.iter().map(|target| &target.model).chain(&route.fallbacks);
        let mut providers: Vec<_> =
            models.map(|model| model_id::provider_of(model).to_owned()).collect();
        providers.sort();
        providers.dedup();
        providers
    };
    config.models.iter().map(|route| (route.name.clone(), providers(route))).collect()
}
