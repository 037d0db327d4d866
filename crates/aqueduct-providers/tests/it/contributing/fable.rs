//! Fable: chat. The limit of an answer is `max_completion_tokens`, the option `storyMode` is sent as `story_mode`, and tokens
//! that were read from the cache are counted in `cached_tokens`.
//!
//! Source: <https://fable.example/docs> (2026-11).

use std::sync::Arc;

use aqueduct_providers::openai_compatible::chat::wire;
use aqueduct_providers::openai_compatible::{Dialect, OpenAiCompatibleSettings, account};
use aqueduct_providers::{ApiKey, Entry};
use aqueduct_spec::{ModelKind, language::Usage};

/// Fable.
pub static ENTRY: Entry = Entry {
    id: "fable",
    aliases: &[],
    name: "Fable",
    base_url: "https://api.fable.example/v1",
    base_url_variable: None,
    variables: &[],
    api_key: ApiKey::Variables(&["FABLE_API_KEY"]),
    kinds: &[ModelKind::Language],
    docs: "https://fable.example/docs",
    build: |settings, client| {
        let settings = OpenAiCompatibleSettings::from_json(&ENTRY, settings)?;
        let settings = settings.with_kinds(ENTRY.kinds).with_include_usage(true);
        Ok(Arc::new(settings.with_dialect(Fable).build(client)?))
    },
};

#[derive(Debug)]
struct Fable;

impl Dialect for Fable {
    fn adapt(&self, request: &mut wire::Request) {
        request.max_completion_tokens = request.max_tokens.take();
        if let Some(mode) = request.rest.shift_remove("storyMode") {
            request.rest.insert("story_mode".to_owned(), mode);
        }
    }

    fn usage(&self, usage: &wire::Usage) -> Usage {
        let [prompt, completion, cached] = ["prompt_tokens", "completion_tokens", "cached_tokens"]
            .map(|name| usage.count(name).unwrap_or(0));
        account(prompt, completion, Some(cached), None, usage.0.clone())
    }
}
