//! The one trait: a model answers calls.

use std::fmt;
use std::sync::Arc;

pub use futures_core::future::BoxFuture;
pub use futures_core::stream::BoxStream;

use crate::context::Context;
use crate::error::Result;
use crate::metadata::ProviderMetadata;
use crate::provider::Provider;

/// The kinds of models.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum ModelKind {
    /// Text, reasoning and tool calls from a prompt.
    Language,
    /// Vectors from texts.
    Embedding,
    /// Images from a prompt or other images.
    Image,
    /// Speech from text.
    Speech,
    /// Text from speech.
    Transcription,
    /// An order of documents by relevance to a query.
    Reranking,
    /// Videos from a prompt or images.
    Video,
    /// Speech in one language from speech in another, while it goes on.
    SpeechTranslation,
    /// Conversations by voice over an open connection.
    Realtime,
}

impl ModelKind {
    /// All kinds.
    pub const ALL: [Self; 9] = [
        Self::Language,
        Self::Embedding,
        Self::Image,
        Self::Speech,
        Self::Transcription,
        Self::Reranking,
        Self::Video,
        Self::SpeechTranslation,
        Self::Realtime,
    ];

    /// The name used in catalogues: `language`, `embedding`, …
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Language => "language",
            Self::Embedding => "embedding",
            Self::Image => "image",
            Self::Speech => "speech",
            Self::Transcription => "transcription",
            Self::Reranking => "reranking",
            Self::Video => "video",
            Self::SpeechTranslation => "speech-translation",
            Self::Realtime => "realtime",
        }
    }
}

impl fmt::Display for ModelKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// One operation of a model: what is asked, and the type of the answer.
///
/// Calls are cheap to clone (their options are shared), so that a layer can send one again. One that brings a stream of audio
/// can be sent again only as long as none of it was read: see [`Call::is_spent`].
pub trait Call: Clone + Send + Sync + 'static {
    /// What the model answers.
    type Output: crate::Answer;

    /// The kind of model that takes this call.
    const KIND: ModelKind;

    /// The operation's name in logs and metrics: `generate`, `stream`, `embed`, …
    const OPERATION: &'static str;

    /// Finds the model of this call's kind in a provider.
    ///
    /// # Errors
    /// [`ErrorKind::NoSuchModel`](crate::ErrorKind::NoSuchModel) if the provider has none.
    fn model(provider: &dyn Provider, model_id: &str) -> Result<Arc<dyn Model<Self>>>;

    /// Adds metadata to an answer, beside what the provider said. On a stream it rides on the last part, its
    /// `generationId` also on the first part with content.
    fn annotate(output: &mut Self::Output, metadata: ProviderMetadata);

    /// The options of the call as V4 JSON.
    ///
    /// # Errors
    /// `Internal` if they cannot be written as JSON.
    fn to_json(&self) -> Result<serde_json::Value>;

    /// The provider options of the call.
    fn provider_options(&self) -> Option<&crate::ProviderOptions>;

    /// The provider options of the call, to be changed before it is sent on.
    fn provider_options_mut(&mut self) -> &mut Option<crate::ProviderOptions>;

    /// Whether something of the call is used up, so that it must not be sent again: a layer that tries again or elsewhere gives
    /// up instead, with the error that it has. Clones share this.
    fn is_spent(&self) -> bool {
        false
    }
}

/// What a model is called and can take.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct ModelInfo {
    /// The provider string: the provider's id and the wire, as in `groq.chat`.
    pub provider: String,
    /// The provider's own name of the model.
    pub model_id: String,
    /// What the model can take.
    pub profile: crate::Profile,
}

impl ModelInfo {
    /// Names a model.
    pub fn new(provider: impl Into<String>, model_id: impl Into<String>) -> Self {
        Self {
            provider: provider.into(),
            model_id: model_id.into(),
            profile: crate::Profile::default(),
        }
    }

    /// Shows a model by its name.
    pub(crate) fn fmt_as(&self, kind: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{kind}({}/{})", self.provider, self.model_id)
    }

    /// Says what it can take.
    #[must_use]
    pub fn with_profile(mut self, profile: crate::Profile) -> Self {
        self.profile = profile;
        self
    }
}

/// Something with a [`ModelInfo`]. A layer answers with that of the model it wraps.
pub trait Describe: Send + Sync + 'static {
    /// What the model is called and can take.
    fn info(&self) -> &ModelInfo;
}

