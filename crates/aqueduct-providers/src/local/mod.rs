//! The model servers of this machine, found by asking.
//!
//! Ollama, LM Studio, llama.cpp and vLLM listen at well-known ports of loopback, or where `OLLAMA_BASE_URL` and its like say;
//! more places can be named in `AQUEDUCT_LOCAL_BASE_URLS`. Who listens is told by what it answers, not by the port. Nothing but
//! loopback is asked, nothing is sent but `GET` without credentials, and whoever does not answer soon is not there.

mod candidate;
mod flavour;
mod probe;

use std::time::Duration;

use aqueduct_http::{Client, Timeouts};
use aqueduct_spec::Result;
use futures_util::future::join_all;

use crate::environment::Environment;
use candidate::Candidate;

/// The environment variable that names further places: base URLs on loopback, with commas between them.
pub const BASE_URLS_VARIABLE: &str = "AQUEDUCT_LOCAL_BASE_URLS";

/// How long a connection to loopback may take.
const CONNECT_LIMIT: Duration = Duration::from_millis(300);

/// How long one answer may take.
const ANSWER_LIMIT: Duration = Duration::from_secs(1);

/// A model server of this machine.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct LocalServer {
    /// The provider that speaks to it: `ollama`, `lmstudio`, `llama-cpp`, `vllm`, or `openai-compatible`.
    pub provider: &'static str,
    /// Its base URL, for the provider's setting `baseURL`: `http://127.0.0.1:11434/v1`.
    pub base_url: String,
    /// The ids of its models, in its order, at most 1000; empty if it has none loaded or wants a key before it tells.
    pub models: Vec<String>,
}

/// Finds the servers at the well-known ports and at the places that the environment names, those of the environment first.
///
/// All are asked at the same time. It takes no longer than 2 s, and milliseconds where nobody listens.
///
/// # Errors
/// `Configuration` if the environment names something that is not an `http` URL on loopback.
pub async fn discover(environment: &Environment) -> Result<Vec<LocalServer>> {
    find(Candidate::all(environment)?).await
}

/// Finds the servers at these base URLs alone.
///
/// # Errors
/// `Configuration` if one is not an `http` URL on loopback.
pub async fn discover_at<'a>(
    base_urls: impl IntoIterator<Item = &'a str>,
) -> Result<Vec<LocalServer>> {
    let candidates = base_urls.into_iter().map(Candidate::parse).collect::<Result<_>>()?;
    find(candidates).await
}

async fn find(candidates: Vec<Candidate>) -> Result<Vec<LocalServer>> {
    let timeouts = Timeouts::default()
        .with_first_byte(ANSWER_LIMIT)
        .with_idle(ANSWER_LIMIT)
        .with_total(ANSWER_LIMIT);
    // A client of its own: the shared one has patience, and may go through a proxy.
    let client =
        Client::builder().connect_timeout(CONNECT_LIMIT).timeouts(timeouts).no_proxy().build()?;
    let found = join_all(candidates.iter().map(|candidate| flavour::ask(&client, candidate))).await;
    Ok(found.into_iter().flatten().collect())
}
