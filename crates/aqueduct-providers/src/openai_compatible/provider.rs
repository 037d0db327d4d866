//! The provider of a host.

use std::sync::Arc;

use aqueduct_spec::files::Files as DynFiles;
use aqueduct_spec::{
    EmbeddingModel as DynEmbeddingModel, Error, ImageModel as DynImageModel, LanguageModel,
    ModelKind, Provider, Result,
};

use super::chat::ChatModel;
use super::completion::CompletionModel;
use super::config::Config;
use super::embedding::EmbeddingModel;
use super::files::Files;
use super::image::ImageModel;

/// A host that speaks the OpenAI protocol. Wires: `chat` (the default), `completion`, `embedding`, `image`.
#[derive(Debug, Clone)]
pub struct OpenAiCompatible {
    config: Arc<Config>,
    wire: LanguageWire,
}

/// How language models are called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum LanguageWire {
    Chat,
    Completion,
}

impl OpenAiCompatible {
    pub(crate) fn new(config: Arc<Config>) -> Self {
        Self { config, wire: LanguageWire::Chat }
    }

    fn check(&self, kind: ModelKind, model_id: &str) -> Result<()> {
        if self.config.host.kinds.contains(&kind) {
            return Ok(());
        }
        Err(Error::no_such_model(self.id(), model_id, kind))
    }
}

impl Provider for OpenAiCompatible {
    fn id(&self) -> &str {
        &self.config.host.name
    }

    fn wire(&self, wire: &str) -> Option<Arc<dyn Provider>> {
        let wire = match wire {
            "chat" | "embedding" | "image" => LanguageWire::Chat,
            "completion" => LanguageWire::Completion,
            _ => return None,
        };
        Some(Arc::new(Self { config: Arc::clone(&self.config), wire }))
    }

    fn language_model(&self, model_id: &str) -> Result<Arc<dyn LanguageModel>> {
        self.check(ModelKind::Language, model_id)?;
        Ok(match self.wire {
            LanguageWire::Chat => Arc::new(ChatModel::new(&self.config, model_id)),
            LanguageWire::Completion => Arc::new(CompletionModel::new(&self.config, model_id)),
        })
    }

    fn embedding_model(&self, model_id: &str) -> Result<Arc<dyn DynEmbeddingModel>> {
        self.check(ModelKind::Embedding, model_id)?;
        Ok(Arc::new(EmbeddingModel::new(&self.config, model_id)))
    }

    fn image_model(&self, model_id: &str) -> Result<Arc<dyn DynImageModel>> {
        self.check(ModelKind::Image, model_id)?;
        Ok(Arc::new(ImageModel::new(&self.config, model_id)))
    }

    fn files(&self) -> Result<Arc<dyn DynFiles>> {
        match self.config.host.files {
            Some(rules) => Ok(Files::new(&self.config.host.name, &self.config.endpoint, rules)),
            None => Err(Error::unsupported("files").with_provider(self.id())),
        }
    }
}
