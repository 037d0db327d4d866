//! The shared client.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use aqueduct_spec::{Error, Result};
use http::Method;
use rustls::ClientConfig;
use rustls::pki_types::CertificateDer;
use url::Url;

use crate::carrier::Carrier;
use crate::loopback::is_loopback;
use crate::request::Request;
use crate::resolver::{ForConnections, Resolver};
use crate::timeouts::Timeouts;
use crate::tls;

const USER_AGENT: &str = concat!("aqueduct/", env!("CARGO_PKG_VERSION"));

/// A pool of connections. Clones share it, so one client serves a whole program.
///
/// It speaks HTTP/1.1 and HTTP/2, trusts the operating system's root certificates (`SSL_CERT_FILE` and `SSL_CERT_DIR` are
/// honoured), uses the proxy that the environment names for all but this machine, and follows no redirects: credentials go
/// where they were sent and nowhere else. For files from places that someone else names there is [`Downloader`](crate::Downloader).
#[derive(Debug, Clone, Default)]
pub struct Client {
    inner: Arc<Inner>,
}

#[derive(Debug, Default)]
struct Inner {
    settings: Settings,
    /// Reading the root certificates takes milliseconds, which a program pays at its first request.
    tls: OnceLock<Result<ClientConfig>>,
    connections: Pools,
    /// Those that become WebSockets: they speak HTTP/1.1 alone, which is what can be switched.
    #[cfg(feature = "websocket")]
    switching: Pools,
}

/// Connections to other machines, and to this one. No proxy elsewhere could reach this one, and the servers of models that run
/// here were found without.
#[derive(Debug, Default)]
struct Pools {
    outside: OnceLock<Result<reqwest::Client>>,
    here: OnceLock<Result<reqwest::Client>>,
}

#[derive(Debug)]
struct Settings {
    timeouts: Timeouts,
    connect_timeout: Duration,
    user_agent: String,
    extra_roots: Vec<CertificateDer<'static>>,
    resolver: Option<Arc<dyn Resolver>>,
    proxy: Proxy,
    carrier: Option<Arc<dyn Carrier>>,
    private_downloads: bool,
    download_hosts: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Proxy {
    /// As the environment says: `HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY`, `NO_PROXY`; never for this machine.
    Environment,
    None,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            timeouts: Timeouts::default(),
            connect_timeout: Duration::from_secs(10),
            user_agent: USER_AGENT.to_owned(),
            extra_roots: Vec::new(),
            resolver: None,
            proxy: Proxy::Environment,
            carrier: None,
            private_downloads: false,
            download_hosts: Vec::new(),
        }
    }
}

impl Client {
    /// Creates a client with the default settings. It costs nothing until its first request.
    pub fn new() -> Self {
        Self::default()
    }

    /// Starts a client with settings of its own.
    pub fn builder() -> ClientBuilder {
        ClientBuilder { settings: Settings::default() }
    }

    /// Starts a GET request.
    pub fn get(&self, url: &str) -> Request {
        self.request(Method::GET, url)
    }

    /// Starts a POST request.
    pub fn post(&self, url: &str) -> Request {
        self.request(Method::POST, url)
    }

    /// Starts a request. Whatever is wrong with it is told when it is sent.
    pub fn request(&self, method: Method, url: &str) -> Request {
        Request::new(self.clone(), method, url)
    }

    pub(crate) fn timeouts(&self) -> Timeouts {
        self.inner.settings.timeouts
    }

    pub(crate) fn connect_timeout(&self) -> Duration {
        self.inner.settings.connect_timeout
    }

    pub(crate) fn resolver(&self) -> Option<&Arc<dyn Resolver>> {
        self.inner.settings.resolver.as_ref()
    }

    pub(crate) fn carrier(&self) -> Option<&Arc<dyn Carrier>> {
        self.inner.settings.carrier.as_ref()
    }

    pub(crate) fn allows_private_downloads(&self) -> bool {
        self.inner.settings.private_downloads
    }

    pub(crate) fn download_hosts(&self) -> &[String] {
        &self.inner.settings.download_hosts
    }

    /// The connections to an address.
    pub(crate) fn connections_to(&self, url: &Url) -> Result<&reqwest::Client> {
        let resolver = &self.inner.settings.resolver;
        self.in_pools(&self.inner.connections, url, |proxy| {
            self.connect_with(resolver.clone(), proxy)
        })
    }

    #[cfg(feature = "websocket")]
    pub(crate) fn switching_connections_to(&self, url: &Url) -> Result<&reqwest::Client> {
        let resolver = &self.inner.settings.resolver;
        self.in_pools(&self.inner.switching, url, |proxy| {
            let mut tls = self.tls()?;
            tls.alpn_protocols = vec![b"http/1.1".to_vec()];
            self.pool(tls, resolver.clone(), proxy, reqwest::ClientBuilder::http1_only)
        })
    }

