//! The headers of a call, which ride in its body and go on to the provider.

use aqueduct_spec::language::Headers;

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

/// Leaves out what must not reach a provider.
pub(super) fn keep_forwardable(headers: &mut Option<Headers>) {
    let Some(present) = headers else { return };
    present.retain(|name, _| {
        let name = name.to_ascii_lowercase();
        !OURS.contains(&name.as_str()) && !FOR_GATEWAYS.iter().any(|start| name.starts_with(start))
    });
    if present.is_empty() {
        *headers = None;
    }
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
        keep_forwardable(&mut headers);
        let kept: Vec<_> = headers.unwrap().into_keys().collect();
        assert_eq!(kept, ["Authorization", "Custom-Header", "user-agent"]);
        let mut headers = Some(Headers::from([("connection".to_owned(), None)]));
        keep_forwardable(&mut headers);
        assert_eq!(headers, None);
    }
}
