//! The provider.

use std::sync::Arc;

use aqueduct_spec::{LanguageModel, Provider, Result};

use super::responses::ResponsesModel;
use super::settings::Config;

/// OpenAI's models. Wires: `responses` (the default).
#[derive(Debug, Clone)]
pub struct OpenAi {
    config: Arc<Config>,
    wire: LanguageWire,
}

/// How language models are called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum LanguageWire {
    Responses,
}

impl OpenAi {
    pub(crate) fn new(config: Arc<Config>) -> Self {
        Self { config, wire: LanguageWire::Responses }
    }
}

impl Provider for OpenAi {
    fn id(&self) -> &str {
        &self.config.name
    }

    fn wire(&self, wire: &str) -> Option<Arc<dyn Provider>> {
        let wire = match wire {
            "responses" => LanguageWire::Responses,
            _ => return None,
        };
        Some(Arc::new(Self { config: Arc::clone(&self.config), wire }))
    }

    fn language_model(&self, model_id: &str) -> Result<Arc<dyn LanguageModel>> {
        Ok(match self.wire {
            LanguageWire::Responses => Arc::new(ResponsesModel::new(&self.config, model_id)),
        })
    }
}
