//! What is written becomes what is meant; what makes no sense is told.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::time::Duration;

use aqueduct_http::Secret;
use aqueduct_providers::{Environment, PROVIDERS, Settings};
use aqueduct_spec::near_miss;
use serde_json::Value;

use super::path;
use super::problem::Finding;
use super::raw::{
    RawApiKey, RawCache, RawConfig, RawKey, RawModel, RawProvider, RawRouter, RawServer, RawTarget,
};
use super::resolved::{
    CacheConfig, Config, Key, ProviderConfig, ProviderKey, Route, RouterConfig, Security, Server,
    Target,
};
use super::units::{Period, Size};

/// The provider that answers without a model.
pub(super) const SIMULATOR: &str = "simulator";

/// Decides what a configuration means.
pub(super) fn resolve(raw: RawConfig, environment: &Environment) -> Result<Config, Vec<Finding>> {
    let mut findings = Vec::new();
    let server = server(&raw.server, &mut findings);
    let keys = keys(&raw.keys, &mut findings);
    if keys.is_empty() && raw.keys.is_empty() && !server.listen.ip().is_loopback() {
        findings.push(Finding::value(
            "server.listen",
            format!(
                "without keys the gateway listens on loopback only, and {} is not",
                server.listen.ip()
            ),
            "add a [[keys]] table, or listen on 127.0.0.1",
        ));
    }
    let discover_local = raw.local.discover.unwrap_or(false);
    let environment_providers = raw.environment.providers.unwrap_or(false);
    let providers = providers(&raw.providers, &mut findings);
    let known = |name: &str| {
        name == SIMULATOR
            || raw.providers.contains_key(name)
            || discover_local
            || (environment_providers
                && aqueduct_providers::find(name).is_some_and(|e| e.is_configured(environment)))
    };
    let models = models(&raw.models, &known, &raw.providers, &mut findings);
    for (index, pattern) in raw.security.byok_base_urls.iter().enumerate() {
        if !pattern.starts_with("http://") && !pattern.starts_with("https://") {
            findings.push(Finding::value(
                path::item("security.byok_base_urls", index),
                "a base URL begins with http:// or https://",
                "write it as in \"http://127.0.0.1:*\" or \"https://*.example.com\"",
            ));
        }
    }
    if !findings.is_empty() {
        return Err(findings);
    }
    Ok(Config {
        server,
        keys,
        providers,
        models,
        router: router(&raw.router),
        cache: raw.cache.as_ref().map(cache),
        security: Security {
            byok_base_urls: raw.security.byok_base_urls,
            download_private_hosts: raw.security.download_private_hosts,
        },
        discover_local,
        environment_providers,
        // Answers that no model gave are for those who asked for them: `[providers.simulator]`.
        simulator: false,
        environment: environment.clone(),
    })
}

fn server(raw: &RawServer, findings: &mut Vec<Finding>) -> Server {
    let default = Server::default();
    let listen = match raw.listen.as_deref().map(listen) {
        None => default.listen,
        Some(Some(address)) => address,
        Some(None) => {
            findings.push(Finding::value(
                "server.listen",
                "not an address and a port",
                "write it as in \"127.0.0.1:4000\", \"0.0.0.0:4000\" or \"[::1]:4000\"",
            ));
            default.listen
        }
    };
    Server {
        listen,
        body_limit: bytes(raw.body_limit, default.body_limit),
        header_timeout: time(raw.header_timeout, default.header_timeout),
        body_timeout: time(raw.body_timeout, default.body_timeout),
        heartbeat: match raw.heartbeat {
            None => default.heartbeat,
            Some(Period(period)) => (!period.is_zero()).then_some(period),
        },
        max_connections: raw
            .max_connections
            .and_then(|n| usize::try_from(n).ok())
            .unwrap_or(default.max_connections),
        drain_delay: time(raw.drain_delay, default.drain_delay),
        shutdown_grace: time(raw.shutdown_grace, default.shutdown_grace),
    }
}

/// Reads an address; `localhost` and a missing host mean IPv4 loopback, because that is what people then type.
fn listen(text: &str) -> Option<SocketAddr> {
    let text = text.trim();
    if let Some(port) = text.strip_prefix("localhost:").or_else(|| text.strip_prefix(':')) {
        return Some(SocketAddr::from(([127, 0, 0, 1], port.parse().ok()?)));
    }
    text.parse().ok()
}

fn time(period: Option<Period>, default: Duration) -> Duration {
    period.map_or(default, |Period(period)| period)
}

fn bytes(size: Option<Size>, default: usize) -> usize {
    size.map_or(default, |Size(size)| usize::try_from(size).unwrap_or(usize::MAX))
}

