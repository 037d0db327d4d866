//! Every provider, a directory and a feature each, and the one table they are listed in.
//!
//! A provider knows its vendor's JSON and nothing else: it never retries, caches, logs, counts or sleeps; those are layers.
//! Only a job that a vendor has queued is asked after at a pace, and the simulator takes its time.
//! Its directory, feature, registry id and docs anchor have the same name (`-` in ids is `_` in Rust).

// Where some providers are left out, some of what they share is used by nobody. What is dead altogether shows in the build of
// all of them.
#![cfg_attr(
    not(feature = "all-providers"),
    allow(dead_code, unused_imports, unused_macros, reason = "shared with providers left out")
)]

mod entry;
mod environment;
mod settings;
#[cfg(any(feature = "google", feature = "openai-compatible"))]
mod short_list;

// What several vendors' codecs share.
#[cfg(feature = "openai-compatible")]
mod answer_info;
#[cfg(feature = "openai-compatible")]
mod documents;
#[cfg(any(feature = "google", feature = "openai-compatible"))]
mod embedding_limit;
#[cfg(any(feature = "anthropic", feature = "google", feature = "openai-compatible"))]
mod failure;
#[cfg(any(feature = "fireworks", feature = "openai"))]
mod file_answer;
#[cfg(any(feature = "anthropic", feature = "gateway", feature = "openai"))]
mod json_lines;
#[cfg(all(feature = "websocket", any(feature = "gateway", feature = "openai")))]
mod live;
#[cfg(any(feature = "anthropic", feature = "google", feature = "openai-compatible"))]
mod model_calls;
#[cfg(any(feature = "anthropic", feature = "google", feature = "openai-compatible"))]
mod number;
#[cfg(any(
    feature = "alibaba",
    feature = "fireworks",
    feature = "google",
    feature = "minimax",
    feature = "xai"
))]
mod pace;
#[cfg(any(feature = "anthropic", feature = "google", feature = "openai-compatible"))]
mod part_stream;
#[cfg(any(feature = "anthropic", feature = "gateway", feature = "openai-compatible"))]
mod path_segment;
#[cfg(feature = "openai-compatible")]
mod reasoning_level;
#[cfg(any(feature = "groq", feature = "openai"))]
mod transcript;
#[cfg(any(feature = "anthropic", feature = "google", feature = "openai-compatible"))]
mod upload;
#[cfg(feature = "openai-compatible")]
mod vendor_options;
#[cfg(any(feature = "alibaba", feature = "google", feature = "minimax", feature = "xai"))]
mod video_job;

#[cfg(feature = "alibaba")]
pub mod alibaba;
#[cfg(feature = "anthropic")]
pub mod anthropic;
#[cfg(feature = "azure")]
pub mod azure;
#[cfg(feature = "baseten")]
pub mod baseten;
#[cfg(feature = "cerebras")]
pub mod cerebras;
#[cfg(feature = "cohere")]
pub mod cohere;
#[cfg(feature = "deepinfra")]
pub mod deepinfra;
#[cfg(feature = "deepseek")]
pub mod deepseek;
#[cfg(feature = "fireworks")]
pub mod fireworks;
#[cfg(feature = "gateway")]
pub mod gateway;
#[cfg(feature = "gmicloud")]
pub mod gmicloud;
#[cfg(feature = "google")]
pub mod google;
#[cfg(feature = "groq")]
pub mod groq;
#[cfg(feature = "huggingface")]
pub mod huggingface;
#[cfg(feature = "local")]
pub mod local;
#[cfg(feature = "minimax")]
pub mod minimax;
#[cfg(feature = "mistral")]
pub mod mistral;
#[cfg(feature = "moonshotai")]
pub mod moonshotai;
#[cfg(feature = "open-responses")]
pub mod open_responses;
#[cfg(feature = "openai")]
pub mod openai;
#[cfg(feature = "openai-compatible")]
pub mod openai_compatible;
#[cfg(feature = "perplexity")]
pub mod perplexity;
#[cfg(feature = "simulator")]
pub mod simulator;
#[cfg(feature = "togetherai")]
pub mod togetherai;
#[cfg(feature = "voyage")]
pub mod voyage;
#[cfg(feature = "xai")]
pub mod xai;

/// What needs a feature that this build lacks.
#[cfg(not(feature = "websocket"))]
fn without_websocket(what: &str, provider: &str, model_id: &str) -> aqueduct_spec::Error {
    let message = format!("{what} needs WebSockets: build with the feature `websocket`");
    aqueduct_spec::Error::new(aqueduct_spec::ErrorKind::Unsupported, message)
        .with_provider(provider)
        .with_model(model_id)
}

