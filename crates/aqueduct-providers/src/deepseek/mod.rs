//! DeepSeek: chat; files.
//!
//! A dialect of the OpenAI protocol. Thoughts of earlier turns go back only after the last thing the user said, but always to
//! the models of version 4. There are no schemas for answers, so a schema goes into the instructions. Options are under
//! `deepseek`: `thinking` and `reasoningEffort`; the metadata there tells of the cache.
//!
//! Source: <https://api-docs.deepseek.com> (2026-11).

mod chat;
mod files;
mod messages;

use std::sync::Arc;

use aqueduct_spec::{ModelKind, UrlPattern};

pub(crate) use chat::{DeepSeek, Thinking};

use crate::openai_compatible::{Config, Host, HostSettings, OpenAiCompatible};
use crate::{ApiKey, Entry};

/// DeepSeek.
pub static ENTRY: Entry = Entry {
    id: "deepseek",
    aliases: &[],
    name: "DeepSeek",
    base_url: "https://api.deepseek.com",
    base_url_variable: None,
    variables: &[],
    api_key: ApiKey::Variables(&["DEEPSEEK_API_KEY"]),
    kinds: &[ModelKind::Language],
    docs: "https://api-docs.deepseek.com",
    build: |settings, client| {
        let settings: HostSettings = settings.typed(ENTRY.id)?;
        let mut host = Host::new(ENTRY.id, DeepSeek::new(Thinking::AsAsked));
        host.kinds = ENTRY.kinds;
        host.files = Some(files::RULES);
        host.include_usage = true;
        host.supported_urls.insert("image/*".to_owned(), vec![UrlPattern::Web]);
        let endpoint = settings.endpoint(&ENTRY, client);
        Ok(Arc::new(OpenAiCompatible::new(Arc::new(Config { endpoint, host }))))
    },
};
