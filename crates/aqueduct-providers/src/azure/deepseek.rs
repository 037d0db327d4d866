//! DeepSeek's models as Azure hosts them.
//!
//! The dialect of [`deepseek`](crate::deepseek), but it is not to be told whether to think, and it takes schemas.

use std::sync::Arc;

use aqueduct_spec::{LanguageModel, Provider, Result, UrlPattern};

use super::ENTRY;
use crate::deepseek::{DeepSeek, Thinking};
use crate::openai::Config;
use crate::openai_compatible::{ChatModel, Config as HostConfig, Host};

/// The deployments of DeepSeek's models in a resource.
#[derive(Debug, Clone)]
pub(super) struct DeepSeekDeployments {
    config: Arc<Config>,
}

impl DeepSeekDeployments {
    pub(super) fn new(config: &Arc<Config>) -> Self {
        Self { config: Arc::clone(config) }
    }
}

impl Provider for DeepSeekDeployments {
    fn id(&self) -> &str {
        ENTRY.id
    }

    fn language_model(&self, model_id: &str) -> Result<Arc<dyn LanguageModel>> {
        let mut host = Host::new(ENTRY.id, DeepSeek::new(Thinking::OfTheHost));
        host.kinds = &[aqueduct_spec::ModelKind::Language];
        host.chat_wire = "deepseek";
        host.include_usage = true;
        host.supports_structured_outputs = true;
        host.supported_urls.insert("image/*".to_owned(), vec![UrlPattern::Web]);
        let endpoint = self.config.endpoint_of(model_id);
        Ok(Arc::new(ChatModel::new(&Arc::new(HostConfig { endpoint, host }), model_id)))
    }
}
