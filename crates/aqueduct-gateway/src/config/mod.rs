//! The configuration: TOML with `${ENV}` → what is written (`raw`) → what is meant ([`Config`]).
//!
//! ```text
//! text ─ document ─ interpolate ─ shape (the schema) ─ raw ─ resolve ─ Config
//!                         every mistake is a Problem with its line ┘
//! ```

mod document;
mod interpolate;
mod path;
mod problem;
mod raw;
mod resolve;
mod resolved;
mod shape;
mod units;

use std::path::Path;

use aqueduct_providers::Environment;
use serde_json::Value;

use document::Document;
use problem::Finding;
use raw::RawConfig;
use shape::Shape;

pub use problem::{Problem, Problems};
pub use resolved::{
    CacheConfig, Config, Key, ProviderConfig, ProviderKey, Route, RouterConfig, Security, Server,
    Target,
};
pub(crate) use resolved::{KeyHash, hash_of};

/// The JSON schema of the configuration file.
pub fn schema() -> Value {
    schemars::schema_for!(RawConfig).to_value()
}

/// Checks a file and returns everything that is wrong with it; nothing if it can be used.
pub fn check(file: &Path, environment: &Environment) -> Vec<Problem> {
    Config::load(file, environment).err().map(Problems::into_vec).unwrap_or_default()
}

impl Config {
    /// Reads a file.
    ///
    /// # Errors
    /// Everything that is wrong with it.
    pub fn load(file: &Path, environment: &Environment) -> Result<Self, Problems> {
        let name = file.display().to_string();
        let text = std::fs::read_to_string(file).map_err(|error| {
            Problems(vec![Problem {
                file: name.clone(),
                line: 0,
                column: 0,
                field: String::new(),
                message: format!("cannot read the file: {error}"),
                fix: String::new(),
            }])
        })?;
        Self::parse(&name, &text, environment)
    }

    /// Reads a text; `file` is what to call it when something is wrong.
    ///
    /// # Errors
    /// Everything that is wrong with it.
    pub fn parse(file: &str, text: &str, environment: &Environment) -> Result<Self, Problems> {
        let mut document = Document::read(file, text)?;
        let mut findings = Vec::new();
        let mut value = std::mem::take(&mut document.value);
        interpolate::interpolate(&mut value, "", environment, &mut findings);
        let schema = schema();
        findings.extend(Shape::new(&schema).check(&value));
        if !findings.is_empty() {
            return Err(document.locate_all(findings));
        }
        let raw = serde_path_to_error::deserialize::<_, RawConfig>(value).map_err(|error| {
            // The words of serde could quote a value; the schema has said nothing, so this is rare.
            let place = error.path().to_string();
            document.locate_all(vec![Finding::value(place, "has another shape than expected", "")])
        })?;
        resolve::resolve(raw, environment).map_err(|findings| document.locate_all(findings))
    }

    /// Without a file: the providers whose keys are in the environment, the model servers found on this machine, and
    /// `simulator`, for everybody on loopback.
    pub fn from_environment(environment: &Environment) -> Self {
        Self {
            server: Server::default(),
            keys: Vec::new(),
            providers: Vec::new(),
            models: Vec::new(),
            router: RouterConfig::default(),
            cache: None,
            security: Security::default(),
            discover_local: true,
            environment_providers: true,
            simulator: true,
            environment: environment.clone(),
        }
    }

    /// Sets where to listen.
    #[must_use]
    pub fn with_listen(mut self, address: std::net::SocketAddr) -> Self {
        self.server.listen = address;
        self
    }

    /// Adds a key that clients sign in with.
    #[must_use]
    pub fn with_key(mut self, key: Key) -> Self {
        self.keys.push(key);
        self
    }

    /// Sets whether to look for model servers on this machine.
    #[must_use]
    pub fn with_discover_local(mut self, discover: bool) -> Self {
        self.discover_local = discover;
        self
    }
}