fn keys(raw: &[RawKey], findings: &mut Vec<Finding>) -> Vec<Key> {
    let mut keys: Vec<Key> = Vec::new();
    for (index, entry) in raw.iter().enumerate() {
        let place = path::item("keys", index);
        match key(entry, &place) {
            Ok(key) if keys.iter().any(|known| known.name == key.name) => {
                findings.push(Finding::value(
                    format!("{place}.name"),
                    format!("there are two keys '{}'", key.name),
                    "names tell keys apart in logs: choose another",
                ));
            }
            Ok(key) => keys.push(key),
            Err(finding) => findings.push(finding),
        }
    }
    keys
}

fn key(raw: &RawKey, place: &str) -> Result<Key, Finding> {
    match (&raw.hash, &raw.key) {
        (Some(hash), None) => {
            let hash = hash.strip_prefix("sha256:").and_then(from_hex).ok_or_else(|| {
                Finding::value(
                    format!("{place}.hash"),
                    "not 'sha256:' and 64 hexadecimal digits",
                    "make it with: printf %s \"$KEY\" | sha256sum",
                )
            })?;
            Ok(Key { name: raw.name.clone(), hash })
        }
        (None, Some(key)) if key.expose().trim().len() < 8 => Err(Finding::value(
            format!("{place}.key"),
            "the key is shorter than 8 characters",
            "make a long one, for example with: openssl rand -hex 24",
        )),
        (None, Some(key)) => Ok(Key::of(raw.name.clone(), key.expose().trim())),
        (Some(_), Some(_)) => Err(Finding::key(
            format!("{place}.key"),
            "'hash' and 'key' are both set",
            "keep one of them; the hash is the safer one",
        )),
        (None, None) => Err(Finding::key(
            place,
            "neither 'hash' nor 'key' is set",
            "add hash = \"sha256:…\" or key = \"${CLIENT_KEY}\"",
        )),
    }
}

fn from_hex(text: &str) -> Option<[u8; 32]> {
    let mut hash = [0; 32];
    if text.len() != 64 || !text.is_ascii() {
        return None;
    }
    for (index, byte) in hash.iter_mut().enumerate() {
        *byte = u8::from_str_radix(text.get(2 * index..2 * index + 2)?, 16).ok()?;
    }
    Some(hash)
}

fn providers(
    raw: &BTreeMap<String, RawProvider>,
    findings: &mut Vec<Finding>,
) -> Vec<ProviderConfig> {
    let mut providers = Vec::new();
    for (name, raw) in raw {
        let place = path::field("providers", name);
        match provider(name, raw, &place) {
            Ok(provider) => providers.push(provider),
            Err(finding) => findings.push(finding),
        }
    }
    providers
}

fn provider(name: &str, raw: &RawProvider, place: &str) -> Result<ProviderConfig, Finding> {
    if name.contains(['/', '.']) {
        return Err(Finding::key(
            place,
            "the name of a provider has no '/' and no '.'",
            "model ids are provider/model, and a '.' names the wire",
        ));
    }
    let kind = raw.kind.as_deref().unwrap_or(name);
    let entry = aqueduct_providers::find(kind).ok_or_else(|| unknown_provider(kind, raw, place))?;
    if let Some(url) = &raw.base_url {
        check_url(url, &format!("{place}.base_url"))?;
    } else if entry.id == "openai-compatible" && !raw.settings.0.contains_key("baseURL") {
        return Err(Finding::key(place, "'base_url' is missing", "add base_url = \"https://…\""));
    }
    if raw.api_key.is_some() && !raw.api_keys.is_empty() {
        return Err(Finding::key(
            format!("{place}.api_keys"),
            "'api_key' and 'api_keys' are both set",
            "keep one of them",
        ));
    }
    let of = |key: &Secret, weight| ProviderKey { key: Secret::from(key.expose().trim()), weight };
    let keys = raw.api_keys.iter().map(|key| match key {
        RawApiKey::Key(key) => of(key, 1),
        RawApiKey::Weighted(key) => of(&key.key, key.weight.unwrap_or(1)),
    });
    let keys = keys.chain(raw.api_key.iter().map(|key| of(key, 1))).collect();
    Ok(ProviderConfig { name: name.to_owned(), entry, settings: settings(name, raw), keys })
}

