//! The headers of a call, which ride in its body and go on to the provider.

use aqueduct_spec::language::Headers;
use http::{HeaderMap, header};

/// Headers that belong to one connection or to the body that the gateway writes itself (RFC 9110 §7.6.1).
const OURS: &[&str] = &[
    "accept-encoding",
    "connection",
    "content-length",
    "expect",
    "host",
    "keep-alive",
    "proxy-authenticate",
    "proxy-authorization",
    "proxy-connection",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
];
/// Headers that are meant for a gateway.
const FOR_GATEWAYS: &[&str] = &["ai-gateway-", "ai-o11y-", "x-aqueduct-", "x-vercel-"];

/// Leaves out what must not reach a provider. Clients send a call's headers with the request and repeat them in its body, so a
/// value that the request was signed in with is a key of this gateway.
pub(super) fn keep_forwardable(headers: &mut Option<Headers>, request: &HeaderMap) {
    let Some(present) = headers else { return };
    let keys = keys(request);
    present.retain(|name, value| {
        let name = name.to_ascii_lowercase();
        let value = value.as_deref().unwrap_or_default();
        !OURS.contains(&name.as_str())
            && !FOR_GATEWAYS.iter().any(|start| name.starts_with(start))
            && !keys.iter().any(|key| value.contains(key))
    });
    if present.is_empty() {
        *headers = None;
    }
}

/// The keys that a request shows.
fn keys(request: &HeaderMap) -> Vec<&str> {
    let text = |name| request.get(name).and_then(|value| value.to_str().ok());
    let bearer = text(header::AUTHORIZATION.as_str()).and_then(|value| value.split_once(' '));
    let keys = [bearer.map(|(_, key)| key), text("x-api-key")];
    keys.into_iter().flatten().map(str::trim).filter(|key| !key.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_what_is_the_callers() {
        let names =
            ["Custom-Header", "Authorization", "user-agent", "Host", "TE", "x-aqueduct-include"];
        let mut headers =
            Some(names.iter().map(|name| ((*name).to_owned(), Some("v".to_owned()))).collect());
        keep_forwardable(&mut headers, &HeaderMap::new());
        let kept: Vec<_> = headers.unwrap().into_keys().collect();
        assert_eq!(kept, ["Authorization", "Custom-Header", "user-agent"]);
        let mut headers = Some(Headers::from([("connection".to_owned(), None)]));
        keep_forwardable(&mut headers, &HeaderMap::new());
        assert_eq!(headers, None);
    }

    #[test]
    fn keeps_the_key_of_the_gateway_here() {
        let mut request = HeaderMap::new();
        request.insert("authorization", "Bearer secret-1".parse().unwrap());
        let header = |value: &str| ("authorization".to_owned(), Some(value.to_owned()));
        let mut headers = Some(Headers::from([header("bearer  secret-1")]));
        keep_forwardable(&mut headers, &request);
        assert_eq!(headers, None);
        let mut headers = Some(Headers::from([header("Bearer another")]));
        keep_forwardable(&mut headers, &request);
        assert_eq!(headers, Some(Headers::from([header("Bearer another")])));
    }
}
