//! Who may be connected to.

use std::error::Error as StdError;
use std::fmt;
use std::io;
use std::net::IpAddr;
use std::sync::Arc;

use aqueduct_spec::{BoxFuture, Error, ErrorKind};
use url::{Host, Url};

use super::address::is_public;
use crate::resolver::{Resolver, SystemResolver};

/// A resolver that returns only addresses which may be connected to.
#[derive(Debug, Clone)]
pub(super) struct Guard {
    resolver: Arc<dyn Resolver>,
    allowed: Allowed,
}

#[derive(Debug, Clone)]
enum Allowed {
    PublicAnd(Vec<String>),
    All,
}

impl Guard {
    pub(super) fn new(resolver: Option<Arc<dyn Resolver>>) -> Self {
        Self {
            resolver: resolver.unwrap_or_else(|| Arc::new(SystemResolver)),
            allowed: Allowed::PublicAnd(Vec::new()),
        }
    }

    pub(super) fn allow(&mut self, pattern: &str) {
        if let Allowed::PublicAnd(patterns) = &mut self.allowed {
            let pattern = pattern.trim_matches(['[', ']']);
            patterns.push(pattern.trim_end_matches('.').to_ascii_lowercase());
        }
    }

    pub(super) fn allow_all(&mut self) {
        self.allowed = Allowed::All;
    }

    /// Checks what can be seen without resolving. Odd notations of addresses (`0x7f.1`, `2130706433`) are addresses here:
    /// the URL parser has normalised them.
    pub(super) fn check_url(&self, url: &Url) -> Result<(), Refused> {
        let allowed = match url.host() {
            Some(Host::Ipv4(address)) => self.is_allowed(&address.to_string(), address.into()),
            Some(Host::Ipv6(address)) => self.is_allowed(&address.to_string(), address.into()),
            Some(Host::Domain(name)) => self.is_allowed_host(name) || !is_local_name(name),
            None => false,
        };
        allowed.then_some(()).ok_or(Refused)
    }

    fn is_allowed(&self, host: &str, address: IpAddr) -> bool {
        self.is_allowed_host(host) || is_public(address)
    }

    fn is_allowed_host(&self, host: &str) -> bool {
        let host = host.trim_end_matches('.').to_ascii_lowercase();
        match &self.allowed {
            Allowed::All => true,
            Allowed::PublicAnd(patterns) => patterns.iter().any(|pattern| matches(pattern, &host)),
        }
    }
}

impl Resolver for Guard {
    fn resolve(&self, host: String) -> BoxFuture<'static, io::Result<Vec<IpAddr>>> {
        let addresses = self.resolver.resolve(host.clone());
        let guard = self.clone();
        Box::pin(async move {
            let mut addresses = addresses.await?;
            if addresses.is_empty() {
                return Err(io::Error::new(io::ErrorKind::NotFound, "the name has no address"));
            }
            addresses.retain(|address| guard.is_allowed(&host, *address));
            if addresses.is_empty() { Err(io::Error::other(Refused)) } else { Ok(addresses) }
        })
    }
}

/// A host that may not be connected to. It does not say what the name resolved to: that would map our network.
#[derive(Debug)]
pub(crate) struct Refused;

impl Refused {
    pub(crate) fn error(&self) -> Error {
        Error::new(ErrorKind::Forbidden, self.to_string())
    }
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(
            "cannot download the file: its host is not on the public internet and not allowed by name",
        )
    }
}

impl StdError for Refused {}

fn matches(pattern: &str, host: &str) -> bool {
    match pattern.strip_prefix("*.") {
        Some(parent) => {
            host.strip_suffix(parent).is_some_and(|rest| rest.len() > 1 && rest.ends_with('.'))
        }
        None => pattern == host,
    }
}

/// Names that never mean a public host, whatever a resolver says.
fn is_local_name(name: &str) -> bool {
    const LOCAL: &[&str] = &["localhost", "local", "internal", "home.arpa"];
    let name = name.trim_end_matches('.').to_ascii_lowercase();
    LOCAL.iter().any(|local| name == *local || matches(&format!("*.{local}"), &name))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_refused(guard: &Guard, url: &str) -> bool {
        guard.check_url(&Url::parse(url).unwrap()).is_err()
    }

    #[test]
    fn refuses_addresses_in_every_notation() {
        let guard = Guard::new(None);
        for url in [
            "http://127.0.0.1/",
            "http://127.1/",
            "http://2130706433/",
            "http://0x7f000001/",
            "http://0177.0.0.1/",
            "http://0x7f.0x0.0x0.0x1/",
            "http://0/",
            "http://127.0.0.1./",
            "http://１２７.0.0.1/",
            "http://%31%32%37.0.0.1/",
            "http://[::1]/",
            "http://[::ffff:7f00:1]/",
            "http://[0:0:0:0:0:ffff:127.0.0.1]/",
            "http://[fe80::1]/",
            "http://169.254.169.254/latest",
            "http://localhost/",
            "http://LOCALHOST./",
            "http://a.localhost/",
            "http://printer.local/",
            "http://metadata.google.internal/",
        ] {
            assert!(is_refused(&guard, url), "{url}");
        }
        for url in
            ["http://1.1.1.1/", "https://example.com/", "https://notlocal/", "http://mylocalhost/"]
        {
            assert!(!is_refused(&guard, url), "{url}");
        }
    }

    #[test]
    fn allows_by_name() {
        let mut guard = Guard::new(None);
        for pattern in ["127.0.0.1", "*.Files.internal", "[::1]"] {
            guard.allow(pattern);
        }
        for url in
            ["http://127.0.0.1:9/", "http://0x7f.1/", "http://a.b.files.internal/", "http://[::1]/"]
        {
            assert!(!is_refused(&guard, url), "{url}");
        }
        for url in ["http://127.0.0.2/", "http://files.internal/", "http://evilfiles.internal/"] {
            assert!(is_refused(&guard, url), "{url}");
        }
        guard.allow_all();
        assert!(!is_refused(&guard, "http://127.0.0.2/"));
    }
}
