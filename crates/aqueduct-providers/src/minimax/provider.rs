//! The provider and its settings.

use std::collections::BTreeMap;
use std::sync::Arc;

use aqueduct_http::Secret;
use aqueduct_spec::{LanguageModel, ModelKind, Provider, Result, VideoModel};
use serde::Deserialize;

use super::video::{VideoEndpoint, Videos};
use crate::anthropic::messages::{Dialect, MessagesModel};
use crate::anthropic::{Config, Credential, Endpoint};
use crate::{ApiKey, Entry};

/// MiniMax.
pub static ENTRY: Entry = Entry {
    id: "minimax",
    aliases: &[],
    name: "MiniMax",
    base_url: "https://api.minimax.io/anthropic/v1",
    base_url_variable: None,
    api_key: ApiKey::Variables(&["MINIMAX_API_KEY"]),
    variables: &[],
    kinds: &[ModelKind::Language, ModelKind::Video],
    docs: "https://platform.minimax.io/docs",
    build: |settings, client| {
        let settings: JsonSettings = settings.typed(ENTRY.id)?;
        let given = |url: Option<String>| url.filter(|url| !url.trim().is_empty());
        let base_url = given(settings.base_url).unwrap_or_else(|| ENTRY.base_url.to_owned());
        let base_url = base_url.trim().trim_end_matches('/');
        let video_base_url = given(settings.video_base_url)
            .unwrap_or_else(|| base_url.strip_suffix(MESSAGES_PATH).unwrap_or(base_url).to_owned());
        let key = settings.api_key.filter(|key| !key.expose().trim().is_empty());
        let headers: BTreeMap<String, Secret> = settings
            .headers
            .into_iter()
            .flatten()
            .filter_map(|(name, value)| Some((name, value?)))
            .collect();
        let videos = VideoEndpoint::new(client, &video_base_url, key.clone(), headers.clone());
        let endpoint = Endpoint::new(client, base_url, key.map(Credential::ApiKey));
        let config = Config {
            endpoint: endpoint.with_headers(headers),
            provider: "minimax.messages".to_owned(),
            dialect: Arc::new(Messages),
        };
        Ok(Arc::new(MiniMax { config: Arc::new(config), videos: Arc::new(videos) }))
    },
};

/// Where the messages API is below the host.
const MESSAGES_PATH: &str = "/anthropic/v1";

/// Settings as they are in JSON, in the AI SDK's names.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct JsonSettings {
    #[serde(rename = "baseURL")]
    base_url: Option<String>,
    #[serde(rename = "videoBaseURL")]
    video_base_url: Option<String>,
    api_key: Option<Secret>,
    #[serde(default)]
    headers: Option<BTreeMap<String, Option<Secret>>>,
}

/// The messages API here: the same, but files are not fetched.
#[derive(Debug)]
struct Messages;

impl Dialect for Messages {}

/// MiniMax's models. Wires: `messages`, `video`.
#[derive(Debug, Clone)]
pub struct MiniMax {
    config: Arc<Config>,
    videos: Arc<VideoEndpoint>,
}

impl Provider for MiniMax {
    fn id(&self) -> &str {
        ENTRY.id
    }

    fn wire(&self, wire: &str) -> Option<Arc<dyn Provider>> {
        matches!(wire, "messages" | "video").then(|| Arc::new(self.clone()) as _)
    }

    fn language_model(&self, model_id: &str) -> Result<Arc<dyn LanguageModel>> {
        Ok(Arc::new(MessagesModel::new(&self.config, model_id)))
    }

    fn video_model(&self, model_id: &str) -> Result<Arc<dyn VideoModel>> {
        Ok(Arc::new(Videos::new(&self.videos, model_id)))
    }
}
