//! Names → addresses.

use std::fmt::Debug;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use aqueduct_spec::BoxFuture;

/// Finds the addresses of a host. A connection goes to one of the returned addresses and to no other.
pub trait Resolver: Debug + Send + Sync + 'static {
    /// Returns the addresses of `host`, which is a name and never an address itself.
    fn resolve(&self, host: String) -> BoxFuture<'static, io::Result<Vec<IpAddr>>>;
}

/// The resolver of the operating system.
#[derive(Debug, Clone, Copy, Default)]
#[non_exhaustive]
pub struct SystemResolver;

impl Resolver for SystemResolver {
    fn resolve(&self, host: String) -> BoxFuture<'static, io::Result<Vec<IpAddr>>> {
        Box::pin(async move {
            let addresses = tokio::net::lookup_host((host, 0)).await?;
            Ok(addresses.map(|address| address.ip()).collect())
        })
    }
}

/// A resolver as reqwest wants it.
pub(crate) struct ForConnections(pub(crate) Arc<dyn Resolver>);

impl reqwest::dns::Resolve for ForConnections {
    fn resolve(&self, name: reqwest::dns::Name) -> reqwest::dns::Resolving {
        let addresses = self.0.resolve(name.as_str().to_owned());
        Box::pin(async move {
            // Port 0 stands for the port of the URL.
            let addresses = addresses.await?.into_iter().map(|ip| SocketAddr::new(ip, 0));
            Ok(Box::new(addresses) as reqwest::dns::Addrs)
        })
    }
}
