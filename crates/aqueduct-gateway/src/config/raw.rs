//! The configuration as it is written: the fields of the TOML file, in the order of its reference. What they mean is decided
//! in `resolve.rs`. The JSON schema is made of these types, and the check of a file is made of the schema.

use std::collections::BTreeMap;

use aqueduct_http::Secret;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

use super::units::{Period, Size};

/// The configuration of an Aqueduct gateway.
///
/// Every string may hold `${NAME}` or `${NAME:-default}`: the environment variable of that name. `$${` is a plain `${`.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
#[schemars(title = "Aqueduct gateway configuration")]
pub(crate) struct RawConfig {
    /// The server: where it listens, and its limits.
    pub(crate) server: RawServer,
    /// The keys that clients sign in with. Without any, the gateway listens on loopback only and lets everybody in.
    pub(crate) keys: Vec<RawKey>,
    /// The providers, by name. A name from the list of providers needs no more than a key; any other name needs a `type`.
    pub(crate) providers: BTreeMap<String, RawProvider>,
    /// Names of your own for models: where each leads, and what to do when that fails.
    pub(crate) models: BTreeMap<String, RawModel>,
    /// How calls are routed.
    pub(crate) router: RawRouter,
    /// Keeps answers and gives them again to the same call. Off unless this table is there.
    pub(crate) cache: Option<RawCache>,
    /// What a request may make the gateway connect to.
    pub(crate) security: RawSecurity,
    /// Model servers on this machine.
    pub(crate) local: RawLocal,
    /// Providers whose key is in the environment.
    pub(crate) environment: RawEnvironment,
}

/// The server: where it listens, and its limits.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct RawServer {
    /// The address and port to listen on. Default: `127.0.0.1:4000`. Port 0 takes any free one.
    pub(crate) listen: Option<String>,
    /// The largest body of a request. Default: `32MiB`.
    pub(crate) body_limit: Option<Size>,
    /// How long the headers of a request may take. Default: `15s`.
    pub(crate) header_timeout: Option<Period>,
    /// How long a request's body may stand still. Default: `30s`.
    pub(crate) body_timeout: Option<Period>,
    /// After how much silence a stream carries a comment, so that nothing on the way takes it for dead. Default: `15s`; 0 is never.
    pub(crate) heartbeat: Option<Period>,
    /// How many connections are open at once; more wait. Default: 10000.
    #[schemars(range(min = 1))]
    pub(crate) max_connections: Option<u32>,
    /// How long the gateway goes on taking requests, while `/readyz` says 503, after it was asked to stop. Default: `0s`.
    pub(crate) drain_delay: Option<Period>,
    /// How long answers that are under way may take to end after that. Default: `30s`.
    pub(crate) shutdown_grace: Option<Period>,
}

/// A key that clients sign in with: `hash` or `key`, one of them.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawKey {
    /// What to call it in logs.
    pub(crate) name: String,
    /// The SHA-256 of the key: `sha256:` and 64 hexadecimal digits (`printf %s "$KEY" | sha256sum`).
    #[serde(default)]
    pub(crate) hash: Option<String>,
    /// The key itself, which should come from the environment: `${CLIENT_KEY}`. Only its hash is kept.
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    pub(crate) key: Option<Secret>,
}

/// A provider.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct RawProvider {
    /// Which provider it is, if the name does not say so: `openai-compatible` for any server that speaks OpenAI's API.
    #[serde(rename = "type")]
    pub(crate) kind: Option<String>,
    /// The key. Default: the provider's own environment variable.
    #[schemars(with = "Option<String>")]
    pub(crate) api_key: Option<Secret>,
    /// Several keys, shared out by weight; one that fails makes room for the next.
    pub(crate) api_keys: Vec<RawApiKey>,
    /// Where it is reached. Default: the provider's own address.
    pub(crate) base_url: Option<String>,
    /// Headers to send with every request.
    #[schemars(with = "BTreeMap<String, String>")]
    pub(crate) headers: BTreeMap<String, Secret>,
    /// Further settings in the provider's own names: `region`, `resourceName`, `project`, …
    #[schemars(with = "BTreeMap<String, Value>")]
    pub(crate) settings: Hidden,
}

