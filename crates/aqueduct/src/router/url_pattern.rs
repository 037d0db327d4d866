//! Which URLs a request may name.

use aqueduct_spec::{Error, Result};
use url::Url;

/// A pattern of base URLs: `https://api.example.com/v1`, `https://*.example.com`, `http://127.0.0.1:*`.
///
/// The scheme and host must be the same, where `*.` stands for any subdomain. The port is the scheme's own unless given; `*` is
/// any. A path must be the same or go on below it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct AllowedUrl {
    scheme: String,
    host: String,
    any_port: bool,
    port: Option<u16>,
    path: String,
}

impl AllowedUrl {
    /// Reads a pattern.
    pub(crate) fn parse(pattern: &str) -> Result<Self> {
        let wrong = || {
            Error::configuration(format!(
                "'{pattern}' is no pattern of base URLs: write it as 'https://*.example.com' or 'http://127.0.0.1:*'"
            ))
        };
        let (scheme, rest) = pattern.split_once("://").ok_or_else(wrong)?;
        let (authority, path) = rest.split_once('/').unwrap_or((rest, ""));
        let (host, any_port) = match authority.strip_suffix(":*") {
            Some(host) => (host, true),
            None => (authority, false),
        };
        let (wildcard, host) = match host.strip_prefix("*.") {
            Some(host) => ("*.", host),
            None => ("", host),
        };
        // The URL parser brings host and path into the same form as those it is compared with.
        let url = Url::parse(&format!("{scheme}://{host}/{path}")).map_err(|_| wrong())?;
        let plain = url.query().is_none() && url.fragment().is_none() && !has_user(&url);
        if !matches!(url.scheme(), "http" | "https") || !plain {
            return Err(wrong());
        }
        Ok(Self {
            scheme: url.scheme().to_owned(),
            host: format!("{wildcard}{}", url.host_str().ok_or_else(wrong)?),
            any_port,
            port: url.port_or_known_default(),
            path: url.path().trim_end_matches('/').to_owned(),
        })
    }

    /// Whether a URL is allowed.
    pub(crate) fn matches(&self, url: &str) -> bool {
        let Ok(url) = Url::parse(url.trim()) else { return false };
        let host = url.host_str().unwrap_or_default();
        let same_host = match self.host.strip_prefix('*') {
            Some(suffix) => host.len() > suffix.len() && host.ends_with(suffix),
            None => host == self.host,
        };
        let below = url
            .path()
            .strip_prefix(self.path.as_str())
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
        same_host
            && below
            && url.scheme() == self.scheme
            && (self.any_port || url.port_or_known_default() == self.port)
            && !has_user(&url)
    }
}

fn has_user(url: &Url) -> bool {
    !url.username().is_empty() || url.password().is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn allows_what_it_says_and_nothing_else() {
        let cases = [
            ("http://127.0.0.1:*", "http://127.0.0.1:8080/v1", true),
            ("http://127.0.0.1:*", "http://127.0.0.1", true),
            ("http://127.0.0.1:*", "https://127.0.0.1:8080", false),
            ("http://127.0.0.1:*", "http://127.0.0.1:80@evil.example", false),
            ("http://127.0.0.1:*", "http://me@127.0.0.1", false),
            ("http://127.0.0.1:*", "http://127.0.0.1.evil.example", false),
            ("http://127.0.0.1", "http://127.0.0.1:8080", false),
            ("http://[::1]:*", "http://[::1]:9/x", true),
            ("https://*.example.com", "https://a.b.example.com/v1", true),
            ("https://*.example.com", "https://example.com", false),
            ("https://*.example.com", "https://evilexample.com", false),
            ("https://Example.com", "https://EXAMPLE.com:443/", true),
            ("https://example.com/v1", "https://example.com/v1/chat", true),
            ("https://example.com/v1", "https://example.com/v10", false),
            ("https://example.com/v1", "https://example.com/v1/../admin", false),
            ("https://example.com", "file:///etc/passwd", false),
            ("https://example.com", "no url", false),
        ];
        for (pattern, url, allowed) in cases {
            let pattern = AllowedUrl::parse(pattern).unwrap();
            assert_eq!(pattern.matches(url), allowed, "{pattern:?} {url}");
        }
        for wrong in ["example.com", "ftp://example.com", "https://", "https://u@h", "http://h?q"] {
            assert!(AllowedUrl::parse(wrong).is_err(), "{wrong}");
        }
    }
}
