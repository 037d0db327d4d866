//! Where a server may be.

use aqueduct_http::is_loopback;
use aqueduct_spec::{Error, Result};
use http::Uri;

use super::BASE_URLS_VARIABLE;
use crate::PROVIDERS;
use crate::environment::Environment;

/// Ollama, LM Studio, llama.cpp, vLLM, as they listen unless told otherwise.
///
/// Source: <https://docs.ollama.com/api>, <https://lmstudio.ai/docs/developer>,
/// <https://github.com/ggml-org/llama.cpp/tree/master/tools/server>, <https://docs.vllm.ai/en/latest/serving/openai_compatible_server>,
/// retrieved 2026-02.
const WELL_KNOWN: [&str; 4] = [
    "http://127.0.0.1:11434",
    "http://127.0.0.1:1234",
    "http://127.0.0.1:8080",
    "http://127.0.0.1:8000",
];

/// A place on loopback.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Candidate {
    /// Scheme, host, port and perhaps a path, without `/v1` and without a slash at the end.
    root: String,
}

impl Candidate {
    /// The places of the environment, those that it names for one provider, then the well-known ones, each once.
    pub(super) fn all(environment: &Environment) -> Result<Vec<Self>> {
        let named = environment.get(BASE_URLS_VARIABLE).unwrap_or_default();
        let named = named.split(',').map(str::trim).filter(|url| !url.is_empty());
        let named = named.map(Self::parse).collect::<Result<Vec<_>>>()?;
        // One on another machine is configured, not found.
        let told = told(environment).filter_map(|url| Self::parse(url).ok());
        let mut all: Vec<Self> = Vec::new();
        for candidate in named.into_iter().chain(told).chain(WELL_KNOWN.map(Self::well_known)) {
            if !all.iter().any(|other| other.is_same_as(&candidate)) {
                all.push(candidate);
            }
        }
        Ok(all)
    }

    fn is_same_as(&self, other: &Self) -> bool {
        let numbered = |root: &str| root.replacen("//localhost", "//127.0.0.1", 1);
        numbered(&self.root) == numbered(&other.root)
    }

    fn well_known(root: &str) -> Self {
        Self { root: root.to_owned() }
    }

    /// Reads a base URL, with or without `/v1`.
    pub(super) fn parse(url: &str) -> Result<Self> {
        let uri = url.parse::<Uri>().ok().filter(|uri| uri.scheme_str() == Some("http"));
        // A user name in front of the host would be sent along, and is refused with the rest.
        let is_plain = |authority: &str| !authority.contains('@');
        let is_here = uri.as_ref().is_some_and(|uri| {
            uri.host().is_some_and(is_loopback)
                && uri.authority().is_some_and(|authority| is_plain(authority.as_str()))
                && uri.query().is_none()
        });
        if !is_here {
            return Err(Error::configuration(format!(
                "a base URL of a local server must begin with http:// and name this machine (localhost, 127.0.0.1, [::1]), \
                 without a query; configure other servers as providers ({BASE_URLS_VARIABLE})"
            )));
        }
        let root = url.trim_end_matches('/');
        let root = root.strip_suffix("/v1").unwrap_or(root).trim_end_matches('/');
        Ok(Self { root: root.to_owned() })
    }

    /// The URL of a path that begins with a slash.
    pub(super) fn url(&self, path: &str) -> String {
        format!("{}{path}", self.root)
    }
}

/// Where the environment says that local servers are: `OLLAMA_BASE_URL` and its like.
fn told(environment: &Environment) -> impl Iterator<Item = &str> {
    let local = PROVIDERS.iter().filter(|entry| entry.base_url.starts_with("http://localhost:"));
    local.filter_map(|entry| environment.get(entry.base_url_variable?))
}