pub use entry::{ApiKey, Entry};
pub use environment::Environment;
pub use settings::Settings;

/// All providers of this build, in the order of the alphabet. Ids, aliases, names of environment variables, the catalogue and
/// the docs derive from it.
pub static PROVIDERS: &[&Entry] = &[
    #[cfg(feature = "openai-compatible")]
    &openai_compatible::presets::AIHUBMIX,
    #[cfg(feature = "openai-compatible")]
    &openai_compatible::presets::AIMLAPI,
    #[cfg(feature = "alibaba")]
    &alibaba::ENTRY,
    #[cfg(feature = "anthropic")]
    &anthropic::ENTRY,
    #[cfg(feature = "azure")]
    &azure::ENTRY,
    #[cfg(feature = "baseten")]
    &baseten::ENTRY,
    #[cfg(feature = "cerebras")]
    &cerebras::ENTRY,
    #[cfg(feature = "openai-compatible")]
    &openai_compatible::presets::CLARIFAI,
    #[cfg(feature = "cohere")]
    &cohere::ENTRY,
    #[cfg(feature = "openai-compatible")]
    &openai_compatible::presets::CRUSOE,
    #[cfg(feature = "deepinfra")]
    &deepinfra::ENTRY,
    #[cfg(feature = "deepseek")]
    &deepseek::ENTRY,
    #[cfg(feature = "fireworks")]
    &fireworks::ENTRY,
    #[cfg(feature = "openai-compatible")]
    &openai_compatible::presets::FRIENDLI,
    #[cfg(feature = "gateway")]
    &gateway::ENTRY,
    #[cfg(feature = "gmicloud")]
    &gmicloud::ENTRY,
    #[cfg(feature = "google")]
    &google::ENTRY,
    #[cfg(feature = "groq")]
    &groq::ENTRY,
    #[cfg(feature = "openai-compatible")]
    &openai_compatible::presets::HELICONE,
    #[cfg(feature = "openai-compatible")]
    &openai_compatible::presets::HEROKU,
    #[cfg(feature = "huggingface")]
    &huggingface::ENTRY,
    #[cfg(feature = "openai-compatible")]
    &openai_compatible::presets::JINA,
    #[cfg(feature = "openai-compatible")]
    &openai_compatible::presets::LLAMA_CPP,
    #[cfg(feature = "openai-compatible")]
    &openai_compatible::presets::LMSTUDIO,
    #[cfg(feature = "minimax")]
    &minimax::ENTRY,
    #[cfg(feature = "mistral")]
    &mistral::ENTRY,
    #[cfg(feature = "openai-compatible")]
    &openai_compatible::presets::MIXEDBREAD,
    #[cfg(feature = "moonshotai")]
    &moonshotai::ENTRY,
    #[cfg(feature = "openai-compatible")]
    &openai_compatible::presets::NEAR_AI,
    #[cfg(feature = "openai-compatible")]
    &openai_compatible::presets::NVIDIA,
    #[cfg(feature = "openai-compatible")]
    &openai_compatible::presets::OLLAMA,
    #[cfg(feature = "open-responses")]
    &open_responses::ENTRY,
    #[cfg(feature = "openai")]
    &openai::ENTRY,
    #[cfg(feature = "openai-compatible")]
    &openai_compatible::ENTRY,
    #[cfg(feature = "openai-compatible")]
    &openai_compatible::presets::OPENROUTER,
    #[cfg(feature = "perplexity")]
    &perplexity::ENTRY,
    #[cfg(feature = "openai-compatible")]
    &openai_compatible::presets::QWEN,
    #[cfg(feature = "openai-compatible")]
    &openai_compatible::presets::REQUESTY,
    #[cfg(feature = "openai-compatible")]
    &openai_compatible::presets::SAMBANOVA,
    #[cfg(feature = "simulator")]
    &simulator::ENTRY,
    #[cfg(feature = "togetherai")]
    &togetherai::ENTRY,
    #[cfg(feature = "openai-compatible")]
    &openai_compatible::presets::VLLM,
    #[cfg(feature = "voyage")]
    &voyage::ENTRY,
    #[cfg(feature = "xai")]
    &xai::ENTRY,
    #[cfg(feature = "openai-compatible")]
    &openai_compatible::presets::ZAI,
    #[cfg(feature = "openai-compatible")]
    &openai_compatible::presets::ZHIPU,
];

/// Finds a provider by its id or one of its aliases.
pub fn find(id: &str) -> Option<&'static Entry> {
    PROVIDERS.iter().copied().find(|entry| entry.id == id || entry.aliases.contains(&id))
}
