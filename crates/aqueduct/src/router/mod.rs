//! Routing without any server: a [`Router`] is a provider over many providers, keys and fallbacks.
//!
//! ```text
//! call ─▶ options (providerOptions.gateway) ─▶ plan: models ▸ targets ▸ credentials ─▶ cache?
//!      ─▶ execute: attempt ─▶ verdict ─▶ again | next key | next target | next model | give up
//!      ─▶ answer + providerMetadata.gateway (what was tried)
//! ```
//!
//! - A model is named `provider/model`; `provider` may name the wire, as in `groq.chat/…`. An alias ([`Route`]) stands for
//!   several of them.
//! - A failure before a stream's first content is invisible to the caller as long as one candidate works; after it nothing
//!   is tried again. A stream of audio is the caller's no more once some of it was read, so that it goes to one candidate after
//!   the other only until then.
//! - A key that is refused is set aside, one that is rate limited rests as long as it was told to, a target that fails
//!   several times in a row is left alone for a growing while. If all rest, the one that is due first is asked anyway: a router
//!   never fails without having tried.
//!
//! It knows no HTTP server, no prices and no stored keys. Nothing is spawned; dropping a call or its stream cancels it.

mod book;
mod builder;
mod byok;
mod candidate;
mod execute;
mod generation_id;
mod model_name;
mod options;
mod plan;
mod route;
mod routed;
mod target;
mod trace;
mod upstream;
mod url_pattern;
mod verdict;

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use aqueduct_http::Client;
use aqueduct_providers::{Environment, PROVIDERS};
use aqueduct_spec::{
    EmbeddingModel, Error, ImageModel, LanguageModel, ModelKind, Profile, Provider, RealtimeModel,
    RerankingModel, Result, SpeechModel, SpeechTranslationModel, StreamingTranscriptionModel,
    TranscriptionModel, VideoModel,
};
use tokio::time::Instant;

use crate::layer::{Cache, CooldownPolicy, RetryPolicy, Timeouts};
use model_name::ModelName;
use routed::Routed;
use upstream::Upstream;

pub use builder::RouterBuilder;
pub use byok::ByokRules;
pub use generation_id::generation_id;
pub use route::Route;
pub use target::{Key, Target};

/// The name of the router's own options and metadata: `providerOptions.gateway`, `providerMetadata.gateway`.
pub const GATEWAY: &str = "gateway";

/// A provider over many providers. Clones share everything.
///
/// ```
/// use aqueduct::layer::{Cache, RetryPolicy};
/// use aqueduct::router::{Key, Route, Router, Target};
/// use std::time::Duration;
///
/// # fn example() -> aqueduct::spec::Result<()> {
/// let router = Router::builder()
///     .target(Target::new("groq").key(Key::new("gsk-1").with_weight(2.0)).key(Key::new("gsk-2")))
///     .target(Target::new("openai").key("sk-1"))
///     .route("fast", Route::new().model("groq/llama-3.3-70b-versatile", 1.0).fallback("openai/gpt-4o-mini"))
///     .retry(RetryPolicy::times(1).with_initial_delay(Duration::from_millis(250)))
///     .cache(Cache::memory(Duration::from_secs(600), 64 << 20))
///     .build()?;
/// # let _ = router;
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Router(Arc<Inner>);

pub(crate) struct Inner {
    upstreams: Vec<Arc<Upstream>>,
    routes: BTreeMap<String, Route>,
    retry: RetryPolicy,
    timeouts: Timeouts,
    cooldown: CooldownPolicy,
    cache: Option<Cache>,
    byok: ByokRules,
    client: Client,
    /// The zero of the times in the metadata.
    started: Instant,
}

impl Router {
    /// Starts a router without targets.
    pub fn builder() -> RouterBuilder {
        RouterBuilder::default()
    }

    /// A router over every provider whose key the environment holds. One that cannot be built for want of other settings is
    /// left out and logged.
    ///
    /// # Errors
    /// None at present; a router without targets is one too.
    pub fn from_environment(environment: &Environment, client: &Client) -> Result<Self> {
        let mut builder = Self::builder().client(client.clone()).environment(environment.clone());
        for entry in PROVIDERS.iter().filter(|entry| entry.is_configured(environment)) {
            match entry.build_with(&aqueduct_providers::Settings::new(), environment, client) {
                Ok(_) => builder = builder.target(Target::new(entry.id)),
                Err(error) => {
                    tracing::warn!(provider = entry.id, %error, "left out of the router");
                }
            }
        }
        builder.build()
    }

    /// The ids of the configured providers, each once, in the order in which they were added.
    pub fn provider_ids(&self) -> impl Iterator<Item = &str> {
        let upstreams = &self.0.upstreams;
        upstreams
            .iter()
            .enumerate()
            .filter(|(index, upstream)| {
                !upstreams.iter().take(*index).any(|earlier| earlier.id == upstream.id)
            })
            .map(|(_, upstream)| upstream.id.as_str())
    }

    /// The aliases and what they stand for.
    pub fn routes(&self) -> impl Iterator<Item = (&str, &Route)> {
        self.0.routes.iter().map(|(alias, route)| (alias.as_str(), route))
    }