    fn in_pools<'a>(
        &self,
        pools: &'a Pools,
        url: &Url,
        make: impl FnOnce(Proxy) -> Result<reqwest::Client>,
    ) -> Result<&'a reqwest::Client> {
        let is_here = url.host_str().is_some_and(is_loopback);
        let (pool, proxy) = match self.inner.settings.proxy {
            Proxy::Environment if is_here => (&pools.here, Proxy::None),
            proxy => (&pools.outside, proxy),
        };
        pool.get_or_init(|| make(proxy)).as_ref().map_err(Error::clone)
    }

    fn tls(&self) -> Result<ClientConfig> {
        let extra_roots = &self.inner.settings.extra_roots;
        self.inner.tls.get_or_init(|| tls::client_config(extra_roots.clone())).clone()
    }

    /// Makes another pool with the same trust, agent and connect timeout.
    pub(crate) fn connect_with(
        &self,
        resolver: Option<Arc<dyn Resolver>>,
        proxy: Proxy,
    ) -> Result<reqwest::Client> {
        self.pool(self.tls()?, resolver, proxy, |builder| builder)
    }

    fn pool(
        &self,
        tls: ClientConfig,
        resolver: Option<Arc<dyn Resolver>>,
        proxy: Proxy,
        change: fn(reqwest::ClientBuilder) -> reqwest::ClientBuilder,
    ) -> Result<reqwest::Client> {
        let Settings { user_agent, connect_timeout, .. } = &self.inner.settings;
        let mut builder = reqwest::Client::builder()
            .tls_backend_preconfigured(tls)
            .user_agent(user_agent)
            .connect_timeout(*connect_timeout)
            .redirect(reqwest::redirect::Policy::none())
            .tcp_nodelay(true)
            // Below the 60 s after which common load balancers close: a request is not sent into a closing connection.
            .pool_idle_timeout(Duration::from_secs(55))
            .tcp_keepalive(Duration::from_secs(30));
        if proxy == Proxy::None {
            builder = builder.no_proxy();
        }
        if let Some(resolver) = resolver {
            builder = builder.dns_resolver(ForConnections(resolver));
        }
        change(builder).build().map_err(|error| {
            Error::configuration("cannot set up the HTTP client").with_source(error.without_url())
        })
    }
}

/// The settings of a [`Client`].
#[derive(Debug)]
#[must_use]
pub struct ClientBuilder {
    settings: Settings,
}

impl ClientBuilder {
    /// The limits of requests that set none of their own.
    pub fn timeouts(mut self, timeouts: Timeouts) -> Self {
        self.settings.timeouts = timeouts;
        self
    }

    /// How long finding the address, connecting and the TLS handshake may take together. Default: 10 s.
    pub fn connect_timeout(mut self, limit: Duration) -> Self {
        self.settings.connect_timeout = limit;
        self
    }

    /// The `user-agent` of requests that set none of their own. Default: `aqueduct/<version>`.
    pub fn user_agent(mut self, agent: impl Into<String>) -> Self {
        self.settings.user_agent = agent.into();
        self
    }

    /// Trusts more root certificates beside the operating system's, as PEM text.
    ///
    /// # Errors
    /// [`ErrorKind::Configuration`](aqueduct_spec::ErrorKind::Configuration) if the text holds no certificates.
    pub fn root_certificates(mut self, pem: &[u8]) -> Result<Self> {
        self.settings.extra_roots.extend(tls::certificates(pem)?);
        Ok(self)
    }

    /// Finds addresses in another way than the operating system.
    pub fn resolver(mut self, resolver: Arc<dyn Resolver>) -> Self {
        self.settings.resolver = Some(resolver);
        self
    }

    /// Takes requests to the other side in another way than the network. A [`Downloader`](crate::Downloader) does not use it:
    /// nobody could say which addresses it reaches. WebSockets do not go
    /// over it.
    pub fn carrier(mut self, carrier: Arc<dyn Carrier>) -> Self {
        self.settings.carrier = Some(carrier);
        self
    }

    /// Ignores the proxy that the environment names.
    pub fn no_proxy(mut self) -> Self {
        self.settings.proxy = Proxy::None;
        self
    }

    /// Lets every [`Downloader`](crate::Downloader) of this client fetch from private and local addresses too. Only where
    /// nobody but the operator can name a URL.
    pub fn allow_private_downloads(mut self) -> Self {
        self.settings.private_downloads = true;
        self
    }

    /// Lets every [`Downloader`](crate::Downloader) of this client fetch from this host whatever its address; the pattern is
    /// that of [`Downloader::allow_host`](crate::Downloader::allow_host).
    pub fn allow_downloads_from(mut self, pattern: impl Into<String>) -> Self {
        self.settings.download_hosts.push(pattern.into());
        self
    }

    /// Makes the client.
    ///
    /// # Errors
    /// [`ErrorKind::Configuration`](aqueduct_spec::ErrorKind::Configuration) if a setting cannot be used.
    pub fn build(self) -> Result<Client> {
        let client =
            Client { inner: Arc::new(Inner { settings: self.settings, ..Inner::default() }) };
        // What is wrong with the settings shows in making the first pool.
        let Inner { settings, connections, .. } = &*client.inner;
        let make = || client.connect_with(settings.resolver.clone(), settings.proxy);
        connections.outside.get_or_init(make).as_ref().map_err(Error::clone)?;
        Ok(client)
    }
}
