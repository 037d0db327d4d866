//! What makes two calls the same.

use std::fmt;

use aqueduct_spec::{Call, Context, Error, Result};
use ring::digest::{self, SHA256};
use serde_json::Value;

/// A digest (SHA-256) of everything that the answer to a call depends on.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct CacheKey([u8; 32]);

impl CacheKey {
    /// The key of a call to a model, which `names` tell from all others.
    ///
    /// The order of the options' JSON fields counts: models see the properties of a schema in that order.
    ///
    /// # Errors
    /// `Internal` if the options cannot be written as JSON.
    pub fn of<C: Call>(call: &C, names: &[&str], cx: &Context) -> Result<Self> {
        let mut options = call.to_json()?;
        if let Some(options) = options.as_object_mut() {
            options.shift_remove("headers");
            if let Some(Value::Object(provider)) = options.get_mut("providerOptions") {
                provider.shift_remove("gateway");
                if provider.is_empty() {
                    options.shift_remove("providerOptions");
                }
            }
        }
        let mut hash = digest::Context::new(&SHA256);
        let scope = cx.cache.scope.as_deref().unwrap_or_default();
        for text in [C::OPERATION, scope].into_iter().chain(names.iter().copied()) {
            // The length keeps neighbours apart.
            hash.update(&text.len().to_le_bytes());
            hash.update(text.as_bytes());
        }
        hash.update(options.to_string().as_bytes());
        let digest = hash.finish().as_ref().try_into();
        digest.map(Self).map_err(|_| Error::internal("a SHA-256 digest must have 32 bytes"))
    }
}

impl fmt::Debug for CacheKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CacheKey(")?;
        for byte in self.0.iter().take(4) {
            write!(f, "{byte:02x}")?;
        }
        f.write_str("…)")
    }
}
