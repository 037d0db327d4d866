//! What the models of a host share.

use std::sync::Arc;

use super::endpoint::Endpoint;
use super::messages::Dialect;

/// What the models of a host share.
#[derive(Debug)]
pub(crate) struct Config {
    pub(crate) endpoint: Endpoint,
    /// The provider string, as in `anthropic.messages`.
    pub(crate) provider: String,
    pub(crate) dialect: Arc<dyn Dialect>,
}

impl Config {
    /// The provider's id: also the key of its options, beside `anthropic`.
    pub(crate) fn options_name(&self) -> &str {
        self.provider.split('.').next().unwrap_or_default()
    }
}
