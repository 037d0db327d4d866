//! The provider and its settings.

use std::collections::BTreeMap;
use std::sync::Arc;

use aqueduct_http::{Client, Secret};
use aqueduct_spec::files::Files;
use aqueduct_spec::{
    EmbeddingModel, ImageModel, LanguageModel, ModelKind, Provider, Result, SpeechModel, VideoModel,
};
use serde::Deserialize;

use super::config::Config;
use super::embedding::Embedding;
use super::endpoint::Endpoint;
use super::files::GoogleFiles;
use super::generate_content::{Dialect, GenerateContentModel};
use super::image::Image;
use super::interactions::InteractionsModel;
use super::speech::Speech;
use super::video::Video;
use crate::{ApiKey, Entry, Settings};

/// Google.
pub static ENTRY: Entry = Entry {
    id: "google",
    aliases: &[],
    name: "Google",
    base_url: "https://generativelanguage.googleapis.com/v1beta",
    base_url_variable: None,
    api_key: ApiKey::Variables(&["GOOGLE_GENERATIVE_AI_API_KEY", "GEMINI_API_KEY"]),
    variables: &[],
    kinds: &[
        ModelKind::Language,
        ModelKind::Embedding,
        ModelKind::Image,
        ModelKind::Speech,
        ModelKind::Video,
    ],
    docs: "https://ai.google.dev/gemini-api/docs",
    build: |settings, client| {
        Ok(Arc::new(GoogleSettings::from_json(&ENTRY, settings)?.build(client)))
    },
};

/// The settings of a host of the Gemini API.
///
/// ```
/// use aqueduct_http::Client;
/// use aqueduct_providers::google::GoogleSettings;
/// use aqueduct_spec::Provider;
///
/// let google = GoogleSettings::new().with_api_key("AIza…").build(&Client::new());
/// let model = google.language_model("gemini-3.5-flash")?;
/// assert_eq!(model.info().provider, "google.generative-ai");
/// # Ok::<_, aqueduct_spec::Error>(())
/// ```
#[derive(Debug, Clone)]
#[must_use]
pub struct GoogleSettings {
    name: String,
    base_url: String,
    api_key: Option<Secret>,
    headers: BTreeMap<String, Secret>,
    agent: Option<String>,
    signs_video_urls: bool,
}

impl Default for GoogleSettings {
    fn default() -> Self {
        Self::new()
    }
}

impl GoogleSettings {
    /// Starts with the vendor's own API and without a key.
    pub fn new() -> Self {
        Self {
            name: "google.generative-ai".to_owned(),
            base_url: ENTRY.base_url.to_owned(),
            api_key: None,
            headers: BTreeMap::new(),
            agent: None,
            signs_video_urls: true,
        }
    }

    /// Signs in with a key.
    pub fn with_api_key(mut self, key: impl Into<Secret>) -> Self {
        self.api_key = Some(key.into());
        self
    }

    /// Reaches the API at another place.
    pub fn with_base_url(mut self, url: impl Into<String>) -> Self {
        self.base_url = url.into();
        self
    }

    /// Adds a header to every request; it wins over the key's.
    pub fn with_header(mut self, name: impl Into<String>, value: impl Into<Secret>) -> Self {
        self.headers.insert(name.into(), value.into());
        self
    }

    /// Sets the provider string of language models. One that names Vertex AI (`google.vertex.chat`) makes the requests those
    /// of Vertex AI.
    pub fn with_name(mut self, name: impl Into<String>) -> Self {
        self.name = name.into();
        self
    }

    /// Lets an agent answer in place of a model, on the wire `interactions`: `deep-research-pro-preview-12-2025`, or one of
    /// your own.
    pub fn with_agent(mut self, name: impl Into<String>) -> Self {
        self.agent = Some(name.into());
        self
    }