/// `async fn(Call, &Context) -> Result<Output>`.
///
/// Providers implement it, layers wrap it, the verbs call it, the gateway serves it. Dropping the future, or the stream in
/// the answer, cancels the call.
pub trait Model<C: Call>: Describe {
    /// Answers one call.
    fn call<'a>(&'a self, call: C, cx: &'a Context) -> BoxFuture<'a, Result<C::Output>>;
}

impl<M: Describe + ?Sized> Describe for Arc<M> {
    fn info(&self) -> &ModelInfo {
        (**self).info()
    }
}

impl<C: Call, M: Model<C> + ?Sized> Model<C> for Arc<M> {
    fn call<'a>(&'a self, call: C, cx: &'a Context) -> BoxFuture<'a, Result<C::Output>> {
        (**self).call(call, cx)
    }
}

/// Names the object-safe trait of a model kind: all the operations such a model has.
macro_rules! kind {
    ($(#[$meta:meta])* $name:ident = $($call:ty),+) => {
        $(#[$meta])*
        pub trait $name: $($crate::model::Model<$call> +)+ {}
        impl<M: $($crate::model::Model<$call> +)+ ?Sized> $name for M {}

        /// The model's name, so that what holds one can derive `Debug`.
        impl std::fmt::Debug for dyn $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.info().fmt_as(stringify!($name), f)
            }
        }
    };
}
pub(crate) use kind;

/// Declares a call: shared options, and how they are reached. One that brings audio has an [`AudioInput`](crate::AudioInput)
/// beside them.
macro_rules! call {
    (
        $(#[$meta:meta])*
        pub struct $name:ident($options:ty) -> $output:ty;
        $($call:tt)+
    ) => {
        $(#[$meta])*
        #[derive(Debug, Clone, PartialEq)]
        pub struct $name(pub std::sync::Arc<$options>);

        impl From<$options> for $name {
            fn from(options: $options) -> Self {
                Self(std::sync::Arc::new(options))
            }
        }

        $crate::model::call! { @call $name($options) -> $output; $($call)+, is_spent: |_| false }
    };
    (
        $(#[$meta:meta])*
        pub struct $name:ident($options:ty, audio) -> $output:ty;
        $($call:tt)+
    ) => {
        $(#[$meta])*
        #[derive(Debug, Clone)]
        pub struct $name(pub std::sync::Arc<$options>, pub $crate::AudioInput);

        impl $name {
            /// Puts options and audio together.
            pub fn new(options: $options, audio: impl Into<$crate::AudioInput>) -> Self {
                Self(std::sync::Arc::new(options), audio.into())
            }

            /// The audio, which can be read once.
            pub fn audio(&self) -> &$crate::AudioInput {
                &self.1
            }
        }

        $crate::model::call! {
            @call $name($options) -> $output; $($call)+, is_spent: |call| call.1.is_spent()
        }
    };
    (
        @call $name:ident($options:ty) -> $output:ty;
        kind: $kind:ident, operation: $operation:literal, model: $method:ident, annotate: $annotate:expr,
        is_spent: $is_spent:expr
    ) => {
        impl $name {
            /// The options, to be changed; they are copied first if another holder shares them.
            pub fn options_mut(&mut self) -> &mut $options {
                std::sync::Arc::make_mut(&mut self.0)
            }
        }

        impl std::ops::Deref for $name {
            type Target = $options;
            fn deref(&self) -> &$options {
                &self.0
            }
        }

        impl $crate::model::Call for $name {
            type Output = $output;
            const KIND: $crate::model::ModelKind = $crate::model::ModelKind::$kind;
            const OPERATION: &'static str = $operation;

            fn model(
                provider: &dyn $crate::provider::Provider,
                model_id: &str,
            ) -> $crate::error::Result<std::sync::Arc<dyn $crate::model::Model<Self>>> {
                Ok(provider.$method(model_id)?)
            }

            fn annotate(output: &mut Self::Output, metadata: $crate::ProviderMetadata) {
                let annotate: fn(&mut $output, $crate::ProviderMetadata) = $annotate;
                annotate(output, metadata);
            }

            fn to_json(&self) -> $crate::error::Result<serde_json::Value> {
                serde_json::to_value(&*self.0).map_err(|error| {
                    $crate::Error::internal("cannot write the options of a call").with_source(error)
                })
            }

            fn provider_options(&self) -> Option<&$crate::ProviderOptions> {
                self.0.provider_options.as_ref()
            }

            fn provider_options_mut(&mut self) -> &mut Option<$crate::ProviderOptions> {
                &mut self.options_mut().provider_options
            }

            fn is_spent(&self) -> bool {
                let is_spent: fn(&Self) -> bool = $is_spent;
                is_spent(self)
            }
        }
    };
}
pub(crate) use call;
