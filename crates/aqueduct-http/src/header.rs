//! Headers from text.

use aqueduct_spec::{Error, Result};
use http::{HeaderMap, HeaderName, HeaderValue};

/// Whether a header of that name is likely to hold a credential, and must not be logged.
///
/// ```
/// assert!(aqueduct_http::is_sensitive_header("X-Goog-Api-Key"));
/// assert!(!aqueduct_http::is_sensitive_header("content-type"));
/// ```
pub fn is_sensitive_header(name: &str) -> bool {
    const PARTS: &[&str] =
        &["auth", "key", "token", "secret", "password", "cookie", "credential", "signature"];
    let name = name.to_ascii_lowercase();
    PARTS.iter().any(|part| name.contains(part))
}

/// Reads a name and a value. Surrounding whitespace of the value is cut off: keys out of files end with a line break.
pub(crate) fn parse(name: &str, value: &str) -> Result<(HeaderName, HeaderValue)> {
    let name = name.parse::<HeaderName>().map_err(|_| {
        Error::invalid_request(format!("'{}' is not a valid header name", name.escape_debug()))
    })?;
    // The source of the error is left out and so is the value: it may be a credential.
    let value =
        HeaderValue::from_str(value.trim_matches([' ', '\t', '\r', '\n'])).map_err(|_| {
            Error::invalid_request(format!(
                "the value of header '{name}' has characters that a header cannot hold"
            ))
        })?;
    Ok((name, value))
}

/// Sets a header in place of what was there.
pub(crate) fn insert(headers: &mut HeaderMap, name: HeaderName, mut value: HeaderValue) {
    if is_sensitive_header(name.as_str()) {
        value.set_sensitive(true);
    }
    headers.insert(name, value);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cuts_off_the_line_break_of_a_key() {
        assert_eq!(parse("x-api-key", " sk-1\r\n").unwrap().1, "sk-1");
    }

    #[test]
    fn names_the_header_but_not_its_value() {
        let error = parse("x-api-key", "sk-\n1").unwrap_err();
        assert!(error.message().contains("x-api-key") && !error.message().contains("sk-"));
        assert!(!format!("{error:?}").contains("sk-"));
        assert_eq!(
            parse("bad name\n", "v").unwrap_err().message(),
            "'bad name\\n' is not a valid header name"
        );
    }

    #[test]
    fn marks_credentials() {
        let mut headers = HeaderMap::new();
        for name in ["authorization", "x-api-key", "api-key", "x-amz-security-token", "accept"] {
            let (name, value) = parse(name, "v").unwrap();
            insert(&mut headers, name, value);
        }
        let public: Vec<_> = headers
            .iter()
            .filter(|(_, value)| !value.is_sensitive())
            .map(|(name, _)| name)
            .collect();
        assert_eq!(public, ["accept"]);
    }
}