    /// The cache, if there is one.
    pub fn cache(&self) -> Option<&Cache> {
        self.0.cache.as_ref()
    }

    pub(crate) fn inner(&self) -> &Inner {
        &self.0
    }

    /// Binds a model name to the router. Who will answer is decided at each call, because a call may bring credentials and
    /// preferences; what is certain to fail fails here.
    fn routed(
        &self,
        name: &str,
        profile: fn(&dyn Provider, &str) -> Result<Profile>,
    ) -> Result<Arc<Routed>> {
        let mut profiles = Vec::new();
        let mut error = None;
        for member in self.0.members(name)? {
            let model = ModelName::parse(&member.model, |id| self.0.knows(id));
            for upstream in self.0.upstreams_of(model.provider) {
                let Some(credential) = upstream.credentials.first() else { continue };
                match profile(&*credential.provider_for(model.wire), model.model) {
                    Ok(profile) => profiles.push(profile),
                    Err(failed) => error = error.or(Some(failed)),
                }
            }
        }
        match error {
            Some(error) if profiles.is_empty() => Err(error),
            _ => Ok(Arc::new(Routed::new(self.clone(), name, profiles))),
        }
    }
}

impl fmt::Debug for Router {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Router")
            .field("providers", &self.provider_ids().collect::<Vec<_>>())
            .field("routes", &self.0.routes)
            .finish_non_exhaustive()
    }
}

/// Finds the models of each kind in the same way.
macro_rules! models {
    ($( $method:ident -> $model:ident; )+) => {
        $(
            fn $method(&self, model_id: &str) -> Result<Arc<dyn $model>> {
                Ok(self.routed(model_id, |provider, id| {
                    provider.$method(id).map(|model| model.info().profile.clone())
                })?)
            }
        )+
    };
}

impl Provider for Router {
    fn id(&self) -> &str {
        GATEWAY
    }

    models! {
        language_model -> LanguageModel;
        embedding_model -> EmbeddingModel;
        image_model -> ImageModel;
        speech_model -> SpeechModel;
        transcription_model -> TranscriptionModel;
        reranking_model -> RerankingModel;
        video_model -> VideoModel;
        streaming_transcription_model -> StreamingTranscriptionModel;
        speech_translation_model -> SpeechTranslationModel;
    }

    /// The first target's that has one: a session is held with one provider, in its events, so that there is nobody to turn to
    /// afterwards.
    fn realtime_model(&self, model_id: &str) -> Result<Arc<dyn RealtimeModel>> {
        let mut error = None;
        for member in self.0.members(model_id)? {
            let model = ModelName::parse(&member.model, |id| self.0.knows(id));
            for upstream in self.0.upstreams_of(model.provider) {
                let Some(credential) = upstream.credentials.first() else { continue };
                match credential.provider_for(model.wire).realtime_model(model.model) {
                    Ok(model) => return Ok(model),
                    Err(failed) => error = error.or(Some(failed)),
                }
            }
        }
        Err(error.unwrap_or_else(|| Error::no_such_model(GATEWAY, model_id, ModelKind::Realtime)))
    }
}

/// One of the models that a name stands for.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Member {
    /// `provider/model`.
    pub(crate) model: String,
    pub(crate) weight: f64,
}

impl Inner {
    /// The models that a name stands for: those of the alias, or itself.
    pub(crate) fn members(&self, name: &str) -> Result<Vec<Member>> {
        if let Some(route) = self.routes.get(name) {
            return Ok(route.models.clone());
        }
        if name.contains('/') {
            return Ok(vec![Member { model: name.to_owned(), weight: 1.0 }]);
        }
        let mut ids = self.upstreams.iter().map(|upstream| upstream.id.as_str());
        match ids.next() {
            Some(only) if !name.is_empty() && ids.all(|id| id == only) => {
                Ok(vec![Member { model: format!("{only}/{name}"), weight: 1.0 }])
            }
            _ => Err(self.no_such_alias(name)),
        }
    }

    fn no_such_alias(&self, name: &str) -> Error {
        let aliases = self.routes.keys().map(String::as_str).collect::<Vec<_>>().join(", ");
        let aliases =
            if aliases.is_empty() { String::new() } else { format!(" or one of: {aliases}") };
        Error::new(
            aqueduct_spec::ErrorKind::NoSuchModel,
            format!("no model '{name}': name it as 'provider/model'{aliases}"),
        )
        .with_model(name)
    }

    /// Whether `id` names a provider, configured or not.
    pub(crate) fn knows(&self, id: &str) -> bool {
        self.upstreams.iter().any(|upstream| upstream.id == id)
            || aqueduct_providers::find(id).is_some()
    }

    /// The targets of a provider, named by its id or an older spelling of it.
    pub(crate) fn upstreams_of<'a, 'b>(
        &'a self,
        id: &'b str,
    ) -> impl Iterator<Item = &'a Arc<Upstream>> + use<'a, 'b> {
        self.upstreams.iter().filter(move |upstream| is_named(&upstream.id, id))
    }
}

/// Whether `name` means the provider `id`: the id itself or an older spelling.
pub(crate) fn is_named(id: &str, name: &str) -> bool {
    id == name || aqueduct_providers::find(name).is_some_and(|entry| entry.id == id)
}
