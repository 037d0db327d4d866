//! Hosts that need nothing of their own but a name, a place and a key: one table.
//!
//! A local server's key is optional: it is asked for only where the server was started with one.

use std::sync::Arc;

use aqueduct_http::Client;
use aqueduct_spec::{ModelKind, Provider, Result};

use super::OpenAiCompatibleSettings;
use crate::{ApiKey, Entry, Settings};

const L: ModelKind = ModelKind::Language;
const E: ModelKind = ModelKind::Embedding;
const I: ModelKind = ModelKind::Image;

/// What a host is known to take.
#[derive(Debug, Clone, Copy)]
struct Takes {
    /// The question for usage in streams.
    usage: bool,
    /// JSON schemas for answers.
    schemas: bool,
}

const BOTH: Takes = Takes { usage: true, schemas: true };
const USAGE: Takes = Takes { usage: true, schemas: false };
const NEITHER: Takes = Takes { usage: false, schemas: false };

macro_rules! optional {
    () => {
        None
    };
    ($value:literal) => {
        Some($value)
    };
}

/// Declares one entry a line; behind `at` is the variable that may hold another base URL.
macro_rules! presets {
    ($( $constant:ident = $id:literal $(or $alias:literal)*, $name:literal, $base_url:literal $(at $variable:literal)?, $key:expr, $kinds:expr, $takes:expr, $docs:literal; )+) => {
        $(
            #[doc = concat!($name, ": <", $docs, ">.")]
            pub static $constant: Entry = Entry {
                id: $id,
                aliases: &[$($alias),*],
                name: $name,
                base_url: $base_url,
                base_url_variable: optional!($($variable)?),
                variables: &[],
                api_key: $key,
                kinds: &$kinds,
                docs: $docs,
                build: |settings, client| build(&$constant, $takes, settings, client),
            };
        )+

        /// Every host that is a line of this table, or nearly so.
        pub static PRESETS: &[&Entry] = &[$(&$constant,)+ &HEROKU];
    };
}

// Bases and variables: the vendors' documentation and that of the AI SDK's community providers (2026-11).
presets! {
    AIHUBMIX = "aihubmix", "AIHubMix", "https://aihubmix.com/v1", ApiKey::Variables(&["AIHUBMIX_API_KEY"]), [L, E, I], BOTH, "https://docs.aihubmix.com";
    AIMLAPI = "aimlapi" or "aiml", "AI/ML API", "https://api.aimlapi.com/v1", ApiKey::Variables(&["AIMLAPI_API_KEY", "AIML_API_KEY"]), [L, E, I], BOTH, "https://docs.aimlapi.com";
    CLARIFAI = "clarifai", "Clarifai", "https://api.clarifai.com/v2/ext/openai/v1", ApiKey::Variables(&["CLARIFAI_PAT"]), [L, E, I], NEITHER, "https://docs.clarifai.com/compute/inference/open-ai";
    CRUSOE = "crusoe", "Crusoe", "https://api.inference.crusoecloud.com/v1", ApiKey::Variables(&["CRUSOE_API_KEY"]), [L], BOTH, "https://docs.crusoecloud.com/managed-inference/overview";
    FRIENDLI = "friendli", "FriendliAI", "https://api.friendli.ai/serverless/v1", ApiKey::Variables(&["FRIENDLI_TOKEN"]), [L], BOTH, "https://friendli.ai/docs";
    HELICONE = "helicone", "Helicone", "https://ai-gateway.helicone.ai/v1", ApiKey::Variables(&["HELICONE_API_KEY"]), [L], BOTH, "https://docs.helicone.ai/ai-gateway/overview";
    JINA = "jina", "Jina AI", "https://api.jina.ai/v1", ApiKey::Variables(&["JINA_API_KEY"]), [E], NEITHER, "https://jina.ai/embeddings";
    LLAMA_CPP = "llama-cpp" or "llama_cpp" or "llamacpp", "llama.cpp", "http://localhost:8080/v1" at "LLAMA_CPP_BASE_URL", ApiKey::Optional(&["LLAMA_API_KEY"]), [L, E], BOTH, "https://github.com/ggml-org/llama.cpp/tree/master/tools/server";
    LMSTUDIO = "lmstudio" or "lm-studio", "LM Studio", "http://localhost:1234/v1" at "LMSTUDIO_BASE_URL", ApiKey::Optional(&["LM_API_TOKEN"]), [L, E], BOTH, "https://lmstudio.ai/docs/developer/openai-compat";
    MIXEDBREAD = "mixedbread", "Mixedbread", "https://api.mixedbread.com/v1", ApiKey::Variables(&["MIXEDBREAD_API_KEY"]), [E], NEITHER, "https://www.mixedbread.com/api-reference/endpoints/embeddings";
    NEAR_AI = "near-ai" or "near_ai" or "nearai", "NEAR AI", "https://cloud-api.near.ai/v1", ApiKey::Variables(&["NEARAI_API_KEY"]), [L], BOTH, "https://docs.near.ai/cloud/introduction";
    NVIDIA = "nvidia" or "nim", "NVIDIA NIM", "https://integrate.api.nvidia.com/v1", ApiKey::Variables(&["NVIDIA_API_KEY", "NIM_API_KEY"]), [L, E], USAGE, "https://docs.api.nvidia.com/nim";
    OLLAMA = "ollama", "Ollama", "http://localhost:11434/v1" at "OLLAMA_BASE_URL", ApiKey::Optional(&["OLLAMA_API_KEY"]), [L, E], BOTH, "https://docs.ollama.com/api/openai-compatibility";
    OPENROUTER = "openrouter", "OpenRouter", "https://openrouter.ai/api/v1", ApiKey::Variables(&["OPENROUTER_API_KEY"]), [L, E], BOTH, "https://openrouter.ai/docs";
    QWEN = "qwen", "Qwen (Alibaba Cloud Model Studio)", "https://dashscope-intl.aliyuncs.com/compatible-mode/v1", ApiKey::Variables(&["DASHSCOPE_API_KEY"]), [L, E], USAGE, "https://www.alibabacloud.com/help/en/model-studio";
    REQUESTY = "requesty", "Requesty", "https://router.requesty.ai/v1", ApiKey::Variables(&["REQUESTY_API_KEY"]), [L, E], BOTH, "https://docs.requesty.ai";
    SAMBANOVA = "sambanova", "SambaNova", "https://api.sambanova.ai/v1", ApiKey::Variables(&["SAMBANOVA_API_KEY"]), [L, E], BOTH, "https://docs.sambanova.ai";
    VLLM = "vllm", "vLLM", "http://localhost:8000/v1" at "VLLM_BASE_URL", ApiKey::Optional(&["VLLM_API_KEY"]), [L, E], BOTH, "https://docs.vllm.ai/en/latest/serving/openai_compatible_server.html";
    ZAI = "zai" or "z-ai", "Z.AI", "https://api.z.ai/api/paas/v4", ApiKey::Variables(&["ZAI_API_KEY"]), [L], NEITHER, "https://docs.z.ai";
    ZHIPU = "zhipu", "Zhipu AI", "https://open.bigmodel.cn/api/paas/v4", ApiKey::Variables(&["ZHIPU_API_KEY"]), [L, E], NEITHER, "https://docs.bigmodel.cn";
}

