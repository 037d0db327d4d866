//! Who asks.

use std::sync::Arc;

use http::{HeaderMap, StatusCode, header};

use super::inbound::Inbound;
use crate::config::{Key, KeyHash, hash_of};
use crate::error::{Class, Failure};

/// A request whose sender is known.
#[derive(Debug)]
pub(crate) struct Authenticated {
    pub(crate) inbound: Inbound,
    /// The name of the client's key; `None` if the gateway asks for none.
    pub(crate) key: Option<Arc<str>>,
}

/// The keys that clients sign in with.
#[derive(Debug, Default)]
pub(crate) struct Keys(Vec<(KeyHash, Arc<str>)>);

impl Keys {
    pub(crate) fn new(keys: &[Key]) -> Self {
        Self(keys.iter().map(|key| (key.hash, Arc::from(key.name.as_str()))).collect())
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Finds the key. Every hash is compared whole, so that the time taken tells nothing.
    fn find(&self, key: &str) -> Option<Arc<str>> {
        let hash = hash_of(key);
        let mut found = None;
        for (known, name) in &self.0 {
            let difference = known.iter().zip(&hash).fold(0, |all, (a, b)| all | (a ^ b));
            if std::hint::black_box(difference) == 0 {
                found = Some(name);
            }
        }
        found.cloned()
    }
}

/// Asks for a key, if the gateway has any. Without keys it is open to programs on this machine but to no web page: those
/// that a browser loads from elsewhere name their origin, or this machine by a name that is not its own.
pub(crate) fn authenticate(
    inbound: Inbound,
    keys: &Keys,
) -> Result<Authenticated, Box<(Failure, Inbound)>> {
    let headers = &inbound.parts.headers;
    if keys.is_empty() {
        let failure = match foreign(headers) {
            None => return Ok(Authenticated { inbound, key: None }),
            Some(what) => Failure::new(
                Class::Forbidden,
                StatusCode::FORBIDDEN,
                format!(
                    "a gateway without keys answers programs on its own machine only, and the {what} is another"
                ),
            ),
        };
        return Err(Box::new((failure, inbound)));
    }
    let Some(key) = presented(headers) else {
        let failure = Failure::unauthenticated(
            "no API key: send the header 'Authorization: Bearer <key>'",
            "missing_api_key",
        );
        return Err(Box::new((failure, inbound)));
    };
    match keys.find(key) {
        Some(name) => Ok(Authenticated { inbound, key: Some(name) }),
        None => {
            let failure =
                Failure::unauthenticated("the API key is not known here", "invalid_api_key");
            Err(Box::new((failure, inbound)))
        }
    }
}

/// The key that a request shows: as a bearer token, or where some clients of OpenAI-like APIs put it.
fn presented(headers: &HeaderMap) -> Option<&str> {
    let bearer = headers.get(header::AUTHORIZATION).and_then(|value| {
        let (scheme, token) = value.to_str().ok()?.split_once(' ')?;
        scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
    });
    bearer
        .or_else(|| headers.get("x-api-key")?.to_str().ok().map(str::trim))
        .filter(|key| !key.is_empty())
}

fn foreign(headers: &HeaderMap) -> Option<&'static str> {
    let text = |name| {
        headers.get(name).map(|value: &http::HeaderValue| value.to_str().unwrap_or_default())
    };
    if text(header::HOST).is_some_and(|host| !is_loopback(host)) {
        return Some("host of the request");
    }
    let origin = text(header::ORIGIN)?;
    let host = origin.split_once("://").map_or("", |(_, host)| host);
    (!is_loopback(host)).then_some("origin of the request")
}

/// Whether a host, with or without a port, is this machine by name or number.
fn is_loopback(host: &str) -> bool {
    if let Some(rest) = host.strip_prefix('[') {
        return rest.split(']').next() == Some("::1");
    }
    let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
    name.eq_ignore_ascii_case("localhost")
        || name.parse::<std::net::Ipv4Addr>().is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use axum::body::Body;

    use super::*;

    fn ask(keys: &Keys, headers: &[(&str, &str)]) -> Result<Option<String>, u16> {
        let mut request = http::Request::new(Body::empty());
        for (name, value) in headers {
            let name: http::HeaderName = name.parse().unwrap();
            request.headers_mut().insert(name, value.parse().unwrap());
        }
        match authenticate(Inbound::new(request), keys) {
            Ok(authenticated) => Ok(authenticated.key.map(|key| key.to_string())),
            Err(refused) => Err(refused.0.status.as_u16()),
        }
    }

    #[test]
    fn the_hash_is_the_one_that_sha256sum_prints() {
        let hash = hash_of("test").map(|byte| format!("{byte:02x}")).concat();
        assert_eq!(hash, "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08");
    }

    #[test]
    fn a_key_is_found_by_its_hash() {
        let keys = Keys::new(&[Key::of("one", "secret-1"), Key::of("two", "secret-2")]);
        assert_eq!(ask(&keys, &[("authorization", "Bearer secret-2")]), Ok(Some("two".to_owned())));
        assert_eq!(
            ask(&keys, &[("authorization", "bearer  secret-1")]),
            Ok(Some("one".to_owned()))
        );
        assert_eq!(ask(&keys, &[("x-api-key", "secret-1")]), Ok(Some("one".to_owned())));
        for wrong in ["Bearer", "Bearer ", "Bearer secret-", "Basic secret-1", "secret-1"] {
            assert_eq!(ask(&keys, &[("authorization", wrong)]), Err(401), "{wrong}");
        }
        assert_eq!(ask(&keys, &[]), Err(401));
    }

    #[test]
    fn without_keys_web_pages_are_kept_out() {
        let keys = Keys::default();
        for host in ["127.0.0.1:4000", "localhost", "LOCALHOST:1", "[::1]:4000"] {
            assert_eq!(ask(&keys, &[("host", host)]), Ok(None), "{host}");
        }
        for host in ["evil.example:4000", "127.0.0.1.evil.example", "10.0.0.1:4000"] {
            assert_eq!(ask(&keys, &[("host", host)]), Err(403), "{host}");
        }
        let local = ("host", "localhost:4000");
        assert_eq!(ask(&keys, &[local, ("origin", "http://localhost:3000")]), Ok(None));
        assert_eq!(ask(&keys, &[local, ("origin", "https://evil.example")]), Err(403));
        assert_eq!(ask(&keys, &[local, ("origin", "null")]), Err(403));
        // With a key, who asks is known whatever the origin.
        let keys = Keys::new(&[Key::of("one", "secret-1")]);
        let key = ("authorization", "Bearer secret-1");
        assert_eq!(
            ask(&keys, &[key, ("origin", "https://app.example")]),
            Ok(Some("one".to_owned()))
        );
    }
}
