//! Any host of the Responses API: the Open Responses specification, LM Studio, vLLM and others.
//!
//! The wire types are those of [`openai`](crate::openai::responses::wire), but nothing is taken to be kept by the host: the
//! conversation is sent whole, thoughts in plain among it. Options are under the host's name: `reasoningEffort`,
//! `reasoningSummary`.
//!
//! Source: <https://www.openresponses.org> (2026-11).

mod decode;
mod dialect;
mod encode;
mod input;
mod model;
mod settings;
mod stream;

use std::sync::Arc;

use aqueduct_spec::{LanguageModel, ModelKind, Provider, Result};

pub use settings::OpenResponsesSettings;

#[cfg(feature = "huggingface")]
pub(crate) use decode::{custom, usage};
#[cfg(feature = "huggingface")]
pub(crate) use dialect::Dialect;
pub(crate) use model::ResponsesModel;
pub(crate) use settings::Config;

use crate::{ApiKey, Entry};

/// Any host of the Responses API; its settings say which.
pub static ENTRY: Entry = Entry {
    id: "open-responses",
    aliases: &["open_responses"],
    name: "Open Responses host",
    base_url: "",
    base_url_variable: None,
    variables: &[],
    api_key: ApiKey::None,
    kinds: &[ModelKind::Language],
    docs: "https://www.openresponses.org",
    build: |settings, client| {
        Ok(Arc::new(OpenResponsesSettings::from_json(settings)?.build(client)?))
    },
};

/// A host of the Responses API. Wires: `responses`.
#[derive(Debug, Clone)]
pub struct OpenResponses {
    config: Arc<Config>,
}

impl OpenResponses {
    #[cfg(feature = "huggingface")]
    pub(crate) fn new(config: Config) -> Self {
        Self { config: Arc::new(config) }
    }
}

impl Provider for OpenResponses {
    fn id(&self) -> &str {
        &self.config.name
    }

    fn wire(&self, wire: &str) -> Option<Arc<dyn Provider>> {
        (wire == "responses").then(|| Arc::new(self.clone()) as _)
    }

    fn language_model(&self, model_id: &str) -> Result<Arc<dyn LanguageModel>> {
        Ok(Arc::new(ResponsesModel::new(&self.config, model_id)))
    }
}
