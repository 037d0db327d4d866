//! What the models of one host share.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use aqueduct_spec::language::Usage;
use aqueduct_spec::{JsonObject, ModelKind, UrlPattern};

use super::chat::decode::{StreamDecoder, StreamInput};
use super::chat::wire;
use super::endpoint::Endpoint;
use super::{Dialect, FileRules, MetadataExtractor};
use crate::part_stream::DecodeEvents;

/// A closure that is silent in `Debug`.
pub(crate) struct Hook<F: ?Sized>(pub(crate) Arc<F>);

impl<F: ?Sized> Clone for Hook<F> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<F: ?Sized> fmt::Debug for Hook<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("…")
    }
}

/// Last touch on the JSON of a request.
pub(crate) type TransformRequestBody = Hook<dyn Fn(JsonObject) -> JsonObject + Send + Sync>;

/// Another way to count tokens.
pub(crate) type ConvertUsage = Hook<dyn Fn(&wire::Usage) -> Usage + Send + Sync>;

/// Makes what reads the stream of one chat answer.
pub(crate) type Decoder = fn(StreamInput) -> Box<dyn DecodeEvents>;

/// What the models of one host share.
#[derive(Debug, Clone)]
pub(crate) struct Config {
    pub(crate) endpoint: Endpoint,
    pub(crate) host: Host,
}

/// What a host is called, how it differs, and what its owner wants.
#[derive(Debug, Clone)]
pub(crate) struct Host {
    /// The first half of the provider strings.
    pub(crate) name: String,
    /// The second half of the provider string of chat models.
    pub(crate) chat_wire: &'static str,
    pub(crate) dialect: Arc<dyn Dialect>,
    pub(crate) kinds: &'static [ModelKind],
    /// How files are kept; `None` if they are not.
    pub(crate) files: Option<FileRules>,
    pub(crate) include_usage: bool,
    pub(crate) supports_structured_outputs: bool,
    pub(crate) supported_urls: BTreeMap<String, Vec<UrlPattern>>,
    pub(crate) transform_request_body: Option<TransformRequestBody>,
    pub(crate) convert_usage: Option<ConvertUsage>,
    pub(crate) metadata_extractor: Option<Arc<dyn MetadataExtractor>>,
    /// For hosts whose chunks have a shape of their own.
    pub(crate) decoder: Decoder,
    pub(crate) max_embeddings_per_call: usize,
}

impl Host {
    pub(crate) fn new(name: impl Into<String>, dialect: impl Dialect) -> Self {
        Self {
            name: name.into(),
            chat_wire: "chat",
            dialect: Arc::new(dialect),
            kinds: &[ModelKind::Language, ModelKind::Embedding, ModelKind::Image],
            files: None,
            include_usage: false,
            supports_structured_outputs: false,
            supported_urls: BTreeMap::new(),
            transform_request_body: None,
            convert_usage: None,
            metadata_extractor: None,
            decoder: |input| Box::new(StreamDecoder::new(input)),
            max_embeddings_per_call: 2048,
        }
    }

    /// The name under which options are found.
    pub(crate) fn options_name(&self) -> &str {
        self.name.split('.').next().unwrap_or_default().trim()
    }
}