    /// Whether the URL of a video on the vendor's own host carries the key, without which it cannot be fetched. Default: yes.
    /// Who answers others with a key of his own says no.
    pub fn with_signed_video_urls(mut self, signed: bool) -> Self {
        self.signs_video_urls = signed;
        self
    }

    /// Makes the provider.
    pub fn build(self, client: &Client) -> Google {
        let key = self.api_key.filter(|key| !key.expose().trim().is_empty());
        let endpoint = Endpoint::new(client, &self.base_url, key).with_headers(self.headers);
        let dialect = Dialect::of(self.name);
        let config = Config { endpoint, dialect, signs_video_urls: self.signs_video_urls };
        Google { config: Arc::new(config), agent: self.agent, speaks_interactions: false }
    }

    /// Reads settings that are JSON; what they leave out is as the entry has it.
    ///
    /// # Errors
    /// `Configuration` if one has the wrong type.
    pub fn from_json(entry: &Entry, settings: &Settings) -> Result<Self> {
        let json: JsonSettings = settings.typed(entry.id)?;
        let present = |text: Option<String>| text.filter(|text| !text.trim().is_empty());
        let mut typed = Self::new()
            .with_base_url(present(json.base_url).unwrap_or_else(|| entry.base_url.to_owned()));
        if let Some(name) = present(json.name) {
            typed.name = name;
        }
        typed.api_key = json.api_key;
        typed.agent = present(json.agent);
        typed.signs_video_urls = json.sign_video_urls.unwrap_or(true);
        let headers = json.headers.into_iter().flatten();
        typed.headers = headers.filter_map(|(name, value)| Some((name, value?))).collect();
        Ok(typed)
    }
}

/// Settings as they are in JSON, in the AI SDK's names.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct JsonSettings {
    #[serde(rename = "baseURL")]
    base_url: Option<String>,
    api_key: Option<Secret>,
    #[serde(default)]
    headers: Option<BTreeMap<String, Option<Secret>>>,
    name: Option<String>,
    agent: Option<String>,
    sign_video_urls: Option<bool>,
}

/// A host of the Gemini API. Wires: `generative-ai` (the default), `interactions`.
#[derive(Debug, Clone)]
pub struct Google {
    config: Arc<Config>,
    agent: Option<String>,
    speaks_interactions: bool,
}

impl Provider for Google {
    fn id(&self) -> &str {
        "google"
    }

    fn wire(&self, wire: &str) -> Option<Arc<dyn Provider>> {
        match wire.rsplit('.').next()? {
            "generative-ai" | "chat" | "speech" => Some(Arc::new(self.clone())),
            "interactions" => Some(Arc::new(Self { speaks_interactions: true, ..self.clone() })),
            _ => None,
        }
    }

    fn language_model(&self, model_id: &str) -> Result<Arc<dyn LanguageModel>> {
        if self.speaks_interactions {
            let agent = self.agent.clone();
            return Ok(Arc::new(InteractionsModel::new(&self.config, model_id, agent)));
        }
        Ok(Arc::new(GenerateContentModel::new(&self.config, model_id)))
    }

    fn embedding_model(&self, model_id: &str) -> Result<Arc<dyn EmbeddingModel>> {
        Ok(Arc::new(Embedding::new(&self.config, model_id)))
    }

    fn image_model(&self, model_id: &str) -> Result<Arc<dyn ImageModel>> {
        Ok(Arc::new(Image::new(&self.config, model_id)))
    }

    fn speech_model(&self, model_id: &str) -> Result<Arc<dyn SpeechModel>> {
        Ok(Arc::new(Speech::new(&self.config, model_id)))
    }

    fn video_model(&self, model_id: &str) -> Result<Arc<dyn VideoModel>> {
        Ok(Arc::new(Video::new(&self.config, model_id)))
    }

    fn files(&self) -> Result<Arc<dyn Files>> {
        Ok(Arc::new(GoogleFiles::new(&self.config)))
    }
}
