//! What a model can take, as far as it is known.

use std::collections::BTreeMap;

/// What a model can take. The defaults are those of the specification: nothing is known, nothing is limited.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Profile {
    /// URLs that the model fetches itself: by media type or pattern (`image/*`, `*/*`), the patterns that the URL must match.
    /// Other URLs are downloaded before the call.
    pub supported_urls: BTreeMap<String, Vec<UrlPattern>>,
    /// How many values one embedding call takes.
    pub max_embeddings_per_call: Option<usize>,
    /// Whether embedding calls may run side by side.
    pub supports_parallel_calls: bool,
    /// How many images one call makes; `None` is not known, which callers treat as one.
    pub max_images_per_call: Option<usize>,
    /// How many videos one call makes; `None` is not known, which callers treat as one.
    pub max_videos_per_call: Option<usize>,
}

impl Default for Profile {
    fn default() -> Self {
        Self {
            supported_urls: BTreeMap::new(),
            max_embeddings_per_call: None,
            supports_parallel_calls: true,
            max_images_per_call: None,
            max_videos_per_call: None,
        }
    }
}

/// Which URLs of a media type a model fetches itself.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum UrlPattern {
    /// Every URL.
    Any,
    /// Every `https` URL.
    Https,
    /// Every `http` or `https` URL.
    Web,
    /// Every URL that starts so.
    Prefix(String),
    /// Every web URL whose path ends so, as in `.pdf`.
    Suffix(String),
}

impl UrlPattern {
    /// Whether the URL, in lower case, matches.
    pub fn matches(&self, url: &str) -> bool {
        match self {
            Self::Any => true,
            Self::Https => url.starts_with("https://"),
            Self::Web => url.starts_with("https://") || url.starts_with("http://"),
            Self::Prefix(prefix) => url.starts_with(prefix.as_str()),
            Self::Suffix(suffix) => {
                let path = url.split(['?', '#']).next().unwrap_or_default();
                Self::Web.matches(url) && path.ends_with(suffix.as_str())
            }
        }
    }
}

impl Profile {
    /// Whether the model fetches this URL itself.
    pub fn supports_url(&self, media_type: &str, url: &str) -> bool {
        let (media_type, url) = (media_type.to_ascii_lowercase(), url.to_ascii_lowercase());
        self.supported_urls.iter().any(|(pattern, urls)| {
            let same = pattern == "*" || pattern == "*/*" || *pattern == media_type || {
                pattern.strip_suffix('*').is_some_and(|prefix| media_type.starts_with(prefix))
            };
            same && urls.iter().any(|pattern| pattern.matches(&url))
        })
    }
}
