//! Reading what a host says beside the protocol.

use std::fmt::Debug;

use aqueduct_spec::ProviderMetadata;
use serde_json::Value;

/// Reads metadata out of answers that the protocol has no field for.
pub trait MetadataExtractor: Debug + Send + Sync + 'static {
    /// Reads a whole answer.
    fn extract(&self, body: &Value) -> Option<ProviderMetadata>;

    /// Starts to read a stream.
    fn stream(&self) -> Box<dyn StreamMetadataExtractor>;
}

/// Reads metadata out of the chunks of one answer.
pub trait StreamMetadataExtractor: Send {
    /// Sees a chunk as it came.
    fn chunk(&mut self, chunk: &Value);

    /// Says what it found, at the end.
    fn finish(&mut self) -> Option<ProviderMetadata>;
}

/// Merges what was found over the object that is always there.
pub(crate) fn merged(key: &str, found: Option<&ProviderMetadata>) -> ProviderMetadata {
    let mut metadata = ProviderMetadata::of(key, aqueduct_spec::JsonObject::new());
    for (provider, object) in found.into_iter().flat_map(ProviderMetadata::iter) {
        metadata.insert(provider, object.clone());
    }
    metadata
}
