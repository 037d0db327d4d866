//! The configuration as the gateway uses it: every default filled in, every name looked up, no client key left.

use std::fmt;
use std::net::SocketAddr;
use std::time::Duration;

use aqueduct_http::Secret;
use aqueduct_providers::{Entry, Environment, Settings};
use ring::digest::{SHA256, digest};

/// Everything a gateway is started with.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Config {
    /// The server and its limits.
    pub server: Server,
    /// The keys that clients sign in with.
    pub keys: Vec<Key>,
    /// The providers that were named.
    pub providers: Vec<ProviderConfig>,
    /// Names of the operator's for models.
    pub models: Vec<Route>,
    /// How calls are routed.
    pub router: RouterConfig,
    /// How long and how many answers are kept; `None` keeps none.
    pub cache: Option<CacheConfig>,
    /// What a request may make the gateway connect to.
    pub security: Security,
    /// Whether to look for model servers on this machine at the start.
    pub discover_local: bool,
    /// Whether providers whose key is in the environment are there without being named.
    pub environment_providers: bool,
    /// Whether the provider `simulator` is there.
    pub simulator: bool,
    /// The environment, from which keys come that no field names.
    pub environment: Environment,
}

/// Where the server listens, and its limits.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Server {
    /// Where it listens.
    pub listen: SocketAddr,
    /// The largest body of a request, in bytes.
    pub body_limit: usize,
    /// How long the headers of a request may take.
    pub header_timeout: Duration,
    /// How long a request's body may stand still.
    pub body_timeout: Duration,
    /// After how much silence a stream carries a comment; `None` is never.
    pub heartbeat: Option<Duration>,
    /// How many connections are open at once.
    pub max_connections: usize,
    /// How long requests are still taken after the signal to stop.
    pub drain_delay: Duration,
    /// How long answers under way may take to end after that.
    pub shutdown_grace: Duration,
}

impl Default for Server {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 4000)),
            body_limit: 32 << 20,
            header_timeout: Duration::from_secs(15),
            body_timeout: Duration::from_secs(30),
            heartbeat: Some(Duration::from_secs(15)),
            max_connections: 10_000,
            drain_delay: Duration::ZERO,
            shutdown_grace: Duration::from_secs(30),
        }
    }
}

/// A key that clients sign in with, of which only the hash is known.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Key {
    /// What to call it in logs.
    pub name: String,
    pub(crate) hash: KeyHash,
}

/// The SHA-256 of a key.
pub(crate) type KeyHash = [u8; 32];

/// Hashes a key.
pub(crate) fn hash_of(key: &str) -> KeyHash {
    let mut hash = KeyHash::default();
    for (to, from) in hash.iter_mut().zip(digest(&SHA256, key.as_bytes()).as_ref()) {
        *to = *from;
    }
    hash
}

impl Key {
    /// Remembers the hash of a key.
    pub fn of(name: impl Into<String>, key: &str) -> Self {
        Self { name: name.into(), hash: hash_of(key) }
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Key").field("name", &self.name).finish_non_exhaustive()
    }
}

/// A provider that was named.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct ProviderConfig {
    /// The name that model ids begin with.
    pub name: String,
    /// Which provider it is.
    pub entry: &'static Entry,
    /// Its settings but for its keys.
    pub settings: Settings,
    /// Its keys; with none, the provider's own environment variable may hold one.
    pub keys: Vec<ProviderKey>,
}

/// A key of a provider.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct ProviderKey {
    /// The key.
    pub key: Secret,
    /// The share of the calls, in proportion to the others.
    pub weight: u32,
}

/// A name of the operator's for one or more models.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Route {
    /// The name.
    pub name: String,
    /// The models that share the calls out by weight.
    pub targets: Vec<Target>,
    /// The models to try after those, in order.
    pub fallbacks: Vec<String>,
}

/// A model that a name leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Target {
    /// The model: `groq/llama-3.3-70b-versatile`.
    pub model: String,
    /// Its share of the calls.
    pub weight: u32,
}

/// How calls are routed.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct RouterConfig {
    /// How often a call that failed for a passing reason is sent to the same target again.
    pub max_retries: u32,
    /// How long a target that keeps failing is left alone the first time.
    pub cooldown: Duration,
    /// How long one attempt may take until its answer, or the first content of its stream, is there; `None` is 10 minutes for
    /// an answer and 5 for the first content.
    pub timeout: Option<Duration>,
    /// How long connecting to a provider may take.
    pub connect_timeout: Duration,
    /// How long a provider's answer may stand still.
    pub idle_timeout: Duration,
}

impl Default for RouterConfig {
    fn default() -> Self {
        Self {
            max_retries: 2,
            cooldown: Duration::from_secs(5),
            timeout: None,
            connect_timeout: Duration::from_secs(10),
            idle_timeout: Duration::from_secs(120),
        }
    }
}

/// How long and how many answers are kept.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct CacheConfig {
    /// How long an answer is kept.
    pub ttl: Duration,
    /// How much memory the answers may take, in bytes.
    pub max_bytes: u64,
}

impl Default for CacheConfig {
    fn default() -> Self {
        Self { ttl: Duration::from_secs(300), max_bytes: 64 << 20 }
    }
}

/// What a request may make the gateway connect to.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct Security {
    /// The base URLs that a credential in a request may name.
    pub byok_base_urls: Vec<String>,
    /// The hosts off the public internet from which files may be downloaded.
    pub download_private_hosts: Vec<String>,
}
