//! Ids in URLs.

/// Escapes an id for a place between two slashes, dots included, so that it can name nothing but itself.
pub(crate) fn path_segment(id: &str) -> String {
    escaped(id, b"-_~")
}

/// Escapes what is not unreserved (RFC 3986 §2.3) for the query, so also the slash of a model id.
pub(crate) fn query_value(text: &str) -> String {
    escaped(text, b"-._~")
}

fn escaped(text: &str, kept: &[u8]) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || kept.contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}
