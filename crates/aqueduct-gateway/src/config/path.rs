//! The place of a field: `providers.groq.api_keys[0].key`.

use std::fmt::Write as _;

/// Adds a key; one that TOML would want in quotes gets them.
pub(super) fn field(path: &str, key: &str) -> String {
    let bare = !key.is_empty()
        && key.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
    let dot = if path.is_empty() { "" } else { "." };
    if bare { format!("{path}{dot}{key}") } else { format!("{path}{dot}{key:?}") }
}

/// Adds a position in a list.
pub(super) fn item(path: &str, index: usize) -> String {
    let mut path = path.to_owned();
    let _ = write!(path, "[{index}]");
    path
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_what_toml_would_quote() {
        assert_eq!(field("", "server"), "server");
        assert_eq!(field("models", "gpt.4"), "models.\"gpt.4\"");
        assert_eq!(item(&field("", "keys"), 2), "keys[2]");
    }
}
