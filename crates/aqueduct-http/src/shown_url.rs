//! URLs as they may be shown: without credentials and query.

use url::Url;

/// Scheme, host, port and path.
pub(crate) fn of(url: &Url) -> String {
    if !url.has_host() {
        // `data:` holds the content itself.
        return format!("{}:…", url.scheme());
    }
    let host = url.host_str().unwrap_or_default();
    match url.port() {
        Some(port) => format!("{}://{host}:{port}{}", url.scheme(), url.path()),
        None => format!("{}://{host}{}", url.scheme(), url.path()),
    }
}

/// The same for text that need not be a whole URL.
pub(crate) fn of_text(text: &str) -> String {
    Url::parse(text).map_or_else(
        |_| {
            let path = text.split(['?', '#']).next().unwrap_or_default();
            path.rsplit('@').next().unwrap_or_default().to_owned()
        },
        |url| of(&url),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shows_neither_credentials_nor_query() {
        let cases = [
            ("https://me:pw@a.example:8443/v1/x?key=1#f", "https://a.example:8443/v1/x"),
            ("https://a.example", "https://a.example/"),
            ("data:text/plain,secret", "data:…"),
            ("/v2/x?key=1", "/v2/x"),
            ("//me:pw@b.example/x", "b.example/x"),
        ];
        for (url, shown) in cases {
            assert_eq!(of_text(url), shown);
        }
    }
}
