//! Which server it is.
//!
//! Sources, retrieved 2026-02: Ollama's `GET /` and `/api/version` (<https://docs.ollama.com/api>), LM Studio's `/api/v0/models`
//! (<https://lmstudio.ai/docs/developer/rest/endpoints>), llama.cpp's `/props`, `owned_by` and `server` header
//! (<https://github.com/ggml-org/llama.cpp/tree/master/tools/server>), vLLM's `/version` and `owned_by`
//! (<https://docs.vllm.ai/en/latest/serving/openai_compatible_server>).

use std::collections::BTreeSet;

use aqueduct_http::Client;
use futures_util::future::join5;
use http::StatusCode;
use serde_json::Value;

use super::LocalServer;
use super::candidate::Candidate;
use super::probe::{self, Answer};

const MAX_MODELS: usize = 1000;
const MAX_ID_BYTES: usize = 512;

/// Asks who is there; `None` if it is nobody, or no model server, or Aqueduct itself.
pub(super) async fn ask(client: &Client, candidate: &Candidate) -> Option<LocalServer> {
    // All of them have this, so that other programs on these ports are asked once and left alone.
    let models = probe::get(client, candidate, "/v1/models").await?;
    // A gateway that finds itself would send calls in circles.
    if models.says("server-timing", "aqueduct") {
        return None;
    }
    let provider = match by_models(&models) {
        Some(provider) => provider,
        None => by_other_answers(client, candidate, &models).await?,
    };
    Some(LocalServer { provider, base_url: candidate.url("/v1"), models: ids(&models) })
}

/// llama.cpp and vLLM say it with their models.
fn by_models(models: &Answer) -> Option<&'static str> {
    let owned_by = |owner: &str| {
        let mut entries = models.list().into_iter().flatten();
        entries.any(|entry| entry.get("owned_by").and_then(Value::as_str) == Some(owner))
    };
    if models.says("server", "llama.cpp") || owned_by("llamacpp") {
        Some("llama-cpp")
    } else if owned_by("vllm") {
        Some("vllm")
    } else {
        None
    }
}

async fn by_other_answers(
    client: &Client,
    candidate: &Candidate,
    models: &Answer,
) -> Option<&'static str> {
    let is_list = models.list().is_some();
    // Loading (503) and locked (401, 403) servers are there, but do not list; a 404 or a page is no model server.
    let is_closed = matches!(
        models.status(),
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN | StatusCode::SERVICE_UNAVAILABLE
    );
    if !is_list && !is_closed {
        return None;
    }
    let get = |path| probe::get(client, candidate, path);
    let (root, ollama, catalogue, props, version) =
        join5(get("/"), get("/api/version"), get("/api/v0/models"), get("/props"), get("/version"))
            .await;
    // Behind something that serves another page at `/`, Ollama still has its own version.
    if root.is_some_and(|answer| answer.text().is_some_and(is_ollama))
        || ollama.is_some_and(|answer| has_version(&answer))
    {
        return Some("ollama");
    }
    if catalogue.is_some_and(|answer| is_lm_studio(&answer)) {
        return Some("lmstudio");
    }
    if props.is_some_and(|answer| is_llama_cpp(&answer)) {
        return Some("llama-cpp");
    }
    // Many programs have a version; it tells something only where the models cannot.
    if is_closed && version.is_some_and(|answer| has_version(&answer)) {
        return Some("vllm");
    }
    is_list.then_some("openai-compatible")
}

fn is_ollama(text: &str) -> bool {
    text.trim() == "Ollama is running"
}

/// LM Studio answers an unknown path with 200 and an `error`, so the list itself counts.
fn is_lm_studio(answer: &Answer) -> bool {
    answer.list().is_some_and(|entries| {
        entries.iter().all(|entry| entry.get("state").is_some() || entry.get("type").is_some())
    })
}

fn is_llama_cpp(answer: &Answer) -> bool {
    answer.json().is_some_and(|props| {
        ["default_generation_settings", "total_slots", "build_info"]
            .iter()
            .any(|name| props.get(name).is_some())
    })
}

fn has_version(answer: &Answer) -> bool {
    answer.json().is_some_and(|json| json.get("version").is_some_and(Value::is_string))
}

fn ids(models: &Answer) -> Vec<String> {
    let mut seen = BTreeSet::new();
    let entries = models.list().into_iter().flatten();
    entries
        .filter_map(|entry| entry.get("id").and_then(Value::as_str))
        .filter(|id| !id.is_empty() && id.len() <= MAX_ID_BYTES && seen.insert((*id).to_owned()))
        .take(MAX_MODELS)
        .map(str::to_owned)
        .collect()
}