/// Settings whose values may be secrets.
#[derive(Default, Deserialize)]
#[serde(transparent)]
pub(crate) struct Hidden(pub(crate) BTreeMap<String, Value>);

impl std::fmt::Debug for Hidden {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}

/// One of several keys: the key alone, or with a weight.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(untagged)]
pub(crate) enum RawApiKey {
    /// The key.
    Key(#[schemars(with = "String")] Secret),
    /// The key and its share.
    Weighted(RawWeightedKey),
}

/// A key and its share.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawWeightedKey {
    /// The key.
    #[schemars(with = "String")]
    pub(crate) key: Secret,
    /// Its share of the calls, in proportion to the others. Default: 1.
    #[serde(default)]
    #[schemars(range(min = 1, max = 1000))]
    pub(crate) weight: Option<u32>,
}

/// Where a name of yours leads: one model, or several.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(untagged)]
pub(crate) enum RawModel {
    /// One model: `groq/llama-3.3-70b-versatile`.
    One(String),
    /// Several.
    Route(RawRoute),
}

/// Several models behind one name.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawRoute {
    /// The models that share the calls out by weight.
    #[schemars(length(min = 1))]
    pub(crate) targets: Vec<RawTarget>,
    /// The models to try after those, in order.
    #[serde(default)]
    pub(crate) fallbacks: Vec<String>,
}

/// A model that a name leads to: its id alone, or with a weight.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(untagged)]
pub(crate) enum RawTarget {
    /// The model: `groq/llama-3.3-70b-versatile`.
    Model(String),
    /// The model and its share.
    Weighted(RawWeightedTarget),
}

/// A model and its share.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawWeightedTarget {
    /// The model: `groq/llama-3.3-70b-versatile`.
    pub(crate) model: String,
    /// Its share of the calls, in proportion to the others. Default: 1.
    #[serde(default)]
    #[schemars(range(min = 1, max = 1000))]
    pub(crate) weight: Option<u32>,
}

/// How calls are routed.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct RawRouter {
    /// How often a call that failed for a passing reason is sent to the same target again. Default: 2.
    #[schemars(range(min = 0, max = 20))]
    pub(crate) max_retries: Option<u32>,
    /// How long a target that fails three times in a row is left alone; it doubles each time that it fails again, up to 5
    /// minutes. Default: `5s`.
    pub(crate) cooldown: Option<Period>,
    /// How long one attempt may take until its answer, or the first content of its stream, is there.
    /// Default: `10m` for an answer, `5m` for the first content.
    pub(crate) timeout: Option<Period>,
    /// How long connecting to a provider may take. Default: `10s`.
    pub(crate) connect_timeout: Option<Period>,
    /// How long a provider's answer may stand still. Default: `2m`.
    pub(crate) idle_timeout: Option<Period>,
}

/// Keeps answers and gives them again to the same call.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct RawCache {
    /// How long an answer is kept. Default: `5m`.
    pub(crate) ttl: Option<Period>,
    /// How much memory the answers may take. Default: `64MiB`.
    pub(crate) max_bytes: Option<Size>,
}

/// What a request may make the gateway connect to.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct RawSecurity {
    /// The base URLs that a credential in a request (`providerOptions.gateway.byok`) may name: `http://127.0.0.1:*`,
    /// `https://*.example.com`. Default: none.
    pub(crate) byok_base_urls: Vec<String>,
    /// The hosts off the public internet from which files in a prompt may be downloaded: `127.0.0.1`, `*.files.internal`.
    /// Default: none.
    pub(crate) download_private_hosts: Vec<String>,
}

/// Model servers on this machine.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct RawLocal {
    /// Whether to look for Ollama, LM Studio, llama.cpp, vLLM and their like on their usual loopback ports at the start.
    /// Default: no, but yes without a configuration.
    pub(crate) discover: Option<bool>,
}

/// Providers whose key is in the environment.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct RawEnvironment {
    /// Whether every provider whose key variable is set is there without being named under `providers`. Default: no, but
    /// yes without a configuration.
    pub(crate) providers: Option<bool>,
}