/// Heroku Managed Inference: <https://devcenter.heroku.com/articles/heroku-inference>. Its variable holds the URL without the
/// version.
pub static HEROKU: Entry = Entry {
    id: "heroku",
    aliases: &[],
    name: "Heroku",
    base_url: "https://us.inference.heroku.com/v1",
    base_url_variable: Some("INFERENCE_URL"),
    variables: &[],
    api_key: ApiKey::Variables(&["INFERENCE_KEY"]),
    kinds: &[L],
    docs: "https://devcenter.heroku.com/articles/heroku-inference",
    build: |settings, client| build(&HEROKU, NEITHER, &versioned(settings), client),
};

/// The settings with a base URL that ends in the version.
fn versioned(settings: &Settings) -> Settings {
    let settings = settings.clone();
    let url = settings.text("baseURL").map(|url| url.trim().trim_end_matches('/'));
    match url.filter(|url| !url.ends_with("/v1")).map(|url| format!("{url}/v1")) {
        Some(url) => settings.base_url(url),
        None => settings,
    }
}

/// Whether a base URL names a host and no path. Local servers have their API below `/v1`, but call themselves by the host alone.
fn has_no_path(url: &str) -> bool {
    let host = url.trim().trim_end_matches('/').split_once("://");
    host.is_some_and(|(_, host)| !host.is_empty() && !host.contains('/'))
}

fn build(
    entry: &'static Entry,
    takes: Takes,
    settings: &Settings,
    client: &Client,
) -> Result<Arc<dyn Provider>> {
    let is_local = matches!(entry.api_key, ApiKey::Optional(_));
    let settings = match settings.text("baseURL") {
        Some(url) if is_local && has_no_path(url) => &versioned(settings),
        _ => settings,
    };
    let mut typed = OpenAiCompatibleSettings::from_json(entry, settings)?.with_kinds(entry.kinds);
    if settings.get("includeUsage").is_none() {
        typed = typed.with_include_usage(takes.usage);
    }
    if settings.get("supportsStructuredOutputs").is_none() {
        typed = typed.with_structured_outputs(takes.schemas);
    }
    Ok(Arc::new(typed.build(client)?))
}
