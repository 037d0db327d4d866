//! The gateway: a configuration brought to life.

use std::collections::HashMap;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use aqueduct::Router;
use aqueduct_spec::{Context, Error, ModelKind, Provider, Result, Timestamp};
use tokio::net::TcpListener;

use crate::config::{Config, Server};
use crate::metrics::Metrics;
use crate::pipeline::Keys;
use crate::server;
use crate::stack::Stack;

/// A gateway, ready to serve.
#[derive(Debug, Clone)]
pub struct Gateway {
    shared: Arc<Shared>,
    router: Option<Router>,
    listen: SocketAddr,
}

impl Gateway {
    /// Builds the providers that the configuration names, looks for model servers on this machine if it says so, and puts a
    /// router over them. Nothing listens yet.
    ///
    /// # Errors
    /// `Configuration` or `Authentication` if a provider cannot be built, naming it and what it lacks.
    pub async fn new(config: Config) -> Result<Self> {
        let Stack { router, catalogue, aliases } = Stack::build(&config).await?;
        let provider = Arc::new(router.clone());
        Ok(Self::of(&config, provider, Some(router), catalogue, aliases))
    }

    /// Serves the models of a provider of your own in place of the configured ones.
    pub fn with_provider(config: &Config, provider: Arc<dyn Provider>) -> Self {
        Self::of(config, provider, None, Vec::new(), HashMap::new())
    }

    fn of(
        config: &Config,
        provider: Arc<dyn Provider>,
        router: Option<Router>,
        catalogue: Vec<Listed>,
        aliases: HashMap<String, Vec<String>>,
    ) -> Self {
        let shared = Shared {
            provider,
            keys: Keys::new(&config.keys),
            limits: config.server.clone(),
            catalogue,
            aliases,
            metrics: Metrics::default(),
            context: Context::default(),
            started: Timestamp::now().as_second(),
            stopping: AtomicBool::new(false),
        };
        Self { shared: Arc::new(shared), router, listen: config.server.listen }
    }

    /// The router, to call models without a server; `None` if the gateway was given a provider instead.
    pub fn router(&self) -> Option<&Router> {
        self.router.as_ref()
    }

    /// The models that the gateway lists: the operator's names, what the model servers of this machine have, and the
    /// simulator's. Any other model of a configured provider can be called all the same.
    pub fn models(&self) -> impl Iterator<Item = &Listed> {
        self.shared.catalogue.iter()
    }

    /// Where the configuration wants it to listen.
    pub fn listen(&self) -> SocketAddr {
        self.listen
    }

    /// Opens the port that the configuration names.
    ///
    /// # Errors
    /// `Configuration` if it cannot be opened, saying why.
    pub async fn bind(&self) -> Result<TcpListener> {
        TcpListener::bind(self.listen).await.map_err(|error| {
            Error::configuration(format!("cannot listen on {}: {error}", self.listen))
        })
    }

    /// Whether clients need a key.
    pub fn has_keys(&self) -> bool {
        !self.shared.keys.is_empty()
    }

    /// Serves until `stop` resolves, then lets the answers that are under way end, within the configured grace.
    ///
    /// # Errors
    /// `Configuration` if the gateway has no keys and the listener is not on loopback.
    pub async fn serve(&self, listener: TcpListener, stop: impl Future<Output = ()>) -> Result<()> {
        let address = listener.local_addr().map_err(broken)?;
        if !self.has_keys() {
            if !address.ip().is_loopback() {
                return Err(Error::configuration(format!(
                    "without keys the gateway listens on loopback only, and {} is not: add a [[keys]] table to the configuration",
                    address.ip()
                )));
            }
            tracing::warn!("no keys are configured: everybody on this machine is let in");
        }
        tracing::info!(%address, "listening");
        server::serve(self.shared.clone(), listener, stop).await;
        Ok(())
    }
}

fn broken(error: io::Error) -> Error {
    Error::configuration("the listener has no address").with_source(error)
}

/// What all requests share.
pub(crate) struct Shared {
    /// Where every model comes from.
    pub(crate) provider: Arc<dyn Provider>,
    pub(crate) keys: Keys,
    pub(crate) limits: Server,
    pub(crate) catalogue: Vec<Listed>,
    /// The providers that each name of the operator may lead to.
    pub(crate) aliases: HashMap<String, Vec<String>>,
    pub(crate) metrics: Metrics,
    pub(crate) context: Context,
    /// When the gateway was started, in seconds since 1970.
    pub(crate) started: i64,
    /// Whether the gateway was asked to stop.
    pub(crate) stopping: AtomicBool,
}

impl std::fmt::Debug for Shared {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Shared").field("provider", &self.provider.id()).finish_non_exhaustive()
    }
}

/// A model that the gateway lists.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Listed {
    /// The id to call it by.
    pub id: String,
    /// What to call it before a person.
    pub name: String,
    /// The provider that answers for it.
    pub provider: String,
    /// That provider's own name of the model.
    pub model_id: String,
    /// What kind of model it is, if that is known.
    pub kind: Option<ModelKind>,
    /// How the gateway knows of it.
    pub origin: Origin,
}

/// How the gateway knows of a model.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Origin {
    /// It is a name of the operator's.
    Configuration,
    /// A model server of this machine has it.
    LocalServer,
    /// The simulator has it.
    Simulator,
}
