//! Keeps credentials out of what a server says of its failure. Some repeat the key that they refuse, and their words are shown
//! to people who must not know it.

use bytes::Bytes;
use http::{HeaderMap, HeaderValue};

/// Shorter ones would blot out words.
const MIN_BYTES: usize = 8;
const BLOT: &[u8] = b"[redacted]";

/// The credentials that went out with a request.
#[derive(Clone, Default)]
pub(crate) struct Redaction(Vec<HeaderValue>);

impl Redaction {
    /// Takes the headers that are marked as sensitive.
    pub(crate) fn of(headers: &HeaderMap) -> Self {
        Self(headers.values().filter(|value| value.is_sensitive()).cloned().collect())
    }

    /// Adds a credential that is only a part of a header.
    #[cfg(feature = "websocket")]
    pub(crate) fn and(mut self, secret: &crate::Secret) -> Self {
        self.0.extend(HeaderValue::from_str(secret.expose().trim()));
        self
    }

    /// Blots the credentials out.
    pub(crate) fn blot_out(&self, body: Bytes) -> Bytes {
        let secrets = self.0.iter().map(|value| credential(value.as_bytes()));
        secrets.filter(|secret| secret.len() >= MIN_BYTES).fold(body, replace)
    }
}

/// The credential without its scheme: the other side may repeat it without.
fn credential(value: &[u8]) -> &[u8] {
    value.rsplit(|byte| *byte == b' ').next().unwrap_or_default()
}

fn replace(body: Bytes, secret: &[u8]) -> Bytes {
    let mut out = Vec::new();
    let mut rest = &body[..];
    while let Some(at) = find(rest, secret) {
        let (before, from) = rest.split_at(at);
        out.extend_from_slice(before);
        out.extend_from_slice(BLOT);
        rest = from.split_at(secret.len()).1;
    }
    if out.is_empty() {
        return body;
    }
    out.extend_from_slice(rest);
    out.into()
}

fn find(text: &[u8], pattern: &[u8]) -> Option<usize> {
    text.windows(pattern.len()).position(|window| window == pattern)
}

/// Shows how many there are and nothing of them.
impl std::fmt::Debug for Redaction {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Redaction").field(&self.0.len()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn blot_out(header: &str, body: &'static str) -> Bytes {
        let mut value = HeaderValue::from_str(header).unwrap();
        value.set_sensitive(true);
        let headers = HeaderMap::from_iter([
            (http::header::AUTHORIZATION, value),
            (http::header::ACCEPT, HeaderValue::from_static("application/json")),
        ]);
        Redaction::of(&headers).blot_out(Bytes::from_static(body.as_bytes()))
    }

    #[test]
    fn a_credential_is_blotted_out_wherever_it_is() {
        let body = blot_out("Bearer sk-12345678", "sk-12345678: Bearer sk-12345678, sk-1234");
        assert_eq!(body, "[redacted]: Bearer [redacted], sk-1234");
        assert_eq!(blot_out("sk-12345678", "key sk-12345678"), "key [redacted]");
    }

    #[test]
    fn all_else_stays() {
        assert_eq!(blot_out("Bearer sk-12345678", "application/json"), "application/json");
        assert_eq!(blot_out("Bearer x", "x is not a word"), "x is not a word");
        assert_eq!(blot_out("Bearer sk-12345678", ""), "");
    }
}
