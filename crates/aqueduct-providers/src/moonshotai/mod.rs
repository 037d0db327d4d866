//! Moonshot AI: chat with the Kimi models.
//!
//! A dialect of the OpenAI protocol. Schemas of tools are brought into the subset that Moonshot reads. Options are under
//! `moonshotai`: `reasoningEffort`, `thinking`, `reasoningHistory`, `promptCacheKey` and `safetyIdentifier`.
//!
//! Source: <https://platform.moonshot.ai/docs> (2026-11).

mod chat;
mod schema;

use std::sync::Arc;

use aqueduct_spec::{ModelKind, UrlPattern};

use crate::openai_compatible::{Config, Host, HostSettings, OpenAiCompatible};
use crate::{ApiKey, Entry};

/// Moonshot AI.
pub static ENTRY: Entry = Entry {
    id: "moonshotai",
    aliases: &["moonshot"],
    name: "Moonshot AI",
    base_url: "https://api.moonshot.ai/v1",
    base_url_variable: None,
    variables: &[],
    api_key: ApiKey::Variables(&["MOONSHOT_API_KEY"]),
    kinds: &[ModelKind::Language],
    docs: "https://platform.moonshot.ai/docs",
    build: |settings, client| {
        let settings: HostSettings = settings.typed(ENTRY.id)?;
        let mut host = Host::new(ENTRY.id, chat::Moonshot);
        host.kinds = ENTRY.kinds;
        host.include_usage = true;
        // Files that were uploaded to Moonshot before.
        let uploaded = || vec![UrlPattern::Prefix("ms://".to_owned())];
        host.supported_urls.insert("image/*".to_owned(), uploaded());
        host.supported_urls.insert("video/*".to_owned(), uploaded());
        let endpoint = settings.endpoint(&ENTRY, client);
        Ok(Arc::new(OpenAiCompatible::new(Arc::new(Config { endpoint, host }))))
    },
};