/// The settings of a provider but for its key, in the names of the AI SDK.
fn settings(name: &str, raw: &RawProvider) -> Settings {
    let mut settings = Settings::new();
    for (key, value) in &raw.settings.0 {
        settings = settings.with(key, value.clone());
    }
    if let Some(url) = &raw.base_url {
        settings = settings.with("baseURL", url.as_str());
    }
    if !raw.headers.is_empty() {
        let headers = raw.headers.iter().map(|(name, value)| (name.clone(), value.expose().into()));
        settings = settings.with("headers", Value::Object(headers.collect()));
    }
    if raw.kind.as_deref().is_some_and(|kind| kind != name) && settings.get("name").is_none() {
        settings = settings.with("name", name);
    }
    settings
}

fn unknown_provider(kind: &str, raw: &RawProvider, place: &str) -> Finding {
    let ids = PROVIDERS.iter().map(|entry| entry.id);
    let guess = near_miss(kind, ids).map(|id| format!("did you mean '{id}'?"));
    match &raw.kind {
        Some(_) => Finding::value(
            format!("{place}.type"),
            format!("no type of provider is called '{kind}'"),
            guess.unwrap_or_else(|| {
                "for a server that speaks OpenAI's API: openai-compatible".to_owned()
            }),
        ),
        None => Finding::key(
            place,
            format!("no provider is called '{kind}'"),
            guess.unwrap_or_else(|| {
                "for a name of your own add a type = \"openai-compatible\"".to_owned()
            }),
        ),
    }
}

fn check_url(text: &str, place: &str) -> Result<(), Finding> {
    let url = url::Url::parse(text).ok().filter(|url| matches!(url.scheme(), "http" | "https"));
    url.map(drop).ok_or_else(|| {
        Finding::value(
            place,
            "not an http or https URL",
            "write it as in \"https://api.example.com/v1\"",
        )
    })
}

fn models(
    raw: &BTreeMap<String, RawModel>,
    known: &dyn Fn(&str) -> bool,
    providers: &BTreeMap<String, RawProvider>,
    findings: &mut Vec<Finding>,
) -> Vec<Route> {
    let mut check = |model: &str, place: &str| {
        let Some((provider, rest)) = model.split_once('/') else {
            findings.push(Finding::value(
                place,
                format!("'{model}' is not a model id"),
                "write it as provider/model, as in \"groq/llama-3.3-70b-versatile\"",
            ));
            return;
        };
        let provider = provider.split('.').next().unwrap_or_default();
        if rest.is_empty() || !known(provider) {
            let names = providers.keys().map(String::as_str);
            let fix = near_miss(provider, names).map_or_else(
                || format!("add a [providers.{provider}] table"),
                |name| format!("did you mean '{name}'?"),
            );
            let message = if rest.is_empty() {
                format!("'{model}' names no model")
            } else {
                format!("provider '{provider}' is not configured")
            };
            findings.push(Finding::value(place, message, fix));
        }
    };
    raw.iter()
        .map(|(name, model)| {
            let place = path::field("models", name);
            let (targets, fallbacks) = match model {
                RawModel::One(model) => {
                    check(model, &place);
                    (vec![Target { model: model.clone(), weight: 1 }], Vec::new())
                }
                RawModel::Route(route) => {
                    let of = |target: &RawTarget| match target {
                        RawTarget::Model(model) => Target { model: model.clone(), weight: 1 },
                        RawTarget::Weighted(target) => Target {
                            model: target.model.clone(),
                            weight: target.weight.unwrap_or(1),
                        },
                    };
                    let targets: Vec<_> = route.targets.iter().map(of).collect();
                    for (index, target) in targets.iter().enumerate() {
                        check(&target.model, &path::item(&format!("{place}.targets"), index));
                    }
                    for (index, model) in route.fallbacks.iter().enumerate() {
                        check(model, &path::item(&format!("{place}.fallbacks"), index));
                    }
                    (targets, route.fallbacks.clone())
                }
            };
            Route { name: name.clone(), targets, fallbacks }
        })
        .collect()
}

fn router(raw: &RawRouter) -> RouterConfig {
    let default = RouterConfig::default();
    RouterConfig {
        max_retries: raw.max_retries.unwrap_or(default.max_retries),
        cooldown: time(raw.cooldown, default.cooldown),
        timeout: raw.timeout.map(|Period(period)| period).filter(|period| !period.is_zero()),
        connect_timeout: time(raw.connect_timeout, default.connect_timeout),
        idle_timeout: time(raw.idle_timeout, default.idle_timeout),
    }
}

fn cache(raw: &RawCache) -> CacheConfig {
    let default = CacheConfig::default();
    CacheConfig {
        ttl: time(raw.ttl, default.ttl),
        max_bytes: raw.max_bytes.map_or(default.max_bytes, |Size(size)| size),
    }
}
