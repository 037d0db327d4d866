//! Alibaba Cloud's Model Studio (DashScope): chat with the Qwen models, embedding, video.
//!
//! Chat is a dialect of the OpenAI protocol with marks for the prompt cache; embedding and video are DashScope's own API at
//! other base URLs (`embeddingBaseURL`, `videoBaseURL`). Options are under `alibaba`: for chat `enableThinking`,
//! `thinkingBudget` and `parallelToolCalls`, on messages and parts `cacheControl`; for embedding `textType`, `dimension` and
//! `outputType`; for video see [`VideoOptions`](video).
//!
//! Source: <https://www.alibabacloud.com/help/en/model-studio> (2026-11).

mod chat;
mod embedding;
mod error;
mod messages;
mod video;

use std::sync::Arc;

use aqueduct_spec::{
    EmbeddingModel, LanguageModel, ModelKind, Provider, Result, UrlPattern, VideoModel,
};

use crate::openai_compatible::{ChatModel, Config, Endpoint, Host, HostSettings};
use crate::{ApiKey, Entry, Settings};

/// The host of all APIs.
const HOST: &str = "https://dashscope-intl.aliyuncs.com";

/// Alibaba Cloud.
pub static ENTRY: Entry = Entry {
    id: "alibaba",
    aliases: &["dashscope"],
    name: "Alibaba Cloud",
    base_url: "https://dashscope-intl.aliyuncs.com/compatible-mode/v1",
    base_url_variable: None,
    variables: &[],
    api_key: ApiKey::Variables(&["ALIBABA_API_KEY"]),
    kinds: &[ModelKind::Language, ModelKind::Embedding, ModelKind::Video],
    docs: "https://www.alibabacloud.com/help/en/model-studio",
    build: |settings, client| {
        let json: HostSettings = settings.typed(ENTRY.id)?;
        let mut host = Host::new(ENTRY.id, chat::Alibaba);
        let include = settings.get("includeUsage").and_then(serde_json::Value::as_bool);
        host.include_usage = include.unwrap_or(true);
        host.supported_urls.insert("image/*".to_owned(), vec![UrlPattern::Web]);
        let chat = json.endpoint(&ENTRY, client);
        let embedding = sibling(settings, "embeddingBaseURL", &chat, "/api/v1");
        let video = sibling(settings, "videoBaseURL", &chat, "");
        Ok(Arc::new(Alibaba {
            embedding: Arc::new(Config { endpoint: embedding, host: host.clone() }),
            video: Arc::new(Config { endpoint: video, host: host.clone() }),
            chat: Arc::new(Config { endpoint: chat, host }),
        }))
    },
};

/// The place of another API: what its own setting says, else beside the compatible API on the same host. A base URL that is
/// not the compatible API's is taken as it is.
fn sibling(settings: &Settings, name: &str, chat: &Endpoint, path: &str) -> Endpoint {
    if let Some(url) = settings.text(name) {
        return chat.at(url);
    }
    match chat.base_url().strip_suffix("/compatible-mode/v1") {
        Some(host) => chat.at(&format!("{host}{path}")),
        None if settings.text("baseURL").is_none() => chat.at(&format!("{HOST}{path}")),
        None => chat.clone(),
    }
}

/// Alibaba's models. Wires: `chat`, `embedding`, `video`.
#[derive(Debug, Clone)]
struct Alibaba {
    chat: Arc<Config>,
    embedding: Arc<Config>,
    video: Arc<Config>,
}

impl Provider for Alibaba {
    fn id(&self) -> &str {
        ENTRY.id
    }

    fn wire(&self, wire: &str) -> Option<Arc<dyn Provider>> {
        matches!(wire, "chat" | "embedding" | "video").then(|| Arc::new(self.clone()) as _)
    }

    fn language_model(&self, model_id: &str) -> Result<Arc<dyn LanguageModel>> {
        Ok(Arc::new(ChatModel::new(&self.chat, model_id)))
    }

    fn embedding_model(&self, model_id: &str) -> Result<Arc<dyn EmbeddingModel>> {
        Ok(Arc::new(embedding::Embedding::new(&self.embedding, model_id)))
    }

    fn video_model(&self, model_id: &str) -> Result<Arc<dyn VideoModel>> {
        Ok(Arc::new(video::Video::new(&self.video, model_id)))
    }
}
