//! GMI Cloud: chat.
//!
//! The OpenAI protocol; errors of the model behind the host come as JSON inside `error.details`.
//!
//! Source: <https://docs.gmicloud.ai> (2026-11).

use std::sync::Arc;

use aqueduct_http::ApiMessage;
use aqueduct_spec::ModelKind;
use serde_json::Value;

use crate::openai_compatible::{Config, Dialect, Host, HostSettings, OpenAiCompatible, read_error};
use crate::{ApiKey, Entry};

/// GMI Cloud.
pub static ENTRY: Entry = Entry {
    id: "gmicloud",
    aliases: &[],
    name: "GMI Cloud",
    base_url: "https://api.gmi-serving.com/v1",
    base_url_variable: None,
    variables: &[],
    api_key: ApiKey::Variables(&["GMI_CLOUD_APIKEY"]),
    kinds: &[ModelKind::Language],
    docs: "https://docs.gmicloud.ai",
    build: |settings, client| {
        let settings: HostSettings = settings.typed(ENTRY.id)?;
        let mut host = Host::new(ENTRY.id, GmiCloud);
        host.kinds = ENTRY.kinds;
        host.include_usage = true;
        let endpoint = settings.endpoint(&ENTRY, client);
        Ok(Arc::new(OpenAiCompatible::new(Arc::new(Config { endpoint, host }))))
    },
};

/// The dialect.
#[derive(Debug)]
struct GmiCloud;

impl Dialect for GmiCloud {
    fn error(&self, body: &Value) -> Option<ApiMessage> {
        let mut message = read_error(body)?;
        let inner = || {
            let details = body.get("error")?.get("details")?.as_str()?;
            let details: Value = serde_json::from_str(details).ok()?;
            let text = details.get("error")?.get("message")?.as_str()?;
            (!text.trim().is_empty()).then(|| text.to_owned())
        };
        message.message = inner().or(message.message);
        Some(message)
    }
}
