//! The AI Gateway: every model of every provider behind it, through one protocol.
//!
//! It speaks the gateway protocol V4 to the gateway of this project or to Vercel's hosted one. Model ids are
//! `creator/model`; resolving them is the gateway's business. Options for the gateway itself are [`GatewayOptions`], what it
//! says about a call is [`GatewayMetadata`], and tools that it runs are in [`tools`].
//!
//! ```no_run
//! use aqueduct_providers::gateway::{Gateway, GatewayOptions, Sort};
//! use aqueduct_spec::language::{CallOptions, Generate, Message};
//! use aqueduct_spec::{Context, Model, Provider};
//!
//! # async fn example() -> aqueduct_spec::Result<()> {
//! let gateway = Gateway::builder().api_key("…").build()?;
//! let model = gateway.language_model("openai/gpt-5")?;
//! let mut options = CallOptions::new([Message::user("hello")]);
//! options.provider_options =
//!     Some(GatewayOptions::new().sort(Sort::Cost).models(["anthropic/claude-sonnet-4.5"]).into());
//! let answer = Model::<Generate>::call(&model, options.into(), &Context::default()).await?;
//! # let _ = answer;
//! # Ok(())
//! # }
//! ```
//!
//! Source: <https://vercel.com/docs/ai-gateway> and the wire of `@ai-sdk/gateway` 4 (2026-11).

mod batch;
mod builder;
mod client_secret;
mod connection;
mod credential;
mod credits;
mod embedding;
mod endpoint;
mod error;
mod generation;
mod image;
mod language;
mod metadata;
mod model;
mod models;
mod options;
mod realtime;
mod reranking;
mod speech;
mod spend_report;
mod subprotocol;
pub mod tools;
mod transcription;
#[cfg(feature = "websocket")]
mod transcription_stream;
mod video;

use std::sync::Arc;

use aqueduct_http::Client;
use aqueduct_spec::batch::BatchModel;
use aqueduct_spec::embedding::EmbeddingModel;
use aqueduct_spec::image::ImageModel;
use aqueduct_spec::language::LanguageModel;
use aqueduct_spec::reranking::RerankingModel;
use aqueduct_spec::speech::SpeechModel;
use aqueduct_spec::transcription::TranscriptionModel;
use aqueduct_spec::video::VideoModel;
use aqueduct_spec::{ModelKind, Provider, RealtimeModel, Result, StreamingTranscriptionModel};

use crate::entry::{ApiKey, Entry};
use crate::settings::Settings;

pub use builder::{GatewayBuilder, Observability};
pub use client_secret::ClientSecretRequest;
pub use credits::Credits;
pub use error::{GatewayError, GatewayErrorType};
pub use generation::GenerationInfo;
pub use metadata::{
    AsyncJob, GatewayMetadata, ModelAttempt, ProviderAttempt, Routing, RoutingAttempt,
};
pub use models::{AvailableModel, ModelPricing, ModelSpecification};
pub use options::{
    Caching, Capability, GatewayOptions, ModelMapping, ProviderTimeouts, ServiceTier, Sort,
};
pub use spend_report::{GroupBy, SpendReportQuery, SpendReportRow};

use connection::Connection;
use model::GatewayModel;
use realtime::GatewayRealtimeModel;

/// The id of the provider, which is also its key in provider options and metadata.
pub(crate) const ID: &str = "gateway";

/// Where the hosted gateway is.
pub(crate) const BASE_URL: &str = "https://ai-gateway.vercel.sh/v4/ai";

/// The line of the table.
pub static ENTRY: Entry = Entry {
    id: ID,
    aliases: &[],
    name: "AI Gateway",
    base_url: BASE_URL,
    base_url_variable: Some("AI_GATEWAY_BASE_URL"),
    // A gateway on this machine works without.
    api_key: ApiKey::Optional(&["AI_GATEWAY_API_KEY"]),
    variables: &[
        ("oidcToken", "VERCEL_OIDC_TOKEN"),
        ("deploymentId", "VERCEL_DEPLOYMENT_ID"),
        ("environment", "VERCEL_ENV"),
        ("region", "VERCEL_REGION"),
        ("projectId", "VERCEL_PROJECT_ID"),
    ],
    // All that the protocol has: speech is not translated through it.
    kinds: &[
        ModelKind::Language,
        ModelKind::Embedding,
        ModelKind::Image,
        ModelKind::Speech,
        ModelKind::Transcription,
        ModelKind::Reranking,
        ModelKind::Video,
        ModelKind::Realtime,
    ],
    docs: "https://vercel.com/docs/ai-gateway",
    build,
};

fn build(settings: &Settings, client: &Client) -> Result<Arc<dyn Provider>> {
    let gateway = Gateway::builder().settings(settings)?.client(client.clone()).build()?;
    Ok(Arc::new(gateway))
}

/// A gateway. Clones share its connections and its list of models.
#[derive(Debug, Clone)]
pub struct Gateway {
    connection: Arc<Connection>,
    models: Arc<models::Cache>,
}

impl Gateway {
    /// Starts the settings of a gateway.
    pub fn builder() -> GatewayBuilder {
        GatewayBuilder::default()
    }

    fn model(&self, model_id: &str) -> Arc<GatewayModel> {
        Arc::new(GatewayModel::new(Arc::clone(&self.connection), model_id))
    }
}

/// Every id is taken: which models there are is known to the gateway alone.
impl Provider for Gateway {
    fn id(&self) -> &str {
        ID
    }

    fn language_model(&self, model_id: &str) -> Result<Arc<dyn LanguageModel>> {
        Ok(self.model(model_id))
    }

    fn embedding_model(&self, model_id: &str) -> Result<Arc<dyn EmbeddingModel>> {
        Ok(self.model(model_id))
    }

    fn image_model(&self, model_id: &str) -> Result<Arc<dyn ImageModel>> {
        Ok(self.model(model_id))
    }

    fn speech_model(&self, model_id: &str) -> Result<Arc<dyn SpeechModel>> {
        Ok(self.model(model_id))
    }

    fn transcription_model(&self, model_id: &str) -> Result<Arc<dyn TranscriptionModel>> {
        Ok(self.model(model_id))
    }

    fn reranking_model(&self, model_id: &str) -> Result<Arc<dyn RerankingModel>> {
        Ok(self.model(model_id))
    }

    fn video_model(&self, model_id: &str) -> Result<Arc<dyn VideoModel>> {
        Ok(self.model(model_id))
    }

    #[cfg(feature = "websocket")]
    fn streaming_transcription_model(
        &self,
        model_id: &str,
    ) -> Result<Arc<dyn StreamingTranscriptionModel>> {
        Ok(self.model(model_id))
    }

    #[cfg(not(feature = "websocket"))]
    fn streaming_transcription_model(
        &self,
        model_id: &str,
    ) -> Result<Arc<dyn StreamingTranscriptionModel>> {
        Err(crate::without_websocket("streaming transcription", ID, model_id))
    }

    fn realtime_model(&self, model_id: &str) -> Result<Arc<dyn RealtimeModel>> {
        Ok(Arc::new(GatewayRealtimeModel::new(Arc::clone(&self.connection), model_id)))
    }

    fn batch_model(&self, model_id: &str) -> Result<Arc<dyn BatchModel>> {
        Ok(self.model(model_id))
    }
}
